//! Facts for the tests of this room: the sample company, and one that has only just begun.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::fiscal::{FiscalYearStart, Quarter, closed_quarter};
use crate::partners::import::{Kind, Known, Rows, read};
use crate::partners::{Activity, Currency, Deal, Partner, sample};
use crate::strategy::field::Range;
use crate::strategy::icp::Icp;
use crate::strategy::list::List;
use crate::strategy::tam::Tam;

use super::{Inputs, Report, ReportKind, View};
use crate::reports::facts::{Revised, Strategy};

/// Owned facts; reports borrow them.
pub(super) struct Sample {
    pub partners: Vec<Partner>,
    pub deals: Vec<Deal>,
    pub activities: Vec<Activity>,
    pub icp: Option<Icp>,
    pub tam: Option<Tam>,
    pub view: View,
    pub quarter: Quarter,
}

/// A few days after the last quarter of the sample.
pub(super) fn as_of() -> Timestamp {
    "2026-10-05T07:00:00Z".parse().unwrap()
}

impl Sample {
    /// The sample company with its ICP, and the TAM still at its starting assumptions.
    pub(super) fn full() -> Self {
        let mut all = Self {
            partners: vec![],
            deals: vec![],
            activities: vec![],
            icp: Some(icp()),
            tam: Some(Tam::starting(Currency::USD)),
            view: View::default(),
            quarter: closed_quarter(date(2026, 10, 5), FiscalYearStart::JANUARY),
        };
        let mut ids = BTreeSet::new();
        for (kind, text) in sample::FILES {
            let partners = (kind != Kind::Partners).then_some(&ids);
            let known = Known { currency: Some(Currency::USD), partners, ..Known::default() };
            let bytes = text.as_bytes();
            match read(kind, bytes, &known).unwrap().rows {
                Rows::Partners(rows) => {
                    ids = rows.iter().map(|row| row.external_id.clone()).collect();
                    all.partners = rows;
                }
                Rows::Deals(rows) => all.deals = rows,
                Rows::Activities(rows) => all.activities = rows,
            }
        }
        all
    }

    /// A company that has just begun: one partner of which little is known, and nothing else.
    pub(super) fn bare() -> Self {
        let mut all = Self::full();
        all.partners.truncate(1);
        all.partners[0].last_activity_date = None;
        all.partners[0].certified_individuals = None;
        all.deals.clear();
        all.activities.clear();
        Self { icp: None, tam: None, ..all }
    }

    pub(super) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            kind: ReportKind::Quarterly,
            company: "Lanternquay",
            quarter: self.quarter,
            as_of: as_of(),
            today: date(2026, 10, 5),
            zone: TimeZone::UTC,
            view: self.view.clone(),
            currency: Currency::USD,
            partners: &self.partners,
            deals: &self.deals,
            activities: &self.activities,
            strategy: Strategy {
                icp: self.icp.as_ref().map(|document| Revised { document, revision: 3 }),
                tam: self.tam.as_ref().map(|document| Revised { document, revision: 2 }),
            },
        }
    }

    pub(super) fn report(&self) -> Report {
        Report::build(&self.inputs()).unwrap()
    }
}

fn icp() -> Icp {
    Icp {
        company_size: Some(Range::new(Some(20), Some(2000))),
        industries: List::of(["Manufacturing", "Wholesale", "Logistics", "Food and beverage"]),
        regions: List::of(["DACH", "Nordics", "UK & Ireland"]),
        ..Icp::default()
    }
}
