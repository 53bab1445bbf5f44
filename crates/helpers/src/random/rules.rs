//! The rules that a random text keeps to: the arguments of `random_password` and `random_string`.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, Problem};

use crate::arguments::{is_given, whole};
use crate::problems::{LARGEST, any_open, in_range, invalid};

/// The classes of characters, by which arguments are named.
pub(super) const CLASSES: [&str; 4] = ["special", "upper", "lower", "numeric"];
/// The arguments that set a least number of each class.
const LEAST: [&str; 4] = ["min_upper", "min_lower", "min_numeric", "min_special"];
/// The members of a call that draws a text.
pub(super) const RULES: [&str; 10] = [
    "length",
    "lower",
    "min_lower",
    "min_numeric",
    "min_special",
    "min_upper",
    "numeric",
    "override_special",
    "special",
    "upper",
];

/// The arguments that a resource and an ephemeral resource have in common.
pub(super) fn arguments() -> Vec<Attribute> {
    let flags = ["lower", "special", "upper"].map(|name| {
        Attribute::optional_computed(name, Type::Bool).replaces().default(Value::bool(true))
    });
    let least = LEAST.map(|name| {
        Attribute::optional_computed(name, Type::Number).replaces().default(Value::number(0))
    });
    let others = [
        Attribute::required("length", Type::Number).replaces(),
        Attribute::optional("override_special", Type::String).replaces(),
    ];
    flags.into_iter().chain(least).chain(others).collect()
}

/// What is wrong with the arguments.
pub(super) fn check(config: &Value) -> Vec<Problem> {
    let mut problems = in_range(config, &["length"], 1, LARGEST);
    problems.extend(in_range(config, &LEAST, 0, LARGEST));
    if problems.is_empty() {
        problems.extend(too_short(config));
    }
    problems.extend(no_class(config));
    problems.extend(two_spellings(config));
    problems
}

fn too_short(config: &Value) -> Option<Problem> {
    let length = whole(config, "length")?;
    if any_open(config, &LEAST) {
        return None;
    }
    let sum: i64 = LEAST.iter().filter_map(|name| whole(config, name)).sum();
    let rule = format!("value must be at least sum of {}", LEAST.join(" + "));
    (length < sum).then(|| invalid("Invalid Attribute Value", config, "length", &rule))
}

/// All classes may be left out by accident only.
fn no_class(config: &Value) -> Option<Problem> {
    let is_off = |name: &str| config.get(name).and_then(Value::as_bool) == Some(false);
    let detail =
        format!("At least one attribute out of [{}] must be specified as true", CLASSES.join(","));
    let problem = Problem::new("Invalid Attribute Combination", detail);
    CLASSES.iter().all(|name| is_off(name)).then(|| problem.at(Path::attribute("numeric")))
}

/// `number` is the old name of `numeric`.
fn two_spellings(config: &Value) -> Option<Problem> {
    let given = |name: &str| config.get(name).and_then(Value::as_bool);
    let (number, numeric) = (given("number")?, given("numeric")?);
    let problem = Problem::new(
        "Number and numeric are both configured with different values",
        "Number is deprecated, use numeric instead",
    );
    (number != numeric).then(|| problem.at(Path::attribute("number")))
}

/// Gives `number` and `numeric` the value of the one that is given, or true.
pub(super) fn in_step(config: &Value, planned: Value) -> Value {
    let given = |name: &str| config.get(name).filter(|_| is_given(config, name)).cloned();
    let numeric = given("numeric").or_else(|| given("number"));
    let numeric = numeric.unwrap_or_else(|| Value::bool(true));
    let number = given("number").unwrap_or_else(|| numeric.clone());
    planned.with("number", number).with("numeric", numeric)
}
