//! What an object should become: configuration, defaults, what is, and what only the cloud can say.

use meridian_lang::{Kind, Marks, Value};
use meridian_resource::{Attribute, NestedBlock, Nesting, Presence, Schema};

/// The proposed value of an object: what the configuration says, else a default, else what the
/// cloud said before, else unknown where the cloud will say.
pub(crate) fn propose(schema: &Schema, prior: Option<&Value>, config: &Value) -> Value {
    let attributes = schema.attributes.iter().map(|attribute| {
        let prior = prior.and_then(|prior| prior.get(attribute.name));
        let config = config.get(attribute.name);
        (attribute.name, propose_attribute(attribute, prior, config))
    });
    let blocks = schema.blocks.iter().map(|block| {
        let prior = prior.and_then(|prior| prior.get(block.name));
        let config = config.get(block.name).cloned().unwrap_or_else(|| block.none());
        (block.name, propose_blocks(block, prior, config))
    });
    Value::object(attributes.chain(blocks))
}

fn propose_attribute(
    attribute: &Attribute,
    prior: Option<&Value>,
    config: Option<&Value>,
) -> Value {
    let null = || Value::null(attribute.ty.clone());
    let written =
        config.filter(|value| !value.is_null() && attribute.presence != Presence::Computed);
    if attribute.write_only {
        return null();
    }
    match (written, prior) {
        (Some(config), Some(prior)) if means_the_same(attribute, prior, config) => {
            let marks = config.marks();
            prior.clone().unmark().mark(marks)
        }
        (Some(config), _) => config.clone(),
        (None, prior) => match (&attribute.default, prior) {
            (Some(default), _) => default.clone(),
            (None, Some(prior)) if attribute.is_computed() || is_nothing(prior) => prior.clone(),
            (None, None) if attribute.is_computed() => {
                let unknown = Value::unknown(attribute.ty.clone());
                // What the cloud will say of a secret is secret before it is said.
                if attribute.sensitive { unknown.mark(Marks::SENSITIVE) } else { unknown }
            }
            (None, _) => null(),
        },
    }
}

/// Whether the configuration's value is only another spelling of what is.
fn means_the_same(attribute: &Attribute, prior: &Value, config: &Value) -> bool {
    let comparable = config.is_wholly_known() && !prior.is_null() && prior.is_wholly_known();
    comparable && attribute.equivalent.is_some_and(|equivalent| equivalent(prior, config))
}

/// Whether a value says no more than null does: the cloud answers so for what was never set.
pub(crate) fn is_nothing(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::String(text) => text.is_empty(),
        Kind::Number(_) => value.as_i64() == Some(0),
        Kind::Bool(value) => !value,
        Kind::Map(_, entries) => entries.is_empty(),
        Kind::List(_, elements) | Kind::Set(_, elements) => elements.is_empty(),
        Kind::Object(_) | Kind::Tuple(_) | Kind::Unknown(_) => false,
    }
}

fn propose_blocks(block: &NestedBlock, prior: Option<&Value>, config: Value) -> Value {
    if !config.is_known() || config.is_null() || block.settings {
        return config;
    }
    match block.nesting {
        Nesting::Single => propose(&block.schema, prior.filter(|it| !it.is_null()), &config),
        Nesting::List => {
            let prior = prior.and_then(Value::as_elements).unwrap_or_default();
            let elements = config.as_elements().unwrap_or_default().iter().enumerate();
            let proposed = elements
                .map(|(index, element)| propose(&block.schema, prior.get(index), element))
                .collect::<Vec<_>>();
            Value::list(block.schema.ty(), proposed).mark(config.marks())
        }
        Nesting::Set => {
            let prior = prior.and_then(Value::as_elements).unwrap_or_default();
            let elements = config.as_elements().unwrap_or_default().iter();
            let proposed = elements.map(|element| {
                let same = prior.iter().find(|prior| is_same_element(block, prior, element));
                propose(&block.schema, same, element)
            });
            Value::set(block.schema.ty(), proposed.collect::<Vec<_>>()).mark(config.marks())
        }
    }
}

/// Whether an element of a set is the one that was there before: same key, and nothing written
/// differs from what is. A changed element is a new one, whose computed parts are unknown.
fn is_same_element(block: &NestedBlock, prior: &Value, config: &Value) -> bool {
    let key_agrees = block.key.is_none_or(|key| prior.get(key) == config.get(key));
    key_agrees
        && block.schema.attributes.iter().all(|attribute| {
            match (config.get(attribute.name), prior.get(attribute.name)) {
                (Some(config), Some(prior)) if !config.is_null() => {
                    config == prior || means_the_same(attribute, prior, config)
                }
                _ => true,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_lang::Type;

    fn schema() -> Schema {
        Schema {
            version: 0,
            attributes: vec![
                Attribute::computed("arn", Type::String),
                Attribute::optional("description", Type::String),
                Attribute::optional_computed("policy", Type::String)
                    .equivalent(|a, b| a.as_str().map(str::trim) == b.as_str().map(str::trim)),
                Attribute::optional("window", Type::Number).default(Value::number(30)),
                Attribute::computed("token", Type::String).sensitive(),
            ],
            blocks: vec![NestedBlock {
                name: "replica",
                nesting: Nesting::Set,
                max: 0,
                key: Some("region"),
                settings: false,
                schema: Schema {
                    attributes: vec![
                        Attribute::optional_computed("key", Type::String),
                        Attribute::required("region", Type::String),
                        Attribute::computed("status", Type::String),
                    ],
                    ..Schema::default()
                },
            }],
        }
    }

    fn replica(key: Option<&str>, region: &str, status: Option<&str>) -> Value {
        let text = |text: Option<&str>| text.map_or(Value::null(Type::String), Value::string);
        Value::object([
            ("key", text(key)),
            ("region", Value::string(region)),
            ("status", text(status)),
        ])
    }

    fn replicas(elements: Vec<Value>) -> Value {
        Value::set(schema().blocks[0].schema.ty(), elements)
    }

    #[test]
    fn on_create_the_cloud_fills_in_what_nobody_wrote() {
        let config = schema().empty().with("description", Value::string("d"));
        let proposed = propose(&schema(), None, &config);
        assert!(!proposed.get("arn").expect("arn").is_known());
        assert!(!proposed.get("policy").expect("policy").is_known());
        assert_eq!(proposed.get_str("description"), Some("d"));
        assert_eq!(proposed.get("window"), Some(&Value::number(30)));
    }

    #[test]
    fn on_update_computed_values_and_spellings_stay() {
        let prior = schema()
            .empty()
            .with("arn", Value::string("arn:1"))
            .with("policy", Value::string("{}"))
            .with("description", Value::string(""));
        let config = schema().empty().with("policy", Value::string(" {} "));
        let proposed = propose(&schema(), Some(&prior), &config);
        assert_eq!(proposed.get_str("arn"), Some("arn:1"));
        assert_eq!(proposed.get_str("policy"), Some("{}"));
        assert_eq!(proposed.get_str("description"), Some(""), "empty says no more than null");
    }

    #[test]
    fn elements_of_a_set_are_known_by_their_key() {
        let prior = schema().empty().with(
            "replica",
            replicas(vec![
                replica(Some("k1"), "eu-west-1", Some("InSync")),
                replica(Some("k2"), "us-west-2", Some("InSync")),
            ]),
        );
        let config = schema().empty().with(
            "replica",
            replicas(vec![
                replica(None, "eu-west-1", None),
                replica(Some("other"), "us-west-2", None),
            ]),
        );
        let proposed = propose(&schema(), Some(&prior), &config);
        let elements = proposed.get("replica").and_then(Value::as_elements).expect("replicas");
        let of = |region| {
            elements.iter().find(|it| it.get_str("region") == Some(region)).expect("element")
        };
        assert_eq!(*of("eu-west-1"), replica(Some("k1"), "eu-west-1", Some("InSync")));
        assert!(!of("us-west-2").get("status").expect("status").is_known());
    }
}
