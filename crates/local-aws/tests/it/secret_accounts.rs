//! Secrets of several accounts, and how an account shares one with another.

use serde_json::{Value, json};

use crate::iam::{allow, stage_with_admin};
use crate::raw::{document, request};
use crate::secret_wire::{Answer, FIRST, SECOND};
use crate::stage::{Stage, kms};

const OWNER: &str = "000000000042";
const GUEST: &str = "123456789012";

fn call(stage: &Stage, account: &str, operation: &str, mut input: Value) -> Answer {
    if input.get("ClientRequestToken").is_none() {
        input["ClientRequestToken"] = json!(SECOND);
    }
    let target = format!("secretsmanager.{operation}");
    let delivery = stage.cloud.handle(&request(account, "eu-west-1", &target, &input));
    let response = delivery.response.unwrap();
    let answer = document(&response);
    if response.status() == 200 {
        return Ok(answer);
    }
    let text = |name: &str| answer[name].as_str().unwrap_or_default();
    Err(format!("{}: {}", text("__type"), text("Message")))
}

/// A secret of the owner; gives its ARN.
fn create(stage: &Stage, name: &str, key: &str) -> String {
    let input = json!({
        "Name": name, "KmsKeyId": key, "SecretString": "theirs", "ClientRequestToken": FIRST,
    });
    call(stage, OWNER, "CreateSecret", input).unwrap()["ARN"].as_str().unwrap().to_owned()
}

/// Lets a principal do everything with a secret of the owner.
fn share(stage: &Stage, name: &str, principal: &str) {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*",
        "Principal": { "AWS": principal },
    }] });
    let input = json!({ "SecretId": name, "ResourcePolicy": policy.to_string() });
    call(stage, OWNER, "PutResourcePolicy", input).unwrap();
}

async fn owners_key(stage: &Stage) -> String {
    let client = kms(stage.cloud.http_client(), "eu-west-1", OWNER, None);
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": { "AWS": [OWNER, GUEST] },
    }] });
    let created = client.create_key().policy(policy.to_string()).send().await.unwrap();
    created.key_metadata.unwrap().key_id
}

fn refused(operation: &str, arn: &str) -> String {
    format!(
        "AccessDeniedException: User: arn:aws:iam::{GUEST}:user/local is not authorized to \
         perform: secretsmanager:{operation} on resource: {arn} because no resource-based policy \
         allows the secretsmanager:{operation} action"
    )
}

#[test]
fn the_same_name_is_another_secret_in_another_account() {
    let stage = Stage::new();
    let theirs = create(&stage, "app", "");
    let input = json!({ "Name": "app", "SecretString": "ours", "ClientRequestToken": FIRST });
    let ours = call(&stage, GUEST, "CreateSecret", input).unwrap()["ARN"].clone();
    assert!(theirs.contains(OWNER) && ours.as_str().unwrap().contains(GUEST));
    let get = |account| call(&stage, account, "GetSecretValue", json!({ "SecretId": "app" }));
    assert_eq!(get(OWNER).unwrap()["SecretString"], "theirs");
    assert_eq!(get(GUEST).unwrap()["SecretString"], "ours");
    let listed = call(&stage, GUEST, "ListSecrets", json!({})).unwrap();
    assert_eq!(listed["SecretList"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_secret_is_used_from_another_account_if_its_policy_names_it() {
    let stage = Stage::new();
    let key = owners_key(&stage).await;
    let arn = create(&stage, "app", &key);
    let get = || call(&stage, GUEST, "GetSecretValue", json!({ "SecretId": arn }));
    assert_eq!(get().unwrap_err(), refused("GetSecretValue", &arn));
    share(&stage, "app", "210987654321");
    assert_eq!(get().unwrap_err(), refused("GetSecretValue", &arn));
    let missing = json!({ "SecretId": arn.replace(":app-", ":other-") });
    let missing = call(&stage, GUEST, "DescribeSecret", missing).unwrap_err();
    assert!(missing.starts_with("ResourceNotFoundException"), "{missing}");
    for principal in
        ["*", GUEST, "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:user/local"]
    {
        share(&stage, "app", principal);
        assert_eq!(get().unwrap()["SecretString"], "theirs", "{principal}");
    }
    // Who may use it may change it, where it is.
    let put = json!({ "SecretId": arn, "SecretString": "changed" });
    assert_eq!(call(&stage, GUEST, "PutSecretValue", put).unwrap()["ARN"], arn);
    let own = call(&stage, OWNER, "GetSecretValue", json!({ "SecretId": "app" })).unwrap();
    assert_eq!(own["SecretString"], "changed");
    // By its name it is not found.
    let named = call(&stage, GUEST, "GetSecretValue", json!({ "SecretId": "app" })).unwrap_err();
    assert!(named.starts_with("ResourceNotFoundException"), "{named}");
}

#[tokio::test]
async fn the_default_key_opens_nothing_to_another_account() {
    let stage = Stage::new();
    let arn = create(&stage, "app", "");
    share(&stage, "app", GUEST);
    let refused = "InvalidRequestException: You can't access a secret from a different AWS \
                   account if you encrypt the secret with the default KMS service key.";
    let input = json!({ "SecretId": arn, "SecretString": "x" });
    for operation in ["GetSecretValue", "PutSecretValue"] {
        assert_eq!(call(&stage, GUEST, operation, input.clone()).unwrap_err(), refused);
    }
    call(&stage, GUEST, "DescribeSecret", json!({ "SecretId": arn })).unwrap();
}

#[tokio::test]
async fn a_batch_has_secrets_of_other_accounts_one_by_one() {
    let stage = Stage::new();
    let key = owners_key(&stage).await;
    let arns = ["open", "closed", "default", "marked"].map(|name| {
        let arn = create(&stage, name, if name == "default" { "" } else { &key });
        if name != "closed" {
            share(&stage, name, GUEST);
        }
        arn
    });
    call(&stage, OWNER, "DeleteSecret", json!({ "SecretId": "marked" })).unwrap();
    let ids: Vec<&str> = arns.iter().map(String::as_str).chain(["none"]).collect();
    let batch = call(&stage, GUEST, "BatchGetSecretValue", json!({ "SecretIdList": ids })).unwrap();
    let values = batch["SecretValues"].as_array().unwrap();
    assert_eq!((values.len(), &values[0]["ARN"]), (1, &json!(arns[0])));
    let errors: Vec<Value> = batch["Errors"].as_array().unwrap().clone();
    let told = |index: usize| (&errors[index]["SecretId"], errors[index]["ErrorCode"].clone());
    for (index, code) in [
        "AccessDeniedException",
        "InvalidRequestException",
        "InvalidRequestException",
        "ResourceNotFoundException",
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(told(index), (&json!(ids[index + 1]), json!(code)));
    }
}

#[tokio::test]
async fn under_policies_both_accounts_have_a_say() {
    let shut = stage_with_admin(&[allow(&["secretsmanager:Put*", "secretsmanager:Create*"])]);
    let open = stage_with_admin(&[allow(&["secretsmanager:*", "kms:*"])]);
    for (stage, is_allowed) in [(shut, false), (open, true)] {
        let key = if is_allowed { owners_key(&stage).await } else { String::new() };
        let arn = create(&stage, "app", &key);
        let get = || call(&stage, GUEST, "GetSecretValue", json!({ "SecretId": arn }));
        assert!(get().unwrap_err().starts_with("AccessDeniedException"));
        share(&stage, "app", GUEST);
        match get() {
            Ok(value) => assert!(is_allowed && value["SecretString"] == "theirs"),
            Err(error) => {
                assert!(!is_allowed && error.contains("no identity-based policy"), "{error}");
            }
        }
    }
}
