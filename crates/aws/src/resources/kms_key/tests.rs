use super::*;
use meridian_resource::{ErrorClass, Next, Occurrence, Reaction, ResourceType};

use crate::resources::testing::{answer, operations, place, text, wanted, way};
use crate::{policy, tags};

const ARN: &str = "arn:aws:kms:us-east-1:123456789012:key/mrk-1";

fn metadata(state: &str) -> Value {
    answer([
        ("Arn", text(ARN)),
        ("KeyId", text("mrk-1")),
        ("Description", text("orders")),
        ("KeyState", text(state)),
        ("KeySpec", text("SYMMETRIC_DEFAULT")),
        ("KeyUsage", text("ENCRYPT_DECRYPT")),
        ("Origin", text("AWS_KMS")),
        ("MultiRegion", Value::bool(false)),
    ])
}

fn answers(state: &str, tags: &[(&str, &str)]) -> Vec<Answer> {
    let tags = tags.iter().map(|(key, value)| (*key, text(value)));
    let default = policy::default_for_key("aws", "123456789012");
    vec![
        Ok(answer([("KeyMetadata", metadata(state))])),
        Ok(answer([("Policy", text(&default))])),
        Ok(answer([("Tags", Value::map(Type::String, tags))])),
        Ok(answer([("KeyRotationEnabled", Value::bool(false))])),
    ]
}

fn observed(state: &str) -> Object {
    let kind = KmsKey::new();
    let prior = Object::new(kind.schema().empty().with("id", text("mrk-1")));
    kind.observe(&place("us-east-1"), &prior, &answers(state, &[("A", "1")]))
        .expect("good answers")
        .expect("a key")
}

/// What leaves the observed key as it is.
fn same() -> Value {
    let object = observed("Enabled");
    let kind = KmsKey::new();
    let defaults = kind.schema().attributes.iter();
    let defaults = defaults.filter_map(|it| Some((it.name, it.default.clone()?)));
    defaults.fold(object.attributes, |all, (name, value)| match all.get(name) {
        Some(old) if !old.is_null() => all,
        _ => all.with(name, value),
    })
}

#[test]
fn creation_goes_on_until_all_is_as_wanted() {
    let kind = KmsKey::new();
    let tags = Value::map(Type::String, [("Team", text("orders"))]);
    let wanted = wanted(
        &kind,
        [
            ("enable_key_rotation", Value::bool(true)),
            ("rotation_period_in_days", Value::number(180_i64)),
            ("is_enabled", Value::bool(false)),
            ("multi_region", Value::bool(true)),
            ("tags", tags),
        ],
    );
    let (calls, end, object) = way(&kind, &place("us-east-1"), None, Some(&wanted));
    assert_eq!(end, Next::Done);
    let names: Vec<_> = calls.iter().map(|call| call.operation).collect();
    assert_eq!(names, ["CreateKey", "UntagResource", "EnableKeyRotation", "DisableKey"]);
    assert_eq!(calls[0].occurrence, Occurrence::Mark);
    assert_eq!(calls[0].input.get("MultiRegion"), Some(&Value::bool(true)));
    let period = calls[2].input.get("RotationPeriodInDays");
    assert_eq!(period, Some(&Value::number(180_i64)));
    let object = object.expect("a key");
    assert!(!object.attribute("arn").is_known());
    let all = object.attribute("tags_all");
    assert_eq!(all.as_entries().map(|tags| tags.len()), Some(1));
}

#[test]
fn the_answer_to_creation_fills_in_everything() {
    let kind = KmsKey::new();
    let here = place("us-east-1");
    let wanted = wanted(&kind, []);
    let Next::Call(call) = kind.next(&here, None, Some(&wanted)) else {
        panic!("a key must be created");
    };
    let answer = answer([("KeyMetadata", metadata("Enabled"))]);
    let object = kind.after(&here, None, Some(&wanted), &call, Some(&answer)).expect("a key");
    assert!(object.attributes.is_wholly_known(), "{object:?}");
    assert_eq!(object.text("id"), Some("mrk-1"));
    let rest = operations(&kind, &here, Some(object), Some(&wanted));
    assert_eq!(rest, ["UntagResource"]);
}

#[test]
fn each_change_is_one_call() {
    let kind = KmsKey::new();
    let here = place("us-east-1");
    let tags = |entries: &[(&str, &str)]| {
        let entries = entries.iter().map(|(key, value)| (*key, text(value)));
        Value::map(Type::String, entries)
    };
    let cases: Vec<(&str, Value, &[&str])> = vec![
        ("description", text("other"), &["UpdateKeyDescription"]),
        ("policy", text(r#"{"Version":"2012-10-17"}"#), &["PutKeyPolicy"]),
        ("is_enabled", Value::bool(false), &["DisableKey"]),
        ("enable_key_rotation", Value::bool(true), &["EnableKeyRotation"]),
        ("tags", tags(&[("A", "2")]), &["TagResource"]),
        ("tags", tags(&[]), &["UntagResource"]),
        ("deletion_window_in_days", Value::number(7_i64), &[]),
        ("bypass_policy_lockout_safety_check", Value::bool(true), &[]),
        ("description", Value::unknown(Type::String), &["UpdateKeyDescription"]),
    ];
    for (name, value, expected) in cases {
        let wanted = same().with(name, value);
        let calls = operations(&kind, &here, Some(observed("Enabled")), Some(&wanted));
        assert_eq!(calls, expected, "{name}");
    }
}

#[test]
fn enabling_comes_first_and_disabling_last() {
    let kind = KmsKey::new();
    let here = place("us-east-1");
    let changed =
        same().with("description", text("other")).with("enable_key_rotation", Value::bool(true));
    let calls = operations(&kind, &here, Some(observed("Disabled")), Some(&changed));
    assert_eq!(calls, ["EnableKey", "EnableKeyRotation", "UpdateKeyDescription"]);
    let disabled = changed.with("is_enabled", Value::bool(false));
    let calls = operations(&kind, &here, Some(observed("Enabled")), Some(&disabled));
    assert_eq!(calls, ["EnableKeyRotation", "UpdateKeyDescription", "DisableKey"]);
    let (_, end, _) = way(&kind, &here, Some(observed("Disabled")), Some(&disabled));
    assert!(matches!(end, Next::Fail(_)), "a disabled key has no rotation to change");
}

#[test]
fn a_mark_is_taken_off_and_never_shown() {
    let kind = KmsKey::new();
    let here = place("us-east-1");
    let prior = Object::new(kind.schema().empty().with("id", text("mrk-1")));
    let answers = answers("Enabled", &[("A", "1"), (tags::INTENT, "7")]);
    let object = kind.observe(&here, &prior, &answers).expect("good answers").expect("a key");
    assert!(object.attribute("tags_all").get(tags::INTENT).is_none());
    let calls = operations(&kind, &here, Some(object), Some(&same()));
    assert_eq!(calls, ["UntagResource"]);
}

#[test]
fn a_pending_key_is_taken_back_before_anything_else() {
    let kind = KmsKey::new();
    let here = place("us-east-1");
    let object =
        observed("PendingDeletion").with_fact("deletion_date", text("2026-12-01T00:00:00Z"));
    assert_eq!(kind.next(&here, Some(&object), None), Next::Done);
    let wanted = same().with("description", text("invoices"));
    let calls = operations(&kind, &here, Some(object), Some(&wanted));
    assert_eq!(calls, ["CancelKeyDeletion", "EnableKey", "UpdateKeyDescription"]);
}

#[test]
fn deletion_is_scheduled_with_the_window_in_the_state() {
    let kind = KmsKey::new();
    let here = place("us-east-1");
    let object = observed("Enabled").with("deletion_window_in_days", Value::number(7_i64));
    let (calls, end, _) = way(&kind, &here, Some(object), None);
    assert_eq!(end, Next::Done);
    assert_eq!(calls[0].operation, "ScheduleKeyDeletion");
    let window = calls[0].input.get("PendingWindowInDays");
    assert_eq!(window, Some(&Value::number(7_i64)));
    assert_eq!(calls[0].permissions[0].resource, ARN);
}

#[test]
fn what_is_not_a_key_any_more_is_absent() {
    let kind = KmsKey::new();
    let gone = CloudError {
        class: ErrorClass::NotFound,
        code: "NotFoundException".into(),
        message: String::new(),
        request_id: None,
        advice: None,
    };
    let prior = observed("Enabled");
    let answers = [Err(gone)];
    assert_eq!(kind.observe(&place("us-east-1"), &prior, &answers), Ok(None));
}

#[test]
fn validation_speaks_as_the_provider_does() {
    let kind = KmsKey::new();
    let config = kind
        .schema()
        .empty()
        .with("rotation_period_in_days", Value::number(90_i64))
        .with("xks_key_id", text("x"));
    let details: Vec<_> = kind.validate(&config).into_iter().map(|it| it.detail).collect();
    assert_eq!(
        details,
        [
            "\"rotation_period_in_days\": all of `enable_key_rotation,rotation_period_in_days` \
             must be specified",
            "\"xks_key_id\": all of `custom_key_store_id,xks_key_id` must be specified",
        ]
    );
}

#[test]
fn a_plan_keeps_what_means_the_same() {
    let kind = KmsKey::new();
    let here = place("us-east-1");
    let prior = observed("Enabled");
    let spaced = r#"{"Version": "2012-10-17", "Id": "key-default-1", "Statement": {
        "Sid": "Enable IAM User Permissions", "Effect": "Allow", "Action": ["kms:*"],
        "Principal": {"AWS": "123456789012"}, "Resource": "*"}}"#;
    let proposed =
        same().with("custom_key_store_id", Value::null(Type::String)).with("policy", text(spaced));
    let planned = kind.plan(&here, Some(&prior), &proposed, proposed.clone());
    assert_eq!(planned.get("policy"), prior.attributes.get("policy"));
    assert_eq!(planned.get_str("custom_key_store_id"), Some(""));
    let fresh = kind.plan(&here, None, &proposed, proposed.clone());
    assert_eq!(fresh.get_str("policy"), Some(&*policy::normalise(spaced)));
}

#[test]
fn a_policy_of_new_principals_is_tried_again() {
    let kind = KmsKey::new();
    let here = place("us-east-1");
    let refused = |message: &str| CloudError {
        class: ErrorClass::MalformedPolicy,
        code: "MalformedPolicyDocumentException".into(),
        message: message.into(),
        request_id: None,
        advice: None,
    };
    let create = |principal: &str| {
        let policy = format!(r#"{{"Statement":[{{"Principal":{{"AWS":"{principal}"}}}}]}}"#);
        let wanted = wanted(&kind, [("policy", text(&policy))]);
        match kind.next(&here, None, Some(&wanted)) {
            Next::Call(call) => *call,
            other => panic!("{other:?}"),
        }
    };
    let role = create("arn:aws:iam::1:role/app");
    let reaction = |call: &Call, message: &str| kind.reaction(&here, call, &refused(message));
    assert!(matches!(reaction(&role, "bad"), Some(Reaction::Retry(_))));
    let lockout = "The new key policy will not allow you to update the key policy in the future.";
    assert!(matches!(reaction(&role, lockout), Some(Reaction::Fail(_))));
    let root = create("arn:aws:iam::1:root");
    assert!(matches!(reaction(&root, "bad"), Some(Reaction::Fail(_))));
}
