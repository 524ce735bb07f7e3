//! Clauses that exchange words or items, or put items in another order.

use crate::strategy::drafted::Why;
use crate::strategy::enter::set as set_key;
use crate::strategy::field::{FieldSpec, Kind, Value};
use crate::strategy::list::Item;
use crate::strategy::operation::Operation;

use super::clause::{Done, Reader, Refused, refuse, unclear};
use super::items::{LINKS, Place, links};
use super::names::{starts_with, subject};
use super::token::{Shape, Token};
use super::value::{entry, in_the_case_of, same, upper_first};

impl Reader<'_> {
    /// `replace X with Y [in LIST]`, `rename X to Y`, `change X to Y`.
    pub(super) fn replace(&self, tokens: &[Token]) -> Done {
        self.guard(tokens)?;
        let middle = tokens.iter().enumerate().skip(1).find(|(_, token)| {
            token.is_any(&["with", "by", "to", "into", "for"]) || token.shape == Shape::Arrow
        });
        let Some((at, _)) = middle.filter(|(at, _)| at + 1 < tokens.len()) else {
            return unclear("say it as: replace X with Y");
        };
        let (old, mut new) = (&tokens[..at], &tokens[at + 1..]);
        let link = &tokens[at];
        if new.iter().any(|token| token.shape == link.shape && token.word == link.word) {
            return unclear("that can be read in two ways; put the words in quotes");
        }
        let mut list = None;
        for at in links(new, &["in", "under", "among"]) {
            if let Some(Place::List(named)) = self.place(&new[at + 1..]) {
                (list, new) = (Some(named), &new[..at]);
                break;
            }
        }
        let (old, list) = self.without_list_name(old, list);
        let (Some(old), Some(new)) = (entry(self.text, old), entry(self.text, new)) else {
            return unclear("say it as: replace X with Y");
        };
        self.exchange(list, &old, &new)
    }

    /// `the industry retail` is the item `retail` of the list of industries.
    fn without_list_name<'t>(
        &self,
        tokens: &'t [Token],
        list: Option<&'static FieldSpec>,
    ) -> (&'t [Token], Option<&'static FieldSpec>) {
        let (about, used) = subject(self.address(), tokens);
        let named = about.field.filter(|field| field.kind == Kind::Items && used < tokens.len());
        let known = |field: &FieldSpec, said: &[Token]| {
            let said = entry(self.text, said).unwrap_or_default();
            self.texts(field.name).iter().any(|text| same(text, &said))
        };
        match named {
            Some(field) if list.is_none() && known(field, &tokens[used..]) => {
                (&tokens[used..], Some(field))
            }
            _ => (tokens, list),
        }
    }

    /// Exactly one item, or exactly one place in all words of the section.
    fn exchange(&self, list: Option<&'static FieldSpec>, old: &str, new: &str) -> Done {
        let all = self.items(list);
        self.effort.characters(all.iter().map(|(_, item)| item.text.len()).sum())?;
        let exact: Vec<_> = all.iter().filter(|(_, item)| same(&item.text, old)).collect();
        if let [(list, item)] = exact.as_slice() {
            let text = in_the_case_of(&self.texts(list), new);
            if self.texts(list).iter().any(|there| same(there, &text)) && !same(&text, &item.text) {
                return refuse(
                    Why::AlreadySo,
                    format!("{text} is there already; say: remove {old}"),
                );
            }
            let (list, id) = ((*list).to_owned(), item.id.clone());
            return Ok(vec![Operation::Replace { list, id, item: text }]);
        }
        if exact.len() > 1 {
            return unclear(format!("\"{old}\" stands in more than one list; name the list"));
        }
        let mut found: Vec<Operation> = Vec::new();
        for (list, item) in &all {
            for at in places(&item.text, old) {
                let text = replaced(&item.text, at, old.len(), new);
                let (list, id) = ((*list).to_owned(), item.id.clone());
                found.push(Operation::Replace { list, id, item: text });
            }
        }
        for (key, text) in self.prose().into_iter().filter(|_| list.is_none()) {
            for at in places(&text, old) {
                let text = replaced(&text, at, old.len(), new);
                found.push(set_key(&key, Value::Text(text), None));
            }
        }
        match found.len() {
            1 => Ok(found),
            0 => unclear(format!("\"{old}\" stands nowhere in this section")),
            many => {
                unclear(format!("\"{old}\" stands in {many} places; name the field or the item"))
            }
        }
    }

    /// `move A before B`, `put A first`, `move A to the end`.
    pub(super) fn move_item(&self, tokens: &[Token]) -> Done {
        self.guard(tokens)?;
        let ends = |words: &[Token]| {
            let words = Some(words).filter(|words| words.len() <= 6)?;
            let last = words.iter().filter(|t| !t.is_any(&["to", "the", "of", "list", "at"]));
            let words: Vec<&str> = last.map(|token| token.word.as_str()).collect();
            match words.as_slice() {
                ["top" | "front" | "first" | "start" | "beginning"] => Some(true),
                ["bottom" | "end" | "last"] => Some(false),
                _ => None,
            }
        };
        for at in 1..tokens.len() {
            let behind = &tokens[at..];
            if let Some(front) = ends(behind) {
                let (list, item) =
                    self.find(None, &entry(self.text, &tokens[..at]).unwrap_or_default())?;
                return self.placed(list, &item, |rest| if front { 0 } else { rest.len() });
            }
            let word = ["before", "after", "above", "below", "behind", "ahead of", "in front of"]
                .into_iter()
                .find_map(|words| starts_with(behind, words).map(|taken| (words, taken)));
            if let Some((word, taken)) = word {
                let before = matches!(word, "before" | "above" | "ahead of" | "in front of");
                let other = entry(self.text, &behind[taken..]).unwrap_or_default();
                let one = entry(self.text, &tokens[..at]).unwrap_or_default();
                let (list, item, other) = self.pair(&one, &other)?;
                return self.placed(list, &item, |rest| {
                    let at = rest.iter().position(|text| *text == other.text).unwrap_or(rest.len());
                    if before { at } else { at + 1 }
                });
            }
        }
        // `put CTO in the buyers` adds.
        let joins = links(tokens, &["in", "into", "on", "under", "as", "to"])
            .any(|at| matches!(self.place(&tokens[at + 1..]), Some(Place::List(_))));
        if joins {
            self.add(tokens)
        } else {
            unclear("say it as: move A before B, or move A to the top")
        }
    }

    /// `swap A and B`.
    pub(super) fn swap(&self, tokens: &[Token]) -> Done {
        self.guard(tokens)?;
        let links = tokens
            .iter()
            .enumerate()
            .filter(|(at, token)| *at > 0 && token.is_any(&["and", "with", "for"]))
            .take(LINKS);
        let mut refused = unclear("say it as: swap A and B");
        for (at, _) in links {
            let one = entry(self.text, &tokens[..at]).unwrap_or_default();
            let other = entry(self.text, &tokens[at + 1..]).unwrap_or_default();
            let (list, one, other) = match self.pair(&one, &other) {
                Ok(pair) => pair,
                Err(why) => {
                    refused = Err(why);
                    continue;
                }
            };
            let swapped = |text: &String| {
                if *text == one.text {
                    other.text.clone()
                } else if *text == other.text {
                    one.text.clone()
                } else {
                    text.clone()
                }
            };
            let texts = self.texts(list).iter().map(swapped).collect();
            return Ok(vec![set_key(list, Value::Items(texts), None)]);
        }
        refused
    }

    fn pair(&self, one: &str, other: &str) -> Result<(&'static str, Item, Item), Refused> {
        let (list, one) = self.find(None, one)?;
        let (same_list, other) = self.find(None, other)?;
        if list != same_list {
            return unclear("the two stand in different lists");
        }
        if one.id == other.id {
            return unclear("that is one and the same item");
        }
        Ok((list, one, other))
    }

    fn placed(&self, list: &str, item: &Item, at: impl Fn(&[String]) -> usize) -> Done {
        let stands = self.texts(list);
        let mut texts: Vec<String> =
            stands.iter().filter(|text| **text != item.text).cloned().collect();
        let at = at(&texts);
        texts.insert(at, item.text.clone());
        if texts == stands {
            return refuse(Why::AlreadySo, format!("{} stands there already", item.text));
        }
        Ok(vec![set_key(list, Value::Items(texts), None)])
    }
}

/// Where the words stand in the text as whole words, in any ASCII case; byte offsets.
pub(super) fn places(text: &str, words: &str) -> Vec<usize> {
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let like = |here: &&[u8]| here.eq_ignore_ascii_case(words.as_bytes());
    for (at, _) in text.as_bytes().windows(words.len()).enumerate().filter(|(_, here)| like(here)) {
        let (Some(before), Some(after)) = (text.get(..at), text.get(at + words.len()..)) else {
            continue;
        };
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if !inside(before.chars().next_back()) && !inside(after.chars().next()) {
            found.push(at);
        }
    }
    found
}

fn replaced(text: &str, at: usize, length: usize, new: &str) -> String {
    let starts_large = text[at..].chars().next().is_some_and(char::is_uppercase);
    let new = if starts_large { upper_first(new) } else { new.to_owned() };
    format!("{}{new}{}", &text[..at], &text[at + length..])
}
