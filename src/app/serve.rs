//! `attache serve`: doors open, work running, until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::config::Settings;
use crate::handlers::door::{Door, FrontDoor};
use crate::handlers::rate::Rate;
use crate::handlers::work::Works;
use crate::jobs::{self, Bounds, Engine, InboxWriter, Role};
use crate::platforms::console::{self, Console};
use crate::platforms::slack::{self, verify::Verifier};
use crate::web;
use crate::web::links::Links;
use crate::web::serve::{Limits, serve};

use super::console_port::Ports;
use super::opened::{self, Opened, StartError};
use super::people;
use super::vigil;
use super::web_parts::Parts;

/// A server that runs. Dropping it does not stop it; [`Running::stop`] does.
pub struct Running {
    pub address: SocketAddr,
    pub opened: Opened,
    stop: watch::Sender<bool>,
    serving: JoinHandle<std::io::Result<()>>,
    vigil: JoinHandle<()>,
    writer: InboxWriter,
    engine: Engine,
}

/// How long requests under way may go on after a stop.
const GRACE: Duration = Duration::from_secs(3);

/// How time passes for a server: tests turn the clock and shorten the delays.
#[derive(Clone, Debug)]
pub struct Pace {
    /// The business clock.
    pub clock: Clock,
    pub engine: jobs::Settings,
}

impl Pace {
    /// As the settings want it.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let engine = jobs::Settings::default().resting(settings.sends.reconcile_rest);
        Self { clock: opened::clock(settings), engine }
    }
}

/// Opens everything and begins to answer.
pub async fn start(settings: &Settings, role: Role, pace: Pace) -> Result<Running, StartError> {
    let opened = opened::open(settings, true, pace.clock).await?;
    let listener = TcpListener::bind(settings.listen.address)
        .await
        .map_err(|error| StartError::Listen(settings.listen.address, error))?;
    let address = listener
        .local_addr()
        .map_err(|error| StartError::Listen(settings.listen.address, error))?;
    people::ensure(&opened.cx, settings).await?;
    let cx = Arc::clone(&opened.cx);
    let works = Arc::new(Works(Arc::clone(&cx)));
    let engine = Engine::start(&cx.jobs, role, works, &cx.clock, pace.engine).await?;
    let writer = InboxWriter::start(&cx.jobs, Bounds::default());
    let rate = Rate::new(settings.per_person);
    let door: Arc<dyn Door> = Arc::new(FrontDoor::new(writer.clone(), cx.wall.clone(), rate));
    let verifier = verifier(settings)?;
    let router = router((settings, role), (&opened, address), (&door, verifier));
    let (stop, stopping) = watch::channel(false);
    let vigil = vigil::begin(&cx, stopping.clone());
    let serving = tokio::spawn(serve(listener, router, stopping, Limits::with_grace(GRACE)));
    Ok(Running { address, opened, stop, serving, vigil, writer, engine })
}

fn verifier(settings: &Settings) -> Result<Option<Verifier>, StartError> {
    let verifier = settings.slack.as_ref().map(|s| Verifier::new(s.signing_secret.expose()));
    verifier.transpose().map_err(|error| StartError::Slack(error.to_string()))
}

fn router(
    (settings, role): (&Settings, Role),
    (opened, address): (&Opened, SocketAddr),
    (door, verifier): (&Arc<dyn Door>, Option<Verifier>),
) -> axum::Router {
    let (mut platforms, mut pages) = (Vec::new(), None);
    if role != Role::Worker {
        if let Some(verifier) = verifier {
            let wall = opened.cx.wall.clone();
            platforms.push(slack::webhook::routes(verifier, Arc::clone(door), wall));
        }
        if settings.console.on {
            pages = Some(console::routes(Arc::new(Console {
                settings: console::verify::Settings {
                    listen: address,
                    public_url: settings.listen.public_url.clone(),
                },
                people: Arc::<Ports>::clone(&opened.ports),
                talk: Arc::<Ports>::clone(&opened.ports),
                company: Arc::<Ports>::clone(&opened.ports),
                door: Arc::clone(door),
                bell: opened.bell.clone(),
                clock: opened.cx.clock.clone(),
                ids: opened.cx.ids.clone(),
            })));
        }
    }
    let parts = Arc::new(Parts::new(&opened.cx));
    web::router(web::Parts {
        platforms,
        console: pages,
        health: Arc::<Parts>::clone(&parts),
        decks: Arc::<Parts>::clone(&parts),
        imports: parts,
        links: Links::new(&opened.key),
        metrics: Arc::default(),
        https: settings.listen.public_url.as_ref().is_some_and(|url| url.scheme() == "https"),
        clock: opened.cx.clock.clone(),
    })
}

impl Running {
    /// Ends when the work broke down though nobody asked.
    pub async fn failed(&self) {
        tokio::select! {
            () = self.engine.failed() => {}
            () = self.writer.failed() => {}
        }
    }

    /// Closes the doors, lets what runs end or hands it back, and closes the database.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        self.opened.bell.close();
        if let Err(error) = self.serving.await {
            tracing::warn!(%error, "the doors did not close cleanly");
        }
        let _ = self.vigil.await;
        self.writer.stop().await;
        if let Err(error) = self.engine.stop().await {
            tracing::warn!(%error, "the work did not stop cleanly");
        }
        self.opened.cx.store.close().await;
    }
}
