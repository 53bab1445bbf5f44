//! Which files of a folder are configuration, and their way into the model.

use std::fs;
use std::path::Path;

use meridian_lang::{Diagnostic, Diagnostics};

use crate::blocks::{self, File, FileBody};
use crate::json;
use crate::model::Config;
use crate::reader::Reader;
use crate::syntax::parse_body;

/// What came of reading a configuration.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What could be read; complete only if no diagnostic is an error.
    pub config: Config,
    /// Errors and warnings. Their spans point into the sources of the configuration.
    pub diagnostics: Diagnostics,
}

/// Reads the configuration files of a folder.
pub fn load(folder: &Path) -> Loaded {
    let mut diagnostics = Diagnostics::new();
    let names = match file_names(folder) {
        Ok(names) => names,
        Err(error) => {
            let detail = format!(
                "Module directory {} does not exist or cannot be read: {error}.",
                folder.display()
            );
            diagnostics.push(Diagnostic::error("Failed to read module directory", detail));
            return Loaded {
                config: Config { folder: folder.into(), ..Config::default() },
                diagnostics,
            };
        }
    };
    let mut files = Vec::new();
    for name in names {
        match fs::read(folder.join(&name)).map(String::from_utf8) {
            Ok(Ok(text)) => files.push((name, text)),
            Ok(Err(error)) => {
                let valid = error.utf8_error().valid_up_to();
                let line =
                    error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
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
    if files.is_empty() && diagnostics.is_empty() {
        diagnostics.push(no_files(folder));
    }
    let loaded = parse(folder, files);
    diagnostics.extend(loaded.diagnostics);
    Loaded { config: loaded.config, diagnostics }
}

/// Reads a configuration from names and texts; `folder` is only remembered.
/// Override files are known by their names and are laid over the others.
pub fn parse(folder: &Path, files: Vec<(String, String)>) -> Loaded {
    let mut config = Config { folder: folder.into(), ..Config::default() };
    let mut diagnostics = Diagnostics::new();
    let (over, primary): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| is_override(name));
    let mut parsed = Vec::new();
    for (name, text) in primary.into_iter().chain(over) {
        let id = config.sources.add(name, text.strip_prefix('\u{feff}').unwrap_or(text));
        let body = if name.ends_with(".json") {
            json::read(&config.sources, id).map(|value| {
                FileBody::Json(json::body(&config.sources, id, value, &mut diagnostics))
            })
        } else {
            parse_body(&config.sources, id).map(FileBody::Native)
        };
        match body {
            Ok(body) => parsed.push(File { id, body, is_override: is_override(name) }),
            Err(errors) => diagnostics.extend(errors),
        }
    }
    let sources = config.sources.clone();
    let mut reader = Reader::new(&sources);
    blocks::read(&mut reader, &parsed, &mut config);
    diagnostics.extend(reader.diagnostics);
    Loaded { config, diagnostics }
}

/// Names of configuration files in order; what editors leave behind is not among them.
fn file_names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let configuration = name.ends_with(".tf") || name.ends_with(".tf.json");
        if configuration && !is_ignored(&name) && !entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Whether a file is a backup or hidden.
fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

fn is_override(name: &str) -> bool {
    let stem = name.strip_suffix(".tf").or_else(|| name.strip_suffix(".tf.json")).unwrap_or(name);
    stem == "override" || stem.ends_with("_override")
}

fn no_files(folder: &Path) -> Diagnostic {
    let place = match folder.display().to_string() {
        here if here.is_empty() || here == "." => "this folder".to_owned(),
        folder => folder,
    };
    Diagnostic::error(
        "No configuration files",
        format!(
            "There are no configuration files in {place}. Acting without a configuration would \
             mark everything for destruction, which is normally not what is desired. Create a \
             configuration file (.tf file) and try again."
        ),
    )
}
