//! Keys: the life of a multi-Region key, and the rules of single ones.

use aws_sdk_kms::types::{KeyMetadata, KeySpec, KeyState, MultiRegionKeyType, OriginType, Tag};

use crate::stage::{Stage, describe, multi_region_key, refusal};

fn replica_regions(key: &KeyMetadata) -> Vec<&str> {
    let configuration = key.multi_region_configuration().unwrap();
    configuration.replica_keys().iter().map(|key| key.region().unwrap()).collect()
}

fn kind(key: &KeyMetadata) -> &MultiRegionKeyType {
    key.multi_region_configuration().unwrap().multi_region_key_type().unwrap()
}

#[tokio::test]
async fn a_new_key_has_the_documented_metadata() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = client.create_key().description("app").send().await.unwrap().key_metadata.unwrap();
    assert_eq!(
        key.arn().unwrap(),
        format!("arn:aws:kms:eu-west-1:123456789012:key/{}", key.key_id())
    );
    assert_eq!((key.enabled(), key.key_state()), (true, Some(&KeyState::Enabled)));
    assert_eq!(key.multi_region(), Some(false));
    assert!(key.multi_region_configuration().is_none());
    assert_eq!(key.current_key_material_id().unwrap().len(), 64);
    assert_eq!(key.encryption_algorithms().len(), 1);
    assert_eq!(key.creation_date().unwrap().to_millis().unwrap(), stage.clock.now().milliseconds());
    let policy = client.get_key_policy().key_id(key.key_id()).send().await.unwrap();
    assert_eq!(policy.policy_name(), Some("default"));
    assert!(policy.policy().unwrap().contains("arn:aws:iam::123456789012:root"));

    let external = client.create_key().origin(OriginType::External).send().await.unwrap();
    let external = external.key_metadata.unwrap();
    assert_eq!(external.key_state(), Some(&KeyState::PendingImport));
    assert_eq!(
        refusal(client.create_key().key_spec(KeySpec::Hmac256).send().await),
        "ValidationException: You must specify a KeyUsage value for all KMS keys except for \
         symmetric encryption keys."
    );
}

#[tokio::test]
async fn a_replica_is_created_a_while_after_it_was_asked_for() {
    let stage = Stage::new();
    let (primary, replica) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&primary).await;
    assert!(key.starts_with("mrk-") && key.len() == 36);

    let made = primary
        .replicate_key()
        .key_id(&key)
        .replica_region("us-east-1")
        .description("copy")
        .tags(Tag::builder().tag_key("team").tag_value("blue").build().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(made.replica_tags()[0].tag_key(), "team");
    let made = made.replica_key_metadata.unwrap();
    assert_eq!((made.enabled(), made.key_state()), (false, Some(&KeyState::Creating)));
    assert_eq!((kind(&made), made.key_id()), (&MultiRegionKeyType::Replica, key.as_str()));
    assert_eq!(made.current_key_material_id(), None);

    // The primary lists it at once, and stays what it is.
    let seen = describe(&primary, &key).await;
    assert_eq!(
        (kind(&seen), replica_regions(&seen)),
        (&MultiRegionKeyType::Primary, vec!["us-east-1"])
    );
    let arn = made.arn().unwrap();
    assert_eq!(
        refusal(replica.disable_key().key_id(&key).send().await),
        format!("KMSInvalidStateException: {arn} is creating.")
    );
    assert!(
        refusal(primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await)
            .starts_with("AlreadyExistsException")
    );

    stage.pass(2);
    let ready = describe(&replica, &key).await;
    assert_eq!((ready.enabled(), ready.key_state()), (true, Some(&KeyState::Enabled)));
    assert_eq!(ready.description(), Some("copy"));
    assert_eq!(ready.current_key_material_id(), seen.current_key_material_id());
}

#[tokio::test]
async fn only_a_primary_is_replicated_and_only_within_its_partition() {
    let stage = Stage::new();
    let (primary, replica) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&primary).await;
    primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(2);
    assert_eq!(
        refusal(replica.replicate_key().key_id(&key).replica_region("us-west-2").send().await),
        format!(
            "UnsupportedOperationException: arn:aws:kms:us-east-1:123456789012:key/{key} is not a \
             multi-region primary key."
        )
    );
    for region in ["eu-west-1", "cn-north-1", "mars-north-1"] {
        let outcome = primary.replicate_key().key_id(&key).replica_region(region).send().await;
        assert!(refusal(outcome).starts_with("UnsupportedOperationException"), "{region}");
    }
    let outcome = primary.replicate_key().key_id(&key).replica_region("mars-1").send().await;
    assert!(refusal(outcome).starts_with("ValidationException"));
    let single = primary.create_key().send().await.unwrap().key_metadata.unwrap();
    let outcome =
        primary.replicate_key().key_id(single.key_id()).replica_region("us-west-2").send().await;
    assert!(refusal(outcome).contains("not a multi-region primary key"));
    primary.disable_key().key_id(&key).send().await.unwrap();
    let outcome = primary.replicate_key().key_id(&key).replica_region("us-west-2").send().await;
    assert!(refusal(outcome).starts_with("DisabledException"));
}

#[tokio::test]
async fn rotation_is_set_on_the_primary_and_reaches_the_replicas() {
    let stage = Stage::new();
    let (primary, replica) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&primary).await;
    primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(2);
    primary.enable_key_rotation().key_id(&key).rotation_period_in_days(180).send().await.unwrap();
    let status = |client: aws_sdk_kms::Client| {
        let key = key.clone();
        async move { client.get_key_rotation_status().key_id(key).send().await.unwrap() }
    };
    assert!(status(primary.clone()).await.key_rotation_enabled());
    assert!(!status(replica.clone()).await.key_rotation_enabled());
    stage.pass(1);
    assert_eq!(status(replica.clone()).await.rotation_period_in_days(), Some(180));
    let outcome = replica.disable_key_rotation().key_id(&key).send().await;
    assert!(refusal(outcome).starts_with("UnsupportedOperationException"));
}

#[tokio::test]
async fn the_primary_moves_to_a_replica() {
    let stage = Stage::new();
    let (old, new) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&old).await;
    old.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    let outcome = old.update_primary_region().key_id(&key).primary_region("us-east-1").send().await;
    assert!(refusal(outcome).ends_with("is creating."));
    stage.pass(2);
    old.update_primary_region().key_id(&key).primary_region("us-east-1").send().await.unwrap();
    assert_eq!(describe(&new, &key).await.key_state(), Some(&KeyState::Updating));
    // A repeat, as after a lost answer, finds that it is done.
    let outcome = old.update_primary_region().key_id(&key).primary_region("us-east-1").send().await;
    assert!(refusal(outcome).ends_with("is not a multi-region primary key."));
    stage.pass(2);
    let (was, is) = (describe(&old, &key).await, describe(&new, &key).await);
    assert_eq!(
        (kind(&was), kind(&is)),
        (&MultiRegionKeyType::Replica, &MultiRegionKeyType::Primary)
    );
    assert_eq!(
        (was.key_state(), is.key_state()),
        (Some(&KeyState::Enabled), Some(&KeyState::Enabled))
    );
    assert_eq!(replica_regions(&is), ["eu-west-1"]);
}

#[tokio::test]
async fn a_primary_waits_for_its_replicas_before_its_own_window() {
    let stage = Stage::new();
    let (primary, replica) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = multi_region_key(&primary).await;
    primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.pass(2);
    let delete = |client: &aws_sdk_kms::Client| {
        client.schedule_key_deletion().key_id(&key).pending_window_in_days(7).send()
    };
    let waiting = delete(&primary).await.unwrap();
    assert_eq!(waiting.key_state(), Some(&KeyState::PendingReplicaDeletion));
    assert_eq!((waiting.deletion_date(), waiting.pending_window_in_days()), (None, Some(7)));
    assert!(refusal(delete(&primary).await).ends_with("is pending replica deletion."));
    let going = delete(&replica).await.unwrap();
    assert_eq!(going.key_state(), Some(&KeyState::PendingDeletion));
    assert!(going.deletion_date().is_some() && going.key_id().unwrap().starts_with("arn:"));

    stage.clock.advance_days(7);
    let gone = replica.describe_key().key_id(&key).send().await;
    assert_eq!(
        refusal(gone),
        format!(
            "NotFoundException: Key 'arn:aws:kms:us-east-1:123456789012:key/{key}' does not exist"
        )
    );
    let primary_now = describe(&primary, &key).await;
    assert_eq!(primary_now.key_state(), Some(&KeyState::PendingDeletion));
    assert!(primary_now.deletion_date().is_some());
    primary.cancel_key_deletion().key_id(&key).send().await.unwrap();
    assert_eq!(describe(&primary, &key).await.key_state(), Some(&KeyState::Disabled));
    stage.clock.advance_days(30);
    assert_eq!(describe(&primary, &key).await.key_state(), Some(&KeyState::Disabled));
    assert!(replica_regions(&describe(&primary, &key).await).is_empty());
}
