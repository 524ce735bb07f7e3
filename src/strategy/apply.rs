//! Applying operations to a document: all of them or none.

use super::document::Document;
use super::field::{Kind, Value};
use super::field_value::{FieldValue, Given};
use super::list::List;
use super::operation::{ApplyError, Basis, OPERATION_LIMIT, Operation, Refusal};
use super::text::clean;

/// Applies the operations in their order. Fields that none of them names keep their bytes.
///
/// # Errors
/// The first operation that does not fit; then nothing is changed.
pub fn apply(document: &Document, operations: &[Operation]) -> Result<Document, ApplyError> {
    if operations.len() > OPERATION_LIMIT {
        return Err(ApplyError { at: OPERATION_LIMIT, reason: Refusal::TooManyOperations });
    }
    let mut changed = document.clone();
    for (at, operation) in operations.iter().enumerate() {
        change(&mut changed, operation).map_err(|reason| ApplyError { at, reason })?;
    }
    let last = operations.len().saturating_sub(1);
    document.may_change(operations).map_err(|reason| ApplyError { at: last, reason })?;
    changed.check().map_err(|reason| ApplyError { at: last, reason })?;
    Ok(changed)
}

fn change(document: &mut Document, operation: &Operation) -> Result<(), Refusal> {
    match operation {
        Operation::Set { field, value, basis } => {
            if field.contains('.') {
                return Err(unknown(document, field));
            }
            write(document, field, value, basis.as_ref())
        }
        Operation::SetCell { row, column, value, basis } => {
            write(document, &format!("{row}.{column}"), value, basis.as_ref())
        }
        Operation::Add { list, item, after_id } => {
            let (label, items) = find_list(document, list)?;
            add(&label, items, item, after_id.as_deref())
        }
        Operation::Replace { list, id, item } => {
            let (label, items) = find_list(document, list)?;
            replace(&label, items, id, item)
        }
        Operation::Remove { list, id } => {
            let (label, items) = find_list(document, list)?;
            if items.remove(id) { Ok(()) } else { Err(no_item(label, id)) }
        }
        Operation::Move { list, id, after_id } => {
            let (label, items) = find_list(document, list)?;
            move_item(label, items, id, after_id.as_deref())
        }
    }
}

fn write(
    document: &mut Document,
    key: &str,
    value: &Value,
    basis: Option<&Basis>,
) -> Result<(), Refusal> {
    let spec = document.address().spec();
    let Some(field) = spec.of_key(key) else { return Err(unknown(document, key)) };
    let label = spec.label(key);
    if basis.is_some() && !field.carries_basis() {
        return Err(Refusal::NoBasisHere(label));
    }
    if let (Kind::Items, Value::Items(texts)) = (field.kind, value) {
        no_doubles(&label, texts)?;
    }
    let Some(held) = document.held_mut(key) else { return Err(unknown(document, key)) };
    held.write(&Given { label: &label, value, basis })?;
    held.check(&label)
}

fn find_list<'a>(
    document: &'a mut Document,
    name: &str,
) -> Result<(String, &'a mut List), Refusal> {
    let spec = document.address().spec();
    let Some(field) = spec.field(name) else { return Err(unknown(document, name)) };
    let label = field.label.to_owned();
    match document.held_mut(name).and_then(FieldValue::list_mut) {
        Some(list) => Ok((label, list)),
        None => Err(Refusal::NotAList(label)),
    }
}

fn add(label: &str, items: &mut List, item: &str, after: Option<&str>) -> Result<(), Refusal> {
    let text = filled(label, item)?;
    if items.like(&text).is_some() {
        return Err(Refusal::AlreadyThere { label: label.to_owned(), text });
    }
    let at = match after {
        None => items.len(),
        Some(id) => items.position(id).ok_or_else(|| no_item(label.to_owned(), id))? + 1,
    };
    items.insert(at, text);
    Ok(())
}

fn replace(label: &str, items: &mut List, id: &str, item: &str) -> Result<(), Refusal> {
    let text = filled(label, item)?;
    if items.like(&text).is_some_and(|other| other.id != id) {
        return Err(Refusal::AlreadyThere { label: label.to_owned(), text });
    }
    if items.replace(id, text) { Ok(()) } else { Err(no_item(label.to_owned(), id)) }
}

fn move_item(
    label: String,
    items: &mut List,
    id: &str,
    after: Option<&str>,
) -> Result<(), Refusal> {
    for wanted in std::iter::once(id).chain(after) {
        if items.get(wanted).is_none() {
            return Err(no_item(label, wanted));
        }
    }
    if items.put_after(id, after) { Ok(()) } else { Err(Refusal::BehindItself(id.to_owned())) }
}

fn no_doubles(label: &str, texts: &[String]) -> Result<(), Refusal> {
    let list = List::of(texts.iter().map(|text| clean(text)));
    let double = list.items().iter().find(|item| list.like(&item.text).is_some_and(|i| i != *item));
    match double {
        Some(item) => {
            Err(Refusal::AlreadyThere { label: label.to_owned(), text: item.text.clone() })
        }
        None => Ok(()),
    }
}

fn filled(label: &str, item: &str) -> Result<String, Refusal> {
    let text = clean(item);
    if text.is_empty() { Err(Refusal::Empty(label.to_owned())) } else { Ok(text) }
}

fn no_item(label: String, id: &str) -> Refusal {
    Refusal::NoSuchItem { label, id: id.to_owned() }
}

fn unknown(document: &Document, key: &str) -> Refusal {
    Refusal::UnknownField { address: document.address(), key: key.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::strategy::address::SectionAddress;
    use crate::strategy::field::Range;
    use crate::strategy::icp::Icp;
    use crate::strategy::ipp::{IppProfile, IppTypes};
    use crate::strategy::money::{Currency, Money};
    use crate::strategy::share::Share;
    use crate::strategy::tam::{Category, Tam};

    fn icp() -> Document {
        Document::Icp(Icp {
            summary: "Mid-market lenders".to_owned(),
            company_size: Some(Range::new(Some(20), Some(1_000))),
            industries: List::of(["Retail", "Health"]),
            ..Icp::default()
        })
    }

    fn documents() -> Vec<Document> {
        vec![
            icp(),
            Document::IppProfile(IppProfile {
                capabilities: List::of(["Migration", "Training"]),
                ..IppProfile::default()
            }),
            Document::IppTypes(IppTypes::default()),
            Document::Tam(Tam::starting(Currency::USD)),
        ]
    }

    fn read(wire: &str) -> Vec<Operation> {
        serde_json::from_str(wire).unwrap()
    }

    fn refused(document: &Document, wire: &str) -> String {
        apply(document, &read(wire)).unwrap_err().to_string()
    }

    #[test]
    fn every_kind_of_operation_does_what_it_says() {
        let operations = read(
            r#"[{"op":"set","field":"company_size","value":{"min":50,"max":500}},
                {"op":"add","list":"industries","item":" Fin\u200btech ","after_id":"i1"},
                {"op":"replace","list":"industries","id":"i2","item":"Healthcare"},
                {"op":"move","list":"industries","id":"i2","after_id":null},
                {"op":"remove","list":"industries","id":"i1"}]"#,
        );
        let changed = apply(&icp(), &operations).unwrap();
        assert_eq!(changed.field("company_size").unwrap().display(), "50–500 employees");
        let texts = Value::Items(vec!["Healthcare".to_owned(), "Fintech".to_owned()]);
        assert_eq!(changed.value("industries"), Some(texts));
        assert_eq!(changed.value("summary"), icp().value("summary"));
    }

    #[test]
    fn one_bad_operation_leaves_everything_as_it_was() {
        let wire = r#"[{"op":"set","field":"summary","value":"New"},{"op":"remove","list":"industries","id":"i9"}]"#;
        assert_eq!(refused(&icp(), wire), "operation 2: Industries has no item i9");
    }

    #[test]
    fn values_beyond_their_limits_are_refused_in_plain_words() {
        let long = "x".repeat(2_001);
        for (document, wire, why) in [
            (&icp(), r#"[{"op":"set","field":"tam","value":1}]"#, "icp has no field tam"),
            (
                &icp(),
                r#"[{"op":"set","field":"company_size","value":{"min":500,"max":50}}]"#,
                "Company size needs a lower and an upper bound in order",
            ),
            (
                &icp(),
                r#"[{"op":"set","field":"company_size","value":"50-500"}]"#,
                "Company size takes a range such as 50–500",
            ),
            (
                &icp(),
                &format!(r#"[{{"op":"set","field":"summary","value":"{long}"}}]"#),
                "Summary is longer than 2000 characters",
            ),
            (
                &icp(),
                r#"[{"op":"add","list":"industries","item":"retail"}]"#,
                "Industries already has retail",
            ),
            (
                &icp(),
                r#"[{"op":"add","list":"industries","item":"\u200b "}]"#,
                "Industries cannot be left empty",
            ),
            (&icp(), r#"[{"op":"add","list":"summary","item":"x"}]"#, "Summary is not a list"),
            (
                &icp(),
                r#"[{"op":"move","list":"industries","id":"i1","after_id":"i1"}]"#,
                "i1 cannot be moved behind itself",
            ),
        ] {
            let message = refused(document, wire);
            assert_eq!(message.split_once(": ").unwrap().1, why);
        }
    }

    #[test]
    fn figures_beyond_their_limits_are_refused_in_plain_words() {
        let tam = Document::Tam(Tam::starting(Currency::USD));
        for (document, wire, why) in [
            (
                &tam,
                r#"[{"op":"set_cell","row":"solutions","column":"share","value":{"bp":10001}}]"#,
                "Solutions share must lie between 0% and 100%",
            ),
            (
                &tam,
                r#"[{"op":"set_cell","row":"sales","column":"acv","value":{"minor":-1,"currency":"USD"}}]"#,
                "Sales ACV cannot be negative",
            ),
            (
                &tam,
                r#"[{"op":"set_cell","row":"sales","column":"acv","value":{"minor":1,"currency":"EUR"}}]"#,
                "Sales ACV: amounts in EUR and USD cannot stand together",
            ),
            (
                &tam,
                r#"[{"op":"set","field":"currency","value":"EUR"}]"#,
                "the currency can only change together with every ACV",
            ),
            (
                &tam,
                r#"[{"op":"set_cell","row":"direct","column":"share","value":{"bp":1}}]"#,
                "tam has no field direct.share",
            ),
        ] {
            let message = refused(document, wire);
            assert_eq!(message.split_once(": ").unwrap().1, why);
        }
    }

    #[test]
    fn a_list_holds_at_most_fifty_items() {
        let add = |at: usize| Operation::Add {
            list: "buyers".to_owned(),
            item: format!("Role {at}"),
            after_id: None,
        };
        let many: Vec<_> = (0..50).map(add).collect();
        assert!(apply(&icp(), &many).is_ok());
        let more: Vec<_> = (0..51).map(add).collect();
        assert!(apply(&icp(), &more).is_err());
    }

    #[test]
    fn the_currency_moves_with_every_acv() {
        let tam = Document::Tam(Tam::starting(Currency::USD));
        let euros = Currency::from_code("EUR").unwrap();
        let mut operations = vec![crate::strategy::enter::set("currency", euros.into(), None)];
        for category in Category::ALL {
            let key = format!("{}.acv", category.word());
            let value = Value::Money(Money::new(100, euros));
            operations.push(crate::strategy::enter::set(&key, value, None));
        }
        assert!(apply(&tam, &operations).is_ok());
        assert!(apply(&tam, &operations[..3]).is_err());
    }

    #[test]
    fn a_new_value_does_not_keep_the_basis_of_the_old_one() {
        let tam = Document::Tam(Tam::starting(Currency::USD));
        let wire = r#"[{"op":"set_cell","row":"solutions","column":"share","value":{"bp":1500}}]"#;
        let changed = apply(&tam, &read(wire)).unwrap();
        let shown = changed.field("solutions.share").unwrap().display();
        assert_eq!(shown, "15% (no basis recorded)");
        assert_eq!(tam.field("solutions.share").unwrap().display(), "15% (starting assumption)");
        let by = Basis::given("Board plan", "Ana", "2026-10-05".parse().unwrap());
        let with: Vec<_> =
            read(wire).into_iter().map(|op| op.attributed(SectionAddress::Tam, &by)).collect();
        let shown = apply(&tam, &with).unwrap().field("solutions.share").unwrap().display();
        assert_eq!(shown, "15% (Board plan, Ana, 5 Oct 2026)");
    }

    #[test]
    fn every_document_reads_back_from_its_canonical_bytes() {
        for document in documents() {
            let bytes = document.canonical();
            let read = Document::parse(document.address(), &bytes).unwrap();
            assert_eq!(read.canonical(), bytes);
            let extra = bytes.replacen('{', r#"{"extra":1,"#, 1);
            assert!(Document::parse(document.address(), &extra).is_err());
        }
        for (from, to) in [("\"i2\"", "\"i1\""), ("1000", "1"), ("Retail", "Ret\u{200b}ail")] {
            let damaged = icp().canonical().replace(from, to);
            assert!(Document::parse(SectionAddress::Icp, &damaged).is_err(), "{to}");
        }
    }

    #[test]
    fn every_key_of_every_section_can_be_read() {
        for document in documents() {
            let keys = document.address().spec().keys();
            assert_eq!(document.fields().len(), keys.len(), "{}", document.address());
        }
        for row in SectionAddress::Tam.spec().rows {
            assert!(documents()[3].value(&format!("{}.share_source", row.name)).is_some());
        }
    }

    /// Any operation on any key, fitting or not.
    fn operation(document: &Document) -> impl Strategy<Value = Operation> + use<> {
        let keys = document.address().spec().keys();
        let value = prop_oneof![
            Just(Value::Nothing),
            any::<bool>().prop_map(Value::Flag),
            (0..200_u64).prop_map(Value::Count),
            "[a-z]{0,6}".prop_map(Value::Text),
            (0..10_001_u32).prop_map(|bp| Value::Share(Share::from_bp(bp).unwrap_or_default())),
            (-1..99_i64).prop_map(|minor| Value::Money(Money::new(minor, Currency::USD))),
            (0..9_u64, 0..9_u64).prop_map(|(a, b)| Value::Range(Range::new(Some(a), Some(b)))),
            prop::collection::vec("[a-c]{1,2}", 0..3).prop_map(Value::Items),
        ];
        let id = "i[1-4]";
        let key = prop::sample::select(keys);
        let set = (key.clone(), value)
            .prop_map(|(key, value)| crate::strategy::enter::set(&key, value, None));
        prop_oneof![
            4 => set,
            1 => (key.clone(), "[a-d]").prop_map(|(list, item)| Operation::Add { list, item, after_id: None }),
            1 => (key.clone(), id, "[a-d]").prop_map(|(list, id, item)| Operation::Replace { list, id, item }),
            1 => (key.clone(), id).prop_map(|(list, id)| Operation::Remove { list, id }),
            1 => (key, id, prop::option::of(id)).prop_map(|(list, id, after_id)| Operation::Move { list, id, after_id }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn what_no_operation_names_keeps_its_bytes(
            (document, operations) in prop::sample::select(documents()).prop_flat_map(|document| {
                let operations = prop::collection::vec(operation(&document), 1..4);
                (Just(document), operations)
            })
        ) {
            let Ok(changed) = apply(&document, &operations) else { return Ok(()) };
            let named: Vec<String> = operations.iter().map(Operation::key).collect();
            let (old, new): (serde_json::Value, serde_json::Value) = (
                serde_json::from_str(&document.canonical()).unwrap(),
                serde_json::from_str(&changed.canonical()).unwrap(),
            );
            for key in document.address().spec().keys().iter().filter(|key| !named.contains(key)) {
                let pointer = format!("/{}", key.replace('.', "/"));
                prop_assert!(old.pointer(&pointer).is_some(), "{pointer}");
                prop_assert_eq!(
                    old.pointer(&pointer).unwrap().to_string(),
                    new.pointer(&pointer).unwrap().to_string()
                );
                prop_assert_eq!(document.field_bytes(key), changed.field_bytes(key));
            }
            prop_assert!(changed.check().is_ok());
        }
    }
}
