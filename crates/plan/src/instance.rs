//! One resource instance: from its body, what is, and its type, to what is done about it.

use std::sync::Arc;

use meridian_config::{IgnoreChanges, Resource};
use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostic, Step, Value};
use meridian_resource::{
    Gravity, Next, Notice, Object, Place, REGION, ReplacementOrder, ResourceType,
};

use crate::compare::{differs, drifted, marks_differ, replacing_paths};
use crate::decode::{decode, locate};
use crate::ephemeral::refuse_ephemeral;
use crate::home::respelt;
use crate::ignore::ignore_changes;
use crate::inputs::PriorObject;
use crate::planner::Planner;
use crate::propose::propose;
use crate::route::foresee;
use crate::secrets::recall_secrets;
use crate::sets::{Found, existing, led_by_whom_leads, relocated};
use crate::undecided::undecided;
use crate::values::Viewpoint;
use crate::{Action, Reason, ResourceChange};

/// What is said of an object that is taken over without an `import` block.
const TAKEN_OVER: &str = "it is there already, though not in the state, and is taken over";

/// An instance that the configuration asks for.
pub(crate) struct Wanted<'w> {
    pub(crate) resource: &'w Resource,
    pub(crate) kind: &'w dyn ResourceType,
    pub(crate) place: &'w Place,
    pub(crate) address: &'w InstanceAddress,
    pub(crate) viewpoint: &'w Viewpoint,
}

pub(crate) fn plan(
    planner: &mut Planner<'_>,
    wanted: &Wanted<'_>,
    prior: Option<&PriorObject>,
) -> ResourceChange {
    let (change, config) = decide(planner, wanted, prior);
    let sets = set_arguments(&config, &wanted.resource.lifecycle.ignore_changes);
    planner.sets.insert(wanted.address.clone(), sets);
    change
}

/// The arguments that a configuration gives, known or not, and does not leave to others.
fn set_arguments(config: &Value, ignored: &IgnoreChanges) -> Vec<Arc<str>> {
    let is_ignored = |name: &str| match ignored {
        IgnoreChanges::None => false,
        IgnoreChanges::All => true,
        IgnoreChanges::Some(paths) => paths.iter().any(|(path, _)| match path.0.as_slice() {
            [Step::Attribute(ignored)] => **ignored == *name,
            _ => false,
        }),
    };
    let given = config.as_entries().into_iter().flatten().filter(|(_, value)| !value.is_null());
    given.map(|(name, _)| name.clone()).filter(|name| !is_ignored(name)).collect()
}

/// What is done about the instance, and what its configuration says.
fn decide(
    planner: &mut Planner<'_>,
    wanted: &Wanted<'_>,
    prior: Option<&PriorObject>,
) -> (ResourceChange, Value) {
    let Wanted { resource, kind, place, address, viewpoint } = *wanted;
    let schema = kind.schema();
    let evaluate = |expr: &_, bound: &_| planner.values.evaluate_with(expr, viewpoint, bound);
    let mut problems = meridian_lang::Diagnostics::new();
    let config = decode(schema, &resource.body, resource.span, &evaluate, &mut problems);
    refuse_ephemeral(schema, &resource.body, resource.span, &config, &mut problems);
    for problem in kind.validate(&config) {
        problems.push(locate(problem, &resource.body, resource.span, &address.to_string()));
    }
    planner
        .diagnostics
        .extend(problems.into_iter().map(|it| it.about(address.to_string())).collect());

    let before = prior.and_then(|prior| {
        let observed = prior.observed.clone()?;
        let fingerprint = &planner.inputs.surroundings.fingerprint;
        let known_as = prior.previous_address.as_ref().unwrap_or(address);
        Some(recall_secrets(schema, known_as, observed, &config, fingerprint))
    });
    let mut moved = prior.is_some_and(|prior| prior.region != place.region);
    let mut change = ResourceChange {
        previous_address: prior.and_then(|prior| prior.previous_address.clone()),
        importing: prior.and_then(|prior| prior.importing.clone()),
        generated_config: prior.and_then(|prior| generated(planner, prior)),
        configured_create_first: resource.lifecycle.create_before_destroy == Some(true),
        prior_provider: prior.map(|prior| prior.provider.clone()),
        prior_dependencies: prior.map(|prior| prior.dependencies.clone()).unwrap_or_default(),
        ..undecided(address.clone(), place, Action::NoOp)
    };
    let before = match (before, prior) {
        (Some(before), Some(prior)) if moved => match relocated(planner, wanted, prior, &before) {
            Found::There(member) => {
                moved = false;
                change.former_region = Some(prior.region.clone());
                Some(*member)
            }
            // An object is deleted where it is, whatever the configuration says now.
            Found::Nothing => Some(before.with_fact(REGION, Value::string(&prior.region))),
            Found::Unknown | Found::Taken => {
                change.after = Some(before.attributes.clone());
                change.before = Some(before);
                return (change, config);
            }
        },
        (before, _) => before,
    };
    let before = match before {
        Some(before) => before,
        None => {
            let planned = kind.plan(place, None, &config, propose(schema, None, &config));
            let (planned, led) = led_by_whom_leads(planner, wanted, planned);
            let found = match prior {
                None => existing(planner, wanted, &planned),
                Some(_) => Found::Nothing,
            };
            if let Found::There(found) = found {
                change.importing = found.text("id").map(str::to_owned);
                change.notices.push(Notice::remark(TAKEN_OVER));
                *found
            } else {
                change.action = Action::Create;
                change.reason = prior.is_some().then_some(Reason::DeletedOutside);
                refuse_if_impossible(planner, wanted, None, &planned);
                change.calls = foresee(kind, place, None, Some(&planned));
                change.notices = kind.notices(place, None, Some(&config));
                change.notices.extend(led);
                change.after = Some(planned);
                return (change, config);
            }
        }
    };

    let spelling = before.attributes.clone();
    let before = if moved { before } else { respelt(kind, resource, before, &config) };
    let is_respelt = before.attributes != spelling;
    change.before = Some(before.clone());
    let ignoring = |is_replacement| {
        let ignored = &resource.lifecycle.ignore_changes;
        ignore_changes(schema, ignored, config.clone(), &before.attributes, is_replacement)
    };
    let config = ignoring(false);
    let proposed = propose(schema, Some(&before.attributes), &config);
    let planned = kind.plan(place, Some(&before), &config, proposed);
    change.replace_paths = replacing_paths(schema, &before.attributes, &planned);
    change.replace_paths.extend(kind.replaced_by(&before, &planned));
    let triggered = planner.is_triggered(resource, viewpoint);
    let requested = planner.inputs.options.replace.contains(address);
    let tainted = before.is_tainted();
    if moved || triggered || requested || tainted || !change.replace_paths.is_empty() {
        change.reason = Some(match (change.replace_paths.is_empty() && !moved, triggered) {
            _ if tainted => Reason::Tainted,
            (true, true) => Reason::ReplaceTriggeredBy,
            (true, false) => Reason::Requested,
            _ => Reason::CannotUpdate,
        });
        plan_replacement(planner, wanted, &before, &ignoring(true), &mut change);
        refuse_if_protected(planner, address);
        refuse_if_the_same(planner, wanted, &before, &change);
        return (change, config);
    }
    refuse_if_impossible(planner, wanted, Some(&before), &planned);
    change.notices.extend(kind.notices(place, Some(&before), Some(&config)));
    let is_explained = change.notices.iter().any(|notice| notice.gravity == Gravity::Remark);
    change.calls = foresee(kind, place, Some(before.clone()), Some(&planned));
    if differs(&before.attributes, &planned) || marks_differ(&before.attributes, &planned) {
        change.action = Action::Update;
        let is_visible = drifted(schema, &before.attributes, &planned);
        if !is_visible && !change.calls.is_empty() && !is_explained {
            change.reason = Some(Reason::Unfinished);
        }
    } else if !change.calls.is_empty() {
        // An earlier apply stopped half way, or a replication failed: nothing that people wrote
        // differs, and yet there is something to do.
        change.action = Action::Update;
        change.reason = (!is_explained).then_some(Reason::Unfinished);
    } else if change.former_region.is_some() {
        change.action = Action::Update;
    }
    change.after = Some(planned);
    change.stale = change.action == Action::NoOp
        && prior.is_some_and(|prior| {
            prior.unfinished
                || is_respelt
                || prior.importing.is_some()
                || prior.provider != change.provider
                || prior.observed.as_ref() != Some(&prior.stored)
        });
    (change, config)
}

/// The block that was generated for what is taken over.
fn generated(planner: &Planner<'_>, prior: &PriorObject) -> Option<String> {
    prior.importing.as_ref()?;
    planner.inputs.answers.imports.get(&prior.address)?.generated.clone()
}

/// Says what stands in the way, if the type knows already that there is no way.
fn refuse_if_impossible(
    planner: &mut Planner<'_>,
    wanted: &Wanted<'_>,
    before: Option<&Object>,
    planned: &Value,
) {
    let Wanted { resource, kind, place, address, .. } = *wanted;
    if let Next::Fail(problem) = kind.next(place, before, Some(planned)) {
        let error = locate(*problem, &resource.body, resource.span, &address.to_string());
        planner.diagnostics.push(error);
    }
}

fn plan_replacement(
    planner: &Planner<'_>,
    wanted: &Wanted<'_>,
    before: &Object,
    config: &Value,
    change: &mut ResourceChange,
) {
    let Wanted { kind, place, resource, .. } = *wanted;
    let planned = kind.plan(place, None, config, propose(kind.schema(), None, config));
    let (planned, led) = led_by_whom_leads(planner, wanted, planned);
    let order = match resource.lifecycle.create_before_destroy {
        Some(true) => ReplacementOrder::CreateFirst,
        _ => kind.replacement_order(before, &planned),
    };
    change.action = Action::Replace;
    change.notices = kind.notices(place, None, Some(config));
    change.notices.extend(led);
    change.create_first = order == ReplacementOrder::CreateFirst;
    change.calls = foresee(kind, place, None, Some(&planned));
    let region = before.fact(REGION).map_or_else(|| place.region.clone(), str::to_owned);
    let old_place = Place { region, ..place.clone() };
    change.calls.extend(foresee(kind, &old_place, Some(before.clone()), None));
    change.after = Some(planned);
}

/// Says that the new object would be the old one again, which is still there when it is scheduled
/// for deletion.
fn refuse_if_the_same(
    planner: &mut Planner<'_>,
    wanted: &Wanted<'_>,
    before: &Object,
    change: &ResourceChange,
) {
    let Wanted { resource, kind, place, address, .. } = *wanted;
    let again = change.after.as_ref().and_then(|planned| kind.existing(place, planned));
    let is_same = again.is_some_and(|again| again.text("key_id") == before.text("key_id"));
    if !is_same || before.fact(REGION).is_some() {
        return;
    }
    let detail = format!(
        "A replacement of {address} would be the same key again: what replaces it has the same \
         identity in the same Region, and AWS keeps the old one there until its waiting period is \
         over."
    );
    let error = Diagnostic::error("Instance cannot be replaced", detail).at(resource.span);
    let help = "take -replace or replace_triggered_by back; to be rid of the key, remove its block";
    planner.diagnostics.push(error.about(address.to_string()).help(help));
}

/// Says that an instance must not be destroyed, if its configuration says so.
pub(crate) fn refuse_if_protected(planner: &mut Planner<'_>, address: &InstanceAddress) {
    let declared = planner.declared.get(&address.resource.config());
    let Some(resource) = declared.filter(|it| it.lifecycle.prevent_destroy) else { return };
    let detail = format!(
        "Resource {address} has lifecycle.prevent_destroy set, but the plan calls for this \
         resource to be destroyed. To avoid this error and continue with the plan, either disable \
         lifecycle.prevent_destroy or take back the change that leads to it."
    );
    planner
        .diagnostics
        .push(Diagnostic::error("Instance cannot be destroyed", detail).at(resource.span));
}
