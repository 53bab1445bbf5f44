//! Reads that lag behind writes.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_kms::types::KeyState;
use meridian_local_aws::{Clock, Cloud, Fault, FaultAction, Settings};

use crate::stage::{Stage, describe, multi_region_key, refusal};

fn lagging(seconds: u64, seed: u64) -> Stage {
    let (clock, handle) = Clock::manual();
    let lag = Some(Duration::from_secs(seconds));
    let cloud = Cloud::in_memory_with(clock, Settings { lag, seed, ..Settings::default() });
    Stage { cloud: Arc::new(cloud), clock: handle }
}

#[tokio::test]
async fn a_new_key_is_not_found_until_the_lag_is_over() {
    let stage = lagging(5, 1);
    let client = stage.kms("eu-west-1");
    let key = client.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    let lost = refusal(client.describe_key().key_id(&key).send().await);
    assert!(lost.starts_with("NotFoundException"), "{lost}");
    assert!(client.list_keys().send().await.unwrap().keys().is_empty());
    // Who changes something sees what is.
    client.disable_key().key_id(&key).send().await.unwrap();
    stage.pass(5);
    for _ in 0..20 {
        assert_eq!(describe(&client, &key).await.key_state(), Some(&KeyState::Disabled));
    }
}

#[tokio::test]
async fn a_read_tells_some_moment_of_the_last_seconds() {
    let states = |seed| async move {
        let stage = lagging(10, seed);
        let client = stage.kms("eu-west-1");
        let key = client.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
        stage.pass(10);
        client.disable_key().key_id(&key).send().await.unwrap();
        stage.pass(5);
        let mut enabled = Vec::new();
        for _ in 0..32 {
            enabled.push(describe(&client, &key).await.enabled());
        }
        enabled
    };
    let told = states(1).await;
    assert!(told.contains(&true) && told.contains(&false), "{told:?}");
    assert_eq!(told, states(1).await);
    assert_ne!(told, states(2).await);
}

#[tokio::test]
async fn a_stale_read_shows_the_past_once_and_loses_nothing() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = multi_region_key(&client).await;
    let stale = FaultAction::StaleRead { milliseconds: 3000 };
    stage.cloud.inject(Fault::new("kms:DescribeKey", stale.clone()).in_region("us-east-1").once());
    client.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(4);
    // By now the key is enabled; three seconds ago it was not.
    let there = stage.kms("us-east-1");
    assert_eq!(describe(&there, &key).await.key_state(), Some(&KeyState::Creating));
    assert_eq!(describe(&there, &key).await.key_state(), Some(&KeyState::Enabled));

    let vault = stage.secrets("eu-west-1");
    stage.cloud.inject(Fault::new("GetSecretValue", stale).once());
    vault.create_secret().name("app").secret_string("a").send().await.unwrap();
    stage.pass(10);
    vault.put_secret_value().secret_id("app").secret_string("b").send().await.unwrap();
    let read = || async {
        let value = vault.get_secret_value().secret_id("app").send().await.unwrap();
        value.secret_string.unwrap()
    };
    assert_eq!(read().await, "a");
    assert_eq!(read().await, "b");
}

#[tokio::test]
async fn what_was_before_the_rule_is_not_remembered() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = multi_region_key(&client).await;
    stage.cloud.inject(Fault::new("*", FaultAction::StaleRead { milliseconds: 60_000 }));
    assert!(describe(&client, &key).await.enabled());
}
