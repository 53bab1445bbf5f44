use meridian_lang::{Kind, Marks, Type};
use meridian_resource::{Answer, CloudError, ErrorClass, Next, ResourceType};

use super::*;
use crate::policy;
use crate::resources::testing::{answer, place, text};
use crate::resources::{KmsAlias, KmsKey, KmsReplicaKey, Secret, SecretVersion};

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/mrk-1";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:legacy/db-mNhYDF";

/// What refused ids are told; none of hashicorp/aws 5.100.0 finds an object either.
#[test]
fn ids_that_name_nothing_are_refused() {
    let gone = "Cannot import non-existent remote object";
    let form = |id: &str| format!("unexpected format of ID ({id}), expected SecretID|VersionID");
    let other_region = KEY.replace("us-east-1", "eu-west-1");
    let cases: [(&dyn ResourceType, &str, String); 12] = [
        (&KmsKey::new(), "alias/legacy", gone.into()),
        (&KmsKey::new(), "a b", gone.into()),
        (&KmsKey::new(), "arn:aws:kms:us-east-1:1:alias/x", gone.into()),
        (&KmsKey::new(), &other_region, gone.into()),
        (&KmsReplicaKey::new(), &other_region, gone.into()),
        (&KmsAlias::new(), "legacy", gone.into()),
        (&KmsAlias::new(), "arn:aws:kms:us-east-1:1:alias/x", gone.into()),
        (&Secret::new(), KEY, gone.into()),
        (&Secret::new(), "arn:nonsense", gone.into()),
        (&SecretVersion::new(), SECRET, form(SECRET)),
        (&SecretVersion::new(), "a,b", form("a,b")),
        (&SecretVersion::new(), "a|", form("a|")),
    ];
    for (kind, id, summary) in cases {
        let problem = kind.import(&place("us-east-1"), id).expect_err("no id of that type");
        assert_eq!(problem.summary, summary, "{id}");
    }
}

fn imported(kind: &dyn ResourceType, id: &str, answers: &[Answer]) -> Object {
    let here = place("us-east-1");
    let stub = kind.import(&here, id).unwrap_or_else(|problem| panic!("{id}: {problem:?}"));
    let reads = kind.reads(&here, &stub).len();
    assert!(reads <= answers.len(), "{id}: {reads} calls");
    kind.observe(&here, &stub, answers).expect("good answers").expect("an object")
}

/// The attributes are those of the prior state that Terraform 1.11.4 shows after importing.
fn assert_attributes(object: &Object, nulls: &[&str], blanks: &[&str]) {
    let attributes = object.attributes.as_entries().expect("an object");
    for (name, value) in attributes.iter() {
        assert_eq!(value.is_null(), nulls.contains(&&**name), "{name} is {value:?}");
        assert!(value.is_wholly_known(), "{name}");
        let is_blank = value.as_str() == Some("") || value.children().next().is_none();
        let is_blank = is_blank && !matches!(value.kind(), Kind::Bool(_) | Kind::Number(_));
        let is_blank = is_blank && value.as_str().is_none_or(str::is_empty) && !value.is_null();
        assert_eq!(is_blank, blanks.contains(&&**name), "{name} is {value:?}");
    }
}

fn key_answers(kind: &str) -> Vec<Answer> {
    let primary = answer([("Arn", text(KEY)), ("Region", text("us-east-1"))]);
    let family = answer([
        ("MultiRegionKeyType", text(kind)),
        ("PrimaryKey", primary),
        ("ReplicaKeys", Value::tuple([])),
    ]);
    let metadata = answer([
        ("Arn", text(KEY)),
        ("KeyId", text("mrk-1")),
        ("Description", text("legacy")),
        ("KeyState", text("Enabled")),
        ("KeySpec", text("SYMMETRIC_DEFAULT")),
        ("KeyUsage", text("ENCRYPT_DECRYPT")),
        ("Origin", text("AWS_KMS")),
        ("MultiRegion", Value::bool(true)),
        ("MultiRegionConfiguration", family),
    ]);
    let tags = Value::map(Type::String, [("Era", text("before"))]);
    vec![
        Ok(answer([("KeyMetadata", metadata)])),
        Ok(answer([("Policy", text(&policy::default_for_key("aws", "123456789012")))])),
        Ok(answer([("Tags", tags)])),
        Ok(answer([("KeyRotationEnabled", Value::bool(false))])),
    ]
}

#[test]
fn a_key_is_whole_after_reading() {
    for id in ["mrk-1", KEY] {
        let object = imported(&KmsKey::new(), id, &key_answers("PRIMARY"));
        let nulls = ["bypass_policy_lockout_safety_check", "deletion_window_in_days", "timeouts"];
        assert_attributes(&object, &nulls, &["custom_key_store_id", "xks_key_id"]);
        assert_eq!(object.text("id"), Some(id));
        assert_eq!(object.text("key_id"), Some("mrk-1"));
    }
}

#[test]
fn a_replica_key_is_whole_after_reading_and_a_primary_is_none() {
    let object = imported(&KmsReplicaKey::new(), KEY, &key_answers("REPLICA"));
    let nulls = ["bypass_policy_lockout_safety_check", "deletion_window_in_days"];
    assert_attributes(&object, &nulls, &[]);
    assert_eq!(object.text("primary_key_arn"), Some(KEY));
    let kind = KmsReplicaKey::new();
    let here = place("us-east-1");
    let stub = kind.import(&here, KEY).expect("the ARN of a key");
    let error = kind.observe(&here, &stub, &key_answers("PRIMARY")).expect_err("a primary");
    assert_eq!(error.message, "KMS Replica Key (mrk-1) is not a multi-Region replica key");
}

#[test]
fn an_alias_is_whole_after_reading() {
    let metadata = answer([("Arn", text(KEY)), ("KeyId", text("mrk-1"))]);
    let answers = [Ok(answer([("KeyMetadata", metadata)]))];
    let object = imported(&KmsAlias::new(), "alias/legacy", &answers);
    assert_attributes(&object, &[], &["name_prefix"]);
    assert_eq!(object.text("target_key_id"), Some("mrk-1"));
}

#[test]
fn a_secret_is_whole_after_reading() {
    let description =
        answer([("ARN", text(SECRET)), ("Name", text("legacy/db")), ("Description", text("old"))]);
    for id in [SECRET, "legacy/db"] {
        let answers = [Ok(description.clone()), Ok(answer([]))];
        let object = imported(&Secret::new(), id, &answers);
        let nulls = ["force_overwrite_replica_secret", "recovery_window_in_days"];
        let blanks = ["kms_key_id", "name_prefix", "policy", "replica", "tags", "tags_all"];
        assert_attributes(&object, &nulls, &blanks);
        assert_eq!(object.text("id"), Some(SECRET));
    }
}

fn version_answers(value: Answer) -> Vec<Answer> {
    let labels = Value::list(Type::String, [text("AWSCURRENT")]);
    let version = answer([("VersionId", text("v1")), ("VersionStages", labels)]);
    let listed = answer([("ARN", text(SECRET)), ("Versions", Value::tuple([version]))]);
    vec![Ok(listed), Ok(answer([("ARN", text(SECRET))])), value]
}

#[test]
fn the_value_of_a_version_is_read_once_to_compare_it() {
    let kind = SecretVersion::new();
    let here = place("us-east-1");
    let id = format!("{SECRET}|v1");
    let secret = text("hunter2").mark(Marks::SENSITIVE);
    let object = imported(&kind, &id, &version_answers(Ok(answer([("SecretString", secret)]))));
    let nulls = ["secret_string_wo", "secret_string_wo_version"];
    assert_attributes(&object, &nulls, &["secret_binary"]);
    assert_eq!(object.text("secret_string"), Some("hunter2"));
    assert!(object.attribute("secret_string").is_sensitive());
    assert_eq!(object.attribute("has_secret_string_wo"), Value::bool(false));
    let operations: Vec<_> = kind.reads(&here, &object).iter().map(|call| call.operation).collect();
    assert_eq!(operations, ["ListSecretVersionIds", "DescribeSecret"]);
    assert_eq!(kind.next(&here, Some(&object), Some(&object.attributes)), Next::Done);
}

#[test]
fn a_value_that_may_not_be_read_counts_as_another() {
    let error = |class| CloudError {
        class,
        code: "AccessDeniedException".to_owned(),
        message: String::new(),
        request_id: None,
        advice: None,
    };
    let id = format!("{SECRET}|v1");
    let kind = SecretVersion::new();
    let object = imported(&kind, &id, &version_answers(Err(error(ErrorClass::Denied))));
    assert!(object.attribute("secret_string").is_null());
    assert!(object.attribute("secret_binary").is_null());
    let stub = kind.import(&place("us-east-1"), &id).expect("a version's id");
    let answers = version_answers(Err(error(ErrorClass::Disabled)));
    assert_eq!(
        kind.observe(&place("us-east-1"), &stub, &answers),
        Err(error(ErrorClass::Disabled))
    );
}
