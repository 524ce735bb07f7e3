//! Which field, row or column some words of a request name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::strategy::address::SectionAddress;
use crate::strategy::field::{FieldSpec, Kind, RowSpec, SectionSpec};

use super::token::{Shape, Token};

/// Something of a section that has a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name {
    Field(&'static FieldSpec),
    Row(&'static RowSpec),
    Column(&'static FieldSpec),
    /// The lower or the upper bound of a range.
    Bound(Bound),
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Lower,
    Upper,
}

/// What a clause is about, as far as its words say.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    pub field: Option<&'static FieldSpec>,
    pub rows: Vec<&'static RowSpec>,
    pub column: Option<&'static FieldSpec>,
    pub bound: Option<Bound>,
    /// Where an assumption comes from, rather than the assumption.
    pub source: bool,
    /// `it`: whatever the thread changed last.
    pub pronoun: bool,
}

impl Subject {
    pub(super) fn is_empty(&self) -> bool {
        self.field.is_none() && self.rows.is_empty() && self.column.is_none() && !self.pronoun
    }

    /// Takes a name, unless the place is taken.
    fn take(&mut self, name: Name) -> bool {
        match name {
            Name::Field(field) if self.is_empty() => self.field = Some(field),
            // `buyer personas` names one list twice.
            Name::Field(field) if self.field.is_some_and(|known| known.name == field.name) => {}
            Name::Column(column) if self.column.is_none() && self.field.is_none() => {
                self.column = Some(column);
            }
            Name::Row(row) if self.field.is_none() && !self.pronoun => self.rows.push(row),
            Name::Bound(bound) if self.bound.is_none() => self.bound = Some(bound),
            _ => return false,
        }
        true
    }
}

/// Words that name a section; the longest first.
const SECTIONS: &[(&str, SectionAddress)] = &[
    ("ideal customer profile", SectionAddress::Icp),
    ("customer profile", SectionAddress::Icp),
    ("icp", SectionAddress::Icp),
    ("ideal partner profile", SectionAddress::IppProfile),
    ("partner profile", SectionAddress::IppProfile),
    ("ipp profile", SectionAddress::IppProfile),
    ("ipp.profile", SectionAddress::IppProfile),
    ("ipp types", SectionAddress::IppTypes),
    ("ipp.types", SectionAddress::IppTypes),
    ("partner types", SectionAddress::IppTypes),
    ("ipp", SectionAddress::IppProfile),
    ("partner tam", SectionAddress::Tam),
    ("total addressable market", SectionAddress::Tam),
    ("tam", SectionAddress::Tam),
];

/// Words that carry nothing in front of a name.
const FILLERS: &[&str] = &[
    "the", "our", "my", "its", "their", "a", "an", "this", "that", "these", "those", "current",
    "list", "field", "section", "target", "value", "values", "new",
];

/// Words that join two names.
const JOINS: &[&str] = &["of", "for", "in", "on", "and", "&", ",", "under"];

const PRONOUNS: &[&str] = &["it", "that", "this", "them", "those"];

const BOUNDS: &[(&str, Bound)] = &[
    ("lower bound", Bound::Lower),
    ("lower limit", Bound::Lower),
    ("lower end", Bound::Lower),
    ("minimum", Bound::Lower),
    ("min", Bound::Lower),
    ("floor", Bound::Lower),
    ("upper bound", Bound::Upper),
    ("upper limit", Bound::Upper),
    ("upper end", Bound::Upper),
    ("maximum", Bound::Upper),
    ("max", Bound::Upper),
    ("ceiling", Bound::Upper),
    ("cap", Bound::Upper),
];

/// How many tokens the phrase takes at the front of these, if it stands there.
pub(super) fn starts_with(tokens: &[Token], phrase: &str) -> Option<usize> {
    let mut taken = 0;
    for word in phrase.split(' ') {
        tokens.get(taken).filter(|next| next.shape == Shape::Word && next.word == word)?;
        taken += 1;
    }
    Some(taken)
}

/// The section that is named at the front of these tokens.
pub(super) fn section_at(tokens: &[Token]) -> Option<(SectionAddress, usize)> {
    let named = SECTIONS
        .iter()
        .find_map(|(phrase, address)| starts_with(tokens, phrase).map(|taken| (*address, taken)))?;
    Some(named)
}

/// A section other than `own` that the tokens name. `IPP` alone stands for both of its sections.
pub(super) fn other_section(own: SectionAddress, tokens: &[Token]) -> Option<SectionAddress> {
    let mut at = 0;
    while at < tokens.len() {
        let Some((address, taken)) = section_at(&tokens[at..]) else {
            at += 1;
            continue;
        };
        let group_only = taken == 1 && tokens[at].word == "ipp";
        if address != own && !(group_only && address.group() == own.group()) {
            return Some(address);
        }
        at += taken;
    }
    None
}

/// A name as it is typed.
struct Phrase {
    words: Vec<String>,
    name: Name,
}

/// The names of one section by their first word.
type Index = BTreeMap<String, Vec<Phrase>>;

static NAMES: LazyLock<BTreeMap<SectionAddress, Index>> =
    LazyLock::new(|| SectionAddress::ALL.into_iter().map(|own| (own, index(own.spec()))).collect());

fn index(spec: &'static SectionSpec) -> Index {
    let fields = |fields: &'static [FieldSpec], name: fn(&'static FieldSpec) -> Name| {
        fields.iter().flat_map(move |field| phrases(field).map(move |said| (said, name(field))))
    };
    let rows = spec.rows.iter().flat_map(|row| {
        let label = std::iter::once(row.label.to_lowercase());
        let synonyms = row.synonyms.iter().map(|phrase| (*phrase).to_owned());
        label.chain(synonyms).map(move |said| (said, Name::Row(row)))
    });
    let bounds = BOUNDS.iter().map(|(phrase, bound)| ((*phrase).to_owned(), Name::Bound(*bound)));
    let all = fields(spec.columns, Name::Column).chain(fields(spec.fields, Name::Field));
    let mut index = Index::new();
    for (said, name) in all.chain(rows).chain(bounds) {
        let words: Vec<String> = said.split(' ').map(str::to_owned).collect();
        index.entry(words[0].clone()).or_default().push(Phrase { words, name });
    }
    index
}

/// The longest name of the section at the front of these tokens; the first of several as long.
pub(super) fn name_at(own: SectionAddress, tokens: &[Token]) -> Option<(Name, usize)> {
    let first = tokens.first().filter(|first| first.shape == Shape::Word)?;
    let mut best: Option<(Name, usize)> = None;
    for phrase in NAMES.get(&own)?.get(&first.word)? {
        let taken = phrase.words.len();
        let stands =
            |(token, word): (&Token, &String)| token.shape == Shape::Word && token.word == *word;
        if taken <= tokens.len()
            && best.is_none_or(|(_, most)| taken > most)
            && tokens.iter().zip(&phrase.words).all(stands)
        {
            best = Some((phrase.name, taken));
        }
    }
    best
}

fn phrases(field: &'static FieldSpec) -> impl Iterator<Item = String> {
    let own = [field.label.to_lowercase(), field.name.replace('_', " ")];
    own.into_iter().chain(field.synonyms.iter().map(|phrase| (*phrase).to_owned()))
}

/// Tokens among which the subject of a clause stands.
const SUBJECT_LIMIT: usize = 40;

/// Reads names, fillers and the section's own name from the front, and says how many tokens they
/// take. Nothing is taken where there is no name.
pub(super) fn subject(own: SectionAddress, tokens: &[Token]) -> (Subject, usize) {
    let tokens = &tokens[..tokens.len().min(SUBJECT_LIMIT)];
    let (mut found, mut at, mut end) = (Subject::default(), 0, 0);
    while at < tokens.len() {
        let rest = &tokens[at..];
        if let Some((name, taken)) = name_at(own, rest) {
            if !found.take(name) {
                break;
            }
            at += taken;
            end = at;
        } else if let Some((_, taken)) = section_at(rest).filter(|(a, _)| a.group() == own.group())
        {
            at += taken;
            if !found.is_empty() {
                end = at;
            }
        } else if !found.source && rest[0].is_any(&["source", "basis"]) {
            found.source = true;
            at += 1;
            end = if found.is_empty() { end } else { at };
        } else if found.is_empty() && is_pronoun(rest) {
            found.pronoun = true;
            at += 1;
            end = at;
        } else if !found.is_empty() && rest[0].is_any(&["range", "list", "field", "section"]) {
            at += 1;
            end = at;
        } else if rest[0].is_any(FILLERS)
            || !found.is_empty() && rest[0].is_any(JOINS)
            || found.is_empty() && rest[0].is_any(&["of", "for", "in"])
        {
            at += 1;
        } else {
            break;
        }
    }
    (found, end)
}

/// `it`, or `that` where no name follows.
fn is_pronoun(rest: &[Token]) -> bool {
    let follows = |token: &Token| token.is_any(&["to", "by", "at", "as", "not", "should", "is"]);
    rest[0].is("it")
        || rest[0].is_any(PRONOUNS)
            && rest.get(1).is_none_or(|next| follows(next) || next.shape == Shape::Number)
}

/// Labels of the section's lists, for saying which there are.
pub(super) fn lists(spec: &'static SectionSpec) -> String {
    join(spec.fields.iter().filter(|field| field.kind == Kind::Items).map(|field| field.label))
}

/// Labels of everything that can be set.
pub(super) fn everything(spec: &'static SectionSpec) -> String {
    let shown = |field: &&FieldSpec| !matches!(field.kind, Kind::Source | Kind::Currency);
    let rows = spec.rows.iter().map(|row| row.label);
    let columns = spec.columns.iter().filter(shown).map(|column| column.label);
    join(spec.fields.iter().filter(shown).map(|field| field.label).chain(columns).chain(rows))
}

/// Labels of the rows.
pub(super) fn rows(spec: &'static SectionSpec) -> String {
    join(spec.rows.iter().map(|row| row.label))
}

fn join<'a>(labels: impl Iterator<Item = &'a str>) -> String {
    labels.collect::<Vec<_>>().join(", ")
}
