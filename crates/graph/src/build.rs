//! From a configuration to its graph: every reference becomes an edge, or a diagnostic.

use std::collections::HashMap;

use meridian_config::{Config, Repetition, Resource, Validation};
use meridian_lang::{Diagnostic, Diagnostics, Expr, RepetitionPart, Span, Subject, nearest};
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::{Graph, Node, ResourceAddress, cycle};

/// Which names that depend on their surroundings may be used in an expression.
#[derive(Clone, Copy, Default)]
struct Context {
    each: bool,
    count: bool,
    self_object: bool,
}

struct Builder<'a> {
    config: &'a Config,
    graph: DiGraph<Node, Option<Span>>,
    index: HashMap<Node, NodeIndex>,
    diagnostics: Diagnostics,
}

pub(crate) fn build(config: &Config) -> Result<Graph, Diagnostics> {
    let mut builder = Builder {
        config,
        graph: DiGraph::new(),
        index: HashMap::new(),
        diagnostics: Diagnostics::new(),
    };
    builder.add_nodes();
    builder.add_edges();
    let Builder { graph, index, mut diagnostics, .. } = builder;
    match cycle::in_order(&graph) {
        Ok(order) if !diagnostics.has_errors() => Ok(Graph { graph, index, order }),
        Ok(_) => Err(diagnostics),
        Err(cycles) => {
            diagnostics.extend(cycles);
            Err(diagnostics)
        }
    }
}

/// The provider configuration of a resource: the one it names, or the default of its type's prefix.
fn provider_of(resource: &Resource) -> Node {
    match &resource.provider {
        Some(reference) => Node::Provider(reference.name.clone(), reference.alias.clone()),
        None => {
            let type_name = &resource.type_name.text;
            let prefix = type_name.split_once('_').map_or(&**type_name, |(prefix, _)| prefix);
            Node::Provider(prefix.into(), None)
        }
    }
}

impl<'a> Builder<'a> {
    fn node(&mut self, node: Node) -> NodeIndex {
        let graph = &mut self.graph;
        *self.index.entry(node).or_insert_with_key(|node| graph.add_node(node.clone()))
    }

    fn add_nodes(&mut self) {
        let config = self.config;
        for variable in &config.variables {
            self.node(Node::Variable(variable.name.text.clone()));
        }
        for local in &config.locals {
            self.node(Node::Local(local.name.text.clone()));
        }
        for provider in &config.providers {
            let alias = provider.alias.as_ref().map(|alias| alias.text.clone());
            self.node(Node::Provider(provider.name.text.clone(), alias));
        }
        for resource in &config.resources {
            self.node(Node::Resource(address(resource)));
        }
        for output in &config.outputs {
            self.node(Node::Output(output.name.text.clone()));
        }
    }

    fn add_edges(&mut self) {
        let config = self.config;
        for variable in &config.variables {
            let node = self.node(Node::Variable(variable.name.text.clone()));
            for validation in &variable.validations {
                for expr in [&validation.condition, &validation.error_message] {
                    self.refer_except(node, expr, Context::default(), true);
                }
            }
        }
        for local in &config.locals {
            let node = self.node(Node::Local(local.name.text.clone()));
            self.refer(node, &local.expr, Context::default());
        }
        for provider in &config.providers {
            let alias = provider.alias.as_ref().map(|alias| alias.text.clone());
            let node = self.node(Node::Provider(provider.name.text.clone(), alias));
            provider.body.each_expr(&mut |expr| self.refer(node, expr, Context::default()));
        }
        for resource in &config.resources {
            self.resource_edges(resource);
        }
        for output in &config.outputs {
            let node = self.node(Node::Output(output.name.text.clone()));
            self.refer(node, &output.value, Context::default());
            for expr in &output.depends_on {
                self.refer(node, expr, Context::default());
            }
            self.conditions(node, &output.preconditions, Context::default());
        }
    }

    fn resource_edges(&mut self, resource: &'a Resource) {
        let node = self.node(Node::Resource(address(resource)));
        let provider = provider_of(resource);
        let span = resource.provider.as_ref().map(|reference| reference.span);
        if matches!(&provider, Node::Provider(_, Some(_))) && !self.index.contains_key(&provider) {
            self.undeclared_provider(&provider, span.unwrap_or(resource.span));
        }
        let provider = self.node(provider);
        self.graph.add_edge(provider, node, span);
        let context = Context {
            each: matches!(resource.repetition, Repetition::ForEach(_)),
            count: matches!(resource.repetition, Repetition::Count(_)),
            self_object: false,
        };
        match &resource.repetition {
            Repetition::Single => {}
            Repetition::Count(expr) | Repetition::ForEach(expr) => {
                self.refer(node, expr, Context::default());
            }
        }
        resource.body.each_expr(&mut |expr| self.refer(node, expr, context));
        for expr in resource.depends_on.iter().chain(&resource.lifecycle.replace_triggered_by) {
            self.refer(node, expr, context);
        }
        self.conditions(node, &resource.lifecycle.preconditions, context);
        let after = Context { self_object: true, ..context };
        self.conditions(node, &resource.lifecycle.postconditions, after);
    }

    fn conditions(&mut self, node: NodeIndex, conditions: &[Validation], context: Context) {
        for condition in conditions {
            self.refer(node, &condition.condition, context);
            self.refer(node, &condition.error_message, context);
        }
    }

    fn refer(&mut self, from: NodeIndex, expr: &Expr, context: Context) {
        self.refer_except(from, expr, context, false);
    }

    /// With `except_itself`, a node may refer to itself: a variable's validation does.
    fn refer_except(
        &mut self,
        from: NodeIndex,
        expr: &Expr,
        context: Context,
        except_itself: bool,
    ) {
        for (subject, span) in expr.references() {
            match self.target(&subject, span, context) {
                Ok(Some(target)) if except_itself && target == from => {}
                Ok(Some(target)) if target == from => {
                    let node = &self.graph[from];
                    let detail = format!("Configuration for {node} may not refer to itself.");
                    self.diagnostics
                        .push(Diagnostic::error("Self-referential block", detail).at(span));
                }
                Ok(Some(target)) => {
                    // The first place is enough to show why.
                    let mut known = self.graph.neighbors_directed(from, Direction::Incoming);
                    if !known.any(|known| known == target) {
                        self.graph.add_edge(target, from, Some(span));
                    }
                }
                Ok(None) => {}
                Err(diagnostic) => self.diagnostics.push(*diagnostic),
            }
        }
    }

    fn target(
        &self,
        subject: &Subject,
        span: Span,
        context: Context,
    ) -> Result<Option<NodeIndex>, Box<Diagnostic>> {
        let known = |node: Node| self.index.get(&node).copied();
        let found = match subject {
            Subject::Variable(name) => known(Node::Variable(name.clone())),
            Subject::Local(name) => known(Node::Local(name.clone())),
            Subject::Resource(type_name, name) => {
                known(Node::Resource(ResourceAddress::new(type_name, name)))
            }
            Subject::Data(..) | Subject::Module(_) => None,
            Subject::Repetition(part) => {
                return match part {
                    RepetitionPart::CountIndex if context.count => Ok(None),
                    RepetitionPart::EachKey | RepetitionPart::EachValue if context.each => Ok(None),
                    part => Err(Box::new(out_of_place(*part).at(span))),
                };
            }
            Subject::SelfObject if !context.self_object => {
                let detail = "The \"self\" object is not available in this context. This object \
                              can be used only in resource provisioner, connection, and \
                              postcondition blocks.";
                let error = Diagnostic::error("Invalid \"self\" reference", detail);
                return Err(Box::new(error.at(span)));
            }
            Subject::Path(_) | Subject::Workspace | Subject::SelfObject | Subject::Bound(_) => {
                return Ok(None);
            }
        };
        found.map(Some).ok_or_else(|| Box::new(self.undeclared(subject).at(span)))
    }

    fn undeclared(&self, subject: &Subject) -> Diagnostic {
        let config = self.config;
        match subject {
            Subject::Variable(name) => {
                let near = nearest(name, config.variables.iter().map(|it| &*it.name.text));
                let advice = near.map_or_else(
                    || {
                        format!(
                            "This variable can be declared with a variable \"{name}\" {{}} block."
                        )
                    },
                    |near| format!("Did you mean \"{near}\"?"),
                );
                let detail = format!(
                    "An input variable with the name \"{name}\" has not been declared. {advice}"
                );
                Diagnostic::error("Reference to undeclared input variable", detail)
            }
            Subject::Local(name) => {
                let near = nearest(name, config.locals.iter().map(|it| &*it.name.text));
                let advice =
                    near.map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"));
                let detail = format!(
                    "A local value with the name \"{name}\" has not been declared.{advice}"
                );
                Diagnostic::error("Reference to undeclared local value", detail)
            }
            Subject::Module(name) => {
                let detail =
                    format!("No module call named \"{name}\" is declared in the root module.");
                Diagnostic::error("Reference to undeclared module", detail)
            }
            Subject::Data(type_name, name) => {
                let detail = format!(
                    "A data resource \"{type_name}\" \"{name}\" has not been declared in the root module."
                );
                Diagnostic::error("Reference to undeclared resource", detail)
            }
            other => {
                let (type_name, name) = match other {
                    Subject::Resource(type_name, name) => (&**type_name, &**name),
                    _ => ("", ""),
                };
                let detail = format!(
                    "A managed resource \"{type_name}\" \"{name}\" has not been declared in the root module."
                );
                let wanted = format!("{type_name}.{name}");
                let addresses: Vec<String> =
                    config.resources.iter().map(|it| address(it).to_string()).collect();
                let error = Diagnostic::error("Reference to undeclared resource", detail);
                match nearest(&wanted, addresses.iter().map(String::as_str)) {
                    Some(near) => error.help(format!("did you mean {near}?")),
                    None => error,
                }
            }
        }
    }

    fn undeclared_provider(&mut self, provider: &Node, span: Span) {
        let Node::Provider(name, Some(alias)) = provider else {
            return;
        };
        let detail = format!(
            "The configuration names {name}.{alias}, but there is no provider \"{name}\" block with that alias."
        );
        let error = Diagnostic::error("Provider configuration not present", detail).at(span).help(
            format!("write provider \"{name}\" {{ alias = \"{alias}\" … }}, or name another one"),
        );
        self.diagnostics.push(error);
    }
}

fn address(resource: &Resource) -> ResourceAddress {
    ResourceAddress { type_name: resource.type_name.text.clone(), name: resource.name.text.clone() }
}

fn out_of_place(part: RepetitionPart) -> Diagnostic {
    match part {
        RepetitionPart::CountIndex => Diagnostic::error(
            "Reference to \"count\" in non-counted context",
            "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" \
             blocks, and only when the \"count\" argument is set.",
        ),
        RepetitionPart::EachKey | RepetitionPart::EachValue => Diagnostic::error(
            "Reference to \"each\" in context without for_each",
            "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only \
             when the \"for_each\" argument is set.",
        ),
    }
}
