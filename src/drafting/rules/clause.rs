//! One clause of a request: which verb it has, and what stands in the way of reading it.

use crate::drafting::brief::EditBrief;
use crate::strategy::address::SectionAddress;
use crate::strategy::document::Document;
use crate::strategy::drafted::Why;
use crate::strategy::field::{Kind, RowSpec, SectionSpec};
use crate::strategy::money::Currency;
use crate::strategy::operation::{Basis, Operation};

use super::effort::{Effort, used_up};
use super::names;
use super::names::{Name, starts_with};
use super::token::Token;
use super::value::slice;
use super::verb::{Verb, bare, turn, verb};

/// Reads clauses against one document.
pub(super) struct Reader<'a> {
    /// The tidy request that the tokens point into.
    pub text: &'a str,
    /// The section as the thread, and the clauses before, have changed it.
    pub document: &'a Document,
    pub brief: &'a EditBrief,
    pub effort: &'a Effort<'a>,
    /// What was changed last: what `it` stands for.
    pub last: Option<&'a str>,
    /// The row that the clause before was about.
    pub row: Option<&'static RowSpec>,
}

/// A clause that is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub why: Why,
    pub detail: String,
}

pub(super) type Done = Result<Vec<Operation>, Refused>;

pub(super) fn unclear<T>(detail: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { why: Why::Unclear, detail: detail.into() })
}

pub(super) fn refuse<T>(why: Why, detail: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { why, detail: detail.into() })
}

impl Reader<'_> {
    pub(super) fn address(&self) -> SectionAddress {
        self.document.address()
    }

    pub(super) fn spec(&self) -> &'static SectionSpec {
        self.address().spec()
    }

    /// The currency of amounts that name none.
    pub(super) fn currency(&self) -> Currency {
        match self.document {
            Document::Tam(tam) => tam.currency,
            _ => self.brief.currency,
        }
    }

    /// Who says what is assumed, and when.
    pub(super) fn basis(&self, source: &str) -> Basis {
        Basis::given(source, self.brief.asked_by.clone(), self.brief.today)
    }

    pub(super) fn said(&self, tokens: &[Token]) -> String {
        slice(self.text, tokens).to_owned()
    }

    /// Reads one clause whole, or refuses it whole.
    pub(super) fn clause(&self, tokens: &[Token]) -> Done {
        if !self.effort.tokens(tokens.len()) {
            return used_up();
        }
        if let Some(done) = self.note(tokens) {
            return done;
        }
        if let Some(done) = self.for_row(tokens) {
            return done;
        }
        let read = self.by_verb(tokens);
        match read {
            Err(Refused { why: Why::Unclear, .. }) => match self.elsewhere(tokens) {
                Some(address) => refuse(
                    Why::OtherSection(address),
                    format!("that belongs to {} ({address})", address.title()),
                ),
                None => read,
            },
            _ => read,
        }
    }

    fn by_verb(&self, tokens: &[Token]) -> Done {
        let Some((verb, rest)) = verb(tokens) else { return self.without_verb(tokens) };
        match verb {
            Verb::Make => self.make(rest),
            Verb::Set | Verb::Change | Verb::Expand => self.set(verb, rest),
            Verb::Raise => self.shift(true, rest),
            Verb::Lower => self.shift(false, rest),
            Verb::Drop if self.names_a_number(rest) => self.shift(false, rest),
            Verb::Add => self.add(rest),
            Verb::Remove | Verb::Drop => self.remove(rest),
            Verb::Clear => self.clear(rest),
            Verb::Replace => self.replace(rest),
            Verb::Move => self.move_item(rest),
            Verb::Swap => self.swap(rest),
            Verb::Recommend => self.recommend(true, rest),
            Verb::StopRecommending => self.recommend(false, rest),
            Verb::Rewrite => refuse(
                Why::NotAllowed,
                "the rules drafter does not rewrite prose; give the new words, as in: set the summary to …",
            ),
            Verb::Undo => refuse(
                Why::NotAllowed,
                "discard the proposal, or restore an earlier revision from the history",
            ),
        }
    }

    /// `for referral, …`: the rest is about that row.
    fn for_row(&self, tokens: &[Token]) -> Option<Done> {
        let (row, taken) = self.row_in_front(tokens)?;
        let rest = bare(&tokens[taken..]);
        if self.row_in_front(rest).is_some() {
            return Some(unclear("say it for one of them at a time"));
        }
        let told = starts_with(rest, "say that").or_else(|| starts_with(rest, "say"));
        let reader = Reader { row: Some(row), ..*self };
        Some(reader.clause(&rest[told.unwrap_or(0)..]))
    }

    /// The row behind a leading `for`, and how many tokens the two take.
    pub(super) fn row_in_front(&self, tokens: &[Token]) -> Option<(&'static RowSpec, usize)> {
        let after = tokens.split_first().filter(|(first, _)| first.is("for"))?.1;
        let skipped = after.iter().take_while(|token| token.is_any(&["the", "our"])).count();
        let (Name::Row(row), taken) = names::name_at(self.address(), &after[skipped..])? else {
            return None;
        };
        let end = 1 + skipped + taken;
        let kind = tokens.get(end).is_some_and(|next| next.is_any(&["partners", "category"]));
        Some((row, end + usize::from(kind)))
    }

    /// Refuses what we must not guess: negations, exceptions, conditions, other sections.
    pub(super) fn guard(&self, head: &[Token]) -> Result<(), Refused> {
        if let Some(address) = names::other_section(self.address(), head) {
            let detail = format!("that belongs to {} ({address})", address.title());
            return refuse(Why::OtherSection(address), detail);
        }
        match turn(head) {
            Some(token) => unclear(format!(
                "\"{}\" turns the request around; say what should stand there, or put it in quotes",
                token.word
            )),
            None => Ok(()),
        }
    }

    /// Another section in which the clause would name something.
    fn elsewhere(&self, tokens: &[Token]) -> Option<SectionAddress> {
        if let Some(address) = names::other_section(self.address(), tokens) {
            return Some(address);
        }
        let rest = verb(tokens).map_or(tokens, |(_, rest)| rest);
        if names_something(self.address(), rest) {
            return None;
        }
        let others = SectionAddress::ALL.into_iter().filter(|other| *other != self.address());
        others.into_iter().find(|other| names_something(*other, rest))
    }

    fn names_a_number(&self, rest: &[Token]) -> bool {
        let (_, used) = names::subject(self.address(), rest);
        let behind = &rest[used..];
        used > 0 && behind.first().is_some_and(|token| token.is_any(&["to", "by", "from"]))
    }
}

/// Whether the words name a field or cell of that section in front of a value, or one of its
/// lists at their end.
fn names_something(address: SectionAddress, tokens: &[Token]) -> bool {
    let (subject, used) = names::subject(address, tokens);
    let whole = subject.field.is_some() || !subject.rows.is_empty() && subject.column.is_some();
    let ends = |token: &Token| token.is_any(&["to", "by", "at", "=", ":", "is", "should", "from"]);
    if whole && !subject.pronoun && tokens.get(used).is_none_or(ends) {
        return true;
    }
    if !subject.rows.is_empty() && starts_with(&tokens[used..], "not recommended").is_some() {
        return true;
    }
    let link = tokens.iter().rposition(|token| token.is_any(&["to", "from", "in", "into"]));
    let Some(tail) = link.map(|at| &tokens[at + 1..]) else { return false };
    let (subject, used) = names::subject(address, tail);
    used == tail.len() && subject.field.is_some_and(|field| field.kind == Kind::Items)
}
