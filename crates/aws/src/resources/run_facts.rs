//! Facts that hold during one run only; the engine drops them when the next begins.

use meridian_lang::{Type, Value};
use meridian_resource::Object;

use super::promotion::{FOLLOWING, PROMOTING};
use super::secret_independence::{INDEPENDENT, LOOKING};

/// The object was created in this run: what is still unknown in the plan is the cloud's choice.
pub const CREATED: &str = "run_created";
/// Regions to which a secret's replication was asked for in this run.
pub const REPLICATED: &str = "run_replicated";
/// Some attributes can only be known by reading.
pub const UNREAD: &str = "run_unread";
/// The object is being imported: its secret value is asked for once, to compare it.
pub const IMPORTING: &str = "run_importing";
/// The object is looked for, to be taken over if it is there.
pub const TAKEN_OVER: &str = "run_taken_over";
/// The secret was deleted without recovery and its name is not free yet.
pub const FORCED: &str = "run_forced";

/// Regions to which a secret was replicated because the configuration said so. It outlives the run:
/// it tells a replica block that was taken out from a replica that someone else made.
pub const ASKED: &str = "asked_regions";

/// Regions in which a secret was put under another key, and its versions were not yet seen there.
pub const UNVERIFIED: &str = "unverified_regions";

/// An object that was created in this run.
pub fn created(attributes: Value) -> Object {
    Object::new(attributes).with_fact(CREATED, Value::bool(true))
}

/// Whether a fact is set.
pub fn holds(object: &Object, name: &str) -> bool {
    object.facts.get(name).and_then(Value::as_bool) == Some(true)
}

/// The facts about an object that hold on when it is read again: those of this run, without
/// [`UNREAD`] and [`IMPORTING`], and those that last until they have come true.
pub fn carried_over(prior: &Object) -> Value {
    let entries = prior.facts.as_entries().into_iter().flatten();
    let passes = |name: &str| [UNREAD, IMPORTING, LOOKING].contains(&name);
    let lasts = |name: &str| [ASKED, FOLLOWING, INDEPENDENT, PROMOTING, UNVERIFIED].contains(&name);
    let kept =
        entries.filter(|(name, _)| (name.starts_with("run_") && !passes(name)) || lasts(name));
    Value::object(kept.map(|(name, value)| (name.clone(), value.clone())))
}

/// The texts of a fact that is a list.
pub fn texts<'a>(object: &'a Object, name: &str) -> Vec<&'a str> {
    let list = object.facts.get(name);
    list.into_iter().flat_map(Value::children).filter_map(Value::as_str).collect()
}

/// A list of texts, as facts keep it.
pub fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Value {
    Value::list(Type::String, texts.into_iter().map(Value::string))
}
