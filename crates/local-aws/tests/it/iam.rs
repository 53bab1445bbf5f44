//! Policies, as they are felt by clients.

use aws_sdk_kms::types::KeyState;
use meridian_local_aws::Settings;
use serde_json::{Value, json};

use crate::stage::{Stage, describe, kms, multi_region_key, refusal};

pub const USER: &str = "arn:aws:iam::123456789012:user/local";

pub fn allow(actions: &[&str]) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": "*" })
}

pub fn deny(actions: &[&str]) -> Value {
    json!({ "Effect": "Deny", "Action": actions, "Resource": "*" })
}

pub fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

pub fn stage(policies: Value) -> Stage {
    Stage::with(Settings {
        iam: Some(serde_json::from_value(policies).unwrap()),
        ..Settings::default()
    })
}

/// A policy for everybody but AKIDADMIN, who may do everything.
pub fn stage_with_admin(statements: &[Value]) -> Stage {
    stage(json!({
        "principals": { "AKIDADMIN": document(&[allow(&["*"])]) },
        "default": document(statements),
    }))
}

pub fn admin(stage: &Stage, region: &str) -> aws_sdk_kms::Client {
    kms(stage.cloud.http_client(), region, "AKIDADMIN", None)
}

#[tokio::test]
async fn a_refusal_names_caller_action_resource_and_policy() {
    let stage = stage_with_admin(&[deny(&["kms:DisableKey"])]);
    let key = multi_region_key(&admin(&stage, "eu-west-1")).await;
    let arn = format!("arn:aws:kms:eu-west-1:123456789012:key/{key}");
    let client = stage.kms("eu-west-1");
    let denied = "AccessDeniedException: User: arn:aws:iam::123456789012:user/local is not \
                  authorized to perform:";
    assert_eq!(
        refusal(client.create_key().send().await),
        format!(
            "{denied} kms:CreateKey on resource: * because no identity-based policy allows the \
             kms:CreateKey action"
        )
    );
    assert_eq!(
        refusal(client.describe_key().key_id(&key).send().await),
        format!(
            "{denied} kms:DescribeKey on resource: {arn} because no identity-based policy allows \
             the kms:DescribeKey action"
        )
    );
    assert_eq!(
        refusal(client.disable_key().key_id(&key).send().await),
        format!(
            "{denied} kms:DisableKey on resource: {arn} with an explicit deny in an \
             identity-based policy"
        )
    );
    let alone = json!({ "Statement": [{ "Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": { "AWS": "arn:aws:iam::123456789012:role/other" } }] });
    admin(&stage, "eu-west-1")
        .put_key_policy()
        .key_id(&key)
        .policy(alone.to_string())
        .bypass_policy_lockout_safety_check(true)
        .send()
        .await
        .unwrap();
    assert_eq!(
        refusal(admin(&stage, "eu-west-1").describe_key().key_id(&key).send().await),
        format!(
            "{denied} kms:DescribeKey on resource: {arn} because no resource-based policy allows \
             the kms:DescribeKey action"
        )
    );
    let secrets = stage.secrets("eu-west-1");
    assert_eq!(
        refusal(secrets.create_secret().name("app").send().await),
        format!(
            "{denied} secretsmanager:CreateSecret on resource: app because no identity-based \
             policy allows the secretsmanager:CreateSecret action"
        )
    );
    assert_eq!(
        refusal(secrets.list_secrets().send().await),
        format!(
            "{denied} secretsmanager:ListSecrets because no identity-based policy allows the \
             secretsmanager:ListSecrets action"
        )
    );
    // A key that is not there is nobody's to refuse.
    let missing = client.describe_key().key_id("1234abcd-12ab-34cd-56ef-1234567890ab");
    assert!(refusal(missing.send().await).starts_with("NotFoundException"));
    assert_eq!(admin(&stage, "eu-west-1").list_keys().send().await.unwrap().keys().len(), 1);
}

#[tokio::test]
async fn a_key_policy_lets_in_and_keeps_out_by_itself() {
    let stage = stage_with_admin(&[allow(&["kms:DescribeKey"])]);
    let admin = admin(&stage, "eu-west-1");
    let client = stage.kms("eu-west-1");
    let key = multi_region_key(&admin).await;
    let statement = |effect: &str, action: &str| json!({ "Effect": effect, "Action": action, "Resource": "*", "Principal": { "AWS": USER } });
    let root = json!({ "Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": { "AWS": "arn:aws:iam::123456789012:root" } });
    let policy = document(&[
        root,
        statement("Allow", "kms:DisableKey"),
        statement("Deny", "kms:DescribeKey"),
    ]);
    let put = admin.put_key_policy().key_id(&key).policy(policy.to_string());
    put.send().await.unwrap();
    client.disable_key().key_id(&key).send().await.unwrap();
    assert!(
        refusal(client.describe_key().key_id(&key).send().await)
            .ends_with("with an explicit deny in a resource-based policy")
    );
    // No identity-based policy, and the key's leaves the rest to them.
    assert!(
        refusal(client.enable_key().key_id(&key).send().await)
            .contains("no identity-based policy allows")
    );
}

#[tokio::test]
async fn tags_of_a_new_key_have_words_of_their_own() {
    let stage = stage(document(&[allow(&["kms:CreateKey"])]));
    let tag = aws_sdk_kms::types::Tag::builder().tag_key("a").tag_value("b").build().unwrap();
    let client = stage.kms("eu-west-1");
    assert_eq!(
        refusal(client.create_key().tags(tag).send().await),
        "AccessDeniedException: You don't have the kms:TagResource permission that is required to \
         add tags during key creation."
    );
    let first = refusal(client.create_key().multi_region(true).send().await);
    assert!(first.contains("iam:CreateServiceLinkedRole"), "{first}");
    client.create_key().send().await.unwrap();
}

#[tokio::test]
async fn the_role_of_multi_region_keys_is_made_once() {
    let policy = |condition: Value| {
        let role = json!({ "Effect": "Allow", "Action": "iam:CreateServiceLinkedRole",
            "Resource": "*", "Condition": condition });
        stage_with_admin(&[allow(&["kms:CreateKey"]), role])
    };
    let other = json!({ "StringEquals": { "iam:AWSServiceName": "other.amazonaws.com" } });
    let stage = policy(other);
    let client = stage.kms("eu-west-1");
    assert!(
        refusal(client.create_key().multi_region(true).send().await)
            .contains("iam:CreateServiceLinkedRole")
    );
    let key = multi_region_key(&admin(&stage, "us-east-1")).await;
    multi_region_key(&client).await;
    // The role outlives the keys.
    let deletion = admin(&stage, "us-east-1").schedule_key_deletion().key_id(&key);
    deletion.pending_window_in_days(7).send().await.unwrap();
    stage.clock.advance_days(8);
    multi_region_key(&client).await;
}

#[tokio::test]
async fn a_change_of_primary_is_checked_on_both_keys() {
    let update = |region: &str| {
        json!({ "Effect": "Allow", "Action": "kms:UpdatePrimaryRegion",
            "Resource": format!("arn:aws:kms:{region}:123456789012:key/*") })
    };
    for (statements, expected) in [
        (vec![update("eu-west-1")], Some("us-east-1")),
        (vec![update("us-east-1")], Some("eu-west-1")),
        (vec![update("eu-west-1"), update("us-east-1")], None),
    ] {
        let stage = stage_with_admin(&statements);
        let admin = admin(&stage, "eu-west-1");
        let key = multi_region_key(&admin).await;
        admin.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
        stage.pass(2);
        let client = stage.kms("eu-west-1");
        let outcome =
            client.update_primary_region().key_id(&key).primary_region("us-east-1").send().await;
        match expected {
            None => assert!(outcome.is_ok()),
            Some(region) => {
                let refusal = refusal(outcome);
                assert!(refusal.contains(&format!("arn:aws:kms:{region}")), "{refusal}");
                let state = describe(&admin, &key).await.key_state;
                assert_eq!(state, Some(KeyState::Enabled), "nothing has changed");
            }
        }
    }
}

#[tokio::test]
async fn an_organization_has_the_last_word() {
    let mut policies = json!({ "default": document(&[allow(&["*"])]) });
    let elsewhere = json!({ "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": { "StringNotEquals": { "aws:RequestedRegion": "eu-west-1" } } });
    policies["service_control_policy"] = document(&[allow(&["*"]), elsewhere]);
    let stage = stage(policies);
    let client = stage.kms("eu-west-1");
    // The role is made in the Region of the global services, where nothing may be done.
    let first = refusal(client.create_key().multi_region(true).send().await);
    assert!(first.contains("iam:CreateServiceLinkedRole"), "{first}");
    client.create_key().send().await.unwrap();
    assert!(
        refusal(stage.kms("us-east-1").create_key().send().await)
            .ends_with("with an explicit deny in a service control policy")
    );
}

#[tokio::test]
async fn tags_decide_if_policies_say_so() {
    let own = json!({ "Effect": "Allow", "Action": "kms:DescribeKey", "Resource": "*",
        "Condition": { "StringEquals": { "aws:ResourceTag/owner": "${aws:username}" } } });
    let aliased = json!({ "Effect": "Allow", "Action": "kms:DisableKey", "Resource": "*",
        "Condition": { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/local-*" } } });
    let stage = stage_with_admin(&[own, aliased]);
    let admin = admin(&stage, "eu-west-1");
    let client = stage.kms("eu-west-1");
    let key = multi_region_key(&admin).await;
    assert!(client.describe_key().key_id(&key).send().await.is_err());
    assert!(client.disable_key().key_id(&key).send().await.is_err());
    let tag = aws_sdk_kms::types::Tag::builder().tag_key("owner").tag_value("local").build();
    admin.tag_resource().key_id(&key).tags(tag.unwrap()).send().await.unwrap();
    let alias = admin.create_alias().alias_name("alias/local-app").target_key_id(&key);
    alias.send().await.unwrap();
    client.describe_key().key_id(&key).send().await.unwrap();
    client.describe_key().key_id("alias/local-app").send().await.unwrap();
    client.disable_key().key_id(&key).send().await.unwrap();
}

#[tokio::test]
async fn without_policies_nothing_is_refused_and_nothing_is_noted() {
    let stage = Stage::new();
    multi_region_key(&stage.kms("eu-west-1")).await;
    assert!(stage.cloud.used_permissions().is_empty());
}
