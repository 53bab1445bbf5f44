use super::*;
use crate::resources::testing::{answer, operations, place, text, wanted, way};

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";

fn hidden(value: &str) -> Value {
    text(value).mark(Marks::SENSITIVE)
}

fn version(value: &str) -> Value {
    let kind = SecretVersion::new();
    wanted(&kind, [("secret_id", text(SECRET)), ("secret_string", hidden(value))])
}

fn put_answer() -> Value {
    answer([
        ("ARN", text(SECRET)),
        ("VersionId", text("v1")),
        ("VersionStages", Value::list(Type::String, [text("AWSCURRENT")])),
    ])
}

fn listed(versions: &[(&str, &[&str])]) -> Vec<Answer> {
    let versions = versions.iter().map(|(id, labels)| {
        let labels = labels.iter().map(|label| text(label));
        answer([("VersionId", text(id)), ("VersionStages", Value::list(Type::String, labels))])
    });
    let described = answer([("ARN", text(SECRET))]);
    vec![Ok(answer([("Versions", Value::tuple(versions))])), Ok(described)]
}

fn observed(versions: &[(&str, &[&str])]) -> Option<Object> {
    let kind = SecretVersion::new();
    let id = text(&format!("{SECRET}|v1"));
    let prior = Object::new(kind.schema().empty().with("id", id));
    kind.observe(&place("us-east-1"), &prior, &listed(versions)).expect("good answers")
}

fn labelled(labels: &[&str]) -> Value {
    version("x").with("version_stages", version_stages::set(labels.iter().copied()))
}

#[test]
fn a_value_is_put_and_stays_marked() {
    let kind = SecretVersion::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(&version("hunter2"))) else {
        panic!("a value must be put");
    };
    assert_eq!(call.operation, "PutSecretValue");
    assert_eq!(call.input.get_str("SecretString"), Some("hunter2"));
    assert!(!format!("{call:?}").contains("hunter2"));
    let answer = put_answer();
    let object = kind.after(&here, None, Some(&version("hunter2")), &call, Some(&answer));
    let object = object.expect("a version");
    assert_eq!(object.text("id"), Some(&*format!("{SECRET}|v1")));
    assert_eq!(object.text("secret_binary"), Some(""));
    assert!(object.attribute("secret_string").is_sensitive());
    assert!(!format!("{object:?}").contains("hunter2"));
    assert_eq!(kind.next(&here, Some(&object), Some(&version("hunter2"))), Next::Done);
}

#[test]
fn a_write_only_value_is_put_and_forgotten() {
    let kind = SecretVersion::new();
    let here = place("us-east-1");
    let null = Value::null(Type::String);
    let wanted = version("").with("secret_string", null).with("secret_string_wo", hidden("wo"));
    let (calls, end, object) = way(&kind, &here, None, Some(&wanted));
    assert_eq!(end, Next::Done);
    assert_eq!(calls[0].input.get_str("SecretString"), Some("wo"));
    let planned = wanted
        .with("secret_string_wo", Value::null(Type::String))
        .with("secret_string_wo_version", Value::number(1_i64));
    assert_eq!(operations(&kind, &here, None, Some(&planned)), ["PutSecretValue"]);
    let object = object.expect("a version");
    assert!(object.attribute("secret_string_wo").is_null());
    assert_eq!(object.attribute("has_secret_string_wo"), Value::bool(true));
}

#[test]
fn a_version_is_read_by_its_id() {
    let object = observed(&[("v0", &["AWSPREVIOUS"]), ("v1", &["AWSCURRENT", "blue"])]);
    let object = object.expect("a version");
    assert_eq!(object.text("secret_id"), Some(SECRET));
    assert_eq!(version_stages::labels(&object.attributes), ["AWSCURRENT", "blue"]);
    assert_eq!(observed(&[("v0", &["AWSCURRENT"])]), None);
}

/// A version that an earlier run has put, as it is read again.
fn seen_again(prior: Object, versions: &[(&str, &[&str])]) -> Option<Object> {
    let kind = SecretVersion::new();
    kind.observe(&place("us-east-1"), &prior, &listed(versions)).expect("good answers")
}

fn settled() -> Object {
    observed(&[("v1", &["AWSCURRENT"])]).expect("a version")
}

#[test]
fn the_version_that_is_current_in_its_place_is_remembered() {
    let rotated = [("v1", ["AWSPREVIOUS"].as_slice()), ("v2", &["AWSCURRENT"])];
    let object = seen_again(settled(), &rotated).expect("a version");
    assert_eq!(object.fact(version_reading::ROTATED_TO), Some("v2"));
    // It is still so when the state has it, and when the next one comes.
    let again = seen_again(object, &[("v1", &[]), ("v3", &["AWSCURRENT"])]).expect("a version");
    assert_eq!(again.fact(version_reading::ROTATED_TO), Some("v3"));
    let back = seen_again(again, &[("v1", &["AWSCURRENT"])]).expect("a version");
    assert_eq!(back.fact(version_reading::ROTATED_TO), None);
    // One that never was current has not lost it.
    let blue = observed(&[("v1", &["blue"]), ("v2", &["AWSCURRENT"])]).expect("a version");
    assert_eq!(blue.fact(version_reading::ROTATED_TO), None);
}

#[test]
fn a_version_that_aws_has_dropped_is_kept_as_superseded() {
    let kind = SecretVersion::new();
    let here = place("us-east-1");
    let dropped = [("v2", ["AWSPREVIOUS"].as_slice()), ("v3", &["AWSCURRENT"])];
    let object = seen_again(settled(), &dropped).expect("it is superseded");
    assert!(run_facts::holds(&object, version_reading::SUPERSEDED));
    assert!(version_stages::labels(&object.attributes).is_empty());
    for wanted in [version("x"), labelled(&["AWSCURRENT"])] {
        let planned = kind.plan(&here, Some(&object), &wanted, wanted.clone());
        assert!(operations(&kind, &here, Some(object.clone()), Some(&planned)).is_empty());
    }
    assert!(operations(&kind, &here, Some(object), None).is_empty());
    // What this run has put may not be visible yet, and an import must find what it names.
    for fact in [run_facts::CREATED, run_facts::IMPORTING] {
        let passing = settled().with_fact(fact, Value::bool(true));
        assert_eq!(seen_again(passing, &dropped), None, "{fact}");
    }
    // A secret without a value needs one, and so does one that was made anew.
    assert_eq!(seen_again(settled(), &[("v2", &["AWSPENDING"])]), None);
    let older = settled().with("arn", text("arn:aws:secretsmanager:us-east-1:1:secret:db-OlDoNe"));
    assert_eq!(seen_again(older, &dropped), None);
}

#[test]
fn a_value_becomes_write_only_in_place_only_if_it_is_the_same() {
    let kind = SecretVersion::new();
    let prior = settled().with("secret_string", hidden("hunter2"));
    let replaced = |value: &str, version: i64| {
        let config = kind
            .schema()
            .empty()
            .with("secret_id", text(SECRET))
            .with("secret_string_wo", hidden(value))
            .with("secret_string_wo_version", Value::number(version));
        let proposed = config
            .clone()
            .with("secret_string_wo", Value::null(Type::String))
            .with("has_secret_string_wo", prior.attribute("has_secret_string_wo"));
        let planned = kind.plan(&place("us-east-1"), Some(&prior), &config, proposed);
        kind.replaced_by(&prior, &planned).len()
    };
    assert_eq!(replaced("hunter2", 1), 0);
    assert_eq!(replaced("hunter3", 1), 2);
}

#[test]
fn labels_that_no_call_takes_off_are_not_planned_away() {
    let kind = SecretVersion::new();
    let planned = |prior: Option<&Object>, asked: &[&str]| {
        let config = labelled(asked);
        let planned = kind.plan(&place("us-east-1"), prior, &config, config.clone());
        let labels = version_stages::labels(&planned).into_iter().map(str::to_owned);
        (labels.collect::<Vec<_>>(), planned.get("version_stages").is_some_and(Value::is_known))
    };
    let current = observed(&[("v1", &["AWSCURRENT", "blue"])]).expect("a version");
    let previous = observed(&[("v0", &["AWSCURRENT"]), ("v1", &["AWSPREVIOUS"])]);
    let previous = previous.expect("a version");
    for (prior, asked, labels) in [
        (&current, ["green"].as_slice(), ["AWSCURRENT", "green"].as_slice()),
        (&current, &[], &["AWSCURRENT"]),
        (&previous, &["green"], &["AWSPREVIOUS", "green"]),
        (&previous, &["AWSCURRENT"], &["AWSCURRENT"]),
    ] {
        assert_eq!(planned(Some(prior), asked).0, labels, "{asked:?}");
    }
    assert_eq!(planned(None, &["green"]), (vec!["green".to_owned()], true));
    assert!(!planned(None, &[]).1);
}

#[test]
fn a_new_value_or_version_replaces() {
    let kind = SecretVersion::new();
    let prior = settled().with("secret_string", hidden("hunter2"));
    let paths = |planned: &Value| kind.replaced_by(&prior, planned);
    assert!(paths(&version("hunter2")).is_empty());
    assert_eq!(paths(&version("hunter3")), [Path::attribute("secret_string")]);
    let big = |digits: &str| {
        let number = meridian_lang::Number::parse(digits).expect("a number");
        version("").with("secret_string_wo_version", Value::number(number))
    };
    let prior = Object::new(big("9007199254740992"));
    let path = Path::attribute("secret_string_wo_version");
    assert_eq!(kind.replaced_by(&prior, &big("9007199254740993")), [path]);
    assert!(kind.replaced_by(&prior, &big("9007199254740992")).is_empty());
}

#[test]
fn labels_are_moved_one_by_one() {
    let kind = SecretVersion::new();
    let here = place("us-east-1");
    let object = observed(&[("v0", &["AWSCURRENT"]), ("v1", &["AWSPREVIOUS", "blue"])]);
    let wanted = labelled(&["AWSCURRENT", "green"]);
    let (calls, end, after) = way(&kind, &here, object, Some(&wanted));
    assert_eq!(end, Next::Done);
    let moves: Vec<_> = calls
        .iter()
        .map(|call| {
            let member = |name| call.input.get_str(name).unwrap_or_default();
            (member("VersionStage"), member("MoveToVersionId"), member("RemoveFromVersionId"))
        })
        .collect();
    assert_eq!(moves, [("AWSCURRENT", "v1", "v0"), ("green", "v1", ""), ("blue", "", "v1")]);
    let after = after.expect("a version");
    assert_eq!(version_stages::labels(&after.attributes), ["AWSCURRENT", "green"]);
}

#[test]
fn giving_up_a_version_takes_off_its_own_labels_only() {
    let kind = SecretVersion::new();
    let here = place("us-east-1");
    let object = observed(&[("v1", &["AWSCURRENT", "blue"])]);
    assert_eq!(operations(&kind, &here, object, None), ["UpdateSecretVersionStage"]);
    let object = observed(&[("v1", &["AWSPREVIOUS"])]);
    assert!(operations(&kind, &here, object, None).is_empty());
}

#[test]
fn no_value_is_told_before_anything_is_called() {
    let kind = SecretVersion::new();
    let next = kind.next(&place("us-east-1"), None, Some(&version("")));
    assert!(matches!(next, Next::Fail(_)), "{next:?}");
}

#[test]
fn values_exclude_each_other_and_need_their_version() {
    let kind = SecretVersion::new();
    let config = kind
        .schema()
        .empty()
        .with("secret_string", hidden("hunter2"))
        .with("secret_string_wo", hidden("hunter2"));
    let problems = kind.validate(&config);
    let details: Vec<&str> = problems.iter().map(|it| it.detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "\"secret_string\": conflicts with secret_string_wo",
            "\"secret_string_wo\": conflicts with secret_string",
            "\"secret_string_wo\": all of `secret_string_wo,secret_string_wo_version` must be \
             specified",
        ]
    );
    assert!(!format!("{problems:?}").contains("hunter2"));
}

#[test]
fn a_lost_answer_is_found_by_the_token() {
    let kind = SecretVersion::new();
    let here = place("us-east-1");
    let Next::Call(mut call) = kind.next(&here, None, Some(&version("x"))) else {
        panic!("a value must be put");
    };
    call.input = call.input.with("ClientRequestToken", text("v1"));
    let Recovery::Read(object) = kind.recovery(&here, &call) else {
        panic!("the token is the version id");
    };
    assert_eq!(object.text("version_id"), Some("v1"));
}

/// A version that this run has put, read while the replicas are like this.
fn put_while(status: &str, message: Option<&str>) -> Next {
    let kind = SecretVersion::new();
    let here = place("us-east-1");
    let prior = Object::new(kind.schema().empty().with("id", text(&format!("{SECRET}|v1"))))
        .with_fact(run_facts::CREATED, Value::bool(true));
    let replica = [
        ("Region", text("eu-west-1")),
        ("Status", text(status)),
        ("StatusMessage", message.map_or(Value::null(Type::String), text)),
    ];
    let mut answers = listed(&[("v1", &["AWSCURRENT"])]);
    let replicas = Value::tuple([answer(replica)]);
    answers[1] = Ok(answer([("ARN", text(SECRET)), ("ReplicationStatus", replicas)]));
    let object = kind.observe(&here, &prior, &answers).expect("good answers").expect("a version");
    kind.next(&here, Some(&object), Some(&labelled(&["AWSCURRENT"])))
}

#[test]
fn a_value_is_waited_for_in_the_replicas() {
    let Next::Wait { what, .. } = put_while("InProgress", None) else {
        panic!("the value is on its way");
    };
    assert_eq!(what, format!("the value of {SECRET} to be in eu-west-1"));
    assert_eq!(put_while("InSync", None), Next::Done);
    let Next::Fail(problem) = put_while("Failed", Some("no key")) else {
        panic!("the value did not arrive");
    };
    assert!(problem.summary.contains("eu-west-1") && problem.detail.contains("no key"));
}
