//! Clauses about lists and words: add, note, remove, replace, move, swap.

use std::collections::BTreeSet;

use crate::strategy::drafted::Why;
use crate::strategy::enter::set as set_key;
use crate::strategy::field::{FieldSpec, Kind, Value};
use crate::strategy::list::{Item, LIST_LIMIT};
use crate::strategy::operation::Operation;
use crate::strategy::text::{folded, folds_to};

use super::clause::{Done, Reader, Refused, refuse, unclear};
use super::exchange::places;
use super::names;
use super::names::{Subject, starts_with, subject};
use super::token::{Shape, Token};
use super::value::{entries, entry, in_the_case_of, prose, upper_first};

/// Where a list stands in the words behind `to` or `from`.
pub(super) enum Place {
    List(&'static FieldSpec),
    /// A prose field.
    Prose(String),
    /// Only the section itself.
    Section,
}

/// Links such as `to` and `from` that are followed, from the end of a clause.
pub(super) const LINKS: usize = 12;

/// Where links of these words stand, from the end.
pub(super) fn links<'t>(
    tokens: &'t [Token],
    words: &'t [&'t str],
) -> impl Iterator<Item = usize> + 't {
    (1..tokens.len()).rev().filter(|at| tokens[*at].is_any(words)).take(LINKS)
}

const ADD_LINKS: &[&str] = &["to", "into", "in", "under", "as", "among"];
const REMOVE_LINKS: &[&str] = &["from", "in", "of", "under", "among"];

/// Words in front of a note; the longest first.
const NOTES: &[&str] = &[
    "add another note",
    "add a new note",
    "add a note",
    "add the note",
    "add note",
    "add notes",
    "include a note",
    "make a note",
    "leave a note",
    "write a note",
    "put a note",
    "note",
    "notes",
];

impl Reader<'_> {
    /// `add a note that …`, `note that …`, `note: …`.
    pub(super) fn note(&self, tokens: &[Token]) -> Option<Done> {
        let taken = NOTES.iter().find_map(|words| starts_with(tokens, words))?;
        let behind = &tokens[taken..];
        let leads = ["that", "saying", "about", "on", "to say", "stating", "saying that"];
        let lead = leads.iter().filter_map(|words| starts_with(behind, words)).max();
        let text = match (lead, behind.first()) {
            (Some(taken), _) => &behind[taken..],
            (None, Some(mark)) if mark.is_any(&[":", "="]) => &behind[1..],
            (None, Some(quoted)) if quoted.shape == Shape::Quoted => behind,
            _ => return None,
        };
        let text = match text.first() {
            Some(mark) if mark.is(":") => &text[1..],
            _ => text,
        };
        Some(match prose(self.text, text) {
            Some(text) => self.add_all("notes", &[upper_first(&text)]),
            None => refuse(Why::NeedsFact, "say what the note should read"),
        })
    }

    /// `add X to LIST`, `add LIST X`, `add X as a LIST`, `add TEXT to the summary`.
    pub(super) fn add(&self, tokens: &[Token]) -> Done {
        let tokens = self.without_section(tokens, ADD_LINKS);
        for at in links(tokens, ADD_LINKS) {
            match self.place(&tokens[at + 1..]) {
                Some(Place::List(list)) => return self.add_to(list, tokens, at),
                Some(Place::Prose(key)) => return self.append(&key, tokens, at),
                Some(Place::Section) | None => {}
            }
        }
        self.add_named(tokens)
    }

    /// `… in the ICP` at the end of a clause in the ICP's own thread says nothing new.
    fn without_section<'t>(&self, tokens: &'t [Token], words: &[&str]) -> &'t [Token] {
        let section = |at: &usize| matches!(self.place(&tokens[at + 1..]), Some(Place::Section));
        match links(tokens, words).find(section) {
            Some(at) => &tokens[..at],
            None => tokens,
        }
    }

    /// `industry fintech`, `a buyer: CFO`, `fintech industry`.
    fn add_named(&self, tokens: &[Token]) -> Done {
        let tokens = match tokens.first() {
            // `add to notes: …`
            Some(first) if first.is("to") => &tokens[1..],
            _ => tokens,
        };
        let (about, used) = subject(self.address(), tokens);
        let list = about.field.filter(|field| field.kind == Kind::Items);
        if let Some(list) = list.filter(|_| used < tokens.len()) {
            let mark = tokens[used].is_any(&[":", "="]);
            self.guard(tokens)?;
            return self.add_entries(list, &tokens[used + usize::from(mark)..]);
        }
        self.guard(tokens)?;
        unclear(format!("say to which list; there is {}", names::lists(self.spec())))
    }

    fn add_to(&self, list: &'static FieldSpec, tokens: &[Token], at: usize) -> Done {
        self.guard(tokens)?;
        self.add_entries(list, &tokens[..at])
    }

    fn add_entries(&self, list: &'static FieldSpec, said: &[Token]) -> Done {
        no_choice(said)?;
        let entries = entries(self.text, said);
        if entries.is_empty() {
            return refuse(Why::NeedsFact, format!("say what to add to {}", list.label));
        }
        not_too_many(&entries)?;
        self.add_all(list.name, &entries)
    }

    fn add_all(&self, list: &str, entries: &[String]) -> Done {
        let stands = self.texts(list);
        self.effort.characters(stands.iter().map(String::len).sum())?;
        let mut known: BTreeSet<String> = stands.iter().map(|text| folded(text)).collect();
        let texts = entries.iter().map(|entry| in_the_case_of(&stands, entry));
        let added: Vec<String> = texts.filter(|text| known.insert(folded(text))).collect();
        if added.is_empty() {
            let label = self.spec().label(list);
            return refuse(Why::AlreadySo, format!("{label} has {} already", entries.join(", ")));
        }
        let add = |item: String| Operation::Add { list: list.to_owned(), item, after_id: None };
        Ok(added.into_iter().map(add).collect())
    }

    /// Text behind what a prose field says already.
    fn append(&self, key: &str, tokens: &[Token], at: usize) -> Done {
        self.guard(&tokens[at..])?;
        let Some(text) = prose(self.text, &tokens[..at]) else {
            return refuse(Why::NeedsFact, "say what to add");
        };
        let stands = match self.document.value(key) {
            Some(Value::Text(stands)) => stands,
            _ => String::new(),
        };
        let end =
            if stands.is_empty() || stands.ends_with(['.', '!', '?', ':', ';']) { "" } else { "." };
        let joined = format!("{stands}{end} {}", upper_first(&text));
        Ok(vec![set_key(key, Value::Text(joined.trim().to_owned()), None)])
    }

    /// `expand regions to include DACH`, `extend industries with fintech`.
    pub(super) fn expand(&self, about: &Subject, rest: &[Token]) -> Done {
        let leads = ["to also include", "to include", "with", "by adding", "by"];
        let lead = leads.iter().find_map(|words| starts_with(rest, words));
        match (about.field, lead) {
            (Some(list), Some(taken)) => {
                self.guard(rest)?;
                self.add_entries(list, &rest[taken..])
            }
            _ => unclear("say it as: add X to the list, or set the list to X, Y"),
        }
    }

    /// `remove X [from LIST]`.
    pub(super) fn remove(&self, tokens: &[Token]) -> Done {
        self.guard(tokens)?;
        let tokens = self.without_section(tokens, REMOVE_LINKS);
        for at in links(tokens, REMOVE_LINKS) {
            if let Some(Place::List(list)) = self.place(&tokens[at + 1..]) {
                return self.remove_from(Some(list), &tokens[..at]);
            }
        }
        let (about, used) = subject(self.address(), tokens);
        let rest = &tokens[used..];
        match about.field {
            Some(field) if rest.is_empty() && field.kind != Kind::Items => self.clear(tokens),
            Some(list) if list.kind == Kind::Items && !rest.is_empty() => {
                // `remove the note about pricing`, `remove the industry retail`.
                let about = ["about", "on", "that", "saying", ":"];
                let lead = usize::from(rest[0].is_any(&about));
                let named = self.remove_from(Some(list), &rest[lead..]);
                named.or_else(|refused| self.remove_from(None, tokens).map_err(|_| refused))
            }
            Some(list) if rest.is_empty() => unclear(format!(
                "say which of {}, or say: clear {}",
                list.label,
                list.label.to_lowercase()
            )),
            _ => self.remove_from(None, tokens),
        }
    }

    fn remove_from(&self, list: Option<&'static FieldSpec>, said: &[Token]) -> Done {
        no_choice(said)?;
        let whole = entry(self.text, said).unwrap_or_default();
        let everything = said.len() == 1 && said[0].is_any(&["all", "everything"]);
        if let Some(list) = list.filter(|_| everything) {
            return Ok(vec![set_key(list.name, Value::Items(Vec::new()), None)]);
        }
        // First as one entry, whatever words it holds; then as several.
        let names = match self.find(list, &whole) {
            Ok(found) => return Ok(vec![removal(found)]),
            Err(refused) => {
                let names = entries(self.text, said);
                if names.len() < 2 {
                    return Err(refused);
                }
                not_too_many(&names)?;
                names
            }
        };
        names.iter().map(|name| self.find(list, name).map(removal)).collect()
    }

    /// The one item that reads like this, or the one that holds these words.
    pub(super) fn find(
        &self,
        list: Option<&'static FieldSpec>,
        text: &str,
    ) -> Result<(&'static str, Item), Refused> {
        if text.is_empty() {
            return unclear("say which item");
        }
        let all = self.items(list);
        self.effort.characters(all.iter().map(|(_, item)| item.text.len()).sum())?;
        let wanted = folded(text);
        let mut found: Vec<_> =
            all.iter().filter(|(_, item)| folds_to(&item.text, &wanted)).collect();
        if found.is_empty() {
            found = all.iter().filter(|(_, item)| !places(&item.text, text).is_empty()).collect();
        }
        match found.as_slice() {
            [(list, item)] => Ok((list, item.clone())),
            [] => {
                let known = list.map_or_else(
                    || format!("no list has \"{text}\""),
                    |list| {
                        let texts = self.texts(list.name);
                        let known =
                            if texts.is_empty() { "nothing".to_owned() } else { texts.join(", ") };
                        format!("{} has no \"{text}\"; it has {known}", list.label)
                    },
                );
                unclear(known)
            }
            several => {
                let shown: Vec<_> = several.iter().map(|(_, item)| item.text.as_str()).collect();
                unclear(format!("\"{text}\" could be: {}", shown.join("; ")))
            }
        }
    }

    /// The list or prose field that all of these words name, or the section itself.
    pub(super) fn place(&self, tokens: &[Token]) -> Option<Place> {
        let (about, used) = subject(self.address(), tokens);
        if used == tokens.len() && used > 0 {
            if let Some(field) = about.field.filter(|field| field.kind == Kind::Items) {
                return Some(Place::List(field));
            }
            let targets = self.targets(&about, &[]).ok()?;
            return match targets.as_slice() {
                [only] if only.spec.kind == Kind::Text => Some(Place::Prose(only.key.clone())),
                _ => None,
            };
        }
        let the = usize::from(tokens.first().is_some_and(|token| token.is_any(&["the", "our"])));
        let (address, taken) = names::section_at(&tokens[the..])?;
        let own = address.group() == self.address().group();
        (own && the + taken == tokens.len()).then_some(Place::Section)
    }

    pub(super) fn texts(&self, list: &str) -> Vec<String> {
        match self.document.value(list) {
            Some(Value::Items(texts)) => texts,
            _ => Vec::new(),
        }
    }

    pub(super) fn items(&self, list: Option<&'static FieldSpec>) -> Vec<(&'static str, Item)> {
        let lists = self.spec().fields.iter().filter(|field| field.kind == Kind::Items);
        let wanted = lists.filter(|field| list.is_none_or(|list| list.name == field.name));
        let items = wanted.flat_map(|field| {
            let items = self.document.items(field.name).unwrap_or_default();
            items.iter().map(|item| (field.name, item.clone()))
        });
        items.collect()
    }

    pub(super) fn prose(&self) -> Vec<(String, String)> {
        let texts = self.document.fields().into_iter().filter_map(|field| match field.value {
            Value::Text(text) if field.kind == Kind::Text => Some((field.key, text)),
            _ => None,
        });
        texts.collect()
    }
}

fn removal((list, item): (&'static str, Item)) -> Operation {
    Operation::Remove { list: list.to_owned(), id: item.id }
}

/// Refuses more entries than a list takes.
pub(super) fn not_too_many(entries: &[String]) -> Result<(), Refused> {
    if entries.len() > LIST_LIMIT {
        return unclear(format!("a list takes at most {LIST_LIMIT} entries"));
    }
    Ok(())
}

/// Refuses entries with an `or`: it leaves the choice to us.
pub(super) fn no_choice(said: &[Token]) -> Result<(), Refused> {
    if said.iter().any(|token| token.is("or")) {
        return unclear("\"or\" leaves the choice open; name what should stand there");
    }
    if said.iter().any(|token| token.is("=")) {
        return unclear("say it as: add X to the list");
    }
    Ok(())
}
