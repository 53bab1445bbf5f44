//! Where moto 5.2.1 differs from AWS: the rows of the comparison (reference,
//! section 4) that concern Secrets Manager, each as a test of what AWS does.

use meridian_local_aws::Request;
use serde_json::{Value, json};

use crate::secret_wire::{Answer, call};
use crate::stage::{Stage, multi_region_key};

const FIRST: &str = "11111111-1111-1111-1111-111111111111";
const SECOND: &str = "22222222-2222-2222-2222-222222222222";
const MARKED: &str = "InvalidRequestException: You can't perform this operation on the secret \
                      because it was marked for deletion.";
const ON_REPLICA: &str = "InvalidParameterException: Operation not permitted on a replica secret. \
                          Call must be made in primary secret's region.";

fn here(stage: &Stage, operation: &str, input: Value) -> Answer {
    call(&stage.cloud, "eu-west-1", operation, &input)
}

fn there(stage: &Stage, operation: &str, input: Value) -> Answer {
    call(&stage.cloud, "us-east-1", operation, &input)
}

fn app() -> Value {
    json!({ "SecretId": "app" })
}

fn describe(stage: &Stage) -> Value {
    here(stage, "DescribeSecret", app()).unwrap()
}

fn secret() -> Stage {
    let stage = Stage::new();
    let input = json!({ "Name": "app", "ClientRequestToken": FIRST, "SecretString": "one" });
    here(&stage, "CreateSecret", input).unwrap();
    stage
}

fn replicate(stage: &Stage, region: &str) -> Answer {
    let input = json!({ "SecretId": "app", "AddReplicaRegions": [{ "Region": region }] });
    here(stage, "ReplicateSecretToRegions", input)
}

fn replicated() -> Stage {
    let stage = secret();
    replicate(&stage, "us-east-1").unwrap();
    stage.pass(2);
    stage
}

fn marked() -> Stage {
    let stage = secret();
    here(&stage, "DeleteSecret", app()).unwrap();
    stage
}

// Rows 57 and 58.
#[tokio::test]
async fn the_status_echoes_the_key_and_begins_in_progress() {
    let stage = Stage::new();
    let kms = stage.kms("us-east-1");
    let key = multi_region_key(&kms).await;
    kms.create_alias().alias_name("alias/x").target_key_id(key).send().await.unwrap();
    let input = json!({
        "Name": "app", "ClientRequestToken": FIRST, "SecretString": "one",
        "AddReplicaRegions": [{ "Region": "us-east-1", "KmsKeyId": "alias/x" }],
    });
    let created = here(&stage, "CreateSecret", input).unwrap();
    let entry = json!({ "Region": "us-east-1", "KmsKeyId": "alias/x", "Status": "InProgress" });
    assert_eq!(created["ReplicationStatus"], json!([entry]));
    stage.pass(2);
    let entry = json!({
        "Region": "us-east-1", "KmsKeyId": "alias/x", "Status": "InSync",
        "StatusMessage": "Replication succeeded",
    });
    assert_eq!(describe(&stage)["ReplicationStatus"], json!([entry]));
    // Row 60.
    let replica = there(&stage, "DescribeSecret", app()).unwrap();
    assert_eq!(replica["KmsKeyId"], "alias/x");
    assert!(replica.get("ReplicationStatus").is_none());
    assert!(describe(&stage).get("KmsKeyId").is_none());
}

// Row 59.
#[test]
fn a_secret_tells_its_primary_region_only_while_it_is_replicated() {
    let stage = secret();
    assert!(describe(&stage).get("PrimaryRegion").is_none());
    assert!(describe(&stage).get("ReplicationStatus").is_none());
    replicate(&stage, "us-east-1").unwrap();
    assert_eq!(describe(&stage)["PrimaryRegion"], "eu-west-1");
}

// Row 61.
#[tokio::test]
async fn a_replica_takes_another_key() {
    let stage = replicated();
    let key = multi_region_key(&stage.kms("us-east-1")).await;
    let input = json!({ "SecretId": "app", "KmsKeyId": key, "ClientRequestToken": SECOND });
    there(&stage, "UpdateSecret", input).unwrap();
    assert_eq!(there(&stage, "DescribeSecret", app()).unwrap()["KmsKeyId"], key);
}

// Row 62.
#[test]
fn the_policy_of_a_replica_can_be_read() {
    let policy = there(&replicated(), "GetResourcePolicy", app()).unwrap();
    assert!(policy["ARN"].as_str().unwrap().contains(":us-east-1:"));
    assert!(policy.get("ResourcePolicy").is_none());
}

// Row 63.
#[test]
fn labels_cannot_be_moved_on_a_replica() {
    let stage = replicated();
    let before = describe(&stage);
    let input = json!({ "SecretId": "app", "VersionStage": "x", "MoveToVersionId": FIRST });
    assert_eq!(there(&stage, "UpdateSecretVersionStage", input).unwrap_err(), ON_REPLICA);
    assert_eq!(describe(&stage), before);
}

// Row 64.
#[test]
fn a_replica_can_be_made_a_secret_of_its_own() {
    let stage = replicated();
    let replica = there(&stage, "DescribeSecret", app()).unwrap();
    let stopped = there(&stage, "StopReplicationToReplica", app()).unwrap();
    assert_eq!(stopped["ARN"], replica["ARN"]);
    assert!(describe(&stage).get("ReplicationStatus").is_none());
    let standalone = there(&stage, "DescribeSecret", app()).unwrap();
    assert_eq!(standalone["ARN"], replica["ARN"]);
    assert_eq!(standalone["VersionIdsToStages"], replica["VersionIdsToStages"]);
    assert!(standalone.get("PrimaryRegion").is_none());
    there(&stage, "DeleteSecret", app()).unwrap();
}

// Row 65.
#[test]
fn policies_can_be_validated() {
    let stage = secret();
    let validate = |effect: &str, principal: &str| {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": effect, "Principal": { "AWS": principal },
            "Action": "secretsmanager:*", "Resource": "*",
        }] });
        let input = json!({ "SecretId": "app", "ResourcePolicy": policy.to_string() });
        here(&stage, "ValidateResourcePolicy", input).unwrap()
    };
    let passed = json!({ "PolicyValidationPassed": true, "ValidationErrors": [] });
    assert_eq!(validate("Allow", "arn:aws:iam::123456789012:role/app"), passed);
    for (effect, principal) in [("Allow", "*"), ("Deny", "*"), ("Deny", "123456789012")] {
        let verdict = validate(effect, principal);
        assert_eq!(verdict["PolicyValidationPassed"], false, "{effect} {principal}");
        assert_eq!(verdict["ValidationErrors"].as_array().unwrap().len(), 1);
    }
    let junk = here(&stage, "ValidateResourcePolicy", json!({ "ResourcePolicy": "junk" }));
    assert!(junk.unwrap_err().starts_with("MalformedPolicyDocumentException"));
}

// Row 66.
#[test]
fn a_primary_with_replicas_is_not_deleted() {
    let stage = replicated();
    replicate(&stage, "ap-south-1").unwrap();
    let arn = describe(&stage)["ARN"].as_str().unwrap().to_owned();
    for force in [false, true] {
        let input = json!({ "SecretId": "app", "ForceDeleteWithoutRecovery": force });
        assert_eq!(
            here(&stage, "DeleteSecret", input).unwrap_err(),
            format!(
                "InvalidParameterException: You can't delete secret {arn} that still has replica \
                 regions [ap-south-1, us-east-1]."
            )
        );
    }
}

// Rows 67 and 68.
#[test]
fn a_region_is_listed_once_and_the_arn_is_whole() {
    let stage = replicated();
    let again = replicate(&stage, "us-east-1").unwrap();
    assert_eq!(again["ReplicationStatus"].as_array().unwrap().len(), 1);
    assert_eq!(again["ReplicationStatus"][0]["Status"], "InSync");
    assert_eq!(again["ARN"], describe(&stage)["ARN"]);
}

// Rows 69 and 70.
#[test]
fn regions_of_other_partitions_and_of_none_are_refused() {
    let stage = secret();
    for region in ["cn-north-1", "us-gov-west-1", "mars-north-1", "eu-west-1"] {
        let refusal = replicate(&stage, region).unwrap_err();
        assert!(refusal.starts_with("InvalidParameterException"), "{region}: {refusal}");
    }
    assert!(describe(&stage).get("ReplicationStatus").is_none());
}

// Row 71.
#[test]
fn a_name_clash_names_the_secret() {
    let stage = secret();
    let theirs = json!({ "Name": "app", "ClientRequestToken": SECOND, "SecretString": "theirs" });
    there(&stage, "CreateSecret", theirs).unwrap();
    replicate(&stage, "us-east-1").unwrap();
    stage.pass(2);
    assert_eq!(
        describe(&stage)["ReplicationStatus"][0]["StatusMessage"],
        "Replication failed: Secret name app already exists in region us-east-1."
    );
}

// Row 72.
#[test]
fn the_name_of_a_marked_secret_is_taken() {
    let input = json!({ "Name": "app", "ClientRequestToken": SECOND });
    assert_eq!(
        here(&marked(), "CreateSecret", input).unwrap_err(),
        "InvalidRequestException: You can't create this secret because a secret with this name is \
         already scheduled for deletion."
    );
}

// Rows 73 and 74.
#[test]
fn a_marked_secret_is_not_changed() {
    let stage = marked();
    let put = json!({ "SecretId": "app", "ClientRequestToken": SECOND, "SecretString": "two" });
    assert_eq!(here(&stage, "PutSecretValue", put).unwrap_err(), MARKED);
    let tag = json!({ "SecretId": "app", "Tags": [{ "Key": "a", "Value": "b" }] });
    assert_eq!(here(&stage, "TagResource", tag).unwrap_err(), MARKED);
    assert_eq!(replicate(&stage, "us-east-1").unwrap_err(), MARKED);
    assert_eq!(here(&stage, "GetSecretValue", app()).unwrap_err(), MARKED);
    assert_eq!(here(&stage, "DeleteSecret", app()).unwrap_err(), MARKED);
}

// Row 75: that the status is 400 is what `call` asserts of every refusal.
#[test]
fn what_is_not_found_is_a_bad_request() {
    assert_eq!(
        here(&Stage::new(), "DescribeSecret", app()).unwrap_err(),
        "ResourceNotFoundException: Secrets Manager can't find the specified secret."
    );
}

// Row 76.
#[test]
fn a_repeated_creation_ignores_other_tags_and_descriptions() {
    let stage = secret();
    let before = describe(&stage);
    let input = json!({
        "Name": "app", "ClientRequestToken": FIRST, "SecretString": "one", "Description": "other",
        "Tags": [{ "Key": "a", "Value": "b" }], "AddReplicaRegions": [{ "Region": "us-east-1" }],
    });
    assert_eq!(here(&stage, "CreateSecret", input).unwrap()["VersionId"], FIRST);
    assert_eq!(describe(&stage), before);
}

// Row 77.
#[test]
fn a_creation_without_a_value_cannot_be_repeated() {
    let stage = Stage::new();
    let create =
        || here(&stage, "CreateSecret", json!({ "Name": "app", "ClientRequestToken": FIRST }));
    assert!(create().unwrap().get("VersionId").is_none());
    assert!(create().unwrap_err().starts_with("ResourceExistsException"));
}

// Rows 78 and 79.
#[tokio::test]
async fn versions_tell_their_keys() {
    let stage = secret();
    let key = multi_region_key(&stage.kms("eu-west-1")).await;
    let update = |key: &str| {
        let input = json!({ "SecretId": "app", "KmsKeyId": key, "ClientRequestToken": SECOND });
        here(&stage, "UpdateSecret", input).unwrap()
    };
    assert!(update(&key).get("VersionId").is_none());
    let list = || here(&stage, "ListSecretVersionIds", app()).unwrap();
    let arn = format!("arn:aws:kms:eu-west-1:123456789012:key/{key}");
    let keys = json!(["DefaultEncryptionKey", arn]);
    assert_eq!(list()["Versions"][0]["KmsKeyIds"], keys);
    update("");
    assert_eq!(list()["Versions"][0]["KmsKeyIds"], keys);
    assert!(describe(&stage).get("KmsKeyId").is_none());
    assert!(list().get("NextToken").is_none());
    assert_eq!(list()["ARN"], describe(&stage)["ARN"]);
}

// Row 80.
#[test]
fn a_name_has_only_certain_characters() {
    let create = |name: &str| {
        let input = json!({ "Name": name, "ClientRequestToken": FIRST });
        here(&Stage::new(), "CreateSecret", input)
    };
    for name in ["bad name!*", "a:b", "ä"] {
        assert_eq!(
            create(name).unwrap_err(),
            "ValidationException: Invalid name. Must be a valid name containing alphanumeric \
             characters, or any of the following: -/_+=.@!"
        );
    }
    create("Valid/_+=.@-Name-a1b2c3-").unwrap();
}

// Row 81.
#[test]
fn a_value_is_text_or_bytes() {
    let input = json!({
        "Name": "app", "ClientRequestToken": FIRST, "SecretString": "x", "SecretBinary": "eA==",
    });
    let refusal = here(&Stage::new(), "CreateSecret", input).unwrap_err();
    assert!(refusal.starts_with("InvalidParameterException"), "{refusal}");
}

// Row 82.
#[test]
fn the_key_of_a_secret_must_exist() {
    let stage = Stage::new();
    let key = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let input = json!({ "Name": "app", "ClientRequestToken": FIRST, "KmsKeyId": key });
    assert!(here(&stage, "CreateSecret", input).is_err());
    assert!(here(&stage, "DescribeSecret", app()).is_err());
}

// Row 83.
#[test]
fn the_day_of_the_last_access_is_told() {
    let stage = secret();
    stage.pass(3600);
    assert!(describe(&stage).get("LastAccessedDate").is_none());
    here(&stage, "GetSecretValue", app()).unwrap();
    let midnight = stage.clock.now().start_of_day().milliseconds() / 1000;
    assert_eq!(describe(&stage)["LastAccessedDate"].as_f64().map(|it| it as i64), Some(midnight));
    let versions = here(&stage, "ListSecretVersionIds", app()).unwrap();
    assert_eq!(versions["Versions"][0]["LastAccessedDate"], describe(&stage)["LastAccessedDate"]);
}

// Row 84.
#[test]
fn bad_and_public_policies_are_refused() {
    let stage = secret();
    let put = |policy: &str, block: bool| {
        let input =
            json!({ "SecretId": "app", "ResourcePolicy": policy, "BlockPublicPolicy": block });
        here(&stage, "PutResourcePolicy", input)
    };
    let policy = |principal: &str| {
        json!({ "Statement": {
            "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "*", "Resource": "*",
        } })
        .to_string()
    };
    assert!(put("junk", false).unwrap_err().starts_with("MalformedPolicyDocumentException"));
    assert_eq!(
        put(&policy("AIDAEXAMPLE"), false).unwrap_err(),
        "MalformedPolicyDocumentException: This resource policy contains an unsupported principal"
    );
    assert!(put(&policy("*"), true).unwrap_err().starts_with("PublicPolicyException"));
    assert!(here(&stage, "GetResourcePolicy", app()).unwrap().get("ResourcePolicy").is_none());
    put(&policy("*"), false).unwrap();
    put(&policy("arn:aws:iam::123456789012:root"), true).unwrap();
}

// Row 85.
#[test]
fn nothing_rotates_without_a_function() {
    let stage = secret();
    let before = describe(&stage);
    let input = json!({ "SecretId": "app", "ClientRequestToken": SECOND });
    assert_eq!(
        here(&stage, "RotateSecret", input).unwrap_err(),
        "InvalidRequestException: No Lambda rotation function ARN is associated with this secret."
    );
    assert_eq!(describe(&stage), before);
}

// Row 86.
#[test]
fn a_removed_replica_goes_a_while_later() {
    let stage = replicated();
    let input = json!({ "SecretId": "app", "RemoveReplicaRegions": ["us-east-1", "sa-east-1"] });
    let removed = here(&stage, "RemoveRegionsFromReplication", input).unwrap();
    assert_eq!(removed["ReplicationStatus"], json!([]));
    there(&stage, "GetSecretValue", app()).unwrap();
    stage.pass(90);
    assert!(there(&stage, "DescribeSecret", app()).is_err());
}

// Row 87.
#[test]
fn the_suffix_of_an_arn_has_letters_and_digits() {
    let stage = Stage::new();
    let suffixes: String = (0..60)
        .map(|number| {
            let input = json!({ "Name": format!("s{number}"), "ClientRequestToken": FIRST });
            let created = here(&stage, "CreateSecret", input).unwrap();
            let (_, suffix) = created["ARN"].as_str().unwrap().rsplit_once('-').unwrap();
            assert_eq!(suffix.len(), 6);
            suffix.to_owned()
        })
        .collect();
    assert!(suffixes.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    for kind in [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit] {
        assert!(suffixes.as_bytes().iter().any(kind));
    }
}

// Row 88.
#[test]
fn an_unsigned_request_is_refused() {
    let request: Request = http::Request::post("/")
        .header("X-Amz-Target", "secretsmanager.ListSecrets")
        .body("{}".into())
        .unwrap();
    let response = Stage::new().cloud.handle(&request).response.unwrap();
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(
        (response.status().as_u16(), &body["__type"]),
        (400, &json!("MissingAuthenticationTokenException"))
    );
}

// Row 89.
#[test]
fn what_is_no_request_is_told_so() {
    let stage = secret();
    for (operation, input, code) in [
        ("Nonsense", json!({}), "com.amazon.coral.service#UnknownOperationException"),
        ("DescribeSecret", json!([1]), "com.amazon.coral.service#SerializationException"),
        ("DescribeSecret", json!({}), "com.amazon.coral.validate#ValidationException"),
    ] {
        let refusal = here(&stage, operation, input).unwrap_err();
        assert!(refusal.starts_with(code), "{refusal}");
    }
}

// Row 90.
#[test]
fn a_creation_needs_a_token() {
    assert_eq!(
        here(&Stage::new(), "CreateSecret", json!({ "Name": "app" })).unwrap_err(),
        "InvalidRequestException: You must provide a ClientRequestToken value. We recommend a \
         UUID-type value."
    );
}
