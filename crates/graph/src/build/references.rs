//! What a reference is about, and whether it may stand where it stands.

use std::sync::Arc;

use meridian_config::Repetition;
use meridian_lang::{
    ConfigResource, Diagnostic, Expr, ModulePath, Reference, RepetitionPart, ResourceMode, Subject,
};
use petgraph::graph::NodeIndex;

use super::Builder;
use crate::Node;
use crate::instance_keys::wrong_keys;
use crate::undeclared::{out_of_place, out_of_scope, undeclared};

/// Which names that depend on their surroundings may be used in an expression.
#[derive(Clone, Copy, Default)]
pub(super) struct Context {
    pub(super) each: bool,
    pub(super) count: bool,
    pub(super) self_object: bool,
}

impl Context {
    pub(super) fn of(repetition: &Repetition) -> Context {
        Context {
            each: matches!(repetition, Repetition::ForEach(_)),
            count: matches!(repetition, Repetition::Count(_)),
            self_object: false,
        }
    }
}

impl Builder<'_> {
    pub(super) fn refer(
        &mut self,
        path: &ModulePath,
        from: NodeIndex,
        expr: &Expr,
        context: Context,
    ) {
        self.refer_except(path, from, expr, context, false);
    }

    /// With `except_itself`, a node may refer to itself: a variable's validation does.
    pub(super) fn refer_except(
        &mut self,
        path: &ModulePath,
        from: NodeIndex,
        expr: &Expr,
        context: Context,
        except_itself: bool,
    ) {
        let repeated = |subject: &Subject| {
            let (mode, type_name, name) = match subject {
                Subject::Resource(type_name, name) => (ResourceMode::Managed, type_name, name),
                Subject::Data(type_name, name) => (ResourceMode::Data, type_name, name),
                Subject::Ephemeral(type_name, name) => (ResourceMode::Ephemeral, type_name, name),
                _ => return None,
            };
            let (module, type_name, name) = (path.clone(), type_name.clone(), name.clone());
            let node = Node::Resource(ConfigResource { module, mode, type_name, name });
            self.repeated.get(self.index.get(&node)?).copied()
        };
        let wrong = wrong_keys(expr, &repeated);
        self.diagnostics.extend(wrong.into_iter().collect());
        for reference in expr.references() {
            match self.targets(path, &reference, context) {
                Ok(targets) => {
                    for target in targets {
                        if target == from && !except_itself {
                            let node = &self.graph[from];
                            let detail =
                                format!("Configuration for {node} may not refer to itself.");
                            self.diagnostics.push(
                                Diagnostic::error("Self-referential block", detail)
                                    .at(reference.span),
                            );
                        } else if let Some(check) = self.scoped.get(&target)
                            && self.graph[from] != *check
                        {
                            self.diagnostics
                                .push(out_of_scope(&self.graph[target], reference.span));
                        }
                        self.connect(target, from, Some(reference.span));
                    }
                }
                Err(diagnostic) => self.diagnostics.push(*diagnostic),
            }
        }
    }

    /// The nodes that a reference is about.
    pub(super) fn targets(
        &self,
        path: &ModulePath,
        reference: &Reference,
        context: Context,
    ) -> Result<Vec<NodeIndex>, Box<Diagnostic>> {
        let Reference { subject, span, output } = reference;
        let known = |node: Node| self.index.get(&node).copied();
        let resource = |mode, type_name: &Arc<str>, name: &Arc<str>| {
            known(Node::Resource(ConfigResource {
                module: path.clone(),
                mode,
                type_name: type_name.clone(),
                name: name.clone(),
            }))
        };
        let found = match subject {
            Subject::Variable(name) => known(Node::Variable(path.clone(), name.clone())),
            Subject::Local(name) => known(Node::Local(path.clone(), name.clone())),
            Subject::Resource(type_name, name) => resource(ResourceMode::Managed, type_name, name),
            Subject::Data(type_name, name) => resource(ResourceMode::Data, type_name, name),
            Subject::Ephemeral(type_name, name) => {
                resource(ResourceMode::Ephemeral, type_name, name)
            }
            Subject::Module(name) => {
                let child = path.child(name);
                let Some(module) = self.config.module(&child) else {
                    return Err(Box::new(undeclared(self.config, path, subject).at(*span)));
                };
                let outputs = module.outputs.iter().map(|it| it.name.text.clone());
                let wanted = outputs.filter(|name| output.as_ref().is_none_or(|it| it == name));
                let nodes = wanted.map(|name| Node::Output(child.clone(), name));
                let all = nodes.chain([Node::Module(child.clone())]);
                return Ok(all.filter_map(known).collect());
            }
            Subject::Repetition(part) => {
                return match part {
                    RepetitionPart::CountIndex if context.count => Ok(Vec::new()),
                    RepetitionPart::EachKey | RepetitionPart::EachValue if context.each => {
                        Ok(Vec::new())
                    }
                    part => Err(Box::new(out_of_place(*part).at(*span))),
                };
            }
            Subject::SelfObject if !context.self_object => {
                let detail = "The \"self\" object is not available in this context. This object \
                              can be used only in resource provisioner, connection, and \
                              postcondition blocks.";
                let error = Diagnostic::error("Invalid \"self\" reference", detail);
                return Err(Box::new(error.at(*span)));
            }
            Subject::Path(_) | Subject::Workspace | Subject::SelfObject | Subject::Bound(_) => {
                return Ok(Vec::new());
            }
        };
        found
            .map(|found| vec![found])
            .ok_or_else(|| Box::new(undeclared(self.config, path, subject).at(*span)))
    }
}
