//! Where the tests end the process as a power cut would, or make it panic. No release build has
//! this.
//!
//! `MERIDIAN_KILL_AT=before-send:7` ends it when the seventh call that changes something is about
//! to leave and its intent is written. `MERIDIAN_PANIC_AT` panics there, with the request in the
//! message as it is sent.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use meridian_lang::Value;

/// The instants of a call at which the process can be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instant {
    /// Nothing is written yet.
    BeforeIntent,
    /// The intent is written, and the call has not left.
    BeforeSend,
    /// The answer has come, and is not written down.
    BeforeCommit,
    /// What the answer changed is written down.
    AfterCommit,
    /// What became of a call of an earlier run is known, and not written down.
    BeforeSettled,
    /// What became of a call of an earlier run is written down.
    AfterSettled,
}

impl Instant {
    fn parse(name: &str) -> Option<Instant> {
        match name {
            "before-intent" => Some(Instant::BeforeIntent),
            "before-send" => Some(Instant::BeforeSend),
            "before-commit" => Some(Instant::BeforeCommit),
            "after-commit" => Some(Instant::AfterCommit),
            "before-settled" => Some(Instant::BeforeSettled),
            "after-settled" => Some(Instant::AfterSettled),
            _ => None,
        }
    }
}

/// A call that changes something, or one of an earlier run that is settled, by its place among
/// those of the process.
#[derive(Clone, Copy)]
pub(crate) struct Numbered(usize);

/// The next call.
pub(crate) fn next_call() -> Numbered {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    Numbered(COUNT.fetch_add(1, Ordering::Relaxed) + 1)
}

/// The next call of an earlier run.
pub(crate) fn next_settlement() -> Numbered {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    Numbered(COUNT.fetch_add(1, Ordering::Relaxed) + 1)
}

impl Numbered {
    /// Ends the process if it is to end here.
    pub(crate) fn reach(self, instant: Instant) {
        static WHERE: OnceLock<Option<(Instant, usize)>> = OnceLock::new();
        if *WHERE.get_or_init(|| wanted("MERIDIAN_KILL_AT")) == Some((instant, self.0)) {
            end();
        }
    }

    /// The same, or panics if it is to panic here. `input` is what is sent.
    pub(crate) fn reach_with(self, instant: Instant, input: &Value) {
        static WHERE: OnceLock<Option<(Instant, usize)>> = OnceLock::new();
        self.reach(instant);
        if *WHERE.get_or_init(|| wanted("MERIDIAN_PANIC_AT")) == Some((instant, self.0)) {
            panic!("a test wants it: {:?}", input.unmark_deep());
        }
    }
}

/// What an environment variable names.
fn wanted(variable: &str) -> Option<(Instant, usize)> {
    let text = std::env::var(variable).ok()?;
    let (name, number) = text.split_once(':')?;
    Some((Instant::parse(name)?, number.parse().ok()?))
}

#[cfg(unix)]
fn end() {
    use rustix::process::{Signal, getpid, kill_process};
    // Nobody can be kept from ending itself; and the signal cannot be caught.
    let _ = kill_process(getpid(), Signal::KILL);
}

#[cfg(not(unix))]
fn end() {
    std::process::abort();
}
