//! Which of our messages show what, so that they can be redrawn when it changes.

use super::ask::{every, json, run, to_json};
use super::{Error, Reads, Result, Tx, statements};
use crate::conversation::outgoing::{MessageRef, Subject};
use crate::ids::WorkspaceId;

statements! {
    REMEMBER = "INSERT INTO place (workspace_id, subject_kind, subject_id, platform, team, \
                channel, message_id, message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                ON CONFLICT (workspace_id, subject_kind, subject_id, platform, team, channel, \
                message_id) DO NOTHING";
    OF = "SELECT message FROM place \
          WHERE workspace_id = $1 AND subject_kind = $2 AND subject_id = $3 \
          ORDER BY platform, team, channel, message_id";
    FORGET = "DELETE FROM place WHERE workspace_id = $1 AND subject_kind = $2 AND subject_id = $3 \
              AND platform = $4 AND team = $5 AND channel = $6 AND message_id = $7";
}

#[derive(serde::Deserialize)]
struct Words {
    kind: String,
    #[serde(default)]
    id: String,
}

/// The two words of a subject's own stored form; none when it is about nothing.
fn key(subject: &Subject) -> Result<Option<(String, String)>> {
    if *subject == Subject::Nothing {
        return Ok(None);
    }
    let words: Words = serde_json::to_value(subject)
        .and_then(serde_json::from_value)
        .map_err(|e| Error::Broken(format!("a subject cannot be kept: {e}")))?;
    Ok(Some((words.kind, words.id)))
}

/// This message shows the subject. Saying so again does no harm.
pub async fn remember(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    subject: &Subject,
    message: &MessageRef,
) -> Result<()> {
    let Some((kind, id)) = key(subject)? else { return Ok(()) };
    run!(
        tx,
        REMEMBER,
        workspace.as_str(),
        &kind,
        &id,
        message.place.platform.as_str(),
        &message.place.team,
        &message.place.channel,
        &message.message,
        to_json("a message", message)?,
    )?;
    Ok(())
}

/// Every message that shows the subject.
pub async fn of(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    subject: &Subject,
) -> Result<Vec<MessageRef>> {
    let Some((kind, id)) = key(subject)? else { return Ok(Vec::new()) };
    let rows: Vec<(String,)> = every!(db, OF, workspace.as_str(), &kind, &id)?;
    rows.iter().map(|(message,)| json("a message", message)).collect()
}

/// The message is gone.
pub async fn forget(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    subject: &Subject,
    message: &MessageRef,
) -> Result<()> {
    let Some((kind, id)) = key(subject)? else { return Ok(()) };
    let place = &message.place;
    run!(
        tx,
        FORGET,
        workspace.as_str(),
        &kind,
        &id,
        place.platform.as_str(),
        &place.team,
        &place.channel,
        &message.message,
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{message, settled};
    use super::super::testing::{Fresh, both};
    use super::*;
    use crate::ids::{ProposalId, ThreadId};

    both!(every_message_that_shows_a_subject_is_remembered_once,);

    async fn every_message_that_shows_a_subject_is_remembered_once(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let shown = Subject::Proposal(ProposalId::from_stored("p"));
        let alike = Subject::Thread(ThreadId::from_stored("p"));
        let (one, two) = (message("C1", "1"), message("C2", "1"));
        let mut tx = db.store.begin().await.unwrap();
        for message in [&two, &one, &two] {
            remember(&mut tx, &ws, &shown, message).await.unwrap();
        }
        remember(&mut tx, &ws, &Subject::Nothing, &one).await.unwrap();
        assert_eq!(of(&mut tx, &ws, &shown).await.unwrap(), [one.clone(), two.clone()]);
        assert_eq!(of(&mut tx, &ws, &alike).await.unwrap(), []);
        assert_eq!(of(&mut tx, &ws, &Subject::Nothing).await.unwrap(), []);
        assert_eq!(of(&mut tx, &other, &shown).await.unwrap(), []);
        forget(&mut tx, &other, &shown, &one).await.unwrap();
        forget(&mut tx, &ws, &shown, &two).await.unwrap();
        assert_eq!(of(&mut tx, &ws, &shown).await.unwrap(), [one]);
    }
}
