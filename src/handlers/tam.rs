//! Partner TAM: shares, ACVs and accounts saved at once with undo; questions about their basis.

use std::collections::BTreeMap;

use crate::conversation::button::Click;
use crate::conversation::card::Card;
use crate::conversation::command::{self, Command};
use crate::conversation::form::FieldError;
use crate::conversation::inbound::{Inbound, Said};
use crate::conversation::words;
use crate::drafting::Drafter;
use crate::drafting::brief::Question;
use crate::drafting::rules::RulesDrafter;
use crate::handlers::audit::zone_of;
use crate::handlers::desk::Deed;
use crate::handlers::draft;
use crate::handlers::history::append;
use crate::handlers::proposal_card;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::numbers::Meant;
use crate::proposals::diff::diff;
use crate::proposals::revision::Origin;
use crate::store::inbox;
use crate::store::sections::{self, Appended, NewRevision, Section};
use crate::strategy::address::SectionAddress;
use crate::strategy::apply::apply;
use crate::strategy::document::Document;
use crate::strategy::drafted::DraftedBy;
use crate::strategy::enter::{self, NotRead};
use crate::strategy::money::Currency;
use crate::strategy::operation::{Basis, Operation};
use crate::strategy::opportunity::opportunity;
use crate::strategy::tam::Tam;

/// `/strategy tam set solutions share=15% acv=40000`
pub async fn set(scene: &mut Scene<'_>, text: &str) -> Handled {
    scene.may(Act::Edit)?;
    let section = current(scene).await?;
    let settings = read_settings(text).map_err(|why| Trouble::mend(words::tam::not_read(&why)))?;
    let doubts = enter::doubts(&section.document, &settings);
    if doubts.is_empty() {
        return change(scene, section, &Wanted::Values(settings)).await;
    }
    let (platform, key) = (scene.inbound.who.platform, &scene.inbound.key);
    let heard = inbox::id(&mut scene.desk.tx, platform, key).await?;
    let heard = heard.ok_or_else(|| Trouble::ours("a request without its row"))?;
    let click = |meant| Click::SetAs { meant, heard, revision: section.revision };
    scene.whisper(words::number::which(&doubts, click)).await
}

/// One of the two readings of a number, pressed: exactly that is set, while nobody changed anything
/// since it was asked.
pub async fn set_as(scene: &mut Scene<'_>, meant: Meant, (heard, revision): (i64, i64)) -> Handled {
    scene.may(Act::Edit)?;
    let settings = asked_then(scene, heard).await?;
    let section = current(scene).await?;
    let settings = enter::settled(&section.document, settings, meant);
    let same = enter::operations(&section.document, &settings).is_ok_and(|all| all.is_empty());
    if section.revision != revision && !same {
        return Err(Trouble::mend(words::tam::moved_since(section.revision)));
    }
    change(scene, section, &Wanted::Values(settings)).await
}

/// What this person asked for in an earlier request.
async fn asked_then(scene: &mut Scene<'_>, heard: i64) -> Handled<BTreeMap<String, String>> {
    let too_old = || Trouble::mend(words::number::too_old());
    let platform = scene.inbound.who.platform;
    let payload = inbox::payload(&mut scene.desk.tx, heard, platform).await?;
    let then = payload.and_then(|payload| serde_json::from_str::<Inbound>(&payload).ok());
    let then = then.ok_or_else(too_old)?;
    let (who, now) = (&then.who, &scene.inbound.who);
    if (&who.user, &who.team, &then.place.team) != (&now.user, &now.team, &scene.inbound.place.team)
    {
        return Err(Trouble::mend(words::number::somebody_else_s()));
    }
    let (Said::Command(text) | Said::Message { text, .. }) = &then.said else {
        return Err(too_old());
    };
    match command::parse(text) {
        Ok(Command::TamSet(settings)) => read_settings(&settings).map_err(|_| too_old()),
        _ => Err(too_old()),
    }
}

/// *Change share or ACV*: every assumption in one form.
pub async fn open_form(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Edit)?;
    let section = current(scene).await?;
    let fields = section.document.fields();
    let numbers = fields.iter().filter(|field| field.basis.is_some());
    let fields = numbers.map(|f| (f.key.clone(), f.label.clone(), f.value.written())).collect();
    scene.open(words::tam::form(section.revision, fields)).await
}

/// The form, sent: what differs from the revision that it showed is changed.
pub async fn submitted(
    scene: &mut Scene<'_>,
    shown: Option<i64>,
    fields: &BTreeMap<String, String>,
) -> Handled {
    scene.may(Act::Edit)?;
    let section = current(scene).await?;
    let out_of_date = || Trouble::mend(words::tam::form_out_of_date());
    let workspace = scene.desk.workspace.id.clone();
    let tam = SectionAddress::Tam;
    let shown = shown.ok_or_else(out_of_date)?;
    let shown = sections::revision(&mut scene.desk.tx, &workspace, tam, shown).await?;
    let shown = Box::new(shown.ok_or_else(out_of_date)?.document);
    change(scene, section, &Wanted::Form { shown, fields: fields.clone() }).await
}

/// What somebody wants to stand there.
enum Wanted {
    /// Exactly these values, as they were named.
    Values(BTreeMap<String, String>),
    /// What was changed in a form that showed this.
    Form { shown: Box<Document>, fields: BTreeMap<String, String> },
}

impl Wanted {
    fn source(&self) -> &str {
        let (Self::Values(all) | Self::Form { fields: all, .. }) = self;
        all.get("source").map_or("", |text| text.trim())
    }

    /// With a source a value is set even where it stands already: so it is confirmed.
    fn operations(&self, present: &Document) -> Result<Vec<Operation>, NotRead> {
        match self {
            Self::Values(values) if self.source().is_empty() => enter::operations(present, values),
            Self::Values(values) => enter::every(present, values),
            Self::Form { shown, fields } => enter::operations(shown, fields),
        }
    }
}

/// How often a change is made anew on what somebody else wrote in the same moment.
const TRIES: usize = 5;

/// Applies named values to the present revision: a change of another cell in the same moment
/// survives, because only the named ones are written, anew if need be.
async fn change(scene: &mut Scene<'_>, mut section: Section, wanted: &Wanted) -> Handled {
    for _ in 0..TRIES {
        if try_change(scene, &section, wanted).await? {
            return Ok(());
        }
        section = current(scene).await?;
    }
    Err(Trouble::mend(words::section::moved_meanwhile(SectionAddress::Tam)))
}

/// False when somebody else wrote the section after it was read.
async fn try_change(scene: &mut Scene<'_>, section: &Section, wanted: &Wanted) -> Handled<bool> {
    let basis = Basis::given(wanted.source(), scene.member.name.clone(), scene.today());
    let operations = wanted
        .operations(&section.document)
        .map_err(|error| Trouble::mend(words::tam::not_read(&words::ended(&error.to_string()))))?;
    let operations: Vec<Operation> = operations
        .into_iter()
        .map(|operation| operation.attributed(SectionAddress::Tam, &basis))
        .collect();
    let changed = apply(&section.document, &operations).map_err(|error| {
        Trouble::mend(words::tam::not_read(&words::ended(&error.reason.to_string())))
    })?;
    let moved = diff(&section.document, &changed);
    if moved.changes.is_empty() {
        return Err(Trouble::mend(words::tam::same_already()));
    }
    let new = revision_of(scene, section, changed.clone(), Origin::Set);
    let Appended::Revision(revision) = sections::append(&mut scene.desk.tx, &new).await? else {
        return Ok(false);
    };
    audit_set(scene, section.revision, revision).await?;
    let zone = zone_of(&scene.desk.workspace.zone);
    let when = words::moment(scene.now(), &zone);
    let shown = moved.changes.into_iter().map(proposal_card::change).collect();
    scene.whisper(words::tam::saved(shown, revision, &when, &total(&changed))).await?;
    Ok(true)
}

/// *Undo*: only while nothing came after it.
pub async fn undo(scene: &mut Scene<'_>, revision: i64) -> Handled {
    scene.may(Act::Edit)?;
    let section = current(scene).await?;
    let workspace = scene.desk.workspace.id.clone();
    if section.revision != revision {
        let (tx, tam) = (&mut scene.desk.tx, SectionAddress::Tam);
        let next = sections::revision(tx, &workspace, tam, revision + 1).await?;
        let before = sections::revision(tx, &workspace, tam, revision - 1).await?;
        let undone = next.zip(before).is_some_and(|(next, before)| {
            next.origin == Origin::Restore && next.document == before.document
        });
        return Err(Trouble::mend(if undone {
            words::tam::undone_already()
        } else {
            words::tam::cannot_undo(section.revision)
        }));
    }
    let before =
        sections::revision(&mut scene.desk.tx, &workspace, SectionAddress::Tam, revision - 1)
            .await?;
    let Some(before) = before else {
        return Err(Trouble::mend(words::tam::cannot_undo(section.revision)));
    };
    let new = revision_of(scene, &section, before.document, Origin::Restore);
    let revision = append(scene, &new).await?;
    audit_set(scene, section.revision, revision).await?;
    scene.whisper(Card::sentence(words::tam::undone(revision))).await
}

/// `/strategy tam ask <question>`: the recorded basis, never a guess.
pub async fn ask(scene: &mut Scene<'_>, question: &str) -> Handled {
    scene.may(Act::Read)?;
    let section = current(scene).await?;
    let facts = draft::facts(&section.document, &[]);
    let asked = Question { document: section.document, text: question.to_owned(), facts };
    let answer = RulesDrafter.answer(&asked).await;
    let answer =
        answer.map_err(|error| Trouble::mend(words::tam::not_answered(&error.to_string())))?;
    scene.whisper(words::edit::answer(&answer.text)).await
}

fn revision_of(
    scene: &Scene<'_>,
    section: &Section,
    document: Document,
    origin: Origin,
) -> NewRevision {
    NewRevision {
        workspace: scene.desk.workspace.id.clone(),
        address: SectionAddress::Tam,
        base_revision: section.revision,
        document,
        author: scene.member.id.clone(),
        author_name: scene.member.name.clone(),
        origin,
        drafted_by: DraftedBy::Person,
        proposal: None,
        note: String::new(),
        at: scene.now(),
    }
}

async fn audit_set(scene: &mut Scene<'_>, before: i64, after: i64) -> Handled {
    let deed = Deed {
        action: "section.set",
        subject_kind: "section",
        subject_id: SectionAddress::Tam.as_str(),
        before: Some(before),
        after: Some(after),
        detail: String::new(),
    };
    scene.audit(deed).await
}

async fn current(scene: &mut Scene<'_>) -> Handled<Section> {
    let workspace = scene.desk.workspace.id.clone();
    let tam = SectionAddress::Tam;
    sections::current(&mut scene.desk.tx, &workspace, tam)
        .await?
        .ok_or_else(|| Trouble::mend(words::trouble::never_written(tam)))
}

fn total(document: &Document) -> String {
    match document {
        Document::Tam(tam) => opportunity(tam).total.to_string(),
        _ => String::new(),
    }
}

/// `solutions share=15% acv=40 000`, `accounts=4000 source="industry register"`.
fn read_settings(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut settings: BTreeMap<String, String> = BTreeMap::new();
    let mut category = None;
    let mut last = String::new();
    for word in words_of(text)? {
        match word.split_once('=') {
            None if category.is_none() && settings.is_empty() => {
                category = Some(word.to_lowercase());
            }
            // `15 %`, `1,5 Mio`: a number goes on behind a space. A source does so in quotes.
            None => match settings.get_mut(&last).filter(|_| last != "source") {
                Some(value) => *value = format!("{value} {word}"),
                None => return Err(format!("I could not read \"{word}\".")),
            },
            Some((name, value)) => {
                let name = name.trim().to_lowercase();
                let key = match (name.as_str(), &category) {
                    ("accounts" | "source", _) => name,
                    ("share" | "acv", Some(category)) => format!("{category}.{name}"),
                    ("share" | "acv", None) => {
                        return Err("Which category: solutions, technology or sales?".to_owned());
                    }
                    _ => return Err(format!("There is no \"{name}\" to set.")),
                };
                settings.insert(key.clone(), value.to_owned());
                last = key;
            }
        }
    }
    let known = ["solutions", "technology", "sales"];
    match category {
        Some(word) if !known.contains(&word.as_str()) => {
            Err(format!("There is no category \"{word}\". There are {}.", known.join(", ")))
        }
        _ if settings.keys().all(|key| key == "source") => {
            Err("Nothing was named to set.".to_owned())
        }
        _ => Ok(settings),
    }
}

/// Words, with `"…"` (also curly quotes) and what stands around `=` kept together.
fn words_of(text: &str) -> Result<Vec<String>, String> {
    let plain = text.replace(['“', '”', '„'], "\"");
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in plain.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if words.last().is_some_and(|word| !word.is_empty() && !word.ends_with('=')) {
                    words.push(String::new());
                }
            }
            c => {
                let begins = words.last().is_some_and(String::is_empty);
                if c == '=' && !quoted && begins && words.len() > 1 {
                    words.pop();
                }
                words.last_mut().expect("there is always a word").push(c);
            }
        }
    }
    if quoted {
        return Err("A quotation mark is not closed.".to_owned());
    }
    Ok(words.into_iter().filter(|word| !word.is_empty()).collect())
}

/// What of the form does not read, before anything is written.
#[must_use]
pub fn faults(fields: &BTreeMap<String, String>) -> Vec<FieldError> {
    let any = Document::Tam(Tam::starting(Currency::USD));
    let mut faults = Vec::new();
    for (name, text) in fields {
        let Some(field) = any.field(name) else { continue };
        if let Err(error) = enter::read(&any, &field, text) {
            faults.push(FieldError { field: name.clone(), text: words::ended(&error.to_string()) });
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_read_with_and_without_a_category() {
        let read = |text| read_settings(text).unwrap().into_iter().collect::<Vec<_>>();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            read("solutions share=15% acv=40000"),
            [pair("solutions.acv", "40000"), pair("solutions.share", "15%")]
        );
        assert_eq!(
            read("accounts=4000 source=“industry register”"),
            [pair("accounts", "4000"), pair("source", "industry register")]
        );
        assert_eq!(
            read("solutions share = 15\u{a0}% acv=$1.5 million"),
            [pair("solutions.acv", "$1.5 million"), pair("solutions.share", "15 %")]
        );
        for wrong in [
            "share=15%",
            "banana share=1%",
            "solutions",
            "source=\"x",
            "sales tier=4",
            "accounts=4 source=x y",
        ] {
            assert!(read_settings(wrong).is_err(), "{wrong}");
        }
    }
}
