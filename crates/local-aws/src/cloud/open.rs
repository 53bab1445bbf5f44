//! How a cloud begins: in memory, or in a directory.

use std::path::Path;
use std::sync::Mutex;

use crate::clock::{Clock, CloudClock, Timestamp};
use crate::cloud::{CLOCK_AHEAD, Cloud, Inner, LAST_TIME};
use crate::fault::Faults;
use crate::iam::Authorizer;
use crate::lag::Lag;
use crate::quota::Quotas;
use crate::request_log::RequestLog;
use crate::settings::Settings;
use crate::store::{OpenError, Store};
use crate::vault::Vault;
use crate::world::World;

impl Cloud {
    /// A cloud that is gone with the process.
    pub fn in_memory(clock: Clock) -> Self {
        Self::in_memory_with(clock, Settings::default())
    }

    /// A cloud that is gone with the process, with settings.
    pub fn in_memory_with(clock: Clock, settings: Settings) -> Self {
        let world = World::empty(clock.delays(), Vault::new(&Vault::random_key()));
        Self::new(clock, world, None, settings)
    }

    /// A cloud that lives in a directory. Secret values are sealed there under
    /// a key in a file of its own.
    ///
    /// # Errors
    ///
    /// If another process has the directory open, or its files cannot be used.
    pub fn open(directory: &Path, clock: Clock) -> Result<Self, OpenError> {
        Self::open_with(directory, clock, Settings::default())
    }

    /// A cloud that lives in a directory, with settings.
    ///
    /// # Errors
    ///
    /// If another process has the directory open, or its files cannot be used.
    pub fn open_with(
        directory: &Path,
        clock: Clock,
        settings: Settings,
    ) -> Result<Self, OpenError> {
        let (store, world) = Store::open(directory, clock.delays())?;
        Ok(Self::new(clock, world, Some(store), settings))
    }

    fn new(clock: Clock, mut world: World, store: Option<Store>, settings: Settings) -> Self {
        world.texts = settings.texts;
        let number = |name: &str| world.meta.get(&name.to_owned()).copied().unwrap_or_default();
        let last_time = Timestamp::from_milliseconds(number(LAST_TIME));
        let clock = CloudClock::resume(clock, number(CLOCK_AHEAD), last_time);
        let mut faults = Faults::new(settings.seed);
        for fault in settings.faults {
            faults.add(fault);
        }
        let inner = Inner {
            world,
            faults,
            lag: Lag::new(settings.lag, settings.seed),
            log: RequestLog::default(),
            quotas: Quotas::new(settings.quotas),
            seed: settings.seed,
            store,
            authorizer: settings.iam.map(Authorizer::new),
            credentials: settings.verify_signatures,
            revision: 0,
            keeps_time: clock.stands_still(),
        };
        Self { clock, inner: Mutex::new(inner) }
    }
}
