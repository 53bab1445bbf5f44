//! Objects of the state that the configuration no longer asks for.

use meridian_config::Repetition;
use meridian_graph::InstanceKey;
use meridian_lang::Diagnostic;
use meridian_resource::{Object, Place};

use super::{Planner, undecided};
use crate::compare::with_nulls_of;
use crate::inputs::PriorObject;
use crate::instance;
use crate::route::foresee;
use crate::{Action, Gone, Mode, Reason, ResourceChange};

impl Planner<'_> {
    /// Whatever of the state no instance has taken is deleted, or forgotten where a `removed` block
    /// says so.
    pub(super) fn plan_what_is_left(&mut self) {
        let mut rest: Vec<PriorObject> = self.prior.drain().map(|(_, object)| object).collect();
        rest.append(&mut self.deposed);
        rest.retain(|object| self.selection.has_object(&object.address));
        rest.sort_by(|a, b| a.address.cmp(&b.address).then_with(|| a.deposed.cmp(&b.deposed)));
        for object in rest {
            if self.inputs.mode == Mode::RefreshOnly {
                if object.observed.is_none() {
                    self.gone.push(Gone { address: object.address, deposed: object.deposed });
                }
                continue;
            }
            let reason = match (&object.deposed, self.inputs.mode) {
                (Some(_), _) => Some(Reason::LeftOver),
                (None, Mode::Destroy) => None,
                (None, _) => Some(self.why_deleted(&object)),
            };
            if let Some(change) = self.plan_deletion(object, reason) {
                self.left_over.push(change);
            }
        }
        self.tell_of_the_forgotten();
    }

    fn tell_of_the_forgotten(&mut self) {
        let forgotten = self.left_over.iter().filter(|it| it.action == Action::Forget);
        let lines: Vec<String> = forgotten
            .map(|it| match &it.deposed {
                Some(key) => format!(" - {} (deposed object {key})", it.address),
                None => format!(" - {}", it.address),
            })
            .collect();
        if lines.is_empty() {
            return;
        }
        let detail = format!(
            "If you apply this plan, Meridian will discard its tracking information for the \
             following objects, but it will not delete them:\n{}\n\nAfter applying this plan, \
             Meridian will no longer manage these objects. You will need to import them into \
             Meridian to manage them again.",
            lines.join("\n")
        );
        let summary = "Some objects will no longer be managed by Meridian";
        self.diagnostics.push(Diagnostic::warning(summary, detail));
    }

    fn why_deleted(&self, object: &PriorObject) -> Reason {
        let address = &object.address;
        let resource = self.declared.get(&address.resource.config());
        let module = &address.resource.module;
        if resource.is_some() && !self.values.instances_of(&module.path()).contains(module) {
            return Reason::NoModule;
        }
        match (resource.map(|it| &it.repetition), &address.key) {
            (None, _) if object.previous_address.is_some() => Reason::NoMoveTarget,
            (None, _) => Reason::NoResourceConfig,
            (Some(Repetition::Count(_)), Some(InstanceKey::Index(_))) => Reason::CountIndex,
            (Some(Repetition::ForEach(_)), Some(InstanceKey::Text(_))) => Reason::EachKey,
            (Some(_), _) => Reason::WrongRepetition,
        }
    }

    fn plan_deletion(
        &mut self,
        object: PriorObject,
        reason: Option<Reason>,
    ) -> Option<ResourceChange> {
        let forgets = self.declared.removed(&object.address).is_some_and(|it| !it.destroy);
        let place = self.inputs.places.get(&object.provider)?;
        let place = Place { region: object.region.clone(), ..place.clone() };
        let change = ResourceChange {
            deposed: object.deposed.clone(),
            previous_address: object.previous_address.clone(),
            reason,
            dependencies: object.dependencies.clone(),
            prior_provider: Some(object.provider.clone()),
            prior_dependencies: object.dependencies,
            ..undecided(object.address.clone(), &place, Action::Delete)
        };
        if forgets && self.inputs.mode == Mode::Normal {
            let before = object.observed.unwrap_or(object.stored);
            return Some(ResourceChange { action: Action::Forget, before: Some(before), ..change });
        }
        let kind = self.inputs.registry.resource_type(&object.address.resource.type_name)?;
        let Some(observed) = object.observed else {
            self.gone.push(Gone {
                address: object.previous_address.unwrap_or(object.address),
                deposed: object.deposed,
            });
            return None;
        };
        instance::refuse_if_protected(self, &object.address);
        let observed = match self.inputs.mode {
            Mode::Destroy => observed,
            // What goes away is shown as it was stored where a read only spells nothing in
            // another way.
            Mode::Normal | Mode::RefreshOnly => {
                let attributes = with_nulls_of(&object.stored.attributes, observed.attributes);
                Object { attributes, ..observed }
            }
        };
        let calls = foresee(kind, &place, Some(observed.clone()), None);
        let notices = kind.notices(&place, Some(&observed), None);
        Some(ResourceChange { before: Some(observed), calls, notices, ..change })
    }
}
