//! `random_password` and `random_string`: texts that keep to rules.

use meridian_lang::{Marks, Path, Type, Value};
use meridian_resource::{Answer, Attribute, Call, CloudError, Object, Problem, Schema};

use super::rules::{self, RULES};
use crate::arguments::{is_open, member, members, taken};
use crate::calls;
use crate::keepers;
use crate::recipe::Recipe;

/// A type of random texts.
pub(crate) struct RandomText {
    name: &'static str,
    /// Whether the text is a secret, and has a hash.
    is_secret: bool,
    version: u32,
}

impl RandomText {
    /// The type `random_password`.
    pub(crate) const PASSWORD: RandomText =
        RandomText { name: "random_password", is_secret: true, version: 3 };
    /// The type `random_string`.
    pub(crate) const STRING: RandomText =
        RandomText { name: "random_string", is_secret: false, version: 2 };
}

/// The attributes of an imported text, which says nothing of the rules that it was made by.
const IMPORTED_FLAGS: [&str; 5] = ["lower", "number", "numeric", "special", "upper"];
const IMPORTED_NUMBERS: [&str; 4] = ["min_lower", "min_numeric", "min_special", "min_upper"];

impl Recipe for RandomText {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> Schema {
        let mut attributes = rules::arguments();
        attributes.extend(
            ["number", "numeric"]
                .map(|name| Attribute::optional_computed(name, Type::Bool).replaces()),
        );
        attributes.extend([super::keepers(), super::id()]);
        let result = Attribute::computed("result", Type::String);
        if self.is_secret {
            attributes.push(result.sensitive());
            attributes.push(Attribute::computed("bcrypt_hash", Type::String).sensitive());
        } else {
            attributes.push(result);
        }
        Schema { version: self.version, attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        rules::check(config)
    }

    fn plan(&self, _prior: Option<&Object>, config: &Value, proposed: Value) -> Value {
        rules::in_step(config, proposed)
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        keepers::replacing(prior, planned, "keepers")
    }

    fn create(&self, wanted: &Value) -> Call {
        let rules = members(wanted, RULES);
        let hash = [("hash", Value::bool(self.is_secret))];
        calls::make(calls::GENERATE_TEXT, rules.into_iter().chain(hash))
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        if !is_open(&wanted, "result") {
            return wanted;
        }
        let made = taken(wanted, answer, ["result"]);
        if self.is_secret {
            let made = made.with("id", Value::string("none"));
            return taken(made, answer, ["bcrypt_hash"]);
        }
        let result = member(&made, "result");
        made.with("id", result)
    }

    /// Only the hash of an imported password is still to be made.
    fn reads(&self, object: &Object) -> Vec<Call> {
        let is_hashed = !self.is_secret || !object.attribute("bcrypt_hash").is_null();
        if is_hashed || object.text("result").is_none() {
            return Vec::new();
        }
        let text = object.attribute("result").mark(Marks::SENSITIVE);
        vec![calls::look(calls::HASH, [("text", text)])]
    }

    fn observe(&self, prior: &Object, answers: &[Answer]) -> Result<Option<Object>, CloudError> {
        let object = prior.clone();
        match answers.first() {
            Some(Ok(answer)) => Ok(Some(object.with("bcrypt_hash", member(answer, "bcrypt_hash")))),
            Some(Err(error)) => Err(error.clone()),
            None => Ok(Some(object)),
        }
    }

    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        let length = i64::try_from(id.len()).unwrap_or(i64::MAX);
        let flags = IMPORTED_FLAGS.iter();
        let object = flags.fold(empty, |all, name| all.with(name, Value::bool(true)));
        let numbers = IMPORTED_NUMBERS.iter();
        let object = numbers.fold(object, |all, name| all.with(name, Value::number(0)));
        let known_by = if self.is_secret { "none" } else { id };
        let object = object
            .with("id", Value::string(known_by))
            .with("length", Value::number(length))
            .with("result", Value::string(id));
        Some(Ok(Object::new(object)))
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::GENERATE_TEXT).then_some("Random Read Error")
    }
}
