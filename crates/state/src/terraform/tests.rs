use meridian_lang::{Marks, Type, Value};
use serde_json::json;

use super::*;

const FILE: &str = include_str!("tests/state.json");

fn state() -> TerraformState {
    match TerraformState::read(FILE.as_bytes()) {
        Ok(state) => state,
        Err(error) => panic!("{error}"),
    }
}

fn refused(text: &str) -> TerraformStateError {
    match TerraformState::read(text.as_bytes()) {
        Ok(_) => panic!("{text} is read"),
        Err(error) => error,
    }
}

#[test]
fn a_file_of_terraform_is_read() {
    let state = state();
    assert_eq!((&*state.lineage, state.serial), ("13b88a00-f866-3877-368e-4675f54ce509", 8));
    let addresses: Vec<String> = state.objects.iter().map(|it| it.address.to_string()).collect();
    assert_eq!(
        addresses,
        [
            "data.aws_caller_identity.here",
            "terraform_data.c[0]",
            "terraform_data.c[0]",
            "terraform_data.c[1]",
            "module.m[\"a.b\"].module.n.aws_kms_key.k[\"x\"]",
        ]
    );
    let deposed: Vec<_> = state.objects.iter().filter_map(|it| it.deposed.as_deref()).collect();
    assert_eq!(deposed, ["8c2a5b1d"]);
    assert!(state.objects[3].tainted && !state.objects[1].tainted);
    let key = &state.objects[4];
    assert_eq!(
        key.provider.to_string(),
        "module.m.provider[\"registry.terraform.io/hashicorp/aws\"].west"
    );
    assert_eq!(
        key.sensitive.iter().map(Path::to_string).collect::<Vec<_>>(),
        ["tags[\"k\"]", "x[1]"]
    );
    let needed: Vec<String> = key.dependencies.iter().map(ToString::to_string).collect();
    assert_eq!(needed, ["data.aws_caller_identity.here", "module.m.module.n.aws_kms_key.other"]);
    assert!(key.create_before_destroy);
    assert!(state.outputs["so"].sensitive && state.outputs["so"].value.is_sensitive());
    assert_eq!(state.outputs["o"].value, Value::tuple([Value::number(1), Value::string("a")]));
}

#[test]
fn what_is_written_reads_back() {
    let first = state();
    let second = TerraformState::read(first.to_text().as_bytes()).ok();
    assert!(second == Some(first), "something is lost on the way");
}

#[test]
fn other_files_are_refused_without_repeating_them() {
    for (text, said) in [
        ("foo", "could not be parsed as JSON: error at line 1, column 2"),
        ("{}", "does not have a \"version\" attribute"),
        (r#"{"version": "4"}"#, "does not have a \"version\" attribute"),
        (r#"{"version": 3}"#, "uses format version 3"),
        (r#"{"version": 4, "serial": "hunter2"}"#, "a member is missing or of another type"),
        (r#"{"version": 4, "outputs": {"o": {"value": "hunter2", "type": "number"}}}"#, "Output o"),
        (r#"{"version": 4, "outputs": {"o": {"value": 1, "type": "text"}}}"#, "no such type"),
    ] {
        let message = refused(text).to_string();
        assert!(message.contains(said) && !message.contains("hunter2"), "{text}: {message}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(refused(&deep), TerraformStateError::Syntax { .. }));
    for (member, said) in [
        (r#""mode": "other""#, "neither managed nor data"),
        (r#""module": "x y""#, "its module is no address"),
        (r#""module": "a.b""#, "its module is no address"),
        (r#""provider": "aws""#, "its provider is no address"),
        (r#""instances": [{"index_key": 1.5}]"#, "no whole number"),
        (r#""instances": [{"index_key": true}]"#, "neither a number nor text"),
        (r#""instances": [{"attributes_flat": {"id": "x"}}]"#, "Terraform 0.11"),
        (r#""instances": [{"sensitive_attributes": [[{"type": "x", "value": 1}]]}]"#, "no path"),
    ] {
        let mut resource = json!({
            "mode": "managed", "type": "t", "name": "n",
            "provider": "provider[\"a/b/c\"]", "instances": [],
        });
        let other: Json = serde_json::from_str(&format!("{{{member}}}")).unwrap();
        for (name, value) in other.as_object().unwrap() {
            resource[name] = value.clone();
        }
        let message = refused(&json!({ "version": 4, "resources": [resource] }).to_string());
        assert!(message.to_string().contains(said), "{member}: {message}");
    }
}

#[test]
fn values_keep_their_types() {
    let ty = Type::object([
        ("any", Type::Dynamic),
        ("list", Type::list(Type::String)),
        ("set", Type::set(Type::Number)),
        ("map", Type::map(Type::Bool)),
        ("none", Type::String),
    ]);
    let json = json!({
        "any": { "value": { "a": [1, "x"] }, "type": ["object", { "a": ["tuple", ["number", "string"]] }] },
        "list": ["a", null],
        "set": [1, 2.5],
        "map": { "plain": true, "sealed": false },
        "none": null,
        "newer": "left out",
    });
    let value = from_terraform(&json, &ty).unwrap();
    let mut expected = json.clone();
    expected.as_object_mut().unwrap().remove("newer");
    assert_eq!(to_terraform(&value, &ty), expected);
    assert_eq!(to_terraform(&value.mark(Marks::SENSITIVE), &ty), expected, "marks do not show");
    for (json, ty) in [
        (json!({ "value": 1 }), Type::Dynamic),
        (json!({ "value": 1, "type": "what" }), Type::Dynamic),
        (json!("hunter2"), Type::list(Type::String)),
        (json!({ "any": "hunter2" }), ty.clone()),
    ] {
        let why = from_terraform(&json, &ty).unwrap_err();
        assert!(!why.contains("hunter2"), "{why}");
    }
    assert_eq!(to_terraform(&Value::unknown(Type::String), &Type::String), Json::Null);
}

proptest::proptest! {
    /// Whatever becomes of a file, reading it ends, and no value of it is in what is said.
    #[test]
    fn files_with_changes(
        changes in proptest::collection::vec(
            (
                proptest::prelude::any::<proptest::sample::Index>(),
                0_usize..30,
                proptest::sample::select(&[
                    "", "[", "]", "{", "}", ",", ":", "\"", "null", "1e999999999", "-1", "\\u12",
                    "\"instances\"", "\"index_key\"", "18446744073709551616", "[[[[", "{\"a\":",
                ][..]),
            ),
            1..6,
        )
    ) {
        let mut bytes = FILE.as_bytes().to_vec();
        for (at, length, put) in changes {
            let start = at.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, put.bytes());
        }
        if let Ok(state) = TerraformState::read(&bytes) {
            let _ = state.to_text();
        }
    }
}

#[test]
fn deep_files_are_refused() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
        let states = [
            deep.clone(),
            FILE.replacen("\"attributes\": {", &format!("\"attributes\": {{\"deep\": {deep},"), 1),
            FILE.replacen(
                "\"outputs\": {",
                &format!("\"outputs\": {{\"d\": {{\"value\": {deep}, \"type\": {deep}}},"),
                1,
            ),
        ];
        for text in &states {
            assert!(matches!(refused(text), TerraformStateError::Syntax { .. }));
        }
    }
}
