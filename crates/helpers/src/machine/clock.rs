//! Where the time of day comes from.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use time::OffsetDateTime;

/// A pause under way.
pub type Pause<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// A clock.
pub trait Clock: Send + Sync {
    /// The present.
    fn now(&self) -> OffsetDateTime;

    /// Ends after this long.
    fn pause(&self, span: Duration) -> Pause<'_>;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn pause(&self, span: Duration) -> Pause<'_> {
        Box::pin(tokio::time::sleep(span))
    }
}
