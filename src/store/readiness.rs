//! Can anything be written now? What the readiness probe asks: a row is put in and taken back, so a
//! lock that somebody holds, a full disk and a standby that only reads are all found out.

use super::{Kind, Result, Store, on, statements};

statements! {
    PUT = "INSERT INTO replica (id, beat_at, started_at, version) VALUES ('probe', 0, 0, $1)";
    TAKE_BACK = "DELETE FROM replica WHERE id = 'probe'";
}

/// What requests and answers are written to must be free too; `PostgreSQL` locks table by table.
const TABLES: &str = "LOCK TABLE inbox, outbox IN ROW EXCLUSIVE MODE";
/// Larger than what is free in any page, so that the file must have room.
const ROW: usize = 16 * 1024;

impl Store {
    /// Writes a row durably and leaves nothing behind. Whoever calls bounds how long it may take.
    pub async fn try_write(&self) -> Result<()> {
        let mut tx = self.begin_promptly().await?;
        if self.kind() == Kind::Postgres {
            on!(&mut tx, |c| sqlx::query(TABLES).execute(c).await.map(|_| ()))?;
        }
        let row = "x".repeat(ROW);
        on!(&mut tx, |c| sqlx::query(PUT).bind(&row).execute(c).await.map(|_| ()))?;
        on!(&mut tx, |c| sqlx::query(TAKE_BACK).execute(c).await.map(|_| ()))?;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{Fresh, both};
    use crate::store::{Error, inbox};

    both!(
        what_can_be_written_is_and_leaves_nothing,
        who_holds_a_lock_is_found_out,
        a_file_without_room_is_found_out,
    );

    async fn what_can_be_written_is_and_leaves_nothing(db: Fresh) {
        for _ in 0..2 {
            db.store.try_write().await.unwrap();
        }
        let mut reader = db.store.reader().await.unwrap();
        let text = "SELECT COUNT(*) FROM replica";
        let left: i64 = on!(&mut reader, |c| sqlx::query_scalar(text).fetch_one(c).await).unwrap();
        assert_eq!(left, 0);
    }

    async fn who_holds_a_lock_is_found_out(db: Fresh) {
        let mut holder = db.store.begin().await.unwrap();
        if db.store.kind() == Kind::Postgres {
            let text = "LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE";
            on!(&mut holder, |c| sqlx::query(text).execute(c).await.map(|_| ())).unwrap();
        }
        let tried = db.store.try_write().await;
        assert!(matches!(tried, Err(Error::Busy(_))), "{tried:?}");
        assert!(inbox::next(&mut holder, "c").await.unwrap().is_none());
        drop(holder);
        db.store.try_write().await.unwrap();
    }

    async fn a_file_without_room_is_found_out(db: Fresh) {
        let crate::store::Db::Lite { write, .. } = db.store.db() else { return };
        sqlx::query("PRAGMA max_page_count = 1").execute(write).await.unwrap();
        let tried = db.store.try_write().await;
        assert!(matches!(tried, Err(Error::Full(_))), "{tried:?}");
    }
}
