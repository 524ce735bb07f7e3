//! A whole strategy in one file: what it says, and where asked for every revision of it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::revision::Origin;
use crate::strategy::address::SectionAddress;
use crate::strategy::document::{Document, ParseError};
use crate::strategy::drafted::DraftedBy;
use crate::strategy::money::Currency;
use crate::strategy::onboarding::Answers;

/// The one form that is written and read. What a later one adds gets another name.
const FORMAT: &str = "attache-strategy-1";

/// A company's strategy, apart from any database.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Archive {
    format: &'static str,
    pub company: Company,
    /// In the order in which a strategy is read.
    pub sections: Vec<SectionArchive>,
}

/// What the sections were made with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    pub name: String,
    /// IANA, such as `Europe/London`.
    pub zone: String,
    /// 1 is January.
    pub fiscal_start_month: i8,
    /// ISO 4217.
    pub currency: String,
    pub answers: Option<Answers>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SectionArchive {
    pub address: SectionAddress,
    pub document: Document,
    /// Oldest first; empty when revisions were not asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<RevisionArchive>,
}

/// One revision as it was kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RevisionArchive {
    pub document: Document,
    pub author: String,
    pub origin: Origin,
    pub drafted_by: DraftedBy,
    pub note: String,
    pub at: Timestamp,
}

/// Why a file is no archive. Nothing of it is taken.
#[derive(Debug, Error)]
pub enum NotAnArchive {
    #[error("it is no JSON of this form: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("its format is \"{0}\"; this version reads \"{FORMAT}\"")]
    Format(String),
    #[error("this version has no section {0}")]
    NoSuchSection(String),
    #[error("{0} is there twice")]
    Twice(SectionAddress),
    #[error(transparent)]
    Document(#[from] ParseError),
    #[error("the last revision of {0} says something else than the section itself")]
    Torn(SectionAddress),
    #[error("the fiscal year cannot begin in month {0}")]
    Month(i8),
    #[error("\"{0}\" is no time zone such as Europe/London")]
    Zone(String),
    #[error("\"{0}\" is no currency code such as EUR")]
    Currency(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format: String,
    company: Company,
    sections: Vec<StoredSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSection {
    address: String,
    document: Value,
    #[serde(default)]
    revisions: Vec<StoredRevision>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRevision {
    document: Value,
    author: String,
    origin: Origin,
    drafted_by: DraftedBy,
    note: String,
    at: Timestamp,
}

impl Archive {
    #[must_use]
    pub fn new(company: Company, sections: Vec<SectionArchive>) -> Self {
        Self { format: FORMAT, company, sections }
    }

    /// The same archive always has the same bytes.
    ///
    /// # Panics
    /// Never: plain values always have a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain values always have a JSON form")
    }

    /// Reads a file and holds everything in it against its limits.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn parse(text: &str) -> Result<Self, NotAnArchive> {
        let stored: Stored = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
        if stored.format != FORMAT {
            return Err(NotAnArchive::Format(stored.format));
        }
        stored.company.check()?;
        let mut sections: Vec<SectionArchive> = Vec::new();
        for section in stored.sections {
            let section = section.read()?;
            if sections.iter().any(|other| other.address == section.address) {
                return Err(NotAnArchive::Twice(section.address));
            }
            sections.push(section);
        }
        sections.sort_by_key(|section| section.address);
        Ok(Self::new(stored.company, sections))
    }
}

impl Company {
    fn check(&self) -> Result<(), NotAnArchive> {
        if !(1..=12).contains(&self.fiscal_start_month) {
            return Err(NotAnArchive::Month(self.fiscal_start_month));
        }
        if TimeZone::get(&self.zone).is_err() {
            return Err(NotAnArchive::Zone(self.zone.clone()));
        }
        match Currency::from_code(&self.currency) {
            Some(_) => Ok(()),
            None => Err(NotAnArchive::Currency(self.currency.clone())),
        }
    }
}

impl StoredSection {
    fn read(self) -> Result<SectionArchive, NotAnArchive> {
        let address = SectionAddress::parse(&self.address);
        let address = address.ok_or(NotAnArchive::NoSuchSection(self.address))?;
        let document = Document::from_value(address, self.document)?;
        let revisions: Result<Vec<_>, _> =
            self.revisions.into_iter().map(|revision| revision.read(address)).collect();
        let revisions = revisions?;
        if revisions.last().is_some_and(|last| last.document != document) {
            return Err(NotAnArchive::Torn(address));
        }
        Ok(SectionArchive { address, document, revisions })
    }
}

impl StoredRevision {
    fn read(self, address: SectionAddress) -> Result<RevisionArchive, NotAnArchive> {
        Ok(RevisionArchive {
            document: Document::from_value(address, self.document)?,
            author: self.author,
            origin: self.origin,
            drafted_by: self.drafted_by,
            note: self.note,
            at: self.at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::icp::Icp;
    use crate::strategy::tam::Tam;

    fn archive() -> Archive {
        let company = Company {
            name: "Größe & Söhne".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            fiscal_start_month: 4,
            currency: "EUR".to_owned(),
            answers: None,
        };
        let icp =
            |summary: &str| Document::Icp(Icp { summary: summary.to_owned(), ..Icp::default() });
        let revision = |document, origin| RevisionArchive {
            document,
            author: "Ana".to_owned(),
            origin,
            drafted_by: DraftedBy::Rules,
            note: String::new(),
            at: "2026-10-05T08:30:00Z".parse().unwrap(),
        };
        let tam = Document::Tam(Tam::starting(Currency::USD));
        let icps = SectionArchive {
            address: SectionAddress::Icp,
            document: icp("b"),
            revisions: vec![
                revision(icp("a"), Origin::Generated),
                revision(icp("b"), Origin::Edit),
            ],
        };
        let tam =
            SectionArchive { address: SectionAddress::Tam, document: tam, revisions: Vec::new() };
        Archive::new(company, vec![icps, tam])
    }

    #[test]
    fn an_archive_reads_back_byte_for_byte() {
        let text = archive().to_json();
        assert_eq!(Archive::parse(&text).unwrap().to_json(), text);
        assert!(text.starts_with("{\n  \"format\": \"attache-strategy-1\""), "{text}");
    }

    #[test]
    fn what_is_no_archive_is_refused_with_its_reason() {
        let text = archive().to_json();
        for (old, new, why) in [
            ("attache-strategy-1", "attache-strategy-9", "its format is \"attache-strategy-9\""),
            ("\"tam\"", "\"tan\"", "this version has no section tan"),
            ("\"tam\"", "\"icp\"", "not a document of icp"),
            ("\"summary\": \"b\"", "\"summary\": 7", "not a document of icp"),
            ("\"fiscal_start_month\": 4", "\"fiscal_start_month\": 13", "month 13"),
            ("Europe/Berlin", "Europe/Berlyn", "\"Europe/Berlyn\" is no time zone"),
            ("\"EUR\"", "\"EUX\"", "\"EUX\" is no currency code"),
            ("\"bp\": 1500", "\"bp\": 15000", "between 0% and 100%"),
            ("\"name\"", "\"nome\"", "it is no JSON of this form"),
        ] {
            let error = Archive::parse(&text.replacen(old, new, 1)).unwrap_err().to_string();
            assert!(error.contains(why), "{new}: {error}");
        }
        let torn = text.replacen("\"summary\": \"b\"", "\"summary\": \"c\"", 1);
        assert!(matches!(Archive::parse(&torn), Err(NotAnArchive::Torn(SectionAddress::Icp))));
        assert!(Archive::parse("PK\u{3}\u{4}").is_err() && Archive::parse("").is_err());
    }
}
