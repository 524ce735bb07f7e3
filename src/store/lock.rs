//! One process per `SQLite` file: the lock that makes recovery at start safe.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::{Error, Result};

/// Held until it is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub(super) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes `<database>.lock`, or says who stands in the way.
    pub(super) fn take(database: &Path) -> Result<Self> {
        let path = beside(database, ".lock");
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = open.map_err(|e| Error::Unreachable(format!("{}: {e}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Busy(format!(
                "another attache is working on {}; stop it first, or use PostgreSQL for several",
                database.display()
            ))),
            Err(TryLockError::Error(e)) => {
                Err(Error::Unreachable(format!("{}: {e}", path.display())))
            }
        }
    }
}

/// The path of a file that stands beside the database under its name.
pub(super) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
