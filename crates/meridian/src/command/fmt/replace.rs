//! Files that get a new text, or keep the old one.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::Path;

/// Gives a file a new text. Whatever happens, it has either the old one or the new one.
///
/// The permissions stay, and the owner where that can be. A link stays too: what it points to is
/// written.
///
/// # Errors
/// What the system says, or that the file is not to be written.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let metadata = fs::metadata(&path)?;
    if metadata.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "It may only be read"));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut draft = tempfile::Builder::new().prefix(".meridian-fmt-").tempfile_in(folder)?;
    draft.write_all(text.as_bytes())?;
    keep_owner(draft.as_file(), &metadata);
    draft.as_file().set_permissions(metadata.permissions())?;
    draft.as_file().sync_all()?;
    draft.persist(&path)?;
    Ok(())
}

/// Only root can give files away; for everyone else they are their own already.
#[cfg(unix)]
fn keep_owner(draft: &fs::File, metadata: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};

    let _ = fchown(draft, Some(metadata.uid()), Some(metadata.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &fs::File, _: &Metadata) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_may_only_be_read_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.tf");
        fs::write(&path, "old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let error = replace(&path, "new").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.tf");
        let link = folder.path().join("link.tf");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("main.tf", &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
