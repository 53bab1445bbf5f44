//! What `terraform init` has fetched: `.terraform/modules/modules.json`.

use std::collections::HashMap;

use meridian_lang::{Diagnostic, Diagnostics, ModulePath, Sources};
use serde_json::Value as Json;

use super::path::clean;
use crate::model::ModuleCall;
use crate::module_source::ModuleSource;
use crate::version::{Constraints, Version};

/// What is done about a module that is not there.
const HOW: &str = "Meridian downloads nothing: run \"terraform init\" in this folder once, or copy \
    the module and name its folder as a local path.";

/// A module that has been fetched.
struct Installed {
    source: String,
    version: Option<String>,
    folder: String,
}

/// The fetched modules by the calls that lead to them.
#[derive(Default)]
pub(super) struct Manifest {
    installed: HashMap<String, Installed>,
}

impl Manifest {
    /// Reads name and text of the file, which becomes one of the sources. None is an empty one.
    pub(super) fn read(
        file: Option<(String, String)>,
        sources: &mut Sources,
    ) -> (Manifest, Diagnostics) {
        let Some((name, text)) = file else {
            return (Manifest::default(), Diagnostics::new());
        };
        let json: Result<Json, _> = serde_json::from_str(&text);
        sources.add(&name, &text);
        match json.map(|json| Manifest::of(&json)) {
            Ok(Some(manifest)) => (manifest, Diagnostics::new()),
            Ok(None) | Err(_) => {
                let detail = format!(
                    "The file {name} is no list of modules. Run \"terraform init\" in this folder \
                     to write it anew."
                );
                let error = Diagnostic::error("Failed to read module manifest", detail);
                (Manifest::default(), error.into())
            }
        }
    }

    fn of(json: &Json) -> Option<Manifest> {
        let mut manifest = Manifest::default();
        for entry in json.get("Modules")?.as_array()? {
            let text = |name| entry.get(name).and_then(Json::as_str);
            let installed = Installed {
                source: text("Source")?.to_owned(),
                version: text("Version").filter(|it| !it.is_empty()).map(str::to_owned),
                folder: clean(&text("Dir")?.replace('\\', "/")),
            };
            manifest.installed.insert(text("Key")?.to_owned(), installed);
        }
        Some(manifest)
    }

    /// The folder of the module that a call leads to.
    pub(super) fn folder(
        &self,
        path: &ModulePath,
        call: &ModuleCall,
    ) -> Result<String, Box<Diagnostic>> {
        let Some(installed) = self.installed.get(&path.names().join(".")) else {
            let detail = format!(
                "The module {:?} comes from {:?} and is not yet installed.",
                &*call.name.text, &*call.source.text
            );
            let error = Diagnostic::error("Module not installed", detail).at(call.span);
            return Err(Box::new(error.help(HOW)));
        };
        if installed.source != canonical(&call.source.text) && installed.source != *call.source.text
        {
            let detail = format!(
                "The source address was changed since this module was installed from {:?}.",
                installed.source
            );
            let error = Diagnostic::error("Module source has changed", detail);
            return Err(Box::new(error.at(call.source.span).help(HOW)));
        }
        let wanted = call.version.as_ref().and_then(|wanted| Constraints::parse(&wanted.text));
        let version = installed.version.as_deref();
        let met = wanted.is_none_or(|wanted| {
            version.and_then(Version::parse).is_some_and(|version| wanted.allow(&version))
        });
        if !met {
            let span = call.version.as_ref().map_or(call.span, |wanted| wanted.span);
            let detail = format!(
                "The version requirements have changed since this module was installed and the \
                 installed version ({}) is no longer acceptable.",
                version.unwrap_or("unknown")
            );
            let error = Diagnostic::error("Module version requirements have changed", detail);
            return Err(Box::new(error.at(span).help(HOW)));
        }
        Ok(installed.folder.clone())
    }
}

/// A source address as the manifest writes it.
fn canonical(source: &str) -> String {
    if ModuleSource::parse(source) == Some(ModuleSource::Registry) {
        let package = source.split_once("//").map_or(source, |(package, _)| package);
        return match package.matches('/').count() {
            2 => format!("registry.terraform.io/{source}"),
            _ => source.to_owned(),
        };
    }
    if let Some(rest) = source.strip_prefix("git@")
        && let Some((host, path)) = rest.split_once(':')
    {
        return format!("git::ssh://git@{host}/{path}");
    }
    for host in ["github.com/", "bitbucket.org/"] {
        if let Some(rest) = source.strip_prefix(host) {
            return repository(host, rest);
        }
    }
    source.to_owned()
}

/// The address of a repository that is named by its host and path alone.
fn repository(host: &str, rest: &str) -> String {
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(a, b)| (a, Some(b)));
    let (package, folder) = rest.split_once("//").map_or((rest, None), |(a, b)| (a, Some(b)));
    let mut parts = package.splitn(3, '/');
    let names = [parts.next().unwrap_or(""), parts.next().unwrap_or("")].join("/");
    let folder = folder.or(parts.next());
    let ending = if names.ends_with(".git") { "" } else { ".git" };
    let mut address = format!("git::https://{host}{names}{ending}");
    if let Some(folder) = folder {
        address.push_str("//");
        address.push_str(folder);
    }
    if let Some(query) = query {
        address.push('?');
        address.push_str(query);
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_written_as_the_manifest_writes_them() {
        for (source, expected) in [
            ("acme/kms/aws", "registry.terraform.io/acme/kms/aws"),
            ("acme/kms/aws//modules/x", "registry.terraform.io/acme/kms/aws//modules/x"),
            ("app.terraform.io/acme/kms/aws", "app.terraform.io/acme/kms/aws"),
            ("github.com/acme/kms", "git::https://github.com/acme/kms.git"),
            (
                "github.com/acme/kms//modules/x?ref=v1",
                "git::https://github.com/acme/kms.git//modules/x?ref=v1",
            ),
            ("git@github.com:acme/kms.git", "git::ssh://git@github.com/acme/kms.git"),
            ("git::https://example.com/kms.git", "git::https://example.com/kms.git"),
        ] {
            assert_eq!(canonical(source), expected);
        }
    }
}
