//! What was asked for in edit threads and has no outcome yet: one after another in each thread.

use super::ask::{first, run};
use super::{Reads, Result, Tx, statements};
use crate::ids::{ThreadId, WorkspaceId};

statements! {
    ADD = "INSERT INTO request (workspace_id, thread_id, seq, at) VALUES ($1, $2, $3, $4)";
    BEFORE = "SELECT COUNT(*) FROM request \
              WHERE workspace_id = $1 AND thread_id = $2 AND seq < $3 AND at > $4";
    END = "DELETE FROM request WHERE workspace_id = $1 AND thread_id = $2 AND seq = $3";
}

/// A request waits for its outcome. `seq` is the turn of the thread that it was said in.
pub async fn add(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    thread: &ThreadId,
    (seq, at): (i64, i64),
) -> Result<()> {
    run!(tx, ADD, workspace.as_str(), thread.as_str(), seq, at)?;
    Ok(())
}

/// Whether nothing that was asked for earlier in the thread, but after `since`, still waits.
pub async fn is_next(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    thread: &ThreadId,
    (seq, since): (i64, i64),
) -> Result<bool> {
    let before: Option<(i64,)> =
        first!(db, BEFORE, workspace.as_str(), thread.as_str(), seq, since)?;
    Ok(before.is_none_or(|(count,)| count == 0))
}

/// The request has its outcome; nothing happens when it had it before.
pub async fn end(tx: &mut Tx, workspace: &WorkspaceId, thread: &ThreadId, seq: i64) -> Result<()> {
    run!(tx, END, workspace.as_str(), thread.as_str(), seq)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{opened, settled};
    use super::super::testing::{Fresh, both};
    use super::super::threads::{Words, add_turn};
    use super::*;

    both!(a_request_waits_for_those_before_it_in_its_thread, one_that_was_lost_holds_nobody_up);

    /// A thread with requests at these times.
    async fn asked(tx: &mut Tx, ws: &WorkspaceId, name: &str, at: &[i64]) -> ThreadId {
        let thread = opened(tx, ws, name).await;
        for at in at {
            let said = Words { who: "Ana", by_bot: false, text: "x", at: *at };
            let seq = add_turn(tx, ws, &thread, said).await.unwrap();
            add(tx, ws, &thread, (seq, *at)).await.unwrap();
        }
        thread
    }

    async fn a_request_waits_for_those_before_it_in_its_thread(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        let thread = asked(&mut tx, &ws, "t", &[5, 6, 7]).await;
        let elsewhere = asked(&mut tx, &ws, "u", &[5]).await;
        asked(&mut tx, &other, "t", &[5]).await;
        let next = async |tx: &mut Tx, seq| is_next(tx, &ws, &thread, (seq, 0)).await.unwrap();
        assert!(next(&mut tx, 1).await && !next(&mut tx, 2).await && !next(&mut tx, 3).await);
        assert!(is_next(&mut tx, &ws, &elsewhere, (1, 0)).await.unwrap());
        end(&mut tx, &ws, &thread, 2).await.unwrap();
        assert!(!next(&mut tx, 3).await, "the first still waits");
        end(&mut tx, &ws, &thread, 1).await.unwrap();
        end(&mut tx, &ws, &thread, 1).await.unwrap();
        assert!(next(&mut tx, 3).await);
        assert!(!is_next(&mut tx, &other, &thread, (2, 0)).await.unwrap(), "theirs is theirs");
    }

    async fn one_that_was_lost_holds_nobody_up(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let thread = asked(&mut tx, &ws, "t", &[5, 9]).await;
        assert!(!is_next(&mut tx, &ws, &thread, (2, 4)).await.unwrap());
        assert!(is_next(&mut tx, &ws, &thread, (2, 5)).await.unwrap());
    }
}
