//! Which blocks of a configuration have conditions.

use meridian_config::{Check, Config, Lifecycle, Output, Resource, Variable};
use meridian_graph::Node;

use crate::CheckKind;

/// A block with conditions.
#[derive(Clone, Copy)]
pub(crate) enum Conditioned<'a> {
    Variable(&'a Variable),
    Output(&'a Output),
    Check(&'a Check),
    Resource(&'a Resource),
}

impl Conditioned<'_> {
    pub(crate) fn kind(&self) -> CheckKind {
        match self {
            Conditioned::Variable(_) => CheckKind::Variable,
            Conditioned::Output(_) => CheckKind::Output,
            Conditioned::Check(_) => CheckKind::Check,
            Conditioned::Resource(_) => CheckKind::Resource,
        }
    }

    fn has_conditions(&self) -> bool {
        let count = match self {
            Conditioned::Variable(variable) => variable.validations.len(),
            Conditioned::Output(output) => output.preconditions.len(),
            Conditioned::Check(check) => check.assertions.len(),
            Conditioned::Resource(resource) => {
                let Lifecycle { preconditions, postconditions, .. } = &resource.lifecycle;
                preconditions.len() + postconditions.len()
            }
        };
        count > 0
    }
}

/// All blocks that have conditions.
pub(crate) fn conditioned(config: &Config) -> impl Iterator<Item = (Node, Conditioned<'_>)> {
    config.modules.iter().flat_map(|(path, module)| {
        let variables = module.variables.iter().map(move |it| {
            let node = Node::Variable(path.clone(), it.name.text.clone());
            (node, Conditioned::Variable(it))
        });
        let outputs = module.outputs.iter().map(move |it| {
            (Node::Output(path.clone(), it.name.text.clone()), Conditioned::Output(it))
        });
        let checks = module.checks.iter().map(move |it| {
            (Node::Check(path.clone(), it.name.text.clone()), Conditioned::Check(it))
        });
        let resources = module
            .resources
            .iter()
            .map(move |it| (Node::Resource(it.address(path)), Conditioned::Resource(it)));
        let all = variables.chain(outputs).chain(checks).chain(resources);
        all.filter(|(_, block)| block.has_conditions())
    })
}
