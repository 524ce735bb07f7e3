//! Log lines for the engineer who hosts the bot, on stderr: for people on a terminal, otherwise
//! JSON.
//!
//! What a log line may hold: names of ours, ids, counts, times. Never a request's body, a secret,
//! a partner's name or what somebody wrote. The outside crates that would print such things are
//! silent whatever `RUST_LOG` says, and a panic is logged by its place, not by its text.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::error::Error;
use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal as _};
use std::panic::PanicHookInfo;

use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber, error};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::{LogFormat, LogSettings};

/// They print bodies, headers or addresses that are secrets.
const SILENT: [&str; 7] =
    ["async_openai", "h2", "hyper", "hyper_util", "reqwest", "rustls", "slack_morphism"];
/// They print statements, some with values; their warnings are wanted.
const WARNINGS_ONLY: [&str; 1] = ["sqlx"];

/// Why logging did not start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("RUST_LOG: {0}; write info, or attache=debug,warn.")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    #[error("logging was started before")]
    Started(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts logging to stderr for the whole process, and logs panics. Once.
pub fn start(settings: &LogSettings) -> Result<(), LogError> {
    let json = match settings.format {
        LogFormat::Auto => !io::stderr().is_terminal(),
        LogFormat::Human => false,
        LogFormat::Json => true,
    };
    subscriber(&settings.filter, json, io::stderr)?.try_init()?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Logs a failure of ours, once, and gives the reference under which people are told of it. It is
/// shown as [`shown`] writes it.
pub fn reference(failure: &(dyn Error + 'static), context: &str) -> u32 {
    let reference = getrandom::u32().unwrap_or_default();
    error!(reference = shown(reference), context, error = %Chain(failure), "failed");
    reference
}

/// Eight hexadecimal digits, in logs and in what people read.
#[must_use]
pub fn shown(reference: u32) -> String {
    format!("{reference:08x}")
}

/// An error and what caused it, on one line.
struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            // Some errors repeat their cause in their own words.
            if !said.contains(&text) {
                write!(f, ": {text}")?;
                said.push_str(&text);
            }
            next = cause.source();
        }
        Ok(())
    }
}

fn subscriber<W>(
    filter: &str,
    json: bool,
    writer: W,
) -> Result<impl Subscriber + Send + Sync, LogError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let wanted = EnvFilter::builder().parse(filter)?;
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines: Box<dyn Layer<_> + Send + Sync> = if json {
        lines.json().flatten_event(true).with_span_list(false).boxed()
    } else {
        lines.with_target(false).compact().boxed()
    };
    Ok(Registry::default().with(wanted).with(lines.with_filter(filter_fn(may_be_logged))))
}

fn may_be_logged(line: &Metadata<'_>) -> bool {
    let root = line.target().split("::").next().unwrap_or_default();
    let warning = *line.level() <= LevelFilter::WARN;
    !SILENT.contains(&root) && (warning || !WARNINGS_ONLY.contains(&root))
}

/// The text of a panic is printed only when it stands in the source: anything put together at run
/// time may hold what people wrote.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let why = panic.payload().downcast_ref::<&'static str>().unwrap_or(&"(text left out)");
    let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
    let trace = Backtrace::capture();
    let mut path = String::new();
    if trace.status() == BacktraceStatus::Captured {
        let _ = write!(path, "{trace}");
    }
    error!(place, why, thread, trace = path, "panicked");
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::{debug, info, warn};

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str, json: bool, say: impl FnOnce()) -> String {
        let sink = Sink::default();
        let writer = sink.clone();
        let subscriber = subscriber(filter, json, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, say);
        let bytes = sink.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the deck was not written")]
    struct Outer(#[source] io::Error);

    #[test]
    fn a_failure_is_logged_once_under_the_reference_people_are_told() {
        let mut told = 0;
        let text = logged("info", true, || {
            told = reference(&Outer(io::Error::other("disk full")), "report");
        });
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["reference"], shown(told));
        assert_eq!(line["error"], "the deck was not written: disk full");
        assert_eq!((&line["context"], &line["level"]), (&"report".into(), &"ERROR".into()));
    }

    #[test]
    fn crates_that_print_bodies_stay_silent_even_at_trace() {
        let text = logged("trace,hyper::client=trace", false, || {
            tracing::error!(target: "async_openai::client", "canary");
            tracing::trace!(target: "hyper::client", "canary");
            debug!(target: "sqlx::query", "canary");
            warn!(target: "sqlx::pool", "slow");
            debug!("ours");
        });
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains("slow") && text.contains("ours"), "{text}");
    }

    #[test]
    fn the_filter_is_kept() {
        let text = logged("attache=info,off", false, || {
            info!("wanted");
            debug!("not wanted");
            info!(target: "elsewhere", "not wanted");
        });
        assert!(text.contains("wanted") && !text.contains("not wanted"), "{text}");
        assert!(subscriber("attache=loud", false, io::sink).is_err());
    }

    #[test]
    fn a_panic_is_logged_without_what_was_put_into_its_text() {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(log_panic));
        let text = logged("info", true, || {
            let name = "canary";
            let _ = std::panic::catch_unwind(|| panic!("partner {name}"));
            let _ = std::panic::catch_unwind(|| panic!("known words"));
        });
        std::panic::set_hook(hook);
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains("known words") && text.contains("src/telemetry.rs:"), "{text}");
    }
}
