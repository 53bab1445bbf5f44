//! From a configuration to its graph: every reference becomes an edge, or a diagnostic.

mod references;

use std::collections::HashMap;

use meridian_config::{Config, Import, Module, ModuleCall, Repetition, Resource, Validation};
use meridian_lang::{Diagnostics, Expr, ModulePath, Span, Subject};
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::instance_keys::Repeated;
use crate::undeclared::undeclared_provider;
use crate::{Graph, Node, cycle};

use references::Context;

struct Builder<'a> {
    config: &'a Config,
    graph: DiGraph<Node, Option<Span>>,
    index: HashMap<Node, NodeIndex>,
    /// Data sources that only the check around them may refer to, and that check.
    scoped: HashMap<NodeIndex, Node>,
    /// How each block is repeated.
    repeated: HashMap<NodeIndex, Repeated>,
    diagnostics: Diagnostics,
}

/// Nodes and references before they are put in order.
type Unordered = (DiGraph<Node, Option<Span>>, HashMap<Node, NodeIndex>);

fn gather(config: &Config) -> (Unordered, Diagnostics) {
    let mut builder = Builder {
        config,
        graph: DiGraph::new(),
        index: HashMap::new(),
        scoped: HashMap::new(),
        repeated: HashMap::new(),
        diagnostics: Diagnostics::new(),
    };
    for (path, module) in &config.modules {
        builder.add_nodes(path, module);
    }
    for (path, module) in &config.modules {
        builder.add_edges(path, module);
    }
    ((builder.graph, builder.index), builder.diagnostics)
}

pub(crate) fn build(config: &Config) -> Result<Graph, Diagnostics> {
    let ((graph, index), mut diagnostics) = gather(config);
    match cycle::in_order(&graph) {
        Ok(order) if !diagnostics.has_errors() => Ok(Graph { graph, index, order }),
        Ok(_) => Err(diagnostics),
        Err(cycles) => {
            diagnostics.extend(cycles);
            Err(diagnostics)
        }
    }
}

/// The graph, be there cycles or not.
pub(crate) fn unordered(config: &Config) -> Result<Unordered, Diagnostics> {
    let (unordered, diagnostics) = gather(config);
    diagnostics.check().map(|_| unordered)
}

/// What is wrong with the references of an expression that belongs to no block.
pub(crate) fn check_references(
    config: &Config,
    index: &HashMap<Node, NodeIndex>,
    path: &ModulePath,
    expr: &Expr,
) -> Diagnostics {
    let builder = Builder {
        config,
        graph: DiGraph::new(),
        index: index.clone(),
        scoped: HashMap::new(),
        repeated: HashMap::new(),
        diagnostics: Diagnostics::new(),
    };
    let references = expr.references();
    let wrong =
        references.iter().filter_map(|it| builder.targets(path, it, Context::default()).err());
    wrong.map(|error| *error).collect()
}

impl<'a> Builder<'a> {
    fn node(&mut self, node: Node) -> NodeIndex {
        let graph = &mut self.graph;
        *self.index.entry(node).or_insert_with_key(|node| graph.add_node(node.clone()))
    }

    fn add_nodes(&mut self, path: &ModulePath, module: &Module) {
        if !path.is_root() {
            self.node(Node::Module(path.clone()));
        }
        for variable in &module.variables {
            self.node(Node::Variable(path.clone(), variable.name.text.clone()));
        }
        for local in &module.locals {
            self.node(Node::Local(path.clone(), local.name.text.clone()));
        }
        for provider in &module.providers {
            self.node(Node::Provider(provider.address(path)));
        }
        for resource in &module.resources {
            let node = self.node(Node::Resource(resource.address(path)));
            let repeated = match resource.repetition {
                Repetition::Single => Repeated::No,
                Repetition::Count(_) => Repeated::ByCount,
                Repetition::ForEach(_) => Repeated::ByForEach,
            };
            self.repeated.insert(node, repeated);
            if let Some(check) = &resource.check {
                self.scoped.insert(node, Node::Check(path.clone(), check.clone()));
            }
        }
        for output in &module.outputs {
            self.node(Node::Output(path.clone(), output.name.text.clone()));
        }
        for check in &module.checks {
            self.node(Node::Check(path.clone(), check.name.text.clone()));
        }
    }

    fn add_edges(&mut self, path: &ModulePath, module: &'a Module) {
        if let Some((parent, call)) = self.config.call(path) {
            self.call_edges(path, module, &parent, call);
        }
        let plain = Context::default();
        for variable in &module.variables {
            let node = self.node(Node::Variable(path.clone(), variable.name.text.clone()));
            self.within(path, node);
            for validation in &variable.validations {
                for expr in [&validation.condition, &validation.error_message] {
                    self.refer_except(path, node, expr, plain, true);
                }
            }
        }
        for local in &module.locals {
            let node = self.node(Node::Local(path.clone(), local.name.text.clone()));
            self.within(path, node);
            self.refer(path, node, &local.expr, plain);
        }
        for provider in &module.providers {
            let node = self.node(Node::Provider(provider.address(path)));
            provider.body.each_expr(&mut |expr| self.refer(path, node, expr, plain));
        }
        for resource in &module.resources {
            self.resource_edges(path, resource);
        }
        for output in &module.outputs {
            let node = self.node(Node::Output(path.clone(), output.name.text.clone()));
            self.within(path, node);
            self.refer(path, node, &output.value, plain);
            self.depend(path, node, &output.depends_on, plain);
            self.conditions(path, node, &output.preconditions, plain);
        }
        for check in &module.checks {
            let node = self.node(Node::Check(path.clone(), check.name.text.clone()));
            self.within(path, node);
            self.conditions(path, node, &check.assertions, plain);
        }
        for import in &module.imports {
            self.import_edges(path, import);
        }
    }

    /// A module's instances depend on what its call refers to, its variables on their arguments.
    fn call_edges(
        &mut self,
        path: &ModulePath,
        module: &Module,
        parent: &ModulePath,
        call: &ModuleCall,
    ) {
        let node = self.node(Node::Module(path.clone()));
        self.within(parent, node);
        if let Repetition::Count(expr) | Repetition::ForEach(expr) = &call.repetition {
            self.refer(parent, node, expr, Context::default());
        }
        self.depend(parent, node, &call.depends_on, Context::default());
        let context = Context::of(&call.repetition);
        for argument in &call.arguments.attributes {
            let declared = module.variables.iter().any(|it| it.name.text == argument.name);
            if declared {
                let variable = self.node(Node::Variable(path.clone(), argument.name.clone()));
                self.refer(parent, variable, &argument.expr, context);
            }
        }
    }

    /// What stands in a module depends on which instances of it there are.
    fn within(&mut self, path: &ModulePath, node: NodeIndex) {
        if !path.is_root() {
            let module = self.node(Node::Module(path.clone()));
            self.connect(module, node, None);
        }
    }

    fn connect(&mut self, needed: NodeIndex, needs: NodeIndex, span: Option<Span>) {
        // The first place is enough to show why.
        let mut known = self.graph.neighbors_directed(needs, Direction::Incoming);
        if needed != needs && !known.any(|known| known == needed) {
            self.graph.add_edge(needed, needs, span);
        }
    }

    fn resource_edges(&mut self, path: &ModulePath, resource: &'a Resource) {
        let node = self.node(Node::Resource(resource.address(path)));
        self.within(path, node);
        let provider = self.config.provider_of(path, resource);
        let span = resource.provider.as_ref().map(|reference| reference.span);
        let address = Node::Provider(provider);
        if let Node::Provider(provider) = &address
            && provider.alias.is_some()
            && !self.index.contains_key(&address)
        {
            self.diagnostics.push(undeclared_provider(provider, span.unwrap_or(resource.span)));
        }
        let provider = self.node(address);
        self.connect(provider, node, span);
        let context = Context::of(&resource.repetition);
        if let Repetition::Count(expr) | Repetition::ForEach(expr) = &resource.repetition {
            self.refer(path, node, expr, Context::default());
        }
        resource.body.each_expr(&mut |expr| self.refer(path, node, expr, context));
        self.depend(path, node, &resource.depends_on, context);
        for expr in &resource.lifecycle.replace_triggered_by {
            self.refer(path, node, expr, context);
        }
        self.conditions(path, node, &resource.lifecycle.preconditions, context);
        let after = Context { self_object: true, ..context };
        self.conditions(path, node, &resource.lifecycle.postconditions, after);
    }

    /// What is imported is planned after everything that its identity is made of.
    fn import_edges(&mut self, path: &ModulePath, import: &Import) {
        let target = import.target().map(|target| target.config());
        let target = target.and_then(|target| self.index.get(&Node::Resource(target)).copied());
        if let Some(target) = target {
            let context = Context { each: import.for_each.is_some(), ..Context::default() };
            self.refer(path, target, &import.id, context);
            for key in import.target().into_iter().flat_map(|target| target.keys()) {
                self.refer(path, target, key, context);
            }
            if let Some(expr) = &import.for_each {
                self.refer(path, target, expr, Context::default());
            }
        }
    }

    fn conditions(
        &mut self,
        path: &ModulePath,
        node: NodeIndex,
        conditions: &[Validation],
        context: Context,
    ) {
        for condition in conditions {
            self.refer(path, node, &condition.condition, context);
            self.refer(path, node, &condition.error_message, context);
        }
    }

    /// Explicit dependencies: a module stands for everything in it.
    fn depend(&mut self, path: &ModulePath, node: NodeIndex, on: &[Expr], context: Context) {
        for expr in on {
            self.refer(path, node, expr, context);
            for reference in expr.references() {
                let Subject::Module(name) = &reference.subject else { continue };
                let names = path.child(name);
                let names = names.names();
                let mut inside: Vec<NodeIndex> = self
                    .index
                    .iter()
                    .filter(|(node, _)| {
                        let Node::Resource(address) = node else { return false };
                        address.module.names().starts_with(names)
                    })
                    .map(|(_, index)| *index)
                    .collect();
                inside.sort();
                for needed in inside {
                    self.connect(needed, node, Some(reference.span));
                }
            }
        }
    }
}
