//! What a module declares, by name.

use std::collections::HashMap;

use meridian_config::{Local, Module, ModuleCall, Output, Variable};

/// The blocks of a module by their names.
pub(super) struct Index<'a> {
    pub(super) module: &'a Module,
    pub(super) variables: HashMap<&'a str, &'a Variable>,
    pub(super) locals: HashMap<&'a str, &'a Local>,
    pub(super) outputs: HashMap<&'a str, &'a Output>,
    pub(super) calls: HashMap<&'a str, &'a ModuleCall>,
}

impl<'a> Index<'a> {
    pub(super) fn of(module: &'a Module) -> Index<'a> {
        Index {
            module,
            variables: module.variables.iter().map(|it| (&*it.name.text, it)).collect(),
            locals: module.locals.iter().map(|it| (&*it.name.text, it)).collect(),
            outputs: module.outputs.iter().map(|it| (&*it.name.text, it)).collect(),
            calls: module.calls.iter().map(|it| (&*it.name.text, it)).collect(),
        }
    }
}
