use std::path::Path;

use meridian_lang::{Diagnostic, Diagnostics, Expr, Scope, Span, Subject, Type, Value, evaluate};
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
