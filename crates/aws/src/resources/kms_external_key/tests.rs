use super::*;
use meridian_resource::{Next, Occurrence, Reaction, ResourceType, Service};

use crate::policy;
use crate::resources::testing::{answer, operations, place, text, wanted, way};

const ARN: &str = "arn:aws:kms:us-east-1:123456789012:key/mrk-1";
const MATERIAL: &str = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY=";
const DATE: &str = "2027-01-01T00:00:00Z";

fn metadata(state: &str) -> Value {
    let is_here = state != "PendingImport";
    let multi_region = answer([("MultiRegionKeyType", text("PRIMARY"))]);
    answer([
        ("Arn", text(ARN)),
        ("KeyId", text("mrk-1")),
        ("Description", text("orders")),
        ("KeyState", text(state)),
        ("KeyUsage", text("ENCRYPT_DECRYPT")),
        ("Origin", text("EXTERNAL")),
        ("MultiRegion", Value::bool(true)),
        ("MultiRegionConfiguration", multi_region),
        ("ExpirationModel", text(if is_here { "KEY_MATERIAL_EXPIRES" } else { "" })),
        ("ValidTo", text(if is_here { DATE } else { "" })),
    ])
}

fn answers(metadata: Value) -> Vec<Answer> {
    let default = policy::default_for_key("aws", "123456789012");
    vec![
        Ok(answer([("KeyMetadata", metadata)])),
        Ok(answer([("Policy", text(&default))])),
        Ok(answer([("Tags", Value::map(Type::String, [("A", text("1"))]))])),
    ]
}

/// The key with everything that it may have.
fn observed(state: &str) -> Object {
    let kind = KmsExternalKey::new();
    let prior = kind
        .schema()
        .empty()
        .with("id", text("mrk-1"))
        .with("arn", text(ARN))
        .with("enabled", Value::bool(state != "Disabled"))
        .with("key_material_base64", text(MATERIAL))
        .with("valid_to", text(DATE));
    let seen = kind.observe(&place("us-east-1"), &Object::new(prior), &answers(metadata(state)));
    seen.expect("good answers").expect("a key")
}

/// What leaves the observed key as it is.
fn same() -> Value {
    let defaults = KmsExternalKey::new();
    let defaults = defaults.schema().attributes.iter();
    let defaults = defaults.filter_map(|it| Some((it.name, it.default.clone()?)));
    defaults.fold(observed("Enabled").attributes, |all, (name, value)| all.with(name, value))
}

#[test]
fn creation_imports_and_disables_only_what_is_to_be_so() {
    let kind = KmsExternalKey::new();
    let here = place("us-east-1");
    let material = ("key_material_base64", text(MATERIAL));
    let off = ("enabled", Value::bool(false));
    let made = ["CreateKey", "UntagResource"];
    let cases: [(Value, &[&str]); 5] = [
        (wanted(&kind, []), &made),
        (wanted(&kind, [off.clone()]), &made),
        (wanted(&kind, [("enabled", Value::bool(true))]), &made),
        (wanted(&kind, [material.clone()]), &["CreateKey", "ImportKeyMaterial", "UntagResource"]),
        (
            wanted(&kind, [material, off]),
            &["CreateKey", "ImportKeyMaterial", "UntagResource", "DisableKey"],
        ),
    ];
    for (wanted, expected) in cases {
        assert_eq!(operations(&kind, &here, None, Some(&wanted)), expected);
    }
}

#[test]
fn each_argument_is_checked_in_the_providers_words() {
    let kind = KmsExternalKey::new();
    let long = "x".repeat(8193);
    let policy = format!("\"{}\"", "x".repeat(32_768));
    for (name, value, message) in [
        (
            "deletion_window_in_days",
            Value::number(6_i64),
            "expected deletion_window_in_days to be in the range (7 - 30), got 6".to_owned(),
        ),
        (
            "description",
            text(&long),
            format!("expected length of description to be in the range (0 - 8192), got {long}"),
        ),
        (
            "policy",
            text(&policy),
            format!("expected length of policy to be in the range (0 - 32768), got {policy}"),
        ),
        (
            "policy",
            text("{"),
            "\"policy\" contains an invalid JSON: unexpected end of JSON input".to_owned(),
        ),
        (
            "valid_to",
            text("2027-01-01T00:00:00"),
            "expected \"valid_to\" to be a valid RFC3339 date, got \"2027-01-01T00:00:00\": parsing \
             time \"2027-01-01T00:00:00\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \
             \"Z07:00\""
                .to_owned(),
        ),
        (
            "key_material_base64",
            text("?"),
            "\"key_material_base64\" must be base64-encoded".to_owned(),
        ),
    ] {
        let attribute = kind.schema().attribute(name).expect(name);
        let check = attribute.check.expect("a check");
        assert_eq!(check(name, &value), Err(message));
    }
}

#[test]
fn a_key_is_asked_for_with_all_that_it_is_to_be() {
    let kind = KmsExternalKey::new();
    let wanted = wanted(
        &kind,
        [
            ("multi_region", Value::bool(true)),
            ("description", text("d")),
            ("policy", text("{}")),
            ("bypass_policy_lockout_safety_check", Value::bool(true)),
        ],
    );
    let call = ExternalKey::creation(&place("us-east-1"), &wanted);
    for (member, value) in [
        ("Origin", text("EXTERNAL")),
        ("KeyUsage", text("ENCRYPT_DECRYPT")),
        ("MultiRegion", Value::bool(true)),
        ("Description", text("d")),
        ("Policy", text("{}")),
        ("BypassPolicyLockoutSafetyCheck", Value::bool(true)),
    ] {
        assert_eq!(call.input.get(member), Some(&value), "{member}");
    }
    assert_eq!(call.occurrence, Occurrence::Mark);
    let actions: Vec<_> = call.permissions.iter().map(|it| it.action).collect();
    assert_eq!(actions, ["kms:CreateKey", "kms:TagResource", "iam:CreateServiceLinkedRole"]);
}

#[test]
fn the_answer_to_creation_fills_in_everything() {
    let kind = KmsExternalKey::new();
    let here = place("us-east-1");
    let wanted = wanted(&kind, [("key_material_base64", text(MATERIAL))]);
    let call = ExternalKey::creation(&here, &wanted);
    let answer = answer([("KeyMetadata", metadata("PendingImport"))]);
    let object = kind.after(&here, None, Some(&wanted), &call, Some(&answer)).expect("a key");
    assert!(object.attributes.is_wholly_known(), "{object:?}");
    assert_eq!(object.text("key_state"), Some("PendingImport"));
    assert!(object.attributes.get("key_id").is_none(), "the type has no such attribute");
    assert_eq!(kind.reads(&here, &object).len(), 3, "imported material has no rotation");
    let (_, end, object) = way(&kind, &here, Some(object), Some(&wanted));
    assert_eq!(end, Next::Done);
    assert_eq!(object.expect("a key").text("key_state"), Some("Enabled"));
}

#[test]
fn each_change_is_one_call() {
    let kind = KmsExternalKey::new();
    let here = place("us-east-1");
    let tags = Value::map(Type::String, [("A", text("2"))]);
    let cases: Vec<(&str, Value, &[&str])> = vec![
        ("description", text("other"), &["UpdateKeyDescription"]),
        ("policy", text(r#"{"Version":"2012-10-17"}"#), &["PutKeyPolicy"]),
        ("enabled", Value::bool(false), &["DisableKey"]),
        ("tags", tags, &["TagResource"]),
        ("valid_to", text("2027-02-01T00:00:00Z"), &["ImportKeyMaterial"]),
        ("valid_to", text("2027-01-01T01:00:00+01:00"), &[]),
        ("valid_to", Value::null(Type::String), &["ImportKeyMaterial"]),
        ("deletion_window_in_days", Value::number(7_i64), &[]),
        ("bypass_policy_lockout_safety_check", Value::bool(true), &[]),
    ];
    for (name, value, expected) in cases {
        let wanted = same().with(name, value);
        let calls = operations(&kind, &here, Some(observed("Enabled")), Some(&wanted));
        assert_eq!(calls, expected, "{name}");
    }
}

#[test]
fn a_new_date_comes_between_enabling_and_disabling() {
    let kind = KmsExternalKey::new();
    let here = place("us-east-1");
    let changed = same().with("valid_to", Value::null(Type::String)).with("description", text("d"));
    let calls = operations(&kind, &here, Some(observed("Disabled")), Some(&changed));
    assert_eq!(calls, ["EnableKey", "UpdateKeyDescription", "ImportKeyMaterial"]);
    let disabled = changed.with("enabled", Value::bool(false));
    let calls = operations(&kind, &here, Some(observed("Enabled")), Some(&disabled));
    assert_eq!(calls, ["UpdateKeyDescription", "ImportKeyMaterial", "DisableKey"]);
}

#[test]
fn material_that_is_gone_is_imported_first() {
    let kind = KmsExternalKey::new();
    let here = place("us-east-1");
    let gone = observed("PendingImport");
    assert_eq!(gone.text("valid_to"), Some(""));
    assert_eq!(gone.attribute("enabled"), Value::bool(true), "what was asked for holds on");
    let wanted = same().with("description", text("other")).with("enabled", Value::bool(false));
    let calls = operations(&kind, &here, Some(gone), Some(&wanted));
    assert_eq!(calls, ["ImportKeyMaterial", "UpdateKeyDescription", "DisableKey"]);
}

#[test]
fn a_key_without_material_is_deleted_as_any() {
    let kind = KmsExternalKey::new();
    let here = place("us-east-1");
    let gone = observed("PendingImport").with("deletion_window_in_days", Value::number(7_i64));
    let (calls, end, object) = way(&kind, &here, Some(gone), None);
    assert_eq!(end, Next::Done);
    assert_eq!(calls[0].operation, "ScheduleKeyDeletion");
    assert_eq!(calls[0].input.get("PendingWindowInDays"), Some(&Value::number(7_i64)));
    let object = object.expect("a pending key");
    assert_eq!(object.text("key_state"), Some("PendingDeletion"));
    let next = kind.next(&here, Some(&object), Some(&same()));
    let Next::Call(call) = next else { panic!("a wanted key comes back: {next:?}") };
    assert_eq!(call.operation, "CancelKeyDeletion");
}

/// AWS may have let go of the material meanwhile: that is read before anything else.
#[test]
fn a_key_that_comes_back_is_read_before_it_is_enabled() {
    let kind = KmsExternalKey::new();
    let here = place("us-east-1");
    let cancel = Call::change(Service::Kms, "CancelKeyDeletion", "us-east-1", []);
    let pending = observed("PendingDeletion");
    let answer = Value::object::<&str>([]);
    let back = kind.after(&here, Some(&pending), Some(&same()), &cancel, Some(&answer));
    let next = kind.next(&here, back.as_ref(), Some(&same()));
    assert!(matches!(next, Next::Wait { .. }), "{next:?}");
    let foreseen = kind.after(&here, Some(&pending), Some(&same()), &cancel, None);
    let next = kind.next(&here, foreseen.as_ref(), Some(&same()));
    assert!(!matches!(next, Next::Wait { .. }), "{next:?}");
}

#[test]
fn only_keys_of_imported_material_are_read() {
    let kind = KmsExternalKey::new();
    let here = place("us-east-1");
    let stub = kind.import(&here, "mrk-1").expect("an id");
    assert_eq!(kind.reads(&here, &stub).len(), 3);
    let made_by_kms = metadata("Enabled").with("Origin", text("AWS_KMS"));
    let refused = kind.observe(&here, &stub, &answers(made_by_kms.clone())).unwrap_err();
    assert_eq!(refused.message, "KMS External Key (mrk-1) has invalid Origin: AWS_KMS");
    let replica = answer([("MultiRegionKeyType", text("REPLICA"))]);
    let replica = metadata("Enabled").with("MultiRegionConfiguration", replica);
    let refused = kind.observe(&here, &stub, &answers(replica)).unwrap_err();
    assert_eq!(refused.message, "KMS External Key (mrk-1) is not a multi-Region primary key");
    // Among all keys the one that was made is found by its mark; others are none of this type.
    let listed = answer([(
        "Keys",
        Value::tuple([answer([("KeyId", text("mrk-1")), ("KeyArn", text(ARN))])]),
    )]);
    let candidate = kind.candidates(&listed).pop().expect("a candidate");
    assert_eq!(kind.observe(&here, &candidate, &answers(made_by_kms)), Ok(None));
    assert!(kind.observe(&here, &candidate, &answers(metadata("Enabled"))).unwrap().is_some());
}

#[test]
fn each_error_of_an_import_has_its_answer() {
    let kind = KmsExternalKey::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, Some(&observed("PendingImport")), Some(&same())) else {
        panic!("the material is to be imported");
    };
    let error = |class, code: &str, message: &str| CloudError {
        class,
        code: code.into(),
        message: message.into(),
        request_id: None,
        advice: None,
    };
    let other = ErrorClass::Other;
    for (class, code, summary) in [
        (other, "IncorrectKeyMaterialException", "takes other material"),
        (ErrorClass::Invalid, "ValidationException", "cannot be valid until 2027-01-01"),
        (other, "UnsupportedOperationException", "takes no material"),
        (ErrorClass::LimitExceeded, "LimitExceededException", "quota"),
    ] {
        match kind.reaction(&here, &call, &error(class, code, "")) {
            Some(Reaction::Fail(problem)) => {
                assert!(problem.summary.contains(summary), "{}", problem.summary);
                assert!(problem.help.is_some(), "{code}");
                assert!(!format!("{problem:?}").contains(MATERIAL));
            }
            other => panic!("{code}: {other:?}"),
        }
    }
    for (class, code, message) in [
        (other, "InvalidImportTokenException", ""),
        (other, "ExpiredImportTokenException", ""),
        (other, "InvalidCiphertextException", ""),
        (ErrorClass::NotFound, "NotFoundException", ""),
        (ErrorClass::InvalidState, "KMSInvalidStateException", "k is updating."),
    ] {
        let reaction = kind.reaction(&here, &call, &error(class, code, message));
        assert!(matches!(reaction, Some(Reaction::Retry(_))), "{code}: {reaction:?}");
    }
}
