//! A whole copy of the embedded database, taken while it is in use.

use std::path::Path;

use sqlx::{Connection, SqliteConnection};

use super::database::{Db, Store};
use super::{Error, Result};

impl Store {
    /// Copies the database into a new file and checks the copy. The file must not exist.
    ///
    /// # Errors
    /// On `PostgreSQL`, which has its own tools for this; when the file exists or cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        let Db::Lite { write, .. } = self.db() else {
            let tool = "PostgreSQL is backed up with its own tools, such as pg_dump";
            return Err(Error::Broken(tool.to_owned()));
        };
        if to.exists() {
            return Err(Error::Broken(format!("{} exists already", to.display())));
        }
        let path = to.to_str().ok_or_else(|| Error::Broken("the path is not text".to_owned()))?;
        sqlx::query("VACUUM INTO $1").bind(path).execute(write).await?;
        let mut copy = SqliteConnection::connect(&format!("sqlite://{path}")).await?;
        let verdict: String =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut copy).await?;
        copy.close().await?;
        if verdict == "ok" {
            Ok(())
        } else {
            Err(Error::Broken(format!("the copy is damaged: {verdict}")))
        }
    }
}
