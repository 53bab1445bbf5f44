//! Temporary credentials, and the account that clients find themselves in.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::{BehaviorVersion, Region};
use meridian_local_aws::{Cloud, Request, Settings};
use serde_json::json;

use crate::stage::{Stage, kms, refusal};

fn sts(stage: &Stage, credentials: Credentials) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(stage.cloud.http_client())
        .region(Region::new("eu-west-1"))
        .credentials_provider(credentials)
        .retry_config(RetryConfig::disabled());
    aws_sdk_sts::Client::from_conf(config.build())
}

fn lasting(access_key: &str) -> Credentials {
    Credentials::from_keys(access_key, "secret", None)
}

fn temporary(lent: aws_sdk_sts::types::Credentials) -> Credentials {
    Credentials::from_keys(lent.access_key_id, lent.secret_access_key, Some(lent.session_token))
}

const ROLE: &str = "arn:aws:iam::123456789012:role/team/deploy";

#[tokio::test]
async fn a_session_ends_when_it_said() {
    let stage = Stage::new();
    let lent = sts(&stage, lasting("AKIDLOCAL"))
        .assume_role()
        .role_arn(ROLE)
        .role_session_name("test")
        .duration_seconds(900)
        .send()
        .await
        .unwrap();
    let lent = lent.credentials.unwrap();
    let client = kms(stage.cloud.http_client(), "eu-west-1", &lent.access_key_id, None);
    let session = sts(&stage, temporary(lent));
    stage.clock.advance(Duration::from_secs(899));
    client.list_keys().send().await.unwrap();
    session.get_caller_identity().send().await.unwrap();
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(
        refusal(client.list_keys().send().await),
        "ExpiredTokenException: The security token included in the request is expired"
    );
    assert_eq!(
        refusal(session.get_caller_identity().send().await),
        "ExpiredToken: The security token included in the request is expired"
    );
}

#[tokio::test]
async fn a_user_lends_its_permissions_to_itself_but_no_further() {
    let policy =
        json!({ "Statement": [{ "Effect": "Allow", "Action": "kms:ListKeys", "Resource": "*" }] });
    let policies = json!({ "principals": { "000000000042": policy } });
    let stage = Stage::with(Settings {
        iam: Some(serde_json::from_value(policies).unwrap()),
        ..Settings::default()
    });
    let client = sts(&stage, lasting("000000000042"));
    let lent = client.get_session_token().send().await.unwrap().credentials.unwrap();
    assert_eq!(lent.expiration.secs() * 1000, stage.clock.now().milliseconds() + 43_200_000);
    let keys = kms(stage.cloud.http_client(), "eu-west-1", &lent.access_key_id, None);
    let session = sts(&stage, temporary(lent));
    let identity = session.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.arn(), Some("arn:aws:iam::000000000042:user/local"));
    assert_eq!(
        refusal(session.get_session_token().send().await),
        "AccessDenied: Cannot call GetSessionToken with session credentials"
    );
    keys.list_keys().send().await.unwrap();
    assert!(keys.create_key().send().await.is_err());
}

#[tokio::test]
async fn a_role_has_its_own_policies() {
    let allow = |action: &str| json!({ "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] });
    let policies = json!({
        "principals": { "deploy": allow("kms:*"), "AKIDLOCAL": allow("sts:AssumeRole") }
    });
    let stage = Stage::with(Settings {
        iam: Some(serde_json::from_value(policies).unwrap()),
        ..Settings::default()
    });
    let client = sts(&stage, lasting("AKIDLOCAL"));
    let lent = client.assume_role().role_arn(ROLE).role_session_name("test").send().await.unwrap();
    let lent = lent.credentials.unwrap();
    let keys = kms(stage.cloud.http_client(), "eu-west-1", &lent.access_key_id, None);
    keys.create_key().send().await.unwrap();
    assert!(stage.kms("eu-west-1").create_key().send().await.is_err());
    let session = sts(&stage, temporary(lent));
    assert_eq!(
        refusal(session.assume_role().role_arn(ROLE).role_session_name("again").send().await),
        format!(
            "AccessDenied: User: arn:aws:sts::123456789012:assumed-role/deploy/test is not \
             authorized to perform: sts:AssumeRole on resource: {ROLE} because no identity-based \
             policy allows the sts:AssumeRole action"
        )
    );
    // Who one is, everybody may know.
    session.get_caller_identity().send().await.unwrap();
}

#[tokio::test]
async fn an_access_key_tells_its_account() {
    let stage = Stage::new();
    let client = sts(&stage, lasting("AKIDLOCAL"));
    let role = "arn:aws:iam::000000000042:role/deploy";
    let lent = client.assume_role().role_arn(role).role_session_name("test").send().await.unwrap();
    let lent = lent.credentials.unwrap().access_key_id;
    for (access_key, account) in
        [(lent.as_str(), "000000000042"), ("AKIAIOSFODNN7EXAMPLE", "123456789012")]
    {
        let info = client.get_access_key_info().access_key_id(access_key).send().await.unwrap();
        assert_eq!(info.account(), Some(account));
    }
}

fn ask_iam(cloud: &Cloud, access_key: &str, form: &'static str) -> (u16, String) {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/20260101/us-east-1/iam/aws4_request, Signature=0"
    );
    let request: Request = http::Request::post("https://iam.amazonaws.com/")
        .header("Authorization", authorization)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form.into())
        .unwrap();
    let response = cloud.handle(&request).response.unwrap();
    assert_eq!(response.headers()["content-type"], "text/xml");
    (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
}

/// What Terraform's provider asks when GetCallerIdentity does not help.
#[tokio::test]
async fn iam_tells_the_account_too() {
    let stage = Stage::new();
    let ask = |form| ask_iam(&stage.cloud, "AKIDLOCAL", form);
    let (status, user) = ask("Action=GetUser&Version=2010-05-08");
    assert_eq!(status, 200);
    assert!(user.starts_with(
        "<GetUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetUserResult>"
    ));
    assert!(user.contains("<Arn>arn:aws:iam::123456789012:user/local</Arn>"));
    let (_, roles) = ask("Action=ListRoles&Version=2010-05-08&MaxItems=1");
    assert!(roles.contains("<IsTruncated>false</IsTruncated><Roles><member><Path>"), "{roles}");
    assert!(roles.contains("<Arn>arn:aws:iam::123456789012:role/aws-service-role/support"));
    let (_, aliases) = ask("Action=ListAccountAliases&Version=2010-05-08");
    assert!(aliases.contains("<AccountAliases></AccountAliases>"));
    let (status, missing) = ask("Action=GetUser&Version=2010-05-08&UserName=nobody");
    assert_eq!(status, 404);
    assert!(missing.contains("<Code>NoSuchEntity</Code>"));

    let client = sts(&stage, lasting("AKIDLOCAL"));
    let lent = client.assume_role().role_arn(ROLE).role_session_name("test").send().await.unwrap();
    let lent = lent.credentials.unwrap().access_key_id;
    let (status, user) = ask_iam(&stage.cloud, &lent, "Action=GetUser&Version=2010-05-08");
    assert_eq!(status, 400);
    assert!(user.contains("<Code>ValidationError</Code>"), "{user}");
    let (_, role) = ask("Action=GetRole&Version=2010-05-08&RoleName=deploy");
    assert!(role.contains("<Path>/team/</Path><RoleName>deploy</RoleName>"), "{role}");
    assert!(role.contains(&format!("<Arn>{ROLE}</Arn>")), "{role}");
    stage.kms("eu-west-1").create_key().multi_region(true).send().await.unwrap();
    let (_, roles) =
        ask("Action=ListRoles&Version=2010-05-08&PathPrefix=%2Faws-service-role%2Fmrk");
    assert!(roles.contains("AWSServiceRoleForKeyManagementServiceMultiRegionKeys"), "{roles}");
    assert!(!roles.contains("support"));
    let (_, first) = ask("Action=ListRoles&Version=2010-05-08&MaxItems=1");
    assert!(first.contains("<IsTruncated>true</IsTruncated>") && first.contains("<Marker>"));
}

/// As of an address that was signed beforehand.
#[test]
fn a_request_may_be_all_query() {
    let stage = Stage::new();
    let request: Request = http::Request::get(
        "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15\
         &X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60\
         &X-Amz-Credential=000000000042%2F20260101%2Feu-west-1%2Fsts%2Faws4_request\
         &X-Amz-SignedHeaders=host&X-Amz-Signature=00",
    )
    .body(Default::default())
    .unwrap();
    let response = stage.cloud.handle(&request).response.unwrap();
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    assert!(body.contains("<Account>000000000042</Account>"), "{body}");
}
