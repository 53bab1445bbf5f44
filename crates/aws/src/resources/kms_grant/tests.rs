use super::*;
use crate::resources::testing::{answer, operations, place, text, wanted, way};
use meridian_resource::ErrorClass;

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/k1";
const APP: &str = "arn:aws:iam::123456789012:role/app";

fn texts_of<const N: usize>(texts: [&str; N]) -> Value {
    Value::set(Type::String, texts.map(Value::string))
}

fn context<const N: usize>(pairs: [(&str, &str); N]) -> Value {
    Value::map(Type::String, pairs.map(|(name, value)| (name, Value::string(value))))
}

fn blocks<const N: usize>(blocks: [(&str, Value); N]) -> Value {
    let block = |(name, pairs): (&str, Value)| {
        let null = || Value::null(Type::map(Type::String));
        Value::object([(constraints::EQUALS, null()), (constraints::SUBSET, null())])
            .with(name, pairs)
    };
    Value::set(constraints::block_type(), blocks.map(block))
}

fn grant(key: &str, name: Option<&str>) -> Value {
    let name = name.map_or_else(|| Value::null(Type::String), Value::string);
    wanted(
        &KmsGrant::new(),
        [
            ("key_id", text(key)),
            ("name", name),
            ("grantee_principal", text(APP)),
            ("operations", texts_of(["Encrypt", "Decrypt"])),
        ],
    )
}

fn call(wanted: &Value) -> Call {
    match KmsGrant::new().next(&place("us-east-1"), None, Some(wanted)) {
        Next::Call(call) => *call,
        other => panic!("a grant must be made: {other:?}"),
    }
}

fn made(wanted: &Value) -> Object {
    let answer =
        answer([("GrantId", text("g1")), ("GrantToken", text("token").mark(Marks::SENSITIVE))]);
    let kind = KmsGrant::new();
    let call = call(wanted);
    kind.after(&place("us-east-1"), None, Some(wanted), &call, Some(&answer)).expect("a grant")
}

/// A grant as KMS lists it.
fn listed(id: &str, day: u32, name: Option<&str>) -> Value {
    let entry = answer([
        ("KeyId", text(KEY)),
        ("GrantId", text(id)),
        ("CreationDate", text(&format!("2026-11-{day:02}T00:00:00Z"))),
        ("GranteePrincipal", text(APP)),
        ("Operations", Value::list(Type::String, [text("Decrypt"), text("Encrypt")])),
    ]);
    name.map_or(entry.clone(), |name| entry.with("Name", text(name)))
}

fn observed(prior: &Object, grants: &[Value]) -> Option<Object> {
    let answers = [Ok(answer([("Grants", Value::tuple(grants.iter().cloned()))]))];
    KmsGrant::new().observe(&place("us-east-1"), prior, &answers).expect("good answers")
}

fn error(class: ErrorClass, code: &str) -> CloudError {
    CloudError {
        class,
        code: code.to_owned(),
        message: String::new(),
        request_id: None,
        advice: None,
    }
}

#[test]
fn a_new_grant_has_the_providers_id_and_a_sensitive_token() {
    let object = made(&grant("k1", None));
    assert_eq!(object.text("id"), Some("k1:g1"));
    assert!(object.attribute("grant_token").is_sensitive());
    let again = observed(&object, &[listed("g0", 1, None), listed("g1", 1, None)]);
    let again = again.expect("it is listed");
    assert_eq!(again.attributes.unmark_deep(), object.attributes.unmark_deep());
    let next = KmsGrant::new().next(&place("us-east-1"), Some(&again), Some(&grant("k1", None)));
    assert_eq!(next, Next::Done);
}

#[test]
fn what_is_not_given_is_not_sent() {
    let sent = call(&grant("k1", None)).input;
    let members: Vec<_> =
        sent.as_entries().into_iter().flatten().map(|(name, _)| &**name).collect();
    assert_eq!(members, ["GranteePrincipal", "KeyId", "Operations"]);
    let full = grant(KEY, Some("app"))
        .with("retiring_principal", text(APP))
        .with("grant_creation_tokens", texts_of(["t"]))
        .with("constraints", blocks([(constraints::SUBSET, context([("a", "b")]))]));
    let sent = call(&full).input;
    let subset = sent.get("Constraints").and_then(|it| it.get("EncryptionContextSubset"));
    assert_eq!(subset.and_then(|it| it.get_str("a")), Some("b"));
    assert_eq!(sent.get_str("Name"), Some("app"));
    assert_eq!(sent.get_str("RetiringPrincipal"), Some(APP));
    assert_eq!(sent.get("GrantTokens").map(|it| it.children().count()), Some(1));
}

#[test]
fn a_grant_that_is_not_listed_is_gone_at_once() {
    let object = made(&grant("k1", None));
    assert_eq!(observed(&object, &[listed("g2", 1, None)]), None);
    let kind = KmsGrant::new();
    for (class, code) in [
        (ErrorClass::NotFound, "NotFoundException"),
        (ErrorClass::Other, "InvalidGrantIdException"),
    ] {
        let answers = [Err(error(class, code))];
        assert_eq!(kind.observe(&place("us-east-1"), &object, &answers), Ok(None));
    }
    let denied = [Err(error(ErrorClass::Denied, "AccessDeniedException"))];
    assert!(kind.observe(&place("us-east-1"), &object, &denied).is_err());
}

#[test]
fn it_is_revoked_or_retired_by_the_arn_of_its_key() {
    for (retires, operation) in [(false, "RevokeGrant"), (true, "RetireGrant")] {
        let asked = grant("k1", None).with("retire_on_delete", Value::bool(retires));
        let object = observed(&made(&asked), &[listed("g1", 1, None)]);
        let (calls, end, left) = way(&KmsGrant::new(), &place("us-east-1"), object, None);
        assert_eq!((calls[0].operation, end), (operation, Next::Done));
        assert_eq!(calls[0].input.get_str("KeyId"), Some(KEY));
        assert_eq!(left, None);
    }
}

#[test]
fn a_lost_answer_is_found_by_what_was_asked_for() {
    let kind = KmsGrant::new();
    let here = place("us-east-1");
    let recovered = |wanted: &Value, grants: &[Value]| {
        let Recovery::Read(stub) = kind.recovery(&here, &call(wanted)) else {
            panic!("a grant can be read");
        };
        assert!(kind.reads(&here, &stub)[0].input.get_str("GranteePrincipal").is_some());
        observed(&stub, grants)
    };
    let unnamed = grant("k1", None);
    let candidates = [listed("g1", 1, None), listed("g3", 3, Some("x")), listed("g2", 2, None)];
    let found = recovered(&unnamed, &candidates).expect("the younger one without a name");
    assert_eq!(found.text("grant_id"), Some("g2"));
    // Its token cannot be had any more.
    assert_eq!(kind.next(&here, Some(&found), Some(&unnamed)), Next::Done);
    assert_eq!(recovered(&unnamed.with("operations", texts_of(["Sign"])), &candidates), None);

    let named = grant("k1", Some("x"));
    let found = recovered(&named, &candidates).expect("the one of that name");
    assert_eq!(found.text("grant_id"), Some("g3"));
    // Of a named grant the same request gives the token once more, in this run and in the next.
    assert_eq!(operations(&kind, &here, Some(found.clone()), Some(&named)), ["CreateGrant"]);
    let proposed = found.attributes.clone();
    let later = kind.plan(&here, Some(&found), &proposed, proposed.clone());
    assert_eq!(operations(&kind, &here, Some(found), Some(&later)), ["CreateGrant"]);
}

#[test]
fn constraints_are_compared_by_meaning() {
    let kind = KmsGrant::new();
    let here = place("us-east-1");
    let pair = || context([("a", "b")]);
    let one = blocks([(constraints::EQUALS, pair())]);
    let cases = [
        (one.clone(), one.clone(), true),
        // The provider reads the other context as an empty one.
        (one.clone(), one.clone().map_at(&[], &|_| one.clone()), true),
        (blocks([(constraints::EQUALS, context([]))]), blocks([]), true),
        (one.clone(), blocks([(constraints::SUBSET, pair())]), false),
        (one.clone(), blocks([]), false),
        (one, blocks([(constraints::EQUALS, context([("a", "c")]))]), false),
    ];
    for (before, after, same) in cases {
        let prior = made(&grant("k1", None)).with("constraints", before.clone());
        let proposed = prior.attributes.clone().with("constraints", after.clone());
        let planned = kind.plan(&here, Some(&prior), &proposed, proposed.clone());
        assert_eq!(kind.replaced_by(&prior, &planned).is_empty(), same, "{before:?} {after:?}");
    }
}

#[test]
fn a_replacement_leaves_no_gap_unless_it_would_be_the_very_grant() {
    let kind = KmsGrant::new();
    let prior = made(&grant("k1", Some("app")));
    let order = |planned: &Value| kind.replacement_order(&prior, planned);
    let planned = grant("k1", Some("app"));
    assert_eq!(order(&planned), ReplacementOrder::DeleteFirst);
    assert_eq!(order(&grant(KEY, Some("app"))), ReplacementOrder::DeleteFirst);
    let fewer = planned.clone().with("operations", texts_of(["Decrypt"]));
    let elsewhere = planned.with("key_id", Value::unknown(Type::String));
    for other in [fewer, elsewhere, grant("k1", Some("other"))] {
        assert_eq!(order(&other), ReplacementOrder::CreateFirst);
    }
}

#[test]
fn errors_are_waited_for_or_explained() {
    let kind = KmsGrant::new();
    let here = place("us-east-1");
    let create = call(&grant("k1", None));
    let by_alias = call(&grant("alias/app", None));
    let Next::Call(revoke) = kind.next(&here, Some(&made(&grant("k1", None))), None) else {
        panic!("a grant must be revoked");
    };
    let mut retire = (*revoke).clone();
    retire.operation = "RetireGrant";
    let cases = [
        (&create, ErrorClass::Invalid, "InvalidArnException", "retry"),
        (&create, ErrorClass::NotFound, "NotFoundException", "retry"),
        (&create, ErrorClass::Disabled, "DisabledException", "retry"),
        (&create, ErrorClass::Invalid, "ValidationException", "KMS refuses the grant"),
        (&create, ErrorClass::LimitExceeded, "LimitExceededException", "has all the grants"),
        (&by_alias, ErrorClass::NotFound, "NotFoundException", "by id or ARN"),
        (&revoke, ErrorClass::NotFound, "NotFoundException", "reread"),
        (&revoke, ErrorClass::Other, "InvalidGrantIdException", "reread"),
        (&retire, ErrorClass::Denied, "AccessDeniedException", "may not be retired"),
    ];
    for (call, class, code, expected) in cases {
        let told = match kind.reaction(&here, call, &error(class, code)) {
            Some(Reaction::Retry(_)) => "retry".to_owned(),
            Some(Reaction::Reread) => "reread".to_owned(),
            Some(Reaction::Fail(problem)) => problem.summary,
            None => "nothing".to_owned(),
        };
        assert!(told.contains(expected), "{} {code}: {told}", call.operation);
    }
    let mut pending = error(ErrorClass::InvalidState, "KMSInvalidStateException");
    pending.message = format!("{KEY} is pending deletion.");
    assert!(matches!(kind.reaction(&here, &create, &pending), Some(Reaction::Fail(_))));
    pending.message = format!("{KEY} is creating.");
    assert!(matches!(kind.reaction(&here, &create, &pending), Some(Reaction::Retry(_))));
}

#[test]
fn wrong_arguments_are_told_in_the_providers_words() {
    let kind = KmsGrant::new();
    let right = grant("k1", Some("a:b/c_d-e"));
    let service = "(expecting to match regular expression: \
                   ^([0-9a-z-]+\\.){1,4}(amazonaws|amazon)\\.com$)";
    let principal = |argument: &'static str, value: &str, faults: &[&str]| {
        let mut expected: Vec<String> = faults
            .iter()
            .map(|fault| format!("\"{argument}\" ({value}) is an invalid ARN: {fault}"))
            .collect();
        expected.push(format!(
            "\"{argument}\" ({value}) is an invalid Service Principal: invalid prefix value {service}"
        ));
        (right.clone().with(argument, text(value)), expected)
    };
    let account = "invalid account ID value (expecting to match regular expression: \
                   ^(aws|aws-managed|third-party|aws-marketplace|\\d{12}|cw.{10})$)";
    let partition =
        "invalid partition value (expecting to match regular expression: ^aws(-[a-z]+)*$)";
    let long = "a".repeat(257);
    let pair = || context([("a", "b")]);
    let name = |value: &str, expected: &[&str]| {
        let expected = expected.iter().map(|it| (*it).to_owned()).collect();
        (right.clone().with("name", text(value)), expected)
    };
    let charset = "name must only contain [0-9A-Za-z_:/-]";
    let both = "A grant constraint can't have both encryption_context_equals and \
                encryption_context_subset set";
    let refused = |value: Value| (right.clone().with("constraints", value), vec![both.to_owned()]);
    let cases = [
        (right.clone(), Vec::new()),
        (right.clone().with("grantee_principal", text("sts.amazonaws.com")), Vec::new()),
        (right.clone().with("retiring_principal", text("")), Vec::new()),
        principal("grantee_principal", "nobody", &["arn: invalid prefix"]),
        principal("retiring_principal", "arn:x", &["arn: not enough sections"]),
        principal("grantee_principal", "a.b.amazonaws.com.cn", &["arn: invalid prefix"]),
        principal("grantee_principal", "arn:foo:iam::1:role/x", &[partition, account]),
        principal("grantee_principal", "arn:aws:iam:EU:123456789012:x", &["invalid region value"]),
        principal("grantee_principal", "arn:aws:iam::123456789012:", &["missing resource value"]),
        name("", &[charset]),
        name("a b", &[charset]),
        name(&long, &["name can not be greater than 256 characters"]),
        refused(blocks([(constraints::EQUALS, pair()), (constraints::SUBSET, pair())])),
        refused(blocks([
            (constraints::EQUALS, pair()),
            (constraints::EQUALS, context([("c", "d")])),
        ])),
    ];
    for (config, expected) in cases {
        let told: Vec<_> = kind.validate(&config).into_iter().map(|it| it.summary).collect();
        assert_eq!(told, expected);
    }
    let wrong = kind.validate(&right.with("operations", texts_of(["A", "B", "Sign"])));
    assert_eq!(wrong.len(), 2);
    assert!(wrong[0].summary.starts_with("expected operations to be one of [\"Decrypt\""));
    assert!(wrong[0].summary.ends_with("\"DeriveSharedSecret\"], got A"));
}

#[test]
fn it_is_imported_by_key_and_grant() {
    let kind = KmsGrant::new();
    let here = place("us-east-1");
    for key in ["k1", KEY] {
        let stub = kind.import(&here, &format!("{key}:g1")).expect("an id");
        let grant = observed(&stub, &[listed("g1", 1, Some("x"))]).expect("it is listed");
        assert_eq!(grant.text("key_id"), Some(key));
        assert_eq!(grant.text("name"), Some("x"));
        assert_eq!(grant.attribute("retire_on_delete"), Value::bool(false));
        let operations = operations(&kind, &here, Some(grant.clone()), Some(&grant.attributes));
        assert!(operations.is_empty());
    }
    let other_region = KEY.replace("us-east-1", "eu-west-1");
    assert!(kind.import(&here, &format!("{other_region}:g1")).is_err());
    for id in ["abc", "a:b:c", "arn:aws:kms:x", KEY, &format!("{KEY}:b:c"), ":g1", "k1:"] {
        let problem = kind.import(&here, id).expect_err("no id of a grant");
        let expected = format!("unexpected format of ID ({id}), expected KeyID:GrantID");
        assert_eq!(problem.summary, expected);
    }
}

/// Two requests for the same, of which one names the key by its ARN; a third for something else.
#[test]
fn a_grant_without_a_name_may_come_of_each_request_that_asks_for_it() {
    let kind = KmsGrant::new();
    let unnamed = made(&grant("k1", None));
    let found = observed(&unnamed, &[listed("g1", 1, None)]).expect("it is listed");
    assert_eq!(kind.identity(&found).as_deref(), Some("g1"));
    let fewer = grant("k1", None).with("operations", texts_of(["Decrypt"]));
    for (asked, may_be) in [
        (grant("k1", None), true),
        (grant(KEY, None), true),
        (grant("k2", None), false),
        (grant("k1", Some("app")), false),
        (fewer, false),
    ] {
        assert_eq!(kind.is_result_of(&call(&asked), &found), may_be, "{asked:?}");
    }
    let named = observed(&made(&grant("k1", Some("app"))), &[listed("g1", 1, Some("app"))]);
    assert_eq!(kind.identity(&named.expect("it is listed")), None, "it may be shared");
}

#[test]
fn what_belongs_to_others_is_not_found() {
    let kind = KmsGrant::new();
    let Recovery::Read(stub) = kind.recovery(&place("us-east-1"), &call(&grant("k1", None))) else {
        panic!("a grant can be read");
    };
    let grants = [listed("g1", 1, None), listed("g2", 2, None)];
    for (taken, found) in [(&["g2"][..], Some("g1")), (&["g1"], Some("g2")), (&["g1", "g2"], None)]
    {
        let stub = stub.clone().with_fact(TAKEN, run_facts::list(taken));
        let seen = observed(&stub, &grants);
        assert_eq!(seen.as_ref().and_then(|it| it.text("grant_id")), found, "{taken:?}");
    }
}
