//! What a plan to destroy says of the configuration that goes: its outputs are evaluated once more,
//! and the variables of its modules must be valid.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use meridian_graph::{ModuleInstance, Node};
use meridian_lang::Diagnostics;

use super::Planner;
use crate::conditioned::{Conditioned, conditioned};
use crate::conditions::check_variable;
use crate::{CheckResult, CheckStatus, Inputs, Mode, PriorOutput};

/// What there is to say of the configuration of objects that are destroyed.
#[derive(Default)]
pub(crate) struct Standing {
    /// The outputs whose values are known; without a refresh those of the state count.
    pub(crate) outputs: BTreeMap<Arc<str>, PriorOutput>,
    /// What is wrong with values of variables. Nothing else that is wrong with a configuration
    /// keeps its objects from being destroyed.
    pub(super) diagnostics: Diagnostics,
}

/// Plans the configuration as if it stayed, as far as that can be done without asking anyone.
pub(super) fn standing(inputs: &Inputs<'_>) -> Standing {
    let mut standing = Standing::default();
    if inputs.mode != Mode::Destroy || inputs.objects.is_empty() {
        return standing;
    }
    let config = inputs.config;
    let is_refreshed = !inputs.options.without_refresh;
    let validated: Vec<_> = conditioned(config)
        .filter_map(|(node, block)| match (node, block) {
            (Node::Variable(path, name), Conditioned::Variable(variable)) => {
                (is_refreshed || !path.is_root()).then_some((path, name, variable))
            }
            _ => None,
        })
        .collect();
    if validated.is_empty() && (config.root().outputs.is_empty() || !is_refreshed) {
        return standing;
    }
    let mut planner = Planner::new(Inputs {
        mode: Mode::Normal,
        objects: inputs.objects.clone(),
        outputs: BTreeMap::new(),
        basis: inputs.basis.clone(),
        options: inputs.options.clone(),
        ..*inputs
    });
    planner.walk();
    for (path, name, variable) in validated {
        if !planner.selection.has_node(&Node::Variable(path.clone(), name)) {
            continue;
        }
        for module in planner.values.instances_of(&path) {
            let found = check_variable(variable, &planner.values, &module);
            standing.diagnostics.extend(found.diagnostics);
        }
    }
    if !is_refreshed || planner.selection.is_partial() {
        return standing;
    }
    for output in &config.root().outputs {
        let name = &output.name.text;
        let value = planner.values.output(&ModuleInstance::root(), name);
        let known = value.filter(|value| value.is_wholly_known() && !value.is_null());
        if let Some(value) = known {
            let output = PriorOutput { value, sensitive: output.sensitive };
            standing.outputs.insert(name.clone(), output);
        }
    }
    standing
}

impl Planner<'_> {
    /// Says of every block with conditions that nothing was decided about that it has some.
    pub(super) fn note_the_undecided(&mut self) {
        let destroys = self.inputs.mode == Mode::Destroy;
        let decided: HashSet<&str> = self.checks.iter().map(|it| it.block.as_str()).collect();
        let mut rest = Vec::new();
        for (node, conditioned) in conditioned(self.inputs.config) {
            let block = node.to_string();
            if decided.contains(block.as_str()) {
                continue;
            }
            let is_planned = !destroys && self.selection.has_node(&node);
            let status = if is_planned { CheckStatus::Pass } else { CheckStatus::Unknown };
            let is_root_output = matches!(node, Node::Output(path, _) if path.is_root());
            let address = (destroys && is_root_output).then(|| block.clone());
            let kind = conditioned.kind();
            rest.push(CheckResult { kind, block, address, status, problems: Vec::new() });
        }
        self.checks.append(&mut rest);
    }
}
