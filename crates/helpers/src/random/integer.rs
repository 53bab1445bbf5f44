//! `random_integer`: a whole number from a range.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, Call, Object, Problem, Schema};

use crate::arguments::{is_open, members, taken, whole};
use crate::calls;
use crate::keepers;
use crate::problems::in_range;
use crate::recipe::Recipe;

/// The type.
pub(crate) struct RandomInteger;

impl Recipe for RandomInteger {
    fn name(&self) -> &'static str {
        "random_integer"
    }

    fn schema(&self) -> Schema {
        let attributes = vec![
            super::id(),
            super::keepers(),
            Attribute::required("max", Type::Number).replaces(),
            Attribute::required("min", Type::Number).replaces(),
            Attribute::computed("result", Type::Number),
            Attribute::optional("seed", Type::String).replaces(),
        ];
        Schema { attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        let mut problems = in_range(config, &["max", "min"], i64::MIN, i64::MAX);
        if let (Some(min), Some(max)) = (whole(config, "min"), whole(config, "max"))
            && max < min
        {
            let detail = "The minimum (min) value needs to be smaller than or equal to maximum \
                          (max) value.";
            let problem = Problem::new("Create Random Integer Error", detail);
            problems.push(problem.at(Path::attribute("min")));
        }
        problems
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        keepers::replacing(prior, planned, "keepers")
    }

    fn create(&self, wanted: &Value) -> Call {
        calls::make(calls::GENERATE_NUMBER, members(wanted, ["max", "min", "seed"]))
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        if !is_open(&wanted, "result") {
            return wanted;
        }
        let made = taken(wanted, answer, ["result"]);
        let id = whole(&made, "result").unwrap_or_default().to_string();
        made.with("id", Value::string(id))
    }

    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        let refused = |detail: &str| Problem::new("Import Random Integer Error", detail);
        let parts: Vec<&str> = id.split(',').collect();
        let (result, min, max, seed) = match parts[..] {
            [result, min, max] => (result, min, max, None),
            [result, min, max, seed] => (result, min, max, Some(seed)),
            _ => {
                return Some(Err(refused(
                    "Invalid import usage: expecting {result},{min},{max} or \
                     {result},{min},{max},{seed}",
                )));
            }
        };
        let number = |text: &str, what: &str| {
            let detail = format!("The {what} supplied could not be parsed as an integer.");
            text.parse::<i64>().map(Value::number).map_err(|_| refused(&detail))
        };
        let parts = || {
            let object = empty
                .with("id", Value::string(result))
                .with("result", number(result, "value")?)
                .with("min", number(min, "min value")?)
                .with("max", number(max, "max value")?);
            Ok(Object::new(match seed {
                Some(seed) => object.with("seed", Value::string(seed)),
                None => object,
            }))
        };
        Some(parts())
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::GENERATE_NUMBER).then_some("Create Random Integer Error")
    }
}
