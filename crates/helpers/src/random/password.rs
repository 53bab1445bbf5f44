//! The ephemeral resource `random_password`: a password for the time of a run.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Place, Problem, Schema};

use super::rules::{self, RULES};
use crate::arguments::{is_given, members, taken};
use crate::calls;
use crate::kept::mark_secrets;

/// The type.
pub(crate) struct EphemeralPassword {
    schema: Schema,
}

impl EphemeralPassword {
    /// The type.
    pub(crate) fn new() -> EphemeralPassword {
        let mut attributes = rules::arguments();
        attributes.extend([
            Attribute::optional_computed("numeric", Type::Bool).default(Value::bool(true)),
            Attribute::computed("bcrypt_hash", Type::String).sensitive(),
            Attribute::computed("result", Type::String).sensitive(),
        ]);
        for attribute in &mut attributes {
            attribute.replaces = false;
        }
        attributes.sort_by_key(|attribute| attribute.name);
        EphemeralPassword { schema: Schema { attributes, ..Schema::default() } }
    }

    fn with_defaults(&self, config: &Value) -> Value {
        let attributes = self.schema.attributes.iter();
        attributes.fold(config.clone(), |all, attribute| match &attribute.default {
            Some(default) if !is_given(&all, attribute.name) => {
                all.with(attribute.name, default.clone())
            }
            _ => all,
        })
    }
}

impl DataSource for EphemeralPassword {
    fn name(&self) -> &'static str {
        "random_password"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        rules::check(config)
    }

    fn reads(&self, _place: &Place, config: &Value) -> Vec<Call> {
        let rules = members(&self.with_defaults(config), RULES);
        let hash = [("hash", Value::bool(true))];
        vec![calls::look(calls::GENERATE_TEXT, rules.into_iter().chain(hash))]
    }

    fn observe(
        &self,
        _place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        let object = self.with_defaults(config);
        match answers.first() {
            Some(Ok(answer)) => {
                let object = taken(object, answer, ["bcrypt_hash", "result"]);
                Ok(mark_secrets(&self.schema, object))
            }
            Some(Err(error)) => Err(DataError::Cloud(error.clone())),
            None => Ok(object),
        }
    }
}
