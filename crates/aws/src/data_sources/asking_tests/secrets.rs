//! What is read of secrets.

use super::*;

#[test]
fn a_secret_is_told_with_its_policy_and_without_ignored_tags() {
    let source = source("aws_secretsmanager_secret");
    let tags = [("Team", "a"), ("Auto", "x"), ("aws:x", "y"), ("meridian:intent", "7")];
    let tags = Value::map(Type::String, tags.map(|(key, tag)| (key, text(tag))));
    let described = object([("ARN", text(SECRET)), ("Name", text("app/db")), ("Tags", tags)]);
    let policy =
        object([("ResourcePolicy", text("{ \"Version\":\"2012-10-17\", \"Id\":\"<1>\" }"))]);
    let mut place = here();
    place.ignored_tag_keys.push("Auto".to_owned());
    place.default_tags.insert("Team".to_owned(), "a".to_owned());
    let arguments = config(&*source, &[("name", text("app/db"))]);
    let secret = source.observe(&place, &arguments, &[Ok(described), Ok(policy)]).expect("one");
    assert_eq!(secret.get_str("id"), Some(SECRET));
    let policy = r#"{"Id":"\u003c1\u003e","Version":"2012-10-17"}"#;
    assert_eq!(secret.get_str("policy"), Some(policy));
    assert_eq!(secret.get_str("kms_key_id"), Some(""));
    let tags = Value::map(Type::String, [("Team", text("a"))]);
    assert_eq!(secret.get("tags"), Some(&tags), "default tags are shown");
}

fn value(member: &'static str, encoded: &str) -> Answer {
    Ok(object([
        ("ARN", text(SECRET)),
        ("VersionId", text("v1")),
        (member, text(encoded).mark(Marks::SENSITIVE)),
        ("VersionStages", list(["AWSCURRENT"])),
        ("CreatedDate", text("2026-11-22T07:57:54.734Z")),
    ]))
}

#[test]
fn values_of_secrets_are_marked() {
    let id = [("secret_id", text("app/db"))];
    let data = source("aws_secretsmanager_secret_version");
    let read = observed(&*data, &id, &[value("SecretString", "hunter2")]).expect("a version");
    assert_eq!(read.get_str("secret_string"), Some("hunter2"));
    assert_eq!(read.get_str("secret_binary"), Some(""));
    assert!(read.get("secret_string").is_some_and(Value::is_sensitive));
    assert_eq!(read.get_str("id"), Some("app/db|AWSCURRENT"));
    assert_eq!(read.ty(), data.schema().ty());
    let kind = opened("aws_secretsmanager_secret_version");
    let held = observed(&*kind, &id, &[value("SecretBinary", "aHVudGVyMg==")]).expect("a version");
    assert_eq!(held.get_str("secret_binary"), Some("hunter2"), "bytes are told as text");
    assert!(held.get("secret_binary").is_some_and(Value::is_sensitive));
    assert!(held.get("secret_string").is_some_and(Value::is_null));
    assert_eq!(held.ty(), kind.schema().ty());
    let no_text = observed(&*data, &id, &[value("SecretBinary", "/w==")]);
    assert_eq!(summary(no_text), "secret_binary is not text");
}

#[test]
fn versions_and_rotation_are_told_as_the_provider_does() {
    let id = [("secret_id", text("app/db"))];
    let source_of_versions = source("aws_secretsmanager_secret_versions");
    let entry = object([
        ("VersionId", text("v1")),
        ("VersionStages", list(["AWSCURRENT"])),
        ("CreatedDate", text("2026-11-22T07:57:54.734Z")),
    ]);
    let listed = |entries: Vec<Value>| {
        let members =
            [("ARN", text(SECRET)), ("Name", text("app/db")), ("Versions", Value::tuple(entries))];
        [Ok(object(members))]
    };
    let versions = observed(&*source_of_versions, &id, &listed(vec![entry])).expect("versions");
    assert_eq!(versions.get_str("name"), Some("app/db"));
    assert_eq!(versions.ty(), source_of_versions.schema().ty());
    let none = observed(&*source_of_versions, &id, &listed(vec![])).expect("versions");
    assert!(["arn", "name", "versions"].iter().all(|it| none.get(it).is_some_and(Value::is_null)));

    let rotation = source("aws_secretsmanager_secret_rotation");
    for (rules, expected) in [
        (object([("AutomaticallyAfterDays", Value::number(30))]), (30, "")),
        (
            object([
                ("AutomaticallyAfterDays", Value::number(10)),
                ("ScheduleExpression", text("rate(10 days)")),
            ]),
            (0, "rate(10 days)"),
        ),
    ] {
        let described = object([
            ("ARN", text(SECRET)),
            ("RotationEnabled", Value::bool(true)),
            ("RotationRules", rules),
        ]);
        let told = observed(&*rotation, &id, &[Ok(described)]).expect("rotation");
        let rules = told.get("rotation_rules").and_then(Value::as_elements).expect("rules");
        let days = rules[0].get("automatically_after_days").and_then(Value::as_i64);
        assert_eq!(
            (days, rules[0].get_str("schedule_expression")),
            (Some(expected.0), Some(expected.1))
        );
        assert_eq!(told.ty(), rotation.schema().ty());
    }
}

/// The id is the password, as with the provider.
#[test]
fn random_passwords_are_marked_wherever_they_stand() {
    let made = || [Ok(object([("RandomPassword", text("hunter2").mark(Marks::SENSITIVE))]))];
    let data = source("aws_secretsmanager_random_password");
    let read = observed(&*data, &[], &made()).expect("a password");
    for name in ["id", "random_password"] {
        assert_eq!(read.get_str(name), Some("hunter2"));
        assert!(read.get(name).is_some_and(Value::is_sensitive), "{name}");
    }
    assert_eq!(read.get("password_length"), Some(&Value::number(32)));
    let kind = opened("aws_secretsmanager_random_password");
    let held = observed(&*kind, &[], &made()).expect("a password");
    assert!(held.get("random_password").is_some_and(Value::is_sensitive));
    assert!(held.get("password_length").is_some_and(Value::is_null));
}
