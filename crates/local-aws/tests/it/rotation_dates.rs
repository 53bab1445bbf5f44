//! Rotation over the years, and on demand.

use std::sync::Arc;

use aws_sdk_kms::Client;
use aws_sdk_kms::operation::get_key_rotation_status::GetKeyRotationStatusOutput;
use aws_sdk_kms::types::{
    IncludeKeyMaterial, KeyMaterialState, KeySpec, KeyUsageType, RotationType, RotationsListEntry,
};
use meridian_local_aws::{Clock, Cloud, Timestamp};

use crate::stage::{Stage, describe, kms, multi_region_key, refusal};
use crate::wrapped::{external_key, importing};

async fn single_key(client: &Client) -> String {
    client.create_key().send().await.unwrap().key_metadata.unwrap().key_id
}

async fn enable(client: &Client, key: &str, days: i32) {
    let request = client.enable_key_rotation().key_id(key).rotation_period_in_days(days);
    request.send().await.unwrap();
}

async fn status(client: &Client, key: &str) -> GetKeyRotationStatusOutput {
    client.get_key_rotation_status().key_id(key).send().await.unwrap()
}

async fn next(client: &Client, key: &str) -> i64 {
    status(client, key).await.next_rotation_date().unwrap().to_millis().unwrap()
}

async fn rotations(client: &Client, key: &str) -> Vec<RotationsListEntry> {
    client.list_key_rotations().key_id(key).send().await.unwrap().rotations.unwrap_or_default()
}

fn when(entry: &RotationsListEntry) -> i64 {
    entry.rotation_date().unwrap().to_millis().unwrap()
}

fn days_after(start: Timestamp, days: i64) -> i64 {
    start.milliseconds() + days * 24 * 60 * 60 * 1000
}

#[tokio::test]
async fn a_key_rotates_on_its_dates_in_all_its_regions() {
    let stage = Stage::new();
    let (primary, replica) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&primary).await;
    primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(2);
    let first = describe(&primary, &key).await.current_key_material_id.unwrap();
    let start = stage.clock.now();
    enable(&primary, &key, 100).await;
    assert!(rotations(&primary, &key).await.is_empty());
    stage.clock.advance_days(99);
    assert!(rotations(&primary, &key).await.is_empty());

    stage.clock.advance_days(251);
    for client in [&primary, &replica] {
        let rotations = rotations(client, &key).await;
        let dates: Vec<i64> = rotations.iter().map(when).collect();
        assert_eq!(dates, [100, 200, 300].map(|days| days_after(start, days)));
        assert!(
            rotations.iter().all(|entry| entry.rotation_type() == Some(&RotationType::Automatic))
        );
        let states: Vec<_> =
            rotations.iter().map(|entry| entry.key_material_state().unwrap().clone()).collect();
        use KeyMaterialState::{Current, NonCurrent};
        assert_eq!(states, [NonCurrent, NonCurrent, Current]);
        assert_eq!(next(client, &key).await, days_after(start, 400));
        let current = describe(client, &key).await.current_key_material_id.unwrap();
        assert_eq!(rotations[2].key_material_id(), Some(current.as_str()));
        assert_ne!(current, first);
        assert_eq!((rotations[2].import_state(), rotations[2].expiration_model()), (None, None));
    }
}

#[tokio::test]
async fn a_date_is_changed_by_setting_it_again_and_gone_when_rotation_is_off() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = single_key(&client).await;
    let start = stage.clock.now();
    enable(&client, &key, 365).await;
    stage.clock.advance_days(10);
    client.disable_key_rotation().key_id(&key).send().await.unwrap();
    assert!(!status(&client, &key).await.key_rotation_enabled());
    stage.clock.advance_days(10);
    enable(&client, &key, 365).await;
    assert_eq!(next(&client, &key).await, days_after(start, 20 + 365));
    enable(&client, &key, 90).await;
    assert_eq!(next(&client, &key).await, days_after(start, 20 + 90));
    stage.clock.advance_days(90);
    client.disable_key_rotation().key_id(&key).send().await.unwrap();
    stage.clock.advance_days(1000);
    let dates: Vec<i64> = rotations(&client, &key).await.iter().map(when).collect();
    assert_eq!(dates, [days_after(start, 110)]);
    for days in [89, 2561] {
        let request = client.enable_key_rotation().key_id(&key).rotation_period_in_days(days);
        assert!(refusal(request.send().await).starts_with("ValidationException"));
    }
}

#[tokio::test]
async fn a_key_that_does_not_work_is_rotated_when_it_works_again() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = single_key(&client).await;
    let start = stage.clock.now();
    enable(&client, &key, 90).await;
    client.disable_key().key_id(&key).send().await.unwrap();
    stage.clock.advance_days(30);
    // Enabled again in time, it keeps its date.
    client.enable_key().key_id(&key).send().await.unwrap();
    assert!(rotations(&client, &key).await.is_empty());
    assert_eq!(next(&client, &key).await, days_after(start, 90));

    client.schedule_key_deletion().key_id(&key).send().await.unwrap();
    assert!(!status(&client, &key).await.key_rotation_enabled());
    client.cancel_key_deletion().key_id(&key).send().await.unwrap();
    stage.clock.advance_days(100);
    assert!(rotations(&client, &key).await.is_empty());
    assert!(status(&client, &key).await.key_rotation_enabled());
    client.enable_key().key_id(&key).send().await.unwrap();
    let dates: Vec<i64> = rotations(&client, &key).await.iter().map(when).collect();
    assert_eq!(dates, [days_after(start, 130)]);
    assert_eq!(next(&client, &key).await, days_after(start, 220));
    stage.clock.advance_days(90);
    assert_eq!(rotations(&client, &key).await.len(), 2);
}

#[tokio::test]
async fn the_primary_decides_whether_a_set_rotates_wherever_it_is() {
    let stage = Stage::new();
    let (old, new) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&old).await;
    old.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    enable(&old, &key, 90).await;
    stage.pass(2);
    old.update_primary_region().key_id(&key).primary_region("us-east-1").send().await.unwrap();
    stage.pass(2);
    old.disable_key().key_id(&key).send().await.unwrap();
    stage.clock.advance_days(90);
    assert_eq!(rotations(&old, &key).await.len(), 1);
    old.enable_key().key_id(&key).send().await.unwrap();
    new.disable_key().key_id(&key).send().await.unwrap();
    stage.clock.advance_days(100);
    assert_eq!(rotations(&old, &key).await.len(), 1);
    old.enable_key().key_id(&key).send().await.unwrap();
    assert_eq!(rotations(&old, &key).await.len(), 1);
    new.enable_key().key_id(&key).send().await.unwrap();
    assert_eq!(rotations(&old, &key).await.len(), 2);
}

#[tokio::test]
async fn dates_outlive_a_restart_and_end_with_the_key() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, handle) = Clock::manual();
    let open = || Arc::new(Cloud::open(directory.path(), clock.clone()).unwrap());
    let cloud = open();
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let (kept, gone) = (single_key(&client).await, single_key(&client).await);
    for key in [&kept, &gone] {
        enable(&client, key, 90).await;
    }
    client.rotate_key_on_demand().key_id(&kept).send().await.unwrap();
    client.rotate_key_on_demand().key_id(&gone).send().await.unwrap();
    client.schedule_key_deletion().key_id(&gone).send().await.unwrap();
    drop((client, cloud));

    let cloud = open();
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    handle.advance_days(365);
    let kept = rotations(&client, &kept).await;
    let kinds: Vec<_> = kept.into_iter().map(|entry| entry.rotation_type).collect();
    use RotationType::{Automatic, OnDemand};
    assert_eq!(kinds, [OnDemand, Automatic, Automatic, Automatic, Automatic].map(Some));
    let outcome = client.list_key_rotations().key_id(&gone).send().await;
    assert!(refusal(outcome).starts_with("NotFoundException"));
}

#[tokio::test]
async fn an_on_demand_rotation_takes_a_moment_and_leaves_the_calendar_alone() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = single_key(&client).await;
    let arn = format!("arn:aws:kms:eu-west-1:123456789012:key/{key}");
    let start = stage.clock.now();
    enable(&client, &key, 365).await;
    let first = describe(&client, &key).await.current_key_material_id.unwrap();
    let rotate = || client.rotate_key_on_demand().key_id(&key).send();
    assert_eq!(rotate().await.unwrap().key_id(), Some(arn.as_str()));
    let running = status(&client, &key).await;
    let started = running.on_demand_rotation_start_date().unwrap().to_millis().unwrap();
    assert_eq!(started, start.milliseconds());
    assert!(refusal(rotate().await).starts_with("ConflictException"));
    assert_eq!(describe(&client, &key).await.current_key_material_id.unwrap(), first);

    stage.pass(3);
    let done = status(&client, &key).await;
    assert_eq!(done.on_demand_rotation_start_date(), None);
    assert_eq!(next(&client, &key).await, days_after(start, 365));
    let rotations = rotations(&client, &key).await;
    assert_eq!((rotations.len(), when(&rotations[0])), (1, start.milliseconds() + 3000));
    assert_eq!(rotations[0].rotation_type(), Some(&RotationType::OnDemand));
    assert_ne!(describe(&client, &key).await.current_key_material_id.unwrap(), first);

    // Shortly before a date of the calendar none begins.
    stage.clock.advance_days(364);
    stage.pass(24 * 60 * 60 - 3 - 20 * 60 - 1);
    client.rotate_key_on_demand().key_id(&key).send().await.unwrap();
    stage.pass(3);
    assert!(refusal(rotate().await).starts_with("ConflictException"));
    stage.pass(20 * 60);
    rotate().await.unwrap();
}

#[tokio::test]
async fn a_key_is_rotated_on_demand_only_so_often() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = single_key(&client).await;
    for _ in 0..25 {
        client.rotate_key_on_demand().key_id(&key).send().await.unwrap();
        stage.pass(3);
    }
    assert_eq!(
        refusal(client.rotate_key_on_demand().key_id(&key).send().await),
        format!(
            "LimitExceededException: The on-demand rotations limit has been reached for the given \
             keyId. No more on-demand rotations can be performed for this key: \
             arn:aws:kms:eu-west-1:123456789012:key/{key}"
        )
    );

    let list = || {
        let all = IncludeKeyMaterial::AllKeyMaterial;
        client.list_key_rotations().key_id(&key).include_key_material(all).limit(10)
    };
    let mut seen = Vec::new();
    let mut marker = None;
    loop {
        let page = list().set_marker(marker).send().await.unwrap();
        assert_eq!(page.truncated(), page.next_marker().is_some());
        seen.extend(page.rotations.unwrap_or_default());
        marker = page.next_marker;
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 26);
    assert_eq!((seen[0].rotation_date(), seen[0].rotation_type()), (None, None));
    assert_eq!(seen[0].key_id(), Some(key.as_str()));
    let ids: std::collections::BTreeSet<_> =
        seen.iter().map(|entry| entry.key_material_id().unwrap()).collect();
    assert_eq!(ids.len(), 26);
    assert_eq!(rotations(&client, &key).await.len(), 25);
    let outcome = list().marker("nonsense").send().await;
    assert!(refusal(outcome).starts_with("InvalidMarkerException"));
    let outcome = list().limit(1001).send().await;
    assert!(refusal(outcome).starts_with("ValidationException"));
    let outcome = list().include_key_material("SOME".into()).send().await;
    assert!(refusal(outcome).starts_with("ValidationException"));
}

#[tokio::test]
async fn only_symmetric_keys_that_work_rotate() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let hmac = client.create_key().key_spec(KeySpec::Hmac256);
    let hmac = hmac.key_usage(KeyUsageType::GenerateVerifyMac).send().await.unwrap();
    let hmac = hmac.key_metadata.unwrap().key_id;
    let unsupported = "UnsupportedOperationException: ";
    let outcome = client.rotate_key_on_demand().key_id(&hmac).send().await;
    assert_eq!(refusal(outcome), unsupported);
    let outcome = client.list_key_rotations().key_id(&hmac).send().await;
    assert_eq!(refusal(outcome), unsupported);

    let key = single_key(&client).await;
    client.disable_key().key_id(&key).send().await.unwrap();
    let outcome = client.rotate_key_on_demand().key_id(&key).send().await;
    assert!(refusal(outcome).starts_with("DisabledException"));

    let external = external_key(&client, false).await;
    let outcome = client.rotate_key_on_demand().key_id(&external).send().await;
    assert!(refusal(outcome).ends_with("is pending import."));
    importing(&client, &external, &[1; 32]).await.send().await.unwrap();
    let refused = format!(
        "UnsupportedOperationException: arn:aws:kms:eu-west-1:123456789012:key/{external} origin \
         is EXTERNAL which is not valid for this operation."
    );
    let outcome = client.get_key_rotation_status().key_id(&external).send().await;
    assert_eq!(refusal(outcome), refused);
    let outcome = client.enable_key_rotation().key_id(&external).send().await;
    assert_eq!(refusal(outcome), refused);
    let outcome = client.disable_key_rotation().key_id(&external).send().await;
    assert_eq!(refusal(outcome), refused);
}
