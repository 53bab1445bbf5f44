use meridian_lang::{Marks, Number, Type};

use super::*;

fn sealer() -> Sealer {
    Sealer::from_bytes([7; 32])
}

fn secret(text: &str) -> Value {
    Value::string(text).mark(Marks::SENSITIVE)
}

/// One value of every kind, and the corners of each.
fn values() -> Vec<Value> {
    let number = |text| Value::number(Number::parse(text).expect(text));
    let person = Type::object([("name", Type::String), ("age", Type::Number)]);
    vec![
        Value::null(Type::Dynamic),
        Value::null(person.clone()),
        Value::bool(true),
        Value::number(42),
        Value::number(i64::MIN),
        Value::number(u64::MAX),
        number("0.1"),
        number("123456789012345678901234567890.125"),
        Value::number(Number::ONE.div(&Number::ZERO).unwrap()),
        Value::number(Number::ONE.neg().div(&Number::ZERO).unwrap()),
        Value::string("text with \"quotes\", \u{e9} and \u{1f511}"),
        Value::list(Type::String, [Value::string("b"), Value::string("a")]),
        Value::list(Type::Number, []),
        Value::list(Type::Dynamic, [Value::bool(false), Value::null(Type::Dynamic)]),
        Value::list(person.clone(), [Value::null(person.clone()), Value::unknown(person.clone())]),
        Value::set(Type::Number, [2, 10, 1].map(Value::number)),
        Value::set(Type::list(Type::String), [Value::list(Type::String, [])]),
        Value::map(Type::Bool, [("x", Value::bool(true)), ("y", Value::null(Type::Bool))]),
        Value::map::<&str>(Type::String, []),
        Value::object::<&str>([]),
        Value::object([("a", Value::null(Type::String)), ("b", Value::tuple([]))]),
        Value::tuple([Value::number(1), Value::tuple([Value::string("x")])]),
        Value::unknown(Type::Dynamic),
        Value::unknown_not_null(Type::list(Type::String)),
        Value::map(Type::String, [("sealed", Value::string("not really"))]),
        Value::object([("type", Value::string("t")), ("value", Value::number(1))]),
        Value::object([("plain", Value::object([("unknown", Value::bool(true))]))]),
        secret("hunter2"),
        Value::null(Type::String).mark(Marks::SENSITIVE),
        Value::unknown(Type::String).mark(Marks::SENSITIVE),
        Value::set(Type::String, [secret("a"), secret("b")]),
        Value::object([("user", Value::string("app")), ("password", secret("hunter2"))]),
        Value::map(Type::String, [("a", secret("one")), ("b", Value::string("two"))]),
        Value::tuple([Value::tuple([secret("deep")]), secret("shallow")]),
        Value::object([("inner", secret("twice"))]).mark(Marks::SENSITIVE),
        Value::list(person, [Value::object([("name", secret("n")), ("age", Value::number(7))])]),
    ]
}

#[test]
fn every_value_reads_back_with_its_marks() {
    let sealer = sealer();
    for value in values() {
        let json = encode(&value, &sealer, "here");
        let text = json.to_string();
        let json = serde_json::from_str(&text).unwrap();
        assert_eq!(decode(&json, &sealer, "here").unwrap(), value, "{text}");
    }
}

#[test]
fn values_within_values_read_back() {
    let sealer = sealer();
    let values = values();
    for value in [
        Value::tuple(values.iter().cloned()),
        Value::tuple(values.iter().cloned()).mark(Marks::SENSITIVE),
        Value::list(Type::Dynamic, values.iter().cloned()),
        Value::object(values.iter().enumerate().map(|(at, it)| (format!("v{at}"), it.clone()))),
    ] {
        assert_eq!(decode(&encode(&value, &sealer, ""), &sealer, "").unwrap(), value);
    }
}

#[test]
fn a_secret_is_not_shown_and_neither_are_its_attributes() {
    let value = Value::object([
        ("open", Value::string("visible")),
        ("closed", Value::object([("token", Value::string("hunter2"))]).mark(Marks::SENSITIVE)),
    ]);
    let text = encode(&value, &sealer(), "here").to_string();
    assert!(text.contains("visible"), "{text}");
    assert!(!text.contains("hunter2") && !text.contains("token"), "{text}");
}

#[test]
fn plain_values_are_written_plainly() {
    let value = Value::object([
        ("name", Value::string("orders")),
        ("regions", Value::set(Type::String, [Value::string("eu-west-1")])),
        ("policy", Value::unknown(Type::String)),
    ]);
    let json = encode(&value, &sealer(), "here");
    assert_eq!(
        json["value"].to_string(),
        r#"{"name":"orders","policy":{"unknown":"string"},"regions":["eu-west-1"]}"#
    );
}

#[test]
fn without_the_key_a_secret_is_unknown() {
    let value = Value::object([("a", secret("hunter2")), ("b", Value::number(1))]);
    let json = encode(&value, &sealer(), "here");
    let read = decode(&json, &Sealer::from_bytes([8; 32]), "here").unwrap();
    let unknown = Value::unknown(Type::Dynamic).mark(Marks::SENSITIVE);
    assert_eq!(read, Value::object([("a", unknown), ("b", Value::number(1))]));
}

#[test]
fn a_secret_moved_to_another_place_does_not_open() {
    let sealer = sealer();
    let value = Value::object([("a", secret("hunter2")), ("b", Value::number(1))]);
    let mut json = encode(&value, &sealer, "here");
    assert!(decode(&json, &sealer, "there").is_err());
    json["value"]["b"] = json["value"]["a"].take();
    assert!(decode(&json, &sealer, "here").is_err());
}

#[test]
fn what_is_ephemeral_is_not_kept() {
    let sealer = sealer();
    for marks in [Marks::EPHEMERAL, Marks::EPHEMERAL | Marks::SENSITIVE] {
        let value = Value::tuple([Value::string("hunter2").mark(marks)]);
        let json = encode(&value, &sealer, "here");
        assert!(!json.to_string().contains("sealed"));
        let left = Value::tuple([Value::unknown(Type::Dynamic).mark(marks)]);
        assert_eq!(decode(&json, &sealer, "here").unwrap(), left);
    }
}

#[test]
fn nonsense_is_refused_with_a_sentence() {
    for text in [
        "1",
        r#"{"type":"string"}"#,
        r#"{"type":"text","value":"a"}"#,
        r#"{"type":"string","value":1}"#,
        r#"{"type":"number","value":"one"}"#,
        r#"{"type":["tuple",["string"]],"value":[]}"#,
        r#"{"type":"string","value":{"sealed":"AAAA"}}"#,
        r#"{"type":"string","value":{"sealed":1}}"#,
    ] {
        let error = decode(&serde_json::from_str(text).unwrap(), &sealer(), "The output x");
        let message = error.expect_err(text).to_string();
        assert!(message.starts_with("The output x cannot be read: "), "{message}");
    }
}
