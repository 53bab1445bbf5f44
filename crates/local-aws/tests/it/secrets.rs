//! Secrets in one Region.

use aws_sdk_secretsmanager::types::Tag;

use crate::stage::{Stage, refusal};

const TOKEN: &str = "11111111-1111-1111-1111-111111111111";
const OTHER_TOKEN: &str = "22222222-2222-2222-2222-222222222222";

#[tokio::test]
async fn a_token_makes_a_creation_repeatable() {
    let stage = Stage::new();
    let client = stage.secrets("eu-west-1");
    let create = |token: &str, value: &str| {
        client
            .create_secret()
            .name("app/db")
            .client_request_token(token)
            .secret_string(value)
            .send()
    };
    let first = create(TOKEN, "one").await.unwrap();
    assert!(
        first
            .arn()
            .unwrap()
            .starts_with("arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-")
    );
    assert_eq!(create(TOKEN, "one").await.unwrap().arn(), first.arn());
    assert_eq!(
        refusal(create(TOKEN, "two").await),
        format!(
            "ResourceExistsException: You can't use ClientRequestToken {TOKEN} because that value \
             is already in use for a version of secret {}.",
            first.arn().unwrap()
        )
    );
    assert_eq!(
        refusal(create(OTHER_TOKEN, "one").await),
        "ResourceExistsException: The operation failed because the secret app/db already exists."
    );
    let outcome = client.create_secret().name("bad name").send().await;
    assert!(refusal(outcome).starts_with("ValidationException: Invalid name."));
}

#[tokio::test]
async fn values_move_from_current_to_previous() {
    let stage = Stage::new();
    let client = stage.secrets("eu-west-1");
    client.create_secret().name("app").secret_string("one").send().await.unwrap();
    let second = client.put_secret_value().secret_id("app").client_request_token(TOKEN);
    second.secret_string("two").send().await.unwrap();
    let get = |stage: &str| client.get_secret_value().secret_id("app").version_stage(stage).send();
    assert_eq!(get("AWSCURRENT").await.unwrap().secret_string(), Some("two"));
    assert_eq!(get("AWSPREVIOUS").await.unwrap().secret_string(), Some("one"));
    assert_eq!(
        refusal(get("AWSPENDING").await),
        "ResourceNotFoundException: Secrets Manager can't find the specified secret value for \
         staging label: AWSPENDING"
    );
    let previous = get("AWSPREVIOUS").await.unwrap();
    let back = client.update_secret_version_stage().secret_id("app").version_stage("AWSCURRENT");
    let back = back.move_to_version_id(previous.version_id().unwrap());
    assert!(
        refusal(back.clone().send().await)
            .contains("so you must explicitly reference that version")
    );
    back.remove_from_version_id(TOKEN).send().await.unwrap();
    assert_eq!(get("AWSCURRENT").await.unwrap().secret_string(), Some("one"));

    let binary = client.put_secret_value().secret_id("app").version_stages("blob");
    binary
        .secret_binary(aws_sdk_secretsmanager::primitives::Blob::new([0, 159]))
        .send()
        .await
        .unwrap();
    assert_eq!(get("blob").await.unwrap().secret_binary().unwrap().as_ref(), [0, 159]);
    let versions = client.list_secret_version_ids().secret_id("app").send().await.unwrap();
    assert_eq!(versions.versions().len(), 3);
    assert_eq!(versions.versions()[0].kms_key_ids(), ["DefaultEncryptionKey"]);
}

#[tokio::test]
async fn the_key_of_a_secret_must_be_usable() {
    let stage = Stage::new();
    let (client, kms) = (stage.secrets("eu-west-1"), stage.kms("eu-west-1"));
    let outcome = client.create_secret().name("app").kms_key_id("alias/none").send().await;
    assert!(refusal(outcome).starts_with("EncryptionFailure"));
    let key = kms.create_key().send().await.unwrap().key_metadata.unwrap();
    let arn = key.arn().unwrap();
    client.create_secret().name("app").kms_key_id(arn).secret_string("x").send().await.unwrap();
    assert_eq!(
        client.describe_secret().secret_id("app").send().await.unwrap().kms_key_id(),
        Some(arn)
    );
    kms.disable_key().key_id(arn).send().await.unwrap();
    let read = || client.get_secret_value().secret_id("app").send();
    assert!(refusal(read().await).starts_with("DecryptionFailure"));
    kms.enable_key().key_id(arn).send().await.unwrap();

    // A new key takes the current version along, so the old one may go.
    let new = kms.create_key().send().await.unwrap().key_metadata.unwrap();
    client.update_secret().secret_id("app").kms_key_id(new.key_id()).send().await.unwrap();
    kms.schedule_key_deletion().key_id(arn).send().await.unwrap();
    assert_eq!(read().await.unwrap().secret_string(), Some("x"));
    client.update_secret().secret_id("app").kms_key_id("").send().await.unwrap();
    assert_eq!(client.describe_secret().secret_id("app").send().await.unwrap().kms_key_id(), None);
}

#[tokio::test]
async fn a_deleted_secret_can_be_restored_until_its_window_ends() {
    let stage = Stage::new();
    let client = stage.secrets("eu-west-1");
    let create = || client.create_secret().name("app").secret_string("x").send();
    create().await.unwrap();
    let delete = || client.delete_secret().secret_id("app").recovery_window_in_days(7).send();
    delete().await.unwrap();
    let marked = "InvalidRequestException: You can't perform this operation on the secret because \
                  it was marked for deletion.";
    assert_eq!(refusal(client.get_secret_value().secret_id("app").send().await), marked);
    assert_eq!(refusal(delete().await), marked);
    assert_eq!(
        refusal(create().await),
        "InvalidRequestException: You can't create this secret because a secret with this name is \
         already scheduled for deletion."
    );
    let described = client.describe_secret().secret_id("app").send().await.unwrap();
    assert!(described.deleted_date().is_some());
    client.restore_secret().secret_id("app").send().await.unwrap();
    stage.clock.advance_days(7);
    assert_eq!(
        client.get_secret_value().secret_id("app").send().await.unwrap().secret_string(),
        Some("x")
    );
    delete().await.unwrap();
    stage.clock.advance_days(7);
    assert_eq!(
        refusal(client.describe_secret().secret_id("app").send().await),
        "ResourceNotFoundException: Secrets Manager can't find the specified secret."
    );
    let force = || client.delete_secret().secret_id("app").force_delete_without_recovery(true);
    force().send().await.unwrap();
    let outcome = force().recovery_window_in_days(7).send().await;
    assert!(refusal(outcome).starts_with("InvalidParameterException"));
}

#[tokio::test]
async fn a_secret_answers_to_its_name_and_arns() {
    let stage = Stage::new();
    let client = stage.secrets("eu-west-1");
    let created = client.create_secret().name("app-db").secret_string("x").send().await.unwrap();
    let arn = created.arn().unwrap();
    let describe = |id: &str| client.describe_secret().secret_id(id).send();
    for id in ["app-db", arn, &arn[..arn.len() - 7]] {
        assert_eq!(describe(id).await.unwrap().arn(), Some(arn), "{id}");
    }
    for id in ["app", &arn.replace("eu-west-1", "us-east-1"), &arn[..arn.len() - 1]] {
        assert!(refusal(describe(id).await).starts_with("ResourceNotFoundException"), "{id}");
    }
}

#[tokio::test]
async fn policies_tags_lists_and_passwords() {
    let stage = Stage::new();
    let client = stage.secrets("eu-west-1");
    for name in ["a", "b", "c"] {
        let tag = Tag::builder().key("letter").value(name).build();
        client.create_secret().name(name).description("letters").tags(tag).send().await.unwrap();
    }
    let page = client.list_secrets().max_results(2).send().await.unwrap();
    assert_eq!((page.secret_list().len(), page.next_token().is_some()), (2, true));
    client.untag_resource().secret_id("a").tag_keys("letter").send().await.unwrap();
    let filter =
        aws_sdk_secretsmanager::types::Filter::builder().key("tag-key".into()).values("letter");
    let tagged = client.list_secrets().filters(filter.build()).send().await.unwrap();
    assert_eq!(tagged.secret_list().len(), 2);

    let policy = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"secretsmanager:*","Resource":"*"}]}"#;
    let put = || client.put_resource_policy().secret_id("a").resource_policy(policy);
    assert!(
        refusal(put().block_public_policy(true).send().await).starts_with("PublicPolicyException")
    );
    put().send().await.unwrap();
    let get = || client.get_resource_policy().secret_id("a").send();
    assert_eq!(get().await.unwrap().resource_policy(), Some(policy));
    client.delete_resource_policy().secret_id("a").send().await.unwrap();
    assert_eq!(get().await.unwrap().resource_policy(), None);
    let junk = client.put_resource_policy().secret_id("a").resource_policy("junk").send().await;
    assert!(refusal(junk).starts_with("MalformedPolicyDocumentException"));

    let password = client.get_random_password().password_length(12).exclude_punctuation(true);
    let password = password.send().await.unwrap().random_password.unwrap();
    assert!(password.len() == 12 && password.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    for kind in [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit] {
        assert!(password.as_bytes().iter().any(kind));
    }
}
