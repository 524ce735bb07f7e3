//! Holds what a drafter wrote against the rules, before anybody sees it.
//!
//! Operations must apply; what they bring in must come from somewhere: every number from the
//! section, the request, a fact or a formula; no new links, addresses or mentions; and something
//! must change.

use std::cell::Cell;
use std::collections::BTreeSet;

use thiserror::Error;

use crate::strategy::apply::apply;
use crate::strategy::document::Document;
use crate::strategy::field::Value;
use crate::strategy::money::Money;
use crate::strategy::onboarding::Input;
use crate::strategy::operation::ApplyError;
use crate::strategy::tam::Tam;
use crate::strategy::text::clean;

use super::brief::{Brief, EditBrief};
use super::numbers::{Exact, ONE, in_text, words};
use super::{Draft, EditDraft};

/// What is wrong with a draft.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    #[error(transparent)]
    DoesNotApply(#[from] ApplyError),
    #[error("the operations change nothing")]
    NothingChanges,
    #[error("{label} holds a number that nobody gave")]
    UnknownNumber { label: String },
    #[error("{label} holds a link, an address or a mention")]
    Link { label: String },
    #[error("{label} claims a basis that the request does not give")]
    InventedBasis { label: String },
}

/// Everything that is wrong with an edit; an edit without operations has nothing to be wrong.
#[must_use]
pub fn edit(brief: &EditBrief, draft: &EditDraft) -> Vec<Fault> {
    if draft.operations.is_empty() {
        return Vec::new();
    }
    let after = match apply(&brief.document, &draft.operations) {
        Ok(after) => after,
        Err(error) => return vec![error.into()],
    };
    let (old, new) = (brief.document.fields(), after.fields());
    let changed: Vec<_> =
        old.iter().zip(&new).filter(|(old, new)| old != new).map(|(_, new)| new).collect();
    if changed.is_empty() {
        return vec![Fault::NothingChanges];
    }
    let given = Given::of(brief);
    let mut faults = Vec::new();
    for field in changed {
        let label = || field.label.clone();
        let before = brief.document.value(&field.key).unwrap_or(Value::Nothing);
        if !given.explains(&field.key, &before, &field.value) {
            faults.push(Fault::UnknownNumber { label: label() });
        }
        let texts = texts(&field.value);
        if texts.iter().flat_map(|text| links(text)).any(|link| !given.links.contains(&link)) {
            faults.push(Fault::Link { label: label() });
        }
        if !given.explains_basis(brief, &after, &field.key) {
            faults.push(Fault::InventedBasis { label: label() });
        }
    }
    faults
}

/// Everything that is wrong with a written section.
#[must_use]
pub fn section(brief: &Brief, draft: &Draft) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut given = FRAMEWORK.iter().map(|number| number * ONE).collect::<BTreeSet<Exact>>();
    // How many of so many partners: counted by code.
    given.extend(
        (0..=brief.partners.len()).filter_map(|n| Exact::try_from(n).ok()).map(|n| n * ONE),
    );
    let mut told: Vec<String> =
        Input::ALL.into_iter().map(|input| brief.answers.get(input)).collect();
    for partner in brief.partners.iter() {
        told.push(partner.name.clone());
        told.extend(partner.industries.iter().chain(&partner.regions_served).cloned());
    }
    let start = Document::Tam(Tam::starting(brief.answers.currency()));
    for field in brief.sections.values().chain([&start]).flat_map(Document::fields) {
        given.extend(numbers(&field.value));
    }
    given.extend(told.iter().flat_map(|text| in_text(text)));
    for field in draft.document.fields() {
        let label = || field.label.clone();
        if !numbers(&field.value).is_subset(&given) {
            faults.push(Fault::UnknownNumber { label: label() });
        }
        let linked = texts(&field.value).into_iter().flat_map(links);
        if linked.into_iter().any(|link| !told.iter().any(|text| text.contains(&link))) {
            faults.push(Fault::Link { label: label() });
        }
    }
    faults
}

/// Numbers of the framework itself: fees of 5–15 % of ACV, margins of 20–40 % off list.
const FRAMEWORK: &[Exact] = &[1, 5, 15, 20, 40];

/// Moves of one number that may follow each other, as in `raise it by 5k and lower it by 10%`.
const MOVES: usize = 4;
/// Moves that a thread asked for and that are known; the latest of more.
const STEPS: usize = 40;
/// Words behind `by` among which its number stands: `by about another EUR 5 000`.
const REACH: usize = 5;
/// Moves that are tried in one check. What is not explained by then counts as not given.
const TRIES: usize = 100_000;

/// What may be said without being invented.
struct Given {
    numbers: BTreeSet<Exact>,
    /// What the thread moves numbers by, in the order in which it was said.
    steps: Vec<Exact>,
    /// How many moves may still be tried.
    tries: Cell<usize>,
    words: BTreeSet<String>,
    links: BTreeSet<String>,
    said: String,
    /// What the thread's open proposal makes of the section: it was checked when it was proposed.
    proposed: Option<Document>,
}

impl Given {
    fn of(brief: &EditBrief) -> Self {
        let mut said = brief.said.join("\n");
        said.push('\n');
        said.push_str(&brief.request);
        // As what is kept of it: `50  million` is one number.
        let said = said.lines().map(clean).collect::<Vec<_>>().join("\n");
        let lower = said.to_lowercase();
        let facts: Vec<&str> = brief.facts.iter().map(|fact| fact.value.as_str()).collect();
        let mut given = Self {
            steps: steps(&lower),
            tries: Cell::new(TRIES),
            numbers: in_text(&facts.join("\n")),
            words: words(&said),
            links: BTreeSet::new(),
            said: lower,
            proposed: apply(&brief.document, &brief.earlier).ok(),
        };
        given.numbers.extend(in_text(&said));
        let proposed = given.proposed.iter().flat_map(Document::fields).collect::<Vec<_>>();
        for field in brief.document.fields().into_iter().chain(proposed) {
            given.numbers.extend(numbers(&field.value));
            for text in texts(&field.value) {
                given.words.extend(words(text));
                given.links.extend(links(text));
            }
            given.links.extend(field.basis.iter().flat_map(|basis| links(basis)));
        }
        given
    }

    fn explains(&self, key: &str, before: &Value, after: &Value) -> bool {
        let proposed = self.proposed.as_ref().and_then(|proposed| proposed.value(key));
        let known = |number: &Exact| {
            self.numbers.contains(number)
                || self.is_moved(before, *number)
                || proposed.as_ref().is_some_and(|proposed| self.is_moved(proposed, *number))
        };
        numbers(after).iter().all(known)
            && texts(after).iter().all(|text| words(text).is_subset(&self.words))
    }

    /// Whether the number is a value that stands, moved by what the thread moves things by. A
    /// single number may move several times in one thread; the bounds of a range move once.
    fn is_moved(&self, stands: &Value, number: Exact) -> bool {
        let most = match stands {
            Value::Count(_) | Value::Share(_) | Value::Money(_) => MOVES,
            Value::Range(_) | Value::MoneyRange(_) => 1,
            _ => 0,
        };
        let starts = numbers(stands);
        // The fewest moves first: the honest are through before the tries are used up.
        starts.contains(&number)
            || (1..=most.min(self.steps.len())).any(|moves| {
                starts.iter().any(|from| self.leads(*from, number, (&self.steps, moves)))
            })
    }

    /// Whether exactly so many of these steps, in their order, lead from one number to the other.
    fn leads(&self, from: Exact, to: Exact, (steps, moves): (&[Exact], usize)) -> bool {
        (0..steps.len()).any(|at| {
            moved(from, steps[at]).into_iter().any(|reached| {
                let rest = (&steps[at + 1..], moves - 1);
                self.may_try()
                    && if moves == 1 { reached == to } else { self.leads(reached, to, rest) }
            })
        })
    }

    fn may_try(&self) -> bool {
        let left = self.tries.get();
        self.tries.set(left.saturating_sub(1));
        left > 0
    }

    fn explains_basis(&self, brief: &EditBrief, after: &Document, key: &str) -> bool {
        let (old, new) = (brief.document.basis(key), after.basis(key));
        if self.proposed.as_ref().is_some_and(|proposed| {
            proposed.basis(key) == new && proposed.value(key) == after.value(key)
        }) {
            return true;
        }
        let moved = brief.document.value(key) != after.value(key);
        let Some(new) = new.filter(|new| moved || Some(new) != old.as_ref()) else { return true };
        let stands = |text: &str| text.is_empty() || self.said.contains(&text.to_lowercase());
        let author = new.by.is_empty() || new.by == brief.asked_by;
        let kept = old.is_some_and(|old| old.source == new.source);
        let day = new.on.is_none_or(|on| on == brief.today);
        author && day && !new.starting && (kept || stands(&new.source))
            || kept_but_for_source(brief, after, key, &self.said)
    }
}

/// The number, moved by this one, or by that many percent, up and down.
fn moved(number: Exact, step: Exact) -> [Exact; 4] {
    let part = number.saturating_mul(step) / (100 * ONE);
    [step, -step, part, -part].map(|by| number.saturating_add(by))
}

/// The numbers behind `by`.
fn steps(said: &str) -> Vec<Exact> {
    let words: Vec<&str> = said.split_whitespace().collect();
    let mut steps = Vec::new();
    for (at, _) in words.iter().enumerate().rev().filter(|(_, word)| **word == "by") {
        let behind = &words[at + 1..];
        let reach = behind.iter().take(REACH).take_while(|word| **word != "by").count();
        steps.extend(in_text(&behind[..reach].join(" ")).into_iter().rev());
        if steps.len() >= STEPS {
            steps.truncate(STEPS);
            break;
        }
    }
    steps.reverse();
    steps
}

/// A new source for an assumption that otherwise stands keeps its author and day.
fn kept_but_for_source(brief: &EditBrief, after: &Document, key: &str, said: &str) -> bool {
    let (Some(old), Some(new)) = (brief.document.basis(key), after.basis(key)) else { return true };
    brief.document.value(key) == after.value(key)
        && (&old.by, old.on) == (&new.by, new.on)
        && said.contains(&new.source.to_lowercase())
}

pub(super) fn numbers(value: &Value) -> BTreeSet<Exact> {
    let count = |count: u64| i128::from(count) * ONE;
    let money =
        |money: Money| i128::from(money.minor) * ONE / i128::from(money.currency.minor_per_major());
    match value {
        Value::Nothing | Value::Flag(_) => BTreeSet::new(),
        Value::Count(number) => BTreeSet::from([count(*number)]),
        Value::Share(share) => BTreeSet::from([i128::from(share.bp()) * (ONE / 100)]),
        Value::Money(amount) => BTreeSet::from([money(*amount)]),
        Value::Range(range) => [range.min, range.max].into_iter().flatten().map(count).collect(),
        Value::MoneyRange(range) => {
            [range.min, range.max].into_iter().flatten().map(money).collect()
        }
        Value::Text(text) => in_text(text),
        Value::Items(texts) => texts.iter().flat_map(|text| in_text(text)).collect(),
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Text(text) => vec![text],
        Value::Items(texts) => texts.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Links, e-mail addresses, mentions and markup in a text.
pub(crate) fn links(text: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '“' | '”');
    let words = text.split(ends).filter(|word| is_link(word));
    let bare = |word: &str| word.trim_matches(['(', ')', '.', '!', '?', ':']).to_owned();
    words.map(bare).collect()
}

fn is_link(word: &str) -> bool {
    let lower = word.to_lowercase();
    let marked = ["://", "www.", "mailto:", "tel:", "javascript:", "data:", "](", "<@", "<!", "<#"];
    if marked.iter().any(|mark| lower.contains(mark)) {
        return true;
    }
    if let Some(at) = word.find('@') {
        return word[at + 1..].starts_with(char::is_alphanumeric);
    }
    // A domain with a path behind it; `and/or` and `24/7` are none.
    lower.split_once('/').is_some_and(|(host, _)| {
        host.rsplit_once('.').is_some_and(|(name, top)| {
            !name.is_empty() && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_lowercase())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drafting::brief::Fact;
    use crate::strategy::field::Range;
    use crate::strategy::icp::Icp;
    use crate::strategy::list::List;
    use crate::strategy::money::Currency;

    fn brief(document: Document, request: &str) -> EditBrief {
        EditBrief {
            document,
            earlier: Vec::new(),
            said: Vec::new(),
            request: request.to_owned(),
            asked_by: "Ana".to_owned(),
            today: "2026-11-20".parse().unwrap(),
            currency: Currency::USD,
            facts: vec![Fact {
                label: "Partners".to_owned(),
                value: "33 active".to_owned(),
                source: "partner facts".to_owned(),
            }],
        }
    }

    fn icp() -> Document {
        Document::Icp(Icp {
            summary: "Lenders with 3 offices".to_owned(),
            company_size: Some(Range::new(Some(20), Some(1_000))),
            industries: List::of(["Lending"]),
            notes: List::of(["See https://acme.example/a"]),
            ..Icp::default()
        })
    }

    fn tam() -> Document {
        Document::Tam(Tam::starting(Currency::USD))
    }

    fn faults(brief: &EditBrief, wire: &str) -> Vec<String> {
        let operations = serde_json::from_str(wire).unwrap();
        let draft = EditDraft { operations, ..EditDraft::default() };
        edit(brief, &draft).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn numbers_may_come_from_the_section_the_request_a_fact_or_a_formula() {
        let request = brief(icp(), "narrow the company size to 50–500 employees");
        for fine in [
            r#"[{"op":"set","field":"company_size","value":{"min":50,"max":500}}]"#,
            r#"[{"op":"set","field":"company_size","value":{"min":50,"max":1000}}]"#,
            r#"[{"op":"add","list":"notes","item":"33 partners, 3 offices"}]"#,
        ] {
            assert!(faults(&request, fine).is_empty(), "{fine}");
        }
        let raise = brief(tam(), "raise technology ACV by 5k, solutions ACV by 10%");
        for (row, minor) in [("technology", 3_000_000), ("solutions", 4_400_000)] {
            let wire = format!(
                r#"[{{"op":"set_cell","row":"{row}","column":"acv","value":{{"minor":{minor},"currency":"USD"}}}}]"#
            );
            assert!(faults(&raise, &wire).is_empty(), "{wire}");
        }
    }

    #[test]
    fn what_the_open_proposal_says_was_given_however_long_ago() {
        let sized = r#"{"op":"set","field":"company_size","value":{"min":60,"max":760}}"#;
        let mut later = brief(icp(), "add DACH to regions");
        later.earlier = serde_json::from_str(&format!("[{sized}]")).unwrap();
        let more = format!(r#"[{sized},{{"op":"add","list":"regions","item":"DACH"}}]"#);
        assert!(faults(&later, &more).is_empty(), "the request that gave it was forgotten");
        let raise = EditBrief { request: "raise the upper limit by 40".to_owned(), ..later };
        let wire = sized.replace("760", "800");
        assert!(faults(&raise, &format!("[{wire}]")).is_empty(), "it can be moved on");
        let spaced = brief(icp(), "note that  we  need  50  million");
        let note = r#"[{"op":"add","list":"notes","item":"We need 50 million"}]"#;
        assert!(faults(&spaced, note).is_empty(), "however many spaces stand in it");
        let other = format!("[{}]", sized.replace("760", "777"));
        assert_eq!(faults(&raise, &other), ["Company size holds a number that nobody gave"]);

        let share = r#"[{"op":"set_cell","row":"solutions","column":"share","value":{"bp":2000},"basis":{"source":"The survey","by":"Ben","on":"2026-11-19","starting":false}}]"#;
        let mut later = brief(tam(), "set accounts to 4,000");
        later.earlier = serde_json::from_str(share).unwrap();
        assert!(faults(&later, share).is_empty(), "yesterday, by somebody else");
    }

    #[test]
    fn what_nobody_gave_is_a_fault_that_is_not_repaired() {
        let request = brief(icp(), "narrow the company size to 50–500 employees");
        for (wire, fault) in [
            (
                r#"[{"op":"set","field":"company_size","value":{"min":50,"max":450}}]"#,
                "Company size holds a number that nobody gave",
            ),
            (
                r#"[{"op":"set","field":"summary","value":"About 72% of lenders"}]"#,
                "Summary holds a number that nobody gave",
            ),
            (
                r#"[{"op":"set","field":"summary","value":"Half of all lenders"}]"#,
                "Summary holds a number that nobody gave",
            ),
            (
                r#"[{"op":"set","field":"summary","value":"Lenders ٣٥"}]"#,
                "Summary holds a number that nobody gave",
            ),
            (
                r#"[{"op":"add","list":"notes","item":"Read [this](https://evil.example)"}]"#,
                "Notes holds a link, an address or a mention",
            ),
            (
                r#"[{"op":"add","list":"notes","item":"Ask <!channel> or @here"}]"#,
                "Notes holds a link, an address or a mention",
            ),
            (
                r#"[{"op":"add","list":"notes","item":"Write to a.b@evil.example"}]"#,
                "Notes holds a link, an address or a mention",
            ),
        ] {
            assert_eq!(faults(&request, wire), [fault], "{wire}");
        }
        let kept = r#"[{"op":"add","list":"notes","item":"More at https://acme.example/a"}]"#;
        assert!(faults(&request, kept).is_empty(), "a link that was there may stay");
    }

    #[test]
    fn what_does_not_apply_or_changes_nothing_is_a_fault() {
        let request = brief(icp(), "set it");
        for (wire, fault) in [
            (
                r#"[{"op":"remove","list":"industries","id":"i9"}]"#,
                "operation 1: Industries has no item i9",
            ),
            (
                r#"[{"op":"set","field":"accounts","value":1}]"#,
                "operation 1: icp has no field accounts",
            ),
            (
                r#"[{"op":"set","field":"company_size","value":{"min":20,"max":1000}}]"#,
                "the operations change nothing",
            ),
        ] {
            assert_eq!(faults(&request, wire), [fault]);
        }
    }

    #[test]
    fn a_basis_is_only_what_the_one_who_asks_said() {
        let request = brief(tam(), "set solutions share to 20% because of the survey");
        let set = |basis: &str| {
            format!(
                r#"[{{"op":"set_cell","row":"solutions","column":"share","value":{{"bp":2000}},"basis":{basis}}}]"#
            )
        };
        let basis = |source: &str, by: &str, on: &str| {
            set(&format!(r#"{{"source":"{source}","by":"{by}","on":"{on}","starting":false}}"#))
        };
        assert!(faults(&request, &basis("The survey", "Ana", "2026-11-20")).is_empty());
        for wire in [
            basis("Gartner", "Ana", "2026-11-20"),
            basis("The survey", "Ben", "2026-11-20"),
            basis("The survey", "Ana", "2020-01-01"),
            set(r#"{"source":"","by":"","on":null,"starting":true}"#),
        ] {
            let fault = "Solutions share claims a basis that the request does not give";
            assert_eq!(faults(&request, &wire), [fault], "{wire}");
        }
    }

    #[test]
    fn links_are_seen_however_they_are_dressed() {
        for text in
            ["https://a.b", "www.a.b", "ab.cd/e", "@ben", "a@b.c", "<@U1>", "[x](y)", "x mailto:a"]
        {
            assert!(!links(text).is_empty(), "{text}");
        }
        for text in ["and/or", "24/7", "C++", "Salesforce.com", "2 @ 3", "e.g. banks", "R&D"] {
            assert!(links(text).is_empty(), "{text}");
        }
    }
}
