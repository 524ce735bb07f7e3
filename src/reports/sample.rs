//! Facts for the tests of this room: a made-up company with ten quarters behind it.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::fiscal::{FiscalYearStart, Quarter, closed_quarter};
use crate::partners::{
    Activity, ActivityKind, Attribution, Currency, Deal, Moment, Money, Outcome, Partner,
    PartnerStatus, PartnerType, SizeServed, Tier,
};
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
}

const NAMES: [&str; 24] = [
    "Alder Systems",
    "Birch & Rowan Consulting",
    "Cobalt Cloud",
    "Delta Integrators",
    "Elm Street Advisory",
    "Fjord Software",
    "Granite Partners",
    "Harbour Digital",
    "Iris Analytics",
    "Juniper Lane",
    "Kestrel Group",
    "Larch Technologies",
    "Meridian Services",
    "Northlight",
    "Orchard Data",
    "Pinewood Consulting",
    "Quarry Solutions",
    "Riverbend IT",
    "Saffron Labs",
    "Tidewater Alliance",
    "Umber Networks",
    "Vale Resellers",
    "Willow Security",
    "Yarrow Referrals",
];

/// A sequence that looks random and is the same in every run.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// The end of the sample: the day after its last quarter.
pub(super) fn as_of() -> Timestamp {
    "2026-10-05T07:00:00Z".parse().unwrap()
}

/// The quarter under review.
pub(super) fn quarter() -> Quarter {
    closed_quarter(date(2026, 10, 5), FiscalYearStart::JANUARY)
}

impl Sample {
    /// Twenty-four partners and two and a half years of deals.
    pub(super) fn full() -> Self {
        let mut seq = Sequence(7);
        let partners: Vec<Partner> =
            NAMES.iter().enumerate().map(|(i, name)| partner(i, name, &mut seq)).collect();
        let mut deals = vec![];
        for (age, quarter) in quarter().trailing(10).into_iter().enumerate() {
            for i in 0..(14 + age * 2) {
                deals.push(deal(deals.len() + i, quarter, &partners, &mut seq));
            }
        }
        let activities = (0..160).map(|i| activity(i, &partners, &mut seq)).collect();
        let icp = Icp {
            company_size: Some(Range::new(Some(50), Some(500))),
            industries: List::of(["Fintech", "Insurance"]),
            regions: List::of(["EMEA"]),
            ..Icp::default()
        };
        let view = View::default();
        Self {
            partners,
            deals,
            activities,
            icp: Some(icp),
            tam: Some(Tam::starting(Currency::USD)),
            view,
        }
    }

    /// A company that has just begun: one partner, nothing else.
    pub(super) fn bare() -> Self {
        let full = Self::full();
        let mut partner = full.partners[0].clone();
        partner.last_activity_date = None;
        partner.certified_individuals = None;
        Self {
            partners: vec![partner],
            deals: vec![],
            activities: vec![],
            icp: None,
            tam: None,
            view: View::default(),
        }
    }

    pub(super) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            kind: ReportKind::Quarterly,
            company: "Northwind Robotics",
            quarter: quarter(),
            as_of: as_of(),
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

fn partner(i: usize, name: &str, seq: &mut Sequence) -> Partner {
    let tier = match i {
        0..3 => Tier::Platinum,
        3..9 => Tier::Gold,
        9..17 => Tier::Silver,
        _ => Tier::Registered,
    };
    let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect();
    let idle = i64::try_from(seq.below(if i % 6 == 5 { 420 } else { 80 })).unwrap();
    Partner {
        external_id: format!("P-{:03}", i + 1),
        name: name.to_owned(),
        domain: None,
        partner_type: Some(seq.pick(PartnerType::ALL)),
        models: vec![],
        tier: Some(tier),
        tier_source: None,
        band: None,
        region: Some(seq.pick(&["EMEA", "EMEA", "Americas", "APAC"]).to_owned()),
        segment: Some(seq.pick(&["Enterprise", "Mid-market"]).to_owned()),
        status: Some(if i == 23 { PartnerStatus::Prospect } else { PartnerStatus::Active }),
        owner_email: None,
        certified_individuals: (i % 7 != 6).then(|| u32::try_from(seq.below(9)).unwrap()),
        dedicated_practice: Some(i % 2 == 0),
        agreement_date: None,
        last_activity_date: date(2026, 9, 28).checked_sub(idle.days()).ok(),
        industries: if i % 5 == 4 {
            vec![]
        } else {
            words(&[seq.pick(&["Fintech", "Retail", "Insurance"])])
        },
        company_size_served: if i % 5 == 4 { None } else { SizeServed::from_text("50-500") },
        regions_served: words(&[seq.pick(&["EMEA", "EMEA", "APAC"])]),
    }
}

fn day(quarter: Quarter, seq: &mut Sequence) -> Date {
    let days = i64::try_from(seq.below(85)).unwrap();
    quarter.first_day().checked_add(days.days()).unwrap()
}

fn deal(i: usize, quarter: Quarter, partners: &[Partner], seq: &mut Sequence) -> Deal {
    let attribution = seq.pick(&[
        Attribution::Sourced,
        Attribution::Sourced,
        Attribution::Influenced,
        Attribution::Influenced,
        Attribution::Direct,
    ]);
    let rank = usize::try_from(seq.below(18) * seq.below(18) / 18).unwrap();
    let partner = &partners[rank];
    let registered = day(quarter, seq);
    let outcome = seq.pick(&[Outcome::Won, Outcome::Won, Outcome::Lost, Outcome::Open]);
    let answer = seq.pick(&[4_i64, 9, 20, 26, 31, 44, 47, 60]);
    let opened = registered.at(9, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let closes = i64::try_from(20 + seq.below(120)).unwrap();
    let closed = registered.checked_add(closes.days()).unwrap();
    let (outcome, closed_at) = match outcome {
        Outcome::Open => (Outcome::Open, None),
        _ if closed > date(2026, 9, 30) => (Outcome::Open, None),
        outcome => (outcome, Some(closed)),
    };
    Deal {
        external_id: format!("D-{i:04}"),
        partner_external_id: (attribution != Attribution::Direct)
            .then(|| partner.external_id.clone()),
        attribution,
        name: format!("Deal {i}"),
        stage: None,
        amount: Some(Money {
            minor: i64::try_from(2_000_000 + seq.below(18_000_000)).unwrap(),
            currency: Currency::USD,
        }),
        registered_at: Some(Moment::At(opened)),
        responded_at: Some(Moment::At(opened.checked_add(answer.hours()).unwrap())),
        expected_close: None,
        closed_at,
        outcome,
        region: partner.region.clone(),
        segment: partner.segment.clone(),
    }
}

fn activity(i: usize, partners: &[Partner], seq: &mut Sequence) -> Activity {
    let age = i64::try_from(seq.below(360)).unwrap();
    let kind = seq.pick(ActivityKind::ALL);
    Activity {
        external_id: format!("A-{i:04}"),
        partner_external_id: partners[usize::try_from(seq.below(20)).unwrap()].external_id.clone(),
        kind,
        date: date(2026, 9, 29).checked_sub(age.days()).unwrap(),
        title: None,
        people: (kind == ActivityKind::Certification).then_some(2),
        value: None,
    }
}
