//! Databases for tests: one of its own per test, on `SQLite` and on `PostgreSQL`.
//!
//! `both!` runs each named async function on both. `PostgreSQL` tests need the address of a running
//! cluster in `ATTACHE_TEST_POSTGRES` (such as `postgres://postgres@127.0.0.1:5432`) and fail
//! without it: `scripts/test` starts one.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::{Kind, Options, Store};

/// A fresh, migrated database.
pub struct Fresh {
    pub store: Store,
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Fresh {
    /// Another process's view of a database that is already there.
    #[must_use]
    pub fn beside(store: Store, url: &str) -> Self {
        Self { store, url: url.to_owned(), _folder: None }
    }
}

/// A fresh database of that kind.
pub async fn fresh(kind: Kind) -> Fresh {
    opened(kind, Options::default()).await
}

/// A fresh database of that kind in which no table was made yet.
pub async fn bare(kind: Kind) -> Fresh {
    opened(kind, Options { migrate: false, ..Options::default() }).await
}

async fn opened(kind: Kind, options: Options) -> Fresh {
    match kind {
        Kind::Sqlite => sqlite(options).await,
        Kind::Postgres => postgres(&options).await,
    }
}

async fn sqlite(options: Options) -> Fresh {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let url = format!("sqlite://{}", folder.path().join("attache.db").display());
    let options = Options { exclusive: true, ..options };
    let store = Store::open(&url, &options).await.expect("a fresh SQLite file opens");
    Fresh { store, url, _folder: Some(folder) }
}

async fn postgres(options: &Options) -> Fresh {
    let cluster = PgConnectOptions::from_str(&cluster()).expect("ATTACHE_TEST_POSTGRES is a URL");
    let name = format!("attache_test_{}", crate::ids::Ids::random().text().replace('-', ""));
    let mut admin = cluster
        .clone()
        .database("postgres")
        .connect()
        .await
        .expect("the cluster of ATTACHE_TEST_POSTGRES answers");
    let create = format!("CREATE DATABASE {name}");
    sqlx::query(AssertSqlSafe(create)).execute(&mut admin).await.expect("a database of its own");
    admin.close().await.expect("the cluster lets go");
    let url = cluster.database(&name).to_url_lossy().to_string();
    let store = Store::open(&url, options).await.expect("a fresh database opens");
    Fresh { store, url, _folder: None }
}

#[expect(clippy::disallowed_methods, reason = "tests are told where the cluster is")]
fn cluster() -> String {
    std::env::var("ATTACHE_TEST_POSTGRES").expect(
        "this test needs PostgreSQL: set ATTACHE_TEST_POSTGRES to the address of a cluster in \
         which databases may be made (scripts/test does), such as postgres://postgres@127.0.0.1:5432",
    )
}

/// Each named `async fn(Fresh)` becomes two tests: `sqlite::name` and `postgres::name`.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let fresh = $crate::store::testing::fresh($crate::store::Kind::Sqlite).await;
                super::$name(fresh).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let fresh = $crate::store::testing::fresh($crate::store::Kind::Postgres).await;
                super::$name(fresh).await;
            })*
        }
    };
}
pub(crate) use both;
