//! Companies: name, zone, fiscal year, currency, and what onboarding was told.

use super::ask::{every, first, hit, json, odd, run, to_json};
use super::{Reads, Result, Tx, statements};
use crate::ids::WorkspaceId;
use crate::strategy::onboarding::Answers;

statements! {
    LIST = "SELECT id, name, zone, fiscal_start_month, currency, answers, sample, created_at \
            FROM workspace ORDER BY created_at, id";
    ONLY = "SELECT id, name, zone, fiscal_start_month, currency, answers, sample, created_at \
            FROM workspace ORDER BY created_at, id LIMIT 2";
    GET = "SELECT id, name, zone, fiscal_start_month, currency, answers, sample, created_at \
           FROM workspace WHERE id = $1";
    CREATE = "INSERT INTO workspace \
              (id, name, zone, fiscal_start_month, currency, answers, sample, created_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SET_ANSWERS = "UPDATE workspace SET answers = $2 WHERE id = $1";
    RENAME = "UPDATE workspace SET name = $2 WHERE id = $1";
    SET_SETTINGS = "UPDATE workspace SET zone = $2, fiscal_start_month = $3, currency = $4 \
                    WHERE id = $1";
    MARK_SAMPLE = "UPDATE workspace SET sample = 1 WHERE id = $1";
    LOCK = "UPDATE workspace SET created_at = created_at WHERE id = $1";
}

#[derive(Clone, Debug, PartialEq)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: String,
    /// IANA, such as `Europe/London`.
    pub zone: String,
    /// 1 is January.
    pub fiscal_start_month: i8,
    /// ISO 4217.
    pub currency: String,
    pub answers: Option<Answers>,
    /// Whether it holds the sample company.
    pub sample: bool,
    pub created_at: i64,
}

/// What an owner may change about the arithmetic of time and money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub zone: String,
    pub fiscal_start_month: i8,
    pub currency: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    zone: String,
    fiscal_start_month: i64,
    currency: String,
    answers: Option<String>,
    sample: i64,
    created_at: i64,
}

impl Row {
    fn read(self) -> Result<Workspace> {
        let month = self.fiscal_start_month;
        let answers = self.answers.map(|text| json("what onboarding was told", &text));
        Ok(Workspace {
            id: WorkspaceId::from_stored(self.id),
            name: self.name,
            zone: self.zone,
            fiscal_start_month: month.try_into().map_err(|_| odd("a month", month))?,
            currency: self.currency,
            answers: answers.transpose()?,
            sample: self.sample != 0,
            created_at: self.created_at,
        })
    }
}

/// The only workspace; none where there is none yet, or several.
pub async fn only(db: &mut impl Reads) -> Result<Option<Workspace>> {
    let mut rows: Vec<Row> = every!(db, ONLY)?;
    match (rows.pop(), rows.is_empty()) {
        (Some(row), true) => row.read().map(Some),
        _ => Ok(None),
    }
}

/// Every workspace, oldest first.
pub async fn list(db: &mut impl Reads) -> Result<Vec<Workspace>> {
    let rows: Vec<Row> = every!(db, LIST)?;
    rows.into_iter().map(Row::read).collect()
}

pub async fn get(db: &mut impl Reads, id: &WorkspaceId) -> Result<Option<Workspace>> {
    let row: Option<Row> = first!(db, GET, id.as_str())?;
    row.map(Row::read).transpose()
}

pub async fn create(tx: &mut Tx, new: &Workspace) -> Result<()> {
    let answers =
        new.answers.as_ref().map(|a| to_json("what onboarding was told", a)).transpose()?;
    run!(
        tx,
        CREATE,
        new.id.as_str(),
        &new.name,
        &new.zone,
        i64::from(new.fiscal_start_month),
        &new.currency,
        answers.as_deref(),
        i64::from(new.sample),
        new.created_at,
    )?;
    Ok(())
}

/// Keeps what onboarding was told so far.
pub async fn set_answers(tx: &mut Tx, id: &WorkspaceId, answers: &Answers) -> Result<()> {
    let answers = to_json("what onboarding was told", answers)?;
    hit(run!(tx, SET_ANSWERS, id.as_str(), &answers)?)
}

pub async fn rename(tx: &mut Tx, id: &WorkspaceId, name: &str) -> Result<()> {
    hit(run!(tx, RENAME, id.as_str(), name)?)
}

/// The workspace holds the sample company from now on.
pub async fn mark_sample(tx: &mut Tx, id: &WorkspaceId) -> Result<()> {
    hit(run!(tx, MARK_SAMPLE, id.as_str())?)
}

pub async fn set_settings(tx: &mut Tx, id: &WorkspaceId, settings: &Settings) -> Result<()> {
    let month = i64::from(settings.fiscal_start_month);
    hit(run!(tx, SET_SETTINGS, id.as_str(), &settings.zone, month, &settings.currency)?)
}

/// Lets one transaction at a time do what must be done one after another in a workspace.
pub(super) async fn lock(tx: &mut Tx, id: &WorkspaceId) -> Result<()> {
    hit(run!(tx, LOCK, id.as_str())?)
}
