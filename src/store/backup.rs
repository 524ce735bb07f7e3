//! A whole copy of the embedded database, taken while it is in use.

use std::path::Path;

use sqlx::{Connection, SqliteConnection};

use super::database::{Db, Store};
use super::{Error, Result};
use crate::config::private;

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
        let path = to.to_str().ok_or_else(|| Error::Broken("the path is not text".to_owned()))?;
        // SQLite copies into an empty file and leaves its mode alone.
        private::new_file(to).map_err(|error| not_made(to, &error))?;
        if let Err(error) = sqlx::query("VACUUM INTO $1").bind(path).execute(write).await {
            let _ = std::fs::remove_file(to);
            return Err(error.into());
        }
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

fn not_made(to: &Path, error: &std::io::Error) -> Error {
    let file = to.display();
    Error::Broken(match error.kind() {
        std::io::ErrorKind::AlreadyExists => format!("{file} exists already"),
        _ => format!("{file}: {error}"),
    })
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use std::os::unix::fs::PermissionsExt as _;

    use super::super::Options;
    use super::*;

    /// Every file that is there, with its mode.
    #[cfg(unix)]
    fn files(folder: &Path) -> Vec<(String, u32)> {
        let entries = std::fs::read_dir(folder).unwrap().map(std::result::Result::unwrap);
        let mut files: Vec<_> = entries
            .map(|entry| {
                let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
                (entry.file_name().into_string().unwrap(), mode)
            })
            .collect();
        files.sort();
        files
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_database_its_log_and_its_copy_are_for_their_owner_only() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("data");
        let url = format!("sqlite://{}", folder.join("attache.db").display());
        let options = Options { exclusive: true, ..Options::default() };
        let store = Store::open(&url, &options).await.unwrap();
        store.backup(&folder.join("copy.db")).await.unwrap();
        let expected =
            ["attache.db", "attache.db-shm", "attache.db-wal", "attache.db.lock", "copy.db"];
        assert_eq!(files(&folder), expected.map(|name| (name.to_owned(), 0o600)));
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        let refused = store.backup(&folder.join("copy.db")).await.unwrap_err().to_string();
        assert!(refused.contains("copy.db exists already"), "{refused}");
        store.close().await;
    }
}
