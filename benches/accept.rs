//! What an accepted request costs, and how soon its work begins. Run by hand, never in a test:
//!
//! ```text
//! cargo bench --bench accept -- sqlite                         # in a temporary folder
//! cargo bench --bench accept -- postgres://postgres@127.0.0.1  # an empty database
//! ```
//!
//! Prints, for 32 requests in flight: CPU per request (user and system time of the whole process
//! over the requests), requests per second, and the wait of each; the wait at 200 requests a second;
//! and the time from the acknowledgement to the first line of the handler.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use attache::clock::Clock;
use attache::jobs::{
    Bounds, Doing, Engine, Found, Heard, InboxRow, InboxWriter, JobError, Jobs, OutboxRow, Role,
    SendOutcome, Settings, Task, TaskRun, Verdict, Work,
};
use attache::store::{Options, Result, Store, Tx, inbox};

/// The sizes of a slash command, a card action and an event, as a platform sends them.
const SIZES: [usize; 3] = [413, 3381, 1012];

struct Bench {
    writer: InboxWriter,
    next: AtomicU64,
    seconds: u64,
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let url = args.next().unwrap_or_else(|| "sqlite".to_owned());
    let seconds = args.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    let folder = tempfile::tempdir_in(".")?;
    let url = match url.as_str() {
        "sqlite" => format!("sqlite://{}", folder.path().join("bench.db").display()),
        _ => url,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(&url, seconds))
}

async fn run(url: &str, seconds: u64) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let store = Store::open(url, &Options::default()).await?;
    let jobs = Jobs::open(&store).await?;
    let writer = InboxWriter::start(&jobs, Bounds::default());
    let bench = Arc::new(Bench { writer, next: AtomicU64::new(1), seconds });
    let begun = Instant::now().elapsed().as_nanos();
    bench.next.store(
        u64::try_from(begun)? + u64::from(std::process::id()) * 1_000_000_000,
        Ordering::SeqCst,
    );
    say(&format!("{:<34}{}", "database", url.split("://").next().unwrap_or("")));
    bench.in_flight(32).await?;
    bench.steady(200).await?;
    let work = Arc::new(Clerk { store: store.clone(), begun: Mutex::default() });
    let shared = Arc::clone(&work) as Arc<dyn Work>;
    let settings = Settings::default();
    let engine = Engine::start(&jobs, Role::All, shared, &Clock::system(), settings).await?;
    bench.backlog(&store).await?;
    bench.until_work(&work, 50).await?;
    bench.in_flight(32).await?;
    engine.stop().await?;
    bench.writer.stop().await;
    store.close().await;
    Ok(())
}

impl Bench {
    fn heard(&self) -> Heard {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let size = SIZES[usize::try_from(n % 3).unwrap_or(0)];
        Heard {
            platform: "slack",
            dedupe_key: format!("Ev{n:020}"),
            conversation: format!("{n:010}.000100:slack:T01ABCDEF:C{:09}", n % 1000),
            payload: format!("{{\"n\":{n},\"text\":\"{}\"}}", "x".repeat(size)),
            received_at: 0,
        }
    }

    /// A closed loop: so many callers, each with one request at a time.
    async fn in_flight(
        self: &Arc<Self>,
        callers: usize,
    ) -> std::result::Result<(), Box<dyn std::error::Error>> {
        let (cpu, begun) = (cpu_ms()?, Instant::now());
        let mut tasks = Vec::new();
        for _ in 0..callers {
            let bench = Arc::clone(self);
            tasks.push(tokio::spawn(async move {
                let mut waits = Vec::new();
                while begun.elapsed() < Duration::from_secs(bench.seconds) {
                    let asked = Instant::now();
                    match bench.writer.accept(bench.heard(), None).await {
                        Ok(Verdict::Accepted) => waits.push(asked.elapsed()),
                        other => say(&format!("not accepted: {other:?}")),
                    }
                }
                waits
            }));
        }
        let mut waits = Vec::new();
        for task in tasks {
            waits.extend(task.await?);
        }
        let (elapsed, cpu) = (begun.elapsed(), cpu_ms()? - cpu);
        let many = u64::try_from(waits.len())?.max(1);
        say(&format!(
            "{:<34}{} µs",
            format!("CPU per request, {callers} in flight"),
            cpu * 1000 / many
        ));
        say(&format!(
            "{:<34}{}",
            "requests per second",
            u128::from(many) * 1000 / elapsed.as_millis().max(1)
        ));
        spread("wait", &mut waits);
        Ok(())
    }

    /// An open loop: so many a second, whatever the answer takes.
    async fn steady(
        self: &Arc<Self>,
        rate: u64,
    ) -> std::result::Result<(), Box<dyn std::error::Error>> {
        let cpu = cpu_ms()?;
        let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / rate));
        let mut tasks = Vec::new();
        for _ in 0..rate * self.seconds {
            let due = ticks.tick().await.into_std();
            let bench = Arc::clone(self);
            tasks.push(tokio::spawn(async move {
                let verdict = bench.writer.accept(bench.heard(), None).await;
                verdict.is_ok().then(|| due.elapsed())
            }));
        }
        let mut waits = Vec::new();
        for task in tasks {
            waits.extend(task.await?);
        }
        let cpu = (cpu_ms()? - cpu) * 1000 / (rate * self.seconds).max(1);
        say(&format!("{:<34}{cpu} µs", format!("CPU per request, {rate} a second")));
        spread("wait", &mut waits);
        Ok(())
    }

    /// Lets the engine work off what the first part left.
    async fn backlog(&self, store: &Store) -> std::result::Result<(), Box<dyn std::error::Error>> {
        let (begun, cpu) = (Instant::now(), cpu_ms()?);
        let mut looks = tokio::time::interval(Duration::from_millis(50));
        loop {
            looks.tick().await;
            let mut reader = store.reader().await?;
            if inbox::open(&mut reader, i64::MAX, 1).await?.is_empty() {
                break;
            }
        }
        let ms = begun.elapsed().as_millis();
        say(&format!("{:<34}{ms} ms, {} ms CPU", "the backlog was worked off in", cpu_ms()? - cpu));
        Ok(())
    }

    async fn until_work(
        self: &Arc<Self>,
        clerk: &Clerk,
        rate: u64,
    ) -> std::result::Result<(), Box<dyn std::error::Error>> {
        clerk.begun.lock().map_err(|e| e.to_string())?.clear();
        let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / rate));
        let mut acknowledged = BTreeMap::new();
        for _ in 0..rate * self.seconds {
            ticks.tick().await;
            let heard = self.heard();
            let conversation = heard.conversation.clone();
            self.writer.accept(heard, None).await?;
            acknowledged.insert(conversation, Instant::now());
        }
        let mut looks = tokio::time::interval(Duration::from_millis(50));
        while clerk.begun.lock().map_err(|e| e.to_string())?.len() < acknowledged.len() {
            looks.tick().await;
        }
        let begun = clerk.begun.lock().map_err(|e| e.to_string())?;
        let mut waits: Vec<Duration> = acknowledged
            .iter()
            .filter_map(|(key, at)| {
                begun.get(key).map(|begun| begun.saturating_duration_since(*at))
            })
            .collect();
        spread(&format!("to the handler, {rate} a second"), &mut waits);
        Ok(())
    }
}

/// Finishes each request and remembers when it began.
struct Clerk {
    store: Store,
    begun: Mutex<BTreeMap<String, Instant>>,
}

impl Work for Clerk {
    fn heard<'a>(&'a self, row: &'a InboxRow) -> Doing<'a, std::result::Result<(), JobError>> {
        if let Ok(mut begun) = self.begun.lock() {
            begun.insert(row.conversation.clone(), Instant::now());
        }
        Box::pin(async move {
            let mut tx = self.store.begin().await?;
            inbox::finish(&mut tx, row, 1).await?;
            Ok(tx.commit().await?)
        })
    }

    fn gave_up<'a>(&'a self, _: &'a mut Tx, _: &'a InboxRow, _: &'a str) -> Doing<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn task<'a>(
        &'a self,
        _: &'a Task,
        _: &'a TaskRun,
    ) -> Doing<'a, std::result::Result<(), JobError>> {
        Box::pin(async { Ok(()) })
    }

    fn task_gave_up<'a>(&'a self, _: &'a mut Tx, _: &'a Task, _: &'a str) -> Doing<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn send<'a>(&'a self, _: &'a OutboxRow) -> Doing<'a, SendOutcome> {
        Box::pin(async { SendOutcome::Refused("nobody is there".to_owned()) })
    }

    fn find<'a>(&'a self, _: &'a OutboxRow) -> Doing<'a, Found> {
        Box::pin(async { Found::NotThere })
    }

    fn sent<'a>(&'a self, _: &'a mut Tx, _: &'a OutboxRow, _: &'a str) -> Doing<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn late<'a>(&'a self, _: &'a mut Tx, _: &'a OutboxRow) -> Doing<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn refused<'a>(&'a self, _: &'a mut Tx, _: &'a OutboxRow, _: &'a str) -> Doing<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn unknown<'a>(&'a self, _: &'a mut Tx, _: &'a OutboxRow, _: &'a str) -> Doing<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn tick(&self, _: jiff::Timestamp) -> Doing<'_, ()> {
        Box::pin(async {})
    }
}

/// User and system time of the process, from ticks of 10 ms.
fn cpu_ms() -> std::result::Result<u64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    Ok((fields[11].parse::<u64>()? + fields[12].parse::<u64>()?) * 10)
}

fn spread(name: &str, waits: &mut [Duration]) {
    waits.sort_unstable();
    let at = |permille: usize| {
        waits
            .get((waits.len() * permille / 1000).min(waits.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    };
    say(&format!("{name:<34}p50 {:?}, p99 {:?}, p99.9 {:?}", at(500), at(990), at(999)));
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
