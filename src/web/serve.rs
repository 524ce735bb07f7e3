//! Answers connections until told to stop, then lets the requests under way end.
//!
//! In place of `axum::serve`, which waits for a request's head for ever and takes any number of
//! connections.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::serve::{Listener as _, ListenerExt as _};
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::bodies::{Arriving, Budget, Leaving, Share};
use super::crowd::{Crowd, Life};
use super::wire::Wire;

/// What a server puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long requests under way may go on after a stop.
    pub grace: Duration,
    /// How long the head of a request may take, and how long a connection may lie idle before one.
    pub head: Duration,
    /// How long an answer may lie there without being taken.
    pub untaken: Duration,
    /// Connections at once. One more takes the place of the quietest that waits for nothing of ours.
    pub connections: usize,
    /// Connections of one address at once, in the same way. A proxy in front is one address.
    pub per_address: usize,
}

impl Limits {
    /// Idle connections live longer than the usual proxy keeps them, which then is the one to close.
    /// As many as fit into the 1024 files that systems usually allow, with room for the database.
    #[must_use]
    pub fn with_grace(grace: Duration) -> Self {
        Self {
            grace,
            head: Duration::from_secs(75),
            untaken: Duration::from_secs(10),
            connections: 768,
            per_address: 512,
        }
    }
}

/// What a connection may keep of a head, or of answers that wait for their taker.
const BUFFER: usize = 64 * 1024;
/// How soon it is looked again for a place, when everybody there is being answered.
const LOOK: Duration = Duration::from_millis(20);

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
    let (mut open, mut crowd) = (JoinSet::new(), Crowd::default());
    let host = Host { router, stop: stop.clone(), limits, budget: Budget::default() };
    loop {
        let room = crowd.has_room(limits.connections);
        tokio::select! {
            (stream, address) = listener.accept(), if room => {
                if crowd.make_room_among(address, limits.per_address) {
                    crowd.make_room(limits.connections);
                    let life = Arc::new(Life::new());
                    let task = open.spawn(host.clone().converse(stream, Arc::clone(&life)));
                    crowd.came(task, address, life);
                }
            }
            Some(ended) = open.join_next_with_id() => {
                crowd.left(ended.map_or_else(|error| error.id(), |(id, ())| id));
            }
            () = sleep_until(Instant::now() + LOOK), if !room => {}
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

/// What every connection needs.
#[derive(Clone)]
struct Host {
    router: Router,
    stop: watch::Receiver<bool>,
    limits: Limits,
    budget: Budget,
}

impl Host {
    /// One connection, until either side closes it.
    async fn converse(self, stream: TcpStream, life: Arc<Life>) {
        let Self { router, mut stop, limits, budget } = self;
        let mut server = Builder::new(TokioExecutor::new()).http1_only();
        let mut http = server.http1();
        http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(BUFFER);
        let wire = TokioIo::new(Wire::new(stream, Arc::clone(&life), limits.untaken));
        let router = TowerToHyperService::new(router);
        let service = service_fn(move |request: Request<Incoming>| {
            let (share, life) = (Arc::new(Share::of(&budget)), Arc::clone(&life));
            let arriving = |body| Arriving::new(body, Arc::clone(&share), Arc::clone(&life));
            let answered = router.call(request.map(arriving));
            async move {
                let answer = share.dress(answered.await?);
                Ok::<_, Infallible>(answer.map(|body| Leaving::new(body, share, life)))
            }
        });
        let mut connection = std::pin::pin!(server.serve_connection(wire, service));
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
}
