use super::*;
use meridian_resource::{ErrorClass, Next, Reaction, Recovery, ResourceType};

use crate::resources::testing::{answer, operations, place, text, wanted, way};

const PRIMARY: &str = "arn:aws:kms:us-east-1:123456789012:key/mrk-1";
const REPLICA: &str = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1";
const MATERIAL: &str = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY=";

fn replica() -> Value {
    let arguments = [("primary_key_arn", text(PRIMARY)), ("key_material_base64", text(MATERIAL))];
    wanted(&KmsReplicaExternalKey::new(), arguments)
}

fn metadata(state: &str) -> Value {
    let primary = answer([("Arn", text(PRIMARY)), ("Region", text("us-east-1"))]);
    let multi_region = answer([("MultiRegionKeyType", text("REPLICA")), ("PrimaryKey", primary)]);
    answer([
        ("Arn", text(REPLICA)),
        ("KeyId", text("mrk-1")),
        ("KeyState", text(state)),
        ("KeyUsage", text("ENCRYPT_DECRYPT")),
        ("Origin", text("EXTERNAL")),
        ("MultiRegionConfiguration", multi_region),
    ])
}

fn answers(metadata: Value) -> Vec<Answer> {
    vec![
        Ok(answer([("KeyMetadata", metadata)])),
        Ok(answer([("Policy", text("{}"))])),
        Ok(answer([("Tags", Value::map::<&str>(Type::String, []))])),
    ]
}

#[test]
fn a_replica_is_made_and_given_the_material() {
    let kind = KmsReplicaExternalKey::new();
    let here = place("eu-west-1");
    let (calls, end, _) = way(&kind, &here, None, Some(&replica()));
    assert_eq!(end, Next::Done);
    let made: Vec<_> = calls.iter().map(|call| (call.operation, &*call.region)).collect();
    assert_eq!(made, [("ReplicateKey", "us-east-1"), ("ImportKeyMaterial", "eu-west-1")]);
    let off = replica().with("enabled", Value::bool(false));
    let calls = operations(&kind, &here, None, Some(&off));
    assert_eq!(calls, ["ReplicateKey", "ImportKeyMaterial", "DisableKey"]);
    let bare = replica().with("key_material_base64", Value::null(Type::String));
    assert_eq!(operations(&kind, &here, None, Some(&bare)), ["ReplicateKey"]);
}

#[test]
fn the_import_waits_until_the_replica_is_there() {
    let kind = KmsReplicaExternalKey::new();
    let here = place("eu-west-1");
    let Next::Call(call) = kind.next(&here, None, Some(&replica())) else {
        panic!("a replica must be made");
    };
    let answer = answer([("ReplicaKeyMetadata", metadata("Creating"))]);
    let object = kind.after(&here, None, Some(&replica()), &call, Some(&answer));
    let object = object.expect("a replica");
    assert!(object.attributes.is_wholly_known(), "{object:?}");
    let next = kind.next(&here, Some(&object), Some(&replica()));
    let Next::Wait { what, .. } = next else {
        panic!("{next:?}");
    };
    assert_eq!(what, "replica key mrk-1 in eu-west-1 to be ready for its material");
    let seen = kind.observe(&here, &object, &answers(metadata("PendingImport")));
    let seen = seen.expect("good answers").expect("a replica");
    let Next::Call(call) = kind.next(&here, Some(&seen), Some(&replica())) else {
        panic!("the material must be imported");
    };
    assert_eq!(call.operation, "ImportKeyMaterial");
}

#[test]
fn wrong_material_is_put_right_in_place_as_long_as_none_is_in_it() {
    let kind = KmsReplicaExternalKey::new();
    let here = place("eu-west-1");
    let other = text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let stub = kind.import(&here, REPLICA).expect("an ARN").with("key_material_base64", other);
    for (state, replacing) in [("PendingImport", 0), ("Enabled", 1)] {
        let seen = kind.observe(&here, &stub, &answers(metadata(state)));
        let seen = seen.expect("good answers").expect("a replica");
        assert_eq!(kind.replaced_by(&seen, &replica()).len(), replacing, "{state}");
    }
}

#[test]
fn misplaced_replicas_and_wrong_primaries_are_refused() {
    let kind = KmsReplicaExternalKey::new();
    for region in ["us-east-1", "cn-north-1"] {
        let next = kind.next(&place(region), None, Some(&replica()));
        assert!(matches!(next, Next::Fail(_)), "{region}");
    }
    let single = text("arn:aws:kms:us-east-1:123456789012:key/1234");
    let config = kind.schema().empty().with("primary_key_arn", single);
    assert_eq!(kind.validate(&config).len(), 1);
}

#[test]
fn only_replicas_of_imported_material_are_imported() {
    let kind = KmsReplicaExternalKey::new();
    let here = place("eu-west-1");
    let stub = kind.import(&here, REPLICA).expect("an ARN");
    let seen = kind.observe(&here, &stub, &answers(metadata("Enabled")));
    let seen = seen.expect("good answers").expect("a replica");
    assert_eq!(seen.text("primary_key_arn"), Some(PRIMARY));
    assert_eq!(seen.text("id"), Some(REPLICA));
    let primary = answer([("MultiRegionKeyType", text("PRIMARY"))]);
    let label = "KMS External Replica Key";
    for (metadata, message) in [
        (
            metadata("Enabled").with("MultiRegionConfiguration", primary),
            format!("{label} (mrk-1) is not a multi-Region replica key"),
        ),
        (
            metadata("Enabled").with("Origin", text("AWS_KMS")),
            format!("{label} ({REPLICA}) has invalid Origin: AWS_KMS"),
        ),
    ] {
        let refused = kind.observe(&here, &stub, &answers(metadata)).unwrap_err();
        assert_eq!(refused.message, message);
    }
}

#[test]
fn a_promoted_replica_keeps_its_argument() {
    let kind = KmsReplicaExternalKey::new();
    let here = place("eu-west-1");
    let stub = kind.import(&here, REPLICA).expect("an ARN");
    let before = stub.with("primary_key_arn", text(PRIMARY));
    let own = answer([("Arn", text(REPLICA)), ("Region", text("eu-west-1"))]);
    let promoted = answer([("MultiRegionKeyType", text("PRIMARY")), ("PrimaryKey", own)]);
    let metadata = metadata("Enabled").with("MultiRegionConfiguration", promoted);
    let seen = kind.observe(&here, &before, &answers(metadata)).expect("good answers");
    assert_eq!(seen.expect("a key").text("primary_key_arn"), Some(PRIMARY));
}

#[test]
fn a_lost_answer_is_looked_up_by_the_keys_id() {
    let kind = KmsReplicaExternalKey::new();
    let here = place("eu-west-1");
    let Next::Call(call) = kind.next(&here, None, Some(&replica())) else {
        panic!("a replica must be made");
    };
    let Recovery::Read(object) = kind.recovery(&here, &call) else {
        panic!("it can be read");
    };
    assert_eq!(object.text("key_id"), Some("mrk-1"));
    assert_eq!(kind.reads(&here, &object).len(), 3);
    let error = |class, code: &str, message: &str| CloudError {
        class,
        code: code.into(),
        message: message.into(),
        request_id: None,
        advice: None,
    };
    let taken = error(ErrorClass::AlreadyExists, "AlreadyExistsException", "");
    let pending =
        error(ErrorClass::InvalidState, "KMSInvalidStateException", "k is pending import.");
    let off = error(ErrorClass::Disabled, "DisabledException", "k is disabled.");
    for (error, words) in [
        (taken, "to = aws_kms_replica_external_key.NAME"),
        (off, "set enabled = true"),
        (pending, "needs its material"),
    ] {
        match kind.reaction(&here, &call, &error) {
            Some(Reaction::Fail(problem)) => {
                assert!(problem.help.is_some_and(|help| help.contains(words)), "{words}");
            }
            other => panic!("{other:?}"),
        }
    }
}
