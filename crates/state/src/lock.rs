//! The lock: who may write. A row that people can read, and that outlives its process, so that
//! a run that was killed is seen to have been there.

use rusqlite::{Connection, OptionalExtension};
use time::{Duration, OffsetDateTime};

use crate::{LockId, StateError, Store, timestamp};

/// By how much the start of a process may be miscalculated.
const CLOCK_ERROR: Duration = Duration::seconds(2);

/// Who takes the lock, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The command, such as `apply`.
    pub operation: String,
    /// The user.
    pub who: String,
    /// The machine.
    pub host: String,
    /// The process on that machine.
    pub pid: u32,
    /// Since when.
    pub started_at: OffsetDateTime,
}

/// The lock while it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Identifies this taking of it.
    pub id: LockId,
    /// Who took it.
    pub holder: Holder,
}

impl Store {
    /// Takes the lock. That of a process of this machine which no longer runs is taken over.
    /// From then on no intent is recorded once the lock was lost.
    ///
    /// # Errors
    /// [`StateError::Locked`], or the file cannot be written.
    pub fn acquire_lock(&mut self, holder: &Holder) -> Result<LockId, StateError> {
        let id = LockId::fresh();
        self.write(|db, _| {
            if let Some(lock) = read(db)?
                && !is_left_behind(&lock.holder, &holder.host)
            {
                return Err(StateError::Locked(Box::new(lock)));
            }
            db.execute(
                "INSERT OR REPLACE INTO lock (only, id, operation, who, host, pid, started_at)
                 VALUES (1, ?, ?, ?, ?, ?, ?)",
                (
                    id,
                    &holder.operation,
                    &holder.who,
                    &holder.host,
                    holder.pid,
                    timestamp::to_text(holder.started_at),
                ),
            )?;
            Ok(())
        })?;
        self.held = Some(id);
        Ok(id)
    }

    /// Gives the lock back, or breaks that of another: whoever knows its id may.
    ///
    /// # Errors
    /// [`StateError::NoSuchLock`], or the file cannot be written.
    pub fn release_lock(&mut self, id: LockId) -> Result<(), StateError> {
        if self.held == Some(id) {
            self.held = None;
        }
        self.write(|db, _| match read(db)?.map(|lock| lock.id) {
            Some(current) if current == id => {
                db.execute("DELETE FROM lock", [])?;
                Ok(())
            }
            current => Err(StateError::NoSuchLock { id, current }),
        })
    }

    /// The lock, if it is taken.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn lock_holder(&self) -> Result<Option<Lock>, StateError> {
        self.read(read)
    }
}

/// Refuses to go on when the lock that was taken is no longer there.
pub(crate) fn still_held(db: &Connection, held: Option<LockId>) -> Result<(), StateError> {
    let Some(id) = held else { return Ok(()) };
    let held = db.prepare_cached("SELECT 1 FROM lock WHERE id = ?")?.exists([id])?;
    if held { Ok(()) } else { Err(StateError::LockLost { id }) }
}

fn read(db: &Connection) -> Result<Option<Lock>, StateError> {
    let lock = db.query_row("SELECT * FROM lock", [], |row| {
        Ok(Lock {
            id: row.get("id")?,
            holder: Holder {
                operation: row.get("operation")?,
                who: row.get("who")?,
                host: row.get("host")?,
                pid: row.get("pid")?,
                started_at: timestamp::column(row, "started_at")?,
            },
        })
    });
    Ok(lock.optional()?)
}

/// Whether it is certain that the holder no longer runs. Of another machine nothing is certain.
fn is_left_behind(holder: &Holder, host: &str) -> bool {
    holder.host == host && (!is_running(holder.pid) || is_another(holder))
}

/// Whether the holder's process id now belongs to another process: one of another program, which
/// began after the lock was taken. Each of the two alone could be wrong: the clock may have been
/// set forward since, and this program may have been given the same id again.
#[cfg(target_os = "linux")]
fn is_another(holder: &Holder) -> bool {
    let program = |process: &str| std::fs::read(format!("/proc/{process}/comm")).ok();
    let (Some(theirs), Some(ours)) = (program(&holder.pid.to_string()), program("self")) else {
        return false;
    };
    theirs != ours && began(holder.pid).is_some_and(|began| began > holder.started_at + CLOCK_ERROR)
}

/// When a process began.
#[cfg(target_os = "linux")]
fn began(pid: u32) -> Option<OffsetDateTime> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name stands in brackets and may hold anything. What follows it begins with
    // the third field; the twenty-second is the start, in ticks since the machine's.
    let ticks: f64 = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let uptime: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    let age = uptime - ticks / rustix::param::clock_ticks_per_second() as f64;
    OffsetDateTime::now_utc().checked_sub(Duration::checked_seconds_f64(age)?)
}

#[cfg(not(target_os = "linux"))]
fn is_another(_holder: &Holder) -> bool {
    false
}

#[cfg(unix)]
fn is_running(pid: u32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    // A process of someone else may not be asked, which shows that it is there.
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

#[cfg(not(unix))]
fn is_running(_pid: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use time::macros::datetime;

    use super::*;
    use crate::Sealer;

    fn store() -> Store {
        Store::in_memory(Sealer::from_bytes([7; 32])).unwrap()
    }

    fn holder(host: &str, pid: u32) -> Holder {
        Holder {
            operation: "apply".into(),
            who: "ada".into(),
            host: host.into(),
            pid,
            started_at: datetime!(2026-01-02 03:04:05.678901 UTC),
        }
    }

    /// The id of a process that has ended and was waited for.
    fn dead_pid() -> u32 {
        let mut child = Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        child.id()
    }

    #[test]
    fn a_second_taker_is_told_who_has_the_lock() {
        let mut store = store();
        let first = holder("here", std::process::id());
        let id = store.acquire_lock(&first).unwrap();
        let error = store.acquire_lock(&holder("here", 1)).unwrap_err();
        let message = error.to_string();
        for part in ["ada on here", "2026-01-02 03:04:05 UTC", "\"apply\"", &id.to_string()] {
            assert!(message.contains(part), "{message}");
        }
        let StateError::Locked(lock) = error else { panic!("{error}") };
        assert_eq!(*lock, Lock { id, holder: first });
        assert_eq!(store.lock_holder().unwrap(), Some(*lock));
    }

    #[test]
    #[cfg(unix)]
    fn the_lock_of_a_dead_process_is_taken_over_on_its_own_machine_only() {
        let mut store = store();
        let dead = store.acquire_lock(&holder("here", dead_pid())).unwrap();
        assert!(matches!(store.acquire_lock(&holder("there", 1)), Err(StateError::Locked(_))));
        let taken = store.acquire_lock(&holder("here", std::process::id())).unwrap();
        assert_ne!(taken, dead);
        assert_eq!(store.lock_holder().unwrap().map(|lock| lock.id), Some(taken));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_id_that_was_given_to_another_program_holds_no_lock() {
        let mut other = Command::new("sleep").arg("600").spawn().unwrap();
        // The name is that of this program until the other one has taken its place.
        let comm = format!("/proc/{}/comm", other.id());
        while std::fs::read_to_string(&comm).unwrap() != "sleep\n" {
            std::thread::yield_now();
        }
        let mut store = store();
        let us = holder("here", std::process::id());
        // The lock is older than the process: whoever took it is gone.
        store.acquire_lock(&holder("here", other.id())).unwrap();
        let taken = store.acquire_lock(&us);
        // The process was there before the lock: it may well be the holder.
        let now = OffsetDateTime::now_utc() + Duration::seconds(1);
        store.release_lock(taken.unwrap()).unwrap();
        store.acquire_lock(&Holder { started_at: now, ..holder("here", other.id()) }).unwrap();
        let refused = store.acquire_lock(&us);
        other.kill().unwrap();
        other.wait().unwrap();
        assert!(matches!(refused, Err(StateError::Locked(_))), "{refused:?}");
    }

    #[test]
    fn only_the_right_id_releases() {
        let mut store = store();
        let id = store.acquire_lock(&holder("here", std::process::id())).unwrap();
        let other = LockId::fresh();
        let error = store.release_lock(other).unwrap_err();
        assert!(error.to_string().contains(&format!("the present lock is {id}")), "{error}");
        store.release_lock(id).unwrap();
        assert_eq!(store.lock_holder().unwrap(), None);
        assert!(matches!(
            store.release_lock(id),
            Err(StateError::NoSuchLock { current: None, .. })
        ));
        store.acquire_lock(&holder("there", 1)).unwrap();
    }
}
