//! Everything that leaves the process, searched for a canary.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::forms::Forms;
use crate::support::Project;

/// What was there before the program ran: it may hold the canary, for someone wrote it there.
pub struct Given {
    files: BTreeMap<PathBuf, Vec<u8>>,
    folders: Vec<PathBuf>,
}

impl Given {
    /// The files of a project as they are now.
    pub fn of(project: &Project) -> Given {
        let (files, folders) = below(project.root());
        let read = |path: PathBuf| (path.clone(), fs::read(path).unwrap());
        Given { files: files.into_iter().map(read).collect(), folders }
    }

    /// Asserts that no file that the program has written holds a form, and that all of them and
    /// their folders are its user's alone. A file may be gone before it is read while the program
    /// runs.
    #[track_caller]
    pub fn nothing_is_written(&self, project: &Project, forms: &Forms, when: &str) {
        let (files, folders) = below(project.root());
        for path in folders.iter().filter(|path| !self.folders.contains(path)) {
            has_mode(path, 0o700);
        }
        for path in files {
            let Ok(bytes) = fs::read(&path) else { continue };
            if self.files.get(&path) == Some(&bytes) {
                continue;
            }
            if let Some(form) = forms.found(&bytes) {
                panic!("{} holds {form}, after {when}", path.display());
            }
            has_mode(&path, 0o600);
        }
    }
}

#[track_caller]
fn has_mode(path: &Path, wanted: u32) {
    let Ok(found) = fs::metadata(path) else { return };
    let mode = found.permissions().mode() & 0o777;
    assert_eq!(mode, wanted, "{} has mode {mode:o}", path.display());
}

fn below(folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    let Ok(entries) = fs::read_dir(folder) else { return (files, folders) };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            let (more, further) = below(&path);
            files.extend(more);
            folders.extend(further);
            folders.push(path);
        } else {
            files.push(path);
        }
    }
    (files, folders)
}

/// Asserts that a text does not hold a form.
#[track_caller]
pub fn nothing_is_said(text: &str, forms: &Forms, when: &str) {
    if let Some(form) = forms.found_in_text(text) {
        panic!("{form} is said by {when}:\n{text}");
    }
}

/// Asserts that no open file of a process holds a form, deleted ones included, and that it leaves
/// no core dump.
#[cfg(target_os = "linux")]
#[track_caller]
pub fn nothing_is_open(process: u32, forms: &Forms) {
    let folder = PathBuf::from(format!("/proc/{process}"));
    let limits = fs::read_to_string(folder.join("limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let words: Vec<&str> = core.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core}");
    // The user's other processes cannot look into one that is not dumpable, so its files can only
    // be read by the administrator.
    let Ok(open) = fs::read_dir(folder.join("fd")) else { return };
    for path in open.flatten().map(|entry| entry.path()) {
        if fs::metadata(&path).is_ok_and(|it| it.is_file()) {
            let bytes = fs::read(&path).unwrap_or_default();
            assert_eq!(forms.found(&bytes), None, "{:?}", fs::read_link(&path));
        }
    }
}
