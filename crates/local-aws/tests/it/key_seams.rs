//! Keys where their features meet: states, promotion, rotation, and who manages them.

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{GrantOperation, KeyState};
use serde_json::json;

use crate::raw::local;
use crate::stage::{Stage, describe, multi_region_key, refusal};

async fn state(client: &Client, key: &str) -> KeyState {
    describe(client, key).await.key_state.unwrap()
}

async fn promote(client: &Client, key: &str, region: &str) {
    client.update_primary_region().key_id(key).primary_region(region).send().await.unwrap();
}

/// A primary key in eu-west-1 and a replica in us-east-1.
async fn pair(stage: &Stage) -> (Client, Client, String) {
    let (here, there) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&here).await;
    here.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(2);
    (here, there, key)
}

#[tokio::test]
async fn a_key_is_updating_until_its_last_promotion_arrives() {
    let stage = Stage::new();
    let (here, there, key) = pair(&stage).await;
    promote(&here, &key, "us-east-1").await;
    stage.pass(1);
    promote(&there, &key, "eu-west-1").await;
    stage.pass(1);
    assert_eq!(state(&here, &key).await, KeyState::Updating);
    assert_eq!(state(&there, &key).await, KeyState::Updating);
    stage.pass(1);
    assert_eq!(state(&here, &key).await, KeyState::Enabled);
    assert_eq!(state(&there, &key).await, KeyState::Enabled);
}

#[tokio::test]
async fn an_old_primary_knows_the_rotation_that_it_was_told() {
    let stage = Stage::new();
    let (here, there, key) = pair(&stage).await;
    here.enable_key_rotation().key_id(&key).send().await.unwrap();
    promote(&here, &key, "us-east-1").await;
    for client in [&here, &there] {
        let status = client.get_key_rotation_status().key_id(&key).send().await.unwrap();
        assert!(status.key_rotation_enabled());
    }
}

#[tokio::test]
async fn an_on_demand_rotation_ends_with_the_key_and_outlives_a_promotion() {
    let stage = Stage::new();
    let (here, there, key) = pair(&stage).await;
    let material = describe(&here, &key).await.current_key_material_id;
    here.rotate_key_on_demand().key_id(&key).send().await.unwrap();
    promote(&here, &key, "us-east-1").await;
    let running = there.rotate_key_on_demand().key_id(&key).send().await;
    assert!(refusal(running).starts_with("ConflictException"));
    stage.pass(3);
    let rotated = describe(&there, &key).await.current_key_material_id;
    assert_ne!(rotated, material);
    assert_eq!(describe(&here, &key).await.current_key_material_id, rotated);

    there.rotate_key_on_demand().key_id(&key).send().await.unwrap();
    there.schedule_key_deletion().key_id(&key).send().await.unwrap();
    stage.pass(3);
    assert_eq!(describe(&there, &key).await.current_key_material_id, rotated);
    there.cancel_key_deletion().key_id(&key).send().await.unwrap();
    there.enable_key().key_id(&key).send().await.unwrap();
    there.rotate_key_on_demand().key_id(&key).send().await.unwrap();
}

#[tokio::test]
async fn a_key_whose_store_is_gone_does_not_come_back_by_being_enabled() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let created = client.create_key().send().await.unwrap().key_metadata.unwrap();
    let key = created.key_id();
    let lever = json!({ "key_id": key, "region": "eu-west-1", "state": "Unavailable" });
    assert_eq!(local(&stage.cloud, "POST", "/_local/keys", &lever).0, 200);
    client.enable_key().key_id(key).send().await.unwrap();
    client.disable_key().key_id(key).send().await.unwrap();
    assert_eq!(state(&client, key).await, KeyState::Unavailable);
    let outcome = client.encrypt().key_id(key).plaintext(Blob::new("x")).send().await;
    assert!(refusal(outcome).ends_with("is unavailable."));
    assert!(!describe(&client, key).await.enabled());
    client.schedule_key_deletion().key_id(key).send().await.unwrap();
    assert_eq!(state(&client, key).await, KeyState::PendingDeletion);
}

#[tokio::test]
async fn a_managed_key_works_for_its_service_alone() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = describe(&client, "alias/aws/s3").await;
    let denied = |text: String| assert!(text.starts_with("AccessDeniedException"), "{text}");
    let encrypt = client.encrypt().key_id("alias/aws/s3").plaintext(Blob::new("x"));
    denied(refusal(encrypt.send().await));
    let generate = client.generate_data_key().key_id(key.key_id()).number_of_bytes(16);
    denied(refusal(generate.send().await));
    let grant = client.create_grant().key_id(key.key_id());
    let grant = grant.grantee_principal("arn:aws:iam::123456789012:role/app");
    denied(refusal(grant.operations(GrantOperation::Encrypt).send().await));
    let listed = client.list_grants().key_id(key.key_id()).send().await.unwrap();
    assert!(listed.grants().is_empty());
    let status = client.get_key_rotation_status().key_id(key.key_id()).send().await.unwrap();
    assert!(status.key_rotation_enabled());
}

#[tokio::test]
async fn a_replica_that_is_made_again_begins_with_nothing_of_its_own() {
    let stage = Stage::new();
    let (here, there, key) = pair(&stage).await;
    there.create_alias().alias_name("alias/app").target_key_id(&key).send().await.unwrap();
    there.update_key_description().key_id(&key).description("x").send().await.unwrap();
    let grant = there.create_grant().key_id(&key).operations(GrantOperation::Encrypt);
    grant.grantee_principal("arn:aws:iam::123456789012:role/app").send().await.unwrap();
    let blob = there.encrypt().key_id(&key).plaintext(Blob::new("x")).send().await.unwrap();
    there.schedule_key_deletion().key_id(&key).pending_window_in_days(7).send().await.unwrap();
    stage.clock.advance_days(7);
    here.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(2);

    assert_eq!(describe(&there, &key).await.description(), Some(""));
    assert!(there.list_aliases().key_id(&key).send().await.unwrap().aliases().is_empty());
    assert!(there.list_grants().key_id(&key).send().await.unwrap().grants().is_empty());
    let blob = blob.ciphertext_blob.unwrap();
    there.decrypt().ciphertext_blob(blob).send().await.unwrap();
}
