//! Variables, locals and outputs of every module instance.

use std::sync::Arc;

use super::Planner;
use crate::conditions::{check_outputs, check_variable};
use crate::outputs::check_ephemeral;
use meridian_graph::ModulePath;

impl Planner<'_> {
    pub(super) fn plan_variable(&mut self, path: &ModulePath, name: &Arc<str>) {
        let config = self.inputs.config;
        let variable = config
            .module(path)
            .and_then(|module| module.variables.iter().find(|it| it.name.text == *name));
        let Some(variable) = variable else { return };
        for module in self.values.instances_of(path) {
            let value = self.values.variable(&module, name);
            // Those of the root module may lean on anything, and come last.
            if !path.is_root() && value.is_some() && !variable.validations.is_empty() {
                let found = check_variable(variable, &self.values, &module);
                self.note(found);
            }
        }
    }

    pub(super) fn plan_local(&mut self, path: &ModulePath, name: &Arc<str>) {
        for module in self.values.instances_of(path) {
            self.values.settle_local(&module, name);
        }
    }

    /// An output of a module that is called; those of the root module come last.
    pub(super) fn plan_module_output(&mut self, path: &ModulePath, name: &Arc<str>) {
        if path.is_root() {
            return;
        }
        let config = self.inputs.config;
        let output = config
            .module(path)
            .and_then(|module| module.outputs.iter().find(|it| it.name.text == *name));
        let Some(output) = output else { return };
        for module in self.values.instances_of(path) {
            if let Some(value) = self.values.output(&module, name) {
                let exposed = check_ephemeral(output, &value, &self.values, &module);
                self.diagnostics.extend(exposed.into_iter().collect());
            }
            let found = check_outputs(output, &self.values, &module);
            self.note(found);
        }
    }
}
