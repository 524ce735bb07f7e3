//! The three ways a statement is put to either driver.

/// Runs a statement; answers how many rows it changed.
macro_rules! run {
    ($db:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::on!($db, |c| sqlx::query($sql)
            $(.bind($value))*
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
        .map_err($crate::store::Error::from)
    };
}
pub(crate) use run;

/// Reads at most one row, into whatever the caller makes of it.
macro_rules! first {
    ($db:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::on!($db, |c| sqlx::query_as($sql)
            $(.bind($value))*
            .fetch_optional(c)
            .await)
        .map_err($crate::store::Error::from)
    };
}
pub(crate) use first;

/// Reads all rows, into whatever the caller makes of them.
macro_rules! every {
    ($db:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::on!($db, |c| sqlx::query_as($sql)
            $(.bind($value))*
            .fetch_all(c)
            .await)
        .map_err($crate::store::Error::from)
    };
}
pub(crate) use every;

use super::{Error, Result};
use crate::conversation::inbound::Platform;

/// What a row says that it may not say.
pub(super) fn odd(what: &str, found: impl std::fmt::Display) -> Error {
    Error::Broken(format!("{what} is \"{found}\" in a row"))
}

/// A platform by its stored name.
pub(super) fn platform(stored: &str) -> Result<Platform> {
    Platform::parse(stored).ok_or_else(|| odd("the platform", stored))
}

/// A value out of its stored JSON; `what` names it in the error, which does not repeat the text.
pub(super) fn json<T: serde::de::DeserializeOwned>(what: &str, stored: &str) -> Result<T> {
    serde_json::from_str(stored).map_err(|e| Error::Broken(format!("{what} does not read: {e}")))
}

/// A value as the JSON to store.
pub(super) fn to_json<T: serde::Serialize>(what: &str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Broken(format!("{what} cannot be kept: {e}")))
}

/// A change must hit its one row.
pub(super) fn hit(rows: u64) -> Result<()> {
    if rows == 0 { Err(Error::Missing) } else { Ok(()) }
}
