//! The state opened for a command, with the lock held while it may change.

use std::sync::Arc;
use std::time::{Duration, Instant};

use meridian_engine::{Context, Event, Stop, is_in_doubt};
use meridian_resource::{Cloud, Registry};
use meridian_state::{Holder, Intent, LockId, ObjectAddress, Sealer, Snapshot, StateError, Store};
use time::OffsetDateTime;

use crate::arguments::Global;
use crate::configuring::Configurations;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{cloud, keys, paths};

/// How long to wait before a lock is tried again.
const PAUSE: Duration = Duration::from_millis(200);

/// A state that this command may change.
pub struct Writable {
    /// The state.
    pub store: Store,
    lock: LockId,
}

impl Writable {
    /// Opens the state and takes its lock, if there is a state: as long as nothing was applied,
    /// nothing need be made.
    pub fn open_if_there(
        global: &Global,
        sealer: &Sealer,
        operation: &str,
    ) -> Result<Option<Writable>, Failure> {
        if paths::state_file(global).exists() {
            return Writable::open(global, sealer, operation).map(Some);
        }
        Ok(None)
    }

    /// Opens the state and takes its lock.
    pub fn open(global: &Global, sealer: &Sealer, operation: &str) -> Result<Writable, Failure> {
        let mut store = Store::open(&paths::state_file(global), sealer.clone())?;
        let lock = wait_for_lock(&mut store, &holder(operation), global.lock_timeout)?;
        Ok(Writable { store, lock })
    }

    /// The store and the lock's identity, for whoever takes over.
    pub fn into_parts(self) -> (Store, LockId) {
        (self.store, self.lock)
    }

    /// Puts a store and its lock together again.
    pub fn from_parts(store: Store, lock: LockId) -> Writable {
        Writable { store, lock }
    }

    /// Releases the lock.
    pub fn close(mut self) -> Result<(), StateError> {
        self.store.release_lock(self.lock)
    }
}

/// Takes the lock, or waits until whoever holds it is done.
fn wait_for_lock(
    store: &mut Store,
    holder: &Holder,
    patience: Duration,
) -> Result<LockId, StateError> {
    let begin = Instant::now();
    let mut told = None;
    loop {
        match store.acquire_lock(holder) {
            Err(StateError::Locked(lock)) if begin.elapsed() < patience => {
                // Another holder is told as well.
                if told.replace(lock.id) != Some(lock.id) {
                    waits(&lock.holder, patience);
                }
                std::thread::sleep(PAUSE.min(patience));
            }
            outcome => return outcome,
        }
    }
}

/// Says whom a command waits for. It is standard error, so that neither text nor JSON on standard
/// output is disturbed.
fn waits(holder: &Holder, patience: Duration) {
    let Holder { operation, who, host, pid, .. } = holder;
    let line = format!(
        "Waiting for the state lock, {} seconds at most: {who} on {host} (process {pid}) has been \
         running \"{operation}\" since {}.",
        patience.as_secs(),
        meridian_state::for_people(holder.started_at),
    );
    eprintln!("{}", meridian_report::terminal_text(&line, false));
}

/// What the state holds, without touching it; nothing if there is no state yet.
pub fn snapshot(global: &Global, sealer: &Sealer) -> Result<Option<Snapshot>, Failure> {
    match Store::open_read_only(&paths::state_file(global), sealer.clone())? {
        Some(store) => Ok(Some(store.snapshot()?)),
        None => Ok(None),
    }
}

/// The addresses of what the state holds; none if there is no state yet. Needs no key.
pub fn addresses(global: &Global) -> Result<Option<Vec<ObjectAddress>>, Failure> {
    match Store::open_read_only(&paths::state_file(global), keys::none()?)? {
        Some(store) => Ok(Some(store.addresses()?)),
        None => Ok(None),
    }
}

/// The calls of which the state does not know what became; none if there is no state yet.
pub fn unresolved(global: &Global, sealer: &Sealer) -> Result<Vec<Intent>, Failure> {
    match Store::open_read_only(&paths::state_file(global), sealer.clone())? {
        Some(store) => Ok(store.unresolved()?),
        None => Ok(Vec::new()),
    }
}

/// Whether nothing is left to find out: no call is open, and none that was given up or repeated may
/// still turn out to have made something.
pub fn is_settled(global: &Global, sealer: &Sealer) -> Result<bool, Failure> {
    match Store::open_read_only(&paths::state_file(global), sealer.clone())? {
        Some(store) => Ok(store.unresolved()?.is_empty() && !is_in_doubt(&store)?),
        None => Ok(true),
    }
}

/// The way to the cloud by these provider configurations. With a timeout, an object is waited for
/// so long at most.
pub async fn open(
    global: &Global,
    registry: &Registry,
    configured: &Configurations,
    parallelism: u32,
    timeout: Option<Duration>,
    terminal: &Arc<Terminal>,
) -> Result<Arc<Context>, Failure> {
    let cloud = cloud::open(global, configured, terminal).await?;
    Ok(context(registry, cloud, parallelism, timeout, terminal))
}

/// What all work on objects shares.
fn context(
    registry: &Registry,
    cloud: Arc<dyn Cloud>,
    parallelism: u32,
    timeout: Option<Duration>,
    terminal: &Arc<Terminal>,
) -> Arc<Context> {
    let terminal = terminal.clone();
    let events = Box::new(move |event: Event| terminal.event(&event));
    let context =
        Context::new(registry.clone(), cloud, events, Stop::default(), parallelism as usize);
    Arc::new(context.with_timeout(timeout))
}

/// The same way to the cloud, without a line for each object that is read.
pub fn quiet(context: &Context) -> Arc<Context> {
    let (registry, cloud) = (context.registry.clone(), context.cloud.clone());
    let permits = context.permits.available_permits();
    Arc::new(Context::new(registry, cloud, Box::new(|_| {}), Stop::default(), permits))
}

fn holder(operation: &str) -> Holder {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .map(|name| name.trim().to_owned())
        .or_else(|| variable("HOSTNAME"))
        .unwrap_or_else(|| "unknown host".to_owned());
    Holder {
        operation: operation.to_owned(),
        who: variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "unknown".into()),
        host,
        pid: std::process::id(),
        started_at: OffsetDateTime::now_utc(),
    }
}
