//! Files that only their owner may read.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::StateError;

/// Creates an empty file, and the folders that lead to it, unless they exist.
pub(crate) fn create_if_missing(path: &Path) -> Result<(), StateError> {
    create_parents(path)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

/// Creates a file with this content, and the folders that lead to it. A file that is there
/// already stays as it is. Nobody ever sees the file half written.
pub(crate) fn publish_if_missing(path: &Path, content: &[u8]) -> Result<(), StateError> {
    create_parents(path)?;
    let write = || -> io::Result<()> {
        // Temporary files are created with mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(folder(path))?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(path) {
            Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
            _ => sync_folder(path),
        }
    };
    write().map_err(failed(path))
}

/// Puts a file in the place of another one, durably; at every instant one of the two is there.
pub(crate) fn replace(from: &Path, to: &Path) -> Result<(), StateError> {
    let rename = || -> io::Result<()> {
        std::fs::rename(from, to)?;
        sync_folder(to)
    };
    rename().map_err(failed(to))
}

/// A file's name is on the disk once its folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    std::fs::File::open(folder(path))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn create_parents(path: &Path) -> Result<(), StateError> {
    let mut folders = DirBuilder::new();
    folders.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    let folder = folder(path);
    folders.create(folder).map_err(failed(folder))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Names the file that an error is about.
pub(crate) fn failed(path: &Path) -> impl Fn(io::Error) -> StateError {
    |source| StateError::File { path: path.to_owned(), source }
}
