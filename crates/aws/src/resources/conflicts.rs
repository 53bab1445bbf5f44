//! Arguments that exclude or need each other.

use meridian_lang::{Path, Value};
use meridian_resource::Problem;

/// Whether the configuration gives an argument, known or not.
pub fn is_given(config: &Value, name: &str) -> bool {
    config.get(name).is_some_and(|value| !value.is_null())
}

/// Both arguments at once: a problem for each. What is not known yet may turn out not to be given.
pub fn exclusive(config: &Value, a: &str, b: &str) -> Vec<Problem> {
    among(config, &[a, b])
}

/// More than one of some arguments that exclude each other: a problem for each of them, with the
/// first that it conflicts with.
pub fn among(config: &Value, names: &[&str]) -> Vec<Problem> {
    let is_known = |name: &str| config.get(name).is_some_and(Value::is_wholly_known);
    let all = names.iter().filter(|name| is_given(config, name) && is_known(name));
    let all: Vec<&str> = all.copied().collect();
    let conflict = |here: &&str| {
        let first = all.iter().find(|name| *name != here)?;
        let detail = format!("{here:?}: conflicts with {first}");
        let problem = Problem::new("Conflicting configuration arguments", detail);
        Some(problem.at(Path::attribute(here)))
    };
    all.iter().filter_map(conflict).collect()
}

/// The first argument without the second, which it needs.
pub fn required_with(config: &Value, argument: &str, needed: &str) -> Vec<Problem> {
    if !is_given(config, argument) || is_given(config, needed) {
        return Vec::new();
    }
    let mut both = [argument, needed];
    both.sort_unstable();
    let problem = Problem::new(
        "Missing required argument",
        format!("{argument:?}: all of `{}` must be specified", both.join(",")),
    );
    vec![problem.at(Path::attribute(argument))]
}

#[cfg(test)]
mod tests {
    use meridian_lang::Type;

    use super::*;

    #[test]
    fn what_is_not_known_yet_excludes_nothing() {
        let unknown = || Value::unknown(Type::String);
        let given = || Value::string("x");
        let null = || Value::null(Type::String);
        for (a, b, expected) in [
            (given(), given(), 2),
            (given(), null(), 0),
            (given(), unknown(), 0),
            (unknown(), given(), 0),
            (unknown(), unknown(), 0),
        ] {
            let config = Value::object([("a", a), ("b", b)]);
            assert_eq!(exclusive(&config, "a", "b").len(), expected, "{config:?}");
        }
    }
}
