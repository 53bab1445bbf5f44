//! `time_rotating`: a moment that is gone once another one has passed, so that it is made anew.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, Call, CloudError, Object, Problem, Schema};

use super::calendar::{open, parse};
use super::moments::{
    attributes, foretold, input, must_be_moment, numbers, spelled, unless_decided,
};
use crate::arguments::{is_given, member, text};
use crate::calls;
use crate::kept::is_new;
use crate::problems::{at_least_one_of, in_range};
use crate::recipe::Recipe;

/// The arguments that say when to rotate, from years to minutes, as an import id has them.
const ROTATIONS: [&str; 5] =
    ["rotation_years", "rotation_months", "rotation_days", "rotation_hours", "rotation_minutes"];
/// The same and the moment itself, with the members of the call that they become.
const MOVES: [(&str, &str); 6] = [
    ("years", "rotation_years"),
    ("months", "rotation_months"),
    ("days", "rotation_days"),
    ("hours", "rotation_hours"),
    ("minutes", "rotation_minutes"),
    ("until", UNTIL),
];
const BASE: &str = "rfc3339";
const UNTIL: &str = "rotation_rfc3339";

/// The type.
pub(crate) struct TimeRotating;

impl Recipe for TimeRotating {
    fn name(&self) -> &'static str {
        "time_rotating"
    }

    fn schema(&self) -> Schema {
        let mut attributes = attributes();
        attributes.extend(ROTATIONS.map(|name| Attribute::optional(name, Type::Number)));
        attributes.push(Attribute::optional_computed(BASE, Type::String).replaces());
        attributes.push(Attribute::optional_computed(UNTIL, Type::String));
        Schema { attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        let mut order = ROTATIONS.to_vec();
        order.reverse();
        order.push(UNTIL);
        let mut problems = at_least_one_of(config, &order);
        problems.extend(in_range(config, &ROTATIONS, 1, i64::MAX));
        problems.extend(must_be_moment(config, BASE));
        problems.extend(must_be_moment(config, UNTIL));
        problems
    }

    fn plan(&self, prior: Option<&Object>, config: &Value, proposed: Value) -> Value {
        let is_kept = |prior: &Object| {
            let mut arguments = ROTATIONS.iter().chain([&UNTIL, &BASE]);
            arguments.all(|name| {
                prior.attribute(name).unmark_deep() == member(&proposed, name).unmark_deep()
            })
        };
        if prior.is_some_and(is_kept) {
            return proposed;
        }
        let proposed = match is_given(config, UNTIL) {
            true => proposed,
            false => proposed.with(UNTIL, Value::null(Type::String)),
        };
        match foretold(&proposed, BASE, MOVES) {
            Some(answer) => self.fill(proposed, &answer),
            None => {
                let unknown = || Value::unknown(Type::String);
                let proposed = unless_decided(proposed, UNTIL, unknown());
                open(proposed).with("id", unknown())
            }
        }
    }

    fn create(&self, wanted: &Value) -> Call {
        calls::make(calls::TELL_TIME, input(&without_outcome(wanted), BASE, MOVES))
    }

    fn update(&self, observed: &Object, wanted: &Value) -> Call {
        let wanted = unless_decided(wanted.clone(), BASE, observed.attribute(BASE));
        self.create(&wanted)
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        let made = unless_decided(wanted, BASE, member(answer, "base"));
        let made = unless_decided(made, UNTIL, member(answer, "moment"));
        spelled(made, answer).with("id", member(answer, "base"))
    }

    /// Whether the time has come. What this run has made may be of the past, and stays.
    fn reads(&self, object: &Object) -> Vec<Call> {
        if is_new(object) { Vec::new() } else { vec![calls::look(calls::TELL_TIME, [])] }
    }

    fn observe(&self, prior: &Object, answers: &[Answer]) -> Result<Option<Object>, CloudError> {
        let now = match answers.first() {
            Some(Ok(answer)) => parse(text(answer, "base")),
            Some(Err(error)) => return Err(error.clone()),
            None => None,
        };
        let until = prior.text(UNTIL).and_then(parse);
        let is_over = matches!((now, until), (Some(now), Some(until)) if now > until);
        Ok((!is_over).then(|| prior.clone()))
    }

    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        Some(imported(self, empty, id))
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::TELL_TIME).then_some("Create time rotating error")
    }
}

/// What is wanted, without a moment of rotation that only follows from the rest.
fn without_outcome(wanted: &Value) -> Value {
    let follows = ROTATIONS.iter().any(|name| is_given(wanted, name));
    let is_open = wanted.get(UNTIL).is_some_and(|value| !value.is_known());
    if follows && is_open {
        return wanted.clone().with(UNTIL, Value::null(Type::String));
    }
    wanted.clone()
}

fn imported(recipe: &TimeRotating, empty: Value, id: &str) -> Result<Object, Problem> {
    let refused = |detail: &str| Problem::new("Import time rotating error", detail);
    let unexpected = |form: &str| {
        let detail = format!("Unexpected format of ID ({id:?}), expected {form}");
        Problem::new("Unexpected Format of ID", detail)
    };
    let parts: Vec<&str> = id.split(',').collect();
    let object = match &parts[..] {
        [base, until] if base.is_empty() || until.is_empty() => {
            return Err(unexpected("BASETIMESTAMP,ROTATIONTIMESTAMP"));
        }
        [base, until] => empty.with(BASE, Value::string(base)).with(UNTIL, Value::string(until)),
        [base, rotations @ ..] if rotations.len() == ROTATIONS.len() => {
            if base.is_empty() || rotations.iter().all(|part| part.is_empty()) {
                return Err(unexpected(
                    "BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES where at least one rotation \
                     value is non-empty",
                ));
            }
            numbers(empty, rotations, ROTATIONS, &refused)?.with(BASE, Value::string(base))
        }
        _ => {
            return Err(unexpected(
                "BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES or BASETIMESTAMP,ROTATIONTIMESTAMP",
            ));
        }
    };
    let answer = foretold(&object, BASE, MOVES).ok_or_else(|| {
        refused("The timestamp that was supplied could not be parsed as RFC3339.")
    })?;
    let object = object.with(BASE, member(&answer, "base"));
    Ok(Object::new(recipe.fill(object, &answer)))
}
