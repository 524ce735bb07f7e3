//! The one form that each person may have open.

use super::super::ask::{first, json, run, to_json};
use super::super::{Reads, Result, Tx, statements};
use super::messages::number;
use crate::conversation::form::Form;
use crate::conversation::inbound::Place;
use crate::ids::WorkspaceId;

statements! {
    OPEN = "INSERT INTO console_form (workspace_id, person, id, near, form, at, seq) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) \
            ON CONFLICT (workspace_id, person) DO UPDATE SET id = excluded.id, \
            near = excluded.near, form = excluded.form, at = excluded.at, seq = excluded.seq";
    FORM = "SELECT id, person, near, form, seq FROM console_form \
            WHERE workspace_id = $1 AND person = $2";
    CLOSE = "DELETE FROM console_form WHERE workspace_id = $1 AND id = $2 AND person = $3";
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenForm {
    pub id: String,
    pub person: String,
    pub near: Place,
    pub form: Form,
    /// Given by [`open`]; what is passed in is not looked at.
    pub seq: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    person: String,
    near: String,
    form: String,
    seq: i64,
}

/// Opens a form in place of the one that the person may have open.
pub async fn open(tx: &mut Tx, workspace: &WorkspaceId, new: &OpenForm, at: i64) -> Result<()> {
    let seq = number(tx, workspace).await?;
    let (near, form) = (to_json("a place", &new.near)?, to_json("a form", &new.form)?);
    run!(tx, OPEN, workspace.as_str(), &new.person, &new.id, &near, &form, at, seq)?;
    Ok(())
}

/// The form that a person has open.
pub async fn current(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    person: &str,
) -> Result<Option<OpenForm>> {
    let row: Option<Row> = first!(db, FORM, workspace.as_str(), person)?;
    let read = row.map(|row| {
        let (near, form) = (json("a place", &row.near)?, json("a form", &row.form)?);
        Ok(OpenForm { id: row.id, person: row.person, near, form, seq: row.seq })
    });
    read.transpose()
}

/// Closes a form; false when it is not open.
pub async fn close(tx: &mut Tx, workspace: &WorkspaceId, id: &str, person: &str) -> Result<bool> {
    number(tx, workspace).await?;
    Ok(run!(tx, CLOSE, workspace.as_str(), id, person)? == 1)
}
