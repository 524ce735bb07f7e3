//! Who listens while a story runs: errors that are logged and panics in the background.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// What was logged and what panicked, in one story. Cheap to clone.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<Log>>);

#[derive(Default)]
struct Log {
    errors: Vec<String>,
    warnings: Vec<String>,
    panics: Vec<String>,
}

thread_local! {
    static HERE: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

impl Watch {
    pub fn errors(&self) -> Vec<String> {
        self.log().errors.clone()
    }

    pub fn warnings(&self) -> Vec<String> {
        self.log().warnings.clone()
    }

    pub fn panics(&self) -> Vec<String> {
        self.log().panics.clone()
    }

    /// A runtime whose every thread is listened to.
    pub fn runtime(&self) -> tokio::runtime::Runtime {
        count_panics();
        let dispatch = Dispatch::new(tracing_subscriber::registry().with(Ear(self.clone())));
        let watch = self.clone();
        // The thread that runs the story is its own: it ends with it.
        std::mem::forget(tracing::dispatcher::set_default(&dispatch));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .on_thread_start(move || {
                std::mem::forget(tracing::dispatcher::set_default(&dispatch));
                HERE.set(Some(watch.clone()));
            })
            .build();
        runtime.expect("a runtime for the story")
    }

    fn log(&self) -> std::sync::MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Panics on the threads of a runtime are in the background: nobody sees them otherwise.
fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let shown = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            HERE.with_borrow(|here| {
                if let Some(watch) = here {
                    watch.log().panics.push(panic.to_string());
                }
            });
            shown(panic);
        }));
    });
}

/// Hears what is logged.
struct Ear(Watch);

impl<S: Subscriber> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        if level > Level::WARN {
            return;
        }
        let mut line = Line(format!("{}:", event.metadata().target()));
        event.record(&mut line);
        let mut log = self.0.log();
        let lines = if level == Level::ERROR { &mut log.errors } else { &mut log.warnings };
        lines.push(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {}={value}", field.name());
    }
}
