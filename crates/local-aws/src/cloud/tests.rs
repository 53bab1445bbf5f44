//! A cloud in which something is so wrong that an operation fails.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use crate::clock::Clock;
use crate::cloud::Cloud;

fn send(cloud: &Cloud, operation: &str, body: &Value) -> (u16, Value) {
    let request = http::Request::post("/")
        .header(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/kms/aws4_request, Signature=0",
        )
        .header("X-Amz-Target", format!("TrentService.{operation}"))
        .body(body.to_string().into())
        .unwrap();
    let response = cloud.handle(&request).response.unwrap();
    let document = serde_json::from_slice(response.body()).unwrap_or_default();
    (response.status().as_u16(), document)
}

fn create_key(cloud: &Cloud) -> Value {
    let (_, created) = send(cloud, "CreateKey", &json!({}));
    json!({ "KeyId": created["KeyMetadata"]["KeyId"] })
}

#[test]
fn a_failure_is_answered_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = Cloud::open(directory.path(), Clock::Fast).unwrap();
    let (sound, broken) = (create_key(&cloud), create_key(&cloud));
    let mut inner = cloud.lock();
    let set = inner.world.key_sets.iter().map(|(set, _)| set.clone());
    let set = set.into_iter().find(|set| set.id == broken["KeyId"]).unwrap();
    let lost = inner.world.key_sets.remove(&set).unwrap();
    inner.world.forget_changes();
    drop(inner);

    let (status, error) = send(&cloud, "DescribeKey", &broken);
    assert_eq!((status, &error["__type"]), (500, &json!("KMSInternalException")));
    assert_eq!(send(&cloud, "DescribeKey", &sound).0, 200);
    assert_eq!(cloud.requests().iter().filter(|record| record.status == Some(500)).count(), 1);

    cloud.lock().world.key_sets.insert(set, lost);
    assert_eq!(send(&cloud, "DescribeKey", &broken).0, 200);
}

#[test]
fn what_a_failed_thread_left_half_done_is_undone() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = Cloud::open(directory.path(), Clock::Fast).unwrap();
    let key = create_key(&cloud);
    let failure = AssertUnwindSafe(|| {
        let mut inner = cloud.lock();
        inner.world.clear();
        panic!("on purpose");
    });
    catch_unwind(failure).unwrap_err();
    assert!(!cloud.is_busy());
    assert_eq!(send(&cloud, "DescribeKey", &key).0, 200);
    drop(cloud);
    let cloud = Cloud::open(directory.path(), Clock::Fast).unwrap();
    assert_eq!(send(&cloud, "DescribeKey", &key).0, 200);
}

#[test]
fn what_cannot_be_written_down_has_not_happened() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = Cloud::open(directory.path(), Clock::Fast).unwrap();
    let key = create_key(&cloud);
    let database = rusqlite::Connection::open(directory.path().join("aws.db")).unwrap();
    database.execute_batch("ALTER TABLE object RENAME TO hidden").unwrap();
    assert_eq!(send(&cloud, "DisableKey", &key).0, 500);
    database.execute_batch("ALTER TABLE hidden RENAME TO object").unwrap();
    let (_, told) = send(&cloud, "DescribeKey", &key);
    assert_eq!(told["KeyMetadata"]["Enabled"], json!(true));
}
