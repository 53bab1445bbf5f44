//! Where the texts of a configuration come from: the disk, or texts that are at hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use meridian_lang::{Diagnostic, Diagnostics};

use super::path::clean;
use crate::load::is_ignored;

/// Where the manifest of fetched modules lies in the data folder.
const MANIFEST: &str = "modules/modules.json";
/// The largest file that is read, in bytes: places in a text are kept in 32 bits.
const LARGEST_FILE: u64 = 256 * 1024 * 1024;

/// Gives the texts of folders.
pub(crate) trait FileSource {
    /// Names and texts of the configuration files of a folder, in the order of their names.
    ///
    /// # Errors
    /// Why the folder cannot be read.
    fn folder(
        &mut self,
        folder: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Vec<(String, String)>, String>;

    /// Name and text of the manifest of the modules that `terraform init` has fetched.
    fn manifest(&mut self) -> Option<(String, String)>;
}

/// Folders on the disk.
pub(crate) struct Disk {
    root: PathBuf,
    /// The data folder, relative to the root folder.
    data: PathBuf,
}

impl Disk {
    pub(crate) fn new(root: &Path, data: &Path) -> Disk {
        Disk { root: root.to_owned(), data: data.to_owned() }
    }
}

impl FileSource for Disk {
    fn folder(
        &mut self,
        folder: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Vec<(String, String)>, String> {
        let place = self.root.join(folder);
        let names = file_names(&place).map_err(|error| error.to_string())?;
        let mut files = Vec::new();
        for file in names {
            let name = if folder == "." { file.clone() } else { format!("{folder}/{file}") };
            match read_file(&place.join(&file)).map(String::from_utf8) {
                Ok(Ok(text)) => files.push((name, text)),
                Ok(Err(error)) => {
                    let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                    let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
                    let detail = format!(
                        "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is \
                         selected in your editor. The first invalid byte is on line {line} of \
                         {name}."
                    );
                    diagnostics.push(Diagnostic::error("Invalid character encoding", detail));
                }
                Err(error) => {
                    let detail = format!("The file {name:?} could not be read: {error}.");
                    diagnostics.push(Diagnostic::error("Failed to read file", detail));
                }
            }
        }
        Ok(files)
    }

    fn manifest(&mut self) -> Option<(String, String)> {
        let path = self.data.join(MANIFEST);
        let bytes = match read_file(&self.root.join(&path)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            // What cannot be read is no list of modules, and that is said.
            Err(_) => Vec::new(),
        };
        Some((path.display().to_string(), String::from_utf8(bytes).unwrap_or_default()))
    }
}

/// Texts by the names of their files, which hold their folders.
pub(crate) struct Texts {
    folders: BTreeMap<String, Vec<(String, String)>>,
    manifest: Option<(String, String)>,
}

impl Texts {
    /// Takes what is configuration; other names are left out.
    pub(crate) fn new(files: Vec<(String, String)>) -> Texts {
        let mut texts = Texts { folders: BTreeMap::new(), manifest: None };
        for (name, text) in files {
            if is_manifest(&name) {
                texts.manifest = Some((name, text));
            } else {
                let folder = match name.rsplit_once('/') {
                    Some(("", _)) => "/".to_owned(),
                    Some((folder, _)) => clean(folder),
                    None => ".".to_owned(),
                };
                let files = texts.folders.entry(folder).or_default();
                if is_configuration(&name) {
                    files.push((name, text));
                }
            }
        }
        texts
    }
}

impl FileSource for Texts {
    fn folder(
        &mut self,
        folder: &str,
        _: &mut Diagnostics,
    ) -> Result<Vec<(String, String)>, String> {
        match self.folders.remove(folder) {
            Some(files) => Ok(files),
            // The root folder is there even if nothing is in it.
            None if folder == "." => Ok(Vec::new()),
            None => Err("no file of it is known".to_owned()),
        }
    }

    fn manifest(&mut self) -> Option<(String, String)> {
        self.manifest.take()
    }
}

/// Reads a file. A pipe or a device could keep us for ever, and would never end.
fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("it is not a regular file"));
    }
    if metadata.len() > LARGEST_FILE {
        let why = format!("it is larger than {} MiB", LARGEST_FILE >> 20);
        return Err(std::io::Error::other(why));
    }
    fs::read(path)
}

/// Whether a file is the manifest of fetched modules.
pub(crate) fn is_manifest(name: &str) -> bool {
    name.replace('\\', "/").ends_with(MANIFEST)
}

/// Whether a file is written in the language.
pub(crate) fn is_configuration(name: &str) -> bool {
    name.ends_with(".tf") || name.ends_with(".tf.json")
}

/// Names of configuration files in order; what editors leave behind is not among them.
fn file_names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if is_configuration(&name) && !is_ignored(&name) && !entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
