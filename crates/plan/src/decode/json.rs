//! Bodies written in JSON, where only the schema tells which members are blocks.

use std::sync::Arc;

use meridian_lang::{
    Body, BodyAttribute, BodyBlock, Diagnostic, Diagnostics, Dynamic, Expr, ExprKind, ObjectItem,
    Span, Value, nearest,
};
use meridian_resource::Schema;

/// The same body with blocks where `schema` has blocks, if any of it was written in JSON;
/// `diagnostics` is told what cannot be a block.
pub(super) fn with_blocks(
    schema: &Schema,
    body: &Body,
    diagnostics: &mut Diagnostics,
) -> Option<Body> {
    if !body.attributes.iter().any(|attribute| attribute.is_json) {
        return None;
    }
    let mut told = Told { blocks: body.blocks.clone(), diagnostics };
    let mut attributes = Vec::new();
    for attribute in &body.attributes {
        let name = &*attribute.name;
        if !attribute.is_json || schema.attribute(name).is_some() {
            attributes.push(attribute.clone());
        } else if schema.block(name).is_some() {
            told.append(name, attribute.name_span, &attribute.expr);
        } else if name == "dynamic" {
            told.dynamic(&attribute.expr);
        } else {
            attributes.push(attribute.clone());
        }
    }
    let mut blocks = told.blocks;
    // Blocks of one type are of one file; generated ones may stand between others.
    blocks.sort_by_key(|block| block.name_span);
    Some(Body { attributes, blocks, span: body.span, missing: body.missing })
}

/// The blocks found so far.
struct Told<'d> {
    blocks: Vec<BodyBlock>,
    diagnostics: &'d mut Diagnostics,
}

impl Told<'_> {
    /// The blocks that a value stands for: one of an object, each of an array, none of null.
    fn append(&mut self, name: &str, name_span: Span, value: &Expr) {
        for object in self.objects(name, value) {
            self.blocks.push(BodyBlock {
                name: name.into(),
                name_span,
                labels: Vec::new(),
                body: body(object),
                dynamic: None,
            });
        }
    }

    /// The generated blocks that a value stands for, by their types.
    fn dynamic(&mut self, value: &Expr) {
        for (name, item) in items(value) {
            for object in self.objects("dynamic", &item.value) {
                if let Some(block) = self.generated(&name, item.key.span, object) {
                    self.blocks.push(block);
                }
            }
        }
    }

    fn generated(&mut self, name: &str, name_span: Span, object: &Expr) -> Option<BodyBlock> {
        const ARGUMENTS: [&str; 4] = ["for_each", "iterator", "labels", "content"];
        let mut iterator: Arc<str> = name.into();
        let mut for_each = None;
        let mut labels = Vec::new();
        let mut contents: Vec<&Expr> = Vec::new();
        for (name, item) in items(object) {
            let value = &item.value;
            match name.as_str() {
                "for_each" => for_each = Some(value.clone()),
                "iterator" => match &value.kind {
                    ExprKind::Literal(word) if word.as_str().is_some_and(is_name) => {
                        iterator = word.as_str().unwrap_or_default().into();
                    }
                    _ => {
                        let detail = "Dynamic iterator must be a single variable name.";
                        self.report("Invalid dynamic iterator name", detail, value.span);
                    }
                },
                "labels" => match &value.kind {
                    ExprKind::Tuple(elements) => labels.clone_from(elements),
                    _ => {
                        let detail = "A static list expression is required.";
                        self.report("Invalid expression", detail, value.span);
                    }
                },
                "content" => contents = self.objects("content", value),
                other => {
                    let advice = nearest(other, ARGUMENTS)
                        .map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"));
                    let detail = format!("No argument or block type is named \"{other}\".{advice}");
                    self.report("Extraneous JSON object property", &detail, item.key.span);
                }
            }
        }
        if for_each.is_none() {
            let detail = "The argument \"for_each\" is required, but no definition was found.";
            self.report("Missing required argument", detail, closing(object));
        }
        let mut contents = contents.into_iter();
        let content = contents.next();
        if content.is_none() {
            let detail = "A dynamic block must have a nested block of type \"content\" to describe \
                          the body of each generated block.";
            self.report("Missing dynamic content block", detail, closing(object));
        }
        for again in contents {
            let detail = "Only one nested content block is allowed for each dynamic block.";
            self.report("Extraneous dynamic content block", detail, again.span);
        }
        Some(BodyBlock {
            name: name.into(),
            name_span,
            labels: Vec::new(),
            body: body(content?),
            dynamic: Some(Box::new(Dynamic { for_each: for_each?, iterator, labels })),
        })
    }

    /// The objects that stand for blocks of a type.
    fn objects<'e>(&mut self, name: &str, value: &'e Expr) -> Vec<&'e Expr> {
        match &value.kind {
            ExprKind::Object(_) => vec![value],
            ExprKind::Tuple(elements) => {
                elements.iter().flat_map(|element| self.objects(name, element)).collect()
            }
            ExprKind::Literal(literal) if literal.is_null() => Vec::new(),
            _ => {
                let detail = format!(
                    "Either a JSON object or a JSON array is required, representing the contents \
                     of one or more \"{name}\" blocks."
                );
                self.report("Incorrect JSON value type", &detail, value.span);
                Vec::new()
            }
        }
    }

    fn report(&mut self, summary: &str, detail: &str, span: Span) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }
}

/// Whether references can use a text as a name.
fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.starts_with(|c: char| c.is_alphabetic() || c == '_') && text.chars().all(inner)
}

/// The bracket that closes an object.
fn closing(object: &Expr) -> Span {
    Span { start: object.span.end.saturating_sub(1), ..object.span }
}

/// The members of an object as a body.
fn body(object: &Expr) -> Body {
    let attributes = items(object).into_iter().map(|(name, item)| BodyAttribute {
        name: name.into(),
        name_span: item.key.span,
        expr: item.value.clone(),
        is_json: true,
    });
    Body {
        attributes: attributes.collect(),
        blocks: Vec::new(),
        span: object.span,
        missing: closing(object),
    }
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

    use super::super::{Bound, decode};

    /// A scope in which nothing is but the iterators of generated blocks.
    struct Iterators<'b>(&'b Bound);

    impl Scope for Iterators<'_> {
        fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
            let Subject::Bound(name) = subject else {
                return Err(Diagnostic::error("Nothing", "There is nothing here.").at(span));
            };
            let (_, value) = self.0.iter().rev().find(|(bound, _)| bound == name).expect("bound");
            Ok(value.clone())
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
        decoded_from(&[(name, text)])
    }

    fn decoded_from(files: &[(&str, &str)]) -> (Value, Vec<String>) {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let loaded = meridian_config::parse(Path::new("."), files.collect());
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        let resource = &loaded.config.root().resources[0];
        let mut told = Diagnostics::new();
        let evaluate = |expr: &Expr, bound: &Bound| evaluate(expr, &Iterators(bound));
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
    fn generated_blocks_see_their_iterators() {
        let native = r#"
            resource "a" "b" {
                dynamic "replica" {
                    for_each = ["w"]
                    content {
                        region = "${replica.key}-${replica.value}"
                    }
                }
                replica {
                    region = "z"
                }
                dynamic "limits" {
                    for_each = { one = ["x", "y"] }
                    iterator = outer
                    content {
                        rate = length(outer.value)
                        dynamic "replica" {
                            for_each = outer.value
                            content {
                                region = "${outer.key}-${replica.value}"
                            }
                        }
                    }
                }
            }
        "#;
        // A "dynamic" member beside others, and one that only the schema shows to be in a block.
        let generated = r#"{"resource":{"a":{"b":{
            "dynamic": {"replica": {
                "for_each": ["w"],
                "content": {"region": "${replica.key}-${replica.value}"}
            }, "limits": {
                "for_each": {"one": ["x", "y"]},
                "iterator": "outer",
                "content": {
                    "rate": "${length(outer.value)}",
                    "dynamic": {"replica": [{
                        "for_each": "${outer.value}",
                        "content": [{"region": "${outer.key}-${replica.value}"}]
                    }]}
                }
            }},
            "replica": {"region": "z"}
        }}}}"#;
        let (value, told) = decoded("main.tf.json", generated);
        assert!(told.is_empty(), "{told:?}");
        assert_eq!((value, told), decoded("main.tf", native));
        let native = r#"
            resource "a" "b" {
                limits {
                    dynamic "replica" {
                        for_each = ["x"]
                        iterator = each_one
                        content {
                            region = each_one.value
                        }
                    }
                    replica {
                        region = "y"
                    }
                }
            }
        "#;
        let inside = r#"{"resource":{"a":{"b":{"limits": [{
            "dynamic": [{"replica": {
                "for_each": ["x"],
                "iterator": "each_one",
                "content": {"region": "${each_one.value}"}
            }}],
            "replica": {"region": "y"}
        }]}}}}"#;
        let (value, told) = decoded("main.tf.json", inside);
        assert!(told.is_empty(), "{told:?}");
        assert_eq!((value, told), decoded("main.tf", native));
    }

    #[test]
    fn only_what_is_written_in_json_may_stand_for_blocks() {
        let native = "resource \"a\" \"b\" {\n  limits = { rate = 1 }\n}\n";
        let over = r#"{"resource":{"a":{"b":{"tags":{"a":"b"},"replica":{"region":"x"}}}}}"#;
        let files = [("main.tf", native), ("main_override.tf.json", over)];
        assert_eq!(decoded_from(&files).1, ["Unsupported argument at limits"]);
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
            (r#""limits": {"dynamic": 5}"#, &[]),
            (r#""limits": {"dynamic": {"replica": 5}}"#, &["Incorrect JSON value type at 5"]),
            (
                r#""limits": {"dynamic": {"replica": {"for_each": [1]}}}"#,
                &["Missing dynamic content block at }"],
            ),
            (
                r#""limits": {"dynamic": {"replica": {"content": {}}}}"#,
                &["Missing required argument at }"],
            ),
            (
                r#""limits": {"dynamic": {"replica": {"for_each": [], "content": {}, "x": 1}}}"#,
                &[r#"Extraneous JSON object property at "x""#],
            ),
            (
                r#""limits": {"dynamic": {"replica":
                    {"for_each": [], "iterator": "a.b", "content": {"region": "x"}}}}"#,
                &["Invalid dynamic iterator name at \"a.b\""],
            ),
            (
                r#""limits": {"dynamic": {"replicas": {"for_each": [], "content": {}}}}"#,
                &["Unsupported block type at \"replicas\""],
            ),
        ];
        for (member, expected) in cases {
            let text = format!(r#"{{"resource":{{"a":{{"b":{{{member}}}}}}}}}"#);
            assert_eq!(decoded("main.tf.json", &text).1, expected, "{member}");
        }
    }
}
