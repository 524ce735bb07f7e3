//! The console's ports, filled by the store: thin translations between its rows and the console's
//! words.

mod company;
mod people;
mod talk;

use crate::clock::Clock;
use crate::handlers::import::Door;
use crate::ids::WorkspaceId;
use crate::platforms::console::port::PortError;
use crate::store::{self, Store};
use crate::telemetry;

/// What the console keeps of one workspace.
pub struct Ports {
    store: Store,
    clock: Clock,
    workspace: WorkspaceId,
    files: Door,
}

impl Ports {
    #[must_use]
    pub fn new(store: Store, clock: Clock, workspace: WorkspaceId, files: Door) -> Self {
        Self { store, clock, workspace, files }
    }
}

/// Reads with a connection of the read pool.
macro_rules! read {
    ($ports:expr, |$db:ident| $body:expr) => {
        Box::pin(async move {
            let read = async {
                let mut reader = $ports.store.reader().await?;
                let $db = &mut reader;
                $body.await
            };
            read.await.map_err(|error| $crate::app::console_port::port_error(&error))
        })
    };
}
use read;

/// Writes in one transaction.
macro_rules! write_tx {
    ($ports:expr, |$tx:ident| $body:expr) => {
        Box::pin(async move {
            let written = async {
                let mut open = $ports.store.begin().await?;
                let $tx = &mut open;
                let done = $body.await?;
                open.commit().await?;
                Ok(done)
            };
            written.await.map_err(|error| $crate::app::console_port::port_error(&error))
        })
    };
}
use write_tx;

fn port_error(error: &store::Error) -> PortError {
    if error.passes() {
        tracing::warn!(%error, "the console's rows have to wait");
        return PortError::Busy;
    }
    PortError::Ours(telemetry::reference(error, "the console's rows"))
}
