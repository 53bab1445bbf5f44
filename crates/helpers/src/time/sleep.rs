//! `time_sleep`: a pause after what it depends on, or before that goes.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Answer, Attribute, Call, CloudError, Object, Problem, Schema};

use super::duration;
use crate::arguments::{is_given, member};
use crate::calls;
use crate::kept::texts_by_key;
use crate::problems::invalid;
use crate::recipe::Recipe;

const DURATIONS: [&str; 2] = ["create_duration", "destroy_duration"];
const RULE: &str = "must be a number immediately followed by ms (milliseconds), s (seconds), m \
                    (minutes), or h (hours). For example, \"30s\" for 30 seconds.";

/// The type.
pub(crate) struct TimeSleep;

fn pause(object: &Value, name: &str) -> Option<Call> {
    let duration = member(object, name);
    let is_none = duration.is_null() || duration.as_str() == Some("");
    (!is_none).then(|| calls::make(calls::SLEEP, [("duration", duration)]))
}

impl Recipe for TimeSleep {
    fn name(&self) -> &'static str {
        "time_sleep"
    }

    fn schema(&self) -> Schema {
        let attributes = vec![
            Attribute::optional("create_duration", Type::String),
            Attribute::optional("destroy_duration", Type::String),
            Attribute::computed("id", Type::String),
            Attribute::optional("triggers", texts_by_key()).replaces(),
        ];
        Schema { attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        if !DURATIONS.iter().any(|name| is_given(config, name)) {
            let detail = format!(
                "At least one attribute out of [{}] must be specified",
                DURATIONS.join(",")
            );
            return vec![Problem::new("Invalid Attribute Combination", detail)];
        }
        let is_wrong = |name: &&str| {
            let given = config.get(name).and_then(Value::as_str);
            given.is_some_and(|text| duration::parse(text).is_none())
        };
        let wrong = DURATIONS.into_iter().filter(is_wrong);
        wrong.map(|name| invalid("Invalid Attribute Value Match", config, name, RULE)).collect()
    }

    fn create(&self, wanted: &Value) -> Call {
        pause(wanted, "create_duration").unwrap_or_else(|| calls::make(calls::TELL_TIME, []))
    }

    fn remove(&self, observed: &Object) -> Call {
        pause(&observed.attributes, "destroy_duration").unwrap_or_else(calls::forget)
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        match answer.get("base") {
            Some(now) if !member(&wanted, "id").is_known() => wanted.with("id", now.clone()),
            _ => wanted,
        }
    }

    /// Only an imported one has no identity yet.
    fn reads(&self, object: &Object) -> Vec<Call> {
        match object.text("id") {
            Some(_) => Vec::new(),
            None => vec![calls::look(calls::TELL_TIME, [])],
        }
    }

    fn observe(&self, prior: &Object, answers: &[Answer]) -> Result<Option<Object>, CloudError> {
        match answers.first() {
            Some(Ok(answer)) => Ok(Some(prior.clone().with("id", member(answer, "base")))),
            Some(Err(error)) => Err(error.clone()),
            None => Ok(Some(prior.clone())),
        }
    }

    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        Some(imported(empty, id))
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::SLEEP).then_some("Create time sleep error")
    }
}

fn imported(empty: Value, id: &str) -> Result<Object, Problem> {
    let parts: Vec<&str> = id.split(',').collect();
    let [create, destroy, triggers @ ..] = &parts[..] else { return Err(unexpected(id)) };
    if create.is_empty() && destroy.is_empty() {
        return Err(unexpected(id));
    }
    let mut object = empty;
    for (name, part) in DURATIONS.into_iter().zip([create, destroy]) {
        if part.is_empty() {
            continue;
        }
        if duration::parse(part).is_none() {
            let detail = format!("The {name} cannot be parsed");
            let problem = Problem::new("Import time sleep error", detail);
            return Err(problem.at(Path::attribute(name)));
        }
        object = object.with(name, Value::string(part));
    }
    let mut entries = Vec::new();
    for trigger in triggers {
        match trigger.split_once('=').filter(|(_, value)| !value.contains('=')) {
            Some((key, value)) => entries.push((key, Value::string(value))),
            None => {
                let detail = format!("Trigger import entries must be KEY=VALUE, got {trigger}");
                return Err(Problem::new("Trigger import error", detail));
            }
        }
    }
    Ok(Object::new(object.with("triggers", Value::map(Type::String, entries))))
}

fn unexpected(id: &str) -> Problem {
    let detail = format!(
        "Unexpected format of ID ({id:?}), expected CREATEDURATION,DESTROYDURATION,KEY=VALUE,\
         KEY=VALUE... where at least one CREATIONDURATION or DESTROYDURATION value is non-empty"
    );
    Problem::new("Unexpected Format of ID", detail)
}
