//! Everything outside of the product in one run: Slack, its bad weather, and the way to the replicas.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use attache::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::watch;

use crate::chance::{Chance, pass};
use crate::ledger::Ledger;
use crate::slack_api::{BOT, Failure, Posted, SlackApi, Weather};
use crate::wire::{Request, SECRET, seconds, signature};

/// Slack waits so long for an answer, and sends a request up to four times in all.
const PATIENCE: Duration = Duration::from_secs(3);
const DELIVERIES: usize = 4;

pub struct Town {
    pub api: SlackApi,
    http: reqwest::Client,
    bases: Mutex<Vec<String>>,
    turn: AtomicUsize,
    ledger: Mutex<Ledger>,
    storm: Storm,
    /// Counts what happens, so that a kill can follow something.
    stir: Arc<watch::Sender<u64>>,
    /// People go on until it says true.
    over: watch::Sender<bool>,
    /// How far the business clock was put forward.
    hours: AtomicI64,
    begun: Timestamp,
    /// How long the honest waited for each yes.
    times: Mutex<Vec<Duration>>,
    /// Somebody else holds the database: nobody can be told yes, and times do not count.
    pub held: AtomicBool,
}

impl Town {
    pub async fn start() -> Arc<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (storm, stir) = (Storm::default(), Arc::new(watch::channel(0).0));
        let http =
            reqwest::Client::builder().no_proxy().timeout(PATIENCE).pool_max_idle_per_host(0);
        Arc::new(Self {
            api: SlackApi::start_in(weather(&storm, &stir)).await,
            http: http.build().unwrap(),
            bases: Mutex::default(),
            turn: AtomicUsize::new(0),
            ledger: Mutex::default(),
            stir,
            storm,
            over: watch::channel(false).0,
            hours: AtomicI64::new(0),
            begun: Clock::system().real(),
            times: Mutex::default(),
            held: AtomicBool::new(false),
        })
    }

    pub fn let_it_storm(&self, chance: Chance) {
        *self.storm.lock().unwrap() = Some(chance);
    }

    pub fn let_it_clear(&self) {
        *self.storm.lock().unwrap() = None;
    }

    pub fn serve_at(&self, bases: Vec<String>) {
        *self.bases.lock().unwrap() = bases;
    }

    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    /// Where a business clock begins that starts now.
    pub fn clock(&self) -> String {
        let start: Timestamp = "2026-10-05T08:59:50Z".parse().unwrap();
        let hours = SignedDuration::from_hours(self.hours.load(Ordering::Relaxed));
        (start + hours + Clock::system().real().duration_since(self.begun)).to_string()
    }

    pub fn put_clock_forward(&self, hours: i64) {
        self.hours.fetch_add(hours, Ordering::Relaxed);
    }

    /// Delivers a request as Slack does: again when there is no good answer, to whichever replica
    /// is next. True when it was promised.
    pub async fn send(&self, request: &Request) -> bool {
        self.ledger().sent.insert(request.key.clone());
        for _ in 0..DELIVERIES {
            let (held, begun) = (self.held.load(Ordering::Relaxed), Instant::now());
            match self.deliver(request).await {
                Ok(200) => {
                    if !held && !self.held.load(Ordering::Relaxed) {
                        self.times.lock().unwrap().push(begun.elapsed());
                    }
                    self.ledger().promised.insert(request.key.clone());
                    self.stir.send_modify(|count| *count += 1);
                    return true;
                }
                Ok(503) => self.ledger().busy += 1,
                Ok(odd) => *self.ledger().odd.entry(odd).or_default() += 1,
                Err(_) => self.ledger().silent += 1,
            }
            pass(Duration::from_millis(150)).await;
        }
        false
    }

    /// Delivers a request of somebody who does not care what becomes of it.
    pub async fn send_once(&self, request: &Request) {
        self.ledger().sent.insert(request.key.clone());
        let _ = self.deliver(request).await;
    }

    async fn deliver(&self, request: &Request) -> reqwest::Result<u16> {
        let stamp = seconds().to_string();
        let sign = signature(SECRET, &stamp, &request.body);
        let sent = self
            .http
            .post(format!("{}{}", self.next_base(), request.door.path()))
            .header("x-slack-request-timestamp", stamp)
            .header("x-slack-signature", sign)
            .body(request.body.clone())
            .send()
            .await;
        sent.map(|answer| answer.status().as_u16())
    }

    /// How long the honest waited since this was asked last.
    pub fn take_times(&self) -> Vec<Duration> {
        std::mem::take(&mut *self.times.lock().unwrap())
    }

    fn next_base(&self) -> String {
        let bases = self.bases.lock().unwrap();
        bases[self.turn.fetch_add(1, Ordering::Relaxed) % bases.len()].clone()
    }

    /// Waits for that many things to happen, but not for ever.
    pub async fn stirred(&self, times: u64) {
        let mut stir = self.stir.subscribe();
        let until = *stir.borrow() + times;
        let _ =
            tokio::time::timeout(Duration::from_secs(2), stir.wait_for(|count| *count >= until))
                .await;
    }

    pub fn end(&self) {
        self.over.send_replace(true);
    }

    pub fn is_over(&self) -> bool {
        *self.over.borrow()
    }

    /// Looks until there is something to see, for as long as a patient person would.
    pub async fn see<T>(&self, long: Duration, look: impl Fn(&SlackApi) -> Option<T>) -> Option<T> {
        let begun = std::time::Instant::now();
        while begun.elapsed() < long && !self.is_over() {
            if let Some(seen) = look(&self.api) {
                return Some(seen);
            }
            pass(Duration::from_millis(40)).await;
        }
        None
    }
}

/// Slack limits some calls, loses some answers after taking the call, breaks some before, and is
/// slow at some: as long as there is a chance of it. It always says who people are: whom it cannot
/// vouch for is refused, and would open no thread.
type Storm = Arc<Mutex<Option<Chance>>>;

fn weather(storm: &Storm, stir: &Arc<watch::Sender<u64>>) -> Weather {
    let (storm, stir) = (Arc::clone(storm), Arc::clone(stir));
    Box::new(move |call| {
        stir.send_modify(|count| *count += 1);
        if call == "users.info" {
            return None;
        }
        let mut storm = storm.lock().unwrap();
        let chance = storm.as_mut()?;
        match chance.below(100) {
            0..4 => Some(Failure::TooMany(1)),
            4..12 => Some(Failure::LostReply),
            12..14 => Some(Failure::Drop),
            14..16 => Some(Failure::Status(503)),
            16..40 => Some(Failure::Delay(Duration::from_millis(1 + chance.below(80) as u64))),
            _ => None,
        }
    })
}

/// An open proposal's card in a channel: its message and the id that its button names.
pub struct Card {
    pub id: String,
    pub root: String,
    pub ts: String,
}

/// The newest card that speaks of `token` and can still be accepted.
pub fn open_card(api: &SlackApi, channel: &str, token: &str) -> Option<Card> {
    api.messages(channel).into_iter().rev().find_map(|posted| {
        let id = accept_button(&posted.blocks).filter(|_| posted.user == BOT)?;
        let speaks = posted.blocks.to_string().contains(token);
        speaks.then(|| card(&posted, id))?
    })
}

fn card(posted: &Posted, id: String) -> Option<Card> {
    Some(Card { id, root: posted.thread.clone()?, ts: posted.ts.clone() })
}

fn accept_button(blocks: &Value) -> Option<String> {
    let elements = blocks.as_array()?.iter().filter_map(|block| block["elements"].as_array());
    let values = elements.flatten().filter_map(|element| element["value"].as_str());
    values.filter_map(|value| value.strip_prefix("accept ")).map(str::to_owned).next()
}
