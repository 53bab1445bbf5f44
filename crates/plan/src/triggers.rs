//! `replace_triggered_by`: what changes elsewhere and leads to a replacement here.

use meridian_config::Resource;
use meridian_graph::{InstanceKey, ResourceAddress};
use meridian_lang::{Expr, ExprKind, Path, Step, Subject, Value};

use crate::planner::Planner;
use crate::values::Repeated;
use crate::{Action, ResourceChange};

/// The resource that a trigger names, and the steps behind its name.
struct Trigger {
    address: ResourceAddress,
    steps: Vec<Step>,
}

impl Planner<'_> {
    /// Whether something that `replace_triggered_by` names is changed or replaced.
    pub(crate) fn is_triggered(&self, resource: &Resource, repeated: &Repeated) -> bool {
        resource.lifecycle.replace_triggered_by.iter().any(|expr| {
            self.trigger(expr, repeated).is_some_and(|trigger| {
                self.planned_changes(&trigger.address).any(|change| trigger.is_pulled_by(change))
            })
        })
    }

    fn trigger(&self, expr: &Expr, repeated: &Repeated) -> Option<Trigger> {
        match &expr.kind {
            ExprKind::Reference(Subject::Resource(type_name, name)) => {
                let address = ResourceAddress { type_name: type_name.clone(), name: name.clone() };
                Some(Trigger { address, steps: Vec::new() })
            }
            ExprKind::Attribute(source, name) => {
                Some(self.trigger(source, repeated)?.then(Step::Attribute(name.clone())))
            }
            ExprKind::Index(source, key) => {
                let key = self.values.evaluate(key, repeated).ok()?;
                let step = match key.as_str() {
                    Some(text) => Step::Key(text.into()),
                    None => Step::Index(usize::try_from(key.as_i64()?).ok()?),
                };
                Some(self.trigger(source, repeated)?.then(step))
            }
            ExprKind::Parentheses(inner) => self.trigger(inner, repeated),
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
