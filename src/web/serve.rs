//! Answers connections until told to stop, then lets the requests under way end.
//!
//! In place of `axum::serve`, which waits for a request's head for ever and takes any number of
//! connections.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::serve::{Listener as _, ListenerExt as _};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// What a server puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long requests under way may go on after a stop.
    pub grace: Duration,
    /// How long the head of a request may take, and how long a connection may lie idle before one.
    pub head: Duration,
    /// Connections at once; more wait until one ends.
    pub connections: usize,
}

impl Limits {
    /// Idle connections live longer than the usual proxy keeps them, which then is the one to close.
    /// As many as fit into the 1024 files that systems usually allow, with room for the database.
    #[must_use]
    pub fn with_grace(grace: Duration) -> Self {
        Self { grace, head: Duration::from_secs(75), connections: 768 }
    }
}

/// Serves until `stop` turns true. Afterwards no connection is taken, and requests under way have
/// their grace to end; live streams, which never end by themselves, are cut then.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    mut stop: watch::Receiver<bool>,
    limits: Limits,
) -> io::Result<()> {
    let mut listener = listener.tap_io(|connection| {
        // Answers are small: waiting to fill a packet only delays them.
        let _ = connection.set_nodelay(true);
    });
    let mut open = JoinSet::new();
    let stopping = stop.clone();
    loop {
        tokio::select! {
            (wire, _) = listener.accept(), if open.len() < limits.connections => {
                open.spawn(converse(wire, router.clone(), stopping.clone(), limits.head));
            }
            Some(_) = open.join_next() => {}
            () = told(&mut stop) => break,
        }
    }
    drop(listener);
    let rest = async { while open.join_next().await.is_some() {} };
    let _ = timeout(limits.grace, rest).await;
    Ok(())
}

/// Ends once serving shall stop.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// One connection, until either side closes it.
async fn converse(
    wire: TcpStream,
    router: Router,
    mut stop: watch::Receiver<bool>,
    head: Duration,
) {
    let mut server = Builder::new(TokioExecutor::new()).http1_only();
    server.http1().timer(TokioTimer::new()).header_read_timeout(head);
    let service = TowerToHyperService::new(router);
    let mut connection = std::pin::pin!(server.serve_connection(TokioIo::new(wire), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection broke");
    }
}
