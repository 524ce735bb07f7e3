//! Bodies on their way. Those that come in share a budget, whoever sent them and whether or not we
//! know them: what is over it is refused and may come again.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::http::Response;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::crowd::Life;
use super::trouble::busy;

/// Of every body so much is taken beside the budget: chat platforms mostly send less.
const FREE: usize = 64 * 1024;
/// Beyond that, of all together.
const BUDGET: usize = 32 * 1024 * 1024;

/// What bodies may hold in memory.
#[derive(Clone)]
pub(super) struct Budget(Arc<Semaphore>);

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(BUDGET)))
    }
}

/// What one request holds of the budget until its answer was made.
pub(super) struct Share {
    budget: Budget,
    held: std::sync::Mutex<Option<OwnedSemaphorePermit>>,
    refused: AtomicBool,
}

impl Share {
    pub(super) fn of(budget: &Budget) -> Self {
        Self {
            budget: budget.clone(),
            held: std::sync::Mutex::default(),
            refused: AtomicBool::new(false),
        }
    }

    fn take(&self, many: usize) -> bool {
        let many = u32::try_from(many).unwrap_or(u32::MAX);
        let Ok(more) = Arc::clone(&self.budget.0).try_acquire_many_owned(many) else {
            self.refused.store(true, Ordering::Relaxed);
            return false;
        };
        let mut held = self.held.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match held.as_mut() {
            Some(held) => held.merge(more),
            None => *held = Some(more),
        }
        true
    }

    /// Whatever was made of a body that was cut short, its sender hears why.
    pub(super) fn dress(&self, answer: Response<Body>) -> Response<Body> {
        if self.refused.load(Ordering::Relaxed) { busy() } else { answer }
    }
}

/// Why a body ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum Cut {
    #[error(transparent)]
    Broken(#[from] hyper::Error),
    #[error("too much is being sent just now")]
    Busy,
}

/// The body of a request. Its connection is at work from the end of it.
pub(super) struct Arriving {
    body: Incoming,
    came: usize,
    share: Arc<Share>,
    life: Arc<Life>,
}

impl Arriving {
    pub(super) fn new(body: Incoming, share: Arc<Share>, life: Arc<Life>) -> Self {
        if body.is_end_stream() {
            life.set_at_work(true);
        }
        Self { body, came: 0, share, life }
    }

    fn fits(&mut self, many: usize) -> bool {
        let beyond = |came: usize| came.saturating_sub(FREE);
        let more = beyond(self.came + many) - beyond(self.came);
        self.came += many;
        more == 0 || self.share.take(more)
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if self.body.is_end_stream() {
            self.life.set_at_work(true);
        }
        let Some(frame) = frame else { return Poll::Ready(None) };
        let frame = frame?;
        let many = frame.data_ref().map_or(0, Bytes::len);
        Poll::Ready(Some(if self.fits(many) { Ok(frame) } else { Err(Cut::Busy) }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer. Its connection is at work until the end of it was made, whether or not
/// anybody takes it.
pub(super) struct Leaving {
    body: Body,
    life: Arc<Life>,
    _share: Arc<Share>,
}

impl Leaving {
    pub(super) fn new(body: Body, share: Arc<Share>, life: Arc<Life>) -> Self {
        Self { body, life, _share: share }
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.life.set_at_work(false);
    }
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
