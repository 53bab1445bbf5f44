//! The provider `null`: a resource and a data source that do nothing.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Object, Place, Schema};

use crate::arguments::{is_given, is_open, member};
use crate::calls;
use crate::family::Family;
use crate::keepers;
use crate::kept::{Kept, texts_by_key};
use crate::recipe::Recipe;

/// The provider.
pub(crate) fn provider() -> Family {
    Family::new("null", "registry.terraform.io/hashicorp/null", vec![Kept::boxed(NullResource)])
        .with_data_sources(vec![Box::new(NullDataSource::new())])
}

/// Draws a number of 63 bits.
fn number_drawn(call: fn(&'static str, [(&'static str, Value); 2]) -> Call) -> Call {
    let bounds = [("max", Value::number(i64::MAX)), ("min", Value::number(0))];
    call(calls::GENERATE_NUMBER, bounds)
}

/// The number of an answer, as text.
fn as_text(answer: &Value) -> Value {
    Value::string(answer.get("result").and_then(Value::as_i64).unwrap_or_default().to_string())
}

/// `null_resource`.
pub(crate) struct NullResource;

impl Recipe for NullResource {
    fn name(&self) -> &'static str {
        "null_resource"
    }

    fn schema(&self) -> Schema {
        let attributes = vec![
            Attribute::computed("id", Type::String),
            Attribute::optional("triggers", texts_by_key()),
        ];
        Schema { attributes, ..Schema::default() }
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        keepers::replacing(prior, planned, "triggers")
    }

    fn create(&self, _wanted: &Value) -> Call {
        number_drawn(calls::make)
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        if is_open(&wanted, "id") { wanted.with("id", as_text(answer)) } else { wanted }
    }
}

/// `null_data_source`: gives back what it is given. Deprecated.
struct NullDataSource {
    schema: Schema,
}

impl NullDataSource {
    fn new() -> NullDataSource {
        let attributes = vec![
            Attribute::optional_computed("has_computed_default", Type::String),
            Attribute::computed("id", Type::String),
            Attribute::optional("inputs", texts_by_key()),
            Attribute::computed("outputs", texts_by_key()),
            Attribute::computed("random", Type::String),
        ];
        NullDataSource { schema: Schema { attributes, ..Schema::default() } }
    }
}

impl DataSource for NullDataSource {
    fn name(&self) -> &'static str {
        "null_data_source"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn reads(&self, _place: &Place, _config: &Value) -> Vec<Call> {
        vec![number_drawn(calls::look)]
    }

    fn observe(
        &self,
        _place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        let random = match answers.first() {
            Some(Ok(answer)) => as_text(answer),
            Some(Err(error)) => return Err(DataError::Cloud(error.clone())),
            None => Value::null(Type::String),
        };
        let default = match is_given(config, "has_computed_default") {
            true => member(config, "has_computed_default"),
            false => Value::string("default"),
        };
        Ok(config
            .clone()
            .with("has_computed_default", default)
            .with("id", Value::string("static"))
            .with("outputs", member(config, "inputs"))
            .with("random", random))
    }
}

#[cfg(test)]
mod tests;
