//! Snapshots: copies of a whole cloud, and the way back to them.
//!
//! A snapshot is a directory like one that a cloud lives in, with the same
//! promise: values are sealed, under keys in a file that only its owner reads.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::cloud::{CLOCK_AHEAD, Cloud, Inner, LAST_TIME};
use crate::store::{self, OpenError, at};
use crate::vault::Vault;
use crate::world::World;

/// Only the owner may look into a snapshot.
const PRIVATE: u32 = 0o700;

/// Why a snapshot cannot be made or gone back to.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// There is something already where the snapshot should be.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// The files cannot be read or written.
    #[error(transparent)]
    Files(#[from] OpenError),
}

impl Cloud {
    /// Copies everything into a new directory, which appears when it is complete.
    ///
    /// # Errors
    ///
    /// If the directory exists already or cannot be written.
    pub fn snapshot(&self, directory: &Path) -> Result<(), SnapshotError> {
        if fs::symlink_metadata(directory).is_ok() {
            return Err(SnapshotError::Exists(directory.to_owned()));
        }
        let mut draft = directory.as_os_str().to_owned();
        draft.push(format!(".{}.new", Uuid::new_v4().simple()));
        let draft = PathBuf::from(draft);
        let parent = draft.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(at(parent))?;
        DirBuilder::new().mode(PRIVATE).create(&draft).map_err(at(&draft))?;
        let written = self
            .lock()
            .copy_to(&draft, self.now())
            .and_then(|()| fs::rename(&draft, directory).map_err(at(directory)));
        if written.is_err() {
            // What is left of the draft is in nobody's way.
            let _ = fs::remove_dir_all(&draft);
        }
        Ok(written?)
    }

    /// Goes back to a snapshot: all that exists is what existed then.
    ///
    /// # Errors
    ///
    /// If the snapshot cannot be read, or this cloud's own directory cannot be
    /// written. Then nothing has changed.
    pub fn restore(&self, directory: &Path) -> Result<(), SnapshotError> {
        let (keys, rows) = store::read_copy(directory)?;
        let mut inner = self.lock();
        // Rows that cannot be read are found before anything is changed.
        World::empty(inner.world.delays, Vault::new(&Vault::random_key()))
            .replace(&rows)
            .map_err(OpenError::from)?;
        inner.world.vault.trust(&keys);
        let keys = inner.world.vault.master_keys();
        if let Some(store) = &mut inner.store {
            store.replace(&keys, &rows)?;
        }
        inner.world.replace(&rows).map_err(OpenError::from)?;
        inner.revision += 1;
        // What is in the snapshot has not happened later than now.
        let last_time = inner.noted(LAST_TIME).unwrap_or_default();
        let behind = last_time.saturating_sub(self.now().milliseconds());
        self.clock().advance(Duration::from_millis(behind.try_into().unwrap_or_default()));
        inner.note(CLOCK_AHEAD, self.clock().ahead());
        inner.save(self.now())?;
        Ok(())
    }
}

impl Inner {
    /// Writes everything into an empty directory, with the time of the copy. What
    /// is due by then happens here, and not in each copy for itself.
    fn copy_to(&mut self, directory: &Path, now: Timestamp) -> Result<(), OpenError> {
        self.settle(now);
        self.note(LAST_TIME, now.milliseconds());
        store::write_copy(directory, &self.world)
    }
}
