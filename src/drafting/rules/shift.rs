//! Clauses that move a number, empty a field, or recommend a kind of partner.

use crate::strategy::count;
use crate::strategy::drafted::Why;
use crate::strategy::enter::set as set_key;
use crate::strategy::field::{Kind, Range, Value};
use crate::strategy::money::Money;
use crate::strategy::operation::Operation;
use crate::strategy::share::Share;

use super::clause::{Done, Reader, Refused, refuse, unclear};
use super::fill::{after_because, because};
use super::names::{Bound, subject};
use super::set::Target;
use super::token::Token;
use super::value::{prose, single, slice, without_units};
use super::verb::Verb;

impl Reader<'_> {
    /// `raise … by …`, `lower … to …`.
    pub(super) fn shift(&self, up: bool, tokens: &[Token]) -> Done {
        self.guard(tokens)?;
        let (about, used) = subject(self.address(), tokens);
        let rest = &tokens[used..];
        let Some((first, said)) = rest.split_first().filter(|_| used > 0) else {
            return unclear("say what to change, and by how much or to what");
        };
        let targets = self.targets(&about, said)?;
        if first.is("from") {
            return self.old_to_new(
                if up { Verb::Raise } else { Verb::Lower },
                &about,
                tokens,
                used,
            );
        }
        if !first.is_any(&["by", "to"]) {
            return unclear("say by how much or to what");
        }
        let one = |target: &Target| {
            if first.is("by") {
                return self.shifted(target, about.bound, up, said);
            }
            let operation = self.write(target, about.bound, said)?;
            self.goes_the_way(target, up, &operation)?;
            Ok(operation)
        };
        targets.iter().map(one).collect()
    }

    /// `raise to 30k` must not lower.
    fn goes_the_way(
        &self,
        target: &Target,
        up: bool,
        operation: &Operation,
    ) -> Result<(), Refused> {
        let (Operation::Set { value, .. } | Operation::SetCell { value, .. }) = operation else {
            return Ok(());
        };
        let before = self.document.value(&target.key);
        let ascends = match (before.as_ref(), value) {
            (Some(Value::Count(old)), Value::Count(new)) => new > old,
            (Some(Value::Share(old)), Value::Share(new)) => new > old,
            (Some(Value::Money(old)), Value::Money(new)) => new.minor > old.minor,
            _ => return Ok(()),
        };
        if ascends == up {
            return Ok(());
        }
        let now = before.map(|value| value.display(target.spec.unit)).unwrap_or_default();
        unclear(format!("{} is {now} now, so that would be the other way", target.spec.label))
    }

    fn shifted(
        &self,
        target: &Target,
        bound: Option<Bound>,
        up: bool,
        said: &[Token],
    ) -> Result<Operation, Refused> {
        self.one_meaning(said)?;
        let label = self.spec().label(&target.key);
        let outside =
            || Refused { why: Why::NotAllowed, detail: format!("{label} would leave its limits") };
        let value = match self.document.value(&target.key) {
            Some(Value::Share(share)) => {
                let Some(step) = points(self.text, said) else {
                    return unclear("points or a proportion? Say by 5 points, or the new share");
                };
                let bp = stepped(u64::from(share.bp()), step, up).ok_or_else(outside)?;
                let bp = u32::try_from(bp).ok().and_then(|bp| Share::from_bp(bp).ok());
                Value::Share(bp.ok_or_else(outside)?)
            }
            Some(Value::Money(money)) => self.shifted_money(money, up, said)?,
            Some(Value::Count(now)) => {
                let said = without_units(Kind::Count, said);
                let step = match portion(self.text, said, now) {
                    Portion::Even(step) => Some(step),
                    Portion::Uneven => return unclear("that does not come out to a whole number"),
                    Portion::Other => count::parse(slice(self.text, said)).ok(),
                };
                match step {
                    Some(step) => Value::Count(stepped(now, step, up).ok_or_else(outside)?),
                    None => return unclear("say by how many"),
                }
            }
            Some(Value::Range(range)) if bound.is_some() => {
                let step = count::parse(slice(self.text, without_units(Kind::Range, said))).ok();
                let end = if bound == Some(Bound::Lower) { range.min } else { range.max };
                let Some((now, step)) = end.zip(step) else {
                    return unclear("say by how many");
                };
                let moved = stepped(now, step, up).ok_or_else(outside)?;
                Value::Range(match bound {
                    Some(Bound::Lower) => Range::new(Some(moved), range.max),
                    _ => Range::new(range.min, Some(moved)),
                })
            }
            _ => return unclear(format!("{label} cannot be raised or lowered by a number")),
        };
        Ok(set_key(&target.key, value, target.spec.assumption.then(|| self.basis(""))))
    }

    fn shifted_money(&self, money: Money, up: bool, said: &[Token]) -> Result<Value, Refused> {
        let now = u64::try_from(money.minor).unwrap_or(0);
        let step = match portion(self.text, said, now) {
            Portion::Even(step) => step,
            Portion::Uneven => return unclear("that does not come out to a whole coin"),
            Portion::Other => match single(Kind::Money, slice(self.text, said), money.currency) {
                Ok(Value::Money(step)) => u64::try_from(step.minor).unwrap_or(0),
                Ok(_) => return unclear("say by how much"),
                Err(why) => return unclear(format!("\"{}\": {why}", self.said(said))),
            },
        };
        match stepped(now, step, up).and_then(|minor| i64::try_from(minor).ok()) {
            Some(minor) => Ok(Value::Money(Money::new(minor, money.currency))),
            None => refuse(Why::NotAllowed, "an amount cannot be negative"),
        }
    }

    /// `clear the annual revenue`.
    pub(super) fn clear(&self, tokens: &[Token]) -> Done {
        self.guard(tokens)?;
        let tokens = match tokens.first() {
            Some(first) if first.is("all") => &tokens[1..],
            _ => tokens,
        };
        let (about, used) = subject(self.address(), tokens);
        if used == 0 || used < tokens.len() {
            return unclear("say which field to clear");
        }
        let targets = self.targets(&about, &[])?;
        let emptied = |target: &Target| {
            let value = match target.spec.kind {
                Kind::Items => Value::Items(Vec::new()),
                Kind::Text | Kind::Source => Value::Text(String::new()),
                Kind::Range | Kind::MoneyRange => Value::Nothing,
                Kind::Count if !target.spec.assumption => Value::Nothing,
                _ => {
                    let label = self.spec().label(&target.key);
                    return refuse(Why::NotAllowed, format!("{label} cannot be left empty"));
                }
            };
            if self.document.value(&target.key).is_some_and(|now| now.is_empty()) {
                return refuse(Why::AlreadySo, format!("{} is empty already", target.spec.label));
            }
            Ok(set_key(&target.key, value, None))
        };
        targets.iter().map(emptied).collect()
    }

    /// `recommend reseller [because …]`.
    pub(super) fn recommend(&self, yes: bool, tokens: &[Token]) -> Done {
        let because = because(tokens).unwrap_or(tokens.len());
        let (head, reason) = tokens.split_at(because);
        self.guard(head)?;
        let (about, used) = subject(self.address(), head);
        let rest = &head[used..];
        let only_rows = about.column.is_none() && about.field.is_none() && !about.rows.is_empty();
        let partners = rest.iter().all(|token| token.is_any(&["partners", "partner"]));
        let Some(flag) = self.spec().column("recommended").filter(|_| only_rows && partners) else {
            return unclear("only partner types can be recommended; name one of them");
        };
        let mut operations = Vec::new();
        for row in &about.rows {
            let key = format!("{}.{}", row.name, flag.name);
            if self.document.value(&key) != Some(Value::Flag(yes)) {
                operations.push(set_key(&key, Value::Flag(yes), None));
            }
            if let Some(text) = prose(self.text, after_because(reason)) {
                let key = format!("{}.reason", row.name);
                operations.push(set_key(&key, Value::Text(text), None));
            }
        }
        if operations.is_empty() {
            refuse(Why::AlreadySo, "that is so already")
        } else {
            Ok(operations)
        }
    }
}

/// `5 points`, `5 percentage points`, `2.5pp` in basis points.
fn points(text: &str, tokens: &[Token]) -> Option<u64> {
    let (first, unit) = tokens.split_first()?;
    let words: Vec<&str> = unit.iter().map(|token| token.word.as_str()).collect();
    let named = matches!(
        words.as_slice(),
        ["points" | "point" | "pp"]
            | ["percentage" | "percent" | "%" | "share", "points" | "point"]
    );
    let said = slice(text, std::slice::from_ref(first));
    let number = said.strip_suffix("pp").or(named.then_some(said))?;
    let plain = Some(number).filter(|number| !number.ends_with('%'))?;
    Share::parse(&format!("{plain}%")).ok().map(|share| u64::from(share.bp()))
}

/// What `by 10%` comes to.
enum Portion {
    /// It is no percentage.
    Other,
    Even(u64),
    /// It is not a whole number.
    Uneven,
}

fn portion(text: &str, tokens: &[Token], now: u64) -> Portion {
    let said = slice(text, tokens).to_lowercase();
    let is_percentage = said.ends_with('%') || said.ends_with("percent");
    let Ok(share) = Share::parse(&said) else { return Portion::Other };
    if !is_percentage {
        return Portion::Other;
    }
    let product = u128::from(now) * u128::from(share.bp());
    let whole = u64::try_from(product / 10_000).ok().filter(|_| product.is_multiple_of(10_000));
    whole.map_or(Portion::Uneven, Portion::Even)
}

fn stepped(now: u64, step: u64, up: bool) -> Option<u64> {
    if up { now.checked_add(step) } else { now.checked_sub(step) }
}
