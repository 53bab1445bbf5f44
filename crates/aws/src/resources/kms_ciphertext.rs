//! `aws_kms_ciphertext`: a text encrypted under a key. It lives in the state only.

use meridian_lang::{Marks, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, ErrorClass, Next, Object, Place, Problem, Reaction,
    ReplacementOrder, ResourceType, Schema, Service,
};

use super::members::{answered, given};
use super::{key_errors, spelling};
use crate::tags;

/// What `Encrypt` takes, in bytes.
const LONGEST: usize = 4096;

/// The type `aws_kms_ciphertext`.
#[derive(Debug)]
pub struct KmsCiphertext {
    schema: Schema,
}

impl Default for KmsCiphertext {
    fn default() -> KmsCiphertext {
        KmsCiphertext::new()
    }
}

impl KmsCiphertext {
    /// The type.
    pub fn new() -> KmsCiphertext {
        let attributes = vec![
            Attribute::computed("ciphertext_blob", Type::String),
            Attribute::optional("context", Type::map(Type::String)).replaces(),
            Attribute::optional_computed("id", Type::String),
            Attribute::required("key_id", Type::String).replaces(),
            Attribute::required("plaintext", Type::String).sensitive().replaces().check(length),
        ];
        KmsCiphertext { schema: Schema { version: 0, attributes, blocks: Vec::new() } }
    }
}

/// The length is told, the text is not.
fn length(attribute: &str, plaintext: &Value) -> Result<(), String> {
    match plaintext.as_str().map(str::len) {
        Some(length) if !(1..=LONGEST).contains(&length) => Err(format!(
            "expected length of {attribute} to be in the range (1 - {LONGEST}), got {length} bytes"
        )),
        _ => Ok(()),
    }
}

fn encrypt(place: &Place, wanted: &Value) -> Call {
    let key = answered(wanted, "key_id");
    let on_key = key.as_str().filter(|key| key.starts_with("arn:")).unwrap_or("*").to_owned();
    let plaintext = answered(wanted, "plaintext");
    let bytes = match plaintext.as_str() {
        Some(text) => Value::string(aws_smithy_types::base64::encode(text)),
        None => Value::unknown_not_null(Type::String),
    };
    let members = [
        ("KeyId", Some(key)),
        ("Plaintext", Some(bytes.mark(plaintext.marks() | Marks::SENSITIVE))),
        ("EncryptionContext", given(wanted, "context")),
    ];
    let input = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Call::change(Service::Kms, "Encrypt", &place.region, input).needs("kms:Encrypt", on_key)
}

/// The provider's id is the time of creation, as Go prints it.
fn id(answer: &Value) -> Value {
    let time = answer.get_str("EncryptedAt").unwrap_or_default();
    Value::string(format!("{} +0000 UTC", time.replace('T', " ").trim_end_matches('Z')))
}

impl ResourceType for KmsCiphertext {
    fn name(&self) -> &'static str {
        "aws_kms_ciphertext"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn plan(
        &self,
        _place: &Place,
        prior: Option<&Object>,
        _config: &Value,
        proposed: Value,
    ) -> Value {
        tags::undecided_map(spelling::keep_blank(&self.schema, prior, proposed), "context")
    }

    fn replacement_order(&self, _prior: &Object, _planned: &Value) -> ReplacementOrder {
        ReplacementOrder::CreateFirst
    }

    /// The cloud knows nothing of it.
    fn reads(&self, _place: &Place, _object: &Object) -> Vec<Call> {
        Vec::new()
    }

    fn observe(
        &self,
        _place: &Place,
        prior: &Object,
        _answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        Ok(Some(prior.clone()))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        match (observed, wanted) {
            (None, Some(wanted)) => Next::Call(Box::new(encrypt(place, wanted))),
            _ => Next::Done,
        }
    }

    fn after(
        &self,
        _place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        call: &Call,
        answer: Option<&Value>,
    ) -> Option<Object> {
        let ("Encrypt", Some(wanted)) = (call.operation, wanted) else {
            return observed.cloned();
        };
        let unknown = || Value::unknown_not_null(Type::String);
        let (blob, id) = match answer {
            Some(answer) => (answered(answer, "CiphertextBlob"), id(answer)),
            None => (unknown(), unknown()),
        };
        Some(Object::new(wanted.clone().with("ciphertext_blob", blob).with("id", id)))
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        let key = key_errors::member(call, "KeyId");
        match error.code.as_str() {
            "InvalidKeyUsageException" => Some(key_errors::fail(
                error,
                format!("KMS key {key} does not encrypt"),
                "Use a key whose key_usage is ENCRYPT_DECRYPT.",
            )),
            _ if error.class == ErrorClass::Invalid => None,
            _ => key_errors::reaction(call, error),
        }
    }

    fn import(&self, _place: &Place, _id: &str) -> Result<Object, Box<Problem>> {
        let detail = "The plaintext is not in the cloud, and the ciphertext only in the state.";
        let summary = "resource aws_kms_ciphertext doesn't support import";
        Err(Box::new(Problem::new(summary, detail)))
    }
}

#[cfg(test)]
mod tests;
