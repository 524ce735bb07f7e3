//! What the web room asks for, filled: health, signed decks, imports by other systems.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::config::Secret;
use crate::handlers::context::Context;
use crate::handlers::import::{self, Taken, Turn, Wanted};
use crate::handlers::trouble::{Handled, Ours, Trouble};
use crate::ids::ReportId;
use crate::jobs::Unsent;
use crate::partners::import::FileRefused;
use crate::store::tokens::Token;
use crate::store::{reports, seal, tokens};
use crate::telemetry;
use crate::web::decks::{DeckFile, Decks};
use crate::web::health::{Health, Ready};
use crate::web::imports::{File, Imported, Imports, Owner};
use crate::web::metrics::Figure;
use crate::web::trouble::Failed;

use super::readiness::Readiness;

/// Signs of a token's id that the audit shows: its last ones, the first are the time.
const ID_SHOWN: usize = 8;

/// One value behind the three ports.
pub struct Parts {
    cx: Arc<Context>,
    readiness: Readiness,
}

impl Parts {
    #[must_use]
    pub fn new(cx: &Arc<Context>) -> Self {
        Self { cx: Arc::clone(cx), readiness: Readiness::default() }
    }
}

fn logged(trouble: Trouble, context: &str) -> Failed {
    let ours = match trouble {
        Trouble::Ours(ours) => ours,
        Trouble::Mend(card) | Trouble::Denied { card, .. } => Ours::Other(card.fallback),
    };
    if ours.passes() {
        tracing::warn!(error = %ours, context, "it has to wait");
        return Failed::Busy;
    }
    Failed::Ours(telemetry::reference(&ours, context))
}

impl Health for Parts {
    fn ready(&self) -> BoxFuture<'_, Ready> {
        Box::pin(self.readiness.of(&self.cx))
    }

    fn figures(&self) -> BoxFuture<'_, Vec<Figure>> {
        Box::pin(async move {
            let depth = self.cx.jobs.queues().await.unwrap_or_default();
            let figure = |name, help, queue: &str, value| Figure {
                name,
                help,
                labels: vec![("queue", queue.to_owned())],
                value,
            };
            let waiting = depth.iter().map(|state| {
                figure("attache_jobs_waiting", "Jobs that wait.", &state.queue, state.waiting)
            });
            let dead = depth.iter().map(|state| {
                figure(
                    "attache_jobs_given_up",
                    "Jobs that were given up.",
                    &state.queue,
                    state.dead,
                )
            });
            let oldest = depth.iter().map(|state| {
                let age = i64::try_from(state.oldest.as_secs()).unwrap_or(i64::MAX);
                let help = "Age of the oldest job that waits.";
                figure("attache_jobs_oldest_seconds", help, &state.queue, age)
            });
            let jobs = waiting.chain(dead).chain(oldest);
            let (kinds, lanes) = self.cx.jobs.unsent().await.unwrap_or_default();
            jobs.chain(unsent(KINDS, &kinds)).chain(unsent(LANES, &lanes)).collect()
        })
    }
}

/// A figure's name and what it is.
type Named = (&'static str, &'static str);

const KINDS: [Named; 2] = [
    ("attache_unsent", "Messages that wait to be sent."),
    ("attache_unsent_oldest_seconds", "Age of the oldest message that waits to be sent."),
];
/// The few that wait longest: a lane has the name of a channel or person in it, and there are many.
const LANES: [Named; 2] = [
    ("attache_lane_unsent", "Messages that wait in the lanes that wait longest."),
    ("attache_lane_oldest_seconds", "Age of the oldest message in the lanes that wait longest."),
];

fn unsent([many, oldest]: [Named; 2], all: &[Unsent]) -> Vec<Figure> {
    let figure = |(name, help): Named, unsent: &Unsent, value| Figure {
        name,
        help,
        labels: unsent.labels.clone(),
        value,
    };
    let age = |unsent: &Unsent| i64::try_from(unsent.oldest.as_secs()).unwrap_or(i64::MAX);
    let counts = all.iter().map(|unsent| figure(many, unsent, unsent.many));
    counts.chain(all.iter().map(|unsent| figure(oldest, unsent, age(unsent)))).collect()
}

impl Decks for Parts {
    fn deck<'a>(&'a self, report: &'a ReportId) -> BoxFuture<'a, Result<Option<DeckFile>, Failed>> {
        Box::pin(async move {
            let read = async {
                let mut reader = self.cx.store.reader().await?;
                let Some(about) = reports::by_id_any(&mut reader, report).await? else {
                    return Ok(None);
                };
                let bytes = reports::deck(&mut reader, &about.workspace_id, report).await?;
                Ok(bytes.map(|bytes| DeckFile { name: about.file_name, bytes }))
            };
            read.await.map_err(|error| logged(error, "a signed deck"))
        })
    }
}

impl Imports for Parts {
    fn owner_of<'a>(&'a self, token: &'a Secret) -> BoxFuture<'a, Result<Option<Owner>, Failed>> {
        Box::pin(async move {
            let checked = async {
                let mut tx = self.cx.store.begin().await?;
                let hash = seal::digest(token.expose());
                let token = tokens::check(&mut tx, &hash, self.cx.clock.now_ms()).await?;
                tx.commit().await?;
                Ok(token.map(|token| Owner { token: named(&token), workspace: token.workspace_id }))
            };
            checked.await.map_err(|error| logged(error, "an import token"))
        })
    }

    fn turn(&self) -> Option<Turn> {
        self.cx.files.turn()
    }

    fn import<'a>(
        &'a self,
        owner: &'a Owner,
        file: File,
    ) -> BoxFuture<'a, Result<Imported, Failed>> {
        Box::pin(async move {
            take(&self.cx, owner, file).await.map_err(|trouble| logged(trouble, "an import"))
        })
    }
}

/// A token by its name and the end of its id: two of one name are told apart.
fn named(token: &Token) -> String {
    let end = token.id.len().saturating_sub(ID_SHOWN);
    format!("import token \"{}\" (…{})", token.name, token.id.get(end..).unwrap_or_default())
}

async fn take(cx: &Context, owner: &Owner, file: File) -> Handled<Imported> {
    let File { kind, bytes, asked } = file;
    let wanted = Wanted {
        file: import::File { kind, bytes: Arc::new(bytes), decimal: asked.decimal },
        keep_good: asked.keep_good,
        source: "http",
        by: &owner.token,
        at: cx.clock.now_ms(),
    };
    let taken = import::take(&cx.files, &owner.workspace, &wanted).await?;
    Ok(Imported { taken: taken.as_ref().is_ok_and(|taken| taken.applied), report: report(&taken) })
}

/// Rows read, changed, refused with line and reason, for a program.
#[must_use]
pub fn report(taken: &Result<Taken, FileRefused>) -> Value {
    match taken {
        Err(refused) => json!({ "applied": false, "error": refused.to_string() }),
        Ok(taken) => json!({
            "applied": taken.applied,
            "read": taken.read,
            "added": taken.tally.added,
            "changed": taken.tally.changed,
            "unchanged": taken.tally.unchanged,
            "refused": taken.refused.iter().map(|row| json!({
                "line": row.line, "external_id": row.external_id, "reason": row.reason,
            })).collect::<Vec<_>>(),
            "refused_rows": taken.refused.len() + taken.more_refused,
            "notes": taken.notes,
        }),
    }
}
