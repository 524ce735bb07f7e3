//! The worst messages that can be sent: each costs little, whatever it says.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use super::brief::{EditBrief, REQUEST_LIMIT};
use super::rules::RulesDrafter;
use super::{Drafter, EditDraft, check};
use crate::strategy::document::Document;
use crate::strategy::icp::Icp;
use crate::strategy::list::List;
use crate::strategy::money::Currency;
use crate::strategy::tam::Tam;

/// What this thread has computed so far; where the system does not say, what has passed.
fn cpu_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match told.split(' ').next().and_then(|spent| spent.parse().ok()) {
        Some(spent) => Duration::from_nanos(spent),
        None => STARTED.elapsed(),
    }
}

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

fn tam() -> Document {
    Document::Tam(Tam::starting(Currency::USD))
}

/// A section as full as it may be.
fn full() -> Document {
    let list =
        |word: &str| List::of((0..50).map(|n| format!("{word} {n} {}", "and more ".repeat(200))));
    Document::Icp(Icp {
        summary: "We sell by 5 to lenders. ".repeat(75),
        industries: list("Lending"),
        regions: list("Region"),
        buyers: list("Buyer"),
        notes: list("Note"),
        ..Icp::default()
    })
}

fn brief(document: Document, request: &str) -> EditBrief {
    EditBrief {
        document,
        earlier: Vec::new(),
        said: Vec::new(),
        request: request.to_owned(),
        asked_by: "Ana".to_owned(),
        today: jiff::civil::date(2026, 11, 20),
        currency: Currency::USD,
        facts: Vec::new(),
    }
}

/// In a thread in which much was said before.
fn late(document: Document, request: &str) -> EditBrief {
    let said = |n| format!("raise it by {n} and by {n}k, ").repeat(150);
    EditBrief { said: (0..20).map(said).collect(), ..brief(document, request) }
}

/// Reads the request and holds the draft against the rules; says what that cost.
fn cost(brief: &EditBrief) -> (EditDraft, Duration) {
    let before = cpu_time();
    let draft = futures_util::FutureExt::now_or_never(RulesDrafter.edit(brief, &|| false));
    let draft = draft.expect("it waits for nothing").unwrap();
    let _ = check::edit(brief, &draft);
    (draft, cpu_time().saturating_sub(before))
}

fn repeated(part: &str) -> String {
    part.chars().cycle().take(REQUEST_LIMIT).collect()
}

/// Seven fields, `by by`, nine hundred numbers: what kept a server busy for two minutes.
fn found() -> String {
    let rows = ["solutions", "technology", "sales"];
    let fields = rows
        .iter()
        .flat_map(|row| [format!("set {row} share to 7%"), format!("set {row} ACV to 41k")]);
    let fields = fields.chain(["set accounts to 4321".to_owned()]).collect::<Vec<_>>().join(", ");
    let numbers: Vec<String> = (100..1_000).map(|n| n.to_string()).collect();
    format!("{fields}. by by {}", numbers.join(" ")).chars().take(REQUEST_LIMIT).collect()
}

const WORDS: &[&str] = &[
    "set",
    "raise",
    "lower",
    "add",
    "remove",
    "move",
    "swap",
    "replace",
    "note that",
    "for",
    "to",
    "by",
    "in",
    "and",
    ",",
    ";",
    ".",
    "?",
    "\n",
    "the",
    "of",
    "technology",
    "solutions",
    "referral",
    "share",
    "ACV",
    "accounts",
    "industries",
    "regions",
    "buyers",
    "summary",
    "notes",
    "icp",
    "tam",
    "retail",
    "\"a b\"",
    "“",
    "«",
    " '",
    "5",
    "10%",
    "$5k",
    "1,000",
    "2.5",
    "1.5 million",
    "from",
    "between",
    "with",
    "before",
    "because",
    "not",
    "it",
    "please",
    "what",
    "why",
    "-",
    "->",
    ":",
    "=",
    "first",
    "or",
    "at least",
    "@x",
    "https://a.b/c",
];

/// Words of the grammar in any order; the same ones each time.
fn random(mut seed: u64) -> String {
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap()
    };
    // Few different words come together more often than many.
    let few: Vec<&str> = (0..2 + next() % 12).map(|_| WORDS[next() % WORDS.len()]).collect();
    let mut text = String::new();
    while text.chars().count() < REQUEST_LIMIT {
        text.push_str(few[next() % few.len()]);
        if next() % 8 > 0 {
            text.push(' ');
        }
    }
    text.chars().take(REQUEST_LIMIT).collect()
}

/// What one message may cost: a fifth of a second, and ten times that where nothing is optimised.
const MOST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2_000 } else { 200 });

#[track_caller]
fn costs_little(brief: &EditBrief) -> EditDraft {
    let (draft, cost) = cost(brief);
    assert!(cost <= MOST, "{cost:?}: {:.120}", brief.request);
    assert!(draft.answers.len() + draft.not_done.len() <= 50, "{:.120}", brief.request);
    draft
}

#[test]
fn seven_fields_and_nine_hundred_numbers_are_read_at_once() {
    let draft = costs_little(&late(tam(), &found()));
    let brief = brief(tam(), &found());
    assert_eq!(draft.operations.len(), 7, "{:?}", draft.not_done);
    assert_eq!(check::edit(&brief, &draft), [], "all seven were given");
}

#[test]
fn one_word_said_a_thousand_times_costs_little_whatever_the_section_holds() {
    for word in WORDS {
        for form in [" ", "note that a, "] {
            costs_little(&brief(tam(), &repeated(&format!("{form}{word}"))));
        }
        costs_little(&brief(full(), &repeated(&format!(", {word} a"))));
    }
    costs_little(&late(full(), &repeated("remove lending, ")));
    costs_little(&late(full(), &repeated("note that a, swap a and b")));
}

#[test]
fn words_of_the_grammar_in_any_order_cost_little() {
    for seed in 0..600 {
        costs_little(&brief(tam(), &random(seed)));
    }
    for seed in 0..20 {
        costs_little(&brief(full(), &random(seed)));
    }
}

#[test]
fn work_ends_at_its_deadline_and_leaves_the_rest_undone() {
    let brief = brief(tam(), "set accounts to 5000");
    let over = RulesDrafter.edit(&brief, &|| true);
    let draft = futures_util::FutureExt::now_or_never(over).expect("it waits for nothing").unwrap();
    assert!(draft.operations.is_empty(), "{draft:?}");
}
