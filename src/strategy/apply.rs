//! Applying operations to a document: all of them or none.

use super::document::Document;
use super::field::{Kind, Value};
use super::list::List;
use super::operation::{ApplyError, Basis, OPERATION_LIMIT, Operation, Refusal};
use super::slot::Slot;
use super::tam::Category;
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
    currency_stands(document, operations).map_err(|reason| ApplyError { at: last, reason })?;
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
    if basis.is_some() && !field.assumption {
        return Err(Refusal::NoBasisHere(label));
    }
    if let (Kind::Items, Value::Items(texts)) = (field.kind, value) {
        no_doubles(&label, texts)?;
    }
    let Some(mut slot) = document.slot(key) else { return Err(unknown(document, key)) };
    slot.write(&label, value, basis)?;
    slot.check(&label)
}

fn find_list<'a>(
    document: &'a mut Document,
    name: &str,
) -> Result<(String, &'a mut List), Refusal> {
    let spec = document.address().spec();
    let Some(field) = spec.field(name) else { return Err(unknown(document, name)) };
    match document.slot(name) {
        Some(Slot::Items(list)) => Ok((field.label.to_owned(), list)),
        _ => Err(Refusal::NotAList(field.label.to_owned())),
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

/// A new currency would silently change the worth of every amount that is not given anew.
fn currency_stands(document: &Document, operations: &[Operation]) -> Result<(), Refusal> {
    let Document::Tam(tam) = document else { return Ok(()) };
    let moves = |operation: &Operation| match operation {
        Operation::Set { field, value, .. } if field == "currency" => {
            *value != Value::from(tam.currency)
        }
        _ => false,
    };
    let given = |category: Category| {
        let key = format!("{}.acv", category.word());
        operations.iter().any(|operation| operation.key() == key)
    };
    if operations.iter().any(moves) && !Category::ALL.iter().copied().all(given) {
        return Err(Refusal::CurrencyAlone);
    }
    Ok(())
}
