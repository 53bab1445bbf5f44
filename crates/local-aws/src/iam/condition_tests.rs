use serde_json::json;

use super::*;

fn context() -> Context {
    let mut context = Context::default();
    for (key, value) in [
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:PrincipalArn", "arn:aws:iam::123456789012:role/team/deploy"),
        ("aws:SecureTransport", "true"),
        ("aws:CurrentTime", "2026-01-01T00:00:00Z"),
        ("aws:SourceIp", "127.0.0.1"),
        ("aws:username", "local"),
        ("kms:RotationPeriodInDays", "365"),
    ] {
        context.set(key, value);
    }
    context.set_all("aws:TagKeys", ["team".to_owned(), "cost".to_owned()]);
    context
}

fn is_met(operator: &str, key: &str, values: Value) -> bool {
    let element = json!({ operator: { key: values } });
    let conditions = Condition::parse_all(&element).unwrap();
    conditions.iter().all(|condition| condition.is_met(&context(), true))
}

#[test]
fn operators_compare_as_they_say() {
    let region = "aws:RequestedRegion";
    let arn = "aws:PrincipalArn";
    let time = "aws:CurrentTime";
    let days = "kms:RotationPeriodInDays";
    let table = [
        ("StringEquals", region, json!(["us-east-1", "eu-west-1"]), true),
        ("StringEquals", "AWS:requestedregion", json!("eu-west-1"), true),
        ("StringEquals", region, json!("EU-west-1"), false),
        ("StringEquals", region, json!("eu-*"), false),
        ("StringEquals", region, json!([]), false),
        ("StringNotEquals", region, json!(["us-east-1", "eu-west-1"]), false),
        ("StringNotEquals", region, json!("us-east-1"), true),
        ("StringEqualsIgnoreCase", region, json!("EU-West-1"), true),
        ("StringNotEqualsIgnoreCase", region, json!("EU-West-1"), false),
        ("StringLike", region, json!("eu-*"), true),
        ("StringLike", region, json!("EU-*"), false),
        ("StringNotLike", region, json!("us-*"), true),
        ("StringEquals", "aws:username", json!("${aws:username}"), true),
        ("StringLike", "aws:username", json!("${aws:username}*"), true),
        ("StringEquals", "aws:username", json!("${aws:nothing}"), false),
        ("ArnLike", arn, json!("arn:aws:iam::*:role/team/*"), true),
        ("ArnEquals", arn, json!("arn:aws:iam::*:role/*"), true),
        ("ArnNotLike", arn, json!("arn:aws:iam::*:user/*"), true),
        ("ArnNotEquals", arn, json!("arn:aws:iam::123456789012:role/team/deploy"), false),
        ("Bool", "aws:SecureTransport", json!(true), true),
        ("Bool", "aws:SecureTransport", json!("False"), false),
        ("NumericEquals", days, json!(365), true),
        ("NumericNotEquals", days, json!("365"), false),
        ("NumericLessThan", days, json!("365"), false),
        ("NumericLessThanEquals", days, json!(365), true),
        ("NumericGreaterThan", days, json!(90), true),
        ("NumericGreaterThanEquals", days, json!("366"), false),
        ("NumericEquals", region, json!(1), false),
        ("DateLessThan", time, json!("2026-01-02T00:00:00Z"), true),
        ("DateGreaterThan", time, json!("2026-01-02"), false),
        ("DateEquals", time, json!(1_767_225_600), true),
        ("DateNotEquals", time, json!("2026-01-01"), false),
        ("DateLessThanEquals", time, json!("2026-01-01T00:00:00Z"), true),
        ("DateGreaterThanEquals", time, json!("2025-12-31T23:59:59Z"), true),
        ("IpAddress", "aws:SourceIp", json!("127.0.0.0/8"), true),
        ("IpAddress", "aws:SourceIp", json!("127.0.0.1"), true),
        ("IpAddress", "aws:SourceIp", json!("10.0.0.0/8"), false),
        ("IpAddress", "aws:SourceIp", json!("0.0.0.0/0"), true),
        ("IpAddress", "aws:SourceIp", json!("::/0"), false),
        ("NotIpAddress", "aws:SourceIp", json!("10.0.0.0/8"), true),
    ];
    for (operator, key, values, expected) in table {
        assert_eq!(is_met(operator, key, values.clone()), expected, "{operator} {key} {values}");
    }
}

#[test]
fn an_absent_key_meets_only_what_denies_or_allows_absence() {
    let table = [
        ("StringEquals", false),
        ("StringNotEquals", true),
        ("StringEqualsIfExists", true),
        ("BoolIfExists", true),
        ("Bool", false),
        ("ForAllValues:StringEquals", true),
        ("ForAnyValue:StringEquals", false),
        ("ForAnyValue:StringNotEquals", false),
        ("ForAnyValue:StringEqualsIfExists", true),
        ("NumericLessThan", false),
        ("NotIpAddress", true),
    ];
    for (operator, expected) in table {
        assert_eq!(is_met(operator, "kms:ViaService", json!("x")), expected, "{operator}");
    }
    assert!(is_met("Null", "kms:ViaService", json!("true")));
    assert!(!is_met("Null", "kms:ViaService", json!(false)));
    assert!(is_met("Null", "aws:username", json!("false")));
    assert!(!is_met("StringEqualsIfExists", "aws:username", json!("x")));
}

#[test]
fn quantifiers_ask_all_values_or_any() {
    let table = [
        ("ForAllValues:StringEquals", json!(["team", "cost", "more"]), true),
        ("ForAllValues:StringEquals", json!(["team"]), false),
        ("ForAnyValue:StringEquals", json!(["team"]), true),
        ("ForAnyValue:StringLike", json!(["x*"]), false),
        ("ForAllValues:StringNotEquals", json!(["other"]), true),
        ("ForAllValues:StringNotEquals", json!(["team"]), false),
        ("ForAnyValue:StringNotEquals", json!(["team"]), true),
        ("ForAnyValue:StringNotEquals", json!(["team", "cost"]), false),
    ];
    for (operator, values, expected) in table {
        assert_eq!(
            is_met(operator, "aws:TagKeys", values.clone()),
            expected,
            "{operator} {values}"
        );
    }
}

#[test]
fn variables_are_text_in_documents_of_the_old_version() {
    let element = json!({ "StringEquals": { "aws:username": "${aws:username}" } });
    let condition = &Condition::parse_all(&element).unwrap()[0];
    assert!(condition.is_met(&context(), true));
    assert!(!condition.is_met(&context(), false));
}

#[test]
fn what_is_no_operator_is_refused() {
    for operator in ["StringMatches", "ForSome:StringEquals", "Numeric", "DateNot"] {
        let element = json!({ operator: { "a": "b" } });
        assert!(Condition::parse_all(&element).is_err(), "{operator}");
    }
    assert!(Condition::parse_all(&json!([])).is_err());
    assert!(Condition::parse_all(&json!({ "Bool": { "a": {} } })).is_err());
}
