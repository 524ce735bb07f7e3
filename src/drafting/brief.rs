//! What a drafter is told. Everything in it is data; nothing in it is an instruction to us.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::partners::Partner;
use crate::strategy::address::SectionAddress;
use crate::strategy::document::Document;
use crate::strategy::money::Currency;
use crate::strategy::onboarding::Answers;
use crate::strategy::operation::Operation;

/// Characters of one request.
pub const REQUEST_LIMIT: usize = 4_000;

/// The order to write a section.
#[derive(Clone, Debug)]
pub struct Brief {
    pub address: SectionAddress,
    pub answers: Answers,
    pub partners: Arc<[Partner]>,
    /// The other sections as they stand, to write from; never to change.
    pub sections: BTreeMap<SectionAddress, Document>,
    /// Who asked, by name, for the basis of assumptions.
    pub asked_by: String,
    pub today: Date,
}

/// A request to change a section, in its thread.
#[derive(Clone, Debug)]
pub struct EditBrief {
    /// The section as it stands.
    pub document: Document,
    /// What the thread's open proposal changes already; empty at first. A refinement goes on from
    /// there.
    pub earlier: Vec<Operation>,
    /// What people said in the thread before, oldest first.
    pub said: Vec<String>,
    pub request: String,
    /// Who asks, by name, for the basis of assumptions.
    pub asked_by: String,
    pub today: Date,
    /// The company's currency, for amounts that name none.
    pub currency: Currency,
    /// Figures that may be named: onboarding answers, computed results.
    pub facts: Vec<Fact>,
}

/// A question about a section.
#[derive(Clone, Debug)]
pub struct Question {
    pub document: Document,
    pub text: String,
    pub facts: Vec<Fact>,
}

/// Something recorded outside the section, such as the ICP's confidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is, such as `Confidence`.
    pub label: String,
    /// As people read it, such as `18 of 24 partners, 75%`.
    pub value: String,
    /// Where it comes from, such as `partner facts, 2026-10-05`.
    pub source: String,
}
