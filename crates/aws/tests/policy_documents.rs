//! Policy documents, byte by byte as `hashicorp/aws` 5.100.0 made them of the same arguments, and
//! its refusals of those that make none.

use meridian_aws::AwsProvider;
use meridian_lang::{Marks, Type, Value, from_json};
use meridian_resource::{
    DataError, DataSource, NestedBlock, Nesting, Place, Problem, Provider, ProviderKey, Schema,
    with_marks_of_arguments,
};
use serde_json::Value as Json;

const DOCUMENTS: &str = include_str!("policy_documents/documents.jsonl");
const REFUSALS: &str = include_str!("policy_documents/refusals.jsonl");

fn cases(lines: &str) -> Vec<Json> {
    lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// Arguments as the planner hands them over: everything there, defaults put in.
fn object(schema: &Schema, arguments: &Json) -> Value {
    let mut object = schema.empty();
    for attribute in &schema.attributes {
        let given = arguments.get(attribute.name).filter(|given| !given.is_null());
        let value = match (given, &attribute.default) {
            (Some(given), _) => from_json(given, &attribute.ty).expect("a value of that type"),
            (None, Some(default)) => default.clone(),
            (None, None) => continue,
        };
        object = object.with(attribute.name, value);
    }
    for block in &schema.blocks {
        object = object.with(block.name, blocks(block, arguments.get(block.name)));
    }
    object
}

fn blocks(block: &NestedBlock, given: Option<&Json>) -> Value {
    let given = given.and_then(Json::as_array).into_iter().flatten();
    let all = given.map(|arguments| object(&block.schema, arguments));
    match block.nesting {
        Nesting::Set => Value::set(block.schema.ty(), all),
        _ => Value::list(block.schema.ty(), all),
    }
}

fn provider() -> AwsProvider {
    AwsProvider::new(Some("eu-central-1".to_owned()))
}

fn source(provider: &AwsProvider) -> &dyn DataSource {
    let name = "aws_iam_policy_document";
    let found = provider.data_sources().iter().find(|source| source.name() == name);
    found.expect("the data source").as_ref()
}

fn place() -> Place {
    Place {
        provider: ProviderKey::parse("aws"),
        region: "eu-central-1".to_owned(),
        default_tags: Default::default(),
        ignored_tag_keys: Vec::new(),
        ignored_tag_prefixes: Vec::new(),
        sensitive_default_tags: std::collections::BTreeSet::new(),
    }
}

fn observed(config: &Value) -> Result<Value, Problem> {
    let provider = provider();
    match source(&provider).observe(&place(), config, &[]) {
        Ok(value) => Ok(value),
        Err(DataError::Problem(problem)) => Err(*problem),
        Err(DataError::Cloud(error)) => panic!("no one was called: {error}"),
    }
}

/// What checks of attributes, the data source's own checks and reading find, in that order.
fn summaries(config: &Value) -> Vec<String> {
    let provider = provider();
    let source = source(&provider);
    let attributes = source.schema().attributes.iter();
    let by_attribute = attributes.filter_map(|attribute| {
        let value = config.get(attribute.name).filter(|value| !value.is_null())?;
        attribute.check?(attribute.name, value).err()
    });
    let mut found: Vec<String> = by_attribute.collect();
    found.extend(source.validate(config).into_iter().map(|problem| problem.summary));
    if found.is_empty() {
        found.extend(observed(config).err().map(|problem| problem.summary));
    }
    found.sort();
    found.dedup();
    found
}

fn config(arguments: &Json) -> Value {
    object(source(&provider()).schema(), arguments)
}

#[test]
fn documents_are_the_providers() {
    let cases = cases(DOCUMENTS);
    assert!(cases.len() > 250);
    for case in cases {
        let name = &case["name"];
        let config = config(&case["arguments"]);
        assert_eq!(summaries(&config), [""; 0], "{name}");
        let value = observed(&config).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        for attribute in ["json", "minified_json", "id"] {
            let Some(expected) = case.get(attribute).and_then(Json::as_str) else {
                continue;
            };
            assert_eq!(value.get_str(attribute), Some(expected), "{name}");
        }
    }
}

#[test]
fn arguments_are_kept_as_the_provider_keeps_them() {
    let schema_of = |name: &str| source(&provider()).schema().block(name).map(NestedBlock::ty);
    let mut compared = 0;
    for case in cases(DOCUMENTS) {
        let Some(kept) = case.get("kept").and_then(Json::as_object) else {
            continue;
        };
        let value = observed(&config(&case["arguments"])).expect("a document");
        for (argument, expected) in kept {
            let ty = match schema_of(argument) {
                Some(ty) => ty,
                None => value.get(argument).map_or(Type::Dynamic, Value::ty),
            };
            let expected = from_json(expected, &ty).expect("a value of that type");
            assert_eq!(value.get(argument), Some(&expected), "{}: {argument}", case["name"]);
        }
        compared += 1;
    }
    assert!(compared > 70);
}

#[test]
fn refusals_are_the_providers() {
    let cases = cases(REFUSALS);
    assert!(cases.len() > 40);
    for case in cases {
        let expected: Vec<String> =
            serde_json::from_value(case["summaries"].clone()).expect("texts");
        assert_eq!(summaries(&config(&case["arguments"])), expected, "{}", case["name"]);
    }
}

/// The provider takes these, and grants more than is written.
#[test]
fn what_would_lose_its_meaning_is_refused() {
    let cases = [
        (r#"{"Principal": "arn:aws:iam::123456789012:root"}"#, "stands alone"),
        (r#"{"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}}"#, "float64"),
        (r#"{"Condition": {"Null": {"aws:x": null}}}"#, "<nil>"),
        (r#"{"Condition": {"Bool": {"aws:x": [true]}}}"#, "bool"),
        (r#"{"Principal": {"AWS": [5]}}"#, "float64"),
        ("null", "null"),
    ];
    for (statement, word) in cases {
        let document = format!(r#"{{"Statement": [{statement}]}}"#);
        let arguments = serde_json::json!({ "source_policy_documents": [document] });
        let problem = observed(&config(&arguments)).expect_err("a refusal");
        let head = "writing IAM Policy Document: merging source document 0: ";
        assert!(problem.summary.starts_with(head), "{problem:?}");
        assert!(problem.summary.contains(word), "{problem:?}");
        assert_eq!(problem.path.to_string(), "source_policy_documents[0]");
    }
}

#[test]
fn what_comes_of_a_sensitive_argument_is_sensitive_and_not_shown() {
    let arguments = serde_json::json!({ "statement": [{ "sid": "hunter2", "actions": ["a:b"] }] });
    let hidden = config(&arguments).get("statement").cloned().expect("statements");
    let config = config(&arguments).with("statement", hidden.mark(Marks::SENSITIVE));
    let provider = provider();
    let document = observed(&config.unmark_deep()).expect("a document");
    let value = with_marks_of_arguments(source(&provider), document, &config);
    for attribute in ["json", "minified_json", "id"] {
        assert!(value.get(attribute).is_some_and(Value::is_sensitive), "{attribute}");
    }
    let twice = config.get("statement").expect("statements").children().next().cloned();
    let twice = twice.into_iter().cycle().take(2).map(|it| it.mark(Marks::SENSITIVE));
    let ty = config.get("statement").map(Value::ty);
    let Some(Type::List(element)) = ty else { panic!("a list") };
    let config = config.with("statement", Value::list((*element).clone(), twice));
    let problem = observed(&config).expect_err("a repeated Sid");
    assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
    let secret = Value::string("hunter2").mark(Marks::SENSITIVE);
    let config = config.with("source_policy_documents", Value::list(Type::String, [secret]));
    let problems = source(&provider).validate(&config);
    assert_eq!(problems.len(), 1);
    assert!(!format!("{problems:?}").contains("invalid character"), "{problems:?}");
}

#[test]
fn what_is_unknown_is_not_complained_about() {
    let arguments = serde_json::json!({ "statement": [{ "actions": ["a:b"] }] });
    let config = config(&arguments)
        .with("source_policy_documents", Value::unknown(Type::list(Type::String)));
    assert_eq!(source(&provider()).validate(&config), []);
    let config = config.with("statement", Value::unknown(Type::Dynamic));
    assert_eq!(source(&provider()).validate(&config), []);
}
