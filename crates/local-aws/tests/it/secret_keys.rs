//! The keys that secrets are encrypted under.

use aws_sdk_kms::types::{KeySpec, KeyUsageType, OriginType};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::ReplicaRegionType;

use crate::stage::{Stage, kms, multi_region_key, refusal};

async fn new_key(client: &aws_sdk_kms::Client) -> String {
    client.create_key().send().await.unwrap().key_metadata.unwrap().arn.unwrap()
}

/// The keys of the version that has a label.
async fn keys_of(client: &Client, stage: &str) -> Vec<String> {
    let listed = client.list_secret_version_ids().secret_id("app").send().await.unwrap();
    let mut versions = listed.versions().iter();
    let version =
        versions.find(|version| version.version_stages().iter().any(|label| label == stage));
    version.unwrap().kms_key_ids().to_vec()
}

#[tokio::test]
async fn only_a_symmetric_key_in_use_will_do() {
    let stage = Stage::new();
    let (client, keys) = (stage.secrets("eu-west-1"), stage.kms("eu-west-1"));
    let key = new_key(&keys).await;
    let disabled = new_key(&keys).await;
    keys.disable_key().key_id(&disabled).send().await.unwrap();
    let doomed = new_key(&keys).await;
    keys.schedule_key_deletion().key_id(&doomed).send().await.unwrap();
    let empty = keys.create_key().origin(OriginType::External).send().await.unwrap();
    let rsa = keys.create_key().key_spec(KeySpec::Rsa2048).key_usage(KeyUsageType::EncryptDecrypt);
    let rsa = rsa.send().await.unwrap();
    let elsewhere = new_key(&stage.kms("us-east-1")).await;
    let foreign = new_key(&kms(stage.cloud.http_client(), "eu-west-1", "000000000042", None)).await;
    let creating = multi_region_key(&keys).await;
    keys.replicate_key().key_id(&creating).replica_region("eu-central-1").send().await.unwrap();
    keys.create_alias().alias_name("alias/app").target_key_id(&key).send().await.unwrap();

    let create = |name: &str, key: &str| {
        client.create_secret().name(name).kms_key_id(key).secret_string("x").send()
    };
    let id_of = |arn: &str| arn.rsplit('/').next().unwrap().to_owned();
    let alias_arn = "arn:aws:kms:eu-west-1:123456789012:alias/app";
    for (name, good) in [
        ("by-arn", key.as_str()),
        ("by-id", &id_of(&key)),
        ("by-alias", "alias/app"),
        ("by-alias-arn", alias_arn),
        ("foreign", &foreign),
        ("default", "alias/aws/secretsmanager"),
    ] {
        create(name, good).await.unwrap();
        let read = client.get_secret_value().secret_id(name).send().await.unwrap();
        assert_eq!(read.secret_string(), Some("x"), "{name}");
    }
    for bad in [
        disabled.as_str(),
        &doomed,
        empty.key_metadata().unwrap().key_id(),
        rsa.key_metadata().unwrap().key_id(),
        &elsewhere,
        &id_of(&elsewhere),
        &id_of(&foreign),
        "alias/none",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "junk",
    ] {
        let refused = refusal(create("bad", bad).await);
        assert!(refused.starts_with("EncryptionFailure"), "{bad}: {refused}");
    }
    let there = stage.secrets("eu-central-1");
    let early = there.create_secret().name("bad").kms_key_id(&creating).send().await;
    assert!(refusal(early).starts_with("EncryptionFailure"));
    assert_eq!(client.list_secrets().send().await.unwrap().secret_list().len(), 6);
}

#[tokio::test]
async fn nothing_is_read_without_a_key_that_works() {
    let stage = Stage::new();
    let (client, keys) = (stage.secrets("eu-west-1"), stage.kms("eu-west-1"));
    let key = new_key(&keys).await;
    client.create_secret().name("app").kms_key_id(&key).secret_string("x").send().await.unwrap();
    let get = || client.get_secret_value().secret_id("app").send();
    let put = || client.put_secret_value().secret_id("app").secret_string("y").send();
    keys.disable_key().key_id(&key).send().await.unwrap();
    assert!(refusal(get().await).starts_with("DecryptionFailure"));
    assert!(refusal(put().await).starts_with("EncryptionFailure"));
    let batch = client.batch_get_secret_value().secret_id_list("app").send().await.unwrap();
    assert_eq!(batch.errors()[0].error_code(), Some("DecryptionFailure"));
    // What needs no key works on.
    client.update_secret().secret_id("app").description("d").send().await.unwrap();
    client.describe_secret().secret_id("app").send().await.unwrap();
    keys.enable_key().key_id(&key).send().await.unwrap();
    get().await.unwrap();
    // A key that was deleted takes the value along.
    keys.schedule_key_deletion().key_id(&key).pending_window_in_days(7).send().await.unwrap();
    stage.clock.advance_days(8);
    assert!(refusal(get().await).starts_with("DecryptionFailure"));
    client.update_secret().secret_id("app").kms_key_id("").send().await.unwrap();
    assert!(refusal(get().await).starts_with("DecryptionFailure"));
    put().await.unwrap();
    assert_eq!(get().await.unwrap().secret_string(), Some("y"));
}

#[tokio::test]
async fn a_new_key_takes_along_what_rotation_labels() {
    let stage = Stage::new();
    let (client, keys) = (stage.secrets("eu-west-1"), stage.kms("eu-west-1"));
    let (old, new) = (new_key(&keys).await, new_key(&keys).await);
    client.create_secret().name("app").kms_key_id(&old).secret_string("1").send().await.unwrap();
    for (value, label) in [("2", "AWSCURRENT"), ("3", "AWSPENDING"), ("4", "mine")] {
        let put = client.put_secret_value().secret_id("app").secret_string(value);
        put.version_stages(label).send().await.unwrap();
    }
    client.update_secret().secret_id("app").kms_key_id(&new).send().await.unwrap();
    for label in ["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"] {
        assert_eq!(keys_of(&client, label).await, [old.clone(), new.clone()], "{label}");
    }
    assert_eq!(keys_of(&client, "mine").await, [old.as_str()]);
    client.put_secret_value().secret_id("app").secret_string("5").send().await.unwrap();
    assert_eq!(keys_of(&client, "AWSCURRENT").await, [new.as_str()]);

    keys.disable_key().key_id(&old).send().await.unwrap();
    let get = |label: &str| client.get_secret_value().secret_id("app").version_stage(label).send();
    assert_eq!(get("AWSPREVIOUS").await.unwrap().secret_string(), Some("2"));
    assert!(refusal(get("mine").await).starts_with("DecryptionFailure"));
    // Without a key that opens the old versions they stay as they are.
    keys.disable_key().key_id(&new).send().await.unwrap();
    client.update_secret().secret_id("app").kms_key_id("").send().await.unwrap();
    assert_eq!(keys_of(&client, "AWSCURRENT").await, [new]);
    assert!(refusal(get("AWSCURRENT").await).starts_with("DecryptionFailure"));
}

#[tokio::test]
async fn a_replica_keeps_the_keys_of_its_versions() {
    let stage = Stage::new();
    let (client, there) = (stage.secrets("eu-west-1"), stage.secrets("us-east-1"));
    let keys = stage.kms("us-east-1");
    let (old, new) = (new_key(&keys).await, new_key(&keys).await);
    let region = ReplicaRegionType::builder().region("us-east-1").kms_key_id(&old).build();
    let create = client.create_secret().name("app").secret_string("1");
    create.add_replica_regions(region).send().await.unwrap();
    let mine = client.put_secret_value().secret_id("app").secret_string("2").version_stages("mine");
    mine.send().await.unwrap();
    stage.pass(2);
    there.update_secret().secret_id("app").kms_key_id(&new).send().await.unwrap();
    let tag = aws_sdk_secretsmanager::types::Tag::builder().key("team").value("red").build();
    client.tag_resource().secret_id("app").tags(tag).send().await.unwrap();
    stage.pass(2);
    assert_eq!(keys_of(&there, "AWSCURRENT").await, [old.clone(), new.clone()]);
    assert_eq!(keys_of(&there, "mine").await, [old]);
    assert_eq!(keys_of(&client, "AWSCURRENT").await, ["DefaultEncryptionKey"]);
    client.put_secret_value().secret_id("app").secret_string("3").send().await.unwrap();
    stage.pass(2);
    assert_eq!(keys_of(&there, "AWSCURRENT").await, [new]);
}
