//! A world that plans can be carried out in without a cloud.

use meridian_lang::{Marks, Type, Value};
use meridian_plan::*;
use meridian_resource::Object;

use crate::project::fingerprint;
pub use crate::project::{Project, World};

impl World {
    /// The world in which a configuration was applied.
    pub fn of(text: &str) -> World {
        World::default().apply(&Project::new(text))
    }

    /// The world after a configuration was applied to this one. What the cloud decides is filled
    /// in, and what waited for it is planned again.
    pub fn apply(self, project: &Project) -> World {
        let mut world = self;
        for _ in 0..50 {
            let plan = project.plan(Mode::Normal, world.clone()).expect("a plan");
            if !plan.has_changes() {
                return world;
            }
            world = world.after(project, &plan);
        }
        panic!("it goes on changing: {:#?}", project.plan(Mode::Normal, world));
    }

    fn after(mut self, project: &Project, plan: &Plan) -> World {
        for change in &plan.changes {
            let same =
                |it: &PriorObject| it.address == change.address && it.deposed == change.deposed;
            if change.action == Action::NoOp {
                continue;
            }
            let Some(planned) = &change.after else {
                self.objects.retain(|it| !same(it));
                continue;
            };
            let Some(attributes) = filled_in(&change.address.to_string(), planned) else {
                continue;
            };
            self.objects.retain(|it| !same(it));
            let kind = project.registry.resource_type(&change.address.resource.type_name);
            let schema = kind.expect("a type").schema();
            let attributes = without_secrets(schema, &change.address, attributes, &fingerprint);
            let stored = Object::new(attributes);
            self.objects.push(PriorObject {
                address: change.address.clone(),
                previous_address: None,
                importing: None,
                deposed: None,
                provider: change.provider.clone(),
                region: change.region.clone(),
                observed: Some(stored.clone()),
                stored,
                unfinished: false,
                dependencies: change.dependencies.clone(),
            });
        }
        let known = plan.outputs.iter().filter(|it| it.action != Action::NoOp);
        for output in known {
            match &output.after {
                Some(value) if value.is_wholly_known() => {
                    let prior = PriorOutput { value: value.clone(), sensitive: output.sensitive };
                    self.outputs.insert(output.name.clone(), prior);
                }
                Some(_) => {}
                None => {
                    self.outputs.remove(&output.name);
                }
            }
        }
        self
    }

    /// The object at an address, for a test to change.
    pub fn object(&mut self, address: &str) -> &mut PriorObject {
        let found = self.objects.iter_mut().find(|it| it.address.to_string() == address);
        found.unwrap_or_else(|| panic!("no object {address}"))
    }

    /// The same world in which something changed an attribute from outside.
    pub fn drifted(mut self, address: &str, attribute: &str, value: Value) -> World {
        let object = self.object(address);
        object.observed = object.observed.take().map(|seen| seen.with(attribute, value));
        self
    }

    /// The same world in which an object is gone.
    pub fn without(mut self, address: &str) -> World {
        self.object(address).observed = None;
        self
    }
}

/// A planned value with what the cloud decides; none if it waits for something else too.
fn filled_in(address: &str, planned: &Value) -> Option<Value> {
    let text = |name: &str| Value::string(format!("{name} of {address}"));
    let mut object = planned.clone();
    for name in ["arn", "id", "policy", "seen"] {
        if planned.get(name).is_some_and(|value| !value.is_known()) {
            object = object.with(name, text(name));
        }
    }
    let replica = object.get("replica").cloned()?;
    if !replica.is_wholly_known() {
        let elements = replica.children().map(|it| {
            let fill = |it: Value, name| {
                let known = it.get(name).is_some_and(Value::is_known);
                if known { it } else { it.with(name, text(name)) }
            };
            fill(fill(it.clone(), "key"), "status")
        });
        let Type::Set(element) = replica.ty() else { return None };
        object =
            object.with("replica", Value::set((*element).clone(), elements.collect::<Vec<_>>()));
    }
    object.is_wholly_known().then_some(object)
}

/// The plan of a configuration in a world.
pub fn plan_in(world: World, text: &str) -> Plan {
    Project::new(text).plan(Mode::Normal, world).expect("a plan")
}

/// What is wrong with planning a configuration in a world: the summary of each error.
pub fn errors_in(world: World, text: &str) -> Vec<String> {
    let errors = Project::new(text).plan(Mode::Normal, world).expect_err("errors");
    errors.iter().map(|error| error.summary.clone()).collect()
}

/// The change of an address; of the current object, not of a deposed one.
pub fn change<'a>(plan: &'a Plan, address: &str) -> &'a ResourceChange {
    let mut changes = plan.changes.iter();
    changes
        .find(|it| it.address.to_string() == address && it.deposed.is_none())
        .unwrap_or_else(|| panic!("no change of {address} in {:#?}", plan.changes))
}

/// Actions by address.
pub fn actions(plan: &Plan) -> Vec<(String, Action)> {
    plan.changes.iter().map(|it| (it.address.to_string(), it.action)).collect()
}

/// A planned attribute.
pub fn after<'a>(plan: &'a Plan, address: &str, attribute: &str) -> &'a Value {
    let planned = change(plan, address).after.as_ref().expect("a planned value");
    planned.get(attribute).unwrap_or_else(|| panic!("no attribute {attribute}"))
}

/// The operations of the calls of a change.
pub fn calls(plan: &Plan, address: &str) -> Vec<&'static str> {
    change(plan, address).calls.iter().map(|call| call.operation).collect()
}

/// Whether a value is hidden wherever it is shown.
pub fn is_hidden(value: &Value) -> bool {
    value.marks().contains(Marks::SENSITIVE)
}
