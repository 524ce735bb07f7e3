//! The ideal customer profile, from the answers.

use std::cmp::Reverse;

use crate::drafting::Draft;
use crate::drafting::brief::Brief;
use crate::drafting::rules::token::{Shape, Token, tokens};
use crate::drafting::rules::value::{Read, counts};
use crate::partners::{PartnerType, Tier};
use crate::strategy::document::Document;
use crate::strategy::field::Range;
use crate::strategy::icp::Icp;
use crate::strategy::list::List;

use super::{active, customers, inside, lexicon, listed, told};

/// Technologies that are taken over from partners.
const TECHNOLOGIES: usize = 5;
/// Industries that are taken over from partners when nobody named any.
const INDUSTRIES: usize = 3;

pub(super) fn write(brief: &Brief) -> Draft {
    let icp = profile(brief);
    let (questions, notes) = (questions(&icp), notes(brief, &icp));
    Draft {
        document: Document::Icp(icp),
        summary: "Written from the setup answers and the partner facts.".to_owned(),
        questions,
        notes,
    }
}

/// The profile itself, also for the sections that follow from it.
pub(super) fn profile(brief: &Brief) -> Icp {
    let answers = &brief.answers;
    let name = told(&answers.company_name, "company name");
    let category = inside(&answers.product_category, "product category");
    let markets = told(&listed(&answers.markets), "markets");
    let buyers = if answers.buyers.is_empty() {
        lexicon::buyers(&answers.product_category)
    } else {
        answers.buyers.clone()
    };
    Icp {
        summary: format!("{name} sells {category} to {} in {markets}.", customers(brief)),
        company_size: answers.company_size.or_else(|| stated_size(brief)),
        industries: List::of(industries(brief).0),
        regions: List::of(regions(brief)),
        annual_revenue: None,
        technologies: List::of(technologies(brief)),
        behaviours: List::of(behaviours(brief)),
        buyers: List::of(buyers),
        pain_points: List::of(wish(&answers.company_description)),
        notes: List::default(),
    }
}

/// A size that somebody wrote into the description of the customers: `50–500 employees`.
fn stated_size(brief: &Brief) -> Option<Range<u64>> {
    brief.answers.primary_icps.iter().find_map(|text| {
        let all = tokens(text);
        let unit = all.iter().position(|token| {
            token.is_any(&["employees", "people", "staff"]) && token.at.start > 0
        })?;
        let number = |token: &Token| token.shape == Shape::Number;
        let joint = |token: &Token| token.shape == Shape::Dash || token.is("to");
        let start = unit - all[..unit].iter().rev().take_while(|t| number(t) || joint(t)).count();
        match counts(text, &all[start..unit])? {
            Read::Whole(range) => Some(range).filter(Range::is_sound),
            Read::Lower(_) | Read::Upper(_) => None,
        }
    })
}

/// Named industries; else those that the answers speak of; else those that most partners serve.
/// Says whether the last was needed.
fn industries(brief: &Brief) -> (Vec<String>, bool) {
    let answers = &brief.answers;
    if !answers.industries.is_empty() {
        return (answers.industries.clone(), false);
    }
    let spoken = [answers.primary_icps.as_slice(), &answers.markets].concat().join("; ");
    let found = lexicon::industries(&spoken);
    if !found.is_empty() {
        return (found, false);
    }
    let mut served: Vec<(usize, String)> = Vec::new();
    for industry in active(brief).iter().flat_map(|partner| &partner.industries) {
        match served.iter_mut().find(|(_, known)| known.eq_ignore_ascii_case(industry)) {
            Some((count, _)) => *count += 1,
            None => served.push((1, industry.clone())),
        }
    }
    served.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let most: Vec<String> = served.into_iter().take(INDUSTRIES).map(|(_, name)| name).collect();
    let from_partners = !most.is_empty();
    (most, from_partners)
}

/// The regions of the markets. A market that names none is taken as it was given.
fn regions(brief: &Brief) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for market in &brief.answers.markets {
        let found = lexicon::regions(market);
        let named = match found.as_slice() {
            // All of it is regions: keep the company's own words for them.
            [only] if only.len() == market.len() => vec![market.clone()],
            [] => vec![market.clone()],
            _ => found,
        };
        for region in named {
            if !all.iter().any(|known| known.eq_ignore_ascii_case(&region)) {
                all.push(region);
            }
        }
    }
    all
}

/// The technology partners of the highest tiers: what customers are likely to run beside us.
fn technologies(brief: &Brief) -> Vec<String> {
    let mut all: Vec<(Option<Tier>, &str)> = active(brief)
        .into_iter()
        .filter(|partner| partner.partner_type == Some(PartnerType::Technology))
        .map(|partner| (partner.tier, partner.name.as_str()))
        .collect();
    all.sort_by_key(|(tier, name)| (Reverse(*tier), *name));
    all.into_iter().take(TECHNOLOGIES).map(|(_, name)| name.to_owned()).collect()
}

fn behaviours(brief: &Brief) -> Vec<String> {
    let mut all = Vec::new();
    if !brief.answers.product_category.is_empty() {
        all.push(format!("Looks for {}", inside(&brief.answers.product_category, "")));
    }
    if !active(brief).is_empty() {
        all.push("Works with one of our partners already".to_owned());
    }
    all
}

/// `Acme makes software that does X, for Y` → what customers want done.
fn wish(description: &str) -> Option<String> {
    let (_, does) = description.split_once(" that ")?;
    let end = does.find([',', '.', ';']).unwrap_or(does.len());
    let does = does[..end].trim();
    (does.len() > 10).then(|| format!("Wants something that {does}"))
}

fn questions(icp: &Icp) -> Vec<String> {
    let mut all = Vec::new();
    let mut ask = |open: bool, question: &str| {
        if open {
            all.push(question.to_owned());
        }
    };
    ask(icp.company_size.is_none(), "How many employees does a typical customer have?");
    ask(icp.annual_revenue.is_none(), "What is the annual revenue of a typical customer?");
    ask(icp.industries.is_empty(), "In which industries do your customers work?");
    ask(icp.buyers.is_empty(), "Who decides, and who signs?");
    ask(icp.technologies.is_empty(), "What do customers run that your product works with?");
    ask(icp.pain_points.is_empty(), "What hurts customers enough to buy?");
    ask(icp.behaviours.len() < 3, "What do customers do shortly before they buy?");
    all
}

fn notes(brief: &Brief, icp: &Icp) -> Vec<String> {
    let mut all = Vec::new();
    if brief.answers.buyers.is_empty() && !icp.buyers.is_empty() {
        all.push("Buyers follow from the product category; nobody has named any.".to_owned());
    }
    if industries(brief).1 {
        all.push("Industries are those that most active partners serve.".to_owned());
    }
    if !icp.technologies.is_empty() {
        all.push("Technologies are those of the active technology partners.".to_owned());
    }
    all
}
