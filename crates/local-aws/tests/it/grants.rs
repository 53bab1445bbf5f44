//! Grants: made, found, repeated, retired, revoked, and gone with their key.

use std::sync::Arc;

use aws_sdk_kms::Client;
use aws_sdk_kms::operation::create_grant::builders::CreateGrantFluentBuilder;
use aws_sdk_kms::types::{GrantConstraints, GrantListEntry, GrantOperation, KeySpec, KeyUsageType};
use meridian_local_aws::{Clock, Cloud};

use crate::stage::{Stage, kms, multi_region_key, refusal};

const ROLE: &str = "arn:aws:iam::123456789012:role/worker";
const OTHER_ROLE: &str = "arn:aws:iam::123456789012:role/other";
const DRY_RUN: &str = "DryRunOperationException: The request would have succeeded, but the DryRun \
                       option is set.";

async fn single_key(client: &Client) -> String {
    client.create_key().send().await.unwrap().key_metadata.unwrap().key_id
}

fn granting(client: &Client, key: &str) -> CreateGrantFluentBuilder {
    let request = client.create_grant().key_id(key).grantee_principal(ROLE);
    request.operations(GrantOperation::Encrypt).operations(GrantOperation::Decrypt)
}

async fn grants(client: &Client, key: &str) -> Vec<GrantListEntry> {
    client.list_grants().key_id(key).send().await.unwrap().grants.unwrap_or_default()
}

fn context(pairs: usize, length: usize) -> std::collections::HashMap<String, String> {
    (0..pairs).map(|pair| (format!("{pair}"), "x".repeat(length))).collect()
}

#[tokio::test]
async fn a_grant_is_told_as_it_was_made() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = single_key(&client).await;
    let constraints = GrantConstraints::builder().encryption_context_subset("team", "blue").build();
    let made = granting(&client, &key)
        .retiring_principal(OTHER_ROLE)
        .constraints(constraints.clone())
        .name("worker")
        .send()
        .await
        .unwrap();
    let id = made.grant_id().unwrap();
    assert!(id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let grants = grants(&client, &key).await;
    let [grant] = &grants[..] else { panic!("there is one grant") };
    let arn = format!("arn:aws:kms:eu-west-1:123456789012:key/{key}");
    assert_eq!((grant.key_id(), grant.grant_id()), (Some(arn.as_str()), Some(id)));
    assert_eq!((grant.name(), grant.grantee_principal()), (Some("worker"), Some(ROLE)));
    assert_eq!(grant.retiring_principal(), Some(OTHER_ROLE));
    assert_eq!(grant.issuing_account(), Some("arn:aws:iam::123456789012:root"));
    assert_eq!(grant.operations(), [GrantOperation::Encrypt, GrantOperation::Decrypt]);
    assert_eq!(grant.constraints(), Some(&constraints));
    let now = stage.clock.now().milliseconds();
    assert_eq!(grant.creation_date().unwrap().to_millis().unwrap(), now);
}

#[tokio::test]
async fn only_a_name_keeps_a_repeat_from_making_another_grant() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = single_key(&client).await;
    let first = granting(&client, &key).name("worker").send().await.unwrap();
    let again = granting(&client, &key).name("worker").send().await.unwrap();
    assert_eq!(first.grant_id(), again.grant_id());
    assert_ne!(first.grant_token(), again.grant_token());
    let swapped = client.create_grant().key_id(&key).grantee_principal(ROLE).name("worker");
    let swapped =
        swapped.operations(GrantOperation::Decrypt).operations(GrantOperation::Encrypt).send();
    assert_eq!(swapped.await.unwrap().grant_id(), first.grant_id());
    for different in [
        granting(&client, &key).name("worker").operations(GrantOperation::DescribeKey),
        granting(&client, &key).name("worker").grantee_principal(OTHER_ROLE),
        granting(&client, &key).name("worker").retiring_principal(OTHER_ROLE),
        granting(&client, &key).name("other"),
        granting(&client, &key),
        granting(&client, &key),
    ] {
        assert_ne!(different.send().await.unwrap().grant_id(), first.grant_id());
    }
    assert_eq!(grants(&client, &key).await.len(), 7);
}

#[tokio::test]
async fn a_grant_has_to_fit_its_key() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let symmetric = single_key(&client).await;
    let make = async |spec, usage| {
        let key = client.create_key().key_spec(spec).key_usage(usage).send().await.unwrap();
        key.key_metadata.unwrap().key_id
    };
    let signing = make(KeySpec::EccNistP256, KeyUsageType::SignVerify).await;
    let agreement = make(KeySpec::EccNistP256, KeyUsageType::KeyAgreement).await;
    let mac = make(KeySpec::Hmac256, KeyUsageType::GenerateVerifyMac).await;
    let rsa = make(KeySpec::Rsa2048, KeyUsageType::EncryptDecrypt).await;
    use GrantOperation as Operation;
    let grant = |key: &str, operation: Operation| {
        client.create_grant().key_id(key).grantee_principal(ROLE).operations(operation)
    };
    for (key, fits, does_not) in [
        (&symmetric, Operation::GenerateDataKeyPair, Operation::Sign),
        (&symmetric, Operation::ReEncryptTo, Operation::GetPublicKey),
        (&signing, Operation::Verify, Operation::Encrypt),
        (&signing, Operation::GetPublicKey, Operation::DeriveSharedSecret),
        (&agreement, Operation::DeriveSharedSecret, Operation::Sign),
        (&mac, Operation::GenerateMac, Operation::GetPublicKey),
        (&mac, Operation::RetireGrant, Operation::Encrypt),
        (&rsa, Operation::ReEncryptFrom, Operation::GenerateDataKey),
    ] {
        grant(key, fits).send().await.unwrap();
        let refused = refusal(grant(key, does_not.clone()).send().await);
        let expected = format!("ValidationException: Operations [{does_not}] are not valid");
        assert!(refused.starts_with(&expected), "{refused}");
    }
    let unknown = grant(&symmetric, "CreateKey".into()).send().await;
    assert!(refusal(unknown).starts_with(
        "ValidationException: 1 validation error detected: Value '[CreateKey]' at 'operations'"
    ));

    let constrained =
        |key: &str, operation, constraints| grant(key, operation).constraints(constraints).send();
    let constraints =
        |context| GrantConstraints::builder().set_encryption_context_equals(Some(context)).build();
    constrained(&symmetric, Operation::Decrypt, constraints(context(8, 47))).await.unwrap();
    for too_much in [context(9, 1), context(1, 384)] {
        let outcome = constrained(&symmetric, Operation::Decrypt, constraints(too_much)).await;
        assert!(refusal(outcome).starts_with("ValidationException"));
    }
    let outcome = constrained(&mac, Operation::GenerateMac, constraints(context(1, 1))).await;
    assert!(refusal(outcome).starts_with("ValidationException"));
}

#[tokio::test]
async fn names_of_principals_and_grants_are_looked_at() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = single_key(&client).await;
    for principal in [
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::123456789012:user/ann",
        "arn:aws:sts::123456789012:assumed-role/worker/session",
        "autoscaling.amazonaws.com",
    ] {
        let request = granting(&client, &key).grantee_principal(principal);
        request.retiring_principal(principal).send().await.unwrap();
    }
    for principal in ["worker", "arn:aws:iam::123456789012:group/all", "arn:aws:s3:::bucket"] {
        let outcome = granting(&client, &key).grantee_principal(principal).send().await;
        assert!(refusal(outcome).starts_with("InvalidArnException"), "{principal}");
        let outcome = granting(&client, &key).retiring_principal(principal).send().await;
        assert!(refusal(outcome).starts_with("InvalidArnException"), "{principal}");
    }
    let member = |name| format!("ValidationException: 1 validation error detected: Value '{name}'");
    let outcome = granting(&client, &key).grantee_principal("two words").send().await;
    assert!(refusal(outcome).starts_with(&member("two words")));
    let outcome = granting(&client, &key).name("a.b").send().await;
    assert!(refusal(outcome).starts_with(&member("a.b")));
    let outcome = granting(&client, &key).grant_tokens("nonsense").send().await;
    assert!(refusal(outcome).starts_with("InvalidGrantTokenException"));
    let outcome = granting(&client, &key).set_grant_tokens(Some(vec![String::new(); 11])).send();
    assert!(refusal(outcome.await).starts_with("ValidationException"));
    client.disable_key().key_id(&key).send().await.unwrap();
    assert!(refusal(granting(&client, &key).send().await).starts_with("DisabledException"));
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = single_key(&client).await;
    assert_eq!(refusal(granting(&client, &key).dry_run(true).send().await), DRY_RUN);
    assert!(grants(&client, &key).await.is_empty());
    let made = granting(&client, &key).send().await.unwrap();
    let (id, token) = (made.grant_id.unwrap(), made.grant_token.unwrap());
    let revoke = client.revoke_grant().key_id(&key).grant_id(&id).dry_run(true);
    assert_eq!(refusal(revoke.send().await), DRY_RUN);
    let retire = client.retire_grant().grant_token(&token).dry_run(true);
    assert_eq!(refusal(retire.send().await), DRY_RUN);
    assert_eq!(grants(&client, &key).await.len(), 1);
}

#[tokio::test]
async fn grants_are_revoked_by_id_and_retired_by_id_or_token() {
    let stage = Stage::new();
    let (client, elsewhere) = (stage.kms("eu-west-1"), stage.kms("us-east-1"));
    let key = single_key(&client).await;
    let make = async || {
        let made = granting(&client, &key).send().await.unwrap();
        (made.grant_id.unwrap(), made.grant_token.unwrap())
    };
    let (id, token) = make().await;
    assert!(
        refusal(elsewhere.retire_grant().grant_token(&token).send().await)
            .starts_with("InvalidGrantTokenException")
    );
    client.retire_grant().grant_token(&token).send().await.unwrap();
    let gone = "NotFoundException: Grant '";
    let outcome = client.retire_grant().grant_token(&token).send().await;
    assert!(refusal(outcome).starts_with(gone));
    let outcome = client.revoke_grant().key_id(&key).grant_id(&id).send().await;
    assert!(refusal(outcome).starts_with(gone));

    let arn = format!("arn:aws:kms:eu-west-1:123456789012:key/{key}");
    let (id, token) = make().await;
    client.retire_grant().key_id(&arn).grant_id(&id).send().await.unwrap();
    let (id, _) = make().await;
    client.revoke_grant().key_id(&key).grant_id(&id).send().await.unwrap();
    assert!(grants(&client, &key).await.is_empty());

    let malformed = client.revoke_grant().key_id(&key).grant_id("g").send().await;
    assert!(refusal(malformed).starts_with("InvalidGrantIdException"));
    let forged = client.retire_grant().grant_token("AAAA").send().await;
    assert!(refusal(forged).starts_with("InvalidGrantTokenException"));
    for unclear in [
        client.retire_grant(),
        client.retire_grant().key_id(&arn),
        client.retire_grant().grant_token(&token).key_id(&arn).grant_id(&id),
    ] {
        assert!(refusal(unclear.send().await).starts_with("ValidationException"));
    }
}

#[tokio::test]
async fn grants_are_listed_in_pages_and_by_what_they_say() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let (key, second_key) = (single_key(&client).await, single_key(&client).await);
    let mut ids = Vec::new();
    for number in 0..7 {
        let grantee = if number < 3 { ROLE } else { OTHER_ROLE };
        let request = granting(&client, &key).grantee_principal(grantee);
        let made = request.retiring_principal(OTHER_ROLE).send().await.unwrap();
        ids.push(made.grant_id.unwrap());
    }
    let request = granting(&client, &second_key).retiring_principal(OTHER_ROLE);
    ids.push(request.send().await.unwrap().grant_id.unwrap());
    granting(&client, &second_key).send().await.unwrap();

    let mut seen = Vec::new();
    let mut marker = None;
    loop {
        let request = client.list_retirable_grants().retiring_principal(OTHER_ROLE).limit(3);
        let page = request.set_marker(marker).send().await.unwrap();
        seen.extend(page.grants.unwrap().into_iter().map(|grant| grant.grant_id.unwrap()));
        assert_eq!(page.truncated, page.next_marker.is_some());
        marker = page.next_marker;
        if marker.is_none() {
            break;
        }
    }
    ids.sort();
    assert_eq!(seen, ids);
    let elsewhere = stage.kms("us-east-1");
    let none = elsewhere.list_retirable_grants().retiring_principal(OTHER_ROLE).send().await;
    assert!(none.unwrap().grants().is_empty());

    let list = || client.list_grants().key_id(&key);
    assert_eq!(list().limit(5).send().await.unwrap().grants().len(), 5);
    assert_eq!(list().grantee_principal(ROLE).send().await.unwrap().grants().len(), 3);
    let own = &grants(&client, &key).await[0];
    let found = list().set_grant_id(own.grant_id.clone()).send().await.unwrap();
    assert_eq!(found.grants(), std::slice::from_ref(own));
    let stranger = list().grant_id("0".repeat(64)).send().await.unwrap();
    assert!(stranger.grants().is_empty());
    assert!(refusal(list().grant_id("g").send().await).starts_with("InvalidGrantIdException"));
    assert!(refusal(list().limit(101).send().await).starts_with("ValidationException"));
    assert!(refusal(list().marker("g").send().await).starts_with("InvalidMarkerException"));
}

#[tokio::test]
async fn each_related_key_has_its_own_grants_and_takes_them_along() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, handle) = Clock::manual();
    let open = || Arc::new(Cloud::open(directory.path(), clock.clone()).unwrap());
    let both = |cloud: &Arc<Cloud>| {
        let client = |region| kms(cloud.http_client(), region, "AKIDLOCAL", None);
        (client("eu-west-1"), client("us-east-1"))
    };
    let cloud = open();
    let (primary, replica) = both(&cloud);
    let key = multi_region_key(&primary).await;
    primary.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    assert!(refusal(granting(&replica, &key).send().await).ends_with("is creating."));
    handle.advance_days(1);
    let request = granting(&primary, &key).retiring_principal(OTHER_ROLE);
    let token = request.send().await.unwrap().grant_token.unwrap();
    granting(&replica, &key).retiring_principal(OTHER_ROLE).send().await.unwrap();
    granting(&replica, &key).retiring_principal(OTHER_ROLE).send().await.unwrap();
    assert_eq!((grants(&primary, &key).await.len(), grants(&replica, &key).await.len()), (1, 2));
    let delete = replica.schedule_key_deletion().key_id(&key).pending_window_in_days(7);
    delete.send().await.unwrap();
    assert_eq!(grants(&replica, &key).await.len(), 2);
    drop((primary, replica, cloud));

    let cloud = open();
    let (primary, replica) = both(&cloud);
    handle.advance_days(7);
    let retirable = async |client: &Client| {
        let request = client.list_retirable_grants().retiring_principal(OTHER_ROLE);
        request.send().await.unwrap().grants.unwrap_or_default().len()
    };
    assert_eq!((retirable(&primary).await, retirable(&replica).await), (1, 0));
    primary.retire_grant().grant_token(token).send().await.unwrap();
    assert_eq!(retirable(&primary).await, 0);
}
