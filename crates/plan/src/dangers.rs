//! Keys that are about to go although something that stays is encrypted under them.

use std::sync::Arc;

use meridian_graph::InstanceAddress;
use meridian_lang::Value;
use meridian_resource::{Notice, Object, Place, Problem, REGION};

use crate::inputs::{Purpose, Question};
use crate::planner::Planner;
use crate::{Action, ResourceChange};

/// Finds what is encrypted under keys that go, and notes it at the keys. What must be read for that
/// is asked for.
pub(crate) fn note(planner: &mut Planner<'_>) {
    let going = keys_that_go(planner);
    if going.is_empty() {
        return;
    }
    for Encrypted { address, place, object, wanted } in encrypted(planner) {
        let kind = planner.inputs.registry.resource_type(&address.resource.type_name);
        let Some(kind) = kind else { continue };
        let key = (address.clone(), Purpose::Encryption);
        let found = match planner.inputs.answers.looks.get(&key) {
            None => {
                let Some(object) = kind.with_keys_in_use(&object) else { continue };
                let (provider, region) = (place.provider.clone(), place.region.clone());
                let purpose = Purpose::Encryption;
                planner.ask(Question::Look { address, provider, purpose, region, object });
                continue;
            }
            Some(answer) => answer.result.clone(),
        };
        let found = match found {
            Ok(Some(found)) => found,
            Ok(None) => continue,
            Err(error) => {
                planner.diagnostics.push(error.about(address.to_string()));
                continue;
            }
        };
        let mut used = Vec::new();
        for (going, key) in &going {
            let found = kind.use_of_key(&place, &found, &wanted, key);
            if found.is_used {
                used.push(going.0.resource.clone());
            }
            for lost in found.lost {
                note_at(planner, going, format!("{address}: {lost}"));
            }
        }
        // A key waits for what moves away from it, also where nothing refers to it.
        if let Some(change) = planner.changes.get_mut(&address) {
            used.retain(|key| !change.prior_dependencies.contains(key));
            change.prior_dependencies.append(&mut used);
        }
    }
}

/// Notes at a key what is lost with it.
fn note_at(planner: &mut Planner<'_>, (address, deposed): &Instance, lost: String) {
    let is_it = |it: &&mut ResourceChange| it.address == *address && it.deposed == *deposed;
    let change = planner.changes.get_mut(address).filter(is_it);
    let Some(change) = change.or_else(|| planner.left_over.iter_mut().find(is_it)) else { return };
    let detail = format!(
        "The plan schedules {address} for deletion. Until the day of the deletion it can be \
         cancelled; afterwards nothing brings it back."
    );
    change.notices.push(Notice::danger(Problem::new(lost, detail)));
}

/// An instance, and the key in the state of what an earlier replacement left behind of it.
type Instance = (InstanceAddress, Option<Arc<str>>);

/// A key that goes, and the name by which what is encrypted under it knows it.
type Going = (Instance, String);

fn keys_that_go(planner: &Planner<'_>) -> Vec<Going> {
    let changes = planner.changes.values().chain(&planner.left_over);
    let goes = |it: &&ResourceChange| matches!(it.action, Action::Delete | Action::Replace);
    changes
        .filter(goes)
        .filter_map(|change| {
            let (kind, place) = kind_and_place(planner, change)?;
            let before = change.before.as_ref()?;
            let region = before.fact(REGION).unwrap_or(&place.region).to_owned();
            let key = kind.provides_key(&Place { region, ..place }, before)?;
            Some(((change.address.clone(), change.deposed.clone()), key))
        })
        .collect()
}

/// Something that stays and may be encrypted under keys.
struct Encrypted {
    address: InstanceAddress,
    place: Place,
    /// As it is.
    object: Object,
    /// As it will be.
    wanted: Value,
}

/// What stays, whether it is part of the plan or left alone.
fn encrypted(planner: &Planner<'_>) -> Vec<Encrypted> {
    let goes = |address: &InstanceAddress| {
        let mut left_over = planner.left_over.iter();
        left_over.any(|it| it.action == Action::Delete && it.address == *address)
    };
    let objects = planner.members.encrypted.iter().filter(|(address, ..)| !goes(address));
    objects
        .filter_map(|(address, provider, region, object)| {
            let change = planner.changes.get(address);
            if change.is_some_and(|change| change.action == Action::Replace) {
                return None;
            }
            let place = planner.inputs.places.get(provider)?;
            let place = Place { region: region.clone(), ..place.clone() };
            let wanted = change.and_then(|change| change.after.clone());
            let wanted = wanted.unwrap_or_else(|| object.attributes.clone());
            let (address, object) = (address.clone(), object.clone());
            Some(Encrypted { address, place, object, wanted })
        })
        .collect()
}

fn kind_and_place<'p>(
    planner: &'p Planner<'_>,
    change: &ResourceChange,
) -> Option<(&'p dyn meridian_resource::ResourceType, Place)> {
    let kind = planner.inputs.registry.resource_type(&change.address.resource.type_name)?;
    let place = planner.inputs.places.get(&change.provider)?;
    Some((kind, Place { region: change.region.clone(), ..place.clone() }))
}
