//! What functions of the configuration see of the machine.

use std::fs::{self, FileType, Metadata};
use std::io::ErrorKind;
use std::path::Path;

use meridian_lang::{FileKind, Impure};
use meridian_plan::Folders;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The machine that the command runs on.
pub struct Machine;

impl Impure for Machine {
    fn now(&self) -> String {
        let now = OffsetDateTime::now_utc();
        let seconds = now.replace_nanosecond(0).unwrap_or(now);
        seconds.format(&Rfc3339).expect("the years of a clock have four digits")
    }

    fn random(&self) -> [u8; 16] {
        // All but six of the bits are left to chance.
        uuid::Uuid::new_v4().into_bytes()
    }
}

impl Folders for Machine {
    fn file_kind(&self, path: &Path) -> Result<Option<FileKind>, String> {
        match fs::metadata(path) {
            Ok(found) => Ok(Some(kind(&found))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<(String, FileKind)>, String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
            let entry = entry.map_err(|error| error.to_string())?;
            // What is no text cannot be named in a configuration, and a link to nothing is nothing.
            if let (Ok(name), Ok(metadata)) =
                (entry.file_name().into_string(), fs::metadata(entry.path()))
            {
                found.push((name, kind(&metadata)));
            }
        }
        Ok(found)
    }

    fn home(&self) -> Option<String> {
        std::env::home_dir()?.into_os_string().into_string().ok()
    }
}

fn kind(found: &Metadata) -> FileKind {
    if found.is_file() {
        FileKind::File
    } else if found.is_dir() {
        FileKind::Folder
    } else {
        FileKind::Other(special(found.file_type()))
    }
}

#[cfg(unix)]
fn special(found: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if found.is_fifo() {
        "a named pipe"
    } else if found.is_socket() {
        "a unix domain socket"
    } else {
        "a device node"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "not an ordinary file"
}
