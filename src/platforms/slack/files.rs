//! A file in a thread: three calls to place it, and as many looks as it takes to find the message.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use slack_morphism::prelude::{
    SlackApiFilesComplete, SlackApiFilesCompleteUploadExternalRequest,
    SlackApiFilesGetUploadUrlExternalRequest, SlackApiFilesUploadViaUrlRequest, SlackBlock,
};

use super::client::{Done, SlackMessenger, again};
use super::limits;
use super::transport::send_error;
use crate::conversation::inbound::Place;
use crate::conversation::outgoing::MessageRef;
use crate::handlers::messenger::{Attachment, Notes, SendError};

/// Sharing goes on after Slack has answered: how often, and how far apart, we look for its message.
const LOOKS: usize = 8;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
const DECK: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// What Slack knows of a file.
enum Known {
    /// Shared in the place, by this message.
    Shared(String),
    /// There, but not shared in the place (yet).
    Unshared,
    /// No such file: never completed, or deleted.
    Gone,
}

impl SlackMessenger {
    pub(super) async fn share(
        &self,
        file: &Attachment<'_>,
        notes: &dyn Notes,
    ) -> Result<MessageRef, SendError> {
        if let Some(id) = file.earlier
            && let Some(message) = self.finish_earlier(file, id).await?
        {
            return Ok(message);
        }
        let id = self.upload(file, notes).await?;
        self.complete(file, &id).await?;
        self.shared(file.to, &id).await
    }

    /// Takes up a try that broke off: the file may be shared, or uploaded and not shared.
    async fn finish_earlier(
        &self,
        file: &Attachment<'_>,
        id: &str,
    ) -> Result<Option<MessageRef>, SendError> {
        match self.known(file.to, id).await? {
            Known::Shared(ts) => Ok(Some(MessageRef { place: file.to.clone(), message: ts })),
            Known::Gone => Ok(None),
            Known::Unshared => match self.complete(file, id).await {
                Ok(()) => self.shared(file.to, id).await.map(Some),
                // Its ticket is used up: what was completed may still be on its way.
                Err(SendError::Refused(word)) if word == "file_not_found" => {
                    match self.settled(file.to, id).await? {
                        Known::Shared(ts) => {
                            Ok(Some(MessageRef { place: file.to.clone(), message: ts }))
                        }
                        _ => Ok(None),
                    }
                }
                Err(error) => Err(error),
            },
        }
    }

    /// The bytes, under an id that is noted before anybody could see them.
    async fn upload(&self, file: &Attachment<'_>, notes: &dyn Notes) -> Result<String, SendError> {
        let session = self.session();
        let asked = SlackApiFilesGetUploadUrlExternalRequest::new(
            file.file_name.to_owned(),
            file.bytes.len(),
        );
        let ticket = session.get_upload_url_external(&asked).await;
        let ticket = ticket.map_err(send_error).map_err(again)?;
        notes.keep(&ticket.file_id.0).await?;
        let upload = SlackApiFilesUploadViaUrlRequest::new(
            ticket.upload_url,
            file.bytes.to_vec(),
            DECK.to_owned(),
        );
        session.files_upload_via_url(&upload).await.map_err(send_error).map_err(again)?;
        Ok(ticket.file_id.0)
    }

    /// Makes it visible. The typed answer refuses files with empty addresses, so ours is none.
    async fn complete(&self, file: &Attachment<'_>, id: &str) -> Result<(), SendError> {
        let title = limits::shortened(file.title, limits::HEADER).into_owned();
        let one = SlackApiFilesComplete::new(id.into()).with_title(title);
        let comment = self.renderer.words(file.comment);
        let comment: Vec<_> = comment.into_iter().map(SlackBlock::Unknown).collect();
        let request = SlackApiFilesCompleteUploadExternalRequest::new(vec![one])
            .with_channel_id(file.to.channel.as_str().into())
            .opt_blocks((!comment.is_empty()).then_some(comment))
            .opt_thread_ts(file.to.thread.as_deref().map(Into::into));
        self.call("files.completeUploadExternal", &request).await.map(|Done {}| ())
    }

    /// The message of a completed file. Where Slack takes too long to say, the file's own id stands
    /// for it: it is there, and it is never updated.
    async fn shared(&self, place: &Place, id: &str) -> Result<MessageRef, SendError> {
        let message = match self.settled(place, id).await {
            Ok(Known::Shared(ts)) => ts,
            Ok(_) | Err(_) => id.to_owned(),
        };
        Ok(MessageRef { place: place.clone(), message })
    }

    /// Looks until it is shared, or often enough.
    async fn settled(&self, place: &Place, id: &str) -> Result<Known, SendError> {
        let mut looks = tokio::time::interval(BETWEEN_LOOKS);
        for _ in 1..LOOKS {
            looks.tick().await;
            if let Known::Shared(ts) = self.known(place, id).await? {
                return Ok(Known::Shared(ts));
            }
        }
        self.known(place, id).await
    }

    /// Where an earlier try's file is shared.
    pub(super) async fn find_file(
        &self,
        place: &Place,
        id: &str,
    ) -> Result<Option<MessageRef>, SendError> {
        match self.known(place, id).await? {
            Known::Shared(ts) => Ok(Some(MessageRef { place: place.clone(), message: ts })),
            Known::Unshared | Known::Gone => Ok(None),
        }
    }

    async fn known(&self, place: &Place, id: &str) -> Result<Known, SendError> {
        let asked: Result<Asked, _> = self.get("files.info", &[("file", Some(id))]).await;
        match asked.map_err(again) {
            Ok(asked) => Ok(asked.file.message_in(&place.channel)),
            Err(SendError::Refused(word)) => match word.as_str() {
                "file_not_found" | "file_deleted" => Ok(Known::Gone),
                _ => Err(SendError::CannotLook(word)),
            },
            Err(error) => Err(error),
        }
    }
}

#[derive(Deserialize)]
struct Asked {
    file: Shares,
}

/// Channel by channel, the messages a file is shared by.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Shares {
    shares: Option<BTreeMap<String, BTreeMap<String, Vec<Share>>>>,
}

#[derive(Deserialize)]
struct Share {
    #[serde(default)]
    ts: String,
}

impl Shares {
    fn message_in(self, channel: &str) -> Known {
        let kinds = self.shares.unwrap_or_default();
        let mut shares = kinds.into_values().filter_map(|mut kind| kind.remove(channel)).flatten();
        shares
            .find(|share| !share.ts.is_empty())
            .map_or(Known::Unshared, |share| Known::Shared(share.ts))
    }
}
