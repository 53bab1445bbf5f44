//! What the uses of keys demand, whatever comes of them.

use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{GrantConstraints, GrantOperation};
use serde_json::{Value, json};

use crate::iam::{admin, allow, stage_with_admin};
use crate::stage::{Stage, multi_region_key};

fn allow_if(action: &str, condition: Value) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition })
}

fn is_denied<T, E: ProvideErrorMetadata, R>(outcome: Result<T, SdkError<E, R>>) -> bool {
    outcome.err().is_some_and(|error| error.code() == Some("AccessDeniedException"))
}

/// A key by the alias `alias/app`, and a user who may do this with it.
async fn scene(statements: &[Value]) -> (Stage, String) {
    let stage = stage_with_admin(statements);
    let admin = admin(&stage, "eu-west-1");
    let key = multi_region_key(&admin).await;
    admin.create_alias().alias_name("alias/app").target_key_id(&key).send().await.unwrap();
    (stage, key)
}

#[tokio::test]
async fn a_use_is_checked_by_its_context_and_by_the_name_of_its_key() {
    let (stage, key) = scene(&[allow_if(
        "kms:Encrypt",
        json!({
            "StringEquals": {
                "kms:EncryptionContext:app": "web",
                "kms:RequestAlias": "alias/app",
                "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
            },
            "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["app"] },
        }),
    )])
    .await;
    let client = stage.kms("eu-west-1");
    let alias_arn = "arn:aws:kms:eu-west-1:123456789012:alias/app";
    let table = [
        ("alias/app", &[("app", "web")][..], false),
        (alias_arn, &[("app", "web")], false),
        (&key, &[("app", "web")], true),
        ("alias/app", &[("app", "other")], true),
        ("alias/app", &[], true),
        ("alias/app", &[("app", "web"), ("more", "x")], true),
    ];
    for (name, context, expected) in table {
        let request = client.encrypt().key_id(name).plaintext(Blob::new(b"clear"));
        let request = context
            .iter()
            .fold(request, |request, (key, value)| request.encryption_context(*key, *value));
        assert_eq!(is_denied(request.send().await), expected, "{name} {context:?}");
    }
    let data_key = client.generate_data_key().key_id("alias/app").encryption_context("app", "web");
    assert!(is_denied(data_key.send().await));
}

#[tokio::test]
async fn a_change_of_encryption_is_checked_on_both_keys() {
    for (actions, expected) in [
        (vec!["kms:ReEncryptFrom"], true),
        (vec!["kms:ReEncryptTo"], true),
        (vec!["kms:ReEncrypt*"], false),
        (vec!["kms:ReEncrypt"], true),
    ] {
        let (stage, key) = scene(&[allow(&actions)]).await;
        let request = stage
            .kms("eu-west-1")
            .re_encrypt()
            .source_key_id(&key)
            .destination_key_id("alias/app")
            .ciphertext_blob(Blob::new(b"sealed"));
        assert_eq!(is_denied(request.send().await), expected, "{actions:?}");
    }
}

#[tokio::test]
async fn a_grant_may_be_limited_before_it_is_made() {
    let role = "arn:aws:iam::123456789012:role/reader";
    let (stage, key) = scene(&[allow_if(
        "kms:CreateGrant",
        json!({
            "StringEquals": {
                "kms:GranteePrincipal": role,
                "kms:GrantConstraintType": "EncryptionContextSubset",
            },
            "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt", "DescribeKey"] },
            "Bool": { "kms:GrantIsForAWSResource": "false" },
        }),
    )])
    .await;
    let client = stage.kms("eu-west-1");
    let request = |grantee: &str, operation: GrantOperation| {
        let constraints = GrantConstraints::builder().encryption_context_subset("app", "web");
        client
            .create_grant()
            .key_id(&key)
            .grantee_principal(grantee)
            .operations(GrantOperation::DescribeKey)
            .operations(operation)
            .constraints(constraints.build())
    };
    assert!(!is_denied(request(role, GrantOperation::Decrypt).send().await));
    assert!(is_denied(request(role, GrantOperation::Encrypt).send().await));
    let other = "arn:aws:iam::123456789012:role/other";
    assert!(is_denied(request(other, GrantOperation::Decrypt).send().await));
    let free = GrantConstraints::builder().build();
    let request = request(role, GrantOperation::Decrypt).constraints(free);
    assert!(is_denied(request.send().await));
}

#[tokio::test]
async fn an_alias_that_moves_is_checked_on_itself_and_both_keys() {
    let tagged = |team: &str| {
        allow_if("kms:UpdateAlias", json!({ "StringEquals": { "aws:ResourceTag/team": team } }))
    };
    let alias = json!({ "Effect": "Allow", "Action": "kms:UpdateAlias",
        "Resource": "arn:aws:kms:eu-west-1:123456789012:alias/app" });
    let statements = [alias, tagged("old"), tagged("new")];
    for dropped in 0..=statements.len() {
        let mut fewer = statements.to_vec();
        if dropped < fewer.len() {
            fewer.remove(dropped);
        }
        let (stage, old) = scene(&fewer).await;
        let admin = admin(&stage, "eu-west-1");
        let new = multi_region_key(&admin).await;
        for (key, team) in [(&old, "old"), (&new, "new")] {
            let tag = aws_sdk_kms::types::Tag::builder().tag_key("team").tag_value(team).build();
            admin.tag_resource().key_id(key).tags(tag.unwrap()).send().await.unwrap();
        }
        let client = stage.kms("eu-west-1");
        let update = client.update_alias().alias_name("alias/app").target_key_id(&new);
        assert_eq!(is_denied(update.send().await), dropped < statements.len(), "{dropped}");
    }
}
