//! Inputs that break the models, as an SDK sends them.

use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::Tag;
use aws_sdk_secretsmanager::types::ReplicaRegionType;

use crate::stage::{Stage, describe, refusal};

#[tokio::test]
async fn a_key_is_not_changed_by_an_input_that_breaks_the_model() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let outcome = client.create_key().description("d".repeat(8193)).send().await;
    assert!(refusal(outcome).ends_with(
        "at 'description' failed to satisfy constraint: Member must have length less than or \
         equal to 8192"
    ));
    assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 0);

    let key = client.create_key().send().await.unwrap().key_metadata.unwrap();
    let outcome = client.enable_key_rotation().key_id(key.key_id()).rotation_period_in_days(89);
    assert_eq!(
        refusal(outcome.send().await),
        "ValidationException: 1 validation error detected: Value '89' at 'rotationPeriodInDays' \
         failed to satisfy constraint: Member must have value greater than or equal to 90"
    );
    let tag = |key: String| Tag::builder().tag_key(key).tag_value("v").build().unwrap();
    let outcome = client.tag_resource().key_id(key.key_id()).tags(tag("k".repeat(129)));
    assert_eq!(
        refusal(outcome.send().await),
        format!(
            "ValidationException: 1 validation error detected: Value '{}' at \
             'tags.1.member.tagKey' failed to satisfy constraint: Member must have length less \
             than or equal to 128",
            "k".repeat(129)
        )
    );
    let outcome = client.describe_key().key_id("").send().await;
    assert!(refusal(outcome).contains("Value '' at 'keyId'"));
    assert_eq!(describe(&client, key.key_id()).await, key);
}

#[tokio::test]
async fn a_deletion_window_has_the_bounds_of_the_service_within_those_of_the_model() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = client.create_key().send().await.unwrap().key_metadata.unwrap();
    let schedule = |days| {
        client.schedule_key_deletion().key_id(key.key_id()).pending_window_in_days(days).send()
    };
    for days in [0, 6, 31, 366] {
        assert!(refusal(schedule(days).await).starts_with("ValidationException"), "{days}");
    }
    assert!(refusal(schedule(366).await).ends_with("less than or equal to 365"));
    assert_eq!(describe(&client, key.key_id()).await, key);
    schedule(7).await.unwrap();
}

#[tokio::test]
async fn no_refusal_tells_a_secret() {
    let stage = Stage::new();
    let secrets = stage.secrets("eu-west-1");
    let secret = "hunter2".repeat(10_000);
    let outcome = secrets.create_secret().name("app").secret_string(&secret).send().await;
    assert_eq!(
        refusal(outcome),
        "ValidationException: 1 validation error detected: Value at 'secretString' failed to \
         satisfy constraint: Member must have length less than or equal to 65536"
    );
    let region = ReplicaRegionType::builder().region("nowhere").build();
    let outcome =
        secrets.replicate_secret_to_regions().secret_id("app").add_replica_regions(region);
    assert_eq!(
        refusal(outcome.send().await),
        "ValidationException: 1 validation error detected: Value 'nowhere' at \
         'addReplicaRegions.1.member.region' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: ^([a-z]+-)+\\d+$"
    );
    let client = stage.kms("eu-west-1");
    let outcome = client.encrypt().key_id("k").plaintext(Blob::new(secret)).send().await;
    assert!(refusal(outcome).contains("Value at 'plaintext' failed"));
}

#[tokio::test]
async fn a_policy_of_impossible_principals_is_refused() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let policy = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["*","somebody"]},"Action":"kms:*"}]}"#;
    let outcome = client.create_key().policy(policy).send().await;
    assert_eq!(
        refusal(outcome),
        "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid \
         principals."
    );
    let key = client.create_key().send().await.unwrap().key_metadata.unwrap();
    let outcome = client.list_key_policies().key_id(key.key_id()).marker("junk").send().await;
    assert!(refusal(outcome).starts_with("InvalidMarkerException"));
}
