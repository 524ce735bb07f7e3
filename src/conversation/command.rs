//! The command table: one grammar for every front door.
//!
//! Help, the README's table, the Slack manifest and did-you-mean are all made from [`TABLE`].

use super::guess::nearest;
use super::settings_change::SettingsChange;
use super::{courtesy, mention};
use crate::strategy::address::{SectionAddress, SectionGroup};
use crate::strategy::text::typed;

/// One row of the table: what people type after `/strategy`, and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The first word, or words, as typed.
    pub name: &'static str,
    /// The whole form, with `<needed>` and `[optional]` parts.
    pub usage: &'static str,
    /// One short sentence without a full stop.
    pub does: &'static str,
    pub example: &'static str,
    /// The chapter of the help it stands in.
    pub chapter: Chapter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chapter {
    Read,
    Change,
    Report,
    Run,
}

impl Chapter {
    pub const ALL: [Self; 4] = [Self::Read, Self::Change, Self::Report, Self::Run];

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "Read the strategy",
            Self::Change => "Change it",
            Self::Report => "Report on it",
            Self::Run => "Run the workspace",
        }
    }
}

macro_rules! rows {
    ($($chapter:ident: $name:literal, $usage:literal, $does:literal, $example:literal;)*) => {
        &[$(Row { name: $name, usage: $usage, does: $does, example: $example, chapter: Chapter::$chapter },)*]
    };
}

/// Every command there is, in the order of the help.
pub const TABLE: &[Row] = rows![
    Read: "", "/strategy", "shows your home card: sections, freshness, open proposals", "/strategy";
    Read: "icp", "/strategy icp", "shows who you sell to, with the confidence score", "/strategy icp";
    Read: "ipp", "/strategy ipp", "shows who you partner with, and the partner types", "/strategy ipp";
    Read: "tam", "/strategy tam", "shows the partner TAM, row by row", "/strategy tam";
    Read: "tam ask", "/strategy tam ask <question>", "answers from the recorded basis of an assumption", "/strategy tam ask what is the basis for the solutions share?";
    Read: "history", "/strategy history <section>", "lists every revision: who, when, how", "/strategy history icp";
    Change: "setup", "/strategy setup [step]", "asks for the six inputs and writes the first strategy; with a step opens it again", "/strategy setup";
    Change: "edit", "/strategy edit <section> [request]", "opens an edit thread for one section", "/strategy edit icp narrow the company size to 50–500 employees";
    Change: "generate", "/strategy generate <section>|all", "writes a section, or proposes to write it again", "/strategy generate ipp.profile";
    Change: "restore", "/strategy restore <section> <revision>", "puts an earlier revision back, as a new one", "/strategy restore icp 2";
    Change: "tam set", "/strategy tam set [category] [share=<percent>] [acv=<money>] [accounts=<number>] [source=<words>]", "changes a share, an ACV or the accounts at once, with undo", "/strategy tam set solutions share=15% acv=40000";
    Report: "report", "/strategy report quarterly", "makes the quarterly review with its deck", "/strategy report quarterly";
    Report: "schedule", "/strategy schedule quarterly in #channel <cadence> at <time> [zone]", "posts the review on a cadence", "/strategy schedule quarterly in #leadership quarterly at 09:00 Europe/London";
    Report: "schedules", "/strategy schedules", "lists the schedules with their next runs", "/strategy schedules";
    Report: "schedule pause", "/strategy schedule pause|resume|remove <number>", "stops, starts or deletes a schedule", "/strategy schedule pause 1";
    Report: "deliveries", "/strategy deliveries", "lists what was posted lately, and what could not be", "/strategy deliveries";
    Run: "import", "/strategy import", "says how partner, deal and activity files come in", "/strategy import";
    Run: "settings", "/strategy settings [currency <code>] [zone <city>] [year <month>] [channel allow|deny [#channel]]", "shows or changes what the workspace counts in, and where outsiders may read along", "/strategy settings zone Europe/London year april";
    Run: "members", "/strategy members", "lists people and their roles; owners change a role with members role", "/strategy members";
    Run: "members role", "/strategy members role <person> <owner|admin|member|viewer|none>", "gives a person a role; none shuts them out", "/strategy members role @ben member";
    Run: "claim", "/strategy claim <code>", "makes you the owner with the code the server printed", "/strategy claim 7QK4-9M2X";
    Run: "audit", "/strategy audit", "lists the latest changes and refusals", "/strategy audit";
    Run: "help", "/strategy help", "shows this list", "/strategy help";
];

/// What a person asked for, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Home,
    Help,
    /// One step of the setup, or the next one.
    Setup(Option<u8>),
    Show(SectionGroup),
    ShowOne(SectionAddress),
    Edit {
        section: SectionAddress,
        request: Option<String>,
    },
    Generate(Vec<SectionAddress>),
    History(SectionAddress),
    Restore {
        section: SectionAddress,
        revision: i64,
    },
    TamAsk(String),
    /// The words after `tam set`, read by the handler against the section's fields.
    TamSet(String),
    Report {
        kind: String,
        view: Option<String>,
    },
    /// The words after `schedule`, read by `schedules`.
    Schedule(String),
    Schedules,
    ScheduleChange {
        change: ScheduleChange,
        number: usize,
    },
    Deliveries,
    Import,
    Settings(SettingsChange),
    Members,
    MemberRole {
        person: String,
        role: String,
    },
    Claim(String),
    Audit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleChange {
    Pause,
    Resume,
    Remove,
}

/// Why words were not understood: each is something the person can mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotUnderstood {
    /// No command begins like this; the nearest one where there is one.
    Unknown { word: String, nearest: Option<&'static Row> },
    /// The command is right; behind these words something is missing.
    Incomplete { row: &'static Row, said: String },
    /// The command is right; behind these words stands one that is not.
    Wrong { row: &'static Row, said: String, word: String },
    /// A group with several sections where one is needed.
    WhichSection(SectionGroup),
    /// More than any command needs.
    TooLong,
    /// No section of this name.
    NoSection { word: String, nearest: Option<SectionAddress> },
}

/// Longer ones are not read: no command needs as much.
pub const LONGEST: usize = 6_000;

/// Reads the words after `/strategy`. Case does not matter in commands and sections; requests,
/// questions and codes keep theirs. What is not understood is read again without quotation marks
/// and courtesy around it.
pub fn parse(text: &str) -> Result<Command, NotUnderstood> {
    if text.chars().count() > LONGEST {
        return Err(NotUnderstood::TooLong);
    }
    let meant = typed(text);
    let said = courtesy::addressed(&meant);
    command(said).or_else(|why| {
        let unquoted = typed(&courtesy::unquoted(said));
        let plain = courtesy::plain(&unquoted);
        command(&unquoted).or_else(|_| command(plain)).map_err(|_| why)
    })
}

fn command(text: &str) -> Result<Command, NotUnderstood> {
    let (word, _) = split(text);
    // These name people and channels by what only a mention says; nothing else keeps its markup.
    let by_mention =
        ["members", "schedule", "settings"].iter().any(|w| word.eq_ignore_ascii_case(w));
    if by_mention { read(text) } else { read(&mention::readable(text)) }
}

fn read(text: &str) -> Result<Command, NotUnderstood> {
    let (word, rest) = split(text);
    let lower = word.to_lowercase();
    match lower.as_str() {
        "" | "home" => only(rest, "", Command::Home),
        "help" => Ok(Command::Help),
        "setup" => setup(rest),
        "edit" => edit(rest),
        "generate" | "regenerate" => generate(rest),
        "history" => {
            section_in(rest.strip_prefix("of ").unwrap_or(rest), "history").map(Command::History)
        }
        "restore" => restore(rest),
        "tam" => tam(rest),
        "report" => report(rest),
        "schedule" => schedule(rest),
        "schedules" => only(rest, "schedules", Command::Schedules),
        "deliveries" => only(rest, "deliveries", Command::Deliveries),
        "import" => Ok(Command::Import),
        "settings" => {
            SettingsChange::read(rest).map(Command::Settings).ok_or_else(|| incomplete("settings"))
        }
        "members" => members(rest),
        "claim" if !rest.is_empty() => Ok(Command::Claim(rest.to_owned())),
        "claim" => Err(incomplete("claim")),
        "audit" => only(rest, "audit", Command::Audit),
        _ => show(word, rest),
    }
}

/// `icp`, `ipp.types`, also `ipp types`.
fn show(typed: &str, rest: &str) -> Result<Command, NotUnderstood> {
    let word = typed.to_lowercase();
    let group = SectionGroup::parse(&word).map(Command::Show);
    let alone = group.or_else(|| SectionAddress::parse(&word).map(Command::ShowOne));
    let Some(alone) = alone else { return Err(unknown(typed)) };
    if rest.is_empty() {
        return Ok(alone);
    }
    match SectionAddress::parse(&format!("{word}.{}", rest.to_lowercase())) {
        Some(section) => Ok(Command::ShowOne(section)),
        None => Err(wrong(word.split('.').next().unwrap_or(&word), &word, rest)),
    }
}

fn setup(rest: &str) -> Result<Command, NotUnderstood> {
    match rest {
        "" => Ok(Command::Setup(None)),
        "1" | "2" | "3" => Ok(Command::Setup(rest.parse().ok())),
        _ => Err(wrong("setup", "setup", rest)),
    }
}

fn edit(rest: &str) -> Result<Command, NotUnderstood> {
    let (word, request) = split(courtesy::without_article(rest));
    let section = section_in(word, "edit")?;
    let request = request.trim_start_matches([':', ',']).trim_start();
    let request = (!request.is_empty()).then(|| request.to_owned());
    Ok(Command::Edit { section, request })
}

fn generate(rest: &str) -> Result<Command, NotUnderstood> {
    let word = rest.to_lowercase();
    if word == "all" {
        return Ok(Command::Generate(SectionAddress::ALL.to_vec()));
    }
    if let Some(group) = SectionGroup::parse(&word) {
        return Ok(Command::Generate(group.addresses()));
    }
    section_in(rest, "generate").map(|section| Command::Generate(vec![section]))
}

fn restore(rest: &str) -> Result<Command, NotUnderstood> {
    let (word, number) = split(courtesy::without_article(rest));
    let section = section_in(word, "restore")?;
    // `2`, `r2`, `#2`, `revision 2`
    let digits = number.trim_start_matches(|c: char| c.is_alphabetic() || " #".contains(c));
    let revision = digits.parse().ok().filter(|number| *number > 0);
    let said = format!("restore {section}");
    revision
        .map(|revision| Command::Restore { section, revision })
        .ok_or_else(|| unfit("restore", &said, number))
}

fn tam(rest: &str) -> Result<Command, NotUnderstood> {
    let (word, more) = split(rest);
    match (word.to_lowercase().as_str(), more) {
        ("", _) => Ok(Command::Show(SectionGroup::Tam)),
        ("ask", "") => Err(incomplete("tam ask")),
        ("ask", question) => Ok(Command::TamAsk(question.to_owned())),
        ("set", "") => Err(incomplete("tam set")),
        ("set", settings) => Ok(Command::TamSet(settings.to_owned())),
        _ => Err(unknown(&format!("tam {word}"))),
    }
}

fn report(rest: &str) -> Result<Command, NotUnderstood> {
    let (kind, more) = split(rest);
    if kind.is_empty() {
        return Err(incomplete("report"));
    }
    let view = match split(more) {
        ("", _) => None,
        (word, name) if word.eq_ignore_ascii_case("view") && !name.is_empty() => {
            Some(name.to_owned())
        }
        _ => return Err(wrong("report", &format!("report {kind}"), more)),
    };
    Ok(Command::Report { kind: kind.to_lowercase(), view })
}

fn schedule(rest: &str) -> Result<Command, NotUnderstood> {
    let (word, more) = split(rest);
    let change = match word.to_lowercase().as_str() {
        "" => return Err(incomplete("schedule")),
        "pause" => ScheduleChange::Pause,
        "resume" => ScheduleChange::Resume,
        "remove" | "delete" => ScheduleChange::Remove,
        "list" => return Ok(Command::Schedules),
        _ => return Ok(Command::Schedule(rest.to_owned())),
    };
    let number = more.parse().ok().filter(|number| *number > 0);
    number
        .map(|number| Command::ScheduleChange { change, number })
        .ok_or_else(|| unfit("schedule pause", &format!("schedule {}", word.to_lowercase()), more))
}

fn members(rest: &str) -> Result<Command, NotUnderstood> {
    let (word, more) = split(rest);
    if word.is_empty() {
        return Ok(Command::Members);
    }
    let (person, role) = more.rsplit_once(char::is_whitespace).unwrap_or((more, ""));
    if !word.eq_ignore_ascii_case("role") {
        return Err(wrong("members", "members", word));
    }
    if person.is_empty() || role.is_empty() {
        return Err(incomplete("members role"));
    }
    Ok(Command::MemberRole { person: person.trim().to_owned(), role: role.to_lowercase() })
}

fn section_in(word: &str, command: &str) -> Result<SectionAddress, NotUnderstood> {
    let word = courtesy::without_article(word.trim()).trim_end_matches([':', ',', ';']);
    let lower = word.to_lowercase();
    if lower.is_empty() {
        return Err(incomplete(command));
    }
    if let Some(section) = SectionAddress::parse(&lower) {
        return Ok(section);
    }
    match SectionGroup::parse(&lower) {
        Some(group) => match group.addresses()[..] {
            [only] => Ok(only),
            _ => Err(NotUnderstood::WhichSection(group)),
        },
        None => Err(NotUnderstood::NoSection {
            nearest: nearest_section(&lower),
            word: word.to_owned(),
        }),
    }
}

fn only(rest: &str, name: &str, command: Command) -> Result<Command, NotUnderstood> {
    let said = if name.is_empty() { "home" } else { name };
    if rest.is_empty() { Ok(command) } else { Err(wrong(name, said, rest)) }
}

fn incomplete(name: &str) -> NotUnderstood {
    unfit(name, name, "")
}

/// What stands behind the words of a command is wrong, or missing.
fn unfit(name: &str, said: &str, word: &str) -> NotUnderstood {
    if !word.is_empty() {
        return wrong(name, said, word);
    }
    row(name).map_or_else(
        || unknown(said),
        |row| NotUnderstood::Incomplete { row, said: said.to_owned() },
    )
}

fn wrong(name: &str, said: &str, word: &str) -> NotUnderstood {
    let word = word.chars().take(60).collect();
    row(name).map_or_else(
        || unknown(said),
        |row| NotUnderstood::Wrong { row, said: said.to_owned(), word },
    )
}

fn unknown(word: &str) -> NotUnderstood {
    let rows = TABLE.iter().filter(|row| !row.name.is_empty()).map(|row| (row.name, row));
    let nearest = nearest(&word.to_lowercase(), rows, |name| name.len().div_ceil(3));
    NotUnderstood::Unknown { word: word.chars().take(60).collect(), nearest }
}

/// The row of this name.
#[must_use]
pub fn row(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.name == name)
}

fn nearest_section(word: &str) -> Option<SectionAddress> {
    let sections = SectionAddress::ALL.iter().map(|section| (section.as_str(), *section));
    nearest(word, sections, |_| 2)
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_of_the_table_is_understood() {
        for row in TABLE {
            let words = row.example.strip_prefix("/strategy").unwrap();
            assert!(parse(words).is_ok(), "{}: {:?}", row.example, parse(words));
        }
    }

    #[test]
    fn a_slip_of_the_finger_gets_the_nearest_command() {
        let nearest = |text| match parse(text) {
            Err(NotUnderstood::Unknown { nearest, .. }) => nearest.map(|row| row.name),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(nearest("hepl"), Some("help"));
        assert_eq!(nearest("genrate icp"), Some("generate"));
        assert_eq!(nearest("histroy icp"), Some("history"));
        assert_eq!(nearest("banana"), None);
    }

    #[test]
    fn a_group_of_several_sections_asks_which_one() {
        assert_eq!(parse("edit ipp"), Err(NotUnderstood::WhichSection(SectionGroup::Ipp)));
        assert!(matches!(
            parse("edit icp"),
            Ok(Command::Edit { section: SectionAddress::Icp, .. })
        ));
    }

    #[test]
    fn the_word_that_is_wrong_is_named() {
        for (text, after, word) in [
            ("icp now", "icp", "now"),
            ("schedules x", "schedules", "x"),
            ("Schedule Resume x", "schedule resume", "x"),
            ("restore icp two", "restore icp", "two"),
            ("setup 4", "setup", "4"),
            ("members list", "members", "list"),
            ("home now", "home", "now"),
        ] {
            let Err(NotUnderstood::Wrong { said, word: named, .. }) = parse(text) else {
                panic!("{text}: {:?}", parse(text))
            };
            assert_eq!((said.as_str(), named.as_str()), (after, word), "{text}");
        }
        let missing = parse("schedule resume");
        assert!(
            matches!(missing, Err(NotUnderstood::Incomplete { said, .. }) if said == "schedule resume")
        );
        assert_eq!(parse("IPP types"), Ok(Command::ShowOne(SectionAddress::IppTypes)));
    }

    #[test]
    fn commands_are_understood_however_people_dress_them() {
        let icp = Command::Show(SectionGroup::Icp);
        let restore = Command::Restore { section: SectionAddress::Icp, revision: 1 };
        let narrow = Command::Edit {
            section: SectionAddress::Icp,
            request: Some("narrow \"A B\" to C, please".to_owned()),
        };
        for (said, meant) in [
            (": icp", &icp),
            ("@Attaché: icp", &icp),
            ("@attache, icp", &icp),
            ("Attaché icp", &icp),
            ("show icp", &icp),
            ("Show me the ICP, please!", &icp),
            ("hi attaché, can you show us the icp? Thanks", &icp),
            ("*icp*", &icp),
            ("`icp`", &icp),
            ("_icp_", &icp),
            ("\"icp\"", &icp),
            ("“icp”", &icp),
            ("„icp“.", &icp),
            ("\"*icp*\"", &icp),
            ("«icp»", &icp),
            ("‘icp’", &icp),
            ("\u{200b}i\u{200d}cp\u{feff}", &icp),
            ("\u{a0}ICP\u{a0}", &icp),
            ("/strategy /strategy icp", &icp),
            ("/Strategy  /STRATEGY\ticp", &icp),
            ("@Attaché @Attaché icp", &icp),
            ("icp thank you", &icp),
            ("icp, thanks a lot.", &icp),
            ("restore icp #1", &restore),
            ("restore  ICP  r1", &restore),
            ("restore icp revision 1", &restore),
            ("please restore the \"icp\" #1!", &restore),
            ("edit icp: narrow \"A B\" to C, please", &narrow),
            ("Edit the ICP, narrow \"A B\" to C, please", &narrow),
            ("*edit icp* narrow \"A B\" to C, please", &narrow),
            ("`edit` \"icp\": narrow \"A B\" to C, please", &narrow),
        ] {
            assert_eq!(parse(said).as_ref(), Ok(meant), "{said}");
        }
        for (said, meant) in [
            ("open the schedules", Command::Schedules),
            ("list schedules, please", Command::Schedules),
            ("\"schedules\"", Command::Schedules),
            ("Help me", Command::Help),
            ("history of the icp", Command::History(SectionAddress::Icp)),
            (
                "report quarterly please",
                Command::Report { kind: "quarterly".to_owned(), view: None },
            ),
        ] {
            assert_eq!(parse(said), Ok(meant), "{said}");
        }
    }

    #[test]
    fn courtesy_is_no_part_of_what_is_not_understood() {
        let wrong = |text| match parse(text) {
            Err(NotUnderstood::Unknown { word, .. }) => word,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(wrong("banana"), "banana");
        assert_eq!(parse(&"x".repeat(LONGEST + 1)), Err(NotUnderstood::TooLong));
    }

    #[test]
    fn a_request_keeps_its_own_letters() {
        let edit = parse("EDIT ICP narrow the company size to 50–500 employees in DACH").unwrap();
        let request = Some("narrow the company size to 50–500 employees in DACH".to_owned());
        assert_eq!(edit, Command::Edit { section: SectionAddress::Icp, request });
    }

    #[test]
    fn any_words_are_read_without_a_panic() {
        proptest::proptest!(|(text in "\\PC{0,80}")| {
            let _ = parse(&text);
        });
    }
}
