//! Clauses that give a field another value: set, bound, shift, clear, recommend.

use crate::strategy::drafted::Why;
use crate::strategy::field::{FieldSpec, Kind, RowSpec, Value};

use super::clause::{Done, Reader, Refused, refuse, unclear};
use super::items::LINKS;
use super::names;
use super::names::{Bound, Subject, starts_with, subject};
use super::token::{Shape, Token};
use super::value::{OPENERS, currency_named, flag, slice};
use super::verb::{Verb, verb};

/// Words between a field and its value; the longest first.
const CONNECTORS: &[&str] = &[
    "should now be",
    "should be",
    "should read",
    "shall be",
    "must be",
    "needs to be",
    "to be",
    "down to",
    "to read",
    "to say",
    "to",
    "at",
    "as",
    "is now",
    "is",
    "are",
    "be",
    "equals",
    "now",
];

/// A field or cell that a clause writes to.
pub(super) struct Target {
    pub key: String,
    pub spec: &'static FieldSpec,
}

impl Reader<'_> {
    pub(super) fn set(&self, verb: Verb, tokens: &[Token]) -> Done {
        let (about, used) = subject(self.address(), tokens);
        if used == 0 {
            return match verb {
                Verb::Change => self.replace(tokens),
                _ => self.bound_first(tokens),
            };
        }
        let rest = &tokens[used..];
        if verb == Verb::Expand && is_list(&about) {
            return self.expand(&about, rest);
        }
        if verb == Verb::Change && rest.is_empty() {
            return refuse(Why::NeedsFact, "say to what it should change");
        }
        if rest.first().is_some_and(|token| token.is("by")) {
            return unclear("say whether to raise or to lower it");
        }
        if rest.first().is_some_and(|token| token.is("from")) {
            return self.old_to_new(verb, &about, tokens, used);
        }
        if rest.is_empty() && about.column.is_some_and(|column| column.kind == Kind::Flag) {
            return self.recommend(true, &tokens[..used - 1]);
        }
        let done = self.assign(&about, tokens, used);
        // `change retail banks to lenders` begins like a field and is none.
        match done {
            Err(_) if verb == Verb::Change && connector(rest).is_none() => self.replace(tokens),
            done => done,
        }
    }

    /// Clauses without a verb: `industries: fintech`, `company size should be 50–500`,
    /// `at least 50 employees`, `reseller is not recommended`, or a value alone.
    pub(super) fn without_verb(&self, tokens: &[Token]) -> Done {
        if OPENERS.iter().any(|(words, _)| starts_with(tokens, words).is_some()) {
            return self.bound_first(tokens);
        }
        let (about, used) = subject(self.address(), tokens);
        let rest = &tokens[used..];
        if used > 0 && connector(rest).is_some() {
            return self.assign(&about, tokens, used);
        }
        if let Some(done) = self.value_alone(tokens) {
            return done;
        }
        self.guard(tokens)?;
        unclear(format!(
            "no change that these rules know; they read set, add, remove, replace, raise, lower, move and notes on: {}",
            names::everything(self.spec())
        ))
    }

    /// `SUBJECT [connector] VALUE`.
    fn assign(&self, about: &Subject, tokens: &[Token], used: usize) -> Done {
        let rest = &tokens[used..];
        let value = &rest[connector(rest).unwrap_or(0)..];
        let targets = self.targets(about, value)?;
        let free = targets.iter().all(|it| matches!(it.spec.kind, Kind::Text | Kind::Source));
        self.guard(if free { &tokens[..tokens.len() - value.len()] } else { tokens })?;
        if value.is_empty() {
            return refuse(Why::NeedsFact, "say to what it should be set");
        }
        self.style(about, &targets, (&rest[..rest.len() - value.len()], value))?;
        targets.iter().map(|target| self.write(target, about.bound, value)).collect()
    }

    /// Everything that the subject names, as keys.
    pub(super) fn targets(&self, about: &Subject, value: &[Token]) -> Result<Vec<Target>, Refused> {
        let mut keys = self.keys(about, value)?;
        if about.source {
            keys.iter_mut().filter(|key| !key.ends_with("_source")).for_each(|key| {
                key.push_str("_source");
            });
        }
        let spec = self.spec();
        let known = |key: String| spec.of_key(&key).map(|spec| Target { key, spec });
        match keys.into_iter().map(known).collect() {
            Some(targets) => Ok(targets),
            None => unclear("only assumptions have a source"),
        }
    }

    fn keys(&self, about: &Subject, value: &[Token]) -> Result<Vec<String>, Refused> {
        let spec = self.spec();
        if about.pronoun {
            return match self.last.filter(|key| spec.of_key(key).is_some()) {
                Some(key) => Ok(vec![key.to_owned()]),
                None => unclear("it is not clear what \"it\" stands for; name the field"),
            };
        }
        if let Some(field) = about.field {
            return Ok(vec![field.name.to_owned()]);
        }
        let Some(column) = about.column.or_else(|| self.column_of(value)) else {
            return unclear(format!("say which: {}", names::everything(spec)));
        };
        let mut rows: Vec<&'static RowSpec> = about.rows.clone();
        if rows.is_empty() {
            rows.extend(self.row);
        }
        if rows.is_empty() {
            return unclear(format!("say for which: {}", names::rows(spec)));
        }
        Ok(rows.iter().map(|row| format!("{}.{}", row.name, column.name)).collect())
    }

    /// The column that a value can only belong to: a percentage is a share, an amount an ACV.
    fn column_of(&self, value: &[Token]) -> Option<&'static FieldSpec> {
        let value = &value[connector(value).unwrap_or(0)..];
        let said = slice(self.text, value);
        let kind = if flag(value).is_some() {
            Kind::Flag
        } else if said.ends_with('%') || said.ends_with("percent") {
            Kind::Share
        } else if currency_named(said).is_some() || said.ends_with(['k', 'K']) {
            Kind::Money
        } else {
            return None;
        };
        let mut columns = self.spec().columns.iter().filter(|column| column.kind == kind);
        columns.next().filter(|_| columns.next().is_none())
    }

    /// `at least 50 employees`: the bound first, its field behind it.
    fn bound_first(&self, tokens: &[Token]) -> Done {
        let opener = OPENERS
            .iter()
            .find_map(|(words, lower)| starts_with(tokens, words).map(|taken| (taken, *lower)));
        let Some((taken, lower)) = opener else {
            self.guard(tokens)?;
            let spec = self.spec();
            return unclear(format!(
                "that names nothing here; there is {}",
                names::everything(spec)
            ));
        };
        let digits = |token: &Token| token.shape == Shape::Number;
        let number = tokens[taken..].iter().take_while(|token| digits(token)).count();
        let behind = &tokens[taken + number..];
        let (about, used) = subject(self.address(), behind);
        let field = about.field.filter(|_| number > 0 && used == behind.len());
        let Some(field) = field else {
            return unclear("a bound looks like: at least 50 employees");
        };
        self.guard(behind)?;
        let bound = if lower { Bound::Lower } else { Bound::Upper };
        let target = Target { key: field.name.to_owned(), spec: field };
        let bound = matches!(field.kind, Kind::Range | Kind::MoneyRange).then_some(bound);
        if bound.is_none()
            && !(field.kind == Kind::Count && field.label.starts_with("Minimum") && lower)
        {
            return unclear(format!("{} is one number; say what it should be", field.label));
        }
        Ok(vec![self.write(&target, bound, &tokens[taken..taken + number])?])
    }

    /// A value without a name, for the field that the thread changed last.
    fn value_alone(&self, tokens: &[Token]) -> Option<Done> {
        let key = self.last?;
        let spec = self.spec().of_key(key)?;
        let has_number = tokens.iter().any(|token| token.shape == Shape::Number);
        if !(has_number && spec.kind.is_numeric()) {
            return None;
        }
        let target = Target { key: key.to_owned(), spec };
        let tokens = &tokens[connector(tokens).unwrap_or(0)..];
        self.guard(tokens).ok()?;
        match self.read(&target, None, tokens) {
            Err(refused) if refused.why == Why::Ambiguous => return Some(Err(refused)),
            read => read.ok()?,
        };
        Some(self.write(&target, None, tokens).map(|operation| vec![operation]))
    }

    /// `from OLD to NEW`, where OLD must be what stands there; for a range also `from 50 to 500`.
    pub(super) fn old_to_new(
        &self,
        verb: Verb,
        about: &Subject,
        tokens: &[Token],
        used: usize,
    ) -> Done {
        self.guard(tokens)?;
        let rest = &tokens[used..];
        let targets = self.targets(about, rest)?;
        let [target] = targets.as_slice() else { return unclear("name one field at a time") };
        let numbers = rest.iter().filter(|token| token.shape == Shape::Number).count();
        let is_range = matches!(target.spec.kind, Kind::Range | Kind::MoneyRange);
        if is_range && about.bound.is_none() && numbers == 2 {
            if verb != Verb::Set {
                return unclear("say it as: set it to 50–500");
            }
            return Ok(vec![self.write(target, None, rest)?]);
        }
        let splits = rest
            .iter()
            .enumerate()
            .filter(|(_, token)| token.is_any(&["to"]) || token.shape == Shape::Arrow)
            .take(LINKS);
        for (at, _) in splits {
            let (old, new) = (&rest[1..at], &rest[at + 1..]);
            let stands = self.document.value(&target.key).unwrap_or(Value::Nothing);
            // As it was shown, also where that may be read in two ways.
            let shown = slice(self.text, old) == stands.display("");
            let old = if shown { Ok(stands.clone()) } else { self.read(target, about.bound, old) };
            match (old, self.read(target, about.bound, new)) {
                (Ok(old), Ok(_)) if stands == old => {
                    return Ok(vec![self.write(target, about.bound, new)?]);
                }
                (Ok(_), Ok(_)) => {
                    let now = stands.display(target.spec.unit);
                    return unclear(format!("{} is {now} now", self.spec().label(&target.key)));
                }
                (Err(refused), _) | (_, Err(refused)) if refused.why == Why::Ambiguous => {
                    return Err(refused);
                }
                _ => {}
            }
        }
        unclear("say it as: from the present value to the new one")
    }
}

fn is_list(about: &Subject) -> bool {
    about.field.is_some_and(|field| field.kind == Kind::Items)
}

/// How many tokens of a connector stand at the front.
pub(super) fn connector(tokens: &[Token]) -> Option<usize> {
    let first = tokens.first()?;
    if first.is_any(&[":", "="]) || first.shape == Shape::Arrow {
        return Some(1);
    }
    let taken = CONNECTORS.iter().find_map(|words| starts_with(tokens, words))?;
    Some(taken + usize::from(tokens.get(taken).is_some_and(|next| next.is(":"))))
}

/// Whether a field and a connector stand in front, or a verb: the start of another clause.
pub(super) fn starts_clause(reader: &Reader<'_>, tokens: &[Token]) -> bool {
    if verb(tokens).is_some() || starts_with(tokens, "note that").is_some() {
        return true;
    }
    let (_, used) = subject(reader.address(), tokens);
    used > 0 && connector(&tokens[used..]).is_some()
}
