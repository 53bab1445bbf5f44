//! `random_pet`: a name that people can remember.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, Call, Object, Problem, Schema};

use crate::arguments::{is_open, members, text};
use crate::calls;
use crate::keepers;
use crate::problems::in_range;
use crate::recipe::Recipe;

/// The most words of a name.
const MOST_WORDS: i64 = 10_000;

/// The type.
pub(crate) struct RandomPet;

impl Recipe for RandomPet {
    fn name(&self) -> &'static str {
        "random_pet"
    }

    fn schema(&self) -> Schema {
        let attributes = vec![
            super::id(),
            super::keepers(),
            Attribute::optional_computed("length", Type::Number)
                .replaces()
                .default(Value::number(2)),
            Attribute::optional("prefix", Type::String).replaces(),
            Attribute::optional_computed("separator", Type::String)
                .replaces()
                .default(Value::string("-")),
        ];
        Schema { attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        in_range(config, &["length"], i64::MIN, MOST_WORDS)
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        keepers::replacing(prior, planned, "keepers")
    }

    fn create(&self, wanted: &Value) -> Call {
        calls::make(calls::GENERATE_NAME, members(wanted, ["length", "separator"]))
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        if !is_open(&wanted, "id") {
            return wanted;
        }
        let name = text(answer, "name");
        let id = match text(&wanted, "prefix") {
            "" => name.to_owned(),
            prefix => format!("{prefix}{}{name}", text(&wanted, "separator")),
        };
        wanted.with("id", Value::string(id))
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::GENERATE_NAME).then_some("Random Read Error")
    }
}
