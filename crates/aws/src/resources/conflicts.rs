//! Arguments that exclude or need each other.

use meridian_lang::{Path, Value};
use meridian_resource::Problem;

/// Whether the configuration gives an argument, known or not.
pub fn is_given(config: &Value, name: &str) -> bool {
    config.get(name).is_some_and(|value| !value.is_null())
}

/// Both arguments at once: a problem for each. What is not known yet may turn out not to be given.
pub fn exclusive(config: &Value, a: &str, b: &str) -> Vec<Problem> {
    let is_known = |name: &str| config.get(name).is_some_and(Value::is_wholly_known);
    if !(is_given(config, a) && is_given(config, b) && is_known(a) && is_known(b)) {
        return Vec::new();
    }
    let conflict = |here: &str, other: &str| {
        Problem::new(
            "Conflicting configuration arguments",
            format!("{here:?}: conflicts with {other}"),
        )
        .at(Path::attribute(here))
    };
    vec![conflict(a, b), conflict(b, a)]
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
