//! Answers connections until told to stop, then lets the requests under way end.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

/// Serves until `stop` turns true. Afterwards no connection is taken, and requests under way have
/// `grace` to end; live streams, which never end by themselves, are cut then.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    mut stop: watch::Receiver<bool>,
    grace: Duration,
) -> io::Result<()> {
    let listener = listener.tap_io(|connection| {
        // Answers are small: waiting to fill a packet only delays them.
        let _ = connection.set_nodelay(true);
    });
    let mut stopping = stop.clone();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    });
    let mut server = std::pin::pin!(server.into_future());
    tokio::select! {
        ended = &mut server => return ended,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    timeout(grace, server).await.unwrap_or(Ok(()))
}
