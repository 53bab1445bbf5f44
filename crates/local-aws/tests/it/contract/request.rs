//! The request of each row.

use serde_json::{Value, json};

use crate::kms_requests::import_request;

use super::setup::{AWAY, ELSEWHERE, HOME, State, Subject};

const BYTES: &str = "bm9uZQ==";

/// Where a row's request goes, and its input.
pub fn of(row: &str, state: State, subject: &Subject) -> (&'static str, Value) {
    let (key, extras) = (&subject.id, &subject.extras);
    let mut input = json!({ "KeyId": key });
    let mut region = subject.region;
    let members = match row {
        "CreateAlias" | "UpdateAlias (to)" => {
            input = json!({ "TargetKeyId": key });
            json!({ "AliasName": "alias/contract" })
        }
        "UpdateAlias (from)" => {
            input = json!({ "TargetKeyId": extras });
            json!({ "AliasName": "alias/contract" })
        }
        "DeleteAlias" => {
            input = json!({});
            json!({ "AliasName": "alias/contract" })
        }
        "CreateGrant" => json!({
            "GranteePrincipal": "arn:aws:iam::123456789012:role/app",
            "Operations": ["DescribeKey"],
        }),
        "Decrypt" if extras.is_object() => json!({ "CiphertextBlob": BYTES }),
        "Decrypt" => json!({ "CiphertextBlob": extras }),
        "DeriveSharedSecret" => json!({ "KeyAgreementAlgorithm": "ECDH", "PublicKey": extras }),
        "Encrypt" => json!({ "Plaintext": BYTES }),
        "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext" => json!({ "KeySpec": "AES_256" }),
        "GenerateDataKeyPair" | "GenerateDataKeyPairWithoutPlaintext" => {
            json!({ "KeyPairSpec": "ECC_NIST_P256" })
        }
        "GenerateMac" => json!({ "Message": BYTES, "MacAlgorithm": "HMAC_SHA_256" }),
        "GetParametersForImport" => import_request(key),
        "ImportKeyMaterial" => extras.clone(),
        "PutKeyPolicy" => {
            let statement =
                json!({ "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*" });
            json!({ "Policy": json!({ "Statement": [statement] }).to_string() })
        }
        "ReEncrypt (destination)" => {
            input = json!({ "DestinationKeyId": key });
            json!({ "CiphertextBlob": extras })
        }
        "ReEncrypt (source)" => {
            input = json!({ "SourceKeyId": key });
            extras.clone()
        }
        "ReplicateKey" => json!({ "ReplicaRegion": ELSEWHERE }),
        "RetireGrant" => {
            input = json!({ "KeyId": subject.arn() });
            json!({ "GrantId": extras })
        }
        "RevokeGrant" => json!({ "GrantId": extras }),
        "Sign" => json!({ "Message": BYTES, "SigningAlgorithm": "ECDSA_SHA_256" }),
        "TagResource" => json!({ "Tags": [{ "TagKey": "a", "TagValue": "b" }] }),
        "UntagResource" => json!({ "TagKeys": ["a"] }),
        "UpdateKeyDescription" => json!({ "Description": "another" }),
        // The key that is being created is the one that shall be primary.
        "UpdatePrimaryRegion" if state == State::Creating => {
            region = HOME;
            json!({ "PrimaryRegion": AWAY })
        }
        "UpdatePrimaryRegion" if region == AWAY => json!({ "PrimaryRegion": HOME }),
        "UpdatePrimaryRegion" => json!({ "PrimaryRegion": AWAY }),
        "Verify" => {
            json!({ "Message": BYTES, "SigningAlgorithm": "ECDSA_SHA_256", "Signature": extras })
        }
        "VerifyMac" => json!({ "Message": BYTES, "MacAlgorithm": "HMAC_SHA_256", "Mac": extras }),
        _ => json!({}),
    };
    for (name, member) in members.as_object().unwrap() {
        input[name] = member.clone();
    }
    (region, input)
}
