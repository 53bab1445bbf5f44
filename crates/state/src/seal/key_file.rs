//! Key files: a key that lies in the user's configuration folder.
//!
//! One file serves all states of a user. When a state goes over to a new key, the file of the old
//! one stays under a name with its id, for the other states and for backups, so that each key is
//! found by its id at every instant.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Sealer, encode_key, invalid, random_key};
use crate::{KeyOrigin, StateError, private_file};

impl Sealer {
    /// A sealer with the key in a file. The file is made, with a random key and readable for
    /// its owner only, if there is none.
    ///
    /// # Errors
    /// The file cannot be made or read, or holds something else.
    pub fn from_key_file(path: &Path) -> Result<Sealer, StateError> {
        if let Some(sealer) = Sealer::from_existing_key_file(path)? {
            return Ok(sealer);
        }
        let key = random_key()?;
        private_file::publish_if_missing(path, file_text(&key).as_bytes())?;
        // Another process may have been quicker: the key in the file is the one that counts.
        Sealer::from_existing_key_file(path)?.ok_or_else(|| invalid(path.display()))
    }

    /// A sealer with the key in a file, if there is such a file: for commands that only read.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub fn from_existing_key_file(path: &Path) -> Result<Option<Sealer>, StateError> {
        match fs::read_to_string(path).map(Zeroizing::new) {
            Ok(text) => Ok(Some(Sealer::from_text(&text).map_err(|_| invalid(path.display()))?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(private_file::failed(path)(error)),
        }
    }

    /// A sealer with the key of this id, if it lies beside a key file.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub fn from_key_file_of(path: &Path, id: &str) -> Result<Option<Sealer>, StateError> {
        // An id comes from a file that anyone may have written, and must not lead elsewhere.
        if !is_id(id) {
            return Ok(None);
        }
        let path = real(path);
        // In this order: a new key leaves its own file only for the one that is looked at last.
        for path in [named(&path, id), path] {
            if let Some(sealer) = Sealer::from_existing_key_file(&path)?
                && sealer.key_id() == id
            {
                return Ok(Some(sealer));
            }
        }
        Ok(None)
    }
}

/// A new key that is on its way into a key file. It has a file of its own already.
#[derive(Debug)]
pub struct NewKeyFile {
    path: PathBuf,
    own: PathBuf,
    sealer: Sealer,
}

impl NewKeyFile {
    /// Makes a random key and writes it beside a key file, durably. The key that the file holds
    /// is written beside it as well.
    ///
    /// # Errors
    /// A file cannot be written, or the system gives no random bytes.
    pub fn make(path: &Path) -> Result<NewKeyFile, StateError> {
        let path = real(path);
        if let Some(old) = Sealer::from_existing_key_file(&path)? {
            let text = fs::read_to_string(&path).map(Zeroizing::new);
            let text = text.map_err(private_file::failed(&path))?;
            private_file::publish_if_missing(&named(&path, &old.key_id()), text.as_bytes())?;
        }
        let key = random_key()?;
        let sealer = Sealer::new(key.clone(), KeyOrigin::File);
        let own = named(&path, &sealer.key_id());
        private_file::publish_if_missing(&own, file_text(&key).as_bytes())?;
        Ok(NewKeyFile { path, own, sealer })
    }

    /// A sealer with the new key.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Makes the new key the one of the key file, once a state is sealed under it.
    ///
    /// # Errors
    /// The file cannot be renamed. The key is found in its own file all the same.
    pub fn take_place(self) -> Result<(), StateError> {
        private_file::replace(&self.own, &self.path)
    }
}

fn file_text(key: &[u8; super::KEY_LEN]) -> Zeroizing<String> {
    Zeroizing::new(format!("{}\n", *encode_key(key)))
}

/// Where a link leads: its target is what must be replaced, not the link.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// The file of the key of this id, beside the key file.
fn named(path: &Path, id: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(id);
    name.into()
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}
