//! The words of a quarterly review, section by section.

use super::frames::{Movement, moved, moved_against, movement};
use super::{Passage, Section};
use crate::reports::facts::Facts;
use crate::reports::ledger::Ledger;

/// The words of one section under these facts.
pub(super) fn passage(section: Section, facts: &Facts) -> Passage {
    let ledger = &facts.ledger;
    match section {
        Section::Summary => summary(ledger),
        Section::Trend => trend(ledger),
        Section::Comparison => comparison(ledger),
        Section::Attribution => attribution(ledger),
        Section::Pipeline => pipeline(ledger),
        Section::Partners => partners(facts),
        Section::Program => program(ledger),
        Section::Ecosystem => ecosystem(facts),
        Section::Registrations => registrations(facts),
        Section::Market => market(ledger),
        Section::Attention => attention(ledger),
        Section::Priorities => priorities(ledger),
    }
}

fn sentences<const N: usize>(parts: [&str; N]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

fn known(ledger: &Ledger, id: &str) -> bool {
    ledger.known(id).is_some()
}

const APART: &str =
    "Sourced, influenced and direct are separate facts and are never summed in this review";

fn summary(ledger: &Ledger) -> Passage {
    let title = match movement(ledger, "won.sourced", "won.sourced.change") {
        Movement::Absent => "No sourced deals are recorded for {period}".to_owned(),
        Movement::Fresh => "Partners brought {won.sourced} of won deals in {period}".to_owned(),
        _ => format!("{} in {{period}}", moved(ledger, "Sourced wins", "won.sourced")),
    };
    let answered = match ledger.known("sla.rate") {
        Some(_) => {
            "{sla.rate} of deal registrations were answered in time; the target is {sla.target}"
        }
        None => "No deal was registered by a partner, so the response promise was not tested",
    };
    Passage {
        title,
        points: vec![
            moved(ledger, "Influenced wins", "won.influenced"),
            moved(ledger, "Open sourced pipeline", "pipeline.sourced"),
            answered.to_owned(),
        ],
        notes: sentences([
            "This review covers {period}, compared with {before} and, where it helps, with {year_before}",
            APART,
            "Figures count until {cutoff} and come from the partner, deal and activity records",
        ]),
    }
}

fn trend(ledger: &Ledger) -> Passage {
    let id = "won.sourced.year_change";
    let title = match movement(ledger, "won.sourced", id) {
        Movement::Absent => "Sourced wins have no recorded history yet".to_owned(),
        Movement::Fresh => {
            "Sourced wins have no figure for {year_before} to stand against".to_owned()
        }
        _ => format!(
            "Against {{year_before}}, {}",
            moved_against(ledger, ("sourced wins", "won.sourced"), "year_change")
        ),
    };
    Passage {
        title,
        points: vec![
            against_before(ledger, "Sourced wins", "won.sourced"),
            against_before(ledger, "Influenced wins", "won.influenced"),
            against_before(ledger, "Direct wins", "won.direct"),
        ],
        notes: sentences([
            "Each line is an attribution by itself; the lines are not stacked because they must not be added",
            "A quarter before the first closed deal has no point at all, because nothing is known of it",
        ]),
    }
}

fn against_before(ledger: &Ledger, subject: &str, id: &str) -> String {
    let sentence = moved(ledger, subject, id);
    if known(ledger, &format!("{id}.change")) {
        format!("{sentence} against {{before}}")
    } else {
        sentence
    }
}

fn comparison(ledger: &Ledger) -> Passage {
    let title = if ledger.known("compare.all").is_some_and(|all| all > 0) {
        "{compare.better} of {compare.all} measures improved on {before}"
    } else {
        "{period} has no earlier quarter to be compared with"
    };
    Passage {
        title: title.to_owned(),
        points: vec![],
        notes: sentences([
            "Each row is a measure of {period} beside {before} and {year_before}",
            "Where a cell says no data, the records do not reach that far or hold nothing to count",
        ]),
    }
}

fn attribution(ledger: &Ledger) -> Passage {
    let title = match (known(ledger, "win_rate.sourced"), known(ledger, "win_rate.direct")) {
        (true, true) => {
            "Sourced deals close at {win_rate.sourced}, direct deals at {win_rate.direct}"
        }
        (true, false) => "Sourced deals close at {win_rate.sourced}; no direct deal was closed",
        (false, true) => "Direct deals close at {win_rate.direct}; no sourced deal was closed",
        (false, false) => "No sourced or direct deal was closed in {period}",
    };
    Passage {
        title: title.to_owned(),
        points: vec![],
        notes: sentences([
            APART,
            "A sourced deal was brought by a partner; an influenced deal was ours and a partner helped; a direct deal had no partner",
            "The win rate counts deals, not amounts: won deals among all that were closed in {period}",
        ]),
    }
}

fn pipeline(ledger: &Ledger) -> Passage {
    let title = match movement(ledger, "pipeline.sourced", "pipeline.sourced.change") {
        Movement::Absent => {
            "No open sourced pipeline is recorded at the end of {period}".to_owned()
        }
        Movement::Fresh => {
            "{pipeline.sourced} of sourced pipeline is open at the end of {period}".to_owned()
        }
        _ => moved(ledger, "Open sourced pipeline", "pipeline.sourced"),
    };
    Passage {
        title,
        points: sentences([
            "Sourced: {open_deals.sourced} open deals worth {pipeline.sourced}",
            "Influenced: {open_deals.influenced} open deals worth {pipeline.influenced}",
            "Direct: {open_deals.direct} open deals worth {pipeline.direct}",
        ]),
        notes: sentences([
            "Pipeline is what was open on {cutoff}, not what was registered in the quarter",
            "A deal without a registration date counts as open until it closes; since when it was open is then not known",
        ]),
    }
}

fn partners(facts: &Facts) -> Passage {
    let title = match (facts.top.is_empty(), known(&facts.ledger, "top.share")) {
        (true, _) => "No partner had a deal won in {period}",
        (false, true) if facts.ledger.known("top.few") == Some(1) => {
            "A single partner brought {top.share} of the sourced amount won"
        }
        (false, true) => {
            "The {top.few} largest partners brought {top.share} of the sourced amount won"
        }
        (false, false) => "Partners influenced deals in {period} but brought none that was won",
    };
    Passage {
        title: title.to_owned(),
        points: vec![],
        notes: sentences([
            "Partners are ranked by sourced won in {period}",
            "Partners with a sourced deal won: {top.partners}; everybody who is not named is in the last row",
        ]),
    }
}

fn program(ledger: &Ledger) -> Passage {
    let title = match ledger.known("short.all") {
        Some(0) => "No partner is known to lack the certified people its tier asks for",
        Some(1) => {
            "{short.all} of {partners.total} partners lacks the certified people its tier asks for"
        }
        Some(_) => {
            "{short.all} of {partners.total} partners lack the certified people their tier asks for"
        }
        None => "No certified people are recorded (partners in the program: {partners.total})",
    };
    Passage {
        title: title.to_owned(),
        points: sentences([
            "Certified people: {certified.total}, of whom {certified.new} were certified in {period}",
            "Partners in the program: {partners.total}",
        ]),
        notes: sentences([
            "The program asks for a number of certified people and for business reviews by tier",
            "A partner that does not state its certified people is unknown, not short",
        ]),
    }
}

fn ecosystem(facts: &Facts) -> Passage {
    let title = if facts.types.is_empty() {
        "No partner is in the program yet"
    } else {
        "{ecosystem.type} partners are {ecosystem.share} of the program"
    };
    Passage {
        title: title.to_owned(),
        points: sentences([
            "Partners in the program: {partners.total}",
            "Partners with a sourced deal won: {top.partners}",
            "Idle for {idle.days} or longer: {idle.partners}",
        ]),
        notes: sentences([
            "Each partner is counted once by type and once by region",
            "Prospects and archived partners are not counted",
        ]),
    }
}

fn registrations(facts: &Facts) -> Passage {
    let ledger = &facts.ledger;
    let title = match (ledger.known("sla.rate"), ledger.known("sla.target")) {
        (Some(rate), Some(target)) if rate >= target => {
            "{sla.rate} of deal registrations were answered in time, on target"
        }
        (Some(_), _) => {
            "{sla.rate} of registrations were answered in time; the target is {sla.target}"
        }
        (None, _) => "No deal was registered in {period}; the promise was not tested",
    };
    let speed = if known(ledger, "sla.median") {
        "The median answer took {sla.median}; the promise is {sla.promise}"
    } else {
        "The promise is an answer within {sla.promise}"
    };
    Passage {
        title: title.to_owned(),
        points: vec![
            "Registered: {sla.registrations}; in time: {sla.in_time}; late: {sla.late}; waiting: {sla.waiting}".to_owned(),
            speed.to_owned(),
            "Activities in the quarter: {activities.total}".to_owned(),
        ],
        notes: sentences([
            "The promise is {sla.promise} of elapsed time; an open registration past it counts as late now",
            "A quarter without registrations has no rate; it is not counted as met",
        ]),
    }
}

fn market(ledger: &Ledger) -> Passage {
    let title = match (known(ledger, "icp.confidence"), known(ledger, "tam.total")) {
        (true, true) => {
            "{icp.confidence} of evaluated partners fit the ICP; the partner TAM is {tam.total}"
        }
        (true, false) => {
            "{icp.confidence} of evaluated partners fit the ICP; the partner TAM is not set"
        }
        (false, true) => "The partner TAM is {tam.total}; no partner could be held against the ICP",
        (false, false) => "Neither ICP fit nor partner TAM can be stated yet",
    };
    let mut points = vec![];
    if known(ledger, "icp.confidence") {
        points.push(
            "{icp.matching} of {icp.judged} evaluated partners match; without enough data: {icp.unclear}"
                .to_owned(),
        );
    }
    if known(ledger, "tam.total") {
        points.push(
            "The TAM is reach, not revenue: {tam.accounts} accounts at the stated shares and ACVs"
                .to_owned(),
        );
    }
    if ledger.known("tam.starting").is_some_and(|n| n > 0) {
        points.push(
            "Starting assumptions in the TAM that nobody has confirmed: {tam.starting}".to_owned(),
        );
    }
    Passage {
        title: title.to_owned(),
        points,
        notes: sentences([
            "A partner fits when every trait that the ICP states and the partner has data for overlaps, and enough traits can be compared",
            "The partner TAM multiplies addressable accounts, share and ACV by category; shares may overlap",
        ]),
    }
}

fn attention(ledger: &Ledger) -> Passage {
    let title = match (ledger.known("actions.all"), ledger.known("actions.decisions")) {
        (Some(0) | None, _) => "No rule found anything that needs attention",
        (Some(1), Some(0) | None) => "{actions.all} finding needs attention; it needs no decision",
        (Some(1), _) => "{actions.all} finding needs attention, and it is a decision",
        (_, Some(0) | None) => "{actions.all} findings need attention; none needs a decision",
        (_, Some(1)) => {
            "{actions.all} findings need attention, {actions.decisions} of them a decision"
        }
        _ => "{actions.all} findings need attention, {actions.decisions} of them decisions",
    };
    let mut notes = sentences([
        "Findings come from the rules of the program, not from judgement",
        "A rule whose figures are missing stays silent",
    ]);
    if known(ledger, "exits.more") {
        let all = ledger.known("exits.due").and_then(|all| usize::try_from(all).ok());
        let names: Vec<String> = (1..=all.unwrap_or(0)).map(|i| format!("{{exit.{i}}}")).collect();
        notes.push(format!("All exits to decide: {}", names.join(", ")));
    }
    Passage { title: title.to_owned(), points: vec![], notes }
}

fn priorities(ledger: &Ledger) -> Passage {
    let title = match ledger.known("actions.next") {
        Some(0) | None => "{next} starts without open findings",
        Some(1) => "{actions.next} priority for {next}, with an owner and a date",
        Some(_) => "{actions.next} priorities for {next}, each with an owner and a date",
    };
    Passage {
        title: title.to_owned(),
        points: vec![],
        notes: sentences([
            "Priorities follow from the findings in the order of their urgency",
            "Owners are roles of the program; the dates lie in {next} unless a clock ends earlier",
        ]),
    }
}
