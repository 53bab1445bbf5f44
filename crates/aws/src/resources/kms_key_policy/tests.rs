use super::*;
use crate::resources::testing::{answer, operations, place, text, wanted, way};

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/k1";
const POLICY: &str = r#"{"Statement":[{"Action":["kms:*"],"Effect":"Allow","Sid":"a"}]}"#;
const SAME: &str = r#"{"Statement":{"Sid":"a","Effect":"allow","Action":"kms:*"}}"#;

fn policy(key: &str, text: &str) -> Value {
    let (key, text) = (Value::string(key), Value::string(text));
    wanted(&KmsKeyPolicy::new(), [("key_id", key), ("policy", text)])
}

fn observed(prior: &Object, state: &str, policy: &str) -> Option<Object> {
    let metadata = answer([("Arn", text(KEY)), ("KeyId", text("k1")), ("KeyState", text(state))]);
    let answers = [Ok(answer([("KeyMetadata", metadata)])), Ok(answer([("Policy", text(policy))]))];
    KmsKeyPolicy::new().observe(&place("us-east-1"), prior, &answers).expect("good answers")
}

fn there(wanted: &Value, policy: &str) -> Option<Object> {
    observed(&Object::new(wanted.clone()), "Enabled", policy)
}

#[test]
fn it_is_put_and_put_again_only_if_its_meaning_changes() {
    let kind = KmsKeyPolicy::new();
    let here = place("us-east-1");
    let asked = policy("k1", POLICY);
    let (calls, end, object) = way(&kind, &here, None, Some(&asked));
    assert_eq!((calls[0].operation, end), ("PutKeyPolicy", Next::Done));
    assert_eq!(calls[0].occurrence, Occurrence::Identity);
    assert_eq!(object.expect("a policy").text("id"), Some("k1"));
    let there = |told| there(&asked, told);
    assert!(operations(&kind, &here, there(SAME), Some(&asked)).is_empty());
    assert_eq!(there(SAME).expect("a policy").text("policy"), Some(POLICY));
    assert_eq!(operations(&kind, &here, there("{}"), Some(&asked)), ["PutKeyPolicy"]);
}

#[test]
fn the_end_is_the_policy_of_a_new_key() {
    let kind = KmsKeyPolicy::new();
    let here = place("us-east-1");
    let asked = policy("k1", POLICY);
    let (calls, end, object) = way(&kind, &here, there(&asked, POLICY), None);
    assert_eq!((end, object), (Next::Done, None));
    let default = policy::default_for_key("aws", "123456789012");
    assert_eq!(calls[0].input.get_str("Policy"), Some(&*default));
    assert!(operations(&kind, &here, there(&asked, &default), None).is_empty());
}

#[test]
fn a_key_is_named_by_id_and_by_arn_and_another_one_replaces() {
    let kind = KmsKeyPolicy::new();
    let schema = kind.schema();
    let key = schema.attribute("key_id").expect("an argument");
    assert!(key.replaces);
    let same = key.equivalent.expect("compared by meaning");
    assert!(same(&text("k1"), &text(KEY)) && !same(&text("k1"), &text("k2")));
    let asked = policy(KEY, POLICY);
    assert_eq!(there(&asked, POLICY).expect("a policy").text("key_id"), Some(KEY));
}

/// Whoever manages the key takes its deletion back first.
#[test]
fn the_policy_of_a_key_on_its_way_out_is_put_as_any() {
    let kind = KmsKeyPolicy::new();
    let asked = policy("k1", POLICY);
    let pending = observed(&Object::new(asked.clone()), "PendingDeletion", "{}");
    let next = kind.next(&place("us-east-1"), pending.as_ref(), Some(&asked));
    let Next::Call(call) = next else { panic!("it is put: {next:?}") };
    assert_eq!(call.operation, "PutKeyPolicy");
}

#[test]
fn an_import_needs_nothing_else() {
    let kind = KmsKeyPolicy::new();
    let here = place("us-east-1");
    let stub = kind.import(&here, "k1").expect("a key's id");
    assert_eq!(kind.reads(&here, &stub)[1].input.get_str("KeyId"), Some("k1"));
    let object = observed(&stub, "Enabled", POLICY).expect("a policy");
    assert_eq!(object.attribute("bypass_policy_lockout_safety_check"), Value::bool(false));
    assert_eq!(object.text("key_id"), Some("k1"));
    assert!(kind.import(&here, "alias/app").is_err());
}

#[test]
fn a_lost_answer_is_found_only_with_the_policy_that_was_sent() {
    let kind = KmsKeyPolicy::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(&policy("k1", POLICY))) else {
        panic!("a policy must be put");
    };
    let Recovery::Read(stub) = kind.recovery(&here, &call) else { panic!("it can be read") };
    for (told, ours) in [(SAME, true), ("{}", false)] {
        let found = observed(&stub, "Enabled", told).expect("a policy");
        assert_eq!(kind.is_result_of(&call, &found), ours);
    }
}

#[test]
fn errors_of_policies_come_with_advice() {
    let kind = KmsKeyPolicy::new();
    let here = place("us-east-1");
    let asked = policy("k1", POLICY);
    let Next::Call(create) = kind.next(&here, None, Some(&asked)) else { panic!("a call") };
    let object = there(&asked, "{}");
    let Next::Call(update) = kind.next(&here, object.as_ref(), Some(&asked)) else {
        panic!("a call")
    };
    let error = |class, message: &str| CloudError {
        class,
        code: String::new(),
        message: message.to_owned(),
        request_id: None,
        advice: None,
    };
    let lock_out = "The new key policy will not allow you to update the key policy in the future.";
    let refused = kind.reaction(&here, &create, &error(ErrorClass::MalformedPolicy, lock_out));
    let Some(Reaction::Fail(problem)) = refused else { panic!("{refused:?}") };
    assert!(problem.help.is_some_and(|help| help.contains("kms:PutKeyPolicy")));
    let gone = error(ErrorClass::NotFound, "");
    assert!(matches!(kind.reaction(&here, &create, &gone), Some(Reaction::Retry(_))));
    assert_eq!(kind.reaction(&here, &update, &gone), Some(Reaction::Reread));
}

#[test]
fn an_empty_policy_is_refused() {
    let kind = KmsKeyPolicy::new();
    for (text, count) in [("", 1), ("{} ", 1), (POLICY, 0)] {
        assert_eq!(kind.validate(&policy("k1", text)).len(), count, "{text:?}");
    }
}
