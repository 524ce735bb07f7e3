//! Answers from what is recorded: the value, its basis, and nothing else.

use crate::drafting::Answer;
use crate::drafting::brief::Fact;
use crate::strategy::document::Document;
use crate::strategy::field::{FieldView, Kind, lower_first};
use crate::strategy::operation::day;
use crate::strategy::text::folded;

use super::names::{self, Name};
use super::token::{Shape, Token, tidy, tokens};

/// Fields in one answer.
const SHOWN: usize = 6;

/// Answers a question about a section; changes nothing. What the thread proposes is named as proposed.
pub(super) fn answer(
    (document, proposed): (&Document, Option<&Document>),
    question: &str,
    facts: &[Fact],
) -> Answer {
    let text = tidy(question);
    let tokens = tokens(&text);
    let wants_basis = tokens.iter().any(|token| token.is_any(BASIS));
    let fields = named_fields(document, &tokens);
    let known: Vec<&Fact> = facts.iter().filter(|fact| names_fact(&text, fact)).collect();
    if fields.is_empty() && known.is_empty() {
        return nothing(document, facts);
    }
    let mut sentences = Vec::new();
    let mut sources = Vec::new();
    for field in fields.iter().take(SHOWN) {
        sentences.push(sentence(document, field, wants_basis));
        let other = proposed.and_then(|proposed| proposed.value(&field.key));
        if let Some(other) = other.filter(|other| *other != field.value) {
            let other = other.display(field.unit);
            sentences.push(format!("Proposed in this thread, not accepted yet: {other}."));
        }
        sources.push(field.to_string());
    }
    if let Some(field) = fields.first().filter(|_| is_what_if(&tokens)) {
        let label = lower_first(&field.label);
        sentences.push(format!("To propose another value, say: set {label} to …"));
    }
    for fact in known.iter().take(SHOWN) {
        sentences.push(format!("{}: {}.", fact.label, fact.value));
        sources.push(format!("{}, {}", fact.label, fact.source));
    }
    Answer { text: sentences.join(" "), sources }
}

const BASIS: &[&str] = &[
    "basis",
    "source",
    "based",
    "why",
    "where",
    "who",
    "when",
    "come",
    "comes",
    "from",
    "assume",
    "assumed",
    "assumption",
    "reason",
    "rest",
    "rests",
    "ground",
    "evidence",
];

fn sentence(document: &Document, field: &FieldView, wants_basis: bool) -> String {
    let value = field.value.display(field.unit);
    let Some(basis) = document.basis(&field.key) else {
        let untold = if wants_basis { " No basis is recorded for it." } else { "" };
        return format!("{}: {value}.{untold}", field.label);
    };
    if basis.starting {
        return format!(
            "{} is {value}, a starting assumption: nobody has given a basis yet.",
            field.label
        );
    }
    let unsaid = basis.source.is_empty();
    let author = match (basis.by.is_empty(), basis.on) {
        (false, Some(on)) => format!(" Set by {} on {}.", basis.by, day(on)),
        (false, None) => format!(" Set by {}.", basis.by),
        (true, Some(on)) => format!(" Set on {}.", day(on)),
        (true, None) => String::new(),
    };
    let ground = if unsaid {
        let label = lower_first(&field.label);
        format!(" No basis is recorded; to add one, say: set the source of {label} to …")
    } else {
        format!(" Basis: {}.", basis.source.trim_end_matches('.'))
    };
    format!("{} is {value}.{ground}{author}", field.label)
}

/// Fields that the words name: cells by row and column, rows or columns alone, plain fields.
fn named_fields(document: &Document, tokens: &[Token]) -> Vec<FieldView> {
    let spec = document.address().spec();
    let (mut rows, mut columns, mut fields) = (Vec::new(), Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let named = names::name_at(document.address(), &tokens[at..]);
        match named {
            Some((Name::Row(row), _)) => rows.push(row.name),
            Some((Name::Column(column), _)) => columns.push(plain(column.name)),
            Some((Name::Field(field), _)) => fields.push(plain(field.name).to_owned()),
            _ => {}
        }
        at += named.map_or(1, |(_, taken)| taken);
    }
    if rows.is_empty() && !columns.is_empty() {
        rows = spec.rows.iter().map(|row| row.name).collect();
    }
    if columns.is_empty() && !rows.is_empty() {
        let all = spec.columns.iter().filter(|column| column.kind != Kind::Source);
        columns = all.map(|column| column.name).collect();
    }
    for row in rows {
        fields.extend(columns.iter().map(|column| format!("{row}.{column}")));
    }
    let mut seen = Vec::new();
    for key in fields {
        if !seen.contains(&key) {
            seen.push(key);
        }
    }
    seen.iter().filter_map(|key| document.field(key)).collect()
}

fn is_what_if(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|pair| pair[0].is("what") && pair[1].is("if"))
}

fn plain(name: &str) -> &str {
    name.strip_suffix("_source").unwrap_or(name)
}

fn names_fact(text: &str, fact: &Fact) -> bool {
    let asked = tokens(text);
    let label = folded(&fact.label);
    let words: Vec<&str> = label.split(' ').filter(|word| word.len() > 2).collect();
    let mut said = words
        .iter()
        .map(|word| asked.iter().any(|token| token.shape == Shape::Word && token.word == *word));
    !words.is_empty() && said.all(|said| said)
}

fn nothing(document: &Document, facts: &[Fact]) -> Answer {
    let mut known: Vec<String> =
        document.fields().into_iter().map(|field| field.label).take(12).collect();
    known.extend(facts.iter().map(|fact| fact.label.clone()));
    Answer {
        text: format!(
            "Nothing that is recorded here answers that. Ask about: {}.",
            known.join(", ")
        ),
        sources: Vec::new(),
    }
}
