//! What becomes of the outputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_graph::{ModuleInstance, ModulePath, Node};
use meridian_lang::Marks;
use meridian_plan::{Action, Mode, OutputChange, Viewpoint};
use meridian_state::StoredOutput;

use super::Applier;
use crate::tell;

impl Applier<'_> {
    /// The outputs whose values are known now; those that are not keep what they were.
    pub(super) async fn set_outputs(&mut self) {
        let destroyed = self.work.plan.mode == Mode::Destroy && self.applied.is_complete();
        let mut outputs = BTreeMap::new();
        if !destroyed {
            let plan = self.work.plan;
            for output in &plan.outputs {
                let kept = output.before.clone().filter(|_| self.keeps(output));
                let kept =
                    kept.map(|value| StoredOutput { value, sensitive: output.was_sensitive });
                let now = self.output_value(&output.name).or(kept);
                if let Some(stored) = now.filter(|stored| !stored.value.is_null()) {
                    outputs.insert(output.name.clone(), stored);
                }
            }
        }
        let written = outputs.clone();
        if let Err(error) = self.run.ledger.with(move |store| store.set_outputs(&written)).await {
            self.applied.diagnostics.push(tell::state_error(&error));
        }
        self.applied.outputs = outputs;
    }

    /// What conditions say that nothing has asked about.
    pub(super) fn check_the_rest(&mut self) {
        if self.work.plan.mode != Mode::Destroy && !self.applied.interrupted {
            self.conditions.decide_the_rest();
        }
    }

    /// Whether an output without a new value keeps the old one: not if it was planned to go.
    fn keeps(&self, output: &OutputChange) -> bool {
        self.work.plan.mode == Mode::Destroy || output.action != Action::Delete
    }

    /// The value of an output, if it is known now; perhaps null.
    fn output_value(&mut self, name: &Arc<str>) -> Option<StoredOutput> {
        if self.work.plan.mode == Mode::Destroy {
            return None;
        }
        let output = self.work.config.root().outputs.iter().find(|it| it.name.text == *name)?;
        let root = ModuleInstance::root();
        let node = Node::Output(ModulePath::root(), name.clone());
        if !self.conditions.allows_output(&node, &root) {
            return None;
        }
        let value = match self.work.values.evaluate(&output.value, &Viewpoint::default()) {
            Ok(value) => value,
            Err(errors) => {
                // After a failure the cause is told already.
                if self.applied.failures.is_empty() && !self.applied.interrupted {
                    self.applied.diagnostics.extend(errors);
                }
                return None;
            }
        };
        let value = if output.sensitive { value.mark(Marks::SENSITIVE) } else { value };
        let sensitive = output.sensitive;
        value.is_wholly_known().then_some(StoredOutput { value, sensitive })
    }
}
