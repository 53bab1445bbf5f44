//! Modules: from the root folder along the calls to every module of the configuration.

mod arguments;
mod files;
mod manifest;
mod path;
mod providers;
mod targets;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use meridian_lang::{Diagnostic, Diagnostics, FileId, ModulePath, Sources};

use crate::blocks::{self, File, FileBody};
use crate::json;
use crate::load::{Loaded, is_override};
use crate::model::{Config, Module, ModuleCall};
use crate::module_source::ModuleSource;
use crate::reader::Reader;
use crate::syntax::parse_body;
use crate::version::{Constraints, Version};

pub(crate) use files::{Disk, FileSource, Texts, is_configuration, is_manifest};
use manifest::Manifest;

/// How deep calls may be nested.
const DEPTH: usize = 64;
/// How many modules a configuration may have: calls that fan out at every level grow fast.
const MODULES: usize = 100_000;

/// The version of Terraform whose language this is.
pub(crate) fn language_version() -> Version {
    Version::release(1, 11, 4)
}

/// Reads the root module and all modules that it calls. With `generates` configuration is still to
/// be generated for `import` blocks.
pub(crate) fn read(folder: PathBuf, files: &mut dyn FileSource, generates: bool) -> Loaded {
    let mut loader = Loader {
        files,
        config: Config { folder, ..Config::default() },
        diagnostics: Diagnostics::new(),
        unsupported: Diagnostics::new(),
        folders: HashMap::new(),
        manifest: None,
        too_many: false,
        has_root_errors: false,
    };
    loader.module(ModulePath::root(), ".", None, &mut Vec::new());
    let Loader { config, mut diagnostics, unsupported, too_many, has_root_errors, .. } = loader;
    // What else is wrong may be only what a later version would understand.
    if !unsupported.is_empty() {
        return Loaded { config, diagnostics: unsupported, has_root_errors };
    }
    if too_many {
        return Loaded { config, diagnostics, has_root_errors };
    }
    diagnostics.extend(ephemeral_outputs(config.root()));
    diagnostics.extend(arguments::check(&config));
    diagnostics.extend(providers::check(&config));
    diagnostics.extend(targets::check(&config, generates));
    Loaded { config, diagnostics, has_root_errors }
}

struct Loader<'f> {
    files: &'f mut dyn FileSource,
    config: Config,
    diagnostics: Diagnostics,
    /// What is said of modules that are written for other versions of the language.
    unsupported: Diagnostics,
    /// The modules by their folders, so that each folder is read once.
    folders: HashMap<String, Result<Arc<Module>, String>>,
    /// What `terraform init` has fetched, once someone asks.
    manifest: Option<Manifest>,
    too_many: bool,
    has_root_errors: bool,
}

impl Loader<'_> {
    /// Reads the module in a folder and all that it calls; `outer` are the folders of its callers.
    fn module(
        &mut self,
        path: ModulePath,
        folder: &str,
        call: Option<&ModuleCall>,
        outer: &mut Vec<String>,
    ) {
        let known = self.folders.get(folder).cloned();
        let module = match known {
            Some(module) => module,
            None => {
                let module = self.folder(folder, &path, call);
                self.has_root_errors |= path.is_root() && self.diagnostics.has_errors();
                self.folders.insert(folder.to_owned(), module.clone());
                module
            }
        };
        let module = match module {
            Ok(module) => module,
            Err(why) => {
                self.report_unreadable(folder, call, &why);
                return;
            }
        };
        self.config.modules.insert(path.clone(), module.clone());
        outer.push(folder.to_owned());
        for call in &module.calls {
            let Some(inner) = self.resolve(&path, folder, call) else {
                continue;
            };
            if let Some(first) = outer.iter().position(|outer| *outer == inner) {
                self.report_endless(call, &outer[first..]);
            } else if outer.len() >= DEPTH {
                let detail = format!("Module calls are nested more than {DEPTH} deep.");
                let error = Diagnostic::error("Module calls nested too deeply", detail);
                self.diagnostics.push(error.at(call.source.span));
            } else if self.config.modules.len() >= MODULES {
                self.report_too_many(call);
            } else {
                self.module(path.child(&call.name.text), &inner, Some(call), outer);
            }
        }
        outer.pop();
    }

    fn report_endless(&mut self, call: &ModuleCall, cycle: &[String]) {
        let first = cycle.first().map_or("", String::as_str);
        let chain: Vec<&str> = cycle.iter().map(String::as_str).chain([first]).collect();
        let detail = format!(
            "The module {:?} calls itself, so that there would be no end of it: {}.",
            &*call.name.text,
            chain.join(" → ")
        );
        let error = Diagnostic::error("Module calls itself", detail);
        self.diagnostics.push(error.at(call.source.span));
    }

    fn report_too_many(&mut self, call: &ModuleCall) {
        if !self.too_many {
            self.too_many = true;
            let detail = format!("The configuration has more than {MODULES} modules.");
            let error = Diagnostic::error("Too many modules", detail);
            self.diagnostics.push(error.at(call.source.span));
        }
    }

    /// Reads the files of a folder; else gives why they cannot be read.
    fn folder(
        &mut self,
        folder: &str,
        path: &ModulePath,
        call: Option<&ModuleCall>,
    ) -> Result<Arc<Module>, String> {
        let texts = self.files.folder(folder, &mut self.diagnostics)?;
        if texts.is_empty() && folder != "." {
            // Without any text a saved configuration could not tell that the folder was there.
            self.config.sources.add(&format!("{folder}/.tf"), "");
        }
        let (over, primary): (Vec<_>, Vec<_>) =
            texts.into_iter().partition(|(name, _)| is_override(name));
        let mut parsed = Vec::new();
        for (name, text) in primary.into_iter().chain(over) {
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let id = self.config.sources.add(&name, text);
            match parse_file(&self.config.sources, id, &name, &mut self.diagnostics) {
                Ok(file) => parsed.push(file),
                Err(errors) => self.diagnostics.extend(errors),
            }
        }
        let mut reader = Reader::new(&self.config.sources);
        let mut module = Module { folder: folder.to_owned(), ..Module::default() };
        blocks::read(&mut reader, &parsed, &mut module);
        self.diagnostics.extend(reader.diagnostics);
        self.unsupported.extend(unsupported_versions(&module, path, call));
        Ok(Arc::new(module))
    }

    fn report_unreadable(&mut self, folder: &str, call: Option<&ModuleCall>, why: &str) {
        let error = match call {
            None => Diagnostic::error(
                "Failed to read module directory",
                format!(
                    "Module directory {} does not exist or cannot be read: {why}.",
                    self.config.folder.display()
                ),
            ),
            Some(call) => {
                let detail = format!(
                    "The directory {folder} could not be read for module {:?} at {}: {why}.",
                    &*call.name.text,
                    self.config.sources.place(call.span)
                );
                Diagnostic::error("Unreadable module directory", detail).at(call.source.span)
            }
        };
        self.diagnostics.push(error);
    }

    /// The folder of the module that a call leads to.
    fn resolve(&mut self, path: &ModulePath, folder: &str, call: &ModuleCall) -> Option<String> {
        let source = &*call.source.text;
        if ModuleSource::parse(source) == Some(ModuleSource::Local) {
            return Some(path::join(folder, source));
        }
        let manifest = match &self.manifest {
            Some(manifest) => manifest,
            None => {
                let text = self.files.manifest();
                let (manifest, errors) = Manifest::read(text, &mut self.config.sources);
                self.diagnostics.extend(errors);
                self.manifest.insert(manifest)
            }
        };
        match manifest.folder(&path.child(&call.name.text), call) {
            Ok(folder) => Some(folder),
            Err(error) => {
                self.diagnostics.push(*error);
                None
            }
        }
    }
}

/// Parses a file in the syntax that its name tells; `diagnostics` is told what is wrong with a
/// file that can be read all the same.
fn parse_file(
    sources: &Sources,
    id: FileId,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Result<File, Diagnostics> {
    let body = if name.ends_with(".json") {
        FileBody::Json(json::body(sources, id, json::read(sources, id)?, diagnostics))
    } else {
        FileBody::Native(parse_body(sources, id)?)
    };
    Ok(File { id, body, is_override: is_override(name) })
}

/// What is said of ephemeral outputs of the root module: nobody is there to take them.
fn ephemeral_outputs(root: &Module) -> Diagnostics {
    let ephemeral = root.outputs.iter().filter(|output| output.ephemeral);
    ephemeral
        .map(|output| {
            let detail = "Ephemeral outputs are not allowed in context of a root module";
            Diagnostic::error("Ephemeral output not allowed", detail).at(output.span)
        })
        .collect()
}

/// What is said of `required_version` constraints that this version of the language does not meet.
fn unsupported_versions(
    module: &Module,
    path: &ModulePath,
    call: Option<&ModuleCall>,
) -> Diagnostics {
    let version = language_version();
    let unmet = module.required_versions.iter().filter(|(text, _)| {
        Constraints::parse(text).is_some_and(|constraints| !constraints.allow(&version))
    });
    unmet
        .map(|(text, span)| {
            let who = match call {
                None => "This configuration".to_owned(),
                Some(call) => format!("Module {path} (from {})", call.source.text),
            };
            let detail = format!(
                "{who} requires Terraform {text}, but Meridian implements the language of \
                 Terraform 1.11 (1.11.4). To proceed, update this version constraint. Version \
                 constraints are normally set for good reason, so updating the constraint may \
                 lead to other errors or unexpected behavior."
            );
            Diagnostic::error("Unsupported Terraform Core version", detail).at(*span)
        })
        .collect()
}
