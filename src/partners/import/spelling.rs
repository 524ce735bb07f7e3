//! Near-equal spellings of one region, segment or industry, folded into one.
//!
//! Spellings are near when they differ in case, spaces, hyphens and other signs only. What is stored
//! wins, then what the file writes most often, then what it writes first.

use std::collections::BTreeMap;

use super::reading::Rows;
use crate::partners::{Deal, Partner};

/// Notes about single words; the rest are counted.
const NOTES: usize = 8;

/// The free words of facts by what they are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Region,
    Segment,
    Industry,
}

/// Every spelling of every word, and how often each is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spelt(BTreeMap<(Of, String), BTreeMap<String, Seen>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    times: usize,
    /// How many words were seen before it.
    after: usize,
}

impl Spelt {
    /// The spellings of stored facts.
    #[must_use]
    pub fn of(partners: &[Partner], deals: &[Deal]) -> Self {
        let mut spelt = Self::default();
        for partner in partners {
            words_of_partner(&mut partner.clone(), &mut |of, word| spelt.add(of, word));
        }
        for deal in deals {
            words_of_deal(&mut deal.clone(), &mut |of, word| spelt.add(of, word));
        }
        spelt
    }

    fn add(&mut self, of: Of, word: &str) {
        let after = self.0.len();
        let spellings = self.0.entry((of, folded(word))).or_default();
        if let Some(seen) = spellings.get_mut(word) {
            seen.times += 1;
        } else {
            let after = after + spellings.len();
            spellings.insert(word.to_owned(), Seen { times: 1, after });
        }
    }

    fn best(&self, of: Of, folded: &str) -> Option<&str> {
        let spellings = self.0.get(&(of, folded.to_owned()))?;
        let order = |seen: &Seen| (seen.times, std::cmp::Reverse(seen.after));
        spellings.iter().max_by_key(|(_, seen)| order(seen)).map(|(word, _)| word.as_str())
    }
}

/// Gives near-equal words one spelling; answers a note for each that was changed.
pub(super) fn fold(rows: &mut Rows, stored: Option<&Spelt>) -> Vec<String> {
    let mut own = Spelt::default();
    each_word(rows, &mut |of, word| own.add(of, word));
    let mut changed: BTreeMap<(Of, String), Vec<String>> = BTreeMap::new();
    each_word(rows, &mut |of, word| {
        let key = folded(word);
        let best = stored.and_then(|stored| stored.best(of, &key)).or_else(|| own.best(of, &key));
        if let Some(best) = best.filter(|best| *best != word.as_str()) {
            let others = changed.entry((of, best.to_owned())).or_default();
            if !others.contains(word) {
                others.push(word.clone());
            }
            best.clone_into(word);
        }
    });
    let more = changed.len().saturating_sub(NOTES);
    let mut notes: Vec<String> = changed
        .into_iter()
        .take(NOTES)
        .map(|((_, best), others)| {
            let others: Vec<_> = others.iter().map(|word| format!("\"{word}\"")).collect();
            format!("{} read as \"{best}\"", others.join(", "))
        })
        .collect();
    if more > 0 {
        notes.push(format!("{more} more words were given one spelling"));
    }
    notes
}

fn each_word(rows: &mut Rows, each: &mut dyn FnMut(Of, &mut String)) {
    match rows {
        Rows::Partners(rows) => rows.iter_mut().for_each(|row| words_of_partner(row, each)),
        Rows::Deals(rows) => rows.iter_mut().for_each(|row| words_of_deal(row, each)),
        Rows::Activities(_) => {}
    }
}

fn words_of_partner(row: &mut Partner, each: &mut dyn FnMut(Of, &mut String)) {
    row.region.iter_mut().chain(&mut row.regions_served).for_each(|word| each(Of::Region, word));
    row.segment.iter_mut().for_each(|word| each(Of::Segment, word));
    row.industries.iter_mut().for_each(|word| each(Of::Industry, word));
    once(&mut row.regions_served);
    once(&mut row.industries);
}

fn words_of_deal(row: &mut Deal, each: &mut dyn FnMut(Of, &mut String)) {
    row.region.iter_mut().for_each(|word| each(Of::Region, word));
    row.segment.iter_mut().for_each(|word| each(Of::Segment, word));
}

/// A list that named one thing in two spellings names it once.
fn once(list: &mut Vec<String>) {
    let mut kept = Vec::with_capacity(list.len());
    for word in list.drain(..) {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    *list = kept;
}

/// What is left when spelling habits are taken away; `&` and `and` are one.
fn folded(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for part in word.to_lowercase().replace('&', " and ").split(|c: char| !kept(c)) {
        folded.push_str(part);
    }
    if folded.is_empty() { word.to_owned() } else { folded }
}

/// Letters, digits, and the signs that make another word: `C++`, `C#`.
fn kept(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '+' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deals(regions: &[&str]) -> Rows {
        let text = regions
            .iter()
            .enumerate()
            .fold("external_id,attribution,name,region\n".to_owned(), |text, (at, region)| {
                text + &format!("D-{at},direct,N,{region}\n")
            });
        super::super::parse(
            super::super::Kind::Deals,
            text.as_bytes(),
            &super::super::How::default(),
        )
        .unwrap()
        .rows
    }

    fn regions(rows: &Rows) -> Vec<&str> {
        let Rows::Deals(rows) = rows else { panic!("not deals") };
        rows.iter().filter_map(|row| row.region.as_deref()).collect()
    }

    #[test]
    fn near_equal_spellings_become_the_one_that_is_written_most() {
        let mut rows = deals(&["Dach", "DACH", "DACH ", "dach", "UK and Ireland", "UK & Ireland"]);
        let notes = fold(&mut rows, None);
        assert_eq!(regions(&rows)[..4], ["DACH"; 4]);
        assert_eq!(regions(&rows)[4..], ["UK and Ireland"; 2]);
        assert_eq!(notes[0], "\"Dach\", \"dach\" read as \"DACH\"");
        let mut rows = deals(&["Mid-market", "Mid market", "Mid\u{2011}Market", "Mid–market"]);
        fold(&mut rows, None);
        assert_eq!(regions(&rows), ["Mid-market"; 4]);
    }

    #[test]
    fn what_is_stored_decides_and_other_words_stay() {
        let Rows::Deals(stored) = deals(&["dach"]) else { panic!() };
        let mut rows = deals(&["DACH", "DACH", "C++", "C#", "C"]);
        fold(&mut rows, Some(&Spelt::of(&[], &stored)));
        assert_eq!(regions(&rows), ["dach", "dach", "C++", "C#", "C"]);
        assert_eq!(fold(&mut deals(&["North", "South"]), None), Vec::<String>::new());
    }
}
