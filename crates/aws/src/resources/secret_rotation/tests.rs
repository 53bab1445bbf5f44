use super::*;
use crate::resources::testing::{answer, operations, place, text, wanted, way};
use meridian_resource::ErrorClass;

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:rotate";

/// A block `rotation_rules`; 0 and nothing for what is left out.
fn rules(days: i64, schedule: &str, duration: &str) -> Value {
    let ty = rotation_rules::block().schema.ty();
    let text = |it: &str| match it {
        "" => Value::null(Type::String),
        it => Value::string(it),
    };
    let days = if days == 0 { Value::null(Type::Number) } else { Value::number(days) };
    let rules = Value::object([
        ("automatically_after_days", days),
        ("duration", text(duration)),
        ("schedule_expression", text(schedule)),
    ]);
    Value::list(ty, [rules])
}

fn with(rules: Value) -> Value {
    let kind = SecretRotation::new();
    let function = ("rotation_lambda_arn", text(FUNCTION));
    let all = wanted(&kind, [("secret_id", text(SECRET)), function]);
    all.with("rotation_rules", rules)
}

fn read(prior: Object, members: impl IntoIterator<Item = (&'static str, Value)>) -> Option<Object> {
    let always = [("ARN", text(SECRET)), ("Name", text("db"))];
    let answer = Value::object(always.into_iter().chain(members));
    SecretRotation::new()
        .observe(&place("us-east-1"), &prior, &[Ok(answer)])
        .expect("a good answer")
}

fn stub() -> Object {
    import::part_of_secret(&SecretRotation::new().schema, &place("us-east-1"), SECRET).expect("ARN")
}

fn rotated(told: Value) -> Object {
    let members = [
        ("RotationEnabled", Value::bool(true)),
        ("RotationLambdaARN", text(FUNCTION)),
        ("RotationRules", told),
    ];
    read(stub(), members).expect("a rotation")
}

fn daily() -> Object {
    rotated(answer([("AutomaticallyAfterDays", Value::number(30_i64))]))
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
fn either_days_or_a_schedule_is_asked_for() {
    let kind = SecretRotation::new();
    for (rules, asked) in [
        (rules(30, "", ""), answer([("AutomaticallyAfterDays", Value::number(30_i64))])),
        (
            rules(0, "rate(10 days)", "3h"),
            answer([("ScheduleExpression", text("rate(10 days)")), ("Duration", text("3h"))]),
        ),
    ] {
        let wanted = with(rules);
        let (calls, end, object) = way(&kind, &place("us-east-1"), None, Some(&wanted));
        assert_eq!((calls.len(), end), (1, Next::Done));
        assert_eq!(calls[0].operation, "RotateSecret");
        assert_eq!(calls[0].input.get("RotationRules"), Some(&asked));
        assert_eq!(calls[0].input.get("RotateImmediately"), Some(&Value::bool(true)));
        assert_eq!(calls[0].input.get_str("RotationLambdaARN"), Some(FUNCTION));
        let object = object.expect("a rotation");
        assert_eq!(object.attribute("rotation_enabled"), Value::bool(true));
    }
}

/// AWS counts the days of a schedule and tells them beside it.
#[test]
fn the_days_of_a_schedule_are_no_rule() {
    let object = rotated(answer([
        ("AutomaticallyAfterDays", Value::number(10_i64)),
        ("ScheduleExpression", text("rate(10 days)")),
    ]));
    let told = object.attribute("rotation_rules");
    let told = told.children().next().expect("rules");
    assert_eq!(told.get("automatically_after_days"), Some(&Value::number(0_i64)));
    assert_eq!(told.get_str("duration"), Some(""));
    let kind = SecretRotation::new();
    let here = place("us-east-1");
    let same = with(rules(0, "rate(10 days)", ""));
    assert!(operations(&kind, &here, Some(object.clone()), Some(&same)).is_empty());
    let other = with(rules(10, "", ""));
    assert_eq!(operations(&kind, &here, Some(object), Some(&other)), ["RotateSecret"]);
}

#[test]
fn what_changes_rotates_and_what_only_says_how_does_not() {
    let kind = SecretRotation::new();
    let here = place("us-east-1");
    let changed = |wanted: &Value| operations(&kind, &here, Some(daily()), Some(wanted));
    let same = with(rules(30, "", ""));
    assert!(changed(&same).is_empty());
    assert!(changed(&same.clone().with("rotate_immediately", Value::bool(false))).is_empty());
    assert_eq!(changed(&with(rules(31, "", ""))), ["RotateSecret"]);
    assert_eq!(changed(&with(rules(30, "", "2h"))), ["RotateSecret"]);
    let function = text("arn:aws:lambda:us-east-1:123456789012:function:new");
    assert_eq!(changed(&same.clone().with("rotation_lambda_arn", function)), ["RotateSecret"]);
    let unknown = Value::unknown(Type::String);
    assert_eq!(changed(&same.with("rotation_lambda_arn", unknown)), ["RotateSecret"]);
}

#[test]
fn a_function_that_is_left_out_stays() {
    let kind = SecretRotation::new();
    let left_out = with(rules(30, "", "")).with("rotation_lambda_arn", Value::null(Type::String));
    let planned = kind.plan(&place("us-east-1"), Some(&daily()), &left_out, left_out.clone());
    assert_eq!(planned.get_str("rotation_lambda_arn"), Some(FUNCTION));
}

#[test]
fn a_rotation_that_was_cancelled_outside_is_turned_on_again() {
    let members = [("RotationEnabled", Value::bool(false)), ("RotationLambdaARN", text(FUNCTION))];
    let object = read(daily(), members.clone()).expect("the secret is there");
    assert_eq!(object.text("rotation_lambda_arn"), Some(""));
    assert_eq!(object.attribute("rotation_rules"), rotation_rules::none());
    let kind = SecretRotation::new();
    let here = place("us-east-1");
    let wanted = with(rules(30, "", ""));
    let planned = kind.plan(&here, Some(&object), &wanted, wanted.clone());
    assert_eq!(planned.get("rotation_enabled"), Some(&Value::bool(true)));
    assert_eq!(operations(&kind, &here, Some(object.clone()), Some(&wanted)), ["RotateSecret"]);
    assert!(operations(&kind, &here, Some(object), None).is_empty(), "it is cancelled already");
    // What this run has asked for and is not there did not come about.
    let new = stub().with_fact(run_facts::CREATED, Value::bool(true));
    assert_eq!(read(new, members), None);
}

#[test]
fn a_deleted_secret_is_not_rotated_and_nothing_is_to_be_cancelled() {
    assert_eq!(read(daily(), [("DeletedDate", text("2026-01-01T00:00:00Z"))]), None);
    let kind = SecretRotation::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, Some(&daily()), None) else {
        panic!("it is to be cancelled");
    };
    assert_eq!(call.operation, "CancelRotateSecret");
    let marked = "You can't perform this operation on the secret because it was marked for \
                  deletion.";
    for gone in [
        error("ResourceNotFoundException", ErrorClass::NotFound, "no such secret"),
        error("InvalidRequestException", ErrorClass::InvalidState, marked),
    ] {
        assert_eq!(kind.reaction(&here, &call, &gone), Some(Reaction::Reread));
    }
}

#[test]
fn what_passes_is_tried_again_and_what_does_not_is_told() {
    let kind = SecretRotation::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(&with(rules(30, "", "")))) else {
        panic!("the secret is to be rotated");
    };
    let reaction = |code: &str, class, message: &str| {
        kind.reaction(&here, &call, &error(code, class, message))
    };
    let (denied, state) = ("AccessDeniedException", "InvalidRequestException");
    let function = "Secrets Manager cannot invoke the specified Lambda function. Ensure that the \
                    function policy grants access to the principal secretsmanager.amazonaws.com.";
    let running = "A previous rotation isn't complete. That rotation will be reattempted.";
    for (code, class, message) in
        [(denied, ErrorClass::Denied, function), (state, ErrorClass::InvalidState, running)]
    {
        let reaction = reaction(code, class, message);
        assert!(matches!(reaction, Some(Reaction::Retry(_))), "{message}: {reaction:?}");
    }
    let caller = "User: me is not authorized to perform: secretsmanager:RotateSecret";
    assert_eq!(reaction(denied, ErrorClass::Denied, caller), None);
    let none = "No Lambda rotation function ARN is associated with this secret.";
    match reaction(state, ErrorClass::InvalidState, none) {
        Some(Reaction::Fail(problem)) => assert!(problem.summary.contains("no function")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lost_answer_is_found_by_the_version_that_it_makes() {
    let kind = SecretRotation::new();
    let here = place("us-east-1");
    let Next::Call(mut call) = kind.next(&here, None, Some(&with(rules(30, "", "")))) else {
        panic!("the secret is to be rotated");
    };
    call.input = call.input.with("ClientRequestToken", text("t1"));
    let Recovery::Read(stub) = kind.recovery(&here, &call) else { panic!("it can be read") };
    let found = |version: &'static str| {
        let stages = Value::list(Type::String, [text("AWSPENDING")]);
        let members = [
            ("RotationEnabled", Value::bool(true)),
            ("RotationLambdaARN", text(FUNCTION)),
            ("RotationRules", answer([("AutomaticallyAfterDays", Value::number(30_i64))])),
            ("VersionIdsToStages", answer([(version, stages)])),
        ];
        read((*stub).clone(), members).expect("a rotation")
    };
    assert!(kind.is_result_of(&call, &found("t1")));
    assert!(!kind.is_result_of(&call, &found("t0")));
    // One that does not begin at once makes no version that stays.
    call.input = call.input.with("RotateImmediately", Value::bool(false));
    assert!(kind.is_result_of(&call, &found("t0")));
}

#[test]
fn a_secret_that_is_named_by_its_name_keeps_it() {
    let prior = daily().with("secret_id", text("db"));
    let object = read(prior, [("RotationEnabled", Value::bool(true))]).expect("a rotation");
    assert_eq!(object.text("secret_id"), Some("db"));
    assert_eq!(object.text("id"), Some(SECRET));
}

#[test]
fn wrong_rules_are_told_in_the_providers_words() {
    let one = "\"rotation_rules.0.automatically_after_days\": one of \
               `rotation_rules.0.automatically_after_days,rotation_rules.0.schedule_expression` \
               must be specified";
    let only = "\"rotation_rules.0.schedule_expression\": only one of \
                `rotation_rules.0.automatically_after_days,rotation_rules.0.schedule_expression` \
                can be specified, but \
                `rotation_rules.0.automatically_after_days,rotation_rules.0.schedule_expression` \
                were specified.";
    let least = "At least 1 \"rotation_rules\" blocks are required.";
    for (rules, details) in [
        (rotation_rules::none(), vec![least]),
        (rules(0, "", "3h"), vec![one]),
        (rules(1, "rate(1 day)", ""), vec![only]),
        (rules(1, "", ""), vec![]),
        (Value::unknown(rotation_rules::block().ty()), vec![]),
    ] {
        let problems = SecretRotation::new().validate(&with(rules));
        assert_eq!(problems.is_empty(), details.is_empty(), "{problems:?}");
        for detail in details {
            assert!(problems.iter().any(|it| it.detail == detail), "{problems:?}");
        }
    }
    let check = |name: &str, value: Value| {
        let block = rotation_rules::block();
        let attribute = block.schema.attribute(name).expect("an argument");
        attribute.check.expect("a check")(name, &value).err().unwrap_or_default()
    };
    let days = |days: i64| check("automatically_after_days", Value::number(days));
    assert_eq!(
        days(1001),
        "expected rotation_rules.0.automatically_after_days to be in the range (1 - 1000), got 1001"
    );
    assert_eq!(days(1000), "");
    assert_eq!(
        check("duration", text("x")),
        "expected value of rotation_rules.0.duration to match regular expression \"[0-9h]+\", got x"
    );
    assert_eq!(
        check("schedule_expression", text("!")),
        "expected value of rotation_rules.0.schedule_expression to match regular expression \
         \"[0-9A-Za-z\\\\(\\\\)#\\\\?\\\\*\\\\-\\\\/, ]+\", got !"
    );
}
