//! Resources by the modules that they stand in.

use std::collections::BTreeMap;

use meridian_graph::ModuleInstance;
use meridian_lang::Json;

/// A module with its resources and the modules in it, in Terraform's form.
pub(super) fn module_tree(resources: Vec<(ModuleInstance, Json)>) -> Json {
    let mut by_module: BTreeMap<ModuleInstance, Vec<Json>> = BTreeMap::new();
    for (module, resource) in resources {
        by_module.entry(module.clone()).or_default().push(resource);
        // The modules on the way are listed even if nothing stands in them.
        let mut here = module;
        while let Some((parent, _)) = here.parent() {
            by_module.entry(parent.clone()).or_default();
            here = parent;
        }
    }
    // Inner modules come last in the order of module instances.
    let mut finished: BTreeMap<ModuleInstance, Vec<Json>> = BTreeMap::new();
    let mut root = Json::object([]);
    for (module, resources) in by_module.into_iter().rev() {
        let mut members = BTreeMap::new();
        if !module.is_root() {
            members.insert("address".to_owned(), Json::from(module.to_string()));
        }
        if !resources.is_empty() {
            members.insert("resources".to_owned(), Json::from(resources));
        }
        if let Some(mut children) = finished.remove(&module) {
            children.reverse();
            members.insert("child_modules".to_owned(), Json::from(children));
        }
        match module.parent() {
            Some((parent, _)) => finished.entry(parent).or_default().push(Json::Object(members)),
            None => root = Json::Object(members),
        }
    }
    root
}
