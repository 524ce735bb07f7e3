//! From the words behind `to` to the operation that sets a field, with the ground of an assumption.

use crate::numbers;
use crate::strategy::count;
use crate::strategy::drafted::Why;
use crate::strategy::enter::set as set_key;
use crate::strategy::field::{Kind, Range, Value};
use crate::strategy::money::Money;
use crate::strategy::operation::Operation;

use super::clause::{Reader, Refused, refuse, unclear};
use super::items::{no_choice, not_too_many};
use super::names::{Bound, starts_with};
use super::set::{Target, connector};
use super::token::{Shape, Token};
use super::value::{
    Read, amounts, counts, entries, flag, in_the_case_of, prose, single, slice, without_units,
};

impl Reader<'_> {
    /// One operation that gives the target this value.
    pub(super) fn write(
        &self,
        target: &Target,
        bound: Option<Bound>,
        value: &[Token],
    ) -> Result<Operation, Refused> {
        let (value, source) = match because(value).filter(|_| target.spec.assumption) {
            Some(at) => (&value[..at], prose(self.text, after_because(&value[at..]))),
            None => (value, None),
        };
        let read = self.read(target, bound, value)?;
        let stands = self.document.field(&target.key);
        if source.is_none() && stands.as_ref().is_some_and(|field| field.value == read) {
            let label = stands.map(|field| field.label).unwrap_or_default();
            let shown = read.display(target.spec.unit);
            return refuse(Why::AlreadySo, format!("{label} is {shown} already"));
        }
        let basis =
            target.spec.carries_basis().then(|| self.basis(source.as_deref().unwrap_or_default()));
        Ok(set_key(&target.key, read, basis))
    }

    pub(super) fn read(
        &self,
        target: &Target,
        bound: Option<Bound>,
        said: &[Token],
    ) -> Result<Value, Refused> {
        let kind = target.spec.kind;
        let trimmed = without_units(kind, said);
        if bound.is_some() && !matches!(kind, Kind::Range | Kind::MoneyRange) {
            return unclear(format!("{} has no lower or upper bound", target.spec.label));
        }
        if kind.is_numeric() {
            self.one_meaning(trimmed)?;
        }
        match kind {
            Kind::Range => self.count_range(target, bound, trimmed),
            Kind::MoneyRange => self.money_range(target, bound, trimmed),
            Kind::Count | Kind::Share | Kind::Money => {
                single(kind, slice(self.text, trimmed), self.currency())
                    .or_else(|why| unclear(format!("\"{}\": {why}", self.said(said))))
            }
            Kind::Flag => match flag(said) {
                Some(flag) => Ok(Value::Flag(flag)),
                None => unclear("say recommended or not recommended"),
            },
            Kind::Text | Kind::Source => match prose(self.text, said) {
                Some(text) => Ok(Value::Text(text)),
                None => refuse(Why::NeedsFact, "say what it should read"),
            },
            Kind::Items => self.list_of(target, said),
            Kind::Currency => refuse(
                Why::NotAllowed,
                "the currency changes only together with every ACV; use setup for that",
            ),
        }
    }

    /// Refuses a number that may be two: only its author can say which.
    pub(super) fn one_meaning(&self, said: &[Token]) -> Result<(), Refused> {
        let doubts = numbers::doubts(slice(self.text, said));
        doubts.first().map_or(Ok(()), |both| refuse(Why::Ambiguous, both.to_string()))
    }

    fn list_of(&self, target: &Target, said: &[Token]) -> Result<Value, Refused> {
        no_choice(said)?;
        let stands = self.texts(&target.key);
        let all: Vec<String> =
            entries(self.text, said).iter().map(|entry| in_the_case_of(&stands, entry)).collect();
        not_too_many(&all)?;
        if all.is_empty() { unclear("no entries were given") } else { Ok(Value::Items(all)) }
    }

    fn count_range(
        &self,
        target: &Target,
        bound: Option<Bound>,
        said: &[Token],
    ) -> Result<Value, Refused> {
        let read = match bound {
            Some(Bound::Lower) => count::parse(slice(self.text, said)).ok().map(Read::Lower),
            Some(Bound::Upper) => count::parse(slice(self.text, said)).ok().map(Read::Upper),
            None => counts(self.text, said),
        };
        let Some(read) = read else {
            let said = self.said(said);
            return unclear(format!("\"{said}\" is no range; a range looks like 50–500"));
        };
        let stands = match self.document.value(&target.key) {
            Some(Value::Range(range)) => Some(range),
            _ => None,
        };
        Ok(Value::Range(merged(&read, stands)))
    }

    fn money_range(
        &self,
        target: &Target,
        bound: Option<Bound>,
        said: &[Token],
    ) -> Result<Value, Refused> {
        let stands = match self.document.value(&target.key) {
            Some(Value::MoneyRange(range)) => Some(range),
            _ => None,
        };
        let known = stands.and_then(|range| range.min.or(range.max)).map(|money| money.currency);
        let otherwise = known.unwrap_or(self.currency());
        let one = |text: &str| Money::parse(text, otherwise).ok();
        let read = match bound {
            Some(Bound::Lower) => one(slice(self.text, said)).map(Read::Lower),
            Some(Bound::Upper) => one(slice(self.text, said)).map(Read::Upper),
            None => amounts(self.text, said, otherwise),
        };
        match read {
            Some(read) => Ok(Value::MoneyRange(merged(&read, stands))),
            None => unclear(format!(
                "\"{}\" is no range of amounts in one currency; one looks like $10m–$50m",
                self.said(said)
            )),
        }
    }
}

fn merged<T: Copy + Ord>(read: &Read<T>, stands: Option<Range<T>>) -> Range<T> {
    match read {
        Read::Whole(range) => *range,
        Read::Lower(min) => Range::new(Some(*min), stands.and_then(|range| range.max)),
        Read::Upper(max) => Range::new(stands.and_then(|range| range.min), Some(*max)),
    }
}

/// Where the ground of an assumption begins.
pub(super) fn because(tokens: &[Token]) -> Option<usize> {
    (1..tokens.len()).find(|at| {
        let rest = &tokens[*at..];
        BECAUSE.iter().any(|words| starts_with(rest, words).is_some())
            || rest[0].is("source") && connector(&rest[1..]).is_some()
    })
}

const BECAUSE: &[&str] = &["because of", "because", "based on", "according to", "as per", "per"];

pub(super) fn after_because(tokens: &[Token]) -> &[Token] {
    let taken = BECAUSE.iter().find_map(|words| starts_with(tokens, words));
    let source = || {
        let first = tokens.first().filter(|first| first.is("source"))?;
        connector(&tokens[1..]).filter(|_| first.shape == Shape::Word).map(|taken| taken + 1)
    };
    &tokens[taken.or_else(source).unwrap_or(0)..]
}
