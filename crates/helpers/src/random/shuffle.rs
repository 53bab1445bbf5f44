//! `random_shuffle`: the elements of a list in another order.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, Call, Object, Problem, Schema};

use crate::arguments::{is_open, members, taken};
use crate::calls;
use crate::keepers;
use crate::problems::{LARGEST, in_range};
use crate::recipe::Recipe;

/// The type.
pub(crate) struct RandomShuffle;

impl Recipe for RandomShuffle {
    fn name(&self) -> &'static str {
        "random_shuffle"
    }

    fn schema(&self) -> Schema {
        let attributes = vec![
            super::id(),
            Attribute::required("input", Type::list(Type::String)).replaces(),
            super::keepers(),
            Attribute::computed("result", Type::list(Type::String)),
            Attribute::optional("result_count", Type::Number).replaces(),
            Attribute::optional("seed", Type::String).replaces(),
        ];
        Schema { attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        in_range(config, &["result_count"], 0, LARGEST)
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        keepers::replacing(prior, planned, "keepers")
    }

    fn create(&self, wanted: &Value) -> Call {
        calls::make(calls::SHUFFLE, members(wanted, ["input", "result_count", "seed"]))
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        if !is_open(&wanted, "result") {
            return wanted;
        }
        taken(wanted, answer, ["result"]).with("id", Value::string("-"))
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::SHUFFLE).then_some("Random Read Error")
    }
}
