//! Which of several states is worked on.
//!
//! The workspace in use is remembered in the state folder. As long as nothing is remembered there,
//! the one that Terraform has selected counts, which it remembers in its data folder. That folder
//! is never written to.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::failure::Failure;
use crate::{environment, paths};

/// The workspace that is always there.
pub const DEFAULT: &str = "default";
/// Names the workspace to be used, whatever is remembered.
const OVERRIDE: &str = "TF_WORKSPACE";

/// The workspace in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its name.
    pub name: String,
    /// Whether the environment names it.
    pub is_overridden: bool,
}

/// The workspace in use.
///
/// # Errors
/// What is named cannot be the name of a workspace.
pub fn current() -> Result<Workspace, Failure> {
    if let Some(name) = environment::set(OVERRIDE) {
        let name = name.to_string_lossy().into_owned();
        if !is_valid(&name) {
            let why = not_allowed(&name);
            return Err(Failure::message("Invalid workspace name set using TF_WORKSPACE", why));
        }
        return Ok(Workspace { name, is_overridden: true });
    }
    for file in [paths::workspace_file(), environment::data_folder().join("environment")] {
        if let Some(name) = remembered(&file)? {
            return Ok(Workspace { name, is_overridden: false });
        }
    }
    Ok(Workspace { name: DEFAULT.to_owned(), is_overridden: false })
}

/// What a file says, if it is there and says anything.
fn remembered(file: &Path) -> Result<Option<String>, Failure> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => {
            let detail = format!("{} cannot be read: {error}.", file.display());
            return Err(Failure::message("The workspace in use is not known", detail));
        }
    };
    let name = text.trim();
    if name.is_empty() {
        return Ok(None);
    }
    if !is_valid(name) {
        let detail = format!("{} holds no name of a workspace. Delete it.", file.display());
        return Err(Failure::message("The workspace in use is not known", detail));
    }
    Ok(Some(name.to_owned()))
}

/// Uses a workspace from now on.
pub fn select(name: &str) -> Result<(), Failure> {
    let file = paths::workspace_file();
    make_folder(file.parent().unwrap_or(Path::new(".")))?;
    fs::write(&file, name).map_err(Failure::at_path(&file))
}

/// All workspaces, the default one first.
pub fn all() -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let folder = paths::workspaces_folder(false);
    let refused = Failure::at_path(&folder);
    match fs::read_dir(&folder) {
        Ok(entries) => {
            for entry in entries {
                let entry = entry.map_err(&refused)?;
                if let (true, Ok(name)) = (entry.path().is_dir(), entry.file_name().into_string()) {
                    names.push(name);
                }
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(refused(error)),
    }
    names.retain(|name| is_valid(name) && name != DEFAULT);
    names.sort();
    names.insert(0, DEFAULT.to_owned());
    Ok(names)
}

/// Makes a workspace.
pub fn make(name: &str) -> Result<(), Failure> {
    make_folder(&paths::workspaces_folder(false).join(name))
}

/// A folder that only its owner can look into.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(Failure::at_path(folder))
}

/// Whether a name needs no escaping as a part of a URL's path, and names no other folder.
pub fn is_valid(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.~$&+=:@".contains(c);
    !name.is_empty() && name != "." && name != ".." && name.chars().all(allowed)
}

/// What is said of a name that is not valid.
pub fn not_allowed(name: &str) -> String {
    format!(
        "The workspace name {name:?} is not allowed. The name must contain only URL safe \
         characters, and no path separators."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_in_urls_and_in_paths() {
        for name in ["a", "staging-2", "a.b~c_d", "a$&+=:@", "..."] {
            assert!(is_valid(name), "{name}");
        }
        for name in ["", ".", "..", "a/b", "a\\b", "a b", "ü", "a%20b", "a?b", "a\nb"] {
            assert!(!is_valid(name), "{name}");
        }
    }
}
