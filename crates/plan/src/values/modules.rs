//! Which instances of a module there are, what they are given, and what they give.

use std::sync::Arc;

use meridian_config::{Repetition, Variable};
use meridian_graph::{InstanceKey, ModuleInstance, ModulePath};
use meridian_lang::{Diagnostic, Marks, Span, Type, Value, convert};

use super::{Values, Viewpoint};
use crate::repetition::{combined, expand, placeholder};

/// The instances of a module within one instance of the module that calls it.
#[derive(Debug, Default)]
pub(crate) struct Expansion {
    pub(crate) instances: Vec<Instance>,
}

/// An instance of a module.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) module: ModuleInstance,
    pub(crate) key: Option<InstanceKey>,
    /// From where the arguments of its call look.
    pub(crate) viewpoint: Viewpoint,
}

impl Values<'_> {
    /// The instances that a call in a module instance leads to. What is wrong with the repetition
    /// is noted once.
    pub(crate) fn expansion(&self, parent: &ModuleInstance, call: &Arc<str>) -> Arc<Expansion> {
        let key = (parent.clone(), call.clone());
        if let Some(known) = self.expansions.borrow().get(&key) {
            return known.clone();
        }
        let expansion = Arc::new(self.expanded(parent, call));
        self.expansions.borrow_mut().insert(key, expansion.clone());
        expansion
    }

    fn expanded(&self, parent: &ModuleInstance, name: &Arc<str>) -> Expansion {
        let call = self.indexes.get(&parent.path()).and_then(|index| index.calls.get(&**name));
        let Some(call) = call else { return Expansion::default() };
        let viewpoint = Viewpoint::of(parent.clone());
        let keys = if self.unexpanded {
            Ok(vec![(None, placeholder(&call.repetition, &viewpoint))])
        } else {
            expand(&call.repetition, self, &viewpoint)
        };
        let keys = keys.unwrap_or_else(|errors| {
            self.diagnostics.borrow_mut().extend(errors);
            Vec::new()
        });
        let instances = keys.into_iter().map(|(key, viewpoint)| Instance {
            module: parent.child(name, key.clone()),
            key,
            viewpoint,
        });
        Expansion { instances: instances.collect() }
    }

    /// All instances of a module, outer keys first.
    pub fn instances_of(&self, path: &ModulePath) -> Vec<ModuleInstance> {
        let mut here = vec![ModuleInstance::root()];
        for name in path.names() {
            here = here
                .iter()
                .flat_map(|parent| {
                    let expansion = self.expansion(parent, name);
                    expansion.instances.iter().map(|it| it.module.clone()).collect::<Vec<_>>()
                })
                .collect();
        }
        here
    }

    /// From where the arguments of the call that leads to a module instance look.
    pub(super) fn viewpoint_of_call(&self, module: &ModuleInstance) -> Viewpoint {
        let Some((parent, step)) = module.parent() else { return Viewpoint::default() };
        let expansion = self.expansion(&parent, &step.name);
        let found = expansion.instances.iter().find(|it| it.key == step.key);
        found.map_or_else(|| Viewpoint::of(parent), |instance| instance.viewpoint.clone())
    }

    /// What a reference to a module gives: an object of its outputs, or as many as there are
    /// instances. Outputs that nobody asked for yet are unknown in it.
    pub(super) fn module_value(&self, parent: &ModuleInstance, call: &Arc<str>) -> Option<Value> {
        let key = (parent.clone(), call.clone());
        if let Some(known) = self.module_values.borrow().get(&key) {
            return Some(known.clone());
        }
        let index = self.indexes.get(&parent.path().child(call))?;
        let caller = self.indexes.get(&parent.path())?.calls.get(&**call)?;
        if self.unexpanded && !matches!(caller.repetition, Repetition::Single) {
            return Some(Value::unknown(Type::Dynamic));
        }
        let expansion = self.expansion(parent, call);
        let instances = expansion.instances.iter().map(|instance| {
            let outputs = index.module.outputs.iter().map(|output| {
                let name = output.name.text.clone();
                let value = self.known_output(&instance.module, &name);
                (name, value.unwrap_or_else(|| Value::unknown(Type::Dynamic)))
            });
            (instance.key.clone(), Value::object(outputs))
        });
        let value = combined(&caller.repetition, instances);
        self.module_values.borrow_mut().insert(key, value.clone());
        Some(value)
    }

    /// What a variable is when its call says nothing of it.
    pub(super) fn default_of(&self, variable: &Variable) -> Value {
        let value = variable.default.clone();
        // That it is missing was said when the call was read.
        marked(variable, value.unwrap_or_else(|| Value::unknown(variable.ty.clone())))
    }

    /// A variable as expressions see it. Where only what is written is checked, its value is
    /// unknown, so that nothing is said of a block that this value gives no instance.
    pub(super) fn as_checked(&self, module: &ModuleInstance, name: &str, value: Value) -> Value {
        let is_given = self.with_arguments && !module.is_root();
        let index = self.indexes.get(&module.path()).filter(|_| self.unexpanded && !is_given);
        match index.and_then(|index| index.variables.get(name)) {
            Some(variable) => marked(variable, Value::unknown(variable.ty.clone())),
            None => value,
        }
    }

    /// The value of a module's variable from the argument that its call gives.
    pub(super) fn argument_of(
        &self,
        module: &ModuleInstance,
        variable: &Variable,
        value: Value,
        span: Span,
    ) -> Value {
        let name = &variable.name.text;
        let invalid = |summary: &str, why: &str| {
            let detail = format!(
                "The given value is not suitable for {module}.var.{name} declared at {}: {why}.",
                self.config.sources.place(variable.span)
            );
            self.diagnostics.borrow_mut().push(Diagnostic::error(summary, detail).at(span));
        };
        let value = match convert(&value, &variable.ty) {
            Ok(value) => value,
            Err(error) => {
                invalid("Invalid value for input variable", &error.to_string());
                Value::unknown(variable.ty.clone())
            }
        };
        if !variable.ephemeral && value.deep_marks().contains(Marks::EPHEMERAL) {
            let error = Diagnostic::error(
                "Ephemeral value not allowed",
                "This input variable is not declared as accepting a ephemeral values, so it cannot \
                 be set to a result derived from an ephemeral value.",
            );
            self.diagnostics.borrow_mut().push(error.at(span));
        }
        if !value.is_null() || variable.nullable {
            return marked(variable, value);
        }
        if variable.default.is_none() {
            invalid("Required variable not set", "required variable may not be set to null");
        }
        self.default_of(variable)
    }
}

fn marked(variable: &Variable, value: Value) -> Value {
    let value = if variable.sensitive { value.mark(Marks::SENSITIVE) } else { value };
    if variable.ephemeral { value.mark(Marks::EPHEMERAL) } else { value }
}
