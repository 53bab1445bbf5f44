//! The resources of a graph and what they depend on, ready to be drawn.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use meridian_lang::{ConfigResource, ModulePath};
use petgraph::Direction;
use petgraph::graph::NodeIndex;

use crate::{Graph, Node};

/// Resources, module by module, and the dependencies that do not follow from others.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// The modules that hold resources, each with its resources, in Terraform's order.
    pub(crate) modules: Vec<(ModulePath, Vec<ConfigResource>)>,
    /// Pairs of a resource and one that it depends on, in the same order.
    pub(crate) edges: Vec<(ConfigResource, ConfigResource)>,
}

impl Drawing {
    /// The resources of a graph, and those that only the state knows.
    pub(crate) fn of(graph: &Graph, stored: impl IntoIterator<Item = ConfigResource>) -> Drawing {
        let mut resources: HashSet<ConfigResource> = stored.into_iter().collect();
        resources.extend(graph.graph.node_weights().filter_map(resource).cloned());
        let mut resources: Vec<ConfigResource> = resources.into_iter().collect();
        resources.sort_by(compare);
        let reduction = Reduction::new(graph);
        let mut edges = Vec::new();
        for from in &resources {
            let Some(index) = graph.index.get(&Node::Resource(from.clone())) else { continue };
            let mut needed = reduction.direct(*index);
            needed.sort_by(|a, b| compare(a, b));
            edges.extend(needed.into_iter().map(|to| (from.clone(), to.clone())));
        }
        let mut modules: Vec<(ModulePath, Vec<ConfigResource>)> = Vec::new();
        for resource in resources {
            match modules.last_mut().filter(|(path, _)| *path == resource.module) {
                Some((_, inside)) => inside.push(resource),
                None => modules.push((resource.module.clone(), vec![resource])),
            }
        }
        Drawing { modules, edges }
    }

    /// In Graphviz's language, as `terraform graph` draws it.
    pub fn to_dot(&self) -> String {
        crate::dot::render(self)
    }

    /// As a flow chart in Mermaid's language, which Markdown pages show.
    pub fn to_mermaid(&self) -> String {
        crate::mermaid::render(self)
    }
}

/// By module as it is spelled, then data sources, resources and ephemeral ones, then type and name.
fn compare(a: &ConfigResource, b: &ConfigResource) -> Ordering {
    let spelled = a.module.to_string().cmp(&b.module.to_string());
    spelled.then_with(|| (a.mode, &a.type_name, &a.name).cmp(&(b.mode, &b.type_name, &b.name)))
}

fn resource(node: &Node) -> Option<&ConfigResource> {
    match node {
        Node::Resource(address) => Some(address),
        _ => None,
    }
}

/// Finds what a resource depends on without any other resource between.
struct Reduction<'a> {
    graph: &'a Graph,
    /// Where each node stands in the order: what it depends on stands before it.
    position: HashMap<NodeIndex, usize>,
}

impl<'a> Reduction<'a> {
    fn new(graph: &'a Graph) -> Reduction<'a> {
        let position = graph.order.iter().enumerate().map(|(at, index)| (*index, at)).collect();
        Reduction { graph, position }
    }

    fn needed_by(&self, index: NodeIndex) -> impl Iterator<Item = NodeIndex> {
        self.graph.graph.neighbors_directed(index, Direction::Incoming)
    }

    /// The resources that a node leads to, without those that another one of them leads to.
    fn direct(&self, from: NodeIndex) -> Vec<&'a ConfigResource> {
        // The first resource on each way.
        let mut first = BTreeMap::new();
        let mut seen = HashSet::new();
        let mut open: Vec<NodeIndex> = self.needed_by(from).collect();
        while let Some(here) = open.pop() {
            if !seen.insert(here) {
                continue;
            }
            match resource(&self.graph.graph[here]) {
                Some(address) => {
                    first.insert(self.position[&here], (here, address));
                }
                None => open.extend(self.needed_by(here)),
            }
        }
        let Some(earliest) = first.keys().next().copied() else { return Vec::new() };
        // Latest first: none of them is led to by an earlier one.
        let mut behind = HashSet::new();
        let mut kept = Vec::new();
        for (here, address) in first.into_values().rev() {
            if behind.contains(&here) {
                continue;
            }
            kept.push(address);
            let mut open = vec![here];
            while let Some(here) = open.pop() {
                let further = self.needed_by(here).filter(|it| self.position[it] >= earliest);
                open.extend(further.filter(|it| behind.insert(*it)));
            }
        }
        kept
    }
}
