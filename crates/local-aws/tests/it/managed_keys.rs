//! Keys that AWS manages, and stores of keys that nobody has.

use aws_sdk_kms::types::{AliasListEntry, KeyManagerType, Tag};

use crate::stage::{Stage, describe, refusal};

async fn aliases(client: &aws_sdk_kms::Client) -> Vec<AliasListEntry> {
    let pages = client.list_aliases().into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.unwrap()
}

fn named<'a>(aliases: &'a [AliasListEntry], name: &str) -> &'a AliasListEntry {
    aliases.iter().find(|alias| alias.alias_name() == Some(name)).unwrap()
}

#[tokio::test]
async fn a_managed_key_is_made_when_it_is_first_described() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let before = aliases(&client).await;
    let entry = named(&before, "alias/aws/ebs");
    assert_eq!((entry.target_key_id(), entry.creation_date()), (None, None));
    assert!(entry.alias_arn().unwrap().ends_with(":alias/aws/ebs"));
    assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 0);
    // Operations that take no alias make nothing.
    assert!(
        refusal(client.enable_key().key_id("alias/aws/ebs").send().await)
            .contains("Invalid keyId 'alias/aws/ebs'")
    );
    assert!(
        refusal(client.describe_key().key_id("alias/aws/nonsense").send().await)
            .starts_with("NotFoundException")
    );
    assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 0);

    let key = describe(&client, "alias/aws/ebs").await;
    assert_eq!(key.key_manager(), Some(&KeyManagerType::Aws));
    assert_eq!((key.enabled(), key.multi_region()), (true, Some(false)));
    assert_eq!(
        key.description(),
        Some("Default key that protects my EBS volumes when no other key is defined")
    );
    let arn = "arn:aws:kms:eu-west-1:123456789012:alias/aws/ebs";
    assert_eq!(describe(&client, arn).await.key_id(), key.key_id());
    let after = aliases(&client).await;
    assert_eq!(named(&after, "alias/aws/ebs").target_key_id(), Some(key.key_id()));
    assert_eq!(after.len(), before.len());
    assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 1);
    let status = client.get_key_rotation_status().key_id(key.key_id()).send().await.unwrap();
    assert_eq!(
        (status.key_rotation_enabled(), status.rotation_period_in_days()),
        (true, Some(365))
    );
    let policy = client.get_key_policy().key_id(key.key_id()).send().await.unwrap();
    assert!(policy.policy().unwrap().contains("\"Id\" : \"auto-ebs-2\""));
    // Each Region has its own.
    assert_eq!(stage.kms("us-east-1").list_keys().send().await.unwrap().keys().len(), 0);
}

#[tokio::test]
async fn nobody_but_aws_manages_a_managed_key() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = describe(&client, "alias/aws/s3").await;
    let id = key.key_id();
    let denied = |text: String| assert!(text.starts_with("AccessDeniedException"), "{text}");
    denied(refusal(client.disable_key().key_id(id).send().await));
    denied(refusal(client.disable_key_rotation().key_id(id).send().await));
    denied(refusal(client.schedule_key_deletion().key_id(id).send().await));
    denied(refusal(client.update_key_description().key_id(id).description("x").send().await));
    denied(refusal(client.put_key_policy().key_id(id).policy("{}").send().await));
    denied(refusal(client.create_alias().alias_name("alias/x").target_key_id(id).send().await));
    let tag = Tag::builder().tag_key("a").tag_value("b").build().unwrap();
    denied(refusal(client.tag_resource().key_id(id).tags(tag).send().await));
    let outcome = client.delete_alias().alias_name("alias/aws/s3").send().await;
    assert!(refusal(outcome).starts_with("NotAuthorizedException"));
    let outcome = client.replicate_key().key_id(id).replica_region("us-east-1").send().await;
    assert!(refusal(outcome).starts_with("UnsupportedOperationException"));
    assert_eq!(describe(&client, id).await, key);
}

#[tokio::test]
async fn a_secret_without_a_key_has_the_managed_one() {
    let stage = Stage::new();
    let secrets = stage.secrets("eu-west-1");
    secrets.create_secret().name("empty").send().await.unwrap();
    let listed = aliases(&stage.kms("eu-west-1")).await;
    assert_eq!(named(&listed, "alias/aws/secretsmanager").target_key_id(), None);
    let region =
        aws_sdk_secretsmanager::types::ReplicaRegionType::builder().region("us-east-1").build();
    let create = secrets.create_secret().name("app").secret_string("s").add_replica_regions(region);
    create.send().await.unwrap();
    stage.pass(2);
    for region in ["eu-west-1", "us-east-1"] {
        let client = stage.kms(region);
        let keys = client.list_keys().send().await.unwrap().keys.unwrap();
        assert_eq!(keys.len(), 1, "{region}");
        let listed = aliases(&client).await;
        let target = named(&listed, "alias/aws/secretsmanager").target_key_id();
        assert_eq!(target, keys[0].key_id(), "{region}");
    }
}

#[tokio::test]
async fn a_policy_is_told_in_the_layout_of_kms() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let policy = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":["kms:*"]}]}"#;
    let key = client.create_key().policy(policy).send().await.unwrap().key_metadata.unwrap();
    let told = client.get_key_policy().key_id(key.key_id()).send().await.unwrap();
    assert_eq!(
        told.policy(),
        Some(
            "{\n  \"Statement\" : [ {\n    \"Effect\" : \"Allow\",\n    \"Principal\" : \"*\",\n    \
             \"Action\" : [ \"kms:*\" ]\n  } ]\n}"
        )
    );
}
