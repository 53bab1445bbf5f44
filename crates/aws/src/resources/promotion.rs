//! The primary of a set of multi-Region keys moves to another Region: one key is to lead, another
//! to follow, and both pass through the state `Updating`.

use std::time::Duration;

use meridian_lang::Value;
use meridian_resource::{Call, Next, Notice, Object, Permission, Place, Problem, Service};

use super::key_reading::{key_id, role};
use super::key_settings::shown_id;
use super::members::permission_arn;
use super::run_facts;
use crate::arn::Arn;

/// The fact that the key is to become the primary. It holds until it is.
pub const PROMOTING: &str = "promoting";
/// The fact that the key is to become a replica, because another one leads.
pub const FOLLOWING: &str = "following";
/// The fact that this run has asked for the promotion.
const PROMOTED: &str = "run_promoted";

const OPERATION: &str = "UpdatePrimaryRegion";

/// AWS mostly needs seconds.
const UPDATING: Duration = Duration::from_secs(20 * 60);

/// The key, which is to lead its set or to follow.
pub fn with_role(object: Object, leads: bool) -> Object {
    let (now, before) = if leads { (PROMOTING, FOLLOWING) } else { (FOLLOWING, PROMOTING) };
    object.with_fact(now, Value::bool(true)).with_fact(before, Value::bool(false))
}

/// The facts of a key without what has come true: a key that leads need not be made to lead.
pub fn settled(facts: Value) -> Value {
    let is_updating = facts.get_str("key_state") == Some("Updating");
    let done = match facts.get_str("multi_region_key_type") {
        Some("PRIMARY") => PROMOTING,
        Some("REPLICA") if !is_updating => FOLLOWING,
        _ => return facts,
    };
    let is_open = facts.get(done).and_then(Value::as_bool) == Some(true);
    if is_open { facts.with(done, Value::bool(false)) } else { facts }
}

/// Whether the key is still to become the primary.
pub fn is_due(observed: &Object) -> bool {
    run_facts::holds(observed, PROMOTING) && role(observed) != Some("PRIMARY")
}

/// The call that makes the key the primary, if it is to be.
pub fn next(place: &Place, observed: &Object) -> Option<Next> {
    if !is_due(observed) {
        return None;
    }
    if run_facts::holds(observed, PROMOTED) {
        return Some(awaited(place, observed, "the primary"));
    }
    if !matches!(observed.fact("key_state"), None | Some("Enabled" | "Updating")) {
        return Some(Next::Fail(Box::new(not_enabled(place, observed))));
    }
    let primary = observed.fact("primary_region")?;
    let input = [("KeyId", key_id(observed)), ("PrimaryRegion", Value::string(&place.region))];
    let mut call = Call::change(Service::Kms, OPERATION, primary, input);
    let here = permission_arn(observed);
    let there = Arn::parse(&here).map(|arn| arn.in_region(primary).to_string());
    let there = there.unwrap_or_else(|_| here.clone());
    for (resource, region) in [(there, primary), (here, &place.region)] {
        let (action, region) = ("kms:UpdatePrimaryRegion", region.to_owned());
        call.permissions.push(Permission { action, resource, region });
    }
    Some(Next::Call(Box::new(call)))
}

/// What remains when nothing is to be called: the wait for the roles to be as they should.
pub fn settling(place: &Place, observed: &Object) -> Option<Next> {
    let is_updating = observed.fact("key_state") == Some("Updating");
    if run_facts::holds(observed, PROMOTED) && is_updating {
        return Some(awaited(place, observed, "the primary"));
    }
    let follows = run_facts::holds(observed, FOLLOWING);
    (follows && (is_updating || role(observed) == Some("PRIMARY")))
        .then(|| awaited(place, observed, "a replica"))
}

fn awaited(place: &Place, observed: &Object, role: &str) -> Next {
    let what = format!("{} in {} to be {role}", shown_id(observed), place.region);
    Next::Wait { what, at_most: UPDATING }
}

/// The key after the call of [`next`]: what can be expected, or with an answer only that it was
/// asked for.
pub fn after(place: &Place, observed: &Object, answer: Option<&Value>) -> Object {
    let asked = observed.clone().with_fact(PROMOTED, Value::bool(true));
    let text = Value::string;
    match answer {
        Some(_) => asked.with_fact("key_state", text("Updating")),
        None => asked
            .with_fact("multi_region_key_type", text("PRIMARY"))
            .with_fact("primary_region", text(&place.region))
            .with_fact("key_state", text("Enabled")),
    }
}

/// What the plan says of a key whose role changes.
pub fn notice(place: &Place, observed: &Object) -> Option<Notice> {
    let (id, here) = (shown_id(observed), &place.region);
    let primary = observed.fact("primary_region").unwrap_or("another Region");
    if is_due(observed) {
        return Some(Notice::remark(format!(
            "the primary of {id} moves from {primary} to {here}: one UpdatePrimaryRegion, and no \
             key is replaced"
        )));
    }
    (run_facts::holds(observed, FOLLOWING) && role(observed) == Some("PRIMARY"))
        .then(|| format!("{id} in {here}, the primary until now, becomes a replica"))
        .map(Notice::remark)
}

/// What the user should know of a key that was meant to lead and no longer does. `replica` is the
/// type of its replicas.
pub fn moved_outside(place: &Place, observed: &Object, replica: &str) -> Option<Notice> {
    if role(observed) != Some("REPLICA") || run_facts::holds(observed, PROMOTING) {
        return None;
    }
    let (id, here) = (shown_id(observed), &place.region);
    let primary = observed.fact("primary_region").unwrap_or("another Region");
    let problem = Problem::new(
        format!("the primary of {id} is in {primary} now"),
        format!(
            "The key in {here} is a replica: the primary was moved outside of this configuration. \
             Nothing is lost and no key will be replaced; rotation is set where the primary is."
        ),
    );
    Some(Notice::warning(problem.help(format!(
        "Keep it so: let this resource and the {replica} of {primary} exchange their \
         Regions (provider or region).\n\
         Or move the primary back: meridian promote ADDRESS {here}, with the address of this \
         resource."
    ))))
}

fn not_enabled(place: &Place, observed: &Object) -> Problem {
    let (id, here) = (shown_id(observed), &place.region);
    let state = observed.fact("key_state").unwrap_or("unknown");
    Problem::new(
        format!("{id} in {here} cannot become the primary"),
        format!(
            "Both the primary and the key that takes its place must be Enabled; it is {state}."
        ),
    )
    .help("Enable the key, let it become the primary, and disable it afterwards.")
}
