//! A connection that ends when the other side takes too long.
//!
//! The server's own timer for heads would also run while a connection is idle;
//! here the two have bounds of their own, and so has a client that does not
//! read its answers.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::options::ServerOptions;

/// Whose turn it is: an even number is the client's, which sends a request or
/// may stay idle; an odd one is the server's, which answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<AtomicU64>);

impl Turns {
    /// The server's turn, until the result is dropped.
    pub fn take(&self) -> Turn {
        self.0.fetch_add(1, Ordering::Relaxed);
        Turn(self.clone())
    }

    fn number(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The server's turn.
#[derive(Debug)]
pub(super) struct Turn(Turns);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// What a read waits for. It is another wait when any of this is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wait {
    turn: u64,
    /// Whether the request has begun to arrive.
    has_begun: bool,
}

/// A stream whose other side has to hurry.
#[derive(Debug)]
pub(super) struct Patient<S> {
    stream: S,
    turns: Turns,
    idle: Duration,
    head: Duration,
    write: Duration,
    /// The turn in which the last bytes came.
    last_read: Option<u64>,
    /// The wait that the timer of reading runs for.
    waiting: Option<Wait>,
    read_timer: Pin<Box<Sleep>>,
    is_writing: bool,
    write_timer: Pin<Box<Sleep>>,
}

impl<S> Patient<S> {
    pub fn new(stream: S, turns: Turns, options: &ServerOptions) -> Self {
        Self {
            stream,
            turns,
            idle: options.idle_timeout,
            head: options.header_timeout,
            write: options.write_timeout,
            last_read: None,
            waiting: None,
            read_timer: Box::pin(sleep(Duration::ZERO)),
            is_writing: false,
            write_timer: Box::pin(sleep(Duration::ZERO)),
        }
    }

    /// Whether the client has let its time pass; its first request has to come as soon as a head.
    fn is_read_late(&mut self, context: &mut Context<'_>) -> bool {
        let turn = self.turns.number();
        if turn % 2 == 1 {
            self.waiting = None;
            return false;
        }
        let wait = Wait { turn, has_begun: self.last_read == Some(turn) };
        if self.waiting != Some(wait) {
            let is_idle = turn > 0 && !wait.has_begun;
            let patience = if is_idle { self.idle } else { self.head };
            self.read_timer.as_mut().reset(Instant::now() + patience);
            self.waiting = Some(wait);
        }
        self.read_timer.as_mut().poll(context).is_ready()
    }

    fn watch_write<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.is_writing = false;
            return outcome;
        }
        if !self.is_writing {
            self.is_writing = true;
            self.write_timer.as_mut().reset(Instant::now() + self.write);
        }
        if self.write_timer.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        if outcome.is_ready() {
            self.last_read = Some(self.turns.number());
            return outcome;
        }
        if self.is_read_late(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch_write(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watch_write(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        self.watch_write(context, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watch_write(context, outcome)
    }
}
