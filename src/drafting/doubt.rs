//! Numbers of a request that may be two, where what was drafted rests on one of them: only their
//! author can say which, so nothing of the draft is proposed before.

use crate::numbers::{Ambiguity, Meant};
use crate::strategy::apply::apply;
use crate::strategy::drafted::Why;
use crate::strategy::field::Value;

use super::EditDraft;
use super::brief::EditBrief;
use super::check::numbers;
use super::numbers::in_text;
use super::rules::doubt;

/// What to ask before the draft may be proposed; empty for most.
#[must_use]
pub fn of(brief: &EditBrief, draft: &EditDraft) -> Vec<Ambiguity> {
    let doubts = doubt::doubts(&brief.request);
    let named = draft.not_done.iter().any(|part| part.why == Why::Ambiguous);
    if doubts.is_empty() || !named && !rests_on(brief, draft, &doubts) {
        return Vec::new();
    }
    doubts
}

/// The request as it was meant.
#[must_use]
pub fn settled(request: &str, meant: Meant) -> String {
    doubt::settled(request, meant)
}

/// Whether a number that changes is one of two that were meant.
fn rests_on(brief: &EditBrief, draft: &EditDraft, doubts: &[Ambiguity]) -> bool {
    let before = apply(&brief.document, &brief.earlier).unwrap_or_else(|_| brief.document.clone());
    let Ok(after) = apply(&brief.document, &draft.operations) else { return false };
    let meant = doubts.iter().flat_map(|both| in_text(&both.typed)).collect::<Vec<_>>();
    let is_number = |value: &Value| !matches!(value, Value::Text(_) | Value::Items(_));
    after.fields().iter().filter(|field| is_number(&field.value)).any(|field| {
        let old = before.value(&field.key).map(|value| numbers(&value)).unwrap_or_default();
        numbers(&field.value).difference(&old).any(|number| meant.contains(number))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::document::Document;
    use crate::strategy::money::Currency;
    use crate::strategy::tam::Tam;

    #[test]
    fn a_drafter_that_guessed_is_not_believed() {
        let brief = |request: &str| EditBrief {
            document: Document::Tam(Tam::starting(Currency::USD)),
            earlier: Vec::new(),
            said: Vec::new(),
            request: request.to_owned(),
            asked_by: "Ana".to_owned(),
            today: "2026-11-20".parse().unwrap(),
            currency: Currency::USD,
            facts: Vec::new(),
        };
        let wire = r#"[{"op":"set","field":"accounts","value":40000}]"#;
        let operations = serde_json::from_str(wire).unwrap();
        let draft = EditDraft { operations, ..EditDraft::default() };
        assert_eq!(of(&brief("set accounts to 40.000"), &draft).len(), 1);
        assert_eq!(of(&brief("set accounts to 40 000"), &draft), []);
        assert_eq!(of(&brief("set accounts to 40000, not 7.000"), &draft), []);
    }
}
