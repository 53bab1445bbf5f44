//! Where moto 5.2.1 differs from AWS: the rows of the comparison (reference,
//! section 4) that concern secrets, each as a test of what AWS does.

use meridian_local_aws::Request;
use serde_json::{Value, json};

use crate::secret_wire::{FIRST, SECOND, app, describe, here, replicate, secret};
use crate::stage::{Stage, multi_region_key};

const MARKED: &str = "InvalidRequestException: You can't perform this operation on the secret \
                      because it was marked for deletion.";

fn marked() -> Stage {
    let stage = secret();
    here(&stage, "DeleteSecret", app()).unwrap();
    stage
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
