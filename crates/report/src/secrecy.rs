//! Marks on whatever a schema calls a secret.

use meridian_lang::{Kind, Marks, Step, Value};
use meridian_resource::{NestedBlock, Schema};

/// The object with the schema's secrets marked, so that from here on marks alone say what
/// must not be shown.
pub(crate) fn marked(object: &Value, schema: &Schema) -> Value {
    let secrets = schema.attributes.iter().filter(|attribute| attribute.sensitive);
    let object = secrets.fold(object.clone(), |object, attribute| {
        let path = [Step::Attribute(attribute.name.into())];
        object.map_at(&path, &|value| value.mark(Marks::SENSITIVE))
    });
    let blocks = schema.blocks.iter().filter(|block| has_secrets(&block.schema));
    blocks.fold(object, |object, block| {
        let path = [Step::Attribute(block.name.into())];
        object.map_at(&path, &|value| marked_blocks(&value, block))
    })
}

fn has_secrets(schema: &Schema) -> bool {
    schema.attributes.iter().any(|attribute| attribute.sensitive)
        || schema.blocks.iter().any(|block| has_secrets(&block.schema))
}

fn marked_blocks(value: &Value, block: &NestedBlock) -> Value {
    let each = |elements: &[Value]| -> Vec<Value> {
        elements.iter().map(|element| marked(element, &block.schema)).collect()
    };
    let marks = value.marks();
    match value.kind() {
        Kind::List(ty, elements) => Value::list(ty.clone(), each(elements)).mark(marks),
        Kind::Set(ty, elements) => Value::set(ty.clone(), each(elements)).mark(marks),
        _ => marked(value, &block.schema),
    }
}

#[cfg(test)]
mod tests {
    use meridian_lang::Type;
    use meridian_resource::{Attribute, Nesting};

    use super::*;

    #[test]
    fn secrets_are_marked_at_every_depth() {
        let inner = Schema {
            attributes: vec![Attribute::optional("pin", Type::String).sensitive()],
            ..Schema::default()
        };
        let block = NestedBlock {
            name: "card",
            nesting: Nesting::List,
            max: 0,
            schema: inner,
            key: None,
            settings: false,
        };
        let schema = Schema {
            attributes: vec![
                Attribute::optional("name", Type::String),
                Attribute::optional("secret", Type::String).sensitive(),
            ],
            blocks: vec![block],
            ..Schema::default()
        };
        let card = Value::object([("pin", Value::string("1"))]);
        let object = Value::object([
            ("card", Value::list(card.ty(), [card])),
            ("name", Value::string("n")),
            ("secret", Value::null(Type::String)),
        ]);
        let paths = marked(&object, &schema).marked_paths(Marks::SENSITIVE);
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        assert_eq!(paths, ["card[0].pin", "secret"]);
    }
}
