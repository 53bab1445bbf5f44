use meridian_resource::{ErrorClass, Next, Reaction, Recovery, ReplacementOrder, ResourceType};

use super::*;
use crate::resources::replica_key::same_primary;
use crate::resources::testing::{answer, operations, place, text, wanted, way};

const PRIMARY: &str = "arn:aws:kms:us-east-1:123456789012:key/mrk-1";
const REPLICA: &str = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1";

fn replica() -> Value {
    wanted(&KmsReplicaKey::new(), [("primary_key_arn", text(PRIMARY))])
}

fn error(class: ErrorClass, code: &str, message: &str) -> CloudError {
    CloudError { class, code: code.into(), message: message.into(), request_id: None, advice: None }
}

fn metadata(state: &str) -> Value {
    let primary = answer([("Arn", text(PRIMARY)), ("Region", text("us-east-1"))]);
    let multi_region = answer([("MultiRegionKeyType", text("REPLICA")), ("PrimaryKey", primary)]);
    answer([
        ("Arn", text(REPLICA)),
        ("KeyId", text("mrk-1")),
        ("KeyState", text(state)),
        ("KeySpec", text("SYMMETRIC_DEFAULT")),
        ("KeyUsage", text("ENCRYPT_DECRYPT")),
        ("Origin", text("AWS_KMS")),
        ("MultiRegionConfiguration", multi_region),
    ])
}

fn created() -> Object {
    let kind = KmsReplicaKey::new();
    let here = place("eu-west-1");
    let Next::Call(call) = kind.next(&here, None, Some(&replica())) else {
        panic!("a replica must be made");
    };
    let answer = answer([("ReplicaKeyMetadata", metadata("Creating"))]);
    kind.after(&here, None, Some(&replica()), &call, Some(&answer)).expect("a replica")
}

#[test]
fn a_replica_is_made_in_the_primarys_region() {
    let kind = KmsReplicaKey::new();
    let wanted = replica().with("enabled", Value::bool(false));
    let (calls, end, _) = way(&kind, &place("eu-west-1"), None, Some(&wanted));
    assert_eq!(end, Next::Done);
    let call = &calls[0];
    assert_eq!((call.operation, &*call.region), ("ReplicateKey", "us-east-1"));
    assert_eq!(call.input.get_str("KeyId"), Some("mrk-1"));
    assert_eq!(call.input.get_str("ReplicaRegion"), Some("eu-west-1"));
    assert_eq!(call.permissions[0].resource, PRIMARY);
    assert_eq!(call.permissions[1].region, "eu-west-1");
    assert_eq!(calls[1].operation, "DisableKey");
    assert_eq!(calls[1].region, "eu-west-1");
}

#[test]
fn a_replica_of_a_key_to_be_made_can_be_planned() {
    let kind = KmsReplicaKey::new();
    let wanted = replica().with("primary_key_arn", Value::unknown(Type::String));
    let calls = operations(&kind, &place("eu-west-1"), None, Some(&wanted));
    assert_eq!(calls, ["ReplicateKey"]);
}

#[test]
fn a_fresh_replica_is_waited_for() {
    let kind = KmsReplicaKey::new();
    let here = place("eu-west-1");
    let object = created();
    assert!(object.attributes.is_wholly_known(), "{object:?}");
    let next = kind.next(&here, Some(&object), Some(&replica()));
    let Next::Wait { what, .. } = next else {
        panic!("{next:?}");
    };
    assert_eq!(what, "replica key mrk-1 in eu-west-1 to be Enabled");
    let answers = [
        Ok(answer([("KeyMetadata", metadata("Enabled"))])),
        Ok(answer([("Policy", text("{}"))])),
        Ok(answer([("Tags", Value::map::<&str>(Type::String, []))])),
        Ok(answer([("KeyRotationEnabled", Value::bool(true))])),
    ];
    let object = kind.observe(&here, &object, &answers).expect("good answers");
    let object = object.expect("a replica");
    assert_eq!(object.text("primary_key_arn"), Some(PRIMARY));
    assert_eq!(object.attribute("key_rotation_enabled"), Value::bool(true));
    assert_eq!(kind.next(&here, Some(&object), Some(&replica())), Next::Done);
}

#[test]
fn a_replica_beside_its_primary_is_refused() {
    let kind = KmsReplicaKey::new();
    for region in ["us-east-1", "cn-north-1"] {
        let next = kind.next(&place(region), None, Some(&replica()));
        assert!(matches!(next, Next::Fail(_)), "{region}");
    }
    let single = text("arn:aws:kms:us-east-1:123456789012:key/1234");
    let config = kind.schema().empty().with("primary_key_arn", single);
    assert_eq!(kind.validate(&config).len(), 1);
}

#[test]
fn each_error_has_its_answer() {
    let kind = KmsReplicaKey::new();
    let here = place("eu-west-1");
    let Next::Call(call) = kind.next(&here, None, Some(&replica())) else {
        panic!("a replica must be made");
    };
    let invalid = "KMSInvalidStateException";
    let unsupported = "UnsupportedOperationException";
    let failures = [
        (ErrorClass::AlreadyExists, "AlreadyExistsException", "", "already holds a key related"),
        (ErrorClass::Disabled, "DisabledException", "", "is disabled"),
        (ErrorClass::LimitExceeded, "LimitExceededException", "", "quota"),
        (ErrorClass::InvalidState, invalid, "k is pending deletion.", "cannot be replicated"),
        (ErrorClass::Other, unsupported, "", "not a multi-Region primary key"),
        (ErrorClass::Invalid, "TagException", "", "refuses the tags"),
    ];
    for (class, code, message, summary) in failures {
        match kind.reaction(&here, &call, &error(class, code, message)) {
            Some(Reaction::Fail(problem)) => {
                assert!(problem.summary.contains(summary), "{}", problem.summary);
                assert!(problem.help.is_some(), "{code}");
            }
            other => panic!("{code}: {other:?}"),
        }
    }
    let passing = error(ErrorClass::InvalidState, invalid, "k is updating.");
    let reaction = kind.reaction(&here, &call, &passing);
    assert!(matches!(reaction, Some(Reaction::Retry(_))));
}

#[test]
fn a_lost_replica_is_found_by_its_id() {
    let kind = KmsReplicaKey::new();
    let here = place("eu-west-1");
    let Next::Call(call) = kind.next(&here, None, Some(&replica())) else {
        panic!("a replica must be made");
    };
    let Recovery::Read(object) = kind.recovery(&here, &call) else {
        panic!("the id is known");
    };
    let reads = kind.reads(&here, &object);
    assert_eq!(reads[0].input.get_str("KeyId"), Some("mrk-1"));
    assert_eq!(reads[0].region, "eu-west-1");
}

#[test]
fn a_primary_that_moved_is_no_reason_to_replace() {
    let moved = "arn:aws:kms:ap-south-1:123456789012:key/mrk-1";
    let other = "arn:aws:kms:us-east-1:123456789012:key/mrk-2";
    assert!(same_primary(&text(PRIMARY), &text(moved)));
    assert!(!same_primary(&text(PRIMARY), &text(other)));
    let kind = KmsReplicaKey::new();
    let order = |arn: &str| {
        let planned = replica().with("primary_key_arn", text(arn));
        kind.replacement_order(&created(), &planned)
    };
    assert_eq!(order(other), ReplacementOrder::CreateFirst);
    assert_eq!(order(PRIMARY), ReplacementOrder::DeleteFirst);
}

#[test]
fn deletion_always_names_its_window() {
    let kind = KmsReplicaKey::new();
    let (calls, end, _) = way(&kind, &place("eu-west-1"), Some(created()), None);
    assert_eq!(end, Next::Done);
    let window = calls[0].input.get("PendingWindowInDays");
    assert_eq!(window, Some(&Value::number(30_i64)));
}
