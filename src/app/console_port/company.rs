//! What the console asks of the workspace: whether it is empty, imports, decks.

use std::sync::Arc;

use super::Ports;
use crate::conversation::card::Card;
use crate::conversation::inbound::Platform;
use crate::conversation::words;
use crate::handlers::desk::{self, Deed};
use crate::handlers::import::{self, File, Turn, Wanted};
use crate::handlers::rights::Act;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::ReportId;
use crate::numbers::Convention;
use crate::partners::import as files;
use crate::platforms::console::port::{
    Asking, Beginnings, Company, Kind, PortError, Sent, TEAM, Taken,
};
use crate::store::{Tx, audit, console, members, partners, reports, sections};
use crate::telemetry;

fn kind(kind: Kind) -> files::Kind {
    match kind {
        Kind::Partners => files::Kind::Partners,
        Kind::Deals => files::Kind::Deals,
        Kind::Activities => files::Kind::Activities,
    }
}

fn failed(trouble: Trouble) -> PortError {
    let ours = match trouble {
        Trouble::Ours(ours) => ours,
        Trouble::Mend(card) | Trouble::Denied { card, .. } => {
            crate::handlers::trouble::Ours::Other(card.fallback)
        }
    };
    if ours.passes() {
        return PortError::Busy;
    }
    PortError::Ours(telemetry::reference(&ours, "the console"))
}

impl Ports {
    async fn empty(&self) -> Handled<bool> {
        let mut reader = self.store.reader().await?;
        let written = sections::all(&mut reader, &self.workspace).await?;
        let imported = partners::partner_ids(&mut reader, &self.workspace).await?;
        Ok(written.is_empty() && imported.is_empty())
    }

    /// The person, when they may change things now. When they may not, that is written down.
    async fn editor(
        &self,
        tx: &mut Tx,
        (person, wanted): (&str, &str),
    ) -> Handled<Option<members::Member>> {
        let who =
            members::by_identity(tx, &self.workspace, Platform::Console, TEAM, person).await?;
        let Some(who) = who else { return Ok(None) };
        if Act::Edit.allows(who.role) {
            return Ok(Some(who));
        }
        let deed = Deed {
            action: "denied",
            subject_kind: "member",
            subject_id: who.id.as_str(),
            detail: format!("wanted to {wanted}"),
            ..Deed::default()
        };
        let mut entry = desk::entry(&self.workspace, self.clock.now_ms(), deed);
        entry.actor_name.clone_from(&who.name);
        audit::add(tx, &entry).await?;
        Ok(None)
    }

    async fn allowed(&self, person: &str, wanted: &str) -> Handled<bool> {
        let mut tx = self.store.begin().await?;
        let editor = self.editor(&mut tx, (person, wanted)).await?;
        tx.commit().await?;
        Ok(editor.is_some())
    }

    async fn may_begin(&self, person: &str) -> Handled<Beginnings> {
        let mut reader = self.store.reader().await?;
        let who =
            members::by_identity(&mut reader, &self.workspace, Platform::Console, TEAM, person)
                .await?;
        let may = |act: Act| who.as_ref().is_some_and(|who| act.allows(who.role));
        Ok(Beginnings { sample: may(Act::Own), setup: may(Act::Edit) })
    }

    /// The right is asked for here, at the moment of the import.
    async fn take(&self, sent: Sent, person: &str) -> Handled<Taken> {
        let Sent { kind: of, bytes, decimal } = sent;
        let mut tx = self.store.begin().await?;
        let wish = format!("import {}", of.as_str());
        let who = self.editor(&mut tx, (person, &wish)).await?;
        tx.commit().await?;
        let Some(who) = who else {
            let least = Act::Edit.least_role().as_str();
            return Ok(refused(words::trouble::not_allowed(Act::Edit.words(), least)));
        };
        let at = self.clock.now_ms();
        let wanted = Wanted {
            file: File {
                kind: kind(of),
                bytes: Arc::new(bytes),
                decimal: Convention::stated(&decimal),
            },
            keep_good: false,
            source: "the console",
            by: &who.name,
            at,
        };
        let taken = import::take(&self.files, &self.workspace, &wanted).await?;
        let applied = taken.as_ref().is_ok_and(|taken| taken.applied);
        Ok(Taken { card: import::card(kind(of), &taken), applied })
    }

    async fn bytes(&self, report: &str, person: &str) -> Handled<Option<(String, Vec<u8>)>> {
        let mut reader = self.store.reader().await?;
        let seen =
            console::views::shows_report(&mut reader, &self.workspace, report, person).await?;
        if !seen {
            return Ok(None);
        }
        let id = ReportId::from_stored(report);
        let about = reports::get(&mut reader, &self.workspace, &id).await?;
        let deck = reports::deck(&mut reader, &self.workspace, &id).await?;
        Ok(about.zip(deck).map(|(about, deck)| (about.file_name, deck)))
    }
}

fn refused(sentence: String) -> Taken {
    Taken { card: Card::sentence(sentence), applied: false }
}

impl Company for Ports {
    fn is_empty(&self) -> Asking<'_, bool> {
        Box::pin(async move { self.empty().await.map_err(failed) })
    }

    fn may_edit<'a>(&'a self, person: &'a str, wanted: &'a str) -> Asking<'a, bool> {
        Box::pin(async move { self.allowed(person, wanted).await.map_err(failed) })
    }

    fn beginnings<'a>(&'a self, person: &'a str) -> Asking<'a, Beginnings> {
        Box::pin(async move { self.may_begin(person).await.map_err(failed) })
    }

    fn import<'a>(&'a self, file: Sent, person: &'a str) -> Asking<'a, Taken> {
        Box::pin(async move { self.take(file, person).await.map_err(failed) })
    }

    fn turn(&self) -> Option<Turn> {
        self.files.turn()
    }

    fn template(&self, of: Kind) -> String {
        files::template(kind(of))
    }

    fn deck<'a>(
        &'a self,
        report: &'a str,
        person: &'a str,
    ) -> Asking<'a, Option<(String, Vec<u8>)>> {
        Box::pin(async move { self.bytes(report, person).await.map_err(failed) })
    }
}
