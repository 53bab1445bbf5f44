//! A cloud in a directory outlives its process and keeps its secrets.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use aws_sdk_kms::types::KeyState;
use meridian_local_aws::{Clock, Cloud};

use crate::stage::{kms, secrets};

#[tokio::test]
async fn everything_is_there_again_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, handle) = Clock::manual();
    let open = || Arc::new(Cloud::open(directory.path(), clock.clone()).unwrap());

    let cloud = open();
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let key = client.create_key().multi_region(true).send().await.unwrap().key_metadata.unwrap();
    client.create_alias().alias_name("alias/app").target_key_id(key.key_id()).send().await.unwrap();
    client.replicate_key().key_id(key.key_id()).replica_region("us-east-1").send().await.unwrap();
    let vault = secrets(cloud.http_client(), "eu-west-1", None);
    vault.create_secret().name("app").secret_string("correct horse battery").send().await.unwrap();
    drop((client, vault, cloud));

    let cloud = open();
    handle.advance_days(1);
    let client = kms(cloud.http_client(), "us-east-1", "AKIDLOCAL", None);
    let replica = client.describe_key().key_id(key.key_id()).send().await.unwrap();
    assert_eq!(replica.key_metadata().unwrap().key_state(), Some(&KeyState::Enabled));
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let aliases = client.list_aliases().send().await.unwrap().aliases;
    assert!(aliases.unwrap().iter().any(|alias| alias.alias_name() == Some("alias/app")));
    let vault = secrets(cloud.http_client(), "eu-west-1", None);
    let value = vault.get_secret_value().secret_id("app").send().await.unwrap();
    assert_eq!(value.secret_string(), Some("correct horse battery"));
}

#[tokio::test]
async fn no_file_holds_a_value_in_clear() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = Arc::new(Cloud::open(directory.path(), Clock::manual().0).unwrap());
    let vault = secrets(cloud.http_client(), "eu-west-1", None);
    vault.create_secret().name("app").secret_string("correct horse battery").send().await.unwrap();
    assert!(!format!("{cloud:?}").contains("correct horse"));
    let mut files = 0;
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for text in [&b"correct horse"[..], b"Y29ycmVjdCBob3JzZ"] {
            assert!(!bytes.windows(text.len()).any(|window| window == text));
        }
        files += 1;
    }
    assert!(files >= 3);
    let mode = directory.path().join("master.key").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_directory_has_one_user_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let first = Cloud::open(directory.path(), Clock::Fast).unwrap();
    let error = Cloud::open(directory.path(), Clock::Fast).unwrap_err();
    assert!(error.to_string().ends_with("is in use by another process"), "{error}");
    drop(first);
    Cloud::open(directory.path(), Clock::Fast).unwrap();
}
