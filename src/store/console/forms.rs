//! The forms that people have open, each in the tab of the browser that asked for it.
//!
//! A form that was sent stays as a row for a while, so that sending it again, after an answer that
//! was lost on its way, is told from a form that was never taken.

use super::super::ask::{first, json, run, to_json};
use super::super::{Reads, Result, Tx, statements};
use super::messages::number;
use crate::conversation::form::Form;
use crate::conversation::inbound::Place;
use crate::ids::WorkspaceId;

statements! {
    OPEN = "INSERT INTO console_sheet (workspace_id, id, person, tab, about, near, form, sent, at, seq) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9)";
    /// The same form asked for again in the same tab takes the place of the one before.
    REPLACE = "DELETE FROM console_sheet WHERE workspace_id = $1 AND person = $2 AND tab = $3 \
               AND about = $4 AND sent = ''";
    DROP_OLD = "DELETE FROM console_sheet WHERE workspace_id = $1 AND person = $2 AND (at < $3 \
                OR id NOT IN (SELECT k.id FROM console_sheet k WHERE k.workspace_id = $1 \
                AND k.person = $2 ORDER BY k.seq DESC LIMIT $4))";
    IN_TAB = "SELECT id, person, tab, about, near, form, sent, seq FROM console_sheet \
              WHERE workspace_id = $1 AND person = $2 AND tab = $3 AND sent = '' \
              ORDER BY seq DESC LIMIT 1";
    FORM = "SELECT id, person, tab, about, near, form, sent, seq FROM console_sheet \
            WHERE workspace_id = $1 AND id = $2 AND person = $3";
    SEND = "UPDATE console_sheet SET sent = $4 \
            WHERE workspace_id = $1 AND id = $2 AND person = $3 AND sent = ''";
    MOVE = "UPDATE console_sheet SET tab = $4, seq = $5 \
            WHERE workspace_id = $1 AND id = $2 AND person = $3 AND sent = ''";
    CLOSE = "DELETE FROM console_sheet \
             WHERE workspace_id = $1 AND id = $2 AND person = $3 AND sent = ''";
}

/// A form lies open for fourteen days at most, and a person has this many of them.
const KEPT_MS: i64 = 14 * 24 * 60 * 60 * 1000;
const KEPT: i64 = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenForm {
    pub id: String,
    pub person: String,
    /// The tab that asked; `''` for a browser without script.
    pub tab: String,
    /// Which form it is, whenever and wherever it is opened.
    pub about: String,
    pub near: Place,
    pub form: Form,
    /// What it was sent with, hashed, once it was.
    pub sent: Option<String>,
    /// Given by [`open`]; what is passed in is not looked at.
    pub seq: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    person: String,
    tab: String,
    about: String,
    near: String,
    form: String,
    sent: String,
    seq: i64,
}

impl Row {
    fn read(self) -> Result<OpenForm> {
        Ok(OpenForm {
            near: json("a place", &self.near)?,
            form: json("a form", &self.form)?,
            id: self.id,
            person: self.person,
            tab: self.tab,
            about: self.about,
            sent: Some(self.sent).filter(|sent| !sent.is_empty()),
            seq: self.seq,
        })
    }
}

/// Opens a form in its tab. What the person left lying too long, or too much of it, goes.
pub async fn open(tx: &mut Tx, workspace: &WorkspaceId, new: &OpenForm, at: i64) -> Result<()> {
    let (ws, person) = (workspace.as_str(), new.person.as_str());
    let seq = number(tx, workspace).await?;
    let (near, form) = (to_json("a place", &new.near)?, to_json("a form", &new.form)?);
    run!(&mut *tx, REPLACE, ws, person, &new.tab, &new.about)?;
    run!(&mut *tx, OPEN, ws, &new.id, person, &new.tab, &new.about, &near, &form, at, seq)?;
    run!(tx, DROP_OLD, ws, person, at - KEPT_MS, KEPT)?;
    Ok(())
}

/// The form that a tab of this person has open: the one that came last.
pub async fn in_tab(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    person: &str,
    tab: &str,
) -> Result<Option<OpenForm>> {
    let row: Option<Row> = first!(db, IN_TAB, workspace.as_str(), person, tab)?;
    row.map(Row::read).transpose()
}

/// One form of this person, in whatever tab, open or sent.
pub async fn form(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    id: &str,
    person: &str,
) -> Result<Option<OpenForm>> {
    let row: Option<Row> = first!(db, FORM, workspace.as_str(), id, person)?;
    row.map(Row::read).transpose()
}

/// It was sent with this; false when it is not open.
pub async fn send(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (id, person): (&str, &str),
    with: &str,
) -> Result<bool> {
    number(tx, workspace).await?;
    Ok(run!(tx, SEND, workspace.as_str(), id, person, with)? == 1)
}

/// Brings a form into another tab, since its own is gone; false when it is not open.
pub async fn bring(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (id, person): (&str, &str),
    tab: &str,
) -> Result<bool> {
    let seq = number(tx, workspace).await?;
    Ok(run!(tx, MOVE, workspace.as_str(), id, person, tab, seq)? == 1)
}

/// Closes a form; false when it is not open.
pub async fn close(tx: &mut Tx, workspace: &WorkspaceId, id: &str, person: &str) -> Result<bool> {
    number(tx, workspace).await?;
    Ok(run!(tx, CLOSE, workspace.as_str(), id, person)? == 1)
}
