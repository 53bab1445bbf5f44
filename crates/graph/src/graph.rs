//! What depends on what.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use meridian_config::{Config, ProviderAddress};
use meridian_lang::{ConfigResource, Diagnostics, Expr, ModulePath, ResourceMode, Span};
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::Drawing;

/// Something of the configuration that others can depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// A `module` block: which instances of the module there are.
    Module(ModulePath),
    /// A `variable` block.
    Variable(ModulePath, Arc<str>),
    /// An entry of `locals`.
    Local(ModulePath, Arc<str>),
    /// A `provider` block.
    Provider(ProviderAddress),
    /// A `resource`, `data` or `ephemeral` block.
    Resource(ConfigResource),
    /// An `output` block.
    Output(ModulePath, Arc<str>),
    /// A `check` block.
    Check(ModulePath, Arc<str>),
}

impl Node {
    /// The module that it stands in; a call stands in the module that it calls.
    pub fn module(&self) -> &ModulePath {
        match self {
            Node::Module(module)
            | Node::Variable(module, _)
            | Node::Local(module, _)
            | Node::Output(module, _)
            | Node::Check(module, _) => module,
            Node::Provider(address) => &address.module,
            Node::Resource(address) => &address.module,
        }
    }
}

/// As references spell it.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = |f: &mut fmt::Formatter<'_>, module: &ModulePath| match module.is_root() {
            true => Ok(()),
            false => write!(f, "{module}."),
        };
        match self {
            Node::Module(path) => path.fmt(f),
            Node::Variable(module, name) => {
                within(f, module)?;
                write!(f, "var.{name}")
            }
            Node::Local(module, name) => {
                within(f, module)?;
                write!(f, "local.{name}")
            }
            Node::Provider(address) => {
                within(f, &address.module)?;
                write!(f, "provider.{}", address.name)?;
                address.alias.as_ref().map_or(Ok(()), |alias| write!(f, ".{alias}"))
            }
            Node::Resource(address) => address.fmt(f),
            Node::Output(module, name) => {
                within(f, module)?;
                write!(f, "output.{name}")
            }
            Node::Check(module, name) => {
                within(f, module)?;
                write!(f, "check.{name}")
            }
        }
    }
}

/// The dependency graph of a configuration. Edges lead from what is needed to what needs it and
/// carry the place of the reference.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub(crate) graph: DiGraph<Node, Option<Span>>,
    pub(crate) index: HashMap<Node, NodeIndex>,
    /// All nodes, each after what it depends on.
    pub(crate) order: Vec<NodeIndex>,
}

impl Graph {
    /// The graph of a configuration.
    ///
    /// # Errors
    /// References to what is not declared, and cycles, each with its places.
    pub fn build(config: &Config) -> Result<Graph, Diagnostics> {
        crate::build::build(config)
    }

    /// All nodes, each after everything that it depends on.
    pub fn in_order(&self) -> impl Iterator<Item = &Node> {
        self.order.iter().map(|index| &self.graph[*index])
    }

    /// What a node refers to directly, with the place of the reference.
    pub fn dependencies<'a>(
        &'a self,
        node: &Node,
    ) -> impl Iterator<Item = (&'a Node, Option<Span>)> {
        self.neighbours(node, Direction::Incoming)
    }

    /// What refers to a node directly.
    pub fn dependents<'a>(&'a self, node: &Node) -> impl Iterator<Item = (&'a Node, Option<Span>)> {
        self.neighbours(node, Direction::Outgoing)
    }

    fn neighbours<'a>(
        &'a self,
        node: &Node,
        direction: Direction,
    ) -> impl Iterator<Item = (&'a Node, Option<Span>)> {
        let edges = self
            .index
            .get(node)
            .into_iter()
            .flat_map(move |index| self.graph.edges_directed(*index, direction));
        edges.map(move |edge| {
            let end = match direction {
                Direction::Incoming => edge.source(),
                Direction::Outgoing => edge.target(),
            };
            (&self.graph[end], *edge.weight())
        })
    }

    /// The resources that a node depends on, directly or through values, modules and data sources,
    /// but not through other managed resources. With each, how many outer module calls every way to
    /// it stays within: of these calls both see the same instance.
    pub fn resource_dependencies(&self, node: &Node) -> BTreeMap<ConfigResource, usize> {
        let reached = self.reached(node).into_iter();
        let found = reached.filter_map(|(index, within)| match &self.graph[index] {
            Node::Resource(address) => Some((address.clone(), within)),
            _ => None,
        });
        found.collect()
    }

    /// The variables, locals, outputs and calls that a node depends on in the same way, each with
    /// the same count of module calls.
    pub fn value_dependencies(&self, node: &Node) -> impl Iterator<Item = (&Node, usize)> {
        let reached = self.reached(node).into_iter();
        reached
            .map(|(index, within)| (&self.graph[index], within))
            .filter(|(node, _)| !matches!(node, Node::Resource(_)))
    }

    /// What a node depends on, up to managed resources and without providers. With each, how many
    /// outer module calls every way to it stays within.
    fn reached(&self, node: &Node) -> HashMap<NodeIndex, usize> {
        let mut reached: HashMap<NodeIndex, usize> = HashMap::new();
        let Some(start) = self.index.get(node).copied() else { return reached };
        let home = node.module();
        let mut open = vec![(start, home.names().len())];
        while let Some((here, within)) = open.pop() {
            for needed in self.graph.neighbors_directed(here, Direction::Incoming) {
                let dependency = &self.graph[needed];
                let names = dependency.module().names();
                let common = home.names().iter().zip(names).take_while(|(a, b)| a == b).count();
                let within = within.min(common);
                let goes_on = match dependency {
                    Node::Provider(_) => continue,
                    Node::Resource(address) => address.mode != ResourceMode::Managed,
                    _ => true,
                };
                if reached.get(&needed).is_none_or(|known| within < *known) {
                    reached.insert(needed, within);
                    if goes_on {
                        open.push((needed, within));
                    }
                }
            }
        }
        reached
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.graph.node_count()
    }

    /// How many references there are.
    pub fn edge_count(&self) -> usize {
        self.graph.edge_count()
    }

    /// The resources, those that only the state knows included, ready to be drawn.
    pub fn drawing(&self, stored: impl IntoIterator<Item = ConfigResource>) -> Drawing {
        Drawing::of(self, stored)
    }

    /// Everything that is evaluated, in Graphviz's language.
    pub fn to_dot(&self) -> String {
        crate::dot::render_all(&self.graph, false)
    }

    /// Everything that a configuration evaluates, in Graphviz's language, be there cycles or not:
    /// dependencies that belong to one are red.
    ///
    /// # Errors
    /// References to what is not declared, each with its place.
    pub fn dot_with_cycles(config: &Config) -> Result<String, Diagnostics> {
        let (graph, _) = crate::build::unordered(config)?;
        Ok(crate::dot::render_all(&graph, true))
    }

    /// What is wrong with the references of an expression that stands by itself in a module.
    pub fn check_references(&self, config: &Config, path: &ModulePath, expr: &Expr) -> Diagnostics {
        crate::build::check_references(config, &self.index, path, expr)
    }
}
