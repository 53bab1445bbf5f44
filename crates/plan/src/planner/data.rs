//! `data` and `ephemeral` blocks.

mod values;

use meridian_config::Resource;
use meridian_graph::{InstanceAddress, ResourceAddress, ResourceMode};
use meridian_lang::{Diagnostic, Diagnostics, Marks, Severity, Value};
use meridian_resource::{DataError, DataSource, Place};

use self::values::unread;
pub use self::values::{arguments, remarked};
use super::{Planner, undecided};
use crate::conditions::{check_postconditions, check_preconditions};
use crate::decode::locate;
use crate::inputs::Question;
use crate::places::provider_key;
use crate::repetition::{combined, expand};
use crate::values::Viewpoint;
use crate::{Action, DataObject, Reason, ResourceChange};

/// What is known of a data source.
enum Known {
    /// It has been read.
    Read(Value),
    /// It can be read only when other things are done.
    Later(Reason),
    /// The answer is asked for, or there was none.
    Open,
}

impl Planner<'_> {
    pub(super) fn plan_data(
        &mut self,
        address: &ResourceAddress,
        resource: &Resource,
        dependencies: &[ResourceAddress],
    ) {
        let Some(kind) = self.inputs.registry.data_source(&address.type_name) else { return };
        let pending = self.has_pending_dependency(address, resource);
        self.plan_instances(address, resource, &mut |planner, instance, place, viewpoint| {
            let config = planner.arguments(kind, resource, instance, viewpoint);
            let known = match (&config, pending) {
                (Some(config), _) if !config.is_wholly_known() => {
                    Known::Later(Reason::ConfigUnknown)
                }
                (Some(_), true) => Known::Later(Reason::DependencyPending),
                (Some(config), false) => planner.answer(kind, place, instance, config, resource),
                (None, _) => Known::Open,
            };
            let value = match known {
                Known::Read(value) => {
                    planner.data.push(DataObject {
                        address: instance.clone(),
                        provider: place.provider.clone(),
                        value: value.clone(),
                    });
                    value
                }
                Known::Open => unread(kind, config.as_ref()),
                Known::Later(reason) => {
                    let value = unread(kind, config.as_ref());
                    let home = config.as_ref().map(|config| kind.home(place, config));
                    let home = home.as_ref().unwrap_or(place);
                    let change = ResourceChange {
                        reason: Some(reason),
                        after: Some(value.clone()),
                        dependencies: dependencies.to_vec(),
                        ..undecided(instance.clone(), home, Action::Read)
                    };
                    planner.changes.insert(instance.clone(), change);
                    value
                }
            };
            let found =
                check_postconditions(resource, instance, &planner.values, viewpoint, &value);
            planner.note(found);
            value
        });
    }

    pub(super) fn plan_ephemeral(
        &mut self,
        address: &ResourceAddress,
        resource: &Resource,
        dependencies: &[ResourceAddress],
    ) {
        let Some(kind) = self.inputs.registry.ephemeral_resource(&address.type_name) else {
            return;
        };
        self.plan_instances(address, resource, &mut |planner, instance, place, viewpoint| {
            let config = planner.arguments(kind, resource, instance, viewpoint);
            let opened = match &config {
                Some(config) if planner.opens && config.is_wholly_known() => {
                    planner.answer(kind, place, instance, config, resource)
                }
                _ => Known::Open,
            };
            let value = match opened {
                Known::Read(value) => value,
                Known::Open | Known::Later(_) => unread(kind, config.as_ref()),
            };
            let value = value.mark(Marks::EPHEMERAL);
            let home = config.as_ref().map(|config| kind.home(place, config));
            let home = home.as_ref().unwrap_or(place);
            let change = ResourceChange {
                after: Some(value.clone()),
                dependencies: dependencies.to_vec(),
                ..undecided(instance.clone(), home, Action::Open)
            };
            planner.changes.insert(instance.clone(), change);
            value
        });
    }

    /// Calls `each` for every instance and sets what references to the block give.
    fn plan_instances(
        &mut self,
        address: &ResourceAddress,
        resource: &Resource,
        each: &mut dyn FnMut(&mut Self, &InstanceAddress, &Place, &Viewpoint) -> Value,
    ) {
        let config = self.inputs.config;
        let provider = provider_key(config, self.inputs.registry, &address.module.path(), resource);
        let Some(place) = self.inputs.places.get(&provider) else { return };
        let viewpoint = Viewpoint::of(address.module.clone());
        let instances = match expand(&resource.repetition, &self.values, &viewpoint) {
            Ok(instances) => instances,
            Err(errors) => return self.diagnostics.extend(errors),
        };
        if instances.is_empty() {
            self.empty.push(address.clone());
        }
        let mut planned = Vec::with_capacity(instances.len());
        for (key, viewpoint) in instances {
            let instance = address.instance(key.clone());
            let found = check_preconditions(resource, &instance, &self.values, &viewpoint);
            self.note(found);
            planned.push((key, each(self, &instance, place, &viewpoint)));
        }
        self.values.set_resource(address.clone(), combined(&resource.repetition, planned));
    }

    /// The arguments of an instance; none if something is wrong with them.
    fn arguments(
        &mut self,
        kind: &dyn DataSource,
        resource: &Resource,
        address: &InstanceAddress,
        viewpoint: &Viewpoint,
    ) -> Option<Value> {
        match arguments(kind, resource, address, &self.values, viewpoint) {
            Ok(config) => Some(config),
            Err(problems) => {
                self.report(resource, problems);
                None
            }
        }
    }

    fn answer(
        &mut self,
        kind: &dyn DataSource,
        place: &Place,
        address: &InstanceAddress,
        config: &Value,
        resource: &Resource,
    ) -> Known {
        let bare = config.unmark_deep();
        if kind.reads(place, &bare).is_empty() {
            return match kind.observe(place, &bare, &[]) {
                Ok(value) => Known::Read(remarked(kind, value, config)),
                Err(error) => {
                    let error = data_error(error, resource, address, config);
                    self.report(resource, error.into());
                    Known::Open
                }
            };
        }
        match self.inputs.answers.data.get(address) {
            Some(answer) if answer.config.unmark_deep() == bare => match &answer.result {
                Ok(value) => Known::Read(remarked(kind, value.clone(), config)),
                Err(error) => {
                    let mut error = error.clone().about(address.to_string());
                    error.span = error.span.or(Some(resource.span));
                    self.report(resource, error.into());
                    Known::Open
                }
            },
            _ => {
                self.questions.push(Question::Data {
                    address: address.clone(),
                    provider: place.provider.clone(),
                    config: config.clone(),
                    span: resource.span,
                });
                Known::Open
            }
        }
    }

    /// What is wrong with a data source of a check is no more than a warning.
    fn report(&mut self, resource: &Resource, problems: Diagnostics) {
        for mut problem in problems {
            if resource.check.is_some() {
                problem.severity = Severity::Warning;
            }
            self.diagnostics.push(problem);
        }
    }

    /// Whether something that the block waits for is still to be changed: it could not be seen in
    /// an answer that is given now. Of its own module only the same instance counts.
    fn has_pending_dependency(&self, address: &ResourceAddress, resource: &Resource) -> bool {
        let graph = self.inputs.graph;
        let awaited =
            crate::dependencies::awaited(self.inputs.config, graph, &address.config(), resource);
        let is_pending =
            |needed: ResourceAddress| self.planned_changes(&needed).any(ResourceChange::is_change);
        awaited.into_iter().filter(|it| it.mode == ResourceMode::Managed).any(|needed| {
            if needed.module == address.module.path() {
                return is_pending(needed.within(address.module.clone()));
            }
            let instances = self.values.instances_of(&needed.module);
            instances.into_iter().any(|module| is_pending(needed.within(module)))
        })
    }
}

/// Why a data source that asks no one has no answer. A reason may quote what a mark protects.
fn data_error(
    error: DataError,
    resource: &Resource,
    address: &InstanceAddress,
    config: &Value,
) -> Diagnostic {
    let mut told = match error {
        DataError::Problem(problem) => {
            locate(*problem, &resource.body, resource.span, &address.to_string())
        }
        DataError::Cloud(error) => Diagnostic::error("Data source failed", error.to_string())
            .at(resource.span)
            .about(address.to_string()),
    };
    if !config.deep_marks().is_none() {
        told.summary = "Data source failed".to_owned();
        told.detail = "The reason is not shown, for an argument is sensitive.".to_owned();
    }
    told
}
