//! Environment variables that Terraform's scripts set.

use std::path::PathBuf;

/// The prefix of environment variables that give variables their values.
const VARIABLE_PREFIX: &str = "TF_VAR_";

/// What an environment variable says, if it says anything.
pub fn set(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Values of variables.
pub fn variables() -> Vec<(String, String)> {
    let text = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    text.filter(|(name, _)| name.starts_with(VARIABLE_PREFIX)).collect()
}

/// The folder in which Terraform keeps the modules that it has fetched, and the workspace that it
/// has selected.
pub fn data_folder() -> PathBuf {
    set("TF_DATA_DIR").map_or_else(|| PathBuf::from(".terraform"), PathBuf::from)
}

/// Whether to say what can be done next: not where a script runs the commands.
pub fn gives_advice() -> bool {
    set("TF_IN_AUTOMATION").is_none()
}
