use meridian_lang::{Marks, Type};

use super::*;

fn schema() -> Schema {
    let element = Schema {
        attributes: vec![
            Attribute::required("region", Type::String),
            Attribute::computed("status", Type::String),
        ],
        ..Schema::default()
    };
    Schema {
        version: 0,
        attributes: vec![
            Attribute::computed("arn", Type::String),
            Attribute::optional("description", Type::String),
            Attribute::optional("enabled", Type::Bool).default(Value::bool(true)),
            Attribute::optional("hush", Type::String).sensitive(),
            Attribute::optional("hush_wo", Type::String).sensitive().write_only(),
            Attribute::optional_computed("id", Type::String),
            Attribute::optional_computed("name", Type::String),
            Attribute::optional_computed("name_prefix", Type::String),
            Attribute::optional_computed("period", Type::Number)
                .check(|_, value| value.as_i64().filter(|it| *it > 0).map(|_| ()).ok_or_default()),
            Attribute::optional_computed("policy", Type::String).equivalent(|_, _| true),
            Attribute::optional("tags", Type::map(Type::String)),
        ],
        blocks: vec![NestedBlock {
            name: "replica",
            nesting: Nesting::Set,
            max: 0,
            schema: element,
            key: None,
            settings: false,
        }],
    }
}

trait OkOrDefault<T> {
    fn ok_or_default(self) -> Result<T, String>;
}

impl<T> OkOrDefault<T> for Option<T> {
    fn ok_or_default(self) -> Result<T, String> {
        self.ok_or_else(String::new)
    }
}

fn block(object: &Value) -> String {
    block_without(object, &[])
}

fn block_without(object: &Value, left_out: &[Path]) -> String {
    let schema = schema();
    resource_block(&ResourceBlock {
        type_name: "aws_thing",
        name: "a",
        provider: Some("aws.west"),
        schema: &schema,
        attributes: object,
        left_out,
        references: &|argument, text| {
            (argument == "description" && text == "ref").then(|| "x.y".into())
        },
    })
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    members.into_iter().fold(schema().empty(), |all, (name, value)| all.with(name, value))
}

#[test]
fn what_need_not_be_written_is_left_out() {
    let replica = Value::object([
        ("region", Value::string("eu-west-1")),
        ("status", Value::string("InSync")),
    ]);
    let found = object([
        ("arn", Value::string("arn:x")),
        ("description", Value::string("")),
        ("enabled", Value::bool(true)),
        ("hush", Value::string("C4nary").mark(Marks::SENSITIVE)),
        ("id", Value::string("x")),
        ("name", Value::string("n-1")),
        ("name_prefix", Value::string("n-")),
        ("period", Value::number(0_i64)),
        ("policy", Value::string(r#"{"b":[1,{"for":null}],"a b":"${x}"}"#)),
        (
            "tags",
            Value::map(Type::String, [("a b", Value::string("c")), ("T", Value::string("d"))]),
        ),
        ("replica", Value::set(replica.ty(), [replica])),
    ]);
    let expected = r#"resource "aws_thing" "a" {
  provider = aws.west
  hush     = null # sensitive
  name     = "n-1"
  policy = jsonencode({
    "a b" = "$${x}"
    b = [1, {
      "for" = null
    }]
  })
  tags = {
    T     = "d"
    "a b" = "c"
  }

  replica {
    region = "eu-west-1"
  }

  lifecycle {
    # The secret is not written here: what it is stays as it is.
    ignore_changes = [hush]
  }
}
"#;
    assert_eq!(block(&found), expected);
}

#[test]
fn what_another_resource_sets_is_left_out_and_its_elements_are_ignored() {
    let tag = |name: &str, key: &str| Path::attribute(name).then(Step::Key(key.into()));
    let left_out = [Path::attribute("policy"), tag("tags", "T"), tag("tags", "gone")];
    let tags =
        |keys: &[&str]| Value::map(Type::String, keys.iter().map(|key| (*key, Value::string("v"))));
    let found = object([("policy", Value::string("{}")), ("tags", tags(&["a", "T"]))]);
    let expected = r#"resource "aws_thing" "a" {
  provider = aws.west
  hush     = null # sensitive
  tags = {
    a = "v"
  }

  lifecycle {
    # Another resource sets this.
    ignore_changes = [tags["T"]]
  }
}
"#;
    assert_eq!(block_without(&found, &left_out), expected);
    let with_secret =
        object([("hush", Value::string("C4nary").mark(Marks::SENSITIVE)), ("tags", tags(&["T"]))]);
    let expected = r#"resource "aws_thing" "a" {
  provider = aws.west
  hush     = null # sensitive

  lifecycle {
    # The secret is not written here: what it is stays as it is.
    # Another resource sets this.
    ignore_changes = [hush, tags["T"]]
  }
}
"#;
    assert_eq!(block_without(&with_secret, &left_out), expected);
}

#[test]
fn references_take_the_place_of_texts() {
    let text = block(&object([("description", Value::string("ref"))]));
    assert!(text.contains("description = x.y\n"), "{text}");
}

#[test]
fn documents_that_are_no_policies_keep_their_text() {
    let cases = [
        (r#"{"a":1}"#, "jsonencode({\n    a = 1\n  })"),
        (r#"{"a": 1}"#, r#""{\"a\": 1}""#),
        (r#"{"a":"<"}"#, r#""{\"a\":\"<\"}""#),
        ("{no", r#""{no""#),
        ("%{x}\u{1}", r#""%%{x}\u0001""#),
    ];
    for (text, written) in cases {
        let block = block(&object([("description", Value::string(text))]));
        assert!(block.contains(&format!("description = {written}\n")), "{text}: {block}");
    }
}

#[test]
fn deep_documents_stay_texts() {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let block = block(&object([("policy", Value::string(&deep))]));
    assert!(block.contains(&format!("\"{deep}\"")), "{block}");
}
