//! The rooms of one process, opened and put together: everything but the front doors.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::config::key_file::{self, KeyError};
use crate::config::private;
use crate::config::{Database, OwnerOn, SecretKey, Settings};
use crate::conversation::inbound::Platform;
use crate::drafting::rules::RulesDrafter;
use crate::handlers::blocking::Blocking;
use crate::handlers::context::{Context, Rules, Upkeep};
use crate::handlers::import::Door;
use crate::handlers::messenger::Messenger;
use crate::handlers::trouble::Trouble;
use crate::ids::Ids;
use crate::jobs::Jobs;
use crate::platforms::console::client::Client as ConsoleClient;
use crate::platforms::console::live::Bell;
use crate::platforms::slack::client::SlackMessenger;
use crate::store::workspaces::{self, Workspace};
use crate::store::{self, Options, Store};

use super::console_port::Ports;

/// Why the process cannot start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the database cannot be opened: {0}")]
    Store(#[from] store::Error),
    #[error("the folder for the database {0} cannot be made: {1}")]
    Folder(String, std::io::Error),
    #[error("cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
    #[error("Slack cannot be set up: {0}")]
    Slack(String),
    #[error("{0}")]
    Other(String),
}

impl From<Trouble> for StartError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Ours(ours) => Self::Other(ours.to_string()),
            Trouble::Mend(card) | Trouble::Denied { card, .. } => Self::Other(card.fallback),
        }
    }
}

/// Opened rooms.
pub struct Opened {
    pub cx: Arc<Context>,
    pub key: SecretKey,
    pub ports: Arc<Ports>,
    /// Rings when something new stands in the console.
    pub bell: Bell,
}

/// Opens the database (alone on an embedded one when `exclusive`), brings it up to date and makes
/// the workspace of a new one.
pub async fn open(
    settings: &Settings,
    exclusive: bool,
    clock: Clock,
) -> Result<Opened, StartError> {
    if let Database::Sqlite { file, .. } = &settings.database {
        private::folder_of(file)
            .map_err(|error| StartError::Folder(file.display().to_string(), error))?;
    }
    let key = key_file::read_or_make(&settings.key)?;
    let options = Options { exclusive, ..Options::default() };
    let store = Store::open(settings.database.url(), &options).await?;
    let jobs = Jobs::open(&store).await?;
    let ids = Ids::random();
    let workspace = ensure_workspace(&store, &clock, &ids).await?;
    let bell = Bell::default();
    let blocking = Blocking::default();
    let files = Door::new(store.clone(), blocking.clone(), ids.clone());
    let ports = Ports::new(store.clone(), clock.clone(), workspace.id.clone(), files.clone());
    let ports = Arc::new(ports);
    let mut messengers: BTreeMap<Platform, Arc<dyn Messenger>> = BTreeMap::new();
    let console = ConsoleClient {
        talk: Arc::<Ports>::clone(&ports),
        bell: bell.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
    };
    messengers.insert(Platform::Console, Arc::new(console));
    if let Some(slack) = &settings.slack {
        let base = settings.listen.base_url(settings.listen.address);
        let client = SlackMessenger::new(slack, &base, http_client()?, clock.clone())
            .map_err(|error| StartError::Slack(error.to_string()))?;
        messengers.insert(Platform::Slack, Arc::new(client));
    }
    let cx = Context {
        store,
        jobs,
        clock,
        wall: Clock::system(),
        ids,
        drafter: Arc::new(RulesDrafter),
        blocking,
        files,
        messengers,
        rules: rules(settings),
        upkeep: Upkeep::default(),
    };
    Ok(Opened { cx: Arc::new(cx), key, ports, bell })
}

/// The business clock that the settings want.
#[must_use]
pub fn clock(settings: &Settings) -> Clock {
    settings.clock.starts.map_or_else(Clock::system, Clock::starting_at)
}

/// The one client for calls to the outside: bounded in time, never redirected, no proxy from the
/// environment.
fn http_client() -> Result<reqwest::Client, StartError> {
    // The only provider that is compiled in; a second call would be refused.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| StartError::Other(error.to_string()))
}

fn rules(settings: &Settings) -> Rules {
    let owners = settings.owners.iter().map(|owner| {
        let platform = match owner.on {
            OwnerOn::Slack => Platform::Slack,
            OwnerOn::Console => Platform::Console,
        };
        (platform, owner.user.clone())
    });
    Rules { owners: owners.collect() }
}

/// A database has one workspace until a second is made. Of two processes that start together on a
/// new one, the second waits for the first.
async fn ensure_workspace(
    store: &Store,
    clock: &Clock,
    ids: &Ids,
) -> Result<Workspace, store::Error> {
    let mut tx = store.begin_setup().await?;
    if let Some(first) = workspaces::list(&mut tx).await?.into_iter().next() {
        return Ok(first);
    }
    let workspace = Workspace {
        id: ids.workspace(),
        name: "your company".to_owned(),
        zone: "UTC".to_owned(),
        fiscal_start_month: 1,
        currency: "USD".to_owned(),
        answers: None,
        sample: false,
        created_at: clock.now_ms(),
    };
    workspaces::create(&mut tx, &workspace).await?;
    tx.commit().await?;
    Ok(workspace)
}
