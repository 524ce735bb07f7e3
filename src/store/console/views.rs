//! What one person sees: timelines, what has changed, threads, and what is still unread.

use super::super::ask::{every, first, json, odd, run};
use super::super::{Reads, Result, Tx, statements};
use super::messages::{Body, File};
use crate::ids::WorkspaceId;

/// A message with its visible replies: `$1` the workspace, `$2` the person, `$3` their direct chat.
macro_rules! seen {
    ($which:literal) => {
        concat!(
            "SELECT m.id, m.channel, m.thread, m.author, m.private_to, m.words, m.card, \
             m.file_report, m.file_name, m.at, m.edited_at, m.born, m.seq, \
             (SELECT COUNT(*) FROM console_message r WHERE r.workspace_id = m.workspace_id \
             AND r.channel = m.channel AND r.thread = m.id \
             AND (r.private_to IS NULL OR r.private_to = $2)) AS replies, \
             (SELECT COUNT(r.file_name) FROM console_message r WHERE r.workspace_id = m.workspace_id \
             AND r.channel = m.channel AND r.thread = m.id \
             AND (r.private_to IS NULL OR r.private_to = $2)) AS decks, \
             (SELECT MAX(r.at) FROM console_message r WHERE r.workspace_id = m.workspace_id \
             AND r.channel = m.channel AND r.thread = m.id \
             AND (r.private_to IS NULL OR r.private_to = $2)) AS replied_at \
             FROM console_message m WHERE m.workspace_id = $1 \
             AND (m.private_to IS NULL OR m.private_to = $2) \
             AND (substr(m.channel, 1, 3) <> 'dm-' OR m.channel = $3) ",
            $which
        )
    };
}

statements! {
    MESSAGE = seen!("AND m.id = $4");
    TIMELINE = seen!("AND m.channel = $4 AND m.thread = $5 AND m.born < $6 \
                      ORDER BY m.born DESC LIMIT $7");
    CHANGED = seen!("AND m.channel = $4 AND (m.thread = $5 OR m.id = $5) AND m.seq > $6 \
                     ORDER BY m.seq, m.born LIMIT $7");
    THREADS = "SELECT m.id FROM console_message m WHERE m.workspace_id = $1 AND m.thread = '' \
               AND m.private_to IS NULL AND (m.author IS NULL OR EXISTS \
               (SELECT 1 FROM console_message r WHERE r.workspace_id = m.workspace_id \
               AND r.channel = m.channel AND r.thread = m.id \
               AND (r.private_to IS NULL OR r.private_to = $2))) \
               AND (substr(m.channel, 1, 3) <> 'dm-' OR m.channel = $3) \
               ORDER BY m.seq DESC LIMIT $4";
    UNREAD = "SELECT m.channel, m.thread, COUNT(*) FROM console_message m \
              LEFT JOIN console_mark k ON k.workspace_id = m.workspace_id AND k.person = $2 \
              AND k.channel = m.channel AND k.thread = m.thread \
              WHERE m.workspace_id = $1 AND m.born > COALESCE(k.seq, 0) \
              AND (m.private_to IS NULL OR m.private_to = $2) \
              AND (substr(m.channel, 1, 3) <> 'dm-' OR m.channel = $3) \
              AND (m.author IS NULL OR m.author <> $2) \
              GROUP BY m.channel, m.thread ORDER BY m.channel, m.thread";
    SHOWS_REPORT = "SELECT id FROM console_message WHERE workspace_id = $1 AND file_report = $2 \
                    AND (private_to IS NULL OR private_to = $3) \
                    AND (substr(channel, 1, 3) <> 'dm-' OR channel = $4) LIMIT 1";
    MARK = "INSERT INTO console_mark (workspace_id, person, channel, thread, seq) \
            VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (workspace_id, person, channel, thread) \
            DO UPDATE SET seq = excluded.seq WHERE console_mark.seq < excluded.seq";
}

/// Changes that are told at a time.
const CHANGES: usize = 200;

/// What one person looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub person: String,
    pub channel: String,
    /// The root message.
    pub thread: Option<String>,
}

/// A message as one person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: String,
    pub channel: String,
    pub thread: Option<String>,
    pub author: Option<String>,
    pub private_to: Option<String>,
    pub body: Body,
    pub file: Option<File>,
    pub at: i64,
    pub edited_at: Option<i64>,
    pub born: i64,
    pub seq: i64,
    /// Visible replies, of a root.
    pub replies: u32,
    /// How many of them bring a file.
    pub decks: u32,
    /// The `at` of the newest of them.
    pub replied_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub channel: String,
    pub thread: Option<String>,
    pub count: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    channel: String,
    thread: String,
    author: Option<String>,
    private_to: Option<String>,
    words: Option<String>,
    card: Option<String>,
    file_report: Option<String>,
    file_name: Option<String>,
    at: i64,
    edited_at: Option<i64>,
    born: i64,
    seq: i64,
    replies: i64,
    decks: i64,
    replied_at: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Message> {
        let body = match (self.words, self.card) {
            (Some(words), None) => Body::Words(words),
            (None, Some(card)) => Body::Card(json("a card", &card)?),
            _ => return Err(odd("a message with neither words nor card", &self.id)),
        };
        let file = self.file_report.zip(self.file_name);
        Ok(Message {
            id: self.id,
            channel: self.channel,
            thread: some(self.thread),
            author: self.author,
            private_to: self.private_to,
            body,
            file: file.map(|(report, name)| File { report, name }),
            at: self.at,
            edited_at: self.edited_at,
            born: self.born,
            seq: self.seq,
            replies: few(self.replies),
            decks: few(self.decks),
            replied_at: self.replied_at,
        })
    }
}

fn some(thread: String) -> Option<String> {
    Some(thread).filter(|thread| !thread.is_empty())
}

fn few(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The channel of a person's direct chat with the bot.
fn direct(person: &str) -> String {
    format!("dm-{person}")
}

/// Whether a message that the person may see carries the deck of this report.
pub async fn shows_report(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    report: &str,
    person: &str,
) -> Result<bool> {
    let own = direct(person);
    let row: Option<(String,)> =
        first!(db, SHOWS_REPORT, workspace.as_str(), report, person, &own)?;
    Ok(row.is_some())
}

/// One message, when visible to the person.
pub async fn message(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    id: &str,
    person: &str,
) -> Result<Option<Message>> {
    let own = direct(person);
    let row: Option<Row> = first!(db, MESSAGE, workspace.as_str(), person, &own, id)?;
    row.map(Row::read).transpose()
}

/// The newest messages of a view that were born before `before`, oldest first. Outside of threads:
/// those in none. In a thread: its replies, without the root.
pub async fn timeline(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    view: &View,
    before: i64,
    limit: u32,
) -> Result<Vec<Message>> {
    let (ws, own) = (workspace.as_str(), direct(&view.person));
    let (person, channel) = (view.person.as_str(), view.channel.as_str());
    let thread = view.thread.as_deref().unwrap_or_default();
    let limit = i64::from(limit);
    let rows: Vec<Row> = every!(db, TIMELINE, ws, person, &own, channel, thread, before, limit)?;
    rows.into_iter().rev().map(Row::read).collect()
}

/// Messages of a view written after number `after`, at most 200, in the order of their writes; in a
/// thread also its root. A root has the number of its last reply: the two are never told apart.
pub async fn changed(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    view: &View,
    after: i64,
) -> Result<Vec<Message>> {
    let (ws, own) = (workspace.as_str(), direct(&view.person));
    let (person, channel) = (view.person.as_str(), view.channel.as_str());
    let thread = view.thread.as_deref().unwrap_or_default();
    let limit = i64::try_from(CHANGES + 1).unwrap_or(i64::MAX);
    let mut rows: Vec<Row> = every!(db, CHANGED, ws, person, &own, channel, thread, after, limit)?;
    if let Some(left) = rows.get(CHANGES).map(|row| row.seq) {
        rows.retain(|row| row.seq < left);
    }
    rows.into_iter().map(Row::read).collect()
}

/// The roots that moved last, newest first: those with replies and those of the bot.
pub async fn threads(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    person: &str,
    limit: u32,
) -> Result<Vec<Message>> {
    let (ws, own) = (workspace.as_str(), direct(person));
    let limit = i64::from(limit);
    let roots: Vec<(String,)> = every!(&mut *db, THREADS, ws, person, &own, limit)?;
    let mut found = Vec::with_capacity(roots.len());
    for (root,) in roots {
        found.extend(message(db, workspace, &root, person).await?);
    }
    Ok(found)
}

/// How much the person has not seen yet, by channel and thread; their own words do not count.
pub async fn unread(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    person: &str,
) -> Result<Vec<Unread>> {
    let own = direct(person);
    let rows: Vec<(String, String, i64)> = every!(db, UNREAD, workspace.as_str(), person, &own)?;
    let unread = rows.into_iter().map(|(channel, thread, count)| Unread {
        channel,
        thread: some(thread),
        count: few(count),
    });
    Ok(unread.collect())
}

/// The person has seen everything in the view up to number `seq`. A mark never goes back.
pub async fn mark(tx: &mut Tx, workspace: &WorkspaceId, view: &View, seq: i64) -> Result<()> {
    let thread = view.thread.as_deref().unwrap_or_default();
    run!(tx, MARK, workspace.as_str(), &view.person, &view.channel, thread, seq)?;
    Ok(())
}
