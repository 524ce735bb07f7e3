//! Counters of this process, and how Prometheus reads them.
//!
//! Plain atomics in fixed tables: counting costs a few nanoseconds on the acknowledgement path, and
//! no label can grow without bound.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::StatusCode;

/// Kinds of addresses. The ones that carry secrets or ids are one class each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathClass {
    SlackCommands,
    SlackInteractions,
    SlackEvents,
    Decks,
    Import,
    Health,
    Metrics,
    Assets,
    Live,
    Console,
}

impl PathClass {
    pub const ALL: [Self; 10] = [
        Self::SlackCommands,
        Self::SlackInteractions,
        Self::SlackEvents,
        Self::Decks,
        Self::Import,
        Self::Health,
        Self::Metrics,
        Self::Assets,
        Self::Live,
        Self::Console,
    ];

    #[must_use]
    pub fn of(path: &str) -> Self {
        match path {
            "/slack/commands" => Self::SlackCommands,
            "/slack/interactions" => Self::SlackInteractions,
            "/slack/events" => Self::SlackEvents,
            "/healthz" | "/readyz" => Self::Health,
            "/metrics" => Self::Metrics,
            "/live" => Self::Live,
            _ if path.starts_with("/decks/") => Self::Decks,
            _ if path.starts_with("/import/") => Self::Import,
            _ if path.starts_with("/assets/") => Self::Assets,
            _ => Self::Console,
        }
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SlackCommands => "/slack/commands",
            Self::SlackInteractions => "/slack/interactions",
            Self::SlackEvents => "/slack/events",
            Self::Decks => "/decks",
            Self::Import => "/import",
            Self::Health => "/healthz",
            Self::Metrics => "/metrics",
            Self::Assets => "/assets",
            Self::Live => "/live",
            Self::Console => "console",
        }
    }

    /// A chat platform's server calls, no browser.
    #[must_use]
    pub fn is_chat(self) -> bool {
        matches!(self, Self::SlackCommands | Self::SlackInteractions | Self::SlackEvents)
    }

    /// Asked all the time and by itself: not worth a line unless it fails.
    #[must_use]
    pub fn is_routine(self) -> bool {
        matches!(self, Self::Health | Self::Metrics | Self::Assets | Self::Live)
    }
}

/// Upper ends of the time buckets, in milliseconds. Slack waits 3,000.
const BUCKETS: [u64; 9] = [1, 5, 10, 50, 100, 500, 1_000, 3_000, 10_000];
const CLASSES: usize = PathClass::ALL.len();

/// What this process has counted since it started.
#[derive(Debug, Default)]
pub struct Metrics {
    /// By class and hundred of the status: 1xx to 5xx.
    requests: [[AtomicU64; 5]; CLASSES],
    /// By class: requests up to each bucket's end and not of the one before, and those beyond.
    buckets: [[AtomicU64; BUCKETS.len() + 1]; CLASSES],
    micros: [AtomicU64; CLASSES],
    /// Requests of chat platforms that were written down and answered.
    acknowledged: AtomicU64,
    /// Requests refused because too much was waiting.
    overloaded: AtomicU64,
}

/// One figure that somebody else keeps, such as waiting jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// `attache_jobs`
    pub name: &'static str,
    pub help: &'static str,
    /// `("queue", "drain")`
    pub labels: Vec<(&'static str, String)>,
    pub value: i64,
}

impl Metrics {
    pub(super) fn count(&self, class: PathClass, status: StatusCode, took: Duration) {
        let at = class as usize;
        let hundred = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        add(&self.requests[at][hundred], 1);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS.iter().position(|end| micros <= end * 1_000).unwrap_or(BUCKETS.len());
        add(&self.buckets[at][bucket], 1);
        add(&self.micros[at], micros);
        if class.is_chat() && status.is_success() {
            add(&self.acknowledged, 1);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE && class != PathClass::Health {
            add(&self.overloaded, 1);
        }
    }

    /// Prometheus's text format, with `more` figures after our own.
    #[must_use]
    pub fn text(&self, more: &[Figure]) -> String {
        let mut out = String::new();
        self.write_requests(&mut out);
        self.write_times(&mut out);
        let acknowledged = read(&self.acknowledged);
        single(&mut out, "attache_acknowledged_total", "Chat requests taken", acknowledged);
        let overloaded = read(&self.overloaded);
        single(&mut out, "attache_overloaded_total", "Requests refused as too many", overloaded);
        write_figures(&mut out, more);
        out
    }

    fn write_requests(&self, out: &mut String) {
        head(out, "attache_requests_total", "Requests answered", "counter");
        for class in PathClass::ALL {
            for (hundred, count) in self.requests[class as usize].iter().enumerate() {
                let (path, count) = (class.as_str(), read(count));
                if count > 0 {
                    let status = hundred + 1;
                    let labels = format!("path=\"{path}\",status=\"{status}xx\"");
                    let _ = writeln!(out, "attache_requests_total{{{labels}}} {count}");
                }
            }
        }
    }

    fn write_times(&self, out: &mut String) {
        const NAME: &str = "attache_request_seconds";
        head(out, NAME, "Time from a request to its answer", "histogram");
        for class in PathClass::ALL {
            let (at, path) = (class as usize, class.as_str());
            let counts: Vec<u64> = self.buckets[at].iter().map(read).collect();
            let total: u64 = counts.iter().sum();
            if total == 0 {
                continue;
            }
            let mut so_far = 0;
            for (end, count) in BUCKETS.iter().zip(&counts) {
                so_far += count;
                let end = seconds(end * 1_000);
                let _ = writeln!(out, "{NAME}_bucket{{path=\"{path}\",le=\"{end}\"}} {so_far}");
            }
            let sum = seconds(read(&self.micros[at]));
            let _ = writeln!(out, "{NAME}_bucket{{path=\"{path}\",le=\"+Inf\"}} {total}");
            let _ = writeln!(out, "{NAME}_sum{{path=\"{path}\"}} {sum}");
            let _ = writeln!(out, "{NAME}_count{{path=\"{path}\"}} {total}");
        }
    }
}

fn add(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// Seconds as a decimal, from whole microseconds.
fn seconds(micros: u64) -> String {
    let (whole, rest) = (micros / 1_000_000, micros % 1_000_000);
    let text = format!("{whole}.{rest:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn head(out: &mut String, name: &str, help: &str, kind: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn single(out: &mut String, name: &str, help: &str, value: u64) {
    head(out, name, help, "counter");
    let _ = writeln!(out, "{name} {value}");
}

/// Figures of one name stand together, as the format wants it.
fn write_figures(out: &mut String, figures: &[Figure]) {
    let mut last = "";
    for Figure { name, help, labels, value } in figures {
        if *name != last {
            head(out, name, help, "gauge");
            last = name;
        }
        let labels: Vec<_> =
            labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escaped(text))).collect();
        let labels =
            if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(out, "{name}{labels} {value}");
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_with_a_secret_becomes_a_label() {
        for (path, class) in [
            ("/decks/r.1.secret", "/decks"),
            ("/sign-in/token", "console"),
            ("/import/deals", "/import"),
            ("/anything/else", "console"),
            ("/slack/events", "/slack/events"),
        ] {
            assert_eq!(PathClass::of(path).as_str(), class, "{path}");
        }
    }

    #[test]
    fn every_class_has_its_own_place() {
        for (at, class) in PathClass::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, at);
        }
    }

    #[test]
    fn what_was_counted_reads_as_prometheus_text() {
        let metrics = Metrics::default();
        let ms = Duration::from_millis;
        metrics.count(PathClass::SlackCommands, StatusCode::OK, ms(4));
        metrics.count(PathClass::SlackCommands, StatusCode::OK, ms(60));
        metrics.count(PathClass::SlackEvents, StatusCode::SERVICE_UNAVAILABLE, ms(2));
        metrics.count(PathClass::Health, StatusCode::SERVICE_UNAVAILABLE, ms(2));
        let jobs = |queue: &str, value| Figure {
            name: "attache_jobs",
            help: "Jobs by queue",
            labels: vec![("queue", queue.to_owned())],
            value,
        };
        let text = metrics.text(&[jobs("drain", 3), jobs("a\"b", 0)]);
        for line in [
            "attache_requests_total{path=\"/slack/commands\",status=\"2xx\"} 2",
            "attache_request_seconds_bucket{path=\"/slack/commands\",le=\"0.005\"} 1",
            "attache_request_seconds_bucket{path=\"/slack/commands\",le=\"0.1\"} 2",
            "attache_request_seconds_bucket{path=\"/slack/commands\",le=\"+Inf\"} 2",
            "attache_request_seconds_sum{path=\"/slack/commands\"} 0.064",
            "attache_acknowledged_total 2",
            "attache_overloaded_total 1",
            "attache_jobs{queue=\"drain\"} 3",
            "attache_jobs{queue=\"a\\\"b\"} 0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        assert_eq!(text.matches("# TYPE attache_jobs gauge").count(), 1);
    }
}
