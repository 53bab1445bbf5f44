//! Imported key material: the life of a key that waits for it, has it and loses it.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_kms::primitives::DateTime;
use aws_sdk_kms::types::{ExpirationModelType, ImportType, KeyState};
use meridian_local_aws::{Clock, Cloud, Timestamp};

use crate::stage::{Stage, describe, kms, refusal};
use crate::wrapped::{external_key, importing};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn arn(region: &str, key: &str) -> String {
    format!("arn:aws:kms:{region}:123456789012:key/{key}")
}

fn date(moment: Timestamp, later_milliseconds: i64) -> DateTime {
    DateTime::from_millis(moment.milliseconds() + later_milliseconds)
}

#[tokio::test]
async fn material_makes_a_key_work_and_its_deletion_stops_it() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = external_key(&client, false).await;
    let made = describe(&client, &key).await;
    assert_eq!((made.enabled(), made.key_state()), (false, Some(&KeyState::PendingImport)));
    assert_eq!((made.expiration_model(), made.current_key_material_id()), (None, None));
    assert_eq!(
        refusal(client.enable_key().key_id(&key).send().await),
        format!("KMSInvalidStateException: {} is pending import.", arn("eu-west-1", &key))
    );

    let imported = importing(&client, &key, &[1; 32]).await.send().await.unwrap();
    let material = imported.key_material_id().unwrap();
    let hash = digest(&SHA256, &[key.as_bytes(), &[1; 32]].concat());
    let hash: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(material, hash);
    assert_eq!(imported.key_id(), Some(arn("eu-west-1", &key).as_str()));
    let working = describe(&client, &key).await;
    assert_eq!((working.enabled(), working.key_state()), (true, Some(&KeyState::Enabled)));
    let model = Some(&ExpirationModelType::KeyMaterialDoesNotExpire);
    assert_eq!((working.expiration_model(), working.valid_to()), (model, None));
    assert_eq!(working.current_key_material_id(), Some(material));

    let deleted = client.delete_imported_key_material().key_id(&key).send().await.unwrap();
    assert_eq!(deleted.key_material_id(), Some(material));
    let without = describe(&client, &key).await;
    assert_eq!((without.enabled(), without.key_state()), (false, Some(&KeyState::PendingImport)));
    assert_eq!((without.expiration_model(), without.valid_to()), (None, None));
    assert_eq!(without.current_key_material_id(), Some(material));
    // There is nothing left to delete, and that is no mistake.
    client.delete_imported_key_material().key_id(&key).send().await.unwrap();

    let outcome = importing(&client, &key, &[2; 32]).await.send().await;
    assert!(refusal(outcome).starts_with("IncorrectKeyMaterialException: "));
    assert_eq!(describe(&client, &key).await.key_state(), Some(&KeyState::PendingImport));
    let again = importing(&client, &key, &[1; 32]).await.send().await.unwrap();
    assert_eq!(again.key_material_id(), Some(material));
    assert_eq!(describe(&client, &key).await.key_state(), Some(&KeyState::Enabled));
}

#[tokio::test]
async fn material_expires_on_the_date_of_the_last_import_even_across_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, handle) = Clock::manual();
    let open = || Arc::new(Cloud::open(directory.path(), clock.clone()).unwrap());
    let cloud = open();
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let key = external_key(&client, false).await;
    let expire_in = async |days: i64| {
        let request = importing(&client, &key, &[1; 32]).await;
        let request = request.expiration_model(ExpirationModelType::KeyMaterialExpires);
        request.valid_to(date(handle.now(), days * DAY)).send().await.unwrap();
    };
    expire_in(10).await;
    handle.advance_days(5);
    expire_in(10).await;
    let prepared = importing(&client, &key, &[1; 32]).await;
    let token = prepared.get_import_token().clone();
    let wrapped = prepared.get_encrypted_key_material().clone();
    drop((prepared, client, cloud));

    let cloud = open();
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    handle.advance_days(5);
    assert_eq!(describe(&client, &key).await.key_state(), Some(&KeyState::Enabled));
    handle.advance_days(5);
    let expired = describe(&client, &key).await;
    assert_eq!(expired.key_state(), Some(&KeyState::PendingImport));
    assert_eq!((expired.valid_to(), expired.expiration_model()), (None, None));

    // The wrapping key outlived the restart too; only the token is too old by now.
    let late = client
        .import_key_material()
        .key_id(&key)
        .set_import_token(token)
        .set_encrypted_key_material(wrapped);
    assert!(refusal(late.send().await).starts_with("ExpiredImportTokenException"));
    importing(&client, &key, &[1; 32]).await.send().await.unwrap();
    handle.advance_days(400);
    assert_eq!(describe(&client, &key).await.key_state(), Some(&KeyState::Enabled));

    // A date can come after its key is gone.
    let request = importing(&client, &key, &[1; 32]).await;
    let request = request.expiration_model(ExpirationModelType::KeyMaterialExpires);
    request.valid_to(date(handle.now(), 60 * DAY)).send().await.unwrap();
    client.schedule_key_deletion().key_id(&key).send().await.unwrap();
    handle.advance_days(90);
    let gone = client.describe_key().key_id(&key).send().await;
    assert!(refusal(gone).starts_with("NotFoundException"));
}

#[tokio::test]
async fn a_key_on_its_way_out_stays_there_and_comes_back_without_its_material() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = external_key(&client, false).await;
    importing(&client, &key, &[1; 32]).await.send().await.unwrap();
    let request = importing(&client, &key, &[1; 32]).await;
    client.schedule_key_deletion().key_id(&key).send().await.unwrap();
    assert!(refusal(request.send().await).ends_with("is pending deletion."));
    client.cancel_key_deletion().key_id(&key).send().await.unwrap();
    assert_eq!(describe(&client, &key).await.key_state(), Some(&KeyState::Disabled));

    client.schedule_key_deletion().key_id(&key).send().await.unwrap();
    client.delete_imported_key_material().key_id(&key).send().await.unwrap();
    assert_eq!(describe(&client, &key).await.key_state(), Some(&KeyState::PendingDeletion));
    client.cancel_key_deletion().key_id(&key).send().await.unwrap();
    assert_eq!(describe(&client, &key).await.key_state(), Some(&KeyState::PendingImport));
}

#[tokio::test]
async fn new_and_existing_material_are_told_apart() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = external_key(&client, false).await;
    let import = async |material: u8, import_type: Option<ImportType>| {
        importing(&client, &key, &[material; 32]).await.set_import_type(import_type)
    };
    let existing = import(1, Some(ImportType::ExistingKeyMaterial)).await.send().await;
    assert!(refusal(existing).starts_with("IncorrectKeyMaterialException"));
    let with_id = import(1, Some(ImportType::NewKeyMaterial)).await.key_material_id("a".repeat(64));
    assert!(refusal(with_id.send().await).starts_with("ValidationException"));
    let described = import(1, None).await.key_material_description("first of all");
    let first = described.send().await.unwrap().key_material_id.unwrap();
    let repeated = import(1, Some(ImportType::NewKeyMaterial)).await.send().await;
    assert!(refusal(repeated).starts_with("IncorrectKeyMaterialException"));

    let second = import(2, Some(ImportType::NewKeyMaterial)).await.send().await.unwrap();
    let second = second.key_material_id.unwrap();
    let third = refusal(import(3, Some(ImportType::NewKeyMaterial)).await.send().await);
    let head = "KMSInvalidStateException: New key material (id: ";
    let tail = format!(
        ") cannot be imported into KMS key {}, because another key material (id: {second}) is \
         pending rotation.",
        arn("eu-west-1", &key)
    );
    assert!(third.starts_with(head) && third.ends_with(&tail), "{third}");
    let other = import(1, None).await.key_material_id(&second).send().await;
    assert!(refusal(other).starts_with("IncorrectKeyMaterialException"));
    import(1, None).await.key_material_id(&first).send().await.unwrap();
    for id in ["abc", &"G".repeat(64)] {
        let outcome = import(1, None).await.key_material_id(id).send().await;
        assert!(refusal(outcome).starts_with("ValidationException: 1 validation error detected"));
    }
    let outcome = import(1, None).await.key_material_description("no?").send().await;
    assert!(refusal(outcome).starts_with("ValidationException: 1 validation error detected"));
    let unknown = client.delete_imported_key_material().key_id(&key);
    let outcome = unknown.key_material_id("0".repeat(64)).send().await;
    assert!(refusal(outcome).starts_with("NotFoundException"));
    // Material that only waits for its rotation is no loss to the key.
    let delete = client.delete_imported_key_material().key_id(&key);
    delete.key_material_id(&second).send().await.unwrap();
    assert_eq!(describe(&client, &key).await.key_state(), Some(&KeyState::Enabled));
    import(3, Some(ImportType::NewKeyMaterial)).await.send().await.unwrap();
}

#[tokio::test]
async fn no_file_holds_imported_material_in_clear() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = Arc::new(Cloud::open(directory.path(), Clock::manual().0).unwrap());
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let key = external_key(&client, false).await;
    let material = b"correct horse battery staple 123";
    importing(&client, &key, material).await.send().await.unwrap();
    assert!(!format!("{cloud:?}").contains("correct horse"));
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for text in [&b"correct horse"[..], b"Y29ycmVjdCBob3JzZ"] {
            assert!(!bytes.windows(text.len()).any(|window| window == text));
        }
    }
}

#[tokio::test]
async fn deleted_material_is_gone_from_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = Arc::new(Cloud::open(directory.path(), Clock::manual().0).unwrap());
    let client = kms(cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let key = external_key(&client, false).await;
    let is_kept = || {
        let database = rusqlite::Connection::open(directory.path().join("aws.db")).unwrap();
        let select = "SELECT body FROM object WHERE kind = 'key_set'";
        let body: String = database.query_row(select, [], |row| row.get(0)).unwrap();
        let set: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(set["materials"].as_array().unwrap().len(), 1);
        set["materials"][0]["bytes"].is_string()
    };
    importing(&client, &key, &[1; 32]).await.send().await.unwrap();
    assert!(is_kept());
    client.delete_imported_key_material().key_id(&key).send().await.unwrap();
    assert!(!is_kept());
    importing(&client, &key, &[1; 32]).await.send().await.unwrap();
    assert!(is_kept());
}

#[tokio::test]
async fn a_rotation_whose_material_went_away_does_not_finish_for_another() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = external_key(&client, false).await;
    importing(&client, &key, &[1; 32]).await.send().await.unwrap();
    let import_new = async |material: u8| {
        let request = importing(&client, &key, &[material; 32]).await;
        let request = request.import_type(ImportType::NewKeyMaterial);
        request.send().await.unwrap().key_material_id.unwrap()
    };
    let rotate = || client.rotate_key_on_demand().key_id(&key).send();
    let lost = import_new(2).await;
    rotate().await.unwrap();
    stage.pass(1);
    let delete = client.delete_imported_key_material().key_id(&key);
    delete.key_material_id(&lost).send().await.unwrap();
    let next = import_new(3).await;
    rotate().await.unwrap();
    stage.pass(2);
    let current = async || describe(&client, &key).await.current_key_material_id;
    assert_ne!(current().await.unwrap(), next);
    stage.pass(1);
    assert_eq!(current().await.unwrap(), next);
}
