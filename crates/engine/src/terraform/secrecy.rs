//! What is secret in an object that Terraform made. Terraform marks what the configuration and the
//! schema call sensitive; that a computed attribute repeats it goes unsaid there, and not here.

use meridian_lang::{Kind, Marks, Path, Value};
use meridian_resource::Schema;

/// The attributes with everything marked that is secret.
pub(super) fn guarded(schema: &Schema, attributes: Value, sensitive: &[Path]) -> Value {
    let mark = |value: Value| if is_nothing(&value) { value } else { value.mark(Marks::SENSITIVE) };
    let told = sensitive.iter().fold(attributes, |all, path| all.map_at(&path.0, &mark));
    let told = by_schema(schema, told);
    let mut secrets = Vec::new();
    gather(&told, false, &mut secrets);
    if secrets.is_empty() {
        return told;
    }
    let computed = schema.attributes.iter().filter(|it| it.is_computed() && !it.sensitive);
    computed.fold(told.clone(), |all, attribute| {
        let Some(value) = told.get(attribute.name).filter(|it| !is_nothing(it)) else { return all };
        let entries = told.as_entries().into_iter().flatten();
        let repeated = entries.map(|(_, other)| other).find(|other| {
            !other.deep_marks().is_none() && other.unmark_deep() == value.unmark_deep()
        });
        let value = repeated.cloned().unwrap_or_else(|| marked(value.clone(), &secrets));
        all.with(attribute.name, value)
    })
}

/// The attributes with what the schema calls sensitive marked, also in nested blocks.
fn by_schema(schema: &Schema, object: Value) -> Value {
    let secret = schema.attributes.iter().filter(|it| it.sensitive);
    let marked = secret.fold(object, |all, attribute| match all.get(attribute.name) {
        // A computed secret counts as one also while it has no value.
        Some(value) if attribute.is_computed() || !is_nothing(value) => {
            let value = value.clone().mark(Marks::SENSITIVE);
            all.with(attribute.name, value)
        }
        _ => all,
    });
    schema.blocks.iter().fold(marked, |all, block| match all.get(block.name) {
        Some(value) if !value.is_null() => {
            let inner = |element: &Value| by_schema(&block.schema, element.clone());
            let value = match value.kind() {
                Kind::List(ty, elements) => Value::list(ty.clone(), elements.iter().map(inner)),
                Kind::Set(ty, elements) => Value::set(ty.clone(), elements.iter().map(inner)),
                _ => inner(value),
            };
            all.with(block.name, value)
        }
        _ => all,
    })
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// The texts that are secret.
fn gather<'v>(value: &'v Value, within: bool, secrets: &mut Vec<&'v str>) {
    let sensitive = within || value.is_sensitive();
    secrets.extend(value.as_str().filter(|text| sensitive && !text.is_empty()));
    value.children().for_each(|child| gather(child, sensitive, secrets));
}

/// The value, sensitive as a whole if any text of it repeats a secret.
fn marked(value: Value, secrets: &[&str]) -> Value {
    if repeats(&value, secrets) { value.mark(Marks::SENSITIVE) } else { value }
}

fn repeats(value: &Value, secrets: &[&str]) -> bool {
    value.as_str().is_some_and(|text| secrets.iter().any(|secret| text.contains(secret)))
        || value.children().any(|child| repeats(child, secrets))
}

#[cfg(test)]
mod tests {
    use meridian_lang::Type;
    use meridian_resource::Attribute;

    use super::*;

    #[test]
    fn what_is_secret_in_a_block_is_secret() {
        let inner = Schema {
            attributes: vec![Attribute::required("key", Type::String).sensitive()],
            ..Schema::default()
        };
        let block = meridian_resource::NestedBlock {
            name: "credential",
            nesting: meridian_resource::Nesting::List,
            max: 1,
            schema: inner,
            key: None,
            settings: false,
        };
        let element = Value::object([("key", Value::string("hunter2"))]);
        let list = Value::list(element.ty(), [element]);
        let schema = Schema { blocks: vec![block], ..Schema::default() };
        let found = guarded(&schema, Value::object([("credential", list)]), &[]);
        let marked = found.marked_paths(Marks::SENSITIVE);
        assert_eq!(marked.iter().map(Path::to_string).collect::<Vec<_>>(), ["credential[0].key"]);
    }

    #[test]
    fn what_repeats_a_secret_is_secret() {
        let schema = Schema {
            attributes: vec![
                Attribute::computed("copy", Type::Dynamic),
                Attribute::computed("hash", Type::String).sensitive(),
                Attribute::computed("hint", Type::String),
                Attribute::computed("id", Type::String),
                Attribute::optional("input", Type::Dynamic),
                Attribute::optional("label", Type::String),
                Attribute::optional("password", Type::String).sensitive(),
                Attribute::optional("unset", Type::String).sensitive(),
            ],
            ..Schema::default()
        };
        let input =
            || Value::object([("deep", Value::string("hunter2")), ("open", Value::bool(true))]);
        let attributes = Value::object([
            ("copy", input()),
            ("hash", Value::null(Type::String)),
            ("hint", Value::string("begins with hunter2")),
            ("id", Value::string("1")),
            ("input", input()),
            ("label", Value::string("hunter2 is what the user calls it")),
            ("password", Value::string("x")),
            ("unset", Value::string("")),
        ]);
        let deep = Path::attribute("input").then(meridian_lang::Step::Attribute("deep".into()));
        let found = guarded(&schema, attributes, &[deep]);
        let marked: Vec<String> =
            found.marked_paths(Marks::SENSITIVE).iter().map(Path::to_string).collect();
        assert_eq!(marked, ["copy.deep", "hash", "hint", "input.deep", "password"]);
    }
}
