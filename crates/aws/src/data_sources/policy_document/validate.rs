//! Checks that the schema cannot express.

use meridian_lang::{Marks, Path, Step, Value};
use meridian_resource::Problem;

use super::ALLOW;
use crate::checks;

const EFFECTS: &[&str] = &[ALLOW, "Deny"];

/// What is wrong with the arguments, as far as they are known.
pub(super) fn problems(config: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    for argument in ["override_policy_documents", "source_policy_documents"] {
        let Some(documents) = config.get(argument) else {
            continue;
        };
        no_nulls(&Path::attribute(argument), documents, &mut problems);
        for (position, document) in documents.children().enumerate() {
            let path = Path::attribute(argument).then(Step::Index(position));
            check(checks::json, &format!("{argument}.{position}"), document, path, &mut problems);
        }
    }
    let statements = config.get("statement").into_iter().flat_map(Value::children);
    for (position, statement) in statements.enumerate() {
        let path = Path::attribute("statement").then(Step::Index(position));
        let argument = |name: &str| path.then(Step::Attribute(name.into()));
        if let Some(effect) = statement.get("effect") {
            let name = format!("statement.{position}.effect");
            let one_of_effects = |name: &str, value: &Value| checks::one_of(name, value, EFFECTS);
            check(one_of_effects, &name, effect, argument("effect"), &mut problems);
        }
        for name in ["actions", "not_actions", "not_resources", "resources"] {
            if let Some(texts) = statement.get(name) {
                no_nulls(&argument(name), texts, &mut problems);
            }
        }
        let inner = [
            ("condition", "values"),
            ("not_principals", "identifiers"),
            ("principals", "identifiers"),
        ];
        for (block, name) in inner {
            let blocks = statement.get(block).into_iter().flat_map(Value::children);
            for texts in blocks.filter_map(|block| block.get(name)) {
                no_nulls(&argument(block), texts, &mut problems);
            }
        }
    }
    problems
}

fn check(
    check: impl Fn(&str, &Value) -> checks::Verdict,
    name: &str,
    value: &Value,
    path: Path,
    problems: &mut Vec<Problem>,
) {
    if let Err(message) = check(name, value) {
        let summary = if value.marks().contains(Marks::SENSITIVE) {
            format!("the value of {name} is not valid (it is sensitive and not shown)")
        } else {
            message
        };
        problems.push(Problem::new(summary, "").at(path));
    }
}

fn no_nulls(path: &Path, collection: &Value, problems: &mut Vec<Problem>) {
    if collection.children().any(Value::is_null) {
        let detail = "Null values are not allowed for this attribute value.";
        problems.push(Problem::new("Null value found in list", detail).at(path.clone()));
    }
}
