//! `aws_kms_ciphertext`: a text encrypted under a key. AWS gives another ciphertext each time, so
//! each plan has another one.

use aws_smithy_types::base64;
use meridian_lang::{Marks, Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Place, Schema};

use super::lookup::{answered, kept, members, of_kms, text};

pub(super) struct KmsCiphertext {
    schema: Schema,
}

impl KmsCiphertext {
    pub(super) fn new() -> KmsCiphertext {
        let attributes = vec![
            Attribute::computed("ciphertext_blob", Type::String),
            Attribute::optional("context", Type::map(Type::String)),
            Attribute::optional_computed("id", Type::String),
            Attribute::required("key_id", Type::String),
            Attribute::required("plaintext", Type::String).sensitive(),
        ];
        KmsCiphertext { schema: Schema { attributes, ..Schema::default() } }
    }
}

impl DataSource for KmsCiphertext {
    fn name(&self) -> &'static str {
        "aws_kms_ciphertext"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let key = config.get_str("key_id").unwrap_or_default();
        let plaintext = base64::encode(config.get_str("plaintext").unwrap_or_default());
        let input = [
            ("KeyId", Value::string(key)),
            ("Plaintext", Value::string(plaintext).mark(Marks::SENSITIVE)),
        ];
        let input = input.into_iter().chain(members(config, [("EncryptionContext", "context")]));
        vec![of_kms(place, "Encrypt", "kms:Encrypt", key, input)]
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        argument == "key_id" && attribute == "id"
    }

    fn observe(&self, _: &Place, config: &Value, answers: &[Answer]) -> Result<Value, DataError> {
        let encrypted = answered(answers, 0).map_err(DataError::Cloud)?;
        Ok(kept(&self.schema, config)
            .with("ciphertext_blob", text(&encrypted, "CiphertextBlob"))
            .with("id", text(&encrypted, "KeyId")))
    }
}
