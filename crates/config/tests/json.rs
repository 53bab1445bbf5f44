//! The JSON syntax: what it means, and what is said where it is wrong.

mod common;

use std::fs;
use std::path::Path;

use meridian_config::{Loaded, Repetition, VariableOption, load, parse, variables};
use meridian_lang::{
    Diagnostic, Diagnostics, Scope, Sources, Span, Subject, Value, evaluate, to_json,
};
use serde_json::json;

fn read(text: &str) -> Loaded {
    parse(Path::new("."), vec![("main.tf.json".to_owned(), text.to_owned())])
}

/// Place, as `line:column`, and summary of each message.
fn told(sources: &Sources, diagnostics: &Diagnostics) -> Vec<String> {
    let one = |problem: &Diagnostic| {
        let position = sources.position(problem.span.expect("a place"));
        format!("{}:{} {}", position.line, position.column, problem.summary)
    };
    diagnostics.iter().map(one).collect()
}

/// A scope in which locals have their values.
struct Locals<'c>(&'c Loaded);

impl Scope for Locals<'_> {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        let unknown = || Diagnostic::error("Unknown", format!("{subject:?}")).at(span);
        let Subject::Local(name) = subject else {
            return Err(unknown());
        };
        let mut locals = self.0.config.root().locals.iter();
        let local = locals.find(|local| local.name.text == *name).ok_or_else(unknown)?;
        evaluate(&local.expr, self).map_err(|errors| errors.into_iter().next().expect("an error"))
    }
}

#[test]
fn values_are_those_of_terraform() {
    let cases = [
        (r#""x${local.one}y$${z}%%{w}""#, json!("x1y${z}%{w}")),
        (r#""%{ for i in local.list ~}\n  ${i},\n%{ endfor ~}\nend""#, json!("  a,\n  b,\nend")),
        (r#""%{ if true ~}   yes   %{~ else ~} no %{~ endif }""#, json!("yes")),
        (r#""line1\r\n  %{~ if true ~}\r\n x%{ endif }""#, json!("line1\r\n x")),
        (r#""\u00e9\ud83d\ude00\\ \"q\" \/ \b\f\t\r\n""#, json!("é😀\\ \"q\" / \u{8}\u{c}\t\r\n")),
        (r#""\ud800x""#, json!("\u{fffd}x")),
        ("-1.5e3", json!(-1500)),
        (
            r#"{"${upper("k")}":"${[for x in local.list : x]}","$${p}":1,"//":2}"#,
            json!({"K": ["a", "b"], "${p}": 1, "//": 2}),
        ),
        (r#"[null,true,false,"",[],{}]"#, json!([null, true, false, "", [], {}])),
        (r#""a\nb ${local.one}\n  c""#, json!("a\nb 1\n  c")),
        (r#""${"in\"ner\n"}""#, json!("in\"ner\n")),
        (r#""$x %y ${"$"}{""#, json!("$x %y ${")),
        (r#""${<<EOT\nhello\nEOT\n}""#, json!("hello\n")),
        (r#""<<EOT\n${local.one}\nEOT""#, json!("<<EOT\n1\nEOT")),
        (r#"" \n ${~ local.one ~}  \n\n x""#, json!(" \n1\n x")),
        (r#""\\n ${local.one}""#, json!("\\n 1")),
        (r#""${local.list}""#, json!(["a", "b"])),
        (r#""$${""#, json!("${")),
    ];
    for (value, expected) in cases {
        // Within a template of a JSON string, quotes and line ends of expressions are escaped.
        let value = match value {
            r#"{"${upper("k")}":"${[for x in local.list : x]}","$${p}":1,"//":2}"# => {
                value.replace(r#"("k")"#, r#"(\"k\")"#)
            }
            r#""${"in\"ner\n"}""# => r#""${\"in\\\"ner\\n\"}""#.to_owned(),
            r#""$x %y ${"$"}{""# => r#""$x %y ${\"$\"}{""#.to_owned(),
            value => value.to_owned(),
        };
        let loaded = read(&format!(r#"{{"locals":{{"one":1,"list":["a","b"],"x":{value}}}}}"#));
        assert!(loaded.diagnostics.is_empty(), "{value}: {:?}", loaded.diagnostics);
        let expr = &loaded.config.root().locals[2].expr;
        let found = evaluate(expr, &Locals(&loaded)).expect("a value");
        let found: serde_json::Value =
            serde_json::from_str(&to_json(&found).to_string()).expect("JSON");
        assert_eq!(found, expected, "{value}");
    }
}

#[test]
fn numbers_keep_all_their_digits() {
    let loaded = read(r#"{"locals":{"x":123456789012345678901234567890.12345678901234567890}}"#);
    let value = evaluate(&loaded.config.root().locals[0].expr, &Locals(&loaded)).expect("a value");
    assert_eq!(format!("{value:?}"), "123456789012345678901234567890.1234567890123456789");
}

#[test]
fn every_block_has_its_parts() {
    let loaded = read(include_str!("seeds/resources.tf.json"));
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let config = &loaded.config;
    assert_eq!(config.root().providers.len(), 2);
    assert_eq!(config.root().providers[1].alias.as_ref().map(|it| &*it.text), Some("west"));
    assert_eq!(config.root().required_providers[0].source.as_deref(), Some("hashicorp/aws"));
    let variable = &config.root().variables[0];
    assert_eq!((variable.ty.to_string(), variable.validations.len()), ("set(string)".into(), 1));
    let [main, first] = &config.root().resources[..] else {
        panic!("two resources");
    };
    assert_eq!(main.provider.as_ref().and_then(|it| it.alias.as_deref()), Some("west"));
    assert!(matches!(main.repetition, Repetition::ForEach(_)));
    assert_eq!(main.depends_on[0].references().len(), 1);
    assert_eq!(config.sources.excerpt(main.depends_on[0].span), "terraform_data.first");
    let names: Vec<_> = main.body.attributes.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["description", "tags"]);
    assert!(main.body.attributes.iter().chain(&first.body.attributes).all(|it| it.is_json));
    let place = main.body.attributes[0].expr.references()[0].span;
    assert_eq!(config.sources.excerpt(place), "each.key");
}

#[test]
fn places_behind_escapes_are_those_of_the_file() {
    let loaded = read("{\"output\":{\"o\":{\"value\":\n\"a\\nb\\\"\\u00e9 ${ foo.bar }\"}}}");
    let place = loaded.config.root().outputs[0].value.references()[0].span;
    assert_eq!(loaded.config.sources.excerpt(place), "foo.bar");
}

#[test]
fn what_is_no_json_is_reported_where_terraform_reports_it() {
    let cases = [
        ("", "1:1 Missing value"),
        ("{", "1:2 Missing value"),
        ("}", "1:1 Missing JSON value"),
        ("]", "1:1 Missing array element value"),
        ("1", "1:1 Root value must be object"),
        ("tru", "1:1 Invalid JSON keyword"),
        ("{\"a\"}", "1:5 Missing object value"),
        ("{\"a\":}", "1:6 Missing JSON value"),
        ("{\"a\":1", "1:1 Unclosed object"),
        ("{\"a\":1,}", "1:7 Trailing comma in object"),
        ("{\"a\" 1}", "1:6 Missing property value colon"),
        ("{\"a\"=1}", "1:5 Missing property value colon"),
        ("{1:1}", "1:2 Invalid object property name"),
        ("{\"a\":[1,]}", "1:8 Trailing comma in array"),
        ("{\"a\":01}", "1:6 Invalid JSON number"),
        ("{\"a\":1.}", "1:6 Invalid JSON number"),
        ("{\"a\":+1}", "1:6 Invalid JSON number"),
        ("{\"a\":'x'}", "1:6 Invalid start of value"),
        ("{\"a\":NaN}", "1:6 Invalid JSON keyword"),
        ("{} x", "1:4 Extraneous data after value"),
        ("// c\n{}", "1:1 Invalid start of value"),
        ("{\"a\":1\n,\n\"b\":\n}", "4:1 Missing JSON value"),
        ("{\"a\":\"x\ty\"}", "1:8 Invalid JSON string"),
        ("{\"a\":1 \"b\":2}", "1:8 Missing attribute seperator comma"),
        ("{\"a\":[1 2]}", "1:9 Missing attribute seperator comma"),
        ("{\"a\":[1}", "1:8 Mismatched brackets"),
        ("{\"a\":1]", "1:7 Mismatched braces"),
        ("{\"locals\":{\"a\":\"${\"}}", "1:19 Missing expression"),
        ("{\"locals\":{\"a\":\"${1+}\"}}", "1:21 Invalid expression"),
        ("{\"locals\":{\"a\":\"%{if true}x\"}}", "1:28 Unexpected end of template"),
    ];
    for (text, expected) in cases {
        let loaded = read(text);
        let found = told(&loaded.config.sources, &loaded.diagnostics);
        assert_eq!(found.first().map(String::as_str), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_configuration_is_reported_where_terraform_reports_it() {
    const TYPE: &str = "Incorrect JSON value type";
    const LABEL: &str = "Missing block label";
    let cases: [(&str, &[String]); 24] = [
        (r#"[{"locals":{"a":1}},{"//":1}]"#, &[]),
        (r#"{"variable":{"a":null},"locals":[{"b":1},{"c":2}]}"#, &[]),
        (r#"{"variable":{"a":1}}"#, &[format!("1:18 {TYPE}")]),
        (r#"{"variable":{}}"#, &[format!("1:13 {LABEL}")]),
        (r#"{"variable":"x"}"#, &[format!("1:13 {TYPE}"), format!("1:13 {LABEL}")]),
        (r#"{"variable":{"//":1}}"#, &[format!("1:19 {TYPE}")]),
        (r#"{"locals":[1]}"#, &[format!("1:12 {TYPE}")]),
        (r#"{"foo":1}"#, &["1:2 Extraneous JSON object property".into()]),
        (r#"{"variable":{"a":{"defalt":1}}}"#, &["1:19 Extraneous JSON object property".into()]),
        (r#"{"output":{"a":{}}}"#, &["1:17 Missing required argument".into()]),
        (r#"{"variable":{"a":{"default":1,"default":2}}}"#, &["1:31 Duplicate argument".into()]),
        (r#"{"locals":{"a":1,"a":2}}"#, &["1:18 Duplicate attribute definition".into()]),
        (r#"{"locals":{"a":{"x":1,"x":2}}}"#, &["1:23 Duplicate object attribute".into()]),
        (r#"{"locals":{"a b":1}}"#, &["1:12 Invalid local value name".into()]),
        (r#"{"variable":{"a":{"type":"list(string)"}}}"#, &[]),
        (r#"{"variable":{"a":{"type":"${string}"}}}"#, &["1:26 Invalid type specification".into()]),
        (r#"{"variable":{"a":{"sensitive":"true"}}}"#, &[]),
        (r#"{"variable":{"a":{"sensitive":"${true}"}}}"#, &["1:31 Unsuitable value type".into()]),
        (
            r#"{"output":{"a":{"value":1,"depends_on":["${a.b}"]}}}"#,
            &["1:41 Invalid expression".into()],
        ),
        (r#"{"output":{"a":{"value":1,"depends_on":"a.b"}}}"#, &["1:40 Invalid expression".into()]),
        (r#"{"resource":{"a":{"b":{"lifecycle":{"replace_triggered_by":["c.d"]}}}}}"#, &[]),
        (r#"{"resource":{"a":{"b":{"lifecycle":{"ignore_changes":"all"}}}}}"#, &[]),
        (
            r#"{"resource":{"a":{"b":{"provider":5}}}}"#,
            &["1:35 Invalid provider configuration reference".into()],
        ),
        (
            r#"{"terraform":{"required_providers":{"x":{"versio":"1"}}}}"#,
            &["1:42 Invalid required_providers object".into()],
        ),
    ];
    for (text, expected) in cases {
        let loaded = read(text);
        assert_eq!(told(&loaded.config.sources, &loaded.diagnostics), expected, "{text}");
    }
}

#[test]
fn values_of_variables_are_taken_as_they_stand() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect(name);
    write("main.tf.json", r#"{"variable":{"a":{},"b":{"default":"${x} $${y}"},"c":{}}}"#);
    write("terraform.tfvars.json", r#"{"a":"${1+1} $${x} %{if","c":1,"//":"ignored"}"#);
    write("z.auto.tfvars.json", r#"{"c":12345678901234567890.5}"#);
    write("given.json", r#"{"c":{"k":[null,"${z}"]}}"#);
    let mut config = load(folder.path()).config;
    let given = variables(&mut config, &[], &[]);
    assert!(given.diagnostics.is_empty(), "{:?}", given.diagnostics);
    assert_eq!(given.values["a"], Value::string("${1+1} $${x} %{if"));
    assert_eq!(given.values["b"], Value::string("${x} $${y}"));
    assert_eq!(format!("{:?}", given.values["c"]), "12345678901234567890.5");

    let mut config = load(folder.path()).config;
    let file = VariableOption::File(folder.path().join("given.json"));
    let given = variables(&mut config, &[], &[file]);
    assert_eq!(to_json(&given.values["c"]).to_string(), r#"{"k":[null,"${z}"]}"#);
}

#[test]
fn variable_files_that_are_wrong_are_reported_with_places() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("given.json");
    let cases = [
        ("{\"a\":\n01}", "2:1 Invalid JSON number"),
        ("[1]", "1:1 Incorrect JSON value type"),
        ("5", "1:1 Root value must be object"),
        ("{\"a\":1,\"a\":2}", "1:8 Duplicate attribute definition"),
        ("{\"a\":{\"b\":1,\"b\":2}}", "1:13 Duplicate object attribute"),
        ("{\"variable\":{\"x\":{}}}", "1:13 Variable declaration in .tfvars file"),
        ("{\"a\":[]}", "1:6 Invalid value for input variable"),
    ];
    for (text, expected) in cases {
        fs::write(&path, text).expect("it can be written");
        let declared = r#"{"variable":{"a":{"type":"string","default":"x"}}}"#;
        let mut config = read(declared).config;
        let given = variables(&mut config, &[], &[VariableOption::File(path.clone())]);
        let found = told(&config.sources, &given.diagnostics);
        assert_eq!(found.first().map(String::as_str), Some(expected), "{text}");
    }
}

#[test]
fn blocks_in_json_are_told_as_terraform_tells_them() {
    common::check(include_str!("wrong/json.txt"));
}
