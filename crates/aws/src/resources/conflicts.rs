//! Arguments that exclude or need each other.

use meridian_lang::{Path, Value};
use meridian_resource::Problem;

/// Whether the configuration gives an argument, known or not.
pub fn is_given(config: &Value, name: &str) -> bool {
    config.get(name).is_some_and(|value| !value.is_null())
}

/// Both arguments at once: a problem for each.
pub fn exclusive(config: &Value, a: &str, b: &str) -> Vec<Problem> {
    if !(is_given(config, a) && is_given(config, b)) {
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
