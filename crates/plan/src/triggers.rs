//! `replace_triggered_by`: what changes elsewhere and leads to a replacement here.

use std::collections::BTreeSet;

use meridian_config::Resource;
use meridian_graph::{ConfigResource, Graph, InstanceKey, Node, ResourceAddress, ResourceMode};
use meridian_lang::{Expr, ExprKind, Path, Step, Subject, Value};

use crate::declared::Declared;
use crate::planner::Planner;
use crate::values::Viewpoint;
use crate::{Action, ResourceChange};

/// The blocks that a block with `create_before_destroy` leans on. Were one of them deleted before its
/// replacement is there, the block that leans on it could not keep its promise either.
pub(crate) fn created_first(declared: &Declared<'_>, graph: &Graph) -> BTreeSet<ConfigResource> {
    let asks = |block: &Resource| block.lifecycle.create_before_destroy == Some(true);
    let mut open: Vec<ConfigResource> = declared
        .iter()
        .filter(|(_, block)| asks(block))
        .map(|(address, _)| address.clone())
        .collect();
    let mut found = BTreeSet::new();
    while let Some(here) = open.pop() {
        for needed in graph.resource_dependencies(&Node::Resource(here)).into_keys() {
            if needed.mode == ResourceMode::Managed && found.insert(needed.clone()) {
                open.push(needed);
            }
        }
    }
    found
}

/// The resource that a trigger names, and the steps behind its name.
struct Trigger {
    address: ResourceAddress,
    steps: Vec<Step>,
}

impl Planner<'_> {
    /// Whether something that `replace_triggered_by` names is changed or replaced.
    pub(crate) fn is_triggered(&self, resource: &Resource, viewpoint: &Viewpoint) -> bool {
        resource.lifecycle.replace_triggered_by.iter().any(|expr| {
            self.trigger(expr, viewpoint).is_some_and(|trigger| {
                self.planned_changes(&trigger.address).any(|change| trigger.is_pulled_by(change))
            })
        })
    }

    fn trigger(&self, expr: &Expr, viewpoint: &Viewpoint) -> Option<Trigger> {
        match &expr.kind {
            ExprKind::Reference(Subject::Resource(type_name, name)) => {
                let address = ResourceAddress {
                    module: viewpoint.module.clone(),
                    mode: ResourceMode::Managed,
                    type_name: type_name.clone(),
                    name: name.clone(),
                };
                Some(Trigger { address, steps: Vec::new() })
            }
            ExprKind::Attribute(source, name) => {
                Some(self.trigger(source, viewpoint)?.then(Step::Attribute(name.clone())))
            }
            ExprKind::Index(source, key) => {
                let key = self.values.evaluate(key, viewpoint).ok()?;
                let step = match key.as_str() {
                    Some(text) => Step::Key(text.into()),
                    None => Step::Index(usize::try_from(key.as_i64()?).ok()?),
                };
                Some(self.trigger(source, viewpoint)?.then(step))
            }
            ExprKind::Parentheses(inner) => self.trigger(inner, viewpoint),
            _ => None,
        }
    }
}

impl Trigger {
    fn then(mut self, step: Step) -> Trigger {
        self.steps.push(step);
        self
    }

    fn is_pulled_by(&self, change: &ResourceChange) -> bool {
        // What is created anew has not changed under anyone.
        if !matches!(change.action, Action::Update | Action::Replace) {
            return false;
        }
        let path = match (&change.address.key, self.steps.split_first()) {
            (Some(InstanceKey::Index(index)), Some((Step::Index(named), rest))) => {
                if *index != *named as u64 {
                    return false;
                }
                rest
            }
            (Some(InstanceKey::Text(key)), Some((Step::Key(named), rest))) => {
                if key != named {
                    return false;
                }
                rest
            }
            _ => &self.steps,
        };
        let path = Path(path.to_vec());
        let part = |whole: &Value| whole.at(&path).map(Value::unmark_deep);
        path.0.is_empty()
            || change.before.as_ref().and_then(|before| part(&before.attributes))
                != change.after.as_ref().and_then(part)
    }
}
