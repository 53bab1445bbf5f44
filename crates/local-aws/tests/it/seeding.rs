//! Clouds that begin with something in them.

use std::sync::Arc;

use aws_sdk_kms::types::KeyState;
use aws_sdk_secretsmanager::types::StatusType;
use meridian_local_aws::{Clock, Cloud, Seed, Seeding, Settings};

use crate::stage::{Stage, describe, kms, refusal, secrets};

fn seed(text: &str) -> Seed {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn the_example_is_planted_once() {
    let stage = Stage::new();
    let example = seed(include_str!("../../examples/seed.json"));
    let planted = stage.cloud.seed(&example).unwrap();
    assert_eq!(planted, Seeding::Planted { keys: 6, secrets: 3 });
    assert_eq!(stage.cloud.seed(&example).unwrap(), Seeding::Skipped);

    let state =
        async |region: &str, key: &str| describe(&stage.kms(region), key).await.key_state.unwrap();
    assert_eq!(state("eu-central-1", "alias/orders").await, KeyState::Enabled);
    assert_eq!(state("us-east-1", "alias/orders-us").await, KeyState::Enabled);
    assert_eq!(state("eu-central-1", "alias/legacy-ledger").await, KeyState::PendingDeletion);
    assert_eq!(state("eu-central-1", "alias/imported").await, KeyState::PendingImport);
    let primary = describe(&stage.kms("us-east-1"), "alias/analytics").await;
    assert_eq!(state("eu-west-1", primary.key_id()).await, KeyState::Disabled);
    let staging = kms(stage.cloud.http_client(), "eu-west-1", "000000000042", None);
    assert!(describe(&staging, "alias/staging").await.enabled());

    let orders = stage.secrets("eu-central-1");
    let described = orders.describe_secret().secret_id("orders/database").send().await.unwrap();
    let statuses: Vec<_> =
        described.replication_status().iter().map(|it| it.status().unwrap().clone()).collect();
    assert_eq!(statuses, [StatusType::InSync, StatusType::InSync]);
    let value = stage.secrets("us-east-1").get_secret_value().secret_id("orders/database");
    let value = value.send().await.unwrap().secret_string.unwrap();
    assert_eq!(value, r#"{"host":"db.internal","user":"orders"}"#);
    let token = stage.secrets("us-east-1").get_secret_value().secret_id("analytics/api-token");
    assert_eq!(token.send().await.unwrap().secret_string.unwrap().len(), 40);
}

#[tokio::test]
async fn a_value_may_come_from_the_environment() {
    let stage = Stage::new();
    let text = r#"{"secrets":[{"region":"eu-west-1","name":"app","value":{"env":"PATH"}}]}"#;
    stage.cloud.seed(&seed(text)).unwrap();
    let value =
        stage.secrets("eu-west-1").get_secret_value().secret_id("app").send().await.unwrap();
    assert_eq!(value.secret_string, std::env::var("PATH").ok());

    let text = text.replace("PATH", "LOCAL_AWS_NO_SUCH_VARIABLE");
    let error = Stage::new().cloud.seed(&seed(&text)).unwrap_err().to_string();
    assert!(
        error.starts_with("secrets[0] (app): the environment variable LOCAL_AWS_NO"),
        "{error}"
    );
}

#[tokio::test]
async fn a_seed_that_is_refused_leaves_nothing_and_names_the_entry() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = Arc::new(Cloud::open(directory.path(), Clock::manual().0).unwrap());
    let bad = r#"{
        "keys": [{"region": "eu-west-1"}, {"region": "eu-west-1", "aliases": ["alias/aws/mine"]}],
        "secrets": [{"region": "eu-west-1", "name": "app", "value": "x"}]
    }"#;
    let error = cloud.seed(&seed(bad)).unwrap_err().to_string();
    assert!(error.starts_with("keys[1] (alias/aws/mine): CreateAlias in eu-west-1"), "{error}");
    let check = async |cloud: &Arc<Cloud>| {
        let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
        assert!(client.list_keys().send().await.unwrap().keys().is_empty());
    };
    check(&cloud).await;
    drop(cloud);
    let cloud = Arc::new(Cloud::open(directory.path(), Clock::manual().0).unwrap());
    check(&cloud).await;
    cloud.seed(&seed(r#"{"secrets": [{"region": "eu-west-1", "name": "app"}]}"#)).unwrap();
    let client = secrets(cloud.http_client(), "eu-west-1", None);
    assert_eq!(client.list_secrets().send().await.unwrap().secret_list().len(), 1);
}

#[tokio::test]
async fn who_may_do_what_begins_after_the_seed() {
    let deny =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
    let settings =
        Settings { iam: Some(serde_json::from_str(deny).unwrap()), ..Settings::default() };
    let cloud = Arc::new(Cloud::in_memory_with(Clock::manual().0, settings));
    cloud.seed(&seed(r#"{"keys": [{"region": "eu-west-1", "aliases": ["alias/app"]}]}"#)).unwrap();
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let refused = refusal(client.describe_key().key_id("alias/app").send().await);
    assert!(refused.starts_with("AccessDeniedException"), "{refused}");
}
