//! The published constraints of each operation's input, and the framework that
//! holds requests to them before the operation runs.
//!
//! The constraints are facts of AWS's service models, as botocore ships them:
//! `kms.json` and `secretsmanager.json` are derived by `derive.py`. Rules that a
//! service has beyond its model, such as the 7 to 30 days of a deletion window,
//! are with the operations.

mod check;
mod shape;

use std::sync::LazyLock;

use serde_json::Value;

use crate::error::ApiError;

use check::Check;
pub(crate) use shape::Model;

/// The inputs of KMS.
pub(crate) static KMS: LazyLock<Model> = LazyLock::new(|| Model::parse(include_str!("kms.json")));

/// The inputs of Secrets Manager.
pub(crate) static SECRETS_MANAGER: LazyLock<Model> =
    LazyLock::new(|| Model::parse(include_str!("secretsmanager.json")));

impl Model {
    /// Reads the input of an operation. A member that is null is as good as absent.
    ///
    /// # Errors
    ///
    /// `UnknownOperationException` if the service has no such operation,
    /// `SerializationException` if the body is not JSON or a member has the
    /// wrong type, `ValidationException` if members break constraints.
    pub fn read(&self, operation: &str, body: &[u8]) -> Result<Value, ApiError> {
        let input = self.input(operation).ok_or_else(ApiError::unknown_operation)?;
        let body = if body.is_empty() { b"{}" } else { body };
        let mut value: Value = serde_json::from_slice(body).map_err(|error| {
            // The text of a serde error can hold a piece of the input, and the
            // input can be a secret: what is told stops at the place.
            let (line, column) = (error.line(), error.column());
            ApiError::serialization(format!(
                "the body is not valid JSON (line {line}, column {column})"
            ))
        })?;
        drop_nulls(&mut value);
        let mut check = Check::new(self);
        check.input(input, &value)?;
        check.verdict()?;
        Ok(value)
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(elements) => elements.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(model: &Model, operation: &str, input: &Value) -> String {
        let error = model.read(operation, input.to_string().as_bytes()).unwrap_err();
        format!("{}: {}", error.short_code(), error.message)
    }

    #[test]
    fn a_good_input_passes_and_a_null_is_absent() {
        let input = br#"{"KeyId":"k","Plaintext":"AAAA","DryRun":null,"Unheard":7}"#;
        let read = KMS.read("Encrypt", input).unwrap();
        assert_eq!(read, json!({ "KeyId": "k", "Plaintext": "AAAA", "Unheard": 7 }));
        assert_eq!(KMS.read("ListKeys", b"").unwrap(), json!({}));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        assert_eq!(
            refusal(&KMS, "DescribeKey", &json!({})),
            "ValidationException: 1 validation error detected: Value null at 'keyId' failed to \
             satisfy constraint: Member must not be null"
        );
        assert_eq!(
            refusal(&KMS, "CreateAlias", &json!({ "AliasName": "", "TargetKeyId": null })),
            "ValidationException: 3 validation errors detected: Value '' at 'aliasName' failed to \
             satisfy constraint: Member must have length greater than or equal to 1; Value '' at \
             'aliasName' failed to satisfy constraint: Member must satisfy regular expression \
             pattern: ^[a-zA-Z0-9:/_-]+$; Value null at 'targetKeyId' failed to satisfy \
             constraint: Member must not be null"
        );
        let text = refusal(&KMS, "ListKeys", &json!({ "Limit": 1001 }));
        assert!(text.ends_with(
            "Value '1001' at 'limit' failed to satisfy constraint: Member must have value less \
             than or equal to 1000"
        ));
        let text =
            refusal(&KMS, "ReplicateKey", &json!({ "KeyId": "k", "ReplicaRegion": "mars-1" }));
        assert!(text.ends_with("regular expression pattern: ^([a-z]+-){2,3}\\d+$"), "{text}");
        let text = refusal(&KMS, "CreateKey", &json!({ "Origin": "MOON" }));
        assert!(text.ends_with(
            "Value 'MOON' at 'origin' failed to satisfy constraint: Member must satisfy enum \
             value set: [AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE]"
        ));
    }

    #[test]
    fn members_of_lists_have_paths() {
        let tag = |key: String| json!({ "TagKey": key, "TagValue": "" });
        let input = json!({ "Tags": [tag("a".to_owned()), tag("b".repeat(129))] });
        let text = refusal(&KMS, "CreateKey", &input);
        assert!(text.ends_with(
            "at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length less \
             than or equal to 128"
        ));
        let input = json!({ "KeyId": "k", "TagKeys": ["a", ""] });
        assert!(refusal(&KMS, "UntagResource", &input).ends_with(
            "Value '[a, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy \
             constraint: [Member must have length less than or equal to 128, Member must have \
             length greater than or equal to 1]"
        ));
        let tokens = vec!["t"; 11];
        let input = json!({ "KeyId": "k", "GrantTokens": tokens });
        assert!(refusal(&KMS, "DescribeKey", &input).ends_with("less than or equal to 10"));
        let input = json!({ "SecretId": "s", "AddReplicaRegions": [] });
        assert!(refusal(&SECRETS_MANAGER, "ReplicateSecretToRegions", &input).contains(
            "Value '[]' at 'addReplicaRegions' failed to satisfy constraint: Member must have \
                 length greater than or equal to 1"
        ));
    }

    #[test]
    fn a_secret_is_never_told() {
        let plaintext =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, vec![b'x'; 4097]);
        let input = json!({ "KeyId": "k", "Plaintext": plaintext });
        assert_eq!(
            refusal(&KMS, "Encrypt", &input),
            "ValidationException: 1 validation error detected: Value at 'plaintext' failed to \
             satisfy constraint: Member must have length less than or equal to 4096"
        );
        let input = json!({ "SecretId": "s", "RotationToken": "hunter2" });
        let text = refusal(&SECRETS_MANAGER, "PutSecretValue", &input);
        assert!(text.contains("Value at 'rotationToken'") && !text.contains("hunter2"), "{text}");
        let input = json!({ "SecretId": "s", "SecretBinary": "hunter2!" });
        let text = refusal(&SECRETS_MANAGER, "PutSecretValue", &input);
        assert!(text.starts_with("SerializationException") && !text.contains("hunter2"), "{text}");
        let text = SECRETS_MANAGER.read("PutSecretValue", br#"{"SecretString":"hunter2"#);
        assert!(!text.unwrap_err().message.contains("hunter2"));
        // Bytes that are no secret are told as the service's own language tells them.
        let input = json!({ "CiphertextBlob": "" });
        assert!(
            refusal(&KMS, "Decrypt", &input)
                .contains("Value 'java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]' at 'ciphertextBlob'")
        );
    }

    #[test]
    fn wrong_types_are_told_before_broken_constraints() {
        let told = |input| refusal(&KMS, "CreateKey", &input);
        let refused = |text: &str| format!("SerializationException: {text}");
        assert_eq!(
            told(json!({ "Description": 7, "Origin": "MOON" })),
            refused("NUMBER_VALUE can not be converted to a String")
        );
        assert_eq!(
            told(json!({ "MultiRegion": "yes" })),
            refused("STRING_VALUE can not be converted to a Boolean")
        );
        assert_eq!(
            told(json!({ "Policy": {} })),
            refused("Start of structure or map found where not expected.")
        );
        assert_eq!(
            told(json!({ "Policy": [] })),
            refused("Start of list found where not expected")
        );
        assert_eq!(told(json!({ "Tags": true })), refused("Expected list or null"));
        assert_eq!(told(json!({ "Tags": ["a"] })), refused("Expected map or null"));
        assert_eq!(
            refusal(&KMS, "ListKeys", &json!({ "Limit": "7" })),
            refused("STRING_VALUE can not be converted to an Integer")
        );
        assert_eq!(
            refusal(&KMS, "ImportKeyMaterial", &json!({ "ValidTo": "soon" })),
            refused("STRING_VALUE can not be converted to milliseconds since epoch")
        );
    }

    #[test]
    fn an_operation_that_the_service_lacks_is_unknown() {
        assert_eq!(refusal(&KMS, "CreateSecret", &json!({})), "UnknownOperationException: ");
    }
}
