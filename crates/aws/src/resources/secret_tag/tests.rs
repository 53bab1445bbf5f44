use super::*;
use crate::resources::testing::{answer, operations, place, text, wanted, way};

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";

fn with(value: &str) -> Value {
    let kind = SecretTag::new();
    wanted(&kind, [("secret_id", text(SECRET)), ("key", text("a,b")), ("value", text(value))])
}

fn read(prior: &Object, tags: Value) -> Option<Object> {
    let answer = answer([("ARN", text(SECRET)), ("Tags", tags)]);
    SecretTag::new().observe(&place("us-east-1"), prior, &[Ok(answer)]).expect("a good answer")
}

fn existing() -> Object {
    let stub = SecretTag::new().import(&place("us-east-1"), &format!("{SECRET},a,b"));
    read(&stub.expect("an id"), tags("1")).expect("a tag")
}

fn tags(value: &str) -> Value {
    Value::map(Type::String, [("a,b", text(value)), ("Team", text("core"))])
}

#[test]
fn a_tag_is_put_changed_and_taken_off() {
    let kind = SecretTag::new();
    let here = place("us-east-1");
    let (calls, end, object) = way(&kind, &here, None, Some(&with("1")));
    assert_eq!((calls.len(), end), (1, Next::Done));
    assert_eq!(calls[0].input.get("Tags").and_then(|tags| tags.get_str("a,b")), Some("1"));
    assert_eq!(object.expect("a tag").text("id"), Some(&*format!("{SECRET},a,b")));
    assert!(operations(&kind, &here, Some(existing()), Some(&with("1"))).is_empty());
    assert_eq!(operations(&kind, &here, Some(existing()), Some(&with("2"))), ["TagResource"]);
    let (calls, ..) = way(&kind, &here, Some(existing()), None);
    assert_eq!(calls[0].operation, "UntagResource");
    let keys = calls[0].input.get("TagKeys").expect("keys");
    assert_eq!(keys.children().filter_map(Value::as_str).collect::<Vec<_>>(), ["a,b"]);
}

#[test]
fn a_tag_that_is_gone_is_none() {
    assert_eq!(existing().text("value"), Some("1"));
    assert_eq!(existing().text("key"), Some("a,b"));
    assert_eq!(read(&existing(), Value::map::<&str>(Type::String, [])), None);
    assert_eq!(read(&existing(), Value::null(Type::Dynamic)), None);
}

#[test]
fn a_lost_answer_is_found_by_key_and_value() {
    let kind = SecretTag::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(&with("1"))) else {
        panic!("the tag is to be put");
    };
    let Recovery::Read(stub) = kind.recovery(&here, &call) else { panic!("it can be read") };
    let found = |value: &str| read(&stub, tags(value)).expect("a tag");
    assert!(kind.is_result_of(&call, &found("1")));
    assert!(!kind.is_result_of(&call, &found("2")));
}

#[test]
fn an_id_without_a_key_is_none() {
    for wrong in ["", SECRET, ",key", &format!("{SECRET},")] {
        let problem = SecretTag::new().import(&place("us-east-1"), wrong).expect_err(wrong);
        assert!(problem.summary.contains("expected SECRET_ARN,KEY"), "{problem:?}");
    }
}
