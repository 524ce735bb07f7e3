//! The sample company, carried in the binary: the files under `examples/sample`.

use super::import::Kind;

/// The answers to the setup questions: a JSON object from the name of a form field to the words a
/// person would type into it.
pub const COMPANY: &str = include_str!("../../examples/sample/company.json");

const PARTNERS: &str = include_str!("../../examples/sample/partners.csv");
const DEALS: &str = include_str!("../../examples/sample/deals.csv");
const ACTIVITIES: &str = include_str!("../../examples/sample/activities.csv");

/// The files to import, partners first because the others name them.
pub const FILES: [(Kind, &str); 3] =
    [(Kind::Partners, PARTNERS), (Kind::Deals, DEALS), (Kind::Activities, ACTIVITIES)];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::SignedDuration;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::fiscal::{FiscalYearStart, quarter_of};
    use crate::partners::import::{Known, Rows, read};
    use crate::partners::{
        Activity, ActivityKind, Attribution, Currency, Deal, Outcome, Partner, PartnerStatus, Tier,
    };

    fn load() -> (Vec<Partner>, Vec<Deal>, Vec<Activity>) {
        let mut ids = BTreeSet::new();
        let (mut partners, mut deals, mut activities) = (Vec::new(), Vec::new(), Vec::new());
        for (kind, text) in FILES {
            let known = Known {
                currency: Some(Currency::USD),
                partners: (kind != Kind::Partners).then_some(&ids),
                ..Known::default()
            };
            let import = read(kind, text.as_bytes(), &known).unwrap();
            assert_eq!((import.refused, import.notes), (vec![], vec![]), "{kind:?}");
            match import.rows {
                Rows::Partners(rows) => {
                    ids = rows.iter().map(|row| row.external_id.clone()).collect();
                    partners = rows;
                }
                Rows::Deals(rows) => deals = rows,
                Rows::Activities(rows) => activities = rows,
            }
        }
        (partners, deals, activities)
    }

    #[test]
    fn the_sample_files_are_imported_without_a_refused_row() {
        let (partners, deals, activities) = load();
        assert_eq!((partners.len(), deals.len(), activities.len()), (40, 300, 443));
        let active = partners.iter().filter(|p| p.status == Some(PartnerStatus::Active)).count();
        assert_eq!(active, 33);
        assert_eq!(deals.iter().filter(|deal| deal.outcome == Outcome::Open).count(), 44);
        for tier in Tier::ALL {
            assert!(partners.iter().filter(|p| p.tier == Some(*tier)).count() >= 3, "{tier}");
        }
        for attribution in Attribution::ALL {
            let n = deals.iter().filter(|deal| deal.attribution == *attribution).count();
            assert!(n > 40, "{n} {attribution}");
        }
        for kind in ActivityKind::ALL {
            assert!(activities.iter().any(|activity| activity.kind == *kind), "{kind}");
        }
    }

    #[test]
    fn the_sample_deals_fill_ten_fiscal_quarters() {
        let (_, deals, _) = load();
        let starts = FiscalYearStart::JANUARY;
        let quarters: BTreeSet<String> = deals
            .iter()
            .filter_map(|deal| deal.registered_at)
            .map(|at| quarter_of(at.day(&TimeZone::UTC), starts).label())
            .collect();
        let mut wanted: BTreeSet<String> = quarter_of(date(2026, 9, 30), starts)
            .trailing(10)
            .into_iter()
            .map(crate::fiscal::Quarter::label)
            .collect();
        wanted.insert("FY2026-Q4".to_owned());
        assert_eq!(quarters, wanted);
        assert!(deals.iter().all(|deal| deal.closed_at.is_none_or(|day| day < date(2026, 10, 5))));
    }

    #[test]
    fn the_sample_keeps_the_48_hour_promise_a_little_too_rarely() {
        let (_, deals, _) = load();
        let quarter = quarter_of(date(2026, 9, 30), FiscalYearStart::JANUARY);
        let utc = TimeZone::UTC;
        let answers: Vec<SignedDuration> = deals
            .iter()
            .filter(|deal| deal.attribution != Attribution::Direct)
            .filter_map(|deal| Some((deal.registered_at?, deal.responded_at?)))
            .filter(|(at, _)| quarter.contains(at.day(&utc)))
            .map(|(from, to)| from.until(to, &utc))
            .collect();
        let kept = answers.iter().filter(|took| **took <= SignedDuration::from_hours(48)).count();
        assert_eq!((kept, answers.len()), (29, 31));
    }

    #[test]
    fn the_sample_s_certifications_add_up_to_its_certified_people() {
        let (partners, _, activities) = load();
        for partner in &partners {
            let certified: u32 = activities
                .iter()
                .filter(|a| a.kind == ActivityKind::Certification)
                .filter(|a| a.partner_external_id == partner.external_id)
                .filter_map(|a| a.people)
                .sum();
            assert_eq!(certified, partner.certified_individuals.unwrap_or(0), "{}", partner.name);
        }
    }

    #[test]
    fn no_sample_partner_was_active_after_its_last_activity_date() {
        let (partners, deals, _) = load();
        let last: BTreeMap<&str, _> =
            partners.iter().map(|p| (p.external_id.as_str(), p.last_activity_date)).collect();
        for deal in &deals {
            let Some(id) = &deal.partner_external_id else { continue };
            let registered = deal.registered_at.map(|at| at.day(&TimeZone::UTC));
            assert!(last[id.as_str()] >= registered.max(deal.closed_at), "{}", deal.external_id);
        }
    }

    #[test]
    fn every_address_in_the_sample_is_reserved_for_examples() {
        let (partners, _, _) = load();
        let hosts = partners.iter().flat_map(|p| p.domain.iter().chain(&p.owner_email));
        for host in hosts {
            assert!(host.ends_with(".example"), "{host}");
        }
    }

    #[test]
    fn the_sample_company_s_answers_are_words_by_field() {
        let answers: BTreeMap<String, String> = serde_json::from_str(COMPANY).unwrap();
        assert_eq!(answers["company_name"], "Lanternquay");
        assert_eq!(answers.len(), 18);
    }
}
