//! One row into one fact, with the rules that hold between its cells.

use jiff::tz::TimeZone;

use super::cells::{Cells, Words};
use crate::partners::{
    Activity, ActivityKind, Attribution, Band, Deal, Model, Moment, Outcome, Partner,
    PartnerStatus, PartnerType, SizeServed, Tier, TierSource,
};

macro_rules! list_of {
    ($name:ident) => {
        &Words { all: $name::ALL, word: $name::word, read: $name::from_word }
    };
}

/// A partner, or `None` when a cell that must be right is not; the problems are in `cells`.
pub(super) fn partner(cells: &mut Cells<'_>) -> Option<Partner> {
    const SIZE: &str = "is not a range of employees: write it as 50-500 or 1000+, as text";
    let external_id = cells.id_text("external_id", true);
    let name = cells.required("name");
    Some(Partner {
        domain: cells.read("domain", domain, "is not a domain: write it as company.example"),
        partner_type: cells.word("partner_type", list_of!(PartnerType)),
        models: cells.words("models", list_of!(Model)),
        tier: cells.word("tier", list_of!(Tier)),
        tier_source: cells.word("tier_source", list_of!(TierSource)),
        band: cells.word("band", list_of!(Band)),
        region: cells.text("region"),
        segment: cells.text("segment"),
        status: cells.word("status", list_of!(PartnerStatus)),
        owner_email: cells.read("owner_email", email, "is not an email address"),
        certified_individuals: cells.count("certified_individuals"),
        dedicated_practice: cells.yes_or_no("dedicated_practice"),
        agreement_date: cells.date("agreement_date"),
        last_activity_date: cells.date("last_activity_date"),
        industries: cells.list("industries"),
        company_size_served: cells.read("company_size_served", SizeServed::from_text, SIZE),
        regions_served: cells.list("regions_served"),
        external_id: external_id?,
        name: name?,
    })
}

/// A deal, or `None` when a cell that must be right is not; the problems are in `cells`.
pub(super) fn deal(cells: &mut Cells<'_>) -> Option<Deal> {
    let external_id = cells.id_text("external_id", true);
    let attribution = cells.required_word("attribution", list_of!(Attribution));
    let name = cells.required("name");
    Some(Deal {
        partner_external_id: cells.id_text("partner_external_id", false),
        stage: cells.text("stage"),
        amount: cells.money("amount", "currency"),
        registered_at: cells.moment("registered_at"),
        responded_at: cells.moment("responded_at"),
        expected_close: cells.date("expected_close"),
        closed_at: cells.date("closed_at"),
        outcome: cells.word("outcome", list_of!(Outcome)).unwrap_or(Outcome::Open),
        region: cells.text("region"),
        segment: cells.text("segment"),
        external_id: external_id?,
        attribution: attribution?,
        name: name?,
    })
}

/// What does not fit together in a deal as it will stand.
pub(super) fn deal_problems(deal: &Deal, zone: &TimeZone) -> Vec<&'static str> {
    let mut said = Vec::new();
    match (deal.attribution, &deal.partner_external_id) {
        (Attribution::Direct, Some(_)) => {
            said.push("partner_external_id: a direct deal has no partner");
        }
        (Attribution::Sourced | Attribution::Influenced, None) => {
            said.push("partner_external_id: is empty, and only a direct deal has no partner");
        }
        _ => {}
    }
    match (deal.outcome, deal.closed_at) {
        (Outcome::Open, Some(_)) => said.push("closed_at: an open deal is not closed"),
        (Outcome::Won | Outcome::Lost, None) => {
            said.push("closed_at: is empty, and a deal that is won or lost needs its day");
        }
        _ => {}
    }
    match (deal.registered_at, deal.responded_at) {
        (None, Some(_)) => said.push("responded_at: there is no registered_at to respond to"),
        (Some(from), Some(to)) if is_before(to, from, zone) => {
            said.push("responded_at: is before registered_at");
        }
        _ => {}
    }
    said
}

/// By the instant when both have one, else by the day: of two on one day neither is first.
fn is_before(one: Moment, other: Moment, zone: &TimeZone) -> bool {
    match (one, other) {
        (Moment::At(one), Moment::At(other)) => one < other,
        _ => one.day(zone) < other.day(zone),
    }
}

/// An activity, or `None` when a cell that must be right is not; the problems are in `cells`.
pub(super) fn activity(cells: &mut Cells<'_>) -> Option<Activity> {
    let external_id = cells.id_text("external_id", true);
    let partner_external_id = cells.id_text("partner_external_id", true);
    let kind = cells.required_word("kind", list_of!(ActivityKind));
    let date = cells.required_date("date");
    Some(Activity {
        title: cells.text("title"),
        people: cells.count("people"),
        value: cells.money_of_workspace("value"),
        external_id: external_id?,
        partner_external_id: partner_external_id?,
        kind: kind?,
        date: date?,
    })
}

/// A domain in lower case, also from an address such as `https://www.company.example/about`.
fn domain(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let bare = ["https://", "http://"].iter().find_map(|s| lower.strip_prefix(s)).unwrap_or(&lower);
    let host = bare.split('/').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let fits =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-');
    (host.contains('.') && host.len() <= 253 && host.split('.').all(fits)).then(|| host.to_owned())
}

fn email(text: &str) -> Option<String> {
    let (who, at) = text.split_once('@')?;
    let odd = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '@');
    (!who.is_empty()
        && !who.contains(odd)
        && domain(at).is_some_and(|host| host == at.to_lowercase()))
    .then(|| text.to_owned())
}
