//! Reads that lag behind writes.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_kms::types::KeyState;
use meridian_local_aws::{Clock, Cloud, Fault, FaultAction, Settings};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::raw::{aws, local};
use crate::stage::{Stage, describe, multi_region_key, refusal};

const HERE: &str = "eu-west-1";
const THERE: &str = "us-east-1";

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

/// Reads of all kinds, each with a request that has an answer of its own.
fn reads(key: &str) -> Vec<(&'static str, Value)> {
    let (key, secret) = (json!({ "KeyId": key }), json!({ "SecretId": "app" }));
    vec![
        ("TrentService.DescribeKey", key.clone()),
        ("TrentService.GetKeyPolicy", key.clone()),
        ("TrentService.GetKeyRotationStatus", key.clone()),
        ("TrentService.ListAliases", json!({})),
        ("TrentService.ListGrants", key.clone()),
        ("TrentService.ListKeyRotations", key.clone()),
        ("TrentService.ListKeys", json!({})),
        ("TrentService.ListResourceTags", key),
        ("secretsmanager.BatchGetSecretValue", json!({ "SecretIdList": ["app"] })),
        ("secretsmanager.DescribeSecret", secret.clone()),
        ("secretsmanager.GetResourcePolicy", secret.clone()),
        ("secretsmanager.GetSecretValue", secret.clone()),
        ("secretsmanager.ListSecretVersionIds", secret),
        ("secretsmanager.ListSecrets", json!({})),
    ]
}

/// What a Region tells by each of the reads: status and document, without when
/// something was last read, which reads of the past do not note.
fn told(cloud: &Cloud, region: &str, key: &str) -> Vec<(u16, Value)> {
    let read = |(target, body): &(&str, Value)| {
        let (status, mut document) = aws(cloud, region, target, body);
        forget(&mut document, "LastAccessedDate");
        (status, document)
    };
    reads(key).iter().map(read).collect()
}

/// Takes a member out of a document, wherever it is.
fn forget(document: &mut Value, name: &str) {
    match document {
        Value::Object(members) => {
            members.remove(name);
            members.values_mut().for_each(|member| forget(member, name));
        }
        Value::Array(elements) => elements.iter_mut().for_each(|it| forget(it, name)),
        _ => {}
    }
}

/// A key and a secret with replicas; gives the key's id.
fn furnish(cloud: &Cloud) -> String {
    let (_, created) = aws(cloud, HERE, "TrentService.CreateKey", &json!({ "MultiRegion": true }));
    let key = created["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    let secret = json!({
        "Name": "app", "SecretString": "a", "AddReplicaRegions": [{ "Region": THERE }],
        "ClientRequestToken": "00000000-0000-4000-8000-000000000000",
    });
    assert_eq!(aws(cloud, HERE, "secretsmanager.CreateSecret", &secret).0, 200);
    key
}

/// A change of the key or the secret; some are refused now and then.
fn change(cloud: &Cloud, key: &str, number: usize) {
    let (target, body) = match number {
        0 => ("TrentService.DisableKey", json!({ "KeyId": key })),
        1 => ("TrentService.EnableKey", json!({ "KeyId": key })),
        2 => ("TrentService.ReplicateKey", json!({ "KeyId": key, "ReplicaRegion": THERE })),
        3 => ("TrentService.EnableKeyRotation", json!({ "KeyId": key })),
        4 => ("TrentService.RotateKeyOnDemand", json!({ "KeyId": key })),
        5 => ("TrentService.CreateAlias", json!({ "AliasName": "alias/app", "TargetKeyId": key })),
        6 => ("TrentService.DeleteAlias", json!({ "AliasName": "alias/app" })),
        7 => (
            "TrentService.TagResource",
            json!({ "KeyId": key, "Tags": [{ "TagKey": "a", "TagValue": "b" }] }),
        ),
        8 => ("TrentService.ScheduleKeyDeletion", json!({ "KeyId": key })),
        9 => ("TrentService.CancelKeyDeletion", json!({ "KeyId": key })),
        10 => ("secretsmanager.DeleteSecret", json!({ "SecretId": "app" })),
        11 => ("secretsmanager.RestoreSecret", json!({ "SecretId": "app" })),
        _ => (
            "secretsmanager.PutSecretValue",
            json!({
                "SecretId": "app", "SecretString": number.to_string(),
                "ClientRequestToken": format!("00000000-0000-4000-8000-{number:012}"),
            }),
        ),
    };
    aws(cloud, HERE, target, &body);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn when_the_lag_is_over_every_read_tells_the_truth(
        changes in prop::collection::vec((0..20_usize, 0..4_u64), 1..20),
        seed in any::<u64>(),
    ) {
        let stage = lagging(5, seed);
        let key = furnish(&stage.cloud);
        for (number, seconds) in changes {
            change(&stage.cloud, &key, number);
            told(&stage.cloud, THERE, &key);
            stage.pass(seconds);
        }
        // What is under way comes to its end, and then the lag does.
        stage.pass(60);
        told(&stage.cloud, HERE, &key);
        stage.pass(5);
        let lagging: Vec<_> = [HERE, THERE].map(|region| told(&stage.cloud, region, &key)).into();
        local(&stage.cloud, "POST", "/_local/lag", &json!({ "milliseconds": null }));
        let truth: Vec<_> = [HERE, THERE].map(|region| told(&stage.cloud, region, &key)).into();
        prop_assert_eq!(lagging, truth);
    }

    #[test]
    fn a_stale_read_never_changes_anything(
        changes in prop::collection::vec((0..20_usize, 0..4_u64), 1..12),
        milliseconds in 1..20_000_u64,
    ) {
        let stage = Stage::new();
        let state = || {
            let (_, mut state) = local(&stage.cloud, "GET", "/_local/state", &Value::Null);
            assert!(state["revision"].take().is_number());
            state
        };
        let rule = json!({
            "operation": "*", "action": { "stale_read": { "milliseconds": milliseconds } },
        });
        local(&stage.cloud, "POST", "/_local/faults", &rule);
        let key = furnish(&stage.cloud);
        for (number, seconds) in changes {
            change(&stage.cloud, &key, number);
            stage.pass(seconds);
            let before = state();
            told(&stage.cloud, HERE, &key);
            told(&stage.cloud, THERE, &key);
            prop_assert_eq!(state(), before);
        }
    }
}
