use super::*;
use crate::resources::testing::{answer, operations, place, text, wanted, way};
use meridian_resource::ErrorClass;

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";
const POLICY: &str = r#"{"Statement":[{"Action":"secretsmanager:GetSecretValue","Effect":"Allow","Principal":{"AWS":"123456789012"},"Resource":"*"}],"Version":"2012-10-17"}"#;
const SAME: &str = r#"{ "Version": "2012-10-17", "Statement": { "Effect": "allow", "Resource": ["*"],
    "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "secretsmanager:GetSecretValue" } }"#;
const DIFFERENT: &str = r#"{"Statement":[{"Action":"*","Effect":"Deny","Principal":{"AWS":"123456789012"},"Resource":"*"}],"Version":"2012-10-17"}"#;

fn with(policy: &str) -> Value {
    let kind = SecretPolicy::new();
    wanted(&kind, [("secret_arn", text(SECRET)), ("policy", text(policy))])
}

fn read(prior: Object, policy: &str) -> Option<Object> {
    let answers = [Ok(answer([("ARN", text(SECRET)), ("ResourcePolicy", text(policy))]))];
    SecretPolicy::new().observe(&place("us-east-1"), &prior, &answers).expect("a good answer")
}

fn existing() -> Object {
    let stub = import::part_of_secret(&SecretPolicy::new().schema, &place("us-east-1"), SECRET);
    read(stub.expect("an ARN"), POLICY).expect("a policy")
}

fn error(code: &str, class: ErrorClass, message: &str) -> CloudError {
    CloudError {
        class,
        code: code.to_owned(),
        message: message.to_owned(),
        request_id: None,
        advice: None,
    }
}

#[test]
fn a_new_policy_is_put_and_blocks_only_if_it_is_told_to() {
    let kind = SecretPolicy::new();
    let here = place("us-east-1");
    let (calls, end, object) = way(&kind, &here, None, Some(&with(POLICY)));
    assert_eq!((calls.len(), end), (1, Next::Done));
    assert_eq!(calls[0].input.get_str("SecretId"), Some(SECRET));
    assert_eq!(calls[0].input.get("BlockPublicPolicy"), None);
    assert_eq!(object.expect("a policy").text("policy"), Some(POLICY));
    let blocking = with(POLICY).with("block_public_policy", Value::bool(true));
    let (calls, ..) = way(&kind, &here, None, Some(&blocking));
    assert_eq!(calls[0].input.get("BlockPublicPolicy"), Some(&Value::bool(true)));
}

#[test]
fn what_means_the_same_is_kept_and_what_does_not_is_put() {
    let kind = SecretPolicy::new();
    let here = place("us-east-1");
    let put = |wanted: &Value| operations(&kind, &here, Some(existing()), Some(wanted));
    assert!(put(&with(SAME)).is_empty());
    assert_eq!(put(&with(DIFFERENT)), ["PutResourcePolicy"]);
    let blocking = with(SAME).with("block_public_policy", Value::bool(true));
    assert_eq!(put(&blocking), ["PutResourcePolicy"]);
    // Nothing and false are the same.
    assert!(put(&with(SAME).with("block_public_policy", Value::bool(false))).is_empty());
    let seen = read(existing(), SAME).expect("a policy");
    assert_eq!(seen.text("policy"), Some(POLICY), "the spelling stays");
}

#[test]
fn block_public_policy_is_taken_back_explicitly() {
    let kind = SecretPolicy::new();
    let object = existing().with("block_public_policy", Value::bool(true));
    let (calls, ..) = way(&kind, &place("us-east-1"), Some(object), Some(&with(POLICY)));
    assert_eq!(calls[0].input.get("BlockPublicPolicy"), Some(&Value::bool(false)));
}

#[test]
fn a_policy_that_is_gone_is_drift_and_one_that_never_came_is_none() {
    let gone = read(existing(), "").expect("the secret is there");
    assert_eq!(gone.text("policy"), Some(""));
    let new = existing().with_fact(run_facts::CREATED, Value::bool(true));
    assert_eq!(read(new, ""), None);
    let message =
        "You can't perform this operation on the secret because it was marked for deletion.";
    for error in [
        error("ResourceNotFoundException", ErrorClass::NotFound, "no such secret"),
        error("InvalidRequestException", ErrorClass::InvalidState, message),
    ] {
        let seen = SecretPolicy::new().observe(&place("us-east-1"), &existing(), &[Err(error)]);
        assert_eq!(seen, Ok(None));
    }
}

#[test]
fn deletion_is_one_call_and_a_deleted_secret_has_no_policy() {
    let kind = SecretPolicy::new();
    let here = place("us-east-1");
    assert_eq!(operations(&kind, &here, Some(existing()), None), ["DeleteResourcePolicy"]);
    let Next::Call(call) = kind.next(&here, Some(&existing()), None) else {
        panic!("the policy is to go");
    };
    let gone = error("ResourceNotFoundException", ErrorClass::NotFound, "no such secret");
    assert_eq!(kind.reaction(&here, &call, &gone), Some(Reaction::Reread));
}

#[test]
fn refusals_say_what_to_do() {
    let kind = SecretPolicy::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(&with(POLICY))) else {
        panic!("the policy is to be put");
    };
    let replica = "Operation not permitted on a replica secret. Call must be made in primary \
                   secret's region.";
    for (code, class, message, said) in [
        ("InvalidParameterException", ErrorClass::Invalid, replica, "is a replica"),
        ("PublicPolicyException", ErrorClass::MalformedPolicy, "public", "make the secret public"),
        (
            "MalformedPolicyDocumentException",
            ErrorClass::MalformedPolicy,
            "?",
            "refuses the policy",
        ),
    ] {
        match kind.reaction(&here, &call, &error(code, class, message)) {
            Some(Reaction::Fail(problem)) => {
                assert!(problem.summary.contains(said), "{problem:?}");
                assert!(problem.help.is_some(), "{problem:?}");
            }
            other => panic!("{code}: {other:?}"),
        }
    }
    let fresh = "This resource policy contains an unsupported principal";
    let code = "MalformedPolicyDocumentException";
    let reaction = kind.reaction(&here, &call, &error(code, ErrorClass::MalformedPolicy, fresh));
    assert!(matches!(reaction, Some(Reaction::Retry(_))), "{reaction:?}");
}

#[test]
fn an_empty_policy_is_refused_before_anything_is_called() {
    let kind = SecretPolicy::new();
    for (policy, problems) in [("", 1), (" {} ", 1), ("[]", 1), (POLICY, 0)] {
        assert_eq!(kind.validate(&with(policy)).len(), problems, "{policy}");
    }
    let unknown = with(POLICY).with("policy", Value::unknown(Type::String));
    assert!(kind.validate(&unknown).is_empty());
}

#[test]
fn a_lost_answer_is_found_by_what_the_policy_says() {
    let kind = SecretPolicy::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(&with(POLICY))) else {
        panic!("the policy is to be put");
    };
    let Recovery::Read(stub) = kind.recovery(&here, &call) else { panic!("it can be read") };
    let found = read(*stub, SAME).expect("a policy");
    assert!(kind.is_result_of(&call, &found));
    assert!(!kind.is_result_of(&call, &read(existing(), DIFFERENT).expect("a policy")));
}

#[test]
fn a_policy_is_imported_by_the_arn_of_its_secret() {
    let kind = SecretPolicy::new();
    let here = place("us-east-1");
    assert!(kind.import(&here, SECRET).is_ok());
    for wrong in ["db", "", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"] {
        assert!(kind.import(&here, wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_same_secret_gives_up_its_policy_first() {
    let kind = SecretPolicy::new();
    let order = |planned: &Value| kind.replacement_order(&existing(), planned);
    assert_eq!(order(&with(POLICY)), ReplacementOrder::DeleteFirst);
    let elsewhere = with(POLICY).with("secret_arn", Value::unknown(Type::String));
    assert_eq!(order(&elsewhere), ReplacementOrder::CreateFirst);
}
