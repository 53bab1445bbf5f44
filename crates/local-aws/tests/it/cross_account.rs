//! Keys of other accounts, in a cloud that minds no policies but theirs.

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::GrantOperation;

use crate::stage::{Stage, describe, kms, refusal};

const GUEST: &str = "000000000042";
const GUEST_USER: &str = "arn:aws:iam::000000000042:user/local";

struct Scene {
    owner: Client,
    guest: Client,
    key: String,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new();
        let owner = stage.kms("eu-west-1");
        let guest = kms(stage.cloud.http_client(), "eu-west-1", GUEST, None);
        let created = owner.create_key().send().await.unwrap().key_metadata.unwrap();
        Self { owner, guest, key: created.arn.unwrap() }
    }

    /// Lets a principal do something with the key, besides its own account.
    async fn open_to(&self, principal: &str, action: &str, more: &str) {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Principal":{{"AWS":"123456789012"}},"Action":"kms:*","Resource":"*"}},
            {{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"{action}","Resource":"*"{more}}}]}}"#
        );
        self.owner.put_key_policy().key_id(&self.key).policy(policy).send().await.unwrap();
    }

    async fn encrypt(&self) -> Result<Blob, String> {
        let outcome = self.guest.encrypt().key_id(&self.key).plaintext(Blob::new("x")).send().await;
        match outcome {
            Ok(encrypted) => Ok(encrypted.ciphertext_blob.unwrap()),
            outcome => Err(refusal(outcome)),
        }
    }
}

#[tokio::test]
async fn a_key_is_open_to_those_whom_its_policy_names() {
    let scene = Scene::new().await;
    let denied = format!(
        "AccessDeniedException: User: {GUEST_USER} is not authorized to perform: kms:Encrypt on \
         resource: {} because the resource does not exist in this Region, no resource-based \
         policies allow access, or a resource-based policy explicitly denies access",
        scene.key
    );
    assert_eq!(scene.encrypt().await.unwrap_err(), denied);
    for principal in [GUEST, "arn:aws:iam::000000000042:root", GUEST_USER, "*"] {
        scene.open_to(principal, "kms:Encrypt", "").await;
        scene.encrypt().await.unwrap();
        let outcome = scene.guest.describe_key().key_id(&scene.key).send().await;
        assert!(refusal(outcome).starts_with("AccessDeniedException"), "{principal}");
    }
    scene.open_to("arn:aws:iam::000000000042:user/other", "kms:*", "").await;
    assert_eq!(scene.encrypt().await.unwrap_err(), denied);
    // Conditions count as they would with all policies minded.
    let condition = r#","Condition":{"StringEquals":{"kms:EncryptionContext:app":"web"}}"#;
    scene.open_to(GUEST, "kms:Encrypt", condition).await;
    assert_eq!(scene.encrypt().await.unwrap_err(), denied);
    let encrypt = scene.guest.encrypt().key_id(&scene.key).plaintext(Blob::new("x"));
    encrypt.encryption_context("app", "web").send().await.unwrap();
}

#[tokio::test]
async fn a_guest_uses_a_key_by_its_arn_an_alias_arn_or_a_ciphertext() {
    let scene = Scene::new().await;
    let alias = scene.owner.create_alias().alias_name("alias/app").target_key_id(&scene.key);
    alias.send().await.unwrap();
    scene.open_to(GUEST, "kms:*", "").await;
    let id = scene.key.rsplit('/').next().unwrap();

    assert_eq!(describe(&scene.guest, &scene.key).await.aws_account_id(), Some("123456789012"));
    let alias = "arn:aws:kms:eu-west-1:123456789012:alias/app";
    assert_eq!(describe(&scene.guest, alias).await.arn(), Some(&*scene.key));
    // By its id alone a key is sought in the own account.
    let outcome = scene.guest.describe_key().key_id(id).send().await;
    assert!(refusal(outcome).starts_with("NotFoundException"));

    let blob = scene.encrypt().await.unwrap();
    let decrypted = scene.guest.decrypt().ciphertext_blob(blob.clone()).send().await.unwrap();
    assert_eq!(decrypted.key_id(), Some(&*scene.key));
    let own = scene.guest.create_key().send().await.unwrap().key_metadata.unwrap();
    let re_encrypt = scene.guest.re_encrypt().ciphertext_blob(blob.clone());
    let moved = re_encrypt.destination_key_id(own.key_id()).send().await.unwrap();
    assert_eq!((moved.source_key_id(), moved.key_id()), (Some(&*scene.key), own.arn()));
    // Its owner cannot get at what the guest has now.
    let outcome = scene.owner.decrypt().ciphertext_blob(moved.ciphertext_blob.unwrap());
    let refused = refusal(outcome.send().await);
    assert!(refused.starts_with("AccessDeniedException: The ciphertext refers to"), "{refused}");

    let status = scene.guest.get_key_rotation_status().key_id(&scene.key).send().await.unwrap();
    assert_eq!(status.key_id(), Some(&*scene.key));
    // What is not for other accounts stays closed, whatever the policy says.
    let outcome = scene.guest.disable_key().key_id(&scene.key).send().await;
    assert!(refusal(outcome).starts_with("NotFoundException"));
    let outcome = scene.guest.get_key_policy().key_id(&scene.key).send().await;
    assert!(refusal(outcome).starts_with("NotFoundException"));
}

#[tokio::test]
async fn a_grant_opens_a_key_to_a_guest_until_it_is_retired() {
    let scene = Scene::new().await;
    let grant = scene.owner.create_grant().key_id(&scene.key).grantee_principal(GUEST_USER);
    let grant = grant
        .retiring_principal(GUEST_USER)
        .operations(GrantOperation::Encrypt)
        .send()
        .await
        .unwrap();
    scene.encrypt().await.unwrap();
    let outcome = scene.guest.list_grants().key_id(&scene.key).send().await;
    assert!(refusal(outcome).starts_with("AccessDeniedException"));
    let retire = scene.guest.retire_grant().grant_token(grant.grant_token().unwrap());
    retire.send().await.unwrap();
    assert!(scene.encrypt().await.unwrap_err().starts_with("AccessDeniedException"));

    scene.open_to(GUEST, "kms:*Grant*", "").await;
    let grant = scene.guest.create_grant().key_id(&scene.key).grantee_principal(GUEST_USER);
    let grant = grant.operations(GrantOperation::Encrypt).send().await.unwrap();
    let listed = scene.guest.list_grants().key_id(&scene.key).send().await.unwrap();
    assert_eq!(listed.grants()[0].issuing_account(), Some("arn:aws:iam::000000000042:root"));
    scene.encrypt().await.unwrap();
    let revoke = scene.guest.revoke_grant().key_id(&scene.key);
    revoke.grant_id(grant.grant_id().unwrap()).send().await.unwrap();
    assert!(scene.encrypt().await.is_err());
}
