//! What conditions say, gathered.

use std::sync::Arc;

use meridian_graph::ModulePath;

use super::Planner;
use crate::conditions::{Checked, check_assertions};

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

    /// Notes what conditions say.
    pub(crate) fn note(&mut self, checked: Checked) {
        self.diagnostics.extend(checked.diagnostics);
        self.checks.extend(checked.result);
    }
}
