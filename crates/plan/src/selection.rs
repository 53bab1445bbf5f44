//! `-target` and `-exclude`: which part of the configuration and of the state is worked on.

use std::collections::{BTreeSet, HashSet};

use meridian_config::Config;
use meridian_graph::{ConfigResource, Graph, InstanceAddress, Node, ResourceAddress, Target};
use meridian_lang::{Diagnostic, Diagnostics};
use meridian_resource::{ProviderKey, Registry};

use crate::declared::Declared;
use crate::inputs::{Inputs, PriorObject};
use crate::places::provider_key;
use crate::{Mode, Options};

/// Which part of the configuration and of the state is worked on.
pub(crate) struct Selection {
    options: Options,
    /// The nodes that take part; all of them if there is no restriction.
    nodes: Option<HashSet<Node>>,
    /// Blocks of which every instance takes part, because something selected depends on them.
    whole: HashSet<ConfigResource>,
    /// Objects that are destroyed although they are not named, or are kept.
    dependents: HashSet<ResourceAddress>,
}

impl Selection {
    pub(crate) fn new(
        inputs: &Inputs<'_>,
        objects: &[PriorObject],
        diagnostics: &mut Diagnostics,
    ) -> Selection {
        let mut selection = Selection::everything(inputs.options.clone());
        if !selection.is_partial() {
            return selection;
        }
        diagnostics.push(Diagnostic::warning(
            "Resource targeting is in effect",
            "You are creating a plan with the -target or -exclude option, which means that the \
             result of this plan may not represent all of the changes requested by the current \
             configuration.\n\nThese options are not for routine use, and are provided only for \
             exceptional situations such as recovering from errors or mistakes.",
        ));
        selection.restrict(inputs.graph);
        if inputs.mode == Mode::Destroy {
            selection.follow(objects);
        }
        selection
    }

    /// These nodes only, whatever they are wanted for.
    pub(crate) fn of_nodes(nodes: HashSet<Node>) -> Selection {
        Selection { nodes: Some(nodes), ..Selection::everything(Options::default()) }
    }

    fn everything(options: Options) -> Selection {
        Selection { nodes: None, whole: HashSet::new(), dependents: HashSet::new(), options }
    }

    fn restrict(&mut self, graph: &Graph) {
        self.nodes = Some(self.select(graph));
    }

    /// Whether anything at all is left out.
    pub(crate) fn is_partial(&self) -> bool {
        !self.options.targets.is_empty() || !self.options.excludes.is_empty()
    }

    /// Whether a node of the configuration takes part.
    pub(crate) fn has_node(&self, node: &Node) -> bool {
        self.nodes.as_ref().is_none_or(|nodes| nodes.contains(node))
    }

    /// Whether an instance of a block that takes part does so itself.
    pub(crate) fn has_instance(&self, address: &InstanceAddress) -> bool {
        let Options { targets, excludes, .. } = &self.options;
        let targeted = targets.is_empty() || targets.iter().any(|target| target.covers(address));
        let excluded = excludes.iter().any(|target| target.covers(address));
        (targeted || self.whole.contains(&address.resource.config())) && !excluded
    }

    /// Whether an object of the state that no instance takes is worked on.
    pub(crate) fn has_object(&self, address: &InstanceAddress) -> bool {
        if !self.is_partial() {
            return true;
        }
        let Options { targets, excludes, .. } = &self.options;
        let follows = self.dependents.contains(&address.resource);
        if !targets.is_empty() {
            return targets.iter().any(|target| target.covers(address)) || follows;
        }
        !excludes.iter().any(|target| target.covers(address)) && !follows
    }

    fn select(&mut self, graph: &Graph) -> HashSet<Node> {
        let all: Vec<&Node> = graph.in_order().collect();
        let named = |targets: &[Target], node: &Node| match node {
            Node::Resource(block) => targets.iter().any(|target| names_block(target, block)),
            _ => false,
        };
        let mut selected: HashSet<Node> = if self.options.targets.is_empty() {
            all.iter().map(|node| (*node).clone()).collect()
        } else {
            let mut selected = HashSet::new();
            for node in all.iter().filter(|node| named(&self.options.targets, node)) {
                let upstream = reachable_from(graph, node);
                self.whole.extend(upstream.iter().filter_map(|node| match node {
                    Node::Resource(block) => Some(block.clone()),
                    _ => None,
                }));
                selected.extend(upstream);
                selected.insert((*node).clone());
            }
            selected
        };
        let whole_block = |target: &&Target| match target {
            Target::Module(_) => true,
            Target::Resource(address) => address.key.is_none(),
        };
        let whole: Vec<Target> =
            self.options.excludes.iter().filter(whole_block).cloned().collect();
        for node in all.iter().filter(|node| named(&self.options.excludes, node)) {
            for dependent in reachable(node, |node| dependents(graph, node)) {
                selected.remove(&dependent);
            }
            if named(&whole, node) {
                selected.remove(*node);
            }
        }
        if !self.options.targets.is_empty() {
            self.add_outputs(graph, &all, &mut selected);
        }
        selected
    }

    /// Outputs whose resources are all selected can be set, too.
    fn add_outputs(&self, graph: &Graph, all: &[&Node], selected: &mut HashSet<Node>) {
        for node in all {
            if !matches!(node, Node::Output(module, _) if module.is_root()) {
                continue;
            }
            let upstream = reachable_from(graph, node);
            let mut resources =
                upstream.iter().filter(|node| matches!(node, Node::Resource(_))).peekable();
            if resources.peek().is_some() && resources.all(|it| selected.contains(it)) {
                selected.insert((*node).clone());
                selected.extend(upstream);
            }
        }
    }

    /// When objects are destroyed, what depends on them goes too; what is kept keeps what it needs.
    fn follow(&mut self, objects: &[PriorObject]) {
        let Options { targets, excludes, .. } = &self.options;
        let by_targets = !targets.is_empty();
        let named = if by_targets { targets } else { excludes };
        let is_named = |object: &&PriorObject| named.iter().any(|it| it.covers(&object.address));
        let mut found: HashSet<ResourceAddress> =
            objects.iter().filter(is_named).map(|it| it.address.resource.clone()).collect();
        loop {
            let before = found.len();
            for object in objects {
                if by_targets && object.dependencies.iter().any(|it| found.contains(it)) {
                    found.insert(object.address.resource.clone());
                } else if !by_targets && found.contains(&object.address.resource) {
                    found.extend(object.dependencies.iter().cloned());
                }
            }
            if found.len() == before {
                break;
            }
        }
        self.dependents = found;
    }
}

/// The provider configurations that the selected part of a configuration uses.
pub fn providers_in_use(
    config: &Config,
    graph: &Graph,
    registry: &Registry,
    options: &Options,
) -> BTreeSet<ProviderKey> {
    let mut selection = Selection::everything(options.clone());
    if selection.is_partial() {
        selection.restrict(graph);
    }
    let declared = Declared::of(config);
    let selected = graph.in_order().filter(|node| selection.has_node(node));
    let blocks = selected.filter_map(|node| match node {
        Node::Resource(address) => Some((&address.module, declared.get(address)?)),
        _ => None,
    });
    blocks.map(|(module, block)| provider_key(config, registry, module, block)).collect()
}

/// Whether instances of a block may be among what is named.
fn names_block(target: &Target, block: &ConfigResource) -> bool {
    let names = target.module().path();
    match target {
        Target::Module(_) => block.module.names().starts_with(names.names()),
        Target::Resource(address) => address.resource.config() == *block,
    }
}

fn needed(graph: &Graph, node: &Node) -> Vec<Node> {
    graph.dependencies(node).map(|(needed, _)| needed.clone()).collect()
}

fn dependents(graph: &Graph, node: &Node) -> Vec<Node> {
    graph.dependents(node).map(|(dependent, _)| dependent.clone()).collect()
}

/// Everything that a node depends on, directly or not.
pub(crate) fn reachable_from(graph: &Graph, node: &Node) -> HashSet<Node> {
    reachable(node, |node| needed(graph, node))
}

/// Everything that can be reached from a node, without the node.
fn reachable(start: &Node, next: impl Fn(&Node) -> Vec<Node>) -> HashSet<Node> {
    let mut found = HashSet::new();
    let mut open = next(start);
    while let Some(node) = open.pop() {
        if found.insert(node.clone()) {
            open.extend(next(&node));
        }
    }
    found
}
