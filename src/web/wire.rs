//! The bytes of one connection. Whoever asks and does not take the answer is let go.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::crowd::Life;

/// Of an answer that waits to be taken, at least so many bytes are taken in each spell.
const LEAST: usize = 4 * 1024;

pub(super) struct Wire {
    stream: TcpStream,
    life: Arc<Life>,
    spell: Duration,
    stuck: Option<Stuck>,
}

/// An answer that is not taken as fast as it is given.
struct Stuck {
    until: Pin<Box<Sleep>>,
    /// Since this spell began.
    taken: usize,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, life: Arc<Life>, spell: Duration) -> Self {
        Self { stream, life, spell, stuck: None }
    }

    fn wrote(
        &mut self,
        polled: Poll<io::Result<usize>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(many)) = polled {
            self.life.moved();
            if let Some(stuck) = &mut self.stuck {
                stuck.taken += many;
            }
        }
        if polled.is_pending() { self.wait(cx) } else { polled }
    }

    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let spell = self.spell;
        let begin = || Stuck { until: Box::pin(sleep_until(Instant::now() + spell)), taken: 0 };
        let stuck = self.stuck.get_or_insert_with(begin);
        loop {
            ready!(stuck.until.as_mut().poll(cx));
            if stuck.taken < LEAST {
                let why = "the answer is not taken";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, why)));
            }
            stuck.taken = 0;
            stuck.until.as_mut().reset(Instant::now() + spell);
        }
    }
}

/// The system forgets at once what was never taken, rather than offer it for minutes more.
impl Drop for Wire {
    fn drop(&mut self) {
        if self.stuck.is_some() {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, into);
        if into.filled().len() > before {
            self.life.moved();
        }
        polled
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(polled, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.wrote(polled, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Asked for once everything was handed to the system.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stuck = None;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
