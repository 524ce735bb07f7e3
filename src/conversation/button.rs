//! What a press and a sent form carry: opaque ids only, read back to a closed set.
//!
//! Tokens live in old messages for ever, so a word that was once given out is never reused for
//! another meaning.

use crate::ids::{ProposalId, ReportId, ScheduleId, ThreadId};
use crate::numbers::Meant;
use crate::strategy::address::SectionAddress;

/// A press of one of our buttons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Click {
    Accept(ProposalId),
    /// Opens [`Sheet::EditAndAccept`].
    EditAndAccept(ProposalId),
    /// Opens [`Sheet::Refine`].
    Refine(ProposalId),
    Discard(ProposalId),
    /// Every word of a long proposal, privately.
    ShowAll(ProposalId),
    /// Makes the stale proposal's change anew on the present revision.
    Rebase(ProposalId),
    /// Opens an edit thread for the section.
    Edit(SectionAddress),
    Show(SectionAddress),
    History(SectionAddress),
    Generate(SectionAddress),
    /// Puts an earlier revision back, as a new one.
    Restore(SectionAddress, i64),
    /// Takes the last direct change of the partner TAM back, as a new revision.
    UndoTam(i64),
    /// Opens [`Sheet::Tam`].
    ChangeTam,
    /// What a number in a direct change of the partner TAM meant: the request that named it, and
    /// the revision that stood then.
    SetAs {
        meant: Meant,
        heard: i64,
        revision: i64,
    },
    /// What a number in a turn of an edit thread meant.
    AskAs {
        meant: Meant,
        thread: ThreadId,
        turn: i64,
    },
    /// Opens the first step of [`Sheet::Setup`].
    Setup,
    /// Opens one step of it, from 1, with what was answered before.
    SetupStep(u8),
    LoadSample,
    Home,
    Help,
    /// Asks where the quarterly review of the closed quarter is to be posted.
    QuarterlyReport,
    /// Makes it, under this id, and posts it where it was pressed.
    PostReport(ReportId),
    /// Makes it, under this id, for the person alone.
    ReportForMe(ReportId),
    /// Posts a report that could not be posted.
    PostAgain(ReportId),
    /// Sends the deck of a report that stands without it.
    SendDeck(ReportId),
    PauseSchedule(ScheduleId),
    ResumeSchedule(ScheduleId),
    RemoveSchedule(ScheduleId),
}

/// A form of ours, sent back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sheet {
    EditAndAccept(ProposalId),
    Refine(ProposalId),
    /// One of the three steps of the setup, from 1.
    Setup(u8),
    /// The assumptions of the partner TAM, with the revision that it shows; none in a form of an
    /// earlier release.
    Tam(Option<i64>),
}

impl Click {
    /// The text to put on the platform.
    #[must_use]
    pub fn token(&self) -> String {
        match self {
            Self::Accept(id) => format!("accept {id}"),
            Self::EditAndAccept(id) => format!("edit-accept {id}"),
            Self::Refine(id) => format!("refine {id}"),
            Self::Discard(id) => format!("discard {id}"),
            Self::ShowAll(id) => format!("show-all {id}"),
            Self::Rebase(id) => format!("rebase {id}"),
            Self::Edit(section) => format!("edit {}", section.as_str()),
            Self::Show(section) => format!("show {}", section.as_str()),
            Self::History(section) => format!("history {}", section.as_str()),
            Self::Generate(section) => format!("generate {}", section.as_str()),
            Self::Restore(section, revision) => format!("restore {} {revision}", section.as_str()),
            Self::UndoTam(revision) => format!("undo-tam {revision}"),
            Self::ChangeTam => "change-tam".to_owned(),
            Self::SetAs { meant, heard, revision } => {
                format!("set-{} {heard} {revision}", meaning(*meant))
            }
            Self::AskAs { meant, thread, turn } => {
                format!("ask-{} {thread} {turn}", meaning(*meant))
            }
            Self::Setup => "setup".to_owned(),
            Self::SetupStep(step) => format!("setup-step {step}"),
            Self::LoadSample => "load-sample".to_owned(),
            Self::Home => "home".to_owned(),
            Self::Help => "help".to_owned(),
            Self::QuarterlyReport => "report-quarterly".to_owned(),
            Self::PostReport(id) => format!("report-post {id}"),
            Self::ReportForMe(id) => format!("report-mine {id}"),
            Self::PostAgain(id) => format!("report-again {id}"),
            Self::SendDeck(id) => format!("deck-again {id}"),
            Self::PauseSchedule(id) => format!("schedule-pause {id}"),
            Self::ResumeSchedule(id) => format!("schedule-resume {id}"),
            Self::RemoveSchedule(id) => format!("schedule-remove {id}"),
        }
    }

    /// Reads a token back; `None` for anything we never made.
    #[must_use]
    pub fn read(token: &str) -> Option<Self> {
        let mut words = token.split(' ');
        let word = words.next()?;
        let (first, second) = (words.next(), words.next());
        if words.next().is_some() {
            return None;
        }
        match (first, second) {
            (None, None) => Self::read_plain(word),
            (Some(subject), None) => Self::read_with(word, subject),
            (Some(subject), Some(number)) => {
                Self::read_numbered(word, subject, number.parse().ok()?)
            }
            _ => None,
        }
    }

    fn read_plain(word: &str) -> Option<Self> {
        Some(match word {
            "change-tam" => Self::ChangeTam,
            "setup" => Self::Setup,
            "load-sample" => Self::LoadSample,
            "home" => Self::Home,
            "help" => Self::Help,
            "report-quarterly" => Self::QuarterlyReport,
            _ => return None,
        })
    }

    fn read_numbered(word: &str, subject: &str, number: i64) -> Option<Self> {
        if word == "restore" {
            return Some(Self::Restore(SectionAddress::parse(subject)?, number));
        }
        let meant = |word: &str| MEANINGS.iter().find(|(_, known)| *known == word);
        if let Some((meant, _)) = word.strip_prefix("set-").and_then(meant) {
            let heard = subject.parse().ok()?;
            return Some(Self::SetAs { meant: *meant, heard, revision: number });
        }
        let (meant, _) = word.strip_prefix("ask-").and_then(meant)?;
        let thread = ThreadId::from_stored(id_like(subject)?);
        Some(Self::AskAs { meant: *meant, thread, turn: number })
    }

    fn read_with(word: &str, subject: &str) -> Option<Self> {
        let proposal = || id_like(subject).map(ProposalId::from_stored);
        let schedule = || id_like(subject).map(ScheduleId::from_stored);
        let report = || id_like(subject).map(ReportId::from_stored);
        let section = || SectionAddress::parse(subject);
        match word {
            "accept" => proposal().map(Self::Accept),
            "edit-accept" => proposal().map(Self::EditAndAccept),
            "refine" => proposal().map(Self::Refine),
            "discard" => proposal().map(Self::Discard),
            "show-all" => proposal().map(Self::ShowAll),
            "rebase" => proposal().map(Self::Rebase),
            "edit" => section().map(Self::Edit),
            "show" => section().map(Self::Show),
            "history" => section().map(Self::History),
            "generate" => section().map(Self::Generate),
            "setup-step" => step(subject).map(Self::SetupStep),
            "undo-tam" => subject.parse().ok().map(Self::UndoTam),
            "report-post" => report().map(Self::PostReport),
            "report-mine" => report().map(Self::ReportForMe),
            "report-again" => report().map(Self::PostAgain),
            "deck-again" => report().map(Self::SendDeck),
            "schedule-pause" => schedule().map(Self::PauseSchedule),
            "schedule-resume" => schedule().map(Self::ResumeSchedule),
            "schedule-remove" => schedule().map(Self::RemoveSchedule),
            _ => None,
        }
    }

    /// Pressing it opens a form, which platforms may have to answer in another way.
    #[must_use]
    pub fn opens_form(&self) -> bool {
        matches!(
            self,
            Self::EditAndAccept(_)
                | Self::Refine(_)
                | Self::ChangeTam
                | Self::Setup
                | Self::SetupStep(_)
        )
    }
}

impl Sheet {
    /// The text to put on the platform.
    #[must_use]
    pub fn token(&self) -> String {
        match self {
            Self::EditAndAccept(id) => format!("edit-accept {id}"),
            Self::Refine(id) => format!("refine {id}"),
            Self::Setup(step) => format!("setup {step}"),
            Self::Tam(None) => "tam".to_owned(),
            Self::Tam(Some(revision)) => format!("tam {revision}"),
        }
    }

    /// Reads a token back; `None` for anything we never made.
    #[must_use]
    pub fn read(token: &str) -> Option<Self> {
        match token.split_once(' ') {
            None => (token == "tam").then_some(Self::Tam(None)),
            Some(("tam", revision)) => revision.parse().ok().map(|shown| Self::Tam(Some(shown))),
            Some(("edit-accept", id)) => {
                Some(Self::EditAndAccept(ProposalId::from_stored(id_like(id)?)))
            }
            Some(("refine", id)) => Some(Self::Refine(ProposalId::from_stored(id_like(id)?))),
            Some(("setup", step)) => self::step(step).map(Self::Setup),
            Some(_) => None,
        }
    }
}

const MEANINGS: [(Meant, &str); 2] =
    [(Meant::Thousands, "thousands"), (Meant::Decimals, "decimals")];

fn meaning(meant: Meant) -> &'static str {
    MEANINGS.iter().find(|(known, _)| *known == meant).map_or("", |(_, word)| word)
}

/// One of the three steps of the setup.
fn step(text: &str) -> Option<u8> {
    text.parse().ok().filter(|step| (1..=3).contains(step))
}

/// An id of ours is 36 characters of hexadecimal digits and dashes.
fn id_like(text: &str) -> Option<&str> {
    let fits = text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    fits.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_button_reads_back_as_it_was_made() {
        let id = "0197f5a0-0000-7000-8000-000000000001";
        let proposal = || ProposalId::from_stored(id);
        for click in [
            Click::Accept(proposal()),
            Click::EditAndAccept(proposal()),
            Click::Refine(proposal()),
            Click::Discard(proposal()),
            Click::ShowAll(proposal()),
            Click::Rebase(proposal()),
            Click::Edit(SectionAddress::Icp),
            Click::Restore(SectionAddress::Tam, 7),
            Click::SetupStep(2),
            Click::UndoTam(3),
            Click::SetAs { meant: Meant::Decimals, heard: 12, revision: 3 },
            Click::AskAs { meant: Meant::Thousands, thread: ThreadId::from_stored(id), turn: 2 },
            Click::LoadSample,
            Click::PauseSchedule(ScheduleId::from_stored(id)),
            Click::PostReport(ReportId::from_stored(id)),
            Click::ReportForMe(ReportId::from_stored(id)),
            Click::PostAgain(ReportId::from_stored(id)),
            Click::SendDeck(ReportId::from_stored(id)),
        ] {
            assert_eq!(Click::read(&click.token()), Some(click));
        }
        for sheet in [
            Sheet::EditAndAccept(proposal()),
            Sheet::Setup(2),
            Sheet::Tam(None),
            Sheet::Tam(Some(7)),
        ] {
            assert_eq!(Sheet::read(&sheet.token()), Some(sheet));
        }
    }

    #[test]
    fn what_we_never_made_is_not_read() {
        for token in
            ["", "accept", "accept x", "accept '; drop table", "setup 9", "restore icp", "home 1"]
        {
            assert_eq!(Click::read(token), None, "{token}");
        }
        assert_eq!(Sheet::read("setup 4"), None);
    }
}
