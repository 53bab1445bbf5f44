//! Names of keys, their policies and their tags.

use aws_sdk_kms::types::{KeySpec, Tag};

use crate::stage::{Stage, describe, kms, multi_region_key, refusal};

#[tokio::test]
async fn aliases_belong_to_a_region() {
    let stage = Stage::new();
    let (here, there) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&here).await;
    here.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    let create = |client: &aws_sdk_kms::Client, name: &str| {
        client.create_alias().alias_name(name).target_key_id(&key).send()
    };
    create(&here, "alias/app").await.unwrap();
    create(&there, "alias/app").await.unwrap();
    assert_eq!(
        refusal(create(&here, "alias/app").await),
        "AlreadyExistsException: An alias with the name \
         arn:aws:kms:eu-west-1:123456789012:alias/app already exists"
    );
    assert!(refusal(create(&here, "app").await).contains("must start with the prefix"));
    assert_eq!(describe(&there, "alias/app").await.key_id(), key);
    for number in 0..4 {
        create(&here, &format!("alias/app-{number}")).await.unwrap();
    }
    let pages: Vec<_> = here
        .list_aliases()
        .limit(2)
        .into_paginator()
        .send()
        .collect::<Result<_, _>>()
        .await
        .unwrap();
    let aliases: Vec<_> = pages.iter().flat_map(|page| page.aliases()).collect();
    let names: Vec<_> = aliases.iter().filter_map(|alias| alias.alias_name()).collect();
    assert_eq!(pages.len(), names.len().div_ceil(2));
    assert!(names.is_sorted());
    let own = names.iter().filter(|name| !name.starts_with("alias/aws/")).count();
    assert_eq!(own, 5);
    let of_key = here.list_aliases().key_id(&key).send().await.unwrap();
    assert_eq!(of_key.aliases().len(), 5);

    let mac = here.create_key().key_spec(KeySpec::Hmac256).key_usage("GENERATE_VERIFY_MAC".into());
    let mac = mac.send().await.unwrap().key_metadata.unwrap();
    let outcome =
        here.update_alias().alias_name("alias/app").target_key_id(mac.key_id()).send().await;
    assert!(refusal(outcome).starts_with("ValidationException"));
    let other = here.create_key().send().await.unwrap().key_metadata.unwrap();
    here.update_alias().alias_name("alias/app").target_key_id(other.key_id()).send().await.unwrap();
    assert_eq!(describe(&here, "alias/app").await.key_id(), other.key_id());
    here.delete_alias().alias_name("alias/app").send().await.unwrap();
    assert!(
        refusal(here.describe_key().key_id("alias/app").send().await).contains("is not found.")
    );
}

#[tokio::test]
async fn keys_are_named_in_their_own_region() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let describe = |key: &str| client.describe_key().key_id(key).send();
    assert_eq!(refusal(describe("nonsense").await), "NotFoundException: Invalid keyId 'nonsense'");
    assert_eq!(
        refusal(describe("arn:aws:kms:us-east-1:123456789012:key/mrk-x").await),
        "NotFoundException: Invalid arn us-east-1"
    );
    // Another account has other keys.
    let key = client.create_key().send().await.unwrap().key_metadata.unwrap();
    let stranger = kms(stage.cloud.http_client(), "eu-west-1", "000000000042", None);
    let outcome = stranger.describe_key().key_id(key.key_id()).send().await;
    assert!(refusal(outcome).contains(":000000000042:key/"));
    assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 1);
    assert_eq!(stranger.list_keys().send().await.unwrap().keys().len(), 0);
}

#[tokio::test]
async fn policies_and_tags_are_checked() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = client.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    let put = |policy: &str| client.put_key_policy().key_id(&key).policy(policy).send();
    assert!(refusal(put("junk").await).starts_with("MalformedPolicyDocumentException"));
    let statement = |action: &str| {
        format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::123456789012:root"}},"Action":"{action}","Resource":"*"}}]}}"#
        )
    };
    assert_eq!(
        refusal(put(&statement("kms:Decrypt")).await),
        "MalformedPolicyDocumentException: The new key policy will not allow you to update the \
         key policy in the future."
    );
    let bypass = client.put_key_policy().key_id(&key).policy(statement("kms:Decrypt"));
    bypass.bypass_policy_lockout_safety_check(true).send().await.unwrap();
    put(&statement("kms:*")).await.unwrap();

    let tag = |key: &str| Tag::builder().tag_key(key).tag_value("x").build().unwrap();
    let outcome = client.create_key().tags(tag("a")).tags(tag("a")).send().await;
    assert_eq!(refusal(outcome), "TagException: Duplicate tag keys");
    let outcome = client.tag_resource().key_id(&key).tags(tag("aws:a")).send().await;
    assert_eq!(refusal(outcome), "TagException: Tags beginning with aws: are reserved");
    client.tag_resource().key_id(&key).tags(tag("a")).tags(tag("b")).send().await.unwrap();
    client.untag_resource().key_id(&key).tag_keys("a").tag_keys("z").send().await.unwrap();
    let tags = client.list_resource_tags().key_id(&key).send().await.unwrap();
    assert_eq!(tags.tags().iter().map(Tag::tag_key).collect::<Vec<_>>(), ["b"]);
}
