//! The parts of an object that change, one a row.

use std::collections::BTreeSet;

use meridian_lang::{Kind, Path, Step, Value};

use super::escape::value_code;

/// A part of an object before and after.
pub(super) struct Row {
    /// Where it is.
    pub(super) path: Path,
    /// As it is, if it is there.
    pub(super) before: Option<Value>,
    /// As it will be, if it will be there.
    pub(super) after: Option<Value>,
}

/// The parts that differ. Objects and maps are told apart by their entries, whatever else as a
/// whole. Null counts as absent.
pub(super) fn differing(before: Option<&Value>, after: Option<&Value>) -> Vec<Row> {
    let mut rows = Vec::new();
    collect(Path::root(), before, after, &mut rows);
    rows
}

fn collect(path: Path, before: Option<&Value>, after: Option<&Value>, rows: &mut Vec<Row>) {
    let before = before.filter(|value| !value.is_null());
    let after = after.filter(|value| !value.is_null());
    // The provider keeps an empty text where nothing is given.
    let is_nothing = |value: Option<&Value>| value.is_none_or(|it| it.as_str() == Some(""));
    if before == after || (is_nothing(before) && is_nothing(after)) {
        return;
    }
    let entries = |value: Option<&Value>| match value {
        Some(value) if !value.is_sensitive() => value.as_entries().cloned(),
        _ => None,
    };
    let both = (entries(before), entries(after));
    let (left, right) = match both {
        (Some(left), Some(right)) => (left, right),
        (Some(left), None) if after.is_none() => (left, Default::default()),
        (None, Some(right)) if before.is_none() => (Default::default(), right),
        _ => {
            let (before, after) = without_common(before.cloned(), after.cloned());
            rows.push(Row { path, before, after });
            return;
        }
    };
    let is_map = [before, after].into_iter().flatten().any(|it| matches!(it.kind(), Kind::Map(..)));
    for name in left.keys().chain(right.keys()).collect::<BTreeSet<_>>() {
        let step = if is_map { Step::Key(name.clone()) } else { Step::Attribute(name.clone()) };
        let mut inner = path.clone();
        inner.0.push(step);
        collect(inner, left.get(name), right.get(name), rows);
    }
}

/// Both sides without the elements that two sets have in common.
fn without_common(before: Option<Value>, after: Option<Value>) -> (Option<Value>, Option<Value>) {
    let kinds = (before.as_ref().map(Value::kind), after.as_ref().map(Value::kind));
    let (Some(Kind::Set(ty, left)), Some(Kind::Set(_, right))) = kinds else {
        return (before, after);
    };
    if [&before, &after].into_iter().flatten().any(Value::is_sensitive) {
        return (before, after);
    }
    let only = |some: &[Value], others: &[Value]| {
        let others: BTreeSet<String> = others.iter().map(compact).collect();
        let left = some.iter().filter(|it| !others.contains(&compact(it))).cloned();
        Some(Value::set(ty.clone(), left)).filter(|set| set.children().next().is_some())
    };
    (only(left, right), only(right, left))
}

/// A value as the cell of a table.
pub(super) fn cell(value: Option<&Value>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value.is_sensitive() => "(sensitive value)".to_owned(),
        Some(value) => match value.kind() {
            Kind::Unknown(_) => "(known after apply)".to_owned(),
            Kind::String(text) if text.is_empty() => "(empty)".to_owned(),
            Kind::String(text) => value_code(text),
            _ => value_code(&compact(value)),
        },
    }
}

/// A value in one line, nearly as the language writes it; without what is not known in it.
fn compact(value: &Value) -> String {
    if value.is_sensitive() {
        return "(sensitive value)".to_owned();
    }
    match value.kind() {
        Kind::Null(_) => "null".to_owned(),
        Kind::Unknown(_) => "(known after apply)".to_owned(),
        Kind::Bool(truth) => truth.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => format!("{:?}", &**text),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            let elements: Vec<String> = elements.iter().map(compact).collect();
            format!("[{}]", elements.join(", "))
        }
        Kind::Map(_, entries) | Kind::Object(entries) => {
            let shown = entries.iter().filter(|(_, value)| !value.is_null() && value.is_known());
            let entries: Vec<String> =
                shown.map(|(name, value)| format!("{name} = {}", compact(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use meridian_lang::{Marks, Type};

    use super::*;

    fn rows(before: &Value, after: &Value) -> Vec<[String; 3]> {
        differing(Some(before), Some(after))
            .iter()
            .map(|row| [row.path.to_string(), cell(row.before.as_ref()), cell(row.after.as_ref())])
            .collect()
    }

    #[test]
    fn maps_differ_by_entry_and_secrets_are_not_told() {
        let tags = |team: &str| Value::map(Type::String, [("Team", Value::string(team))]);
        let secret = |text: &str| Value::string(text).mark(Marks::SENSITIVE);
        let before = Value::object([
            ("days", Value::number(7)),
            ("same", Value::bool(true)),
            ("secret", secret("a")),
            ("tags", tags("core")),
        ]);
        let after = Value::object([
            ("days", Value::unknown(Type::Number)),
            ("same", Value::bool(true)),
            ("secret", secret("b")),
            ("tags", tags("new")),
        ]);
        assert_eq!(
            rows(&before, &after),
            [
                ["days", "`7`", "(known after apply)"],
                ["secret", "(sensitive value)", "(sensitive value)"],
                ["tags[\"Team\"]", "`core`", "`new`"],
            ]
        );
    }

    #[test]
    fn of_two_sets_the_elements_that_differ_are_shown() {
        let replica = |region: &str, status: Value| {
            Value::object([("region", Value::string(region)), ("status", status)])
        };
        let ty = replica("", Value::null(Type::String)).ty();
        let set =
            |elements: Vec<Value>| Value::object([("replica", Value::set(ty.clone(), elements))]);
        let stays = || replica("eu-west-1", Value::string("InSync"));
        let before = set(vec![stays()]);
        let after = set(vec![stays(), replica("us-west-2", Value::unknown(Type::String))]);
        assert_eq!(rows(&before, &after), [["replica", "–", "`[{ region = \"us-west-2\" }]`"]]);
    }

    #[test]
    fn an_entry_that_comes_or_goes_has_a_dash_on_the_other_side() {
        let set = Value::set(Type::String, [Value::string("a")]);
        let before = Value::object([("a", Value::null(Type::String)), ("b", set)]);
        let after = Value::object([("a", Value::string("x")), ("b", Value::null(Type::Dynamic))]);
        assert_eq!(rows(&before, &after), [["a", "–", "`x`"], ["b", "`[\"a\"]`", "–"]]);
    }
}
