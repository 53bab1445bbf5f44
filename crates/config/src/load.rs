//! The ways into a configuration: a folder, or texts that are at hand.

use std::path::Path;

use meridian_lang::{Diagnostic, Diagnostics};

use crate::model::Config;
use crate::modules::{self, Disk, Texts, is_configuration, is_manifest};

/// Where Terraform keeps what it has fetched, unless it is told otherwise.
const DATA_FOLDER: &str = ".terraform";

/// What came of reading a configuration.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What could be read; complete only if no diagnostic is an error.
    pub config: Config,
    /// Errors and warnings. Their spans point into the sources of the configuration.
    pub diagnostics: Diagnostics,
    /// Whether some of the errors lie in the root module's files by themselves, whatever they call.
    pub has_root_errors: bool,
}

/// Reads the configuration in a folder and all modules that it calls. What is fetched is looked
/// for in `.terraform`.
pub fn load(folder: &Path) -> Loaded {
    load_with(folder, Path::new(DATA_FOLDER))
}

/// The same with the data folder named, as `TF_DATA_DIR` does; relative to `folder`.
pub fn load_with(folder: &Path, data_folder: &Path) -> Loaded {
    load_folder(folder, data_folder, false)
}

/// The same for a plan that generates configuration: what an `import` block of the root module
/// names need not be described, see [`crate::Import::undescribed`].
pub fn load_to_generate(folder: &Path, data_folder: &Path) -> Loaded {
    load_folder(folder, data_folder, true)
}

fn load_folder(folder: &Path, data_folder: &Path, generates: bool) -> Loaded {
    let mut files = Disk::new(folder, data_folder);
    let mut loaded = modules::read(folder.into(), &mut files, generates);
    if loaded.diagnostics.is_empty() && loaded.config.sources.files().next().is_none() {
        loaded.diagnostics.push(no_files(folder));
    }
    loaded
}

/// Reads a configuration from names and texts; `folder` is only remembered. The names hold the
/// folders of modules, as those in [`Config::sources`] do. The manifest of fetched modules is
/// known by its name, `…modules/modules.json`, and is needed for calls of modules that are not
/// local; names that are of no configuration file are left out.
pub fn parse(folder: &Path, files: Vec<(String, String)>) -> Loaded {
    modules::read(folder.into(), &mut Texts::new(files), false)
}

impl Config {
    /// Names and texts of what [`parse`] needs to read this configuration again: its files and the
    /// manifest of fetched modules, without the files that give variables their values.
    pub fn texts(&self) -> Vec<(String, String)> {
        let wanted = |name: &str| is_configuration(name) || is_manifest(name);
        let files = self.sources.files().filter(|(name, _)| wanted(name));
        files.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    }
}

/// Whether this is the name of a backup or of something hidden, which no command looks at.
pub fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

/// Whether the blocks of a file are laid over those of the others.
pub(crate) fn is_override(name: &str) -> bool {
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
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
