//! `resource` blocks.

use meridian_config::Resource;
use meridian_graph::{InstanceAddress, ResourceAddress};

use super::Planner;
use crate::conditions::{check_postconditions, check_preconditions};
use crate::home::{Block, home};
use crate::ignore::check_ignored;
use crate::imports::imported;
use crate::instance::{self, Wanted};
use crate::places::provider_key;
use crate::repetition::{combined, expand};
use crate::values::Viewpoint;
use crate::{Action, Mode};

impl Planner<'_> {
    pub(super) fn plan_managed(
        &mut self,
        address: &ResourceAddress,
        resource: &Resource,
        dependencies: &[ResourceAddress],
    ) {
        let Some(kind) = self.inputs.registry.resource_type(&address.type_name) else {
            return;
        };
        let config = self.inputs.config;
        let provider = provider_key(config, self.inputs.registry, &address.module.path(), resource);
        let Some(place) = self.inputs.places.get(&provider) else {
            return;
        };
        let viewpoint = Viewpoint::of(address.module.clone());
        let instances = match expand(&resource.repetition, &self.values, &viewpoint) {
            Ok(instances) => instances,
            Err(errors) => {
                self.diagnostics.extend(errors);
                return;
            }
        };
        let ignored = &resource.lifecycle.ignore_changes;
        self.diagnostics.extend(check_ignored(kind.schema(), ignored, resource.span));
        imported(self, &Block { address, resource, kind, place }, &instances);
        if instances.is_empty() {
            self.empty.push(address.clone());
        }
        let block = address.config();
        let must_follow = dependencies.iter().any(|it| self.delete_first.contains(&it.config()));
        let mut planned = Vec::with_capacity(instances.len());
        for (key, viewpoint) in instances {
            let instance = address.instance(key.clone());
            if !self.selection.has_instance(&instance) {
                // What is left alone is what it was.
                if let Some(prior) = self.prior.remove(&instance) {
                    let value = prior.observed.unwrap_or(prior.stored).attributes;
                    self.untouched.push((instance, value.clone()));
                    planned.push((key, value));
                }
                continue;
            }
            let found = check_preconditions(resource, &instance, &self.values, &viewpoint);
            self.note(found);
            let prior = self.prior.remove(&instance);
            if self.inputs.mode == Mode::RefreshOnly {
                let wanted =
                    Wanted { resource, kind, place, address: &instance, viewpoint: &viewpoint };
                if let Some(value) = self.plan_refresh(&wanted, prior, dependencies) {
                    planned.push((key, value));
                }
                continue;
            }
            let of = Block { address, resource, kind, place };
            let (place, wrong) = home(&self.values, &of, &viewpoint, prior.as_ref());
            if let Some(error) = wrong {
                self.diagnostics.push(error.about(instance.to_string()));
            }
            let mut change = instance::plan(
                self,
                &Wanted {
                    resource,
                    kind,
                    place: &place,
                    address: &instance,
                    viewpoint: &viewpoint,
                },
                prior.as_ref(),
            );
            change.dependencies = dependencies.to_vec();
            change.stale |=
                change.action == Action::NoOp && change.prior_dependencies != change.dependencies;
            change.create_first &= !must_follow;
            change.configured_create_first |= self.create_first.contains(&block);
            if change.action == Action::Replace && !change.create_first {
                self.delete_first.insert(block.clone());
            }
            let after = change.after.clone().unwrap_or_else(|| kind.schema().empty());
            let found = check_postconditions(resource, &instance, &self.values, &viewpoint, &after);
            self.note(found);
            planned.push((key, after));
            self.changes.insert(instance, change);
        }
        self.values.set_resource(address.clone(), combined(&resource.repetition, planned));
    }

    /// Takes over what was read, and does nothing else.
    fn plan_refresh(
        &mut self,
        wanted: &Wanted<'_>,
        prior: Option<crate::PriorObject>,
        dependencies: &[ResourceAddress],
    ) -> Option<meridian_lang::Value> {
        let prior = prior?;
        let address: &InstanceAddress = wanted.address;
        let Some(observed) = prior.observed.clone() else {
            self.gone.push(crate::Gone { address: address.clone(), deposed: None });
            return None;
        };
        let place = meridian_resource::Place {
            provider: prior.provider.clone(),
            region: prior.region.clone(),
            ..wanted.place.clone()
        };
        let value = observed.attributes.clone();
        let change = crate::ResourceChange {
            previous_address: prior.previous_address.clone(),
            after: Some(value.clone()),
            dependencies: dependencies.to_vec(),
            prior_dependencies: prior.dependencies.clone(),
            prior_provider: Some(prior.provider.clone()),
            stale: observed != prior.stored,
            before: Some(observed),
            ..super::undecided(address.clone(), &place, Action::NoOp)
        };
        self.changes.insert(address.clone(), change);
        Some(value)
    }
}
