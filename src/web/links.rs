//! Links that open one report's deck for whoever holds them, until they expire.
//!
//! The address carries what it opens, until when, and a signature over both; nothing is stored. A
//! link does not say who may use it, so it lives shortly.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::config::SecretKey;
use crate::ids::ReportId;

/// How long a link to a deck lives. Long enough for the week in which a review is read.
pub const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What keys are made for: the same secret key signs nothing else with this name.
const PURPOSE: &[u8] = b"attache deck links 1";

/// Signs and checks links.
#[derive(Clone)]
pub struct Links(Hmac<Sha256>);

/// Why a link opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLink {
    #[error("this link was never ours")]
    Forged,
    #[error("this link is too old")]
    Expired,
}

impl Links {
    #[must_use]
    pub fn new(key: &SecretKey) -> Self {
        let derived = mac(key.expose()).chain_update(PURPOSE).finalize().into_bytes();
        Self(mac(&derived))
    }

    /// The last part of `/decks/…` for this report, good until `until`.
    #[must_use]
    pub fn sign(&self, report: &ReportId, until: Timestamp) -> String {
        let claim = format!("{report}.{}", until.as_second());
        let signature = URL_SAFE_NO_PAD.encode(self.signed(&claim).finalize().into_bytes());
        format!("{claim}.{signature}")
    }

    /// Which report a link opens now. The signature is compared in constant time and first.
    pub fn open(&self, link: &str, now: Timestamp) -> Result<ReportId, BadLink> {
        let (claim, signature) = link.rsplit_once('.').ok_or(BadLink::Forged)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| BadLink::Forged)?;
        self.signed(claim).verify_slice(&signature).map_err(|_| BadLink::Forged)?;
        let (report, until) = claim.rsplit_once('.').ok_or(BadLink::Forged)?;
        let until: i64 = until.parse().map_err(|_| BadLink::Forged)?;
        if now.as_second() >= until {
            Err(BadLink::Expired)
        } else {
            Ok(ReportId::from_stored(report))
        }
    }

    fn signed(&self, claim: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(claim.as_bytes())
    }
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(byte: u8) -> Links {
        Links::new(&SecretKey::from_bytes([byte; 32]))
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_link_opens_its_report_until_it_expires() {
        let report = ReportId::from_stored("00000000-0000-7000-8000-000000000001");
        let link = links(1).sign(&report, at("2026-10-05T09:00:00Z"));
        assert_eq!(links(1).open(&link, at("2026-10-05T08:59:59Z")), Ok(report));
        assert_eq!(links(1).open(&link, at("2026-10-05T09:00:00Z")), Err(BadLink::Expired));
    }

    #[test]
    fn no_changed_link_opens_anything() {
        let until = at("2026-10-05T09:00:00Z");
        let link = links(1).sign(&ReportId::from_stored("r-1"), until);
        let now = at("2026-10-01T09:00:00Z");
        for at in 0..link.len() {
            for other in ["A", ".", "9", ""] {
                let mut changed = link.clone();
                changed.replace_range(at..=at, other);
                if changed != link {
                    assert_eq!(links(1).open(&changed, now), Err(BadLink::Forged), "{changed}");
                }
            }
        }
        assert_eq!(links(2).open(&link, now), Err(BadLink::Forged), "another key");
        assert_eq!(links(1).open("", now), Err(BadLink::Forged));
        assert_eq!(links(1).open("..", now), Err(BadLink::Forged));
    }

    #[test]
    fn a_link_needs_no_escaping_in_an_address() {
        let link = links(3).sign(&ReportId::from_stored("0-a"), at("2026-10-05T09:00:00Z"));
        assert!(link.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)), "{link}");
    }
}
