//! Bodies written in JSON, where only the schema tells which members are blocks.

use meridian_lang::{
    Body, BodyAttribute, BodyBlock, Diagnostic, Diagnostics, Expr, ExprKind, ObjectItem, Value,
};
use meridian_resource::Schema;

/// The same body with blocks where `schema` has blocks; `diagnostics` is told what cannot be one.
pub(super) fn with_blocks(schema: &Schema, body: &Body, diagnostics: &mut Diagnostics) -> Body {
    let mut told = Body { attributes: Vec::new(), ..body.clone() };
    for attribute in &body.attributes {
        let name = &*attribute.name;
        if schema.attribute(name).is_none() && schema.block(name).is_some() {
            append(attribute, &attribute.expr, &[], &mut told.blocks, diagnostics);
        } else if name == "dynamic" && schema.attribute(name).is_none() {
            for (label, item) in items(&attribute.expr) {
                let labels = [(label.as_str().into(), item.key.span)];
                append(attribute, &item.value, &labels, &mut told.blocks, diagnostics);
            }
        } else {
            told.attributes.push(attribute.clone());
        }
    }
    told
}

/// A label and where it stands.
type Label = (std::sync::Arc<str>, meridian_lang::Span);

/// The blocks that a value stands for: one of an object, each of an array, none of null.
fn append(
    attribute: &BodyAttribute,
    value: &Expr,
    labels: &[Label],
    blocks: &mut Vec<BodyBlock>,
    diagnostics: &mut Diagnostics,
) {
    match &value.kind {
        ExprKind::Object(_) => blocks.push(BodyBlock {
            name: attribute.name.clone(),
            name_span: attribute.name_span,
            labels: labels.to_vec(),
            body: body(value, &*attribute.name == "dynamic", diagnostics),
        }),
        ExprKind::Tuple(elements) => {
            for element in elements {
                append(attribute, element, labels, blocks, diagnostics);
            }
        }
        ExprKind::Literal(literal) if literal.is_null() => {}
        _ => {
            let detail = format!(
                "Either a JSON object or a JSON array is required, representing the contents of \
                 one or more \"{}\" blocks.",
                attribute.name
            );
            diagnostics.push(Diagnostic::error("Incorrect JSON value type", detail).at(value.span));
        }
    }
}

/// The members of an object as a body; the `content` of a `dynamic` block is a block of it.
fn body(object: &Expr, is_dynamic: bool, diagnostics: &mut Diagnostics) -> Body {
    let mut body =
        Body { attributes: Vec::new(), blocks: Vec::new(), span: object.span, is_json: true };
    for (name, item) in items(object) {
        let attribute = BodyAttribute {
            name: name.as_str().into(),
            name_span: item.key.span,
            expr: item.value.clone(),
        };
        if is_dynamic && name == "content" {
            append(&attribute, &item.value, &[], &mut body.blocks, diagnostics);
        } else {
            body.attributes.push(attribute);
        }
    }
    body
}

/// The members of an object, or of all objects in an array, comments left out.
fn items(object: &Expr) -> Vec<(String, &ObjectItem)> {
    match &object.kind {
        ExprKind::Object(items) => items
            .iter()
            .filter_map(|item| match &item.key.kind {
                ExprKind::Literal(key) => Some((Value::as_str(key)?.to_owned(), item)),
                _ => None,
            })
            .filter(|(name, _)| name != "//")
            .collect(),
        ExprKind::Tuple(elements) => elements.iter().flat_map(items).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use meridian_lang::{
        Diagnostic, Diagnostics, Expr, Scope, Span, Subject, Type, Value, evaluate,
    };
    use meridian_resource::{Attribute, NestedBlock, Nesting, Schema};

    use super::super::decode;

    struct Nothing;

    impl Scope for Nothing {
        fn value(&self, _: &Subject, span: Span) -> Result<Value, Diagnostic> {
            Err(Diagnostic::error("Nothing", "There is nothing here.").at(span))
        }
    }

    fn schema() -> Schema {
        let block = |name, nesting, schema| NestedBlock {
            name,
            nesting,
            max: 0,
            key: None,
            settings: false,
            schema,
        };
        let inner = Schema {
            attributes: vec![Attribute::required("region", Type::String)],
            ..Schema::default()
        };
        let limits = Schema {
            attributes: vec![Attribute::optional("rate", Type::Number)],
            blocks: vec![block("replica", Nesting::List, inner.clone())],
            ..Schema::default()
        };
        Schema {
            attributes: vec![Attribute::optional("tags", Type::map(Type::String))],
            blocks: vec![
                block("limits", Nesting::Single, limits),
                block("replica", Nesting::List, inner),
            ],
            ..Schema::default()
        }
    }

    /// The value of the resource in a file, and what is said about it.
    fn decoded(name: &str, text: &str) -> (Value, Vec<String>) {
        let files = vec![(name.to_owned(), text.to_owned())];
        let loaded = meridian_config::parse(Path::new("."), files);
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        let resource = &loaded.config.resources[0];
        let mut told = Diagnostics::new();
        let evaluate = |expr: &Expr| evaluate(expr, &Nothing);
        let value = decode(&schema(), &resource.body, resource.span, &evaluate, &mut told);
        let place = |it: &Diagnostic| loaded.config.sources.excerpt(it.span.expect("a place"));
        (value, told.iter().map(|it| format!("{} at {}", it.summary, place(it))).collect())
    }

    #[test]
    fn members_are_blocks_where_the_schema_has_blocks() {
        let native = r#"
            resource "a" "b" {
                tags = { "//" = "kept" }
                limits {
                    rate = 2
                    replica {
                        region = "x"
                    }
                }
                replica {
                    region = "y"
                }
                replica {
                    region = "z"
                }
            }
        "#;
        let json = r#"{"resource":{"a":{"b":{
            "//": "dropped",
            "tags": {"//": "kept"},
            "limits": {"//": "dropped", "rate": "${1 + 1}", "replica": {"region": "x"}},
            "replica": [{"region": "y"}, {"region": "${"z"}"}]
        }}}}"#
            .replace(r#"${"z"}"#, r#"${\"z\"}"#);
        let json = decoded("main.tf.json", &json);
        assert_eq!(json, decoded("main.tf", native));
        assert!(json.1.is_empty(), "{:?}", json.1);
    }

    #[test]
    fn what_can_be_no_block_is_told() {
        let cases = [
            (r#""replica": null"#, &[][..]),
            (r#""replica": []"#, &[]),
            (r#""replica": 5"#, &["Incorrect JSON value type at 5"]),
            (r#""replica": [{"region": "x"}, 7]"#, &["Incorrect JSON value type at 7"]),
            (r#""replicas": {}"#, &["Extraneous JSON object property at \"replicas\""]),
            (r#""limits": {"rates": 1}"#, &["Extraneous JSON object property at \"rates\""]),
            (r#""replica": {}"#, &["Missing required argument at \"replica\""]),
            (r#""tags": 5"#, &["Incorrect attribute value type at 5"]),
        ];
        for (member, expected) in cases {
            let text = format!(r#"{{"resource":{{"a":{{"b":{{{member}}}}}}}}}"#);
            assert_eq!(decoded("main.tf.json", &text).1, expected, "{member}");
        }
    }
}
