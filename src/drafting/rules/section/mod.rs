//! Sections written by rule; one file per section.
//!
//! The rules say again what was answered, in the section's fields, and add what follows from the
//! partner facts or from the framework. They are never more precise than the answers: what nobody
//! said stays empty and is asked for.

mod icp;
mod ipp_profile;
mod ipp_types;
mod lexicon;
mod tam;

use crate::drafting::brief::Brief;
use crate::drafting::{Draft, DraftError};
use crate::partners::{Partner, PartnerStatus};
use crate::strategy::address::SectionAddress;
use crate::strategy::document::Document;
use crate::strategy::field::lower_first;
use crate::strategy::icp::Icp;
use crate::strategy::onboarding::Input;

/// Writes the section that the brief asks for.
pub(super) fn write(brief: &Brief) -> Result<Draft, DraftError> {
    let needed = [Input::ProductCategory, Input::PrimaryIcps, Input::Markets];
    if needed.iter().all(|input| brief.answers.get(*input).is_empty()) {
        let all: Vec<_> = brief.answers.missing().iter().map(|input| input.label()).collect();
        return Err(DraftError::Needs(format!(
            "Nothing is known about the company yet. Give first: {}.",
            all.join(", ")
        )));
    }
    let draft = match brief.address {
        SectionAddress::Icp => icp::write(brief),
        SectionAddress::IppProfile => ipp_profile::write(brief),
        SectionAddress::IppTypes => ipp_types::write(brief),
        SectionAddress::Tam => tam::write(brief),
    };
    match draft.document.check() {
        Ok(()) => Ok(draft),
        Err(refusal) => Err(DraftError::Rejected(refusal.to_string())),
    }
}

/// The ICP as it stands, or as the rules would write it.
fn customer(brief: &Brief) -> Icp {
    match brief.sections.get(&SectionAddress::Icp) {
        Some(Document::Icp(icp)) => icp.clone(),
        _ => icp::profile(brief),
    }
}

/// Partners of today: active, or of unknown status.
fn active(brief: &Brief) -> Vec<&Partner> {
    let today =
        |partner: &&Partner| partner.status.is_none_or(|status| status == PartnerStatus::Active);
    brief.partners.iter().filter(today).collect()
}

/// An answer, or a blank that says what is missing.
fn told(answer: &str, what: &str) -> String {
    if answer.is_empty() { format!("[needs: {what}]") } else { answer.to_owned() }
}

/// An answer inside a sentence.
fn inside(answer: &str, what: &str) -> String {
    if answer.is_empty() { told(answer, what) } else { lower_first(answer.trim_end_matches('.')) }
}

/// `a`, `a and b`, `a, b and c`.
fn listed<T: AsRef<str>>(all: &[T]) -> String {
    match all {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [front @ .., last] => {
            let front: Vec<&str> = front.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", front.join(", "), last.as_ref())
        }
    }
}

/// Whom the company sells to, inside a sentence.
fn customers(brief: &Brief) -> String {
    let all: Vec<String> = brief
        .answers
        .primary_icps
        .iter()
        .map(|icp| lower_first(icp.trim_end_matches('.')))
        .collect();
    told(&listed(&all), "primary ideal customers")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::drafting::check;
    use crate::partners::{PartnerType, import, sample};
    use crate::strategy::confidence::confidence;
    use crate::strategy::field::Range;
    use crate::strategy::onboarding::Answers;
    use crate::strategy::opportunity::opportunity;

    fn sample() -> Answers {
        let typed: BTreeMap<String, String> = serde_json::from_str(sample::COMPANY).unwrap();
        let mut answers = Answers::default();
        for (key, text) in typed {
            answers.put(Input::parse(&key).unwrap(), &text).unwrap();
        }
        answers
    }

    fn partner(name: &str, partner_type: PartnerType) -> Partner {
        Partner {
            external_id: name.to_owned(),
            name: name.to_owned(),
            domain: None,
            partner_type: Some(partner_type),
            models: Vec::new(),
            tier: None,
            tier_source: None,
            band: None,
            region: None,
            segment: None,
            status: Some(PartnerStatus::Active),
            owner_email: None,
            certified_individuals: None,
            dedicated_practice: None,
            agreement_date: None,
            last_activity_date: None,
            industries: vec!["Energy".to_owned()],
            company_size_served: None,
            regions_served: Vec::new(),
        }
    }

    fn brief(address: SectionAddress, answers: Answers) -> Brief {
        let partners = vec![
            partner("Brackwater Data", PartnerType::Technology),
            partner("Aldermoor", PartnerType::Consulting),
            partner("Harrow", PartnerType::Services),
            partner("Till", PartnerType::Reseller),
        ];
        Brief {
            address,
            answers,
            partners: Arc::from(partners),
            sections: BTreeMap::new(),
            asked_by: "Ana".to_owned(),
            today: "2026-10-05".parse().unwrap(),
        }
    }

    fn shown(brief: &Brief) -> (Draft, BTreeMap<String, String>) {
        let draft = write(brief).unwrap();
        assert_eq!(check::section(brief, &draft), []);
        let fields = draft.document.fields();
        (draft.clone(), fields.into_iter().map(|f| (f.key.clone(), f.display())).collect())
    }

    #[test]
    fn the_icp_says_again_what_was_answered() {
        let (draft, fields) = shown(&brief(SectionAddress::Icp, sample()));
        assert_eq!(
            fields["summary"],
            "Lanternquay sells freight audit and shipment visibility to mid-market manufacturers with their own shipping team and wholesalers that work with ten or more carriers in DACH, Nordics and UK & Ireland."
        );
        assert_eq!(fields["company_size"], "20–2,000 employees");
        assert_eq!(fields["industries"], "Manufacturing, Wholesale, Logistics, Food and beverage");
        assert_eq!(fields["regions"], "DACH, Nordics, UK & Ireland");
        assert_eq!(fields["buyers"], "Head of logistics, CFO, Head of supply chain");
        assert_eq!(fields["technologies"], "Brackwater Data");
        assert_eq!(fields["annual_revenue"], "not set");
        assert!(draft.questions.iter().any(|question| question.contains("revenue")));
    }

    #[test]
    fn without_hints_the_rules_read_the_sentences_and_say_so() {
        let mut answers = Answers::default();
        for (input, text) in [
            (Input::CompanyName, "Acme"),
            (Input::ProductCategory, "Payment fraud detection"),
            (Input::PrimaryIcps, "Mid-market lenders with 50-500 employees"),
            (Input::Markets, "DACH insurers, Spain"),
        ] {
            answers.put(input, text).unwrap();
        }
        let (draft, fields) = shown(&brief(SectionAddress::Icp, answers));
        assert_eq!(fields["company_size"], "50–500 employees");
        assert_eq!(fields["industries"], "Lending, Insurance");
        assert_eq!(fields["regions"], "DACH, Spain");
        assert_eq!(fields["buyers"], "Head of risk, CFO");
        assert!(draft.notes.iter().any(|note| note.contains("Buyers")), "{:?}", draft.notes);
    }

    #[test]
    fn what_nobody_said_is_blank_and_asked_for() {
        let mut answers = Answers::default();
        answers.put(Input::ProductCategory, "Widgets").unwrap();
        let (draft, fields) = shown(&brief(SectionAddress::Icp, answers));
        assert!(fields["summary"].contains("[needs: company name]"), "{}", fields["summary"]);
        assert_eq!(fields["industries"], "Energy", "from the partners, and said so");
        assert!(draft.notes.iter().any(|note| note.contains("partners")));
        assert!(draft.questions.len() >= 4);
        let nothing = write(&brief(SectionAddress::Icp, Answers::default())).unwrap_err();
        assert!(matches!(nothing, DraftError::Needs(why) if why.contains("Product category")));
    }

    #[test]
    fn the_partner_profile_follows_the_customer_profile() {
        let (_, fields) = shown(&brief(SectionAddress::IppProfile, sample()));
        assert_eq!(fields["market_reach"], "DACH, Nordics, UK & Ireland");
        assert_eq!(fields["industries"], "Manufacturing, Wholesale, Logistics, Food and beverage");
        assert_eq!(fields["certified_people"], "1 person");
        let mut after = brief(SectionAddress::IppProfile, sample());
        let icp =
            Icp { regions: crate::strategy::list::List::of(["Iberia"]), ..icp::profile(&after) };
        after.sections.insert(SectionAddress::Icp, Document::Icp(icp));
        assert_eq!(shown(&after).1["market_reach"], "Iberia");
    }

    #[test]
    fn every_partner_type_has_a_proposition_and_a_reason() {
        let (_, fields) = shown(&brief(SectionAddress::IppTypes, sample()));
        for row in ["solutions", "technology", "reseller", "referral"] {
            for column in ["value_proposition", "reason"] {
                let text = &fields[&format!("{row}.{column}")];
                assert!(text.len() > 20, "{row}.{column}: {text}");
            }
            assert_eq!(fields[&format!("{row}.recommended")], "yes");
        }
        let mut one = sample();
        one.put(Input::Markets, "DACH").unwrap();
        one.put(Input::TargetArr, "").unwrap();
        let (_, fields) = shown(&brief(SectionAddress::IppTypes, one));
        assert_eq!(fields["reseller.recommended"], "no");
        assert_eq!(fields["referral.recommended"], "no");
        assert!(fields["referral.reason"].contains("target ARR"));
    }

    #[test]
    fn the_tam_takes_what_was_given_and_marks_what_was_not() {
        let (draft, fields) = shown(&brief(SectionAddress::Tam, sample()));
        assert_eq!(
            fields["accounts"],
            "4,000 (Own count from public company registers, June 2026, Ana, 5 Oct 2026)"
        );
        assert_eq!(fields["solutions.share"], "15% (setup, Ana, 5 Oct 2026)");
        let Document::Tam(tam) = &draft.document else { panic!("a TAM") };
        assert_eq!(opportunity(tam).total.to_string(), "$58,000,000");
        assert!(opportunity(tam).starting.is_empty());

        let mut fewer = sample();
        fewer.put(Input::Accounts, "").unwrap();
        fewer.put(Input::Acv(crate::partners::Category::Sales), "€9k").unwrap();
        let (draft, fields) = shown(&brief(SectionAddress::Tam, fewer));
        assert_eq!(fields["accounts"], "1,000 (starting assumption)");
        assert_eq!(fields["sales.acv"], "$30,000 (starting assumption)");
        assert!(draft.notes.iter().any(|note| note.contains("€9,000")), "{:?}", draft.notes);
    }

    #[test]
    fn the_sample_company_s_first_profile_matches_as_its_page_says() {
        let mut brief = brief(SectionAddress::Icp, sample());
        let (_, text) = sample::FILES[0];
        let known = import::Known::default();
        let read = import::read(import::Kind::Partners, text.as_bytes(), &known).unwrap();
        let import::Rows::Partners(partners) = read.rows else { panic!("partners") };
        brief.partners = Arc::from(partners);
        let (draft, fields) = shown(&brief);
        let Document::Icp(icp) = draft.document else { panic!("an ICP") };
        let counts = |icp: &Icp| {
            let found = confidence(icp, &brief.partners);
            (found.matching, found.evaluated, found.not_evaluable.len(), found.left_out)
        };
        assert_eq!(counts(&icp), (18, 24, 9, 7));
        let narrow = Icp { company_size: Some(Range::new(Some(50), Some(500))), ..icp };
        assert_eq!(counts(&narrow), (16, 24, 9, 7));
        assert!(fields["technologies"].split(", ").count() == 5, "{}", fields["technologies"]);
    }

    #[test]
    fn the_same_brief_always_gives_the_same_section() {
        for address in SectionAddress::ALL {
            let brief = brief(address, sample());
            assert_eq!(write(&brief).unwrap(), write(&brief).unwrap());
        }
    }
}
