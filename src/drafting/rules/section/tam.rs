//! Partner TAM: what was given with its basis, and starting assumptions for the rest.

use crate::drafting::Draft;
use crate::drafting::brief::Brief;
use crate::partners::Category;
use crate::strategy::document::Document;
use crate::strategy::field_value::Assumed;
use crate::strategy::money::Money;
use crate::strategy::operation::Basis;
use crate::strategy::tam::Tam;

/// The source of what was given in the setup without a source of its own.
const SETUP: &str = "setup";

pub(super) fn write(brief: &Brief) -> Draft {
    let answers = &brief.answers;
    let mut tam = Tam::starting(answers.currency());
    let given = |source: &str| {
        let source = if source.is_empty() { SETUP } else { source };
        Basis::given(source, brief.asked_by.clone(), brief.today)
    };
    let mut notes = Vec::new();
    if let Some(accounts) = answers.accounts {
        tam.accounts = Assumed::new(accounts, given(&answers.accounts_source));
    }
    for category in Category::ALL.iter().copied() {
        let said = answers.category(category);
        let row = tam.category_mut(category);
        if let Some(share) = said.share {
            row.share = Assumed::new(share, given(""));
        }
        match said.acv {
            Some(acv) if acv.currency == answers.currency() => {
                row.acv = Assumed::new(acv, given(""));
            }
            Some(acv) => notes.push(format!(
                "The {category} ACV of {acv} was left out: this section is in {}.",
                answers.currency()
            )),
            None => {}
        }
    }
    if let Some(gap) = gap(brief) {
        notes.push(format!("The target ARR lies {gap} above the current one."));
    }
    let open = tam.starting_assumptions();
    let questions = open.iter().map(|label| format!("What is the basis for {label}?")).collect();
    if !open.is_empty() {
        notes.push(format!("Starting assumptions: {}.", open.join(", ")));
    }
    Draft {
        document: Document::Tam(tam),
        summary: "Written from the setup answers; what nobody gave is a starting assumption."
            .to_owned(),
        questions,
        notes,
    }
}

fn gap(brief: &Brief) -> Option<Money> {
    let (current, target) = brief.answers.current_arr.zip(brief.answers.target_arr)?;
    current.same_currency(target).ok()?;
    let gap = target.minor.checked_sub(current.minor).filter(|gap| *gap > 0)?;
    Some(Money::new(gap, target.currency))
}
