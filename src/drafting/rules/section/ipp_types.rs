//! The four partner categories: which we look for now, what each is worth, and why.

use crate::drafting::Draft;
use crate::drafting::brief::Brief;
use crate::partners::PartnerType;
use crate::strategy::document::Document;
use crate::strategy::icp::Icp;
use crate::strategy::ipp::{IppTypes, PartnerCategory};
use crate::strategy::list::List;

use super::{active, customer, inside, listed, told};

pub(super) fn write(brief: &Brief) -> Draft {
    let icp = customer(brief);
    let category = inside(&brief.answers.product_category, "product category");
    let document = IppTypes {
        solutions: solutions(brief, &icp, &category),
        technology: technology(brief, &icp, &category),
        reseller: reseller(brief, &icp, &category),
        referral: referral(brief, &category),
        notes: List::default(),
    };
    let mut questions = Vec::new();
    if brief.answers.target_arr.is_none() {
        questions.push("What is the target ARR?".to_owned());
    }
    questions.push("Who delivers projects today, and is that enough?".to_owned());
    Draft {
        document: Document::IppTypes(document),
        summary:
            "Written from the ideal customer profile, the setup answers and the partner facts."
                .to_owned(),
        questions,
        notes: vec!["Fee and margin ranges are those of the framework, not advice.".to_owned()],
    }
}

/// Delivery and credibility gaps: consulting and services firms.
fn solutions(brief: &Brief, icp: &Icp, category: &str) -> PartnerCategory {
    let industries: Vec<&str> = icp.industries.texts().take(3).collect();
    let whom = if industries.is_empty() {
        "our customers".to_owned()
    } else {
        format!("{} clients", listed(&industries))
    };
    PartnerCategory {
        recommended: true,
        value_proposition: format!(
            "They earn the services around {category}; we gain delivery and their standing with {whom}."
        ),
        reason: known(
            brief,
            &[PartnerType::Consulting, PartnerType::Services],
            "consulting or services firms",
            "They deliver what a product alone does not.",
        ),
    }
}

/// What customers run beside us.
fn technology(brief: &Brief, icp: &Icp, category: &str) -> PartnerCategory {
    let runs: Vec<&str> = icp.technologies.texts().take(3).collect();
    let value_proposition = format!(
        "Their customers get {category} connected to what they run; both sides share marketing, and no money changes hands."
    );
    let reason = if runs.is_empty() {
        "Not yet: the ideal customer profile names no technologies to connect to.".to_owned()
    } else {
        let why = format!("Customers run {} beside us.", listed(&runs));
        known(brief, &[PartnerType::Technology], "technology vendors", &why)
    };
    PartnerCategory { recommended: !runs.is_empty(), value_proposition, reason }
}

/// Geographic gaps: more than one market.
fn reseller(brief: &Brief, icp: &Icp, category: &str) -> PartnerCategory {
    let regions: Vec<&str> = icp.regions.texts().collect();
    let recommended = regions.len() > 1;
    let reason = if recommended {
        let why = format!(
            "They reach {}, where we need not build a sales team in each.",
            listed(&regions)
        );
        known(
            brief,
            &[PartnerType::Reseller, PartnerType::Channel],
            "resellers or distributors",
            &why,
        )
    } else {
        let market = told(&listed(&regions), "markets");
        format!("Not yet: with one market ({market}) a reseller adds margin without new reach.")
    };
    PartnerCategory {
        recommended,
        value_proposition: format!(
            "They sell {category} in their own name at 20–40% off list; we gain reach without our own sales team."
        ),
        reason,
    }
}

/// Velocity gaps: growth beyond what we sell alone.
fn referral(brief: &Brief, category: &str) -> PartnerCategory {
    let answers = &brief.answers;
    let grows = answers
        .current_arr
        .zip(answers.target_arr)
        .filter(|(now, target)| now.same_currency(*target).is_ok() && target > now);
    let reason = match grows {
        Some((now, target)) => known(
            brief,
            &[PartnerType::Referral],
            "referral partners",
            &format!("Growing from {now} to {target} ARR needs introductions that we do not have."),
        ),
        None => "Not yet: no target ARR above the current one calls for faster growth.".to_owned(),
    };
    PartnerCategory {
        recommended: grows.is_some(),
        value_proposition: format!(
            "Advisers open doors for {category} and earn 5–15% of ACV, without selling or delivering."
        ),
        reason,
    }
}

/// The reason, and how many partners of that kind we have.
fn known(brief: &Brief, types: &[PartnerType], kind: &str, why: &str) -> String {
    let all = active(brief);
    if all.is_empty() {
        return format!("{why} No partners are known yet.");
    }
    let of_kind = all.iter().filter(|p| p.partner_type.is_some_and(|it| types.contains(&it)));
    format!("{why} {} of {} active partners are {kind}.", of_kind.count(), all.len())
}
