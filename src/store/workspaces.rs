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
pub async fn lock(tx: &mut Tx, id: &WorkspaceId) -> Result<()> {
    hit(run!(tx, LOCK, id.as_str())?)
}

#[cfg(test)]
mod tests {
    use super::super::Error;
    use super::super::fixtures::{settled, tamper, workspace};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        a_workspace_comes_back_as_it_was_kept,
        the_only_workspace_is_named_until_there_is_a_second,
        a_workspace_that_is_not_there_cannot_be_changed,
        a_month_or_currency_that_cannot_be_is_refused,
    );

    async fn a_workspace_comes_back_as_it_was_kept(db: Fresh) {
        let answers = Answers {
            company_name: "Northwind".to_owned(),
            industries: vec!["Fintech".to_owned()],
            ..Answers::default()
        };
        let new = Workspace { answers: Some(answers.clone()), sample: true, ..workspace("w") };
        let mut tx = db.store.begin().await.unwrap();
        create(&mut tx, &new).await.unwrap();
        assert_eq!(get(&mut tx, &new.id).await.unwrap(), Some(new.clone()));
        let later = Answers { accounts: Some(4_000), ..answers };
        set_answers(&mut tx, &new.id, &later).await.unwrap();
        rename(&mut tx, &new.id, "Southwind").await.unwrap();
        let settings = Settings {
            zone: "Asia/Tokyo".to_owned(),
            fiscal_start_month: 4,
            currency: "JPY".to_owned(),
        };
        set_settings(&mut tx, &new.id, &settings).await.unwrap();
        tx.commit().await.unwrap();
        let found = get(&mut db.store.reader().await.unwrap(), &new.id).await.unwrap().unwrap();
        let expected = Workspace {
            name: "Southwind".to_owned(),
            answers: Some(later),
            zone: settings.zone,
            fiscal_start_month: 4,
            currency: settings.currency,
            ..new
        };
        assert_eq!(found, expected);
    }

    async fn the_only_workspace_is_named_until_there_is_a_second(db: Fresh) {
        let mut reader = db.store.reader().await.unwrap();
        assert_eq!(only(&mut reader).await.unwrap(), None);
        settled(&db.store, "w").await;
        assert_eq!(only(&mut reader).await.unwrap(), Some(workspace("w")));
        settled(&db.store, "v").await;
        assert_eq!(only(&mut reader).await.unwrap(), None);
        assert_eq!(list(&mut reader).await.unwrap().len(), 2);
    }

    async fn a_workspace_that_is_not_there_cannot_be_changed(db: Fresh) {
        let nobody = WorkspaceId::from_stored("nobody");
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(get(&mut tx, &nobody).await.unwrap(), None);
        let errors = [
            rename(&mut tx, &nobody, "x").await.unwrap_err(),
            set_answers(&mut tx, &nobody, &Answers::default()).await.unwrap_err(),
        ];
        assert!(errors.iter().all(|error| matches!(error, Error::Missing)), "{errors:?}");
    }

    async fn a_month_or_currency_that_cannot_be_is_refused(db: Fresh) {
        settled(&db.store, "w").await;
        for wrong in [
            "UPDATE workspace SET fiscal_start_month = 13",
            "UPDATE workspace SET fiscal_start_month = 0",
            "UPDATE workspace SET currency = 'DOLLAR'",
            "UPDATE workspace SET sample = 2",
        ] {
            assert!(tamper(&db.store, wrong).await.is_err(), "{wrong}");
        }
        tamper(&db.store, "UPDATE workspace SET answers = '{\"nonsense\": 1}'").await.unwrap();
        let read = get(&mut db.store.reader().await.unwrap(), &workspace("w").id).await;
        assert!(matches!(read, Err(Error::Broken(_))), "{read:?}");
    }
}
