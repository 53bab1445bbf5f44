//! `time_offset`: a moment before or after another one.

use meridian_lang::{Type, Value};
use meridian_resource::{Attribute, Call, Object, Problem, Schema};

use super::calendar::open;
use super::moments::{
    attributes, foretold, input, must_be_moment, numbers, spelled, unless_decided,
};
use crate::arguments::member;
use crate::calls;
use crate::problems::{at_least_one_of, in_range};
use crate::recipe::Recipe;

/// The arguments that say how far to move, from years to seconds, as an import id has them.
const OFFSETS: [&str; 6] = [
    "offset_years",
    "offset_months",
    "offset_days",
    "offset_hours",
    "offset_minutes",
    "offset_seconds",
];
/// The same, with the members of the call that they become.
const MOVES: [(&str, &str); 6] = [
    ("years", "offset_years"),
    ("months", "offset_months"),
    ("days", "offset_days"),
    ("hours", "offset_hours"),
    ("minutes", "offset_minutes"),
    ("seconds", "offset_seconds"),
];
const BASE: &str = "base_rfc3339";

/// The type.
pub(crate) struct TimeOffset;

impl Recipe for TimeOffset {
    fn name(&self) -> &'static str {
        "time_offset"
    }

    fn schema(&self) -> Schema {
        let mut attributes = attributes();
        attributes.extend(OFFSETS.map(|name| Attribute::optional(name, Type::Number)));
        attributes.push(Attribute::optional_computed(BASE, Type::String));
        attributes.push(Attribute::computed("rfc3339", Type::String));
        Schema { attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        let mut order = OFFSETS;
        order.reverse();
        let mut problems = at_least_one_of(config, &order);
        problems.extend(in_range(config, &OFFSETS, i64::MIN, i64::MAX));
        problems.extend(must_be_moment(config, BASE));
        problems
    }

    fn plan(&self, prior: Option<&Object>, _config: &Value, proposed: Value) -> Value {
        let is_kept = |prior: &Object| {
            let mut arguments = OFFSETS.iter().chain([&BASE]);
            arguments.all(|name| {
                prior.attribute(name).unmark_deep() == member(&proposed, name).unmark_deep()
            })
        };
        if prior.is_some_and(is_kept) {
            return proposed;
        }
        match foretold(&proposed, BASE, MOVES) {
            Some(answer) => self.fill(proposed, &answer),
            None => {
                let unknown = || Value::unknown(Type::String);
                open(proposed).with("rfc3339", unknown()).with("id", unknown())
            }
        }
    }

    fn create(&self, wanted: &Value) -> Call {
        calls::make(calls::TELL_TIME, input(wanted, BASE, MOVES))
    }

    fn update(&self, observed: &Object, wanted: &Value) -> Call {
        let base = unless_decided(wanted.clone(), BASE, observed.attribute(BASE));
        calls::make(calls::TELL_TIME, input(&base, BASE, MOVES))
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        let made = unless_decided(wanted, BASE, member(answer, "base"));
        spelled(made, answer)
            .with("id", member(answer, "base"))
            .with("rfc3339", member(answer, "moment"))
    }

    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        let refused = |detail: &str| Problem::new("Import time offset error", detail);
        let parts: Vec<&str> = id.split(',').collect();
        let form = "BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES,SECONDS";
        let [base, offsets @ ..] = &parts[..] else { return None };
        let is_complete = offsets.len() == OFFSETS.len();
        if !is_complete || base.is_empty() || offsets.iter().all(|part| part.is_empty()) {
            let least =
                if is_complete { " where at least one offset value is non-empty" } else { "" };
            return Some(Err(Problem::new(
                "Unexpected Format of ID",
                format!("Unexpected format of ID ({id:?}), expected {form}{least}"),
            )));
        }
        let object = || {
            let object = numbers(empty, offsets, OFFSETS, &refused)?;
            let object = object.with(BASE, Value::string(base));
            let answer = foretold(&object, BASE, MOVES).ok_or_else(|| {
                refused(
                    "The base_rfc3339 timestamp that was supplied could not be parsed as RFC3339.",
                )
            })?;
            let object = object.with(BASE, member(&answer, "base"));
            Ok(Object::new(self.fill(object, &answer)))
        };
        Some(object())
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::TELL_TIME).then_some("Create time offset error")
    }
}
