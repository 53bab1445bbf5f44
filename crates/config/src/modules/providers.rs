//! Which provider configurations modules have of their own, want, and are given.

use std::collections::HashSet;

use meridian_lang::{Diagnostic, Diagnostics, ModulePath, Span};

use crate::model::{Config, Module, ModuleCall, ProviderReference, Repetition};
use crate::provider_address::displayed_source;

/// Checks what each call passes on against what its module wants.
pub(super) fn check(config: &Config) -> Diagnostics {
    let mut check = Check { config, diagnostics: Diagnostics::new(), redundant: HashSet::new() };
    for (path, module) in &config.modules {
        for call in &module.calls {
            check.passed_from(path, module, call);
            let inner = path.child(&call.name.text);
            if let Some(module_called) = config.module(&inner) {
                check.call(path, module, call, &inner, module_called);
            }
        }
    }
    check.diagnostics
}

struct Check<'a> {
    config: &'a Config,
    diagnostics: Diagnostics,
    /// Folders whose empty provider blocks have been told of.
    redundant: HashSet<&'a str>,
}

impl<'a> Check<'a> {
    fn error(&mut self, span: Span, summary: &str, detail: String) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    fn warn(&mut self, span: Span, summary: &str, detail: String) {
        self.diagnostics.push(Diagnostic::warning(summary, detail).at(span));
    }

    /// Whether what a call passes on is there to be passed on.
    fn passed_from(&mut self, path: &ModulePath, module: &Module, call: &ModuleCall) {
        let here = module_text(path);
        for (_, outer) in &call.providers {
            let name = &outer.name;
            let configured = configures(module, outer);
            if outer.alias.is_some() {
                if !configured && !aliases(module).any(|alias| same(alias, outer)) {
                    let detail = format!(
                        "The module {:?} is given {outer}, but {here} has no such configuration.",
                        &*call.name.text
                    );
                    self.error(outer.span, "Provider configuration not present", detail);
                }
                continue;
            }
            if !configured && !requires(module, name) {
                let source = displayed_source(module, name);
                let detail = format!(
                    "There is no explicit declaration for local provider name {:?} in {here}, so \
                     Terraform is assuming you mean to pass a configuration for provider \
                     {source:?}.\n\nTo clarify your intent and silence this warning, add to {here} \
                     a required_providers entry named {:?} with source = {source:?}, or a \
                     different source address if appropriate.",
                    &**name, &**name
                );
                self.warn(outer.span, "Reference to undefined provider", detail);
            }
        }
    }

    fn call(
        &mut self,
        path: &ModulePath,
        outer: &Module,
        call: &'a ModuleCall,
        inner: &ModulePath,
        module: &'a Module,
    ) {
        let own: Vec<&crate::Provider> =
            module.providers.iter().filter(|block| !is_empty(block)).collect();
        if let Some(span) = repeated(self.config, inner).filter(|_| !own.is_empty()) {
            let detail = format!(
                "The module at {inner} is a legacy module which contains its own local provider \
                 configurations, and so calls to it may not use the count, for_each, or depends_on \
                 arguments.\n\nIf you also control the module {:?}, consider updating this module \
                 to instead expect provider configurations to be passed by its caller.",
                &*call.source.text
            );
            const SUMMARY: &str = "Module is incompatible with count, for_each, and depends_on";
            self.error(span, SUMMARY, detail);
        }
        for (child, _) in &call.providers {
            if own.iter().any(|block| is_of(block, child)) {
                let detail = format!(
                    "The configuration of {inner} has its own local configuration for {child}, and \
                     so it cannot accept an overridden configuration provided by {}.",
                    module_text(path)
                );
                self.error(child.span, "Cannot override provider configuration", detail);
            }
        }
        for alias in aliases(module) {
            let given = call.providers.iter().any(|(child, _)| same(child, alias));
            if given || own.iter().any(|block| is_of(block, alias)) {
                continue;
            }
            let detail = format!(
                "The child module requires an additional configuration for provider {}, with the \
                 local name \"{alias}\".\n\nRefer to the module's documentation to understand the \
                 intended purpose of this additional provider configuration, and then add an entry \
                 for {alias} in the \"providers\" meta-argument in the module block to choose \
                 which provider configuration the module should use for that purpose.",
                displayed_source(module, &alias.name)
            );
            self.error(call.span, "Missing required provider configuration", detail);
        }
        for (child, given) in &call.providers {
            self.passed_to(path, outer, inner, module, child, given);
        }
        self.redundant_blocks(inner, module);
    }

    fn passed_to(
        &mut self,
        path: &ModulePath,
        outer: &Module,
        inner: &ModulePath,
        module: &Module,
        child: &ProviderReference,
        given: &ProviderReference,
    ) {
        let wanted = displayed_source(module, &child.name);
        let known = (child.alias.is_none() && requires(module, &child.name))
            || aliases(module).any(|alias| same(alias, child))
            || module.providers.iter().any(|block| is_empty(block) && is_of(block, child));
        if !known {
            let detail = format!(
                "There is no explicit declaration for local provider name \"{child}\" in {inner}, \
                 so Terraform is assuming you mean to pass a configuration for {wanted:?}.\n\nIf \
                 you also control the child module, add a required_providers entry named \
                 \"{child}\" with the source address {wanted:?}."
            );
            self.warn(child.span, "Reference to undefined provider", detail);
        }
        let found = displayed_source(outer, &given.name);
        if found != wanted {
            let detail = format!(
                "The local name {:?} in {} represents provider {found:?}, but \"{child}\" in \
                 {inner} represents {wanted:?}.\n\nEach provider has its own distinct \
                 configuration schema and provider types, so this module's \"{child}\" can be \
                 assigned only a configuration for {wanted}.",
                &*given.name,
                module_text(path)
            );
            self.error(given.span, "Provider type mismatch", detail);
        }
    }

    fn redundant_blocks(&mut self, inner: &ModulePath, module: &'a Module) {
        let Some(block) = module.providers.iter().find(|block| is_empty(block)) else {
            return;
        };
        if self.redundant.insert(&module.folder) {
            let name = &block.name.text;
            let detail = format!(
                "Earlier versions of Terraform used empty provider blocks (\"proxy provider \
                 configurations\") for child modules to declare their need to be passed a provider \
                 configuration by their callers. That approach was ambiguous and is now \
                 deprecated.\n\nIf you control this module, you can migrate to the new declaration \
                 syntax by removing all of the empty provider {:?} blocks and then adding or \
                 updating an entry for it in the required_providers block of {inner}, with its \
                 aliases as configuration_aliases.",
                &**name
            );
            self.warn(block.span, "Redundant empty provider block", detail);
        }
    }
}

/// A module as messages name it.
fn module_text(path: &ModulePath) -> String {
    if path.is_root() { "the root module".to_owned() } else { path.to_string() }
}

fn aliases(module: &Module) -> impl Iterator<Item = &ProviderReference> {
    module.required_providers.iter().flat_map(|required| &required.aliases)
}

fn requires(module: &Module, name: &str) -> bool {
    module.required_providers.iter().any(|required| &*required.name.text == name)
}

fn configures(module: &Module, reference: &ProviderReference) -> bool {
    module.providers.iter().any(|block| is_of(block, reference))
}

fn is_of(block: &crate::Provider, reference: &ProviderReference) -> bool {
    block.name.text == reference.name
        && block.alias.as_ref().map(|alias| &alias.text) == reference.alias.as_ref()
}

fn same(a: &ProviderReference, b: &ProviderReference) -> bool {
    a.name == b.name && a.alias == b.alias
}

/// Whether a block configures nothing and only names a provider, as was the custom once.
fn is_empty(block: &crate::Provider) -> bool {
    block.body.attributes.is_empty() && block.body.blocks.is_empty()
}

/// Where a call on the way to a module is repeated or made to wait, innermost first.
fn repeated(config: &Config, path: &ModulePath) -> Option<Span> {
    let mut path = path.clone();
    while let Some((parent, call)) = config.call(&path) {
        match &call.repetition {
            Repetition::Count(expr) | Repetition::ForEach(expr) => return Some(expr.span),
            Repetition::Single => {}
        }
        if let Some(first) = call.depends_on.first() {
            return Some(first.span);
        }
        path = parent;
    }
    None
}
