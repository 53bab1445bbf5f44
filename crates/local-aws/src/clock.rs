//! Time: where it comes from and how long AWS takes for things.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    const MILLISECONDS_OF_A_DAY: i64 = 24 * 60 * 60 * 1000;

    /// The moment this many milliseconds after 1970 began.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970 began.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// The moment a while later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(milliseconds))
    }

    /// The moment a while before.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(milliseconds))
    }

    /// The moment some days later.
    #[must_use]
    pub fn after_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(i64::from(days) * Self::MILLISECONDS_OF_A_DAY))
    }

    /// The midnight (UTC) that began this day.
    #[must_use]
    pub fn start_of_day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(Self::MILLISECONDS_OF_A_DAY))
    }
}

/// The wire form of AWS JSON: seconds since 1970, with milliseconds as fraction.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_precision_loss, reason = "exact for any date before the year 280000")]
        serializer.serialize_f64(self.0 as f64 / 1000.0)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
        Ok(Self((seconds * 1000.0).round() as i64))
    }
}

/// How long AWS takes to carry out what it has only accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delays {
    /// A replica key in `Creating`.
    pub key_creation: Duration,
    /// Both keys in `Updating` after a change of the primary Region.
    pub primary_change: Duration,
    /// An on-demand rotation from its request to the new material.
    pub key_rotation: Duration,
    /// Shared properties on their way to the replica keys.
    pub key_synchronisation: Duration,
    /// A custom key store in `CONNECTING` or `DISCONNECTING`; many minutes in AWS.
    pub store_connection: Duration,
    /// A secret's replication in `InProgress`.
    pub secret_replication: Duration,
    /// A replica secret that was removed but can still be read.
    pub replica_removal: Duration,
    /// The name of a secret that was deleted by force, until it is free again.
    pub secret_name_release: Duration,
    /// A rotation of a secret.
    pub secret_rotation: Duration,
}

impl Delays {
    /// After this long everything that was accepted is carried out.
    pub fn longest(&self) -> Duration {
        let Self {
            key_creation,
            primary_change,
            key_rotation,
            key_synchronisation,
            store_connection,
            secret_replication,
            replica_removal,
            secret_name_release,
            secret_rotation,
        } = *self;
        let delays = [
            primary_change,
            key_rotation,
            key_synchronisation,
            store_connection,
            secret_replication,
            replica_removal,
            secret_name_release,
            secret_rotation,
        ];
        delays.into_iter().fold(key_creation, Duration::max)
    }

    const LIFELIKE: Self = Self {
        key_creation: Duration::from_secs(2),
        primary_change: Duration::from_secs(2),
        key_rotation: Duration::from_secs(3),
        key_synchronisation: Duration::from_secs(1),
        store_connection: Duration::from_secs(4),
        secret_replication: Duration::from_millis(1500),
        replica_removal: Duration::from_secs(4),
        secret_name_release: Duration::from_secs(1),
        secret_rotation: Duration::from_secs(1),
    };

    const FAST: Self = Self {
        key_creation: Duration::from_millis(20),
        primary_change: Duration::from_millis(20),
        key_rotation: Duration::from_millis(20),
        key_synchronisation: Duration::from_millis(10),
        store_connection: Duration::from_millis(20),
        secret_replication: Duration::from_millis(20),
        replica_removal: Duration::from_millis(20),
        secret_name_release: Duration::ZERO,
        secret_rotation: Duration::from_millis(20),
    };
}

/// The clock of a cloud. Deletion windows are real days under each of them.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's time; AWS takes the seconds that it takes.
    Real,
    /// The system's time; AWS takes a few milliseconds.
    Fast,
    /// A time that moves only when a test moves it; AWS takes seconds of it.
    Manual(ManualClock),
}

impl Clock {
    /// A manual clock and the handle that moves it.
    pub fn manual() -> (Self, ManualClock) {
        let handle = ManualClock::default();
        (Self::Manual(handle.clone()), handle)
    }

    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Real | Self::Fast => system_time(),
            Self::Manual(handle) => handle.now(),
        }
    }

    pub(crate) fn delays(&self) -> Delays {
        match self {
            Self::Real | Self::Manual(_) => Delays::LIFELIKE,
            Self::Fast => Delays::FAST,
        }
    }
}

/// The clock of one cloud: where its time comes from, and how far it was moved
/// ahead of that.
#[derive(Debug)]
pub(crate) struct CloudClock {
    source: Clock,
    ahead: AtomicI64,
}

impl CloudClock {
    /// A clock that goes on where it stopped: so many milliseconds ahead, and in
    /// no case behind the last time that it has shown.
    pub fn resume(source: Clock, ahead: i64, last: Timestamp) -> Self {
        let behind = last.0.saturating_sub(source.now().0.saturating_add(ahead)).max(0);
        let clock = Self { source, ahead: AtomicI64::new(ahead) };
        clock.advance(Duration::from_millis(behind.unsigned_abs()));
        clock
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.source.now().0.saturating_add(self.ahead()))
    }

    /// Moves the time forward.
    pub fn advance(&self, duration: Duration) {
        if let Clock::Manual(handle) = &self.source {
            handle.advance(duration);
            return;
        }
        let ahead = Timestamp(self.ahead()).after(duration);
        self.ahead.store(ahead.0, Ordering::SeqCst);
    }

    /// How many milliseconds the clock is ahead of where its time comes from.
    /// The source of a manual clock moves itself.
    pub fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::SeqCst)
    }

    /// Whether the time moves only when it is moved.
    pub fn stands_still(&self) -> bool {
        matches!(self.source, Clock::Manual(_))
    }

    /// The kind of the clock.
    pub fn kind(&self) -> &'static str {
        match self.source {
            Clock::Real => "real",
            Clock::Fast => "fast",
            Clock::Manual(_) => "manual",
        }
    }
}

fn system_time() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(0).after(since_1970)
}

/// A time that stands still until it is moved. Clones share it.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// Moves the time forward.
    pub fn advance(&self, duration: Duration) {
        let now = self.now().after(duration);
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Moves the time forward by whole days.
    pub fn advance_days(&self, days: u32) {
        let now = self.now().after_days(days);
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Each manual clock begins at the same moment, so that tests repeat exactly.
impl Default for ManualClock {
    fn default() -> Self {
        const START_OF_2026: i64 = 1_767_225_600_000;
        Self(Arc::new(AtomicI64::new(START_OF_2026)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_survive_the_wire_form() {
        let moment = Timestamp::from_milliseconds(1_607_472_987_918);
        let wire = serde_json::to_string(&moment).unwrap();
        assert_eq!(wire, "1607472987.918");
        assert_eq!(serde_json::from_str::<Timestamp>(&wire).unwrap(), moment);
    }

    #[test]
    fn a_manual_clock_stands_still_until_it_is_moved() {
        let (clock, handle) = Clock::manual();
        let start = clock.now();
        assert_eq!(clock.now(), start);
        handle.advance_days(1);
        assert_eq!(clock.now(), start.after_days(1));
        assert_eq!(clock.now().start_of_day(), start.after_days(1));
    }

    #[test]
    fn a_clock_never_goes_on_before_it_stopped() {
        let day = |days| ManualClock::default().now().after_days(days);
        let resumed = |ahead, last| {
            let (source, _) = Clock::manual();
            CloudClock::resume(source, ahead, last).now()
        };
        assert_eq!(resumed(0, day(3)), day(3));
        assert_eq!(resumed(0, Timestamp(0)), day(0));
        let two_days = 2 * Timestamp::MILLISECONDS_OF_A_DAY;
        assert_eq!(resumed(two_days, day(1)), day(2));
        let future = system_time().after_days(365);
        assert!(CloudClock::resume(Clock::Real, 0, future).now() >= future);
    }

    #[test]
    fn a_clock_that_goes_by_itself_can_be_moved() {
        let clock = CloudClock::resume(Clock::Fast, 0, Timestamp(0));
        let start = clock.now();
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now() >= start.after(Duration::from_secs(3600)));
        assert_eq!(clock.ahead(), 3_600_000);
    }
}
