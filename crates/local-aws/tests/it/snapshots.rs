//! Snapshots of a cloud and the way back to them.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use meridian_local_aws::{Clock, Cloud};

use crate::stage::{kms, secrets};

async fn put(cloud: &Arc<Cloud>, name: &str, value: &str) {
    let client = secrets(cloud.http_client(), "eu-west-1", None);
    client.create_secret().name(name).secret_string(value).send().await.unwrap();
}

async fn value(cloud: &Arc<Cloud>, name: &str) -> Option<String> {
    let client = secrets(cloud.http_client(), "eu-west-1", None);
    client.get_secret_value().secret_id(name).send().await.ok()?.secret_string
}

fn open(directory: &Path) -> Arc<Cloud> {
    Arc::new(Cloud::open(directory, Clock::Fast).unwrap())
}

#[tokio::test]
async fn a_snapshot_is_a_directory_that_a_cloud_can_live_in() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("snapshot");
    let cloud = Arc::new(Cloud::in_memory(Clock::Fast));
    put(&cloud, "app", "correct horse").await;
    cloud.snapshot(&path).unwrap();
    assert!(cloud.snapshot(&path).unwrap_err().to_string().ends_with("exists already"));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    for entry in std::fs::read_dir(&path).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0);
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"correct"));
    }
    assert_eq!(value(&open(&path), "app").await.unwrap(), "correct horse");
}

#[tokio::test]
async fn a_running_cloud_goes_back_to_a_snapshot_of_another() {
    let directory = tempfile::tempdir().unwrap();
    let (home, path) = (directory.path().join("home"), directory.path().join("snapshot"));
    let other = Arc::new(Cloud::in_memory(Clock::Fast));
    put(&other, "theirs", "correct horse").await;
    other.snapshot(&path).unwrap();

    let cloud = open(&home);
    put(&cloud, "ours", "battery staple").await;
    cloud.restore(&path).unwrap();
    assert_eq!(value(&cloud, "ours").await, None);
    assert_eq!(value(&cloud, "theirs").await.unwrap(), "correct horse");
    put(&cloud, "new", "tr0ub4dor").await;
    drop(cloud);

    let cloud = open(&home);
    assert_eq!(value(&cloud, "ours").await, None);
    assert_eq!(value(&cloud, "theirs").await.unwrap(), "correct horse");
    assert_eq!(value(&cloud, "new").await.unwrap(), "tr0ub4dor");
}

#[tokio::test]
async fn what_is_on_its_way_in_a_snapshot_arrives_after_it_is_restored() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("snapshot");
    let (clock, handle) = Clock::manual();
    let cloud = Arc::new(Cloud::in_memory(clock));
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let key = client.create_key().multi_region(true).send().await.unwrap().key_metadata.unwrap();
    client.replicate_key().key_id(key.key_id()).replica_region("us-east-1").send().await.unwrap();
    cloud.snapshot(&path).unwrap();
    handle.advance_days(1);
    cloud.restore(&path).unwrap();
    let client = kms(cloud.http_client(), "us-east-1", "AKIDLOCAL", None);
    let replica = client.describe_key().key_id(key.key_id()).send().await.unwrap();
    assert!(replica.key_metadata().unwrap().enabled());
}

#[tokio::test]
async fn what_is_no_snapshot_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = Arc::new(Cloud::in_memory(Clock::Fast));
    put(&cloud, "app", "correct horse").await;
    cloud.restore(&directory.path().join("missing")).unwrap_err();
    let path = directory.path().join("snapshot");
    cloud.snapshot(&path).unwrap();
    let database = rusqlite::Connection::open(path.join("aws.db")).unwrap();
    database.execute("UPDATE object SET body = '{}'", []).unwrap();
    cloud.restore(&path).unwrap_err();
    assert_eq!(value(&cloud, "app").await.unwrap(), "correct horse");

    database.pragma_update(None, "user_version", 1).unwrap();
    drop(database);
    let error = Cloud::open(&path, Clock::Fast).unwrap_err().to_string();
    assert!(error.contains("start with an empty directory"), "{error}");
}
