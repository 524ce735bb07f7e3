//! The database of one run, and looks into it from outside.

use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;

use attache::ids::Ids;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};

use crate::scale::setting;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A fresh database; its files go with the last copy.
#[derive(Clone)]
pub struct Database {
    pub url: String,
    pub folder: Arc<tempfile::TempDir>,
    cluster: Option<(PgConnectOptions, String)>,
}

/// One connection that reads.
pub enum Look {
    Lite(SqliteConnection),
    Pg(PgConnection),
}

/// Rows of either driver.
macro_rules! rows {
    ($look:expr, $sql:expr $(, $bind:expr)*) => {
        match &mut $look {
            $crate::database::Look::Lite(c) => {
                sqlx::query_as($sql)$(.bind($bind))*.fetch_all(c).await.unwrap()
            }
            $crate::database::Look::Pg(c) => {
                sqlx::query_as($sql)$(.bind($bind))*.fetch_all(c).await.unwrap()
            }
        }
    };
}
pub(crate) use rows;

/// A job that ran when its process was killed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Job {
    pub id: i64,
    pub kind: String,
    pub args: String,
}

/// What is not done yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    pub heard: i64,
    pub unsent: i64,
    pub jobs: i64,
}

impl Database {
    pub async fn fresh(kind: Kind) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        if kind == Kind::Sqlite {
            let url = format!("sqlite://{}", folder.path().join("attache.db").display());
            return Self { url, folder, cluster: None };
        }
        let cluster = setting("ATTACHE_TEST_POSTGRES").expect(
            "this test needs PostgreSQL: set ATTACHE_TEST_POSTGRES to the address of a cluster in \
             which databases may be made (scripts/with-postgres does)",
        );
        let cluster = PgConnectOptions::from_str(&cluster).unwrap();
        let name = format!("attache_soak_{}", Ids::random().text().replace('-', ""));
        admin(&cluster, &format!("CREATE DATABASE {name}")).await;
        let url = cluster.clone().database(&name).to_url_lossy().to_string();
        Self { url, folder, cluster: Some((cluster, name)) }
    }

    pub fn kind(&self) -> Kind {
        if self.cluster.is_none() { Kind::Sqlite } else { Kind::Postgres }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("attache.db")
    }

    /// Only for as long as it is needed: an open connection would spare a killed process's
    /// successor the recovery of its log.
    pub async fn look(&self) -> Look {
        match &self.cluster {
            None => Look::Lite(file_look(&self.file()).await),
            Some((cluster, name)) => {
                let options = cluster.clone().database(name);
                let options = options.options([("search_path", "public,river")]);
                Look::Pg(options.connect().await.unwrap())
            }
        }
    }

    /// The file as a killed process left it, aside, so that its successor finds it untouched.
    pub async fn look_at_copy(&self) -> Look {
        let aside = self.folder.path().join("aside.db");
        for (from, to) in [("attache.db", "aside.db"), ("attache.db-wal", "aside.db-wal")] {
            let (from, to) = (self.folder.path().join(from), self.folder.path().join(to));
            if std::fs::copy(from, &to).is_err() {
                let _ = std::fs::remove_file(to);
            }
        }
        let _ = std::fs::remove_file(self.folder.path().join("aside.db-shm"));
        Look::Lite(file_look(&aside).await)
    }

    /// Takes a `PostgreSQL` database away again.
    pub async fn remove(self) {
        if let Some((cluster, name)) = self.cluster {
            admin(&cluster, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

async fn file_look(file: &std::path::Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE);
    options.pragma("wal_autocheckpoint", "0").connect().await.unwrap()
}

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

async fn admin(cluster: &PgConnectOptions, text: &str) {
    let mut admin = cluster.clone().database("postgres").connect().await.unwrap();
    sqlx::query(AssertSqlSafe(text)).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
}

impl Look {
    /// Replicas that show that they live.
    pub async fn replicas(&mut self) -> Vec<String> {
        let found: Vec<(String,)> = rows!(*self, "SELECT id FROM replica");
        found.into_iter().map(|(id,)| id).collect()
    }

    /// The jobs that this process was at; on `SQLite` it is the only one.
    pub async fn running(&mut self, replica: &str) -> Vec<Job> {
        match self {
            Self::Lite(c) => {
                let text = "SELECT id, kind, json(args) AS args FROM river_job \
                            WHERE state = 'running'";
                sqlx::query_as(text).fetch_all(c).await.unwrap()
            }
            Self::Pg(c) => {
                let text = "SELECT id, kind, CAST(args AS TEXT) AS args FROM river_job \
                            WHERE state = 'running' \
                            AND attempted_by[array_upper(attempted_by, 1)] = $1";
                sqlx::query_as(text).bind(replica).fetch_all(c).await.unwrap()
            }
        }
    }

    /// When somebody took the job up after `then`, in milliseconds since 1970; `then` itself when
    /// it turns out to have been done.
    pub async fn went_on(&mut self, job: &Job, then: i64) -> Option<i64> {
        let taken: Vec<(Option<i64>,)> = match self {
            Self::Lite(c) => sqlx::query_as(
                "SELECT CAST(MIN((julianday(attempted_at) - 2440587.5) * 86400000) AS INTEGER) \
                 FROM river_job WHERE id = $1 \
                 AND (julianday(attempted_at) - 2440587.5) * 86400000 > $2",
            )
            .bind(job.id)
            .bind(then)
            .fetch_all(c)
            .await
            .unwrap(),
            Self::Pg(c) => sqlx::query_as(
                "SELECT CAST(MIN(EXTRACT(EPOCH FROM attempted_at)) * 1000 AS BIGINT) \
                 FROM river_job WHERE kind = $1 AND args = CAST($2 AS JSONB) \
                 AND EXTRACT(EPOCH FROM attempted_at) * 1000 > $3",
            )
            .bind(&job.kind)
            .bind(&job.args)
            .bind(then)
            .fetch_all(c)
            .await
            .unwrap(),
        };
        if let Some(at) = taken.into_iter().find_map(|(at,)| at) {
            return Some(at);
        }
        let state: Vec<(String,)> =
            rows!(*self, "SELECT CAST(state AS TEXT) FROM river_job WHERE id = $1", job.id);
        state.iter().any(|(state,)| state == "completed").then_some(then)
    }

    pub async fn open(&mut self) -> Open {
        let heard: Vec<(i64,)> = rows!(*self, "SELECT COUNT(*) FROM inbox WHERE done_at IS NULL");
        let unsent: Vec<(i64,)> =
            rows!(*self, "SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'sending')");
        let jobs: Vec<(i64,)> = rows!(
            *self,
            "SELECT COUNT(*) FROM river_job WHERE kind <> 'upkeep' \
             AND CAST(state AS TEXT) NOT IN ('completed', 'cancelled', 'discarded')"
        );
        Open { heard: heard[0].0, unsent: unsent[0].0, jobs: jobs[0].0 }
    }

    pub async fn close(self) {
        let closed = match self {
            Self::Lite(c) => c.close().await,
            Self::Pg(c) => c.close().await,
        };
        closed.unwrap();
    }
}
