//! `time_static`: the moment of its creation.

use meridian_lang::{Type, Value};
use meridian_resource::{Attribute, Call, Object, Problem, Schema};

use super::calendar::parse;
use super::moments::{attributes, foretold, input, must_be_moment, spelled, unless_decided};
use crate::arguments::member;
use crate::calls;
use crate::recipe::Recipe;

/// The type.
pub(crate) struct TimeStatic;

impl Recipe for TimeStatic {
    fn name(&self) -> &'static str {
        "time_static"
    }

    fn schema(&self) -> Schema {
        let mut attributes = attributes();
        attributes.push(Attribute::optional_computed("rfc3339", Type::String).replaces());
        Schema { attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        must_be_moment(config, "rfc3339").into_iter().collect()
    }

    fn plan(&self, prior: Option<&Object>, _config: &Value, proposed: Value) -> Value {
        match foretold(&proposed, "rfc3339", []) {
            Some(answer) if prior.is_none() => self.fill(proposed, &answer),
            _ => proposed,
        }
    }

    fn create(&self, wanted: &Value) -> Call {
        calls::make(calls::TELL_TIME, input(wanted, "rfc3339", []))
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        let made = unless_decided(wanted, "rfc3339", member(answer, "base"));
        let id = member(&made, "rfc3339");
        spelled(made, answer).with("id", id)
    }

    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        if parse(id).is_none() {
            return Some(Err(Problem::new(
                "Import time static error",
                "The id that was supplied could not be parsed as RFC3339.",
            )));
        }
        let object = empty.with("rfc3339", Value::string(id));
        let answer = foretold(&object, "rfc3339", [])?;
        // The state has the moment to the second.
        let object = object.with("rfc3339", member(&answer, "base"));
        Some(Ok(Object::new(self.fill(object, &answer))))
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::TELL_TIME).then_some("Create time static error")
    }
}
