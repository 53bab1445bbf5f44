//! Which resources an instance of a block depends on.

use std::collections::{BTreeMap, BTreeSet};

use meridian_config::{Config, Resource};
use meridian_graph::{
    ConfigResource, Graph, ModuleInstance, ModulePath, Node, ResourceAddress, ResourceMode,
};
use meridian_lang::{Expr, Subject};

use crate::values::Values;

/// What a block needs, seen from one instance of its module: within the steps that both share on
/// every way between them, the same instances.
pub(crate) fn within(
    needed: &BTreeMap<ConfigResource, usize>,
    module: &ModuleInstance,
    values: &Values<'_>,
) -> Vec<ResourceAddress> {
    let mut found = Vec::new();
    for (block, shared) in needed {
        if block.module.is_root() {
            found.push(block.within(ModuleInstance::root()));
            continue;
        }
        let same = &module.steps()[..*shared];
        let instances = values.instances_of(&block.module);
        let instances = instances.into_iter().filter(|it| it.steps().starts_with(same));
        found.extend(instances.map(|instance| block.within(instance)));
    }
    found.sort();
    found
}

/// What must be done before a data source can be read: what its `depends_on` names and all that this
/// depends on, and what it refers to itself. With conditions it is everything that it depends on,
/// since a change far away may be what makes them hold.
pub(crate) fn awaited(
    config: &Config,
    graph: &Graph,
    address: &ConfigResource,
    resource: &Resource,
) -> BTreeSet<ConfigResource> {
    let mut found = explicit(config, graph, address, resource);
    let node = Node::Resource(address.clone());
    let direct = graph.dependencies(&node).map(|(needed, _)| needed.clone()).collect::<Vec<_>>();
    let lifecycle = &resource.lifecycle;
    if lifecycle.preconditions.is_empty() && lifecycle.postconditions.is_empty() {
        found.extend(direct.into_iter().filter_map(|needed| match needed {
            Node::Resource(address) => Some(address),
            _ => None,
        }));
    } else {
        found.extend(behind(graph, direct));
    }
    found
}

/// Everything that a block depends on because of a `depends_on`, its own or that of a call that
/// leads to its module, and all that this depends on.
fn explicit(
    config: &Config,
    graph: &Graph,
    address: &ConfigResource,
    resource: &Resource,
) -> BTreeSet<ConfigResource> {
    let mut open: Vec<Node> = Vec::new();
    for expr in &resource.depends_on {
        named(config, &address.module, expr, &mut open);
    }
    let mut path = address.module.clone();
    while let Some((parent, call)) = config.call(&path) {
        for expr in &call.depends_on {
            named(config, &parent, expr, &mut open);
        }
        path = parent;
    }
    behind(graph, open)
}

/// The resources among these nodes and all that they depend on.
fn behind(graph: &Graph, mut open: Vec<Node>) -> BTreeSet<ConfigResource> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    while let Some(node) = open.pop() {
        if !seen.insert(node.clone()) {
            continue;
        }
        open.extend(graph.dependencies(&node).map(|(needed, _)| needed.clone()));
        if let Node::Resource(address) = node {
            found.insert(address);
        }
    }
    found
}

/// The nodes that a reference in `depends_on` names.
fn named(config: &Config, path: &ModulePath, expr: &Expr, nodes: &mut Vec<Node>) {
    for reference in expr.references() {
        let mode = match &reference.subject {
            Subject::Resource(..) => ResourceMode::Managed,
            Subject::Data(..) => ResourceMode::Data,
            Subject::Ephemeral(..) => ResourceMode::Ephemeral,
            Subject::Module(call) => {
                let child = path.child(call);
                let inside = config
                    .modules
                    .iter()
                    .filter(|(path, _)| path.names().starts_with(child.names()));
                nodes.extend(inside.flat_map(|(path, module)| {
                    module.resources.iter().map(|block| Node::Resource(block.address(path)))
                }));
                continue;
            }
            Subject::Local(name) => {
                nodes.push(Node::Local(path.clone(), name.clone()));
                continue;
            }
            Subject::Variable(name) => {
                nodes.push(Node::Variable(path.clone(), name.clone()));
                continue;
            }
            _ => continue,
        };
        if let Subject::Resource(type_name, name)
        | Subject::Data(type_name, name)
        | Subject::Ephemeral(type_name, name) = reference.subject
        {
            nodes.push(Node::Resource(ConfigResource {
                module: path.clone(),
                mode,
                type_name,
                name,
            }));
        }
    }
}
