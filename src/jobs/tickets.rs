//! Drain jobs in one statement, for the way to the acknowledgement.
//!
//! River's batch insert makes one round trip per row, which would cost more than all the rest of an
//! acknowledgement. So this one kind is inserted by a text of our own; a test compares its rows with
//! River's, column by column but for the unique key, and the engine's version is pinned.

use std::fmt::Write;
use std::sync::OnceLock;

use riverqueue::JobArgs;
use riverqueue::encoding::encode_args;
use riverqueue::protocol::unique_states_bitmask;
use riverqueue::serde_json::value::RawValue;

use super::handle::{Drain, TICKET_TRIES};
use super::task::while_open;
use crate::store::inbox::MOST;
use crate::store::{Error, Link, Reads, Result, Tx};

/// Makes sure that each of these conversations has a drain job; at most [`MOST`], none twice.
pub(super) async fn drain(tx: &mut Tx, conversations: &[&str]) -> Result<()> {
    let tickets = conversations.iter().map(|c| ticket(c)).collect::<Result<Vec<_>>>()?;
    match tx.link() {
        Link::Lite(c) => {
            let mut query = sqlx::query(sqlite_text(tickets.len()));
            for (args, key) in &tickets {
                query = query.bind(args.get()).bind(&key[..]);
            }
            query.execute(c).await?;
        }
        Link::Pg(c) => {
            let args: Vec<&str> = tickets.iter().map(|(args, _)| args.get()).collect();
            let keys: Vec<&[u8]> = tickets.iter().map(|(_, key)| &key[..]).collect();
            sqlx::query(postgres_text()).bind(args).bind(keys).execute(c).await?;
        }
    }
    Ok(())
}

/// Arguments and unique key. River's own key is a hash, and hashes have no order: each would be
/// written to a page of its own. The name of the conversation is as unique, and new ones stand together.
fn ticket(conversation: &str) -> Result<(Box<RawValue>, Vec<u8>)> {
    let args = encode_args(&Drain { conversation: conversation.to_owned() })
        .map_err(|e| Error::Broken(e.to_string()))?;
    Ok((args, format!("{}:{conversation}", Drain::KIND).into_bytes()))
}

fn sqlite_text(rows: usize) -> &'static str {
    static TEXTS: [OnceLock<String>; MOST] = [const { OnceLock::new() }; MOST];
    TEXTS[rows - 1].get_or_init(|| {
        let states = unique_states_bitmask(&while_open());
        let mut text = String::from(
            "INSERT OR FAIL INTO river_job (args, attempt, created_at, kind, max_attempts, metadata, \
             priority, queue, scheduled_at, state, tags, unique_key, unique_states) VALUES ",
        );
        for row in 0..rows {
            let comma = if row == 0 { "" } else { ", " };
            let _ = write!(
                text,
                "{comma}(jsonb(?), 0, datetime('now', 'subsec'), 'drain', {TICKET_TRIES}, \
                 jsonb('{{}}'), 1, 'inbound', datetime('now', 'subsec'), 'available', \
                 jsonb('[]'), ?, {states})"
            );
        }
        text + " ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL \
                AND unique_states IS NOT NULL AND CASE state \
                WHEN 'available' THEN unique_states & (1 << 0) \
                WHEN 'cancelled' THEN unique_states & (1 << 1) \
                WHEN 'completed' THEN unique_states & (1 << 2) \
                WHEN 'discarded' THEN unique_states & (1 << 3) \
                WHEN 'pending' THEN unique_states & (1 << 4) \
                WHEN 'retryable' THEN unique_states & (1 << 5) \
                WHEN 'running' THEN unique_states & (1 << 6) \
                WHEN 'scheduled' THEN unique_states & (1 << 7) \
                ELSE 0 END >= 1 DO NOTHING"
    })
}

/// Other replicas hear of it when the transaction commits.
fn postgres_text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let states = unique_states_bitmask(&while_open());
        format!(
            "WITH added AS (INSERT INTO river.river_job \
             (args, kind, max_attempts, metadata, priority, queue, state, tags, unique_key, \
             unique_states) \
             SELECT args::jsonb, 'drain', {TICKET_TRIES}, '{{}}'::jsonb, 1, 'inbound', \
             'available'::river.river_job_state, '{{}}'::varchar(255)[], key, \
             {states}::integer::bit(8) FROM unnest($1::text[], $2::bytea[]) AS given (args, key) \
             ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND unique_states IS NOT NULL \
             AND river.river_job_state_in_bitmask(unique_states, state) DO NOTHING \
             RETURNING id) \
             SELECT pg_notify('river.river_insert', '{{\"queue\":\"inbound\"}}') \
             FROM added LIMIT 1"
        )
    })
}
