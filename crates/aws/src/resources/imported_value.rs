//! The value of a version that is being imported. It is read once, so that a value that is already
//! what the configuration says is not put again; it stays in memory, marked as sensitive.

use meridian_lang::{Marks, Type, Value};
use meridian_resource::{Answer, Call, CloudError, ErrorClass, Object, Place, Service};

use super::run_facts;

/// The call that reads the value of a version, where the object is being imported.
pub fn read(place: &Place, object: &Object, secret: &Value, version: &Value) -> Option<Call> {
    if !run_facts::holds(object, run_facts::IMPORTING) {
        return None;
    }
    let arn = secret.as_str().filter(|id| id.starts_with("arn:")).unwrap_or("*").to_owned();
    let input = [("SecretId", secret.clone()), ("VersionId", version.clone())];
    let call = Call::read(Service::SecretsManager, "GetSecretValue", &place.region, input);
    Some(call.needs("secretsmanager:GetSecretValue", arn).needs("kms:Decrypt", "*"))
}

/// The attributes with the value put in. Who may not read it gets none: it then counts as another
/// than the configuration's, which is put in its place.
///
/// # Errors
/// The call failed for another reason.
pub fn put_in(attributes: Value, answer: Option<&Answer>) -> Result<Value, CloudError> {
    let answer = match answer {
        None => return Ok(attributes),
        Some(Ok(answer)) => answer,
        Some(Err(error)) if error.class == ErrorClass::Denied => {
            let none = || Value::null(Type::String);
            return Ok(attributes.with("secret_binary", none()).with("secret_string", none()));
        }
        Some(Err(error)) => return Err(error.clone()),
    };
    let value = |member: &str| match answer.get_str(member) {
        Some(text) => Value::string(text).mark(Marks::SENSITIVE),
        None => Value::string(""),
    };
    Ok(attributes
        .with("has_secret_string_wo", Value::bool(false))
        .with("secret_binary", value("SecretBinary"))
        .with("secret_string", value("SecretString")))
}
