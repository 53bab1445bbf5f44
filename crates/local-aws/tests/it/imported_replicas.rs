//! Imported material of multi-Region keys: each Region has to import it itself.

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::DateTime;
use aws_sdk_kms::types::{
    ExpirationModelType, ImportState, ImportType, IncludeKeyMaterial, KeyMaterialState, KeyState,
    RotationType, RotationsListEntry,
};

use crate::stage::{Stage, describe, refusal};
use crate::wrapped::{external_key, importing};

async fn materials(client: &Client, key: &str) -> Vec<RotationsListEntry> {
    let all = IncludeKeyMaterial::AllKeyMaterial;
    let listed = client.list_key_rotations().key_id(key).include_key_material(all);
    listed.send().await.unwrap().rotations.unwrap_or_default()
}

async fn states(client: &Client, key: &str) -> Vec<(KeyMaterialState, ImportState)> {
    let state = |entry: RotationsListEntry| {
        (entry.key_material_state.unwrap(), entry.import_state.unwrap())
    };
    materials(client, key).await.into_iter().map(state).collect()
}

async fn import(client: &Client, key: &str, material: u8, import_type: ImportType) -> String {
    let request = importing(client, key, &[material; 32]).await.import_type(import_type);
    request.send().await.unwrap().key_material_id.unwrap()
}

async fn replicate(stage: &Stage, client: &Client, key: &str, region: &str) -> Client {
    client.replicate_key().key_id(key).replica_region(region).send().await.unwrap();
    stage.pass(2);
    stage.kms(region)
}

#[tokio::test]
async fn a_replica_imports_what_the_primary_has() {
    let stage = Stage::new();
    let primary = stage.kms("eu-west-1");
    let key = external_key(&primary, true).await;
    assert!(
        refusal(primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await)
            .ends_with("is pending import.")
    );
    let first = import(&primary, &key, 1, ImportType::NewKeyMaterial).await;
    let replica = replicate(&stage, &primary, &key, "us-east-1").await;
    let waiting = describe(&replica, &key).await;
    assert_eq!((waiting.enabled(), waiting.key_state()), (false, Some(&KeyState::PendingImport)));
    assert_eq!(waiting.expiration_model(), None);

    let other = importing(&replica, &key, &[2; 32]).await.send().await;
    assert!(refusal(other).starts_with("IncorrectKeyMaterialException"));
    let new = importing(&replica, &key, &[2; 32]).await.import_type(ImportType::NewKeyMaterial);
    assert!(refusal(new.send().await).starts_with("UnsupportedOperationException"));
    // Without an import type, what a replica imports is taken for existing.
    let same = importing(&replica, &key, &[1; 32]).await.send().await.unwrap();
    assert_eq!(same.key_material_id(), Some(first.as_str()));
    assert_eq!(describe(&replica, &key).await.key_state(), Some(&KeyState::Enabled));

    // What one Region loses, the other keeps.
    replica.delete_imported_key_material().key_id(&key).send().await.unwrap();
    assert_eq!(describe(&replica, &key).await.key_state(), Some(&KeyState::PendingImport));
    assert_eq!(describe(&primary, &key).await.key_state(), Some(&KeyState::Enabled));
    let request = importing(&replica, &key, &[1; 32]).await;
    let date = DateTime::from_millis(stage.clock.now().milliseconds() + 60_000);
    let request = request.expiration_model(ExpirationModelType::KeyMaterialExpires).valid_to(date);
    request.send().await.unwrap();
    assert_eq!(describe(&primary, &key).await.valid_to(), None);
    assert_eq!(describe(&replica, &key).await.valid_to(), Some(&date));
    stage.pass(60);
    assert_eq!(describe(&replica, &key).await.key_state(), Some(&KeyState::PendingImport));
    assert_eq!(describe(&primary, &key).await.key_state(), Some(&KeyState::Enabled));
}

#[tokio::test]
async fn new_material_rotates_in_once_every_region_has_it() {
    let stage = Stage::new();
    let primary = stage.kms("eu-west-1");
    let key = external_key(&primary, true).await;
    let first = import(&primary, &key, 1, ImportType::NewKeyMaterial).await;
    let here = replicate(&stage, &primary, &key, "us-east-1").await;
    let there = replicate(&stage, &primary, &key, "ap-south-1").await;
    for replica in [&here, &there] {
        import(replica, &key, 1, ImportType::ExistingKeyMaterial).await;
    }
    let nothing_waits = format!(
        "KMSInvalidStateException: No available key material pending rotation for the key: \
         arn:aws:kms:eu-west-1:123456789012:key/{key}."
    );
    let rotate = || primary.rotate_key_on_demand().key_id(&key).send();
    assert_eq!(refusal(rotate().await), nothing_waits);

    let second = import(&primary, &key, 2, ImportType::NewKeyMaterial).await;
    use ImportState::{Imported, PendingImport};
    use KeyMaterialState::{Current, NonCurrent, PendingRotation};
    let waiting = KeyMaterialState::PendingMultiRegionImportAndRotation;
    assert_eq!(states(&primary, &key).await, [(Current, Imported), (waiting.clone(), Imported)]);
    assert_eq!(states(&here, &key).await, [(Current, Imported), (waiting.clone(), PendingImport)]);
    assert_eq!(describe(&here, &key).await.key_state(), Some(&KeyState::Enabled));
    assert_eq!(import(&here, &key, 2, ImportType::ExistingKeyMaterial).await, second);
    assert_eq!(refusal(rotate().await), nothing_waits);
    import(&there, &key, 2, ImportType::ExistingKeyMaterial).await;
    assert_eq!(states(&primary, &key).await[1], (PendingRotation, Imported));

    // A replica that loses it holds the others up.
    let delete = there.delete_imported_key_material().key_id(&key).key_material_id(&second);
    delete.send().await.unwrap();
    assert_eq!(states(&primary, &key).await[1], (waiting, Imported));
    import(&there, &key, 2, ImportType::ExistingKeyMaterial).await;

    assert!(
        refusal(there.rotate_key_on_demand().key_id(&key).send().await)
            .ends_with("is not a multi-region primary key.")
    );
    let asked = rotate().await.unwrap();
    assert!(asked.key_id().unwrap().ends_with(&key));
    assert_eq!(describe(&primary, &key).await.current_key_material_id(), Some(first.as_str()));
    assert!(refusal(rotate().await).starts_with("ConflictException"));
    stage.pass(3);
    for client in [&primary, &here, &there] {
        assert_eq!(states(client, &key).await, [(NonCurrent, Imported), (Current, Imported)]);
        let key = describe(client, &key).await;
        assert_eq!(key.current_key_material_id(), Some(second.as_str()));
        assert_eq!(key.key_state(), Some(&KeyState::Enabled));
    }
    let rotated = materials(&primary, &key).await.pop().unwrap();
    assert_eq!(rotated.rotation_type(), Some(&RotationType::OnDemand));
    assert_eq!(
        rotated.rotation_date().unwrap().to_millis().unwrap(),
        stage.clock.now().milliseconds()
    );
    // Old material is needed as much as the current.
    here.delete_imported_key_material().key_id(&key).key_material_id(&first).send().await.unwrap();
    assert_eq!(describe(&here, &key).await.key_state(), Some(&KeyState::PendingImport));
    import(&here, &key, 1, ImportType::ExistingKeyMaterial).await;
    assert_eq!(describe(&here, &key).await.key_state(), Some(&KeyState::Enabled));
}

#[tokio::test]
async fn what_the_primary_takes_back_goes_everywhere() {
    let stage = Stage::new();
    let primary = stage.kms("eu-west-1");
    let key = external_key(&primary, true).await;
    import(&primary, &key, 1, ImportType::NewKeyMaterial).await;
    let replica = replicate(&stage, &primary, &key, "us-east-1").await;
    import(&replica, &key, 1, ImportType::ExistingKeyMaterial).await;
    let second = import(&primary, &key, 2, ImportType::NewKeyMaterial).await;
    import(&replica, &key, 2, ImportType::ExistingKeyMaterial).await;
    // Even when its rotation has begun.
    primary.rotate_key_on_demand().key_id(&key).send().await.unwrap();
    let delete = primary.delete_imported_key_material().key_id(&key).key_material_id(&second);
    delete.send().await.unwrap();
    stage.pass(3);
    for client in [&primary, &replica] {
        assert_eq!(
            states(client, &key).await,
            [(KeyMaterialState::Current, ImportState::Imported)]
        );
    }
    let gone = importing(&replica, &key, &[2; 32]).await.send().await;
    assert!(refusal(gone).starts_with("IncorrectKeyMaterialException"));
    import(&primary, &key, 3, ImportType::NewKeyMaterial).await;
}

#[tokio::test]
async fn a_replica_that_is_made_again_has_to_import_again() {
    let stage = Stage::new();
    let primary = stage.kms("eu-west-1");
    let key = external_key(&primary, true).await;
    import(&primary, &key, 1, ImportType::NewKeyMaterial).await;
    let replica = replicate(&stage, &primary, &key, "us-east-1").await;
    import(&replica, &key, 1, ImportType::ExistingKeyMaterial).await;
    import(&primary, &key, 2, ImportType::NewKeyMaterial).await;
    let delete = replica.schedule_key_deletion().key_id(&key).pending_window_in_days(7);
    delete.send().await.unwrap();
    let waiting = KeyMaterialState::PendingMultiRegionImportAndRotation;
    assert_eq!(states(&primary, &key).await[1].0, waiting);
    stage.clock.advance_days(7);
    assert_eq!(states(&primary, &key).await[1].0, KeyMaterialState::PendingRotation);

    let replica = replicate(&stage, &primary, &key, "us-east-1").await;
    assert_eq!(describe(&replica, &key).await.key_state(), Some(&KeyState::PendingImport));
    assert_eq!(states(&primary, &key).await[1].0, waiting);
    import(&replica, &key, 1, ImportType::ExistingKeyMaterial).await;
    assert_eq!(describe(&replica, &key).await.key_state(), Some(&KeyState::Enabled));
}

#[tokio::test]
async fn material_that_expires_while_the_primary_moves_is_missed_afterwards() {
    let stage = Stage::new();
    let old = stage.kms("eu-west-1");
    let key = external_key(&old, true).await;
    import(&old, &key, 1, ImportType::NewKeyMaterial).await;
    let new = replicate(&stage, &old, &key, "us-east-1").await;
    let request = importing(&new, &key, &[1; 32]).await;
    let date = DateTime::from_millis(stage.clock.now().milliseconds() + 1000);
    let request = request.expiration_model(ExpirationModelType::KeyMaterialExpires).valid_to(date);
    request.send().await.unwrap();
    old.update_primary_region().key_id(&key).primary_region("us-east-1").send().await.unwrap();
    stage.pass(2);
    assert_eq!(describe(&new, &key).await.key_state(), Some(&KeyState::PendingImport));
    assert_eq!(describe(&old, &key).await.key_state(), Some(&KeyState::Enabled));
}
