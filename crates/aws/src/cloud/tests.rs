//! Retries, error classes, accounts and roles.

use meridian_lang::Value;
use meridian_resource::{Call, Cloud, ErrorClass, ProviderKey, Service};

use crate::script::{Reply, Script, aws, error, ok};
use crate::{AssumeRole, AwsCloud, ProviderSettings};

fn describe_key() -> Call {
    Call::read(Service::Kms, "DescribeKey", "eu-west-1", [("KeyId", Value::string("mrk-1"))])
}

fn create_key() -> Call {
    Call::change(Service::Kms, "CreateKey", "eu-west-1", [])
}

const THROTTLED: &str = r#"{"__type":"ThrottlingException","message":"slow down"}"#;
const INTERNAL: &str = r#"{"__type":"KMSInternalException","message":"broken"}"#;

#[tokio::test(start_paused = true)]
async fn a_read_is_sent_again_and_leaves_nothing_behind() {
    let script = Script::new([
        error(500, INTERNAL),
        Reply::ConnectionLost,
        ok(r#"{"KeyMetadata":{"KeyId":"mrk-1"}}"#),
    ]);
    script.answer(&describe_key()).await.unwrap();
    assert_eq!(script.sent().len(), 3);

    let script = Script::new(std::iter::repeat_n(error(500, INTERNAL), 5));
    let failed = script.answer(&describe_key()).await.unwrap_err();
    assert_eq!(script.sent().len(), 5);
    assert_eq!(failed.class, ErrorClass::Unavailable);
}

/// The engine paces what is throttled.
#[tokio::test(start_paused = true)]
async fn a_throttled_read_comes_back_at_once() {
    for reply in [error(400, THROTTLED), error(429, "{}")] {
        let script = Script::new([reply]);
        let failed = script.answer(&describe_key()).await.unwrap_err();
        assert_eq!((script.sent().len(), failed.class), (1, ErrorClass::Throttled));
    }
}

#[test]
fn configurations_with_the_same_credentials_share_quotas() {
    let with = |region: &str, profile: &str| ProviderSettings {
        region: Some(region.to_owned()),
        profile: Some(profile.to_owned()),
        ..ProviderSettings::default()
    };
    let keys = ["aws", "aws.ireland", "aws.other"].map(ProviderKey::parse);
    let settings = [with("eu-west-1", "a"), with("eu-central-1", "a"), with("eu-west-1", "b")];
    let transport = Script::new([]).transport();
    let cloud = AwsCloud::new(transport, keys.clone().into_iter().zip(settings).collect());
    let [first, second, other] = keys.map(|key| cloud.quotas(&key, &create_key()));
    assert_eq!(first, second);
    assert_ne!(first, other);
    assert_eq!(first[0].bucket.family, "CreateKey");
}

#[tokio::test(start_paused = true)]
async fn a_mutating_call_leaves_exactly_once() {
    let cases = [
        (error(400, THROTTLED), ErrorClass::Throttled),
        (error(500, INTERNAL), ErrorClass::OutcomeUnknown),
        (error(503, r#"{"__type":"DependencyTimeoutException"}"#), ErrorClass::OutcomeUnknown),
        (error(502, "<html>bad gateway</html>"), ErrorClass::OutcomeUnknown),
        (Reply::ConnectionLost, ErrorClass::OutcomeUnknown),
        (ok("not json"), ErrorClass::OutcomeUnknown),
    ];
    for (reply, class) in cases {
        let script = Script::new([reply.clone()]);
        let failed = script.answer(&create_key()).await.unwrap_err();
        assert_eq!((script.sent().len(), failed.class), (1, class), "{reply:?}: {failed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_quota_is_not_taken_for_throttling() {
    let body = r#"{"__type":"LimitExceededException","message":"full"}"#;
    let script = Script::new([error(400, body)]);
    let failed = script.answer(&describe_key()).await.unwrap_err();
    assert_eq!(failed.class, ErrorClass::LimitExceeded);
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test]
async fn errors_are_classed_by_code() {
    let cases = [
        (r#"{"__type":"NotFoundException","message":"m"}"#, ErrorClass::NotFound),
        (r#"{"__type":"AlreadyExistsException"}"#, ErrorClass::AlreadyExists),
        (r#"{"__type":"AccessDeniedException","Message":"m"}"#, ErrorClass::Denied),
        (r#"{"__type":"KMSInvalidStateException"}"#, ErrorClass::InvalidState),
        (r#"{"__type":"DisabledException"}"#, ErrorClass::Disabled),
        (r#"{"__type":"MalformedPolicyDocumentException"}"#, ErrorClass::MalformedPolicy),
        (r#"{"__type":"com.amazon.coral.validate#ValidationException"}"#, ErrorClass::Invalid),
        (r#"{"__type":"TagException"}"#, ErrorClass::Invalid),
        (r#"{"__type":"UnsupportedOperationException"}"#, ErrorClass::Invalid),
        (r#"{"__type":"LimitExceededException"}"#, ErrorClass::LimitExceeded),
        (r#"{"__type":"ExpiredTokenException"}"#, ErrorClass::Credentials),
        (r#"{"__type":"UnrecognizedClientException"}"#, ErrorClass::Credentials),
        (r#"{"__type":"SomethingNewException"}"#, ErrorClass::Other),
    ];
    for (body, class) in cases {
        let script = Script::new([error(400, body)]);
        let failed = script.answer(&create_key()).await.unwrap_err();
        assert_eq!(failed.class, class, "{body}: {failed}");
        assert!(body.contains(&failed.code), "{body}: {failed}");
        assert_eq!(failed.request_id.as_deref(), Some("request-1"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_before_a_call_leaves_its_outcome_known() {
    let script = Script::new(std::iter::repeat_n(Reply::ConnectionLost, 5));
    let settings = ProviderSettings {
        allowed_account_ids: vec!["123456789012".into()],
        ..ProviderSettings::default()
    };
    let failed = script.cloud(settings).call(&aws(), &create_key()).await.unwrap_err();
    assert_eq!(failed.class, ErrorClass::Unavailable, "{failed}");
}

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:me</Arn>\
    <UserId>me</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
    </GetCallerIdentityResponse>";

#[tokio::test]
async fn the_account_is_checked_once_before_the_first_call() {
    let key = r#"{"KeyMetadata":{"KeyId":"1"}}"#;
    let script = Script::new([ok(IDENTITY), ok(key), ok(key)]);
    let settings = ProviderSettings {
        allowed_account_ids: vec!["123456789012".into()],
        ..ProviderSettings::default()
    };
    let cloud = script.cloud(settings);
    cloud.call(&aws(), &describe_key()).await.unwrap();
    cloud.call(&aws(), &describe_key()).await.unwrap();
    assert_eq!(script.sent().len(), 3);

    let script = Script::new([ok(IDENTITY)]);
    let settings = ProviderSettings {
        forbidden_account_ids: vec!["123456789012".into()],
        ..ProviderSettings::default()
    };
    let cloud = script.cloud(settings);
    cloud.call(&aws(), &describe_key()).await.unwrap_err();
    let failed = cloud.call(&aws(), &create_key()).await.unwrap_err();
    assert_eq!(failed.class, ErrorClass::Credentials);
    assert!(failed.message.contains("123456789012"), "{failed}");
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test]
async fn one_role_is_assumed_once_for_all_regions() {
    let assumed = "<AssumeRoleResponse><AssumeRoleResult><Credentials>\
        <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
        <SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>\
        </Credentials></AssumeRoleResult></AssumeRoleResponse>";
    let key = r#"{"KeyMetadata":{"KeyId":"k"}}"#;
    let script = Script::new([ok(assumed), ok(key), ok(key), ok(key)]);
    let role = AssumeRole {
        role_arn: "arn:aws:iam::123456789012:role/deploy".into(),
        source_identity: Some("ada".into()),
        transitive_tag_keys: vec!["team".into()],
        ..AssumeRole::default()
    };
    let cloud =
        script.cloud(ProviderSettings { assume_role: vec![role], ..ProviderSettings::default() });
    cloud.call(&aws(), &describe_key()).await.unwrap();
    cloud.call(&aws(), &create_key()).await.unwrap();
    cloud.call(&aws(), &Call { region: "us-east-1".into(), ..describe_key() }).await.unwrap();

    let sent = script.sent();
    assert!(sent[0].body.contains("SourceIdentity=ada"), "{}", sent[0].body);
    assert!(sent[0].body.contains("TransitiveTagKeys.member.1=team"), "{}", sent[0].body);
    assert!(sent[1..].iter().all(|it| it.authorization.contains("ASIAROLE")), "{sent:?}");
}

#[tokio::test]
async fn a_role_that_is_refused_is_a_matter_of_credentials() {
    let refused = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
        <Message>not you</Message></Error></ErrorResponse>";
    let script = Script::new([error(403, refused)]);
    let role = AssumeRole { role_arn: "arn:aws:iam::1:role/r".into(), ..AssumeRole::default() };
    let cloud =
        script.cloud(ProviderSettings { assume_role: vec![role], ..ProviderSettings::default() });
    let failed = cloud.call(&aws(), &create_key()).await.unwrap_err();
    assert_eq!(failed.class, ErrorClass::Credentials);
    assert!(failed.message.contains("cannot assume arn:aws:iam::1:role/r"), "{failed}");
    assert!(failed.message.contains("not you"), "{failed}");
}
