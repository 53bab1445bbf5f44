//! The `filter` blocks of data sources that list.

use meridian_lang::{Type, Value};
use meridian_resource::{Attribute, NestedBlock, Nesting, Schema};

/// The block: a name, and the values that are let through.
pub(super) fn block() -> NestedBlock {
    let schema = Schema {
        attributes: vec![
            Attribute::required("name", Type::String),
            Attribute::required("values", Type::set(Type::String)),
        ],
        ..Schema::default()
    };
    NestedBlock {
        name: "filter",
        nesting: Nesting::Set,
        max: 0,
        schema,
        key: None,
        settings: false,
    }
}

/// The filters of a configuration.
pub(super) fn all(config: &Value) -> impl Iterator<Item = &Value> {
    config.get("filter").into_iter().flat_map(Value::children)
}
