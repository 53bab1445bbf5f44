//! Whether what `moved`, `removed` and `import` blocks name is there, or no longer there.

use std::collections::HashMap;

use meridian_lang::{
    ConfigResource, Diagnostic, Diagnostics, ModuleInstance, ModulePath, Span, Target,
};

use crate::import_target::{ImportTarget, literal};
use crate::model::{Config, Import, Module, Moved, ProviderReference, Removed, Repetition};

/// Checks all that can be said without any value. Where configuration is to be generated, what an
/// `import` block names need not be described yet.
pub(super) fn check(config: &Config, generates: bool) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for (path, module) in &config.modules {
        for removed in &module.removed {
            diagnostics.extend(still_exists(config, path, removed).into_iter().collect());
        }
        for moved in &module.moved {
            diagnostics.extend(still_declared(config, path, moved).into_iter().collect());
        }
        if path.is_root() {
            imports(config, module, generates, &mut diagnostics);
        } else {
            for import in &module.imports {
                let detail = format!(
                    "An import block was detected in \"{path}\". Import blocks are only allowed in \
                     the root module."
                );
                let error = Diagnostic::error("Invalid import configuration", detail);
                diagnostics.push(error.at(import.span));
            }
        }
    }
    diagnostics
}

/// A module that is named from within another.
fn within(path: &ModulePath, instance: &ModuleInstance) -> ModulePath {
    let steps = instance.steps().iter().map(|step| step.name.clone());
    path.names().iter().cloned().chain(steps).collect()
}

/// Where the block or call stands that a target names.
fn declared(config: &Config, path: &ModulePath, target: &Target) -> Option<(String, Span)> {
    match target {
        Target::Module(module) => {
            let path = within(path, module);
            config.call(&path).map(|(_, call)| (path.to_string(), call.span))
        }
        Target::Resource(address) => {
            let resource = &address.resource;
            let address = ConfigResource {
                module: within(path, &resource.module),
                mode: resource.mode,
                type_name: resource.type_name.clone(),
                name: resource.name.clone(),
            };
            let block = config.resource(&address)?;
            Some((address.to_string(), block.span))
        }
    }
}

fn still_exists(config: &Config, path: &ModulePath, removed: &Removed) -> Option<Diagnostic> {
    let (address, span) = declared(config, path, &removed.from)?;
    let what = if matches!(removed.from, Target::Module(_)) { "module" } else { "resource" };
    let detail = format!(
        "This statement declares that {address} was removed, but it is still declared in \
         configuration."
    );
    let error = Diagnostic::error(format!("Removed {what} still exists"), detail).at(span);
    Some(error.label(removed.from_span, "declared removed here"))
}

/// What is moved as a whole must not be there any more. Moves of single instances depend on what
/// instances there are, and are judged when that is known.
fn still_declared(config: &Config, path: &ModulePath, moved: &Moved) -> Option<Diagnostic> {
    if moved.from == moved.to {
        let detail = format!(
            "This statement declares a move from {} to the same address, which is the same as not \
             declaring this move at all.",
            moved.from
        );
        return Some(Diagnostic::error("Redundant move statement", detail).at(moved.span));
    }
    if !(is_whole(&moved.from) && is_whole(&moved.to)) {
        return None;
    }
    let outer = match &moved.from {
        Target::Module(module) => module.parent().map(|(parent, _)| parent)?,
        Target::Resource(address) => address.resource.module.clone(),
    };
    let outer = within(path, &outer);
    let single = (0..outer.names().len()).all(|length| {
        let path: ModulePath = outer.names()[..=length].iter().cloned().collect();
        let call = config.call(&path);
        call.is_some_and(|(_, call)| matches!(call.repetition, Repetition::Single))
    });
    if !single {
        return None;
    }
    let (address, span) = declared(config, path, &moved.from)?;
    let (what, which) = match moved.from {
        Target::Module(_) => ("module call", "call"),
        Target::Resource(_) => ("resource", "resource"),
    };
    let prefix = if path.is_root() { String::new() } else { format!("{path}.") };
    let start = Span { end: span.start, ..span };
    let at = config.sources.position(start);
    let detail = format!(
        "This statement declares a move from {address}, but that {what} is still declared at \
         {}:{},{}.\n\nChange your configuration so that this {which} will be declared as \
         {prefix}{} instead.",
        config.sources.name(span.file),
        at.line,
        at.column,
        moved.to
    );
    Some(Diagnostic::error("Moved object still exists", detail).at(moved.span))
}

/// Whether no key is named.
fn is_whole(target: &Target) -> bool {
    let steps = target.module().steps().iter().all(|step| step.key.is_none());
    steps && !matches!(target, Target::Resource(address) if address.key.is_some())
}

fn imports(config: &Config, module: &Module, generates: bool, diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for import in &module.imports {
        let Some(target) = import.target() else {
            continue;
        };
        let written = config.sources.excerpt(import.to.span);
        if import.for_each.is_none() && target.is_literal() {
            if let Some(first) = seen.get(written) {
                let detail = format!(
                    "An import block for the resource {written:?} was already declared at {}. A \
                     resource can have only one import block.",
                    config.sources.place(*first)
                );
                let summary = format!("Duplicate import configuration for {written:?}");
                diagnostics.push(Diagnostic::error(summary, detail).at(import.to.span));
            } else {
                seen.insert(written, import.span);
            }
        }
        if !(generates && import.undescribed(config).is_some()) {
            diagnostics
                .extend(import_target(config, import, &target, written).into_iter().collect());
        }
    }
}

/// What is said of a target that no block describes: whether a block could be generated.
fn not_described(
    config: &Config,
    import: &Import,
    target: &ImportTarget<'_>,
    written: &str,
) -> String {
    if import.undescribed(config).is_some() {
        return format!(
            "The configuration for the given import target {written} does not exist. If you wish \
             to automatically generate config for this resource, use the -generate-config-out \
             option within meridian plan. Otherwise, make sure the target resource exists within \
             your configuration. For example:\n\n  meridian plan \
             -generate-config-out=generated.tf"
        );
    }
    if target.modules.is_empty() {
        return "The given import block is not compatible with config generation. The \
                -generate-config-out option cannot be used with import blocks which use for_each, \
                or resources which use for_each or count."
            .to_owned();
    }
    format!(
        "The configuration for the given import target {written} does not exist. All target \
         instances must have an associated configuration to be imported."
    )
}

fn import_target(
    config: &Config,
    import: &Import,
    target: &ImportTarget<'_>,
    written: &str,
) -> Option<Diagnostic> {
    let Some(resource) = config.resource(&target.config()) else {
        let error = Diagnostic::error(
            "Configuration for import target does not exist",
            not_described(config, import, target, written),
        );
        return Some(error.at(import.to.span).help("write a resource block for it"));
    };
    // What was generated names the very configuration that the import block does.
    let root = ModulePath::root();
    let differs = |provider: &&ProviderReference| {
        !target.modules.is_empty()
            || config.provider(&root, provider) != config.provider_of(&root, resource)
    };
    if let Some(provider) = import.provider.as_ref().filter(differs) {
        return Some(
            Diagnostic::error(
                "Invalid import provider argument",
                "The provider argument can only be specified in import blocks that will generate \
                 configuration.\n\nUse the provider argument in the target resource block to \
                 configure the provider for a resource with explicit provider configuration.",
            )
            .at(provider.span),
        );
    }
    let id = literal(&import.id);
    let wrong = match id.map(|id| (id.is_null(), id.as_str())) {
        Some((true, _)) => Some("The import ID cannot be null."),
        Some((_, Some(""))) => Some(
            "The import ID value evaluates to an empty string, please provide a non-empty value.",
        ),
        _ => None,
    };
    if let Some(detail) = wrong {
        return Some(Diagnostic::error("Invalid import id argument", detail).at(import.id.span));
    }
    let key = target.key.map(|key| literal(key).map(|value| value.as_str().is_some()));
    let detail = match (&resource.repetition, key) {
        (Repetition::Count(_), None) => "The target resource is using count.",
        (Repetition::ForEach(_), None) => "The target resource is using for_each.",
        (Repetition::Single | Repetition::Count(_), Some(Some(true))) => {
            "The target resource does not use for_each."
        }
        (Repetition::Single | Repetition::ForEach(_), Some(Some(false))) => {
            "The target resource does not use count."
        }
        _ => return None,
    };
    Some(Diagnostic::error("Invalid import 'to' expression", detail).at(import.to.span))
}
