//! `aws_kms_public_key`: the public half of an asymmetric key.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Place, Problem, Schema};

use super::key_name;
use super::lookup::{answered, kept, of_key, text, texts};

/// The length of a line of PEM (RFC 7468).
const LINE: usize = 64;

pub(super) struct KmsPublicKey {
    schema: Schema,
}

impl KmsPublicKey {
    pub(super) fn new() -> KmsPublicKey {
        let computed = |name| Attribute::computed(name, Type::String);
        let attributes = vec![
            computed("arn"),
            computed("customer_master_key_spec"),
            Attribute::computed("encryption_algorithms", Type::list(Type::String)),
            Attribute::optional("grant_tokens", Type::list(Type::String)),
            Attribute::optional_computed("id", Type::String),
            Attribute::required("key_id", Type::String),
            computed("key_usage"),
            computed("public_key"),
            computed("public_key_pem"),
            Attribute::computed("signing_algorithms", Type::list(Type::String)),
        ];
        KmsPublicKey { schema: Schema { attributes, ..Schema::default() } }
    }
}

/// The PEM text of a key in base64.
fn pem(key: &str) -> String {
    let mut text = "-----BEGIN PUBLIC KEY-----\n".to_owned();
    let mut rest = key;
    while !rest.is_empty() {
        let (line, behind) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = behind;
    }
    text.push_str("-----END PUBLIC KEY-----\n");
    text
}

impl DataSource for KmsPublicKey {
    fn name(&self) -> &'static str {
        "aws_kms_public_key"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        key_name::check(config, "key_id")
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        vec![of_key(place, config, "GetPublicKey", "kms:GetPublicKey")]
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        argument == "key_id" && matches!(attribute, "arn" | "id")
    }

    fn observe(&self, _: &Place, config: &Value, answers: &[Answer]) -> Result<Value, DataError> {
        let key = answered(answers, 0).map_err(DataError::Cloud)?;
        let list = |name: &str| Value::list(Type::String, texts(&key, name));
        let public_key = key.get_str("PublicKey").unwrap_or_default();
        Ok(kept(&self.schema, config)
            .with("arn", text(&key, "KeyId"))
            .with("customer_master_key_spec", text(&key, "CustomerMasterKeySpec"))
            .with("encryption_algorithms", list("EncryptionAlgorithms"))
            .with("id", text(&key, "KeyId"))
            .with("key_usage", text(&key, "KeyUsage"))
            .with("public_key", Value::string(public_key))
            .with("public_key_pem", Value::string(pem(public_key)))
            .with("signing_algorithms", list("SigningAlgorithms")))
    }
}
