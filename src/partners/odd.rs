//! Dates that cannot be: kept as they came, told at the import, and left out of figures.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::facts::{Activity, Deal, Partner};

/// What is odd about the dates of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Odd {
    ClosedBeforeRegistered,
    ClosedInTheFuture,
    RegisteredInTheFuture,
    AnsweredInTheFuture,
    ActiveInTheFuture,
    DoneInTheFuture,
}

impl Odd {
    /// What it is and what becomes of it, for a note.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::ClosedBeforeRegistered => {
                "deals closed before they were registered, kept out of figures"
            }
            Self::ClosedInTheFuture => "deals closed in the future, kept out of figures",
            Self::RegisteredInTheFuture => "deals registered in the future, kept out of figures",
            Self::AnsweredInTheFuture => "deals answered in the future, kept out of figures",
            Self::ActiveInTheFuture => "last activity in the future, kept out of figures",
            Self::DoneInTheFuture => "activities in the future, not counted before their day",
        }
    }
}

/// Whether a day has come. In some zone it is tomorrow already.
#[must_use]
pub fn has_come(day: Date, today: Date) -> bool {
    day <= today.checked_add(1.day()).unwrap_or(today)
}

#[must_use]
pub fn odd_deal(deal: &Deal, zone: &TimeZone, today: Date) -> Option<Odd> {
    let registered = deal.registered_at.map(|moment| moment.day(zone));
    let answered = deal.responded_at.map(|moment| moment.day(zone));
    let ahead = |day: Option<Date>| day.is_some_and(|day| !has_come(day, today));
    let before = deal.closed_at.zip(registered).is_some_and(|(closed, from)| closed < from);
    [
        (ahead(deal.closed_at), Odd::ClosedInTheFuture),
        (ahead(registered), Odd::RegisteredInTheFuture),
        (ahead(answered), Odd::AnsweredInTheFuture),
        (before, Odd::ClosedBeforeRegistered),
    ]
    .into_iter()
    .find_map(|(is, odd)| is.then_some(odd))
}

#[must_use]
pub fn odd_partner(partner: &Partner, today: Date) -> Option<Odd> {
    let ahead = partner.last_activity_date.is_some_and(|day| !has_come(day, today));
    ahead.then_some(Odd::ActiveInTheFuture)
}

#[must_use]
pub fn odd_activity(activity: &Activity, today: Date) -> Option<Odd> {
    (!has_come(activity.date, today)).then_some(Odd::DoneInTheFuture)
}
