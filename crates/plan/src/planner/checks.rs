//! What conditions say, gathered.

use std::sync::Arc;

use meridian_graph::{ModuleInstance, ModulePath};

use super::Planner;
use crate::conditions::{Checked, check_assertions, check_variable};

impl Planner<'_> {
    pub(super) fn plan_check(&mut self, path: &ModulePath, name: &Arc<str>) {
        let config = self.inputs.config;
        let check = config
            .module(path)
            .and_then(|module| module.checks.iter().find(|it| it.name.text == *name));
        let Some(check) = check else { return };
        for module in self.values.instances_of(path) {
            let found = check_assertions(check, &self.values, &module);
            self.note(found);
        }
    }

    /// What the root module's variables must be. All of it was checked before anything was
    /// planned, but for what leans on resources.
    pub(super) fn check_root_variables(&mut self) {
        let config = self.inputs.config;
        let validated = config.root().variables.iter().filter(|it| !it.validations.is_empty());
        for variable in validated {
            let found = check_variable(variable, &self.values, &ModuleInstance::root());
            self.note(found);
        }
    }

    /// Notes what conditions say.
    pub(crate) fn note(&mut self, checked: Checked) {
        self.diagnostics.extend(checked.diagnostics);
        self.checks.extend(checked.result);
    }
}
