//! Channels, and messages as they are written, changed and dismissed.

use super::super::ask::{every, first, run, to_json};
use super::super::{Reads, Result, Tx, statements};
use crate::conversation::card::Card;
use crate::ids::WorkspaceId;

statements! {
    START_COUNTER = "INSERT INTO console_counter (workspace_id, seq) VALUES ($1, 0) \
                     ON CONFLICT (workspace_id) DO NOTHING";
    NUMBER = "UPDATE console_counter SET seq = seq + 1 WHERE workspace_id = $1 RETURNING seq";
    HEAD = "SELECT seq FROM console_counter WHERE workspace_id = $1";
    CHANNELS = "SELECT id, name FROM console_channel WHERE workspace_id = $1 \
                ORDER BY created_at, id";
    ADD_CHANNEL = "INSERT INTO console_channel (workspace_id, id, name, created_at) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, id) DO NOTHING";
    OF_WISH = "SELECT channel, thread, id FROM console_message \
               WHERE workspace_id = $1 AND wish = $2";
    ADD = "INSERT INTO console_message (workspace_id, id, channel, thread, author, private_to, \
           words, card, file_report, file_name, wish, topic, at, born, seq) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)";
    /// The message moves to the end, as if it were new.
    RENEW = "UPDATE console_message SET card = $6, wish = $7, at = $8, edited_at = NULL, born = $9, \
             seq = $9 WHERE workspace_id = $1 AND channel = $2 AND thread = $3 AND private_to = $4 \
             AND topic = $5 RETURNING id";
    MOVE_ROOT = "UPDATE console_message SET seq = $3 WHERE workspace_id = $1 AND id = $2";
    CHANGE = "UPDATE console_message SET words = NULL, card = $3, edited_at = $4, seq = $5 \
              WHERE workspace_id = $1 AND id = $2 AND author IS NULL";
    DISMISS = "DELETE FROM console_message \
               WHERE workspace_id = $1 AND id = $2 AND private_to = $3";
}

/// Channels that every console has.
const FIRST_CHANNELS: [&str; 2] = ["general", "leadership"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    pub id: String,
    pub channel: String,
    /// The root message.
    pub thread: Option<String>,
    /// The person who said it; the bot where none.
    pub author: Option<String>,
    /// Only this person sees it.
    pub private_to: Option<String>,
    pub body: Body,
    pub file: Option<File>,
    /// The same key is written once.
    pub key: Option<String>,
    pub at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Words(String),
    Card(Card),
}

/// A report's deck in a message; its bytes stay with the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub report: String,
    pub name: String,
}

/// Where a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub channel: String,
    pub thread: Option<String>,
    pub id: String,
}

/// The console of a workspace begins: its counter and first channels. Again does no harm.
pub async fn start(tx: &mut Tx, workspace: &WorkspaceId, at: i64) -> Result<()> {
    run!(&mut *tx, START_COUNTER, workspace.as_str())?;
    for id in FIRST_CHANNELS {
        run!(&mut *tx, ADD_CHANNEL, workspace.as_str(), id, id, at)?;
    }
    Ok(())
}

/// The number of the next write. Other writes wait from here until this transaction ends, so
/// whoever sees a number has seen all before it.
pub(super) async fn number(tx: &mut Tx, workspace: &WorkspaceId) -> Result<i64> {
    let next: Option<(i64,)> = first!(&mut *tx, NUMBER, workspace.as_str())?;
    if let Some((seq,)) = next {
        return Ok(seq);
    }
    run!(&mut *tx, START_COUNTER, workspace.as_str())?;
    let next: Option<(i64,)> = first!(tx, NUMBER, workspace.as_str())?;
    next.map(|(seq,)| seq).ok_or(super::super::Error::Missing)
}

/// The newest number given out.
pub async fn head(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<i64> {
    let head: Option<(i64,)> = first!(db, HEAD, workspace.as_str())?;
    Ok(head.map_or(0, |(seq,)| seq))
}

/// All channels in the order to show them; direct chats are not among them.
pub async fn channels(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<Channel>> {
    let rows: Vec<(String, String)> = every!(db, CHANNELS, workspace.as_str())?;
    Ok(rows.into_iter().map(|(id, name)| Channel { id, name }).collect())
}

/// A new channel; false when its id is taken.
pub async fn add_channel(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    new: &Channel,
    at: i64,
) -> Result<bool> {
    Ok(run!(tx, ADD_CHANNEL, workspace.as_str(), &new.id, &new.name, at)? == 1)
}

impl NewMessage {
    /// What a private card shows the state of.
    fn topic(&self) -> Option<&str> {
        match (&self.private_to, &self.body) {
            (Some(_), Body::Card(card)) => card.topic.as_deref(),
            _ => None,
        }
    }
}

/// Writes a message and answers its id. A key that is known changes nothing and gives the id of the
/// message that has it. A private card of a topic takes the place of the one before.
pub async fn add(tx: &mut Tx, workspace: &WorkspaceId, new: &NewMessage) -> Result<String> {
    let seq = number(tx, workspace).await?;
    if let Some(key) = &new.key
        && let Some(known) = with_key(tx, workspace, key).await?
    {
        return Ok(known.id);
    }
    if let Some(id) = renewed(tx, workspace, new, seq).await? {
        return Ok(id);
    }
    insert(tx, workspace, new, seq).await?;
    if let (Some(root), None) = (&new.thread, &new.private_to) {
        run!(tx, MOVE_ROOT, workspace.as_str(), root, seq)?;
    }
    Ok(new.id.clone())
}

/// The person's private card of the same topic in the same place, if there is one, shows this now.
async fn renewed(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    new: &NewMessage,
    seq: i64,
) -> Result<Option<String>> {
    let (Some(topic), Body::Card(card)) = (new.topic(), &new.body) else { return Ok(None) };
    let card = to_json("a card", card)?;
    let row: Option<(String,)> = first!(
        tx,
        RENEW,
        workspace.as_str(),
        &new.channel,
        new.thread.as_deref().unwrap_or_default(),
        new.private_to.as_deref(),
        topic,
        &card,
        new.key.as_deref(),
        new.at,
        seq,
    )?;
    Ok(row.map(|(id,)| id))
}

async fn insert(tx: &mut Tx, workspace: &WorkspaceId, new: &NewMessage, seq: i64) -> Result<()> {
    let (words, card) = match &new.body {
        Body::Words(words) => (Some(words.as_str()), None),
        Body::Card(card) => (None, Some(to_json("a card", card)?)),
    };
    run!(
        tx,
        ADD,
        workspace.as_str(),
        &new.id,
        &new.channel,
        new.thread.as_deref().unwrap_or_default(),
        new.author.as_deref(),
        new.private_to.as_deref(),
        words,
        card.as_deref(),
        new.file.as_ref().map(|file| file.report.as_str()),
        new.file.as_ref().map(|file| file.name.as_str()),
        new.key.as_deref(),
        new.topic(),
        new.at,
        seq,
    )?;
    Ok(())
}

/// New content for a message of the bot; false when there is none with this id.
pub async fn change(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    message: &str,
    card: &Card,
    at: i64,
) -> Result<bool> {
    let seq = number(tx, workspace).await?;
    let card = to_json("a card", card)?;
    Ok(run!(tx, CHANGE, workspace.as_str(), message, &card, at, seq)? == 1)
}

/// Removes a message that is private to this person; false when there is none.
pub async fn dismiss(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    message: &str,
    person: &str,
) -> Result<bool> {
    number(tx, workspace).await?;
    Ok(run!(tx, DISMISS, workspace.as_str(), message, person)? == 1)
}

/// Where the message with this key stands, whoever may see it.
pub async fn with_key(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    key: &str,
) -> Result<Option<Spot>> {
    let row: Option<(String, String, String)> = first!(db, OF_WISH, workspace.as_str(), key)?;
    Ok(row.map(|(channel, thread, id)| Spot {
        channel,
        thread: Some(thread).filter(|thread| !thread.is_empty()),
        id,
    }))
}
