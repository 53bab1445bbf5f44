use super::*;
use crate::resources::testing::{answer, operations, place, text, wanted, way};

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/k1";
const ALIAS: &str = "arn:aws:kms:us-east-1:123456789012:alias/app";

fn alias(target: &str) -> Value {
    let target = text(target);
    wanted(&KmsAlias::new(), [("name", text("alias/app")), ("target_key_id", target)])
}

fn observed(prior: &Value) -> Object {
    let metadata = answer([("Arn", text(KEY)), ("KeyId", text("k1"))]);
    let answers = [Ok(answer([("KeyMetadata", metadata)]))];
    let prior = Object::new(prior.clone());
    KmsAlias::new()
        .observe(&place("us-east-1"), &prior, &answers)
        .expect("good answers")
        .expect("an alias")
}

#[test]
fn an_alias_of_a_keys_arn_is_known_at_once() {
    let kind = KmsAlias::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(&alias(KEY))) else {
        panic!("an alias must be made");
    };
    assert_eq!(call.operation, "CreateAlias");
    let nothing = answer([]);
    let object = kind.after(&here, None, Some(&alias(KEY)), &call, Some(&nothing));
    let object = object.expect("an alias");
    assert_eq!(object.text("arn"), Some(ALIAS));
    assert_eq!(object.text("target_key_arn"), Some(KEY));
    assert_eq!(kind.next(&here, Some(&object), Some(&alias(KEY))), Next::Done);
}

#[test]
fn an_alias_of_a_bare_id_must_be_read_once() {
    let kind = KmsAlias::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(&alias("k1"))) else {
        panic!("an alias must be made");
    };
    let nothing = answer([]);
    let object = kind.after(&here, None, Some(&alias("k1")), &call, Some(&nothing));
    let object = object.expect("an alias");
    let next = kind.next(&here, Some(&object), Some(&alias("k1")));
    assert!(matches!(next, Next::Wait { .. }), "{next:?}");
    let object = observed(&object.attributes);
    assert_eq!(object.text("target_key_id"), Some("k1"));
    assert_eq!(kind.next(&here, Some(&object), Some(&alias("k1"))), Next::Done);
    assert_eq!(operations(&kind, &here, None, Some(&alias("k1"))), ["CreateAlias"]);
}

#[test]
fn only_another_key_is_a_change() {
    let kind = KmsAlias::new();
    let here = place("us-east-1");
    let object = || Some(observed(&alias("k1")));
    assert!(operations(&kind, &here, object(), Some(&alias(KEY))).is_empty());
    let moved = alias("k2");
    assert_eq!(operations(&kind, &here, object(), Some(&moved)), ["UpdateAlias"]);
    let unknown = moved.with("target_key_id", Value::unknown(Type::String));
    assert_eq!(operations(&kind, &here, object(), Some(&unknown)), ["UpdateAlias"]);
    assert_eq!(operations(&kind, &here, object(), None), ["DeleteAlias"]);
}

#[test]
fn a_generated_name_is_left_to_the_engine() {
    let kind = KmsAlias::new();
    let nameless = alias(KEY).with("name", Value::unknown(Type::String));
    let here = place("us-east-1");
    let (calls, end, _) = way(&kind, &here, None, Some(&nameless));
    assert_eq!(end, Next::Done);
    assert_eq!(calls[0].input.get_str("AliasNamePrefix"), Some("alias/"));
    assert!(calls[0].input.get("AliasName").is_none());
}

#[test]
fn a_taken_name_is_explained() {
    let kind = KmsAlias::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(&alias(KEY))) else {
        panic!("an alias must be made");
    };
    let taken = CloudError {
        class: ErrorClass::AlreadyExists,
        code: "AlreadyExistsException".into(),
        message: String::new(),
        request_id: None,
        advice: None,
    };
    let Some(Reaction::Fail(problem)) = kind.reaction(&here, &call, &taken) else {
        panic!("nothing else helps");
    };
    assert!(problem.help.is_some_and(|help| help.contains("id = \"alias/app\"")));
    assert!(matches!(kind.recovery(&here, &call), Recovery::Read(_)));
}

#[test]
fn name_and_prefix_exclude_each_other() {
    let kind = KmsAlias::new();
    let config =
        kind.schema().empty().with("name", text("alias/a")).with("name_prefix", text("alias/b"));
    let details: Vec<_> = kind.validate(&config).into_iter().map(|it| it.detail).collect();
    assert_eq!(
        details,
        ["\"name\": conflicts with name_prefix", "\"name_prefix\": conflicts with name"]
    );
}

/// In one Region one alias of that name leads to that key, however the key is spelled.
#[test]
fn an_alias_is_told_from_others_by_its_name_and_key() {
    let kind = KmsAlias::new();
    let Next::Call(call) = kind.next(&place("us-east-1"), None, Some(&alias("k1"))) else {
        panic!("an alias must be made");
    };
    let found = observed(&alias(KEY));
    assert!(kind.is_result_of(&call, &found));
    assert_eq!(kind.identity(&found), kind.identity(&observed(&alias("k1"))));
    let other = found.clone().with("name", text("alias/other"));
    assert!(!kind.is_result_of(&call, &other), "it has another name");
    assert_ne!(kind.identity(&found), kind.identity(&other));
    let elsewhere = found.clone().with("target_key_id", text("k2"));
    assert!(!kind.is_result_of(&call, &elsewhere), "it leads to another key");
    assert_ne!(kind.identity(&found), kind.identity(&elsewhere));
}
