//! What can be wrong with arguments, in the words of the providers' validators.

use meridian_lang::{Path, Value};
use meridian_resource::Problem;

use crate::arguments::is_given;

/// The most that may be asked for at once, in characters, bytes or elements: more than anyone
/// needs, and less than would exhaust the machine.
pub(crate) const LARGEST: i64 = 1 << 20;

/// A value as messages show it.
fn shown(value: &Value) -> String {
    if !value.deep_marks().is_none() {
        return "(sensitive value)".to_owned();
    }
    match (value.as_str(), value.as_number()) {
        (Some(text), _) => text.to_owned(),
        (_, Some(number)) => number.to_string(),
        _ => format!("{value:?}"),
    }
}

/// A problem with the argument `name`, whose `rule` says what it must be.
pub(crate) fn invalid(summary: &str, config: &Value, name: &str, rule: &str) -> Problem {
    let got = config.get(name).map(shown).unwrap_or_default();
    Problem::new(summary, format!("Attribute {name} {rule}, got: {got}")).at(Path::attribute(name))
}

/// The arguments must be whole numbers of 64 bits from `low` to `high`, where they are known.
pub(crate) fn in_range(config: &Value, names: &[&str], low: i64, high: i64) -> Vec<Problem> {
    names.iter().filter_map(|name| out_of_range(config, name, low, high)).collect()
}

fn out_of_range(config: &Value, name: &str, low: i64, high: i64) -> Option<Problem> {
    let value = config.get(name).filter(|value| value.is_known() && !value.is_null())?;
    let problem = |rule: String| Some(invalid("Invalid Attribute Value", config, name, &rule));
    match value.as_i64() {
        None => {
            let detail = format!("The value of {name} must be a whole number of 64 bits.");
            let problem = Problem::new("Value Conversion Error", detail);
            Some(problem.at(Path::attribute(name)))
        }
        Some(number) if number < low => problem(format!("value must be at least {low}")),
        Some(number) if number > high => problem(format!("value must be at most {high}")),
        Some(_) => None,
    }
}

/// Whether any of the arguments is still open.
pub(crate) fn any_open(config: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| config.get(name).is_some_and(|value| !value.is_known()))
}

/// Exactly one of the arguments must be given.
pub(crate) fn exactly_one_of(config: &Value, names: &[&str]) -> Vec<Problem> {
    let given: Vec<&&str> = names.iter().filter(|name| is_given(config, name)).collect();
    if any_open(config, names) || given.len() == 1 {
        return Vec::new();
    }
    let list = names.join(",");
    let Some(first) = given.first() else {
        let detail =
            format!("No attribute specified when one (and only one) of [{list}] is required");
        return vec![Problem::new("Invalid Attribute Combination", detail)];
    };
    let detail = format!(
        "{} attributes specified when one (and only one) of [{list}] is required",
        given.len()
    );
    vec![Problem::new("Invalid Attribute Combination", detail).at(Path::attribute(first))]
}

/// At least one of the arguments must be given.
pub(crate) fn at_least_one_of(config: &Value, names: &[&str]) -> Vec<Problem> {
    if names.iter().any(|name| is_given(config, name)) {
        return Vec::new();
    }
    let detail =
        format!("At least one of these attributes must be configured: [{}]", names.join(","));
    vec![Problem::new("Missing Attribute Configuration", detail)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_lang::{Marks, Number, Type};

    fn number(text: &str) -> Value {
        Value::object([("n", Value::number(Number::parse(text).expect("a number")))])
    }

    fn told(problems: &[Problem]) -> Vec<(&str, &str)> {
        problems.iter().map(|it| (it.summary.as_str(), it.detail.as_str())).collect()
    }

    #[test]
    fn numbers_keep_to_their_bounds() {
        let cases = [
            ("1", None),
            ("10", None),
            ("0", Some("Attribute n value must be at least 1, got: 0")),
            ("11", Some("Attribute n value must be at most 10, got: 11")),
            ("1.5", Some("The value of n must be a whole number of 64 bits.")),
            ("99999999999999999999", Some("The value of n must be a whole number of 64 bits.")),
        ];
        for (text, expected) in cases {
            let problems = in_range(&number(text), &["n", "absent"], 1, 10);
            let details: Vec<_> = problems.iter().map(|it| it.detail.as_str()).collect();
            assert_eq!(details, Vec::from_iter(expected), "{text}");
        }
        let open = Value::object([("n", Value::unknown(Type::Number))]);
        assert_eq!(in_range(&open, &["n"], 1, 10), []);
        let secret = Value::object([("n", Value::number(99).mark(Marks::SENSITIVE))]);
        let problems = in_range(&secret, &["n"], 1, 10);
        assert!(problems[0].detail.ends_with("(sensitive value)"), "{problems:?}");
    }

    #[test]
    fn one_argument_of_several() {
        let config = |a: Value, b: Value| Value::object([("a", a), ("b", b)]);
        let text = || Value::string("x");
        let null = || Value::null(Type::String);
        let names = ["a", "b"];
        assert_eq!(exactly_one_of(&config(text(), null()), &names), []);
        assert_eq!(exactly_one_of(&config(Value::unknown(Type::String), null()), &names), []);
        let detail = "2 attributes specified when one (and only one) of [a,b] is required";
        let both = exactly_one_of(&config(text(), text()), &names);
        assert_eq!(told(&both), [("Invalid Attribute Combination", detail)]);
        let detail = "No attribute specified when one (and only one) of [a,b] is required";
        let none = exactly_one_of(&config(null(), null()), &names);
        assert_eq!(told(&none), [("Invalid Attribute Combination", detail)]);
        let detail = "At least one of these attributes must be configured: [a,b]";
        let none = at_least_one_of(&config(null(), null()), &names);
        assert_eq!(told(&none), [("Missing Attribute Configuration", detail)]);
        assert_eq!(at_least_one_of(&config(text(), text()), &names), []);
    }
}
