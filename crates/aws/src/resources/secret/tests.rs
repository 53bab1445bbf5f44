use super::*;
use crate::resources::secret_reading::DEFAULT_KEY;
use crate::resources::testing::{answer, operations, place, text, wanted, way};
use meridian_lang::Type;
use meridian_resource::{ErrorClass, Service};

const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";
const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1";

/// A replica as it is planned: what AWS reports is unknown.
fn replica(region: &str) -> Value {
    let unknown = || Value::unknown(Type::String);
    answer([
        ("kms_key_id", unknown()),
        ("last_accessed_date", unknown()),
        ("region", text(region)),
        ("status", unknown()),
        ("status_message", unknown()),
    ])
}

fn reported(region: &str, status: &str, message: &str) -> Value {
    answer([
        ("Region", text(region)),
        ("KmsKeyId", text(DEFAULT_KEY)),
        ("Status", text(status)),
        ("StatusMessage", text(message)),
    ])
}

fn described(replicas: Vec<Value>) -> Answer {
    Ok(answer([
        ("ARN", text(ARN)),
        ("Name", text("db")),
        ("Description", text("a database")),
        ("ReplicationStatus", Value::tuple(replicas)),
    ]))
}

fn read(prior: &Object, mut more: Vec<Answer>, replicas: Vec<Value>) -> Object {
    let mut answers = vec![described(replicas), Ok(answer([]))];
    answers.append(&mut more);
    Secret::new()
        .observe(&place("us-east-1"), prior, &answers)
        .expect("good answers")
        .expect("a secret")
}

fn observed(replicas: Vec<Value>) -> Object {
    let empty = Secret::new().schema().empty();
    read(&Object::new(empty.with("id", text(ARN))), Vec::new(), replicas)
}

fn in_sync(region: &str) -> Value {
    reported(region, "InSync", "Replication succeeded")
}

fn same(object: &Object) -> Value {
    object.attributes.clone().with("recovery_window_in_days", Value::number(30_i64))
}

fn with_replicas<const N: usize>(replicas: [Value; N]) -> Value {
    let replicas = secret_replicas::set(replicas);
    wanted(&Secret::new(), [("name", text("db")), ("replica", replicas)])
}

#[test]
fn creation_sends_all_at_once_but_the_policy() {
    let kind = Secret::new();
    let wanted = with_replicas([replica("eu-west-1").with("kms_key_id", text(KEY))])
        .with("policy", text(r#"{"Version":"2012-10-17"}"#));
    let (calls, end, _) = way(&kind, &place("us-east-1"), None, Some(&wanted));
    assert_eq!(end, Next::Done);
    let names: Vec<_> = calls.iter().map(|call| call.operation).collect();
    assert_eq!(names, ["CreateSecret", "PutResourcePolicy"]);
    let input = &calls[0].input;
    assert_eq!(input.get_str("Description"), Some(""));
    let added = input.get("AddReplicaRegions").and_then(Value::as_elements);
    let added = added.expect("a list of Regions");
    assert_eq!(added[0].get_str("KmsKeyId"), Some(KEY));
    let encrypt = |it: &&meridian_resource::Permission| it.action == "kms:Encrypt";
    let permission = calls[0].permissions.iter().find(encrypt);
    assert_eq!(permission.map(|it| &*it.region), Some("eu-west-1"));
}

#[test]
fn a_generated_name_is_left_to_the_engine() {
    let kind = Secret::new();
    let here = place("us-east-1");
    let nameless = wanted(&kind, []);
    let (calls, _, _) = way(&kind, &here, None, Some(&nameless));
    assert_eq!(calls[0].input.get_str("NamePrefix"), Some("terraform-"));
    let prefixed = nameless.with("name_prefix", text("db-"));
    let (calls, _, _) = way(&kind, &here, None, Some(&prefixed));
    assert_eq!(calls[0].input.get_str("NamePrefix"), Some("db-"));
}

#[test]
fn replication_is_waited_for_and_failure_is_told() {
    let kind = Secret::new();
    let here = place("us-east-1");
    let wanted = with_replicas([replica("eu-west-1")]);
    let Next::Call(call) = kind.next(&here, None, Some(&wanted)) else {
        panic!("a secret must be made");
    };
    let copying = Value::tuple([reported("eu-west-1", "InProgress", "")]);
    let members = [("ARN", text(ARN)), ("Name", text("db")), ("ReplicationStatus", copying)];
    let object = kind.after(&here, None, Some(&wanted), &call, Some(&answer(members)));
    let object = object.expect("a secret");
    let Next::Wait { what, .. } = kind.next(&here, Some(&object), Some(&wanted)) else {
        panic!("the copy is under way");
    };
    assert_eq!(what, "replication of db to eu-west-1");
    let done = read(&object, Vec::new(), vec![in_sync("eu-west-1")]);
    let wanted = wanted.with("description", text("a database"));
    assert_eq!(kind.next(&here, Some(&done), Some(&wanted)), Next::Done);
    let message = "Replication failed: Secret name db already exists in region eu-west-1.";
    let failed = vec![reported("eu-west-1", "Failed", message)];
    let failed = read(&object, Vec::new(), failed);
    let Next::Fail(problem) = kind.next(&here, Some(&failed), Some(&wanted)) else {
        panic!("the first try of this run has failed");
    };
    assert!(problem.detail.contains(message));
    assert!(problem.help.is_some_and(|help| help.contains("force_overwrite")));
}

#[test]
fn a_failure_of_an_earlier_run_is_tried_again_once() {
    let kind = Secret::new();
    let here = place("us-east-1");
    let failed = || vec![reported("eu-west-1", "Failed", "network error")];
    let object = observed(failed());
    let planned = kind.plan(&here, Some(&object), &same(&object), same(&object));
    assert_ne!(planned, same(&object), "what failed is planned to change");
    let calls = operations(&kind, &here, Some(object.clone()), Some(&planned));
    assert_eq!(calls, ["ReplicateSecretToRegions"]);
    let Next::Call(call) = kind.next(&here, Some(&object), Some(&planned)) else {
        panic!("one more try");
    };
    let answer = answer([("ReplicationStatus", Value::tuple(failed()))]);
    let object = kind.after(&here, Some(&object), Some(&planned), &call, Some(&answer));
    let next = kind.next(&here, object.as_ref(), Some(&planned));
    assert!(matches!(next, Next::Fail(_)), "{next:?}");
}

#[test]
fn each_change_is_one_call() {
    let kind = Secret::new();
    let here = place("us-east-1");
    let object = observed(vec![in_sync("eu-west-1")]);
    let replicas = |all: Vec<Value>| secret_replicas::set(all);
    let kept = object.attribute("replica").children().next().cloned();
    let kept = kept.expect("one replica");
    let two = replicas(vec![kept.clone(), replica("us-west-2")]);
    let rekeyed = replicas(vec![kept.with("kms_key_id", text(KEY))]);
    let cases: Vec<(&str, Value, &[&str])> = vec![
        ("description", text("other"), &["UpdateSecret"]),
        ("description", Value::null(Type::String), &["UpdateSecret"]),
        ("kms_key_id", text("alias/app"), &["UpdateSecret"]),
        ("kms_key_id", text(DEFAULT_KEY), &[]),
        ("kms_key_id", Value::unknown(Type::String), &["UpdateSecret"]),
        ("policy", text(r#"{"Version":"2012-10-17"}"#), &["PutResourcePolicy"]),
        ("policy", text("{}"), &[]),
        ("tags", Value::map(Type::String, [("A", text("1"))]), &["TagResource"]),
        ("recovery_window_in_days", Value::number(7_i64), &[]),
        ("force_overwrite_replica_secret", Value::bool(true), &[]),
        ("replica", two, &["ReplicateSecretToRegions"]),
        ("replica", rekeyed, &["UpdateSecret"]),
        ("replica", replicas(vec![]), &["RemoveRegionsFromReplication"]),
    ];
    for (name, value, expected) in cases {
        let wanted = same(&object).with(name, value);
        let calls = operations(&kind, &here, Some(object.clone()), Some(&wanted));
        assert_eq!(calls, expected, "{name}");
    }
}

#[test]
fn a_replicas_key_is_changed_in_its_own_region() {
    let kind = Secret::new();
    let object = observed(vec![in_sync("eu-west-1")]);
    let kept = object.attribute("replica").children().next().cloned();
    let rekeyed = kept.expect("one replica").with("kms_key_id", text(KEY));
    let wanted = same(&object).with("replica", secret_replicas::set([rekeyed]));
    let (calls, _, _) = way(&kind, &place("us-east-1"), Some(object), Some(&wanted));
    assert_eq!(calls[0].region, "eu-west-1");
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
    assert_eq!(calls[0].input.get_str("SecretId"), Some(arn));
}

#[test]
fn without_a_key_a_secret_goes_back_to_the_default_one() {
    let kind = Secret::new();
    let here = place("us-east-1");
    let object = observed(vec![]).with("kms_key_id", text(KEY));
    let wanted = same(&object).with("kms_key_id", Value::null(Type::String));
    let (calls, end, after) = way(&kind, &here, Some(object), Some(&wanted));
    assert_eq!(end, Next::Done);
    assert_eq!(calls[0].input.get_str("KmsKeyId"), Some(DEFAULT_KEY));
    let after = after.expect("a secret");
    let planned = kind.plan(&here, Some(&after), &wanted, wanted.clone());
    assert_eq!(planned.get_str("kms_key_id"), Some(""));
}

#[test]
fn replicas_are_seen_to_be_gone_before_the_secret_goes() {
    let kind = Secret::new();
    let here = place("us-east-1");
    let object =
        observed(vec![in_sync("eu-west-1")]).with("recovery_window_in_days", Value::number(0_i64));
    let expected = ["RemoveRegionsFromReplication", "DeleteSecret"];
    assert_eq!(operations(&kind, &here, Some(object.clone()), None), expected);
    let Next::Call(call) = kind.next(&here, Some(&object), None) else {
        panic!("the replica must go");
    };
    let object = kind.after(&here, Some(&object), None, &call, Some(&answer([])));
    let object = object.expect("a secret");
    assert!(matches!(kind.next(&here, Some(&object), None), Next::Wait { .. }));
    let reads = kind.reads(&here, &object);
    assert_eq!(reads.len(), 3);
    assert_eq!(reads[2].region, "eu-west-1");
    let still_there = read(&object, vec![described(vec![])], vec![]);
    assert!(matches!(kind.next(&here, Some(&still_there), None), Next::Wait { .. }));
    let not_found = CloudError {
        class: ErrorClass::NotFound,
        code: "ResourceNotFoundException".into(),
        message: String::new(),
        request_id: None,
        advice: None,
    };
    let gone = read(&object, vec![Err(not_found)], vec![]);
    let Next::Call(call) = kind.next(&here, Some(&gone), None) else {
        panic!("now the secret can go");
    };
    let force = call.input.get("ForceDeleteWithoutRecovery");
    assert_eq!(force, Some(&Value::bool(true)));
    let object = kind.after(&here, Some(&gone), None, &call, Some(&answer([])));
    let next = kind.next(&here, object.as_ref(), None);
    assert!(matches!(next, Next::Wait { .. }), "the name is not free yet");
}

#[test]
fn a_secret_that_is_scheduled_for_deletion_is_taken_back_or_let_go() {
    let kind = Secret::new();
    let here = place("us-east-1");
    let deleted = answer([
        ("ARN", text(ARN)),
        ("Name", text("app")),
        ("DeletedDate", text("2026-01-01T00:00:00Z")),
    ]);
    let marked = CloudError {
        class: meridian_resource::ErrorClass::Invalid,
        code: "InvalidRequestException".into(),
        message: "because it was marked for deletion.".into(),
        request_id: None,
        advice: None,
    };
    let prior = observed(vec![]);
    let found = kind.observe(&here, &prior, &[Ok(deleted), Err(marked)]);
    let found = found.expect("good answers").expect("a secret");
    assert_eq!(kind.next(&here, Some(&found), None), Next::Done);
    let wanted = same(&prior);
    let calls = operations(&kind, &here, Some(found.clone()), Some(&wanted));
    assert_eq!(calls[0], "RestoreSecret");
    let notices = kind.notices(&here, Some(&found), Some(&wanted));
    let told = notices[0].line();
    assert!(told.contains("2026-01-01") && told.contains("restored"), "{told}");
}

#[test]
fn replicas_that_overwrite_say_where() {
    let kind = Secret::new();
    let here = place("us-east-1");
    let with = |regions: &[&str], is_forced: bool| {
        let replicas = secret_replicas::set(regions.iter().map(|it| replica(it)));
        let forced = Value::bool(is_forced);
        wanted(&kind, [("replica", replicas), ("force_overwrite_replica_secret", forced)])
    };
    let told = |before: Option<&Object>, config: &Value| -> Vec<String> {
        kind.notices(&here, before, Some(config)).iter().map(Notice::line).collect()
    };
    let had = Object::new(with(&["us-west-2", "eu-west-1"], true));
    let failed = replica("us-west-2").with("status", text("Failed"));
    let failed =
        Object::new(had.attributes.clone().with("replica", secret_replicas::set([failed])));
    let wants = with(&["us-west-2", "eu-central-1", "ap-south-1"], true);
    for (before, config, places) in [
        (Some(&had), &wants, Some("ap-south-1, eu-central-1")),
        (Some(&failed), &wants, Some("ap-south-1, eu-central-1, us-west-2")),
        (None, &wants, Some("ap-south-1, eu-central-1, us-west-2")),
        (Some(&had), &had.attributes, None),
        (None, &with(&["us-west-2"], false), None),
    ] {
        let line =
            places.map(|places| format!("overwrites any secret of the same name in {places}"));
        assert_eq!(told(before, config), Vec::from_iter(line));
    }
}

#[test]
fn validation_finds_wrong_and_doubled_regions() {
    let kind = Secret::new();
    let element = |region: &str, key: &str| replica(region).with("kms_key_id", text(key));
    let replicas = secret_replicas::set([
        element("eu-west-1", "a"),
        element("eu-west-1", "b"),
        element("us-esat-1", "c"),
    ]);
    let config = kind
        .schema()
        .empty()
        .with("replica", replicas)
        .with("recovery_window_in_days", Value::number(6_i64));
    let summaries: Vec<_> = kind.validate(&config).into_iter().map(|it| it.summary).collect();
    assert_eq!(
        summaries,
        [
            "expected recovery_window_in_days to be in the range (7 - 30), got 6",
            "expected recovery_window_in_days to be one of [0], got 6",
            "two replicas in eu-west-1",
            "invalid AWS Region: us-esat-1",
        ]
    );
    let next = kind.next(&place("eu-west-1"), None, Some(&with_replicas([replica("eu-west-1")])));
    assert!(matches!(next, Next::Fail(_)), "a replica beside its own secret");
}

#[test]
fn without_replica_blocks_the_replicas_stay() {
    let kind = Secret::new();
    let here = place("us-east-1");
    let object = observed(vec![in_sync("eu-west-1")]);
    let config = same(&object).with("replica", secret_replicas::set([]));
    let planned = kind.plan(&here, Some(&object), &config, config.clone());
    assert_eq!(planned.get("replica"), object.attributes.get("replica"));
    let fresh = kind.plan(&here, None, &config, config.clone());
    assert!(fresh.get("replica").is_some_and(|replicas| !replicas.is_known()));
}

#[test]
fn what_a_creation_made_has_its_name_and_an_arn_of_its_own() {
    let kind = Secret::new();
    let found = observed(Vec::new());
    let named = |name: &str| {
        let input = [("Name", text(name))];
        Call::change(Service::SecretsManager, "CreateSecret", "us-east-1", input)
    };
    let name = found.text("name").expect("a name").to_owned();
    assert!(kind.is_result_of(&named(&name), &found));
    assert!(!kind.is_result_of(&named("another"), &found));
    assert_eq!(kind.identity(&found).as_deref(), found.text("arn"));
    assert!(kind.identity(&found).is_some());
}
