//! Where things lie.

use std::path::PathBuf;

use meridian_state::Sealer;

use crate::arguments::Global;
use crate::failure::Failure;

/// The folder of the state, in the folder that the command works in.
const STATE_FOLDER: &str = "state";
/// The folder of the embedded AWS and of the state that belongs to it.
const LOCAL_FOLDER: &str = "local";
/// The state file's name.
const STATE_FILE: &str = "meridian.db";

/// The state file. That of the embedded AWS is another one than that of the real AWS, so that
/// trying things out never touches what counts.
pub fn state_file(global: &Global) -> PathBuf {
    match &global.state {
        Some(path) => path.clone(),
        None if global.local => local_folder().join(STATE_FILE),
        None => PathBuf::from(STATE_FOLDER).join(STATE_FILE),
    }
}

/// The folder of the embedded AWS.
pub fn local_folder() -> PathBuf {
    PathBuf::from(STATE_FOLDER).join(LOCAL_FOLDER)
}

/// The key under which secrets are sealed: `MERIDIAN_KEY_FILE`, or a file in the user's
/// configuration folder, made on first use. It lies neither beside the state nor in it.
pub fn sealer() -> Result<Sealer, Failure> {
    Ok(Sealer::from_key_file(&key_file()?)?)
}

fn key_file() -> Result<PathBuf, Failure> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(path) = set("MERIDIAN_KEY_FILE") {
        return Ok(path.into());
    }
    let folder = set("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".config")));
    match folder {
        Some(folder) => Ok(folder.join("meridian").join("state.key")),
        None => Err(Failure::message(
            "No place for the key",
            "Secrets in the state are sealed under a key that is kept in the user's configuration \
             folder, but neither HOME nor XDG_CONFIG_HOME is set. Set MERIDIAN_KEY_FILE to the \
             path of a key file; it is made on first use.",
        )),
    }
}
