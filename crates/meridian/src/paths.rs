//! Where things lie.

use std::path::PathBuf;

use crate::arguments::Global;
use crate::failure::Failure;
use crate::workspace;

/// The folder of the state, in the folder that the command works in.
const STATE_FOLDER: &str = "state";
/// The folder of the embedded AWS and of the state that belongs to it.
const LOCAL_FOLDER: &str = "local";
/// The state file's name.
const STATE_FILE: &str = "meridian.db";

/// The folder of the states of all workspaces but the default one.
const WORKSPACES_FOLDER: &str = "workspaces";
/// The file that remembers the workspace in use.
const WORKSPACE_FILE: &str = "workspace";

/// The state file of the workspace in use. That of the embedded AWS is another one than that of
/// the real AWS, so that trying things out never touches what counts.
pub fn state_file(global: &Global) -> PathBuf {
    match &global.state {
        Some(path) => path.clone(),
        None => state_of(global.local, &global.workspace),
    }
}

/// The state file of a workspace.
pub fn state_of(local: bool, workspace: &str) -> PathBuf {
    if workspace.is_empty() || workspace == workspace::DEFAULT {
        let folder = if local { local_folder() } else { PathBuf::from(STATE_FOLDER) };
        return folder.join(STATE_FILE);
    }
    workspaces_folder(local).join(workspace).join(STATE_FILE)
}

/// The folder in which each workspace but the default one has a folder of its own.
pub fn workspaces_folder(local: bool) -> PathBuf {
    let folder = if local { local_folder() } else { PathBuf::from(STATE_FOLDER) };
    folder.join(WORKSPACES_FOLDER)
}

/// The file that remembers the workspace in use.
pub fn workspace_file() -> PathBuf {
    PathBuf::from(STATE_FOLDER).join(WORKSPACE_FILE)
}

/// The folder of the embedded AWS.
pub fn local_folder() -> PathBuf {
    PathBuf::from(STATE_FOLDER).join(LOCAL_FOLDER)
}

/// The file with the key under which secrets are sealed: `MERIDIAN_KEY_FILE`, or one in the user's
/// configuration folder, made on first use. It lies neither beside the state nor in it.
pub fn key_file() -> Result<PathBuf, Failure> {
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
             path of a key file, which is made on first use, or MERIDIAN_STATE_KEY to a passphrase.",
        )),
    }
}

/// The file in which the console keeps its lines: `meridian/console_history` in the user's state
/// folder. None if the user has no home.
pub fn console_history() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let folder = set("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".local/state")))?;
    Some(folder.join("meridian").join("console_history"))
}
