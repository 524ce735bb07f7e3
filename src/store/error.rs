//! What can go wrong with a database, in the words a caller can act on.

use sqlx::error::DatabaseError;

/// Why the store did not do it. Nothing of the transaction was kept.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Another row has this key already, or another row is still needed by it.
    #[error("it is there already: {0}")]
    Conflict(String),
    /// The row is not there.
    #[error("it is not there")]
    Missing,
    /// Somebody else holds the database; asking again soon may well succeed.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// The disk, or the room the database was given, is used up.
    #[error("the database has no room left: {0}")]
    Full(String),
    /// No connection, or one that broke.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// A wrong statement, a wrong row, a damaged file: ours to mend.
    #[error("the database did not answer as it should: {0}")]
    Broken(String),
}

impl Error {
    /// Whether the same call may succeed later without anybody mending anything in our code.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Full(_) | Self::Unreachable(_))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::Missing,
            sqlx::Error::PoolTimedOut => Self::Busy("every connection is in use".to_owned()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unreachable(error.to_string()),
            sqlx::Error::Database(error) => said_by_database(&*error),
            other => Self::Broken(other.to_string()),
        }
    }
}

fn said_by_database(error: &dyn DatabaseError) -> Error {
    let said = error.message().to_owned();
    if error.is_unique_violation() || error.is_foreign_key_violation() {
        return Error::Conflict(said);
    }
    let code = error.code().unwrap_or_default();
    match code.parse::<u32>() {
        // Five digits are PostgreSQL's, up to four SQLite's (the low byte is the class).
        Ok(number) if code.len() < 5 => said_by_sqlite(number & 0xff, said),
        _ => said_by_postgres(&code, said),
    }
}

fn said_by_sqlite(class: u32, said: String) -> Error {
    match class {
        5 | 6 => Error::Busy(said),              // BUSY, LOCKED
        13 => Error::Full(said),                 // FULL
        8 | 10 | 14 => Error::Unreachable(said), // READONLY, IOERR, CANTOPEN
        _ => Error::Broken(said),
    }
}

fn said_by_postgres(code: &str, said: String) -> Error {
    match code {
        // Serialization failure, deadlock, lock not available, time-out, too many connections.
        "40001" | "40P01" | "55P03" | "57014" | "53300" => Error::Busy(said),
        "53100" | "53200" => Error::Full(said),
        _ if code.starts_with("08") || code.starts_with("57P") || code == "25006" => {
            Error::Unreachable(said)
        }
        _ => Error::Broken(said),
    }
}
