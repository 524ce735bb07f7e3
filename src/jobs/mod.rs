//! Work that must not be lost.
//!
//! ```text
//! request ─InboxWriter─▶ inbox row + drain job ─▶ Work::heard ─one transaction─▶ rows, tasks, outbox
//!                                                 Work::task  ◀─ enqueue          │
//!                        message outside ◀─ Work::send ◀─ deliver job ◀─ say ─────┘
//! ```
//!
//! The engine underneath is River's Rust client, named nowhere else. Rows, not jobs, carry the
//! order: a `drain` job works off one conversation, a `deliver` job one outbound channel. A job
//! only says that there may be something to do, so one too many does no harm.

mod deliver;
mod depth;
mod drain;
mod engine;
mod fence;
mod handle;
pub mod lane;
mod recovery;
mod river;
mod seats;
mod settings;
mod task;
mod tickets;
mod waiting;
mod work;
mod worker;
mod writer;

#[cfg(test)]
mod tests;

pub use depth::QueueState;
pub use engine::Engine;
pub use handle::Jobs;
pub use settings::{Role, Settings};
pub use task::{Queue, Task};
pub use waiting::Unsent;
pub use work::{Doing, Found, JobError, SendOutcome, TaskRun, Work};
pub use writer::{Bounds, InboxWriter, Verdict};

pub use crate::store::inbox::{Heard, InboxRow};
pub use crate::store::outbox::{OutboxRow, Outgoing};
