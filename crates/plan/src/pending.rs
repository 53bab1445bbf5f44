//! Conditions of variables and outputs that wait for an apply: each is decided when the first thing
//! that depends on it is about to begin, so that nothing is done behind one that does not hold.

use std::collections::HashMap;
use std::rc::Rc;

use meridian_config::Config;
use meridian_graph::{Graph, ModuleInstance, Node};
use meridian_lang::Diagnostics;

use crate::conditioned::{Conditioned, conditioned};
use crate::conditions::{Checked, check_assertions, check_outputs, check_variable, within};
use crate::values::Values;

/// The conditions of variables, outputs and checks during one apply.
pub struct PendingConditions<'a> {
    graph: &'a Graph,
    values: &'a Values<'a>,
    /// What has conditions, each after what it depends on.
    blocks: Vec<(&'a Node, Conditioned<'a>)>,
    ranks: HashMap<&'a Node, usize>,
    upstream: HashMap<Node, Rc<[Upstream]>>,
    /// Whether the conditions hold, once they were checked.
    decided: HashMap<(usize, ModuleInstance), bool>,
    found: Diagnostics,
}

/// A block with conditions that something depends on.
struct Upstream {
    rank: usize,
    /// Of how many outer module calls both see the same instance.
    shared: usize,
}

impl<'a> PendingConditions<'a> {
    /// Conditions of which none has been looked at. `values` must be given the resources before
    /// anything that depends on them is asked about.
    pub fn new(
        config: &'a Config,
        graph: &'a Graph,
        values: &'a Values<'a>,
    ) -> PendingConditions<'a> {
        let all = conditioned(config);
        let all: HashMap<Node, Conditioned<'a>> =
            all.filter(|(_, block)| !matches!(block, Conditioned::Resource(_))).collect();
        let in_order = graph.in_order();
        let blocks: Vec<_> = in_order.filter_map(|node| Some((node, *all.get(node)?))).collect();
        let ranks = blocks.iter().enumerate().map(|(rank, (node, _))| (*node, rank)).collect();
        PendingConditions {
            graph,
            values,
            blocks,
            ranks,
            upstream: HashMap::new(),
            decided: HashMap::new(),
            found: Diagnostics::new(),
        }
    }

    /// What forbids to begin with an instance of a node: the first variable or output among those
    /// that it depends on whose conditions do not hold, as people know it.
    pub fn in_the_way(&mut self, node: &Node, module: &ModuleInstance) -> Option<String> {
        if self.blocks.is_empty() {
            return None;
        }
        for Upstream { rank, shared } in &*self.upstream(node) {
            let (node, _) = self.blocks[*rank];
            let same = &module.steps()[..*shared];
            let instances = if *shared == node.module().names().len() {
                vec![same.iter().cloned().collect()]
            } else {
                let all = self.values.instances_of(node.module()).into_iter();
                all.filter(|it| it.steps().starts_with(same)).collect()
            };
            let broken = instances.into_iter().find(|instance| !self.holds(*rank, instance));
            if let Some(instance) = broken {
                return Some(name(node, &instance));
            }
        }
        None
    }

    /// Whether nothing forbids to set an output: its own conditions hold, too.
    pub fn allows_output(&mut self, output: &Node, module: &ModuleInstance) -> bool {
        if self.in_the_way(output, module).is_some() {
            return false;
        }
        let rank = self.ranks.get(output).copied();
        rank.is_none_or(|rank| self.holds(rank, module))
    }

    /// Decides what nothing has asked about, as far as the resources that it leans on are there.
    pub fn decide_the_rest(&mut self) {
        for rank in 0..self.blocks.len() {
            let (node, _) = self.blocks[rank];
            let needed = self.graph.resource_dependencies(node);
            for module in self.values.instances_of(node.module()) {
                let resources = crate::dependencies::within(&needed, &module, self.values);
                let is_ready = resources.iter().all(|it| self.values.has_resource(it));
                if is_ready && self.in_the_way(node, &module).is_none() {
                    self.holds(rank, &module);
                }
            }
        }
    }

    /// What was found to be wrong since the last time.
    pub fn take_diagnostics(&mut self) -> Diagnostics {
        std::mem::take(&mut self.found)
    }

    fn upstream(&mut self, node: &Node) -> Rc<[Upstream]> {
        if let Some(known) = self.upstream.get(node) {
            return known.clone();
        }
        let values = self.graph.value_dependencies(node);
        let mut found: Vec<Upstream> = values
            .filter_map(|(node, shared)| Some(Upstream { rank: *self.ranks.get(node)?, shared }))
            .collect();
        found.sort_by_key(|it| it.rank);
        let found: Rc<[Upstream]> = found.into();
        self.upstream.insert(node.clone(), found.clone());
        found
    }

    /// Whether the conditions of an instance hold, or cannot be decided. What is wrong is noted
    /// once.
    fn holds(&mut self, rank: usize, module: &ModuleInstance) -> bool {
        let key = (rank, module.clone());
        if let Some(known) = self.decided.get(&key) {
            return *known;
        }
        let Checked { diagnostics, .. } = match self.blocks[rank].1 {
            Conditioned::Variable(variable) => check_variable(variable, self.values, module),
            Conditioned::Output(output) => check_outputs(output, self.values, module),
            Conditioned::Check(check) => check_assertions(check, self.values, module),
            // Those of resources are checked when they are worked on.
            Conditioned::Resource(_) => Checked::default(),
        };
        let holds = !diagnostics.has_errors();
        self.found.extend(diagnostics);
        self.decided.insert(key, holds);
        holds
    }
}

fn name(node: &Node, module: &ModuleInstance) -> String {
    match node {
        Node::Variable(_, name) => within(module, &format!("var.{name}")),
        Node::Output(_, name) => within(module, &format!("output.{name}")),
        other => other.to_string(),
    }
}
