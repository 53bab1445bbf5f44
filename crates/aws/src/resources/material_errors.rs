//! What to do about errors of `ImportKeyMaterial`.

use std::time::Duration;

use meridian_resource::{Call, CloudError, ErrorClass, Reaction};

use super::key_errors::{self, fail, member};
use super::members::given;

/// A token is good for a day, and only with the wrapping key that came with it: with new ones it
/// goes better.
const NEW_PARAMETERS: Duration = Duration::from_secs(60);

/// The reaction to an error of `ImportKeyMaterial`. `role` says what the key is: "key" or
/// "replica key".
pub fn reaction(call: &Call, error: &CloudError, role: &str) -> Option<Reaction> {
    let (key, region) = (member(call, "KeyId"), &call.region);
    match error.code.as_str() {
        "IncorrectKeyMaterialException" => Some(fail(
            error,
            format!("KMS {role} {key} in {region} takes other material than this"),
            "Once material was imported into a multi-Region key or a key of its own, that key and \
             all its replicas take the very same only: give each of them the same \
             key_material_base64. For other material a new key is needed: \
             meridian apply -replace=ADDRESS",
        )),
        "InvalidImportTokenException"
        | "ExpiredImportTokenException"
        | "InvalidCiphertextException" => Some(Reaction::Retry(NEW_PARAMETERS)),
        "ValidationException" if given(&call.input, "ValidTo").is_some() => Some(fail(
            error,
            format!(
                "the material of KMS {role} {key} cannot be valid until {}",
                member(call, "ValidTo")
            ),
            "valid_to must lie in the future, at most 365 days from now. Without valid_to the \
             material does not expire.",
        )),
        "UnsupportedOperationException" => Some(fail(
            error,
            format!("KMS {role} {key} in {region} takes no material"),
            "Only keys of the origin EXTERNAL take imported material, and a multi-Region key takes \
             new material in its primary's Region first.",
        )),
        _ if error.class == ErrorClass::Invalid => None,
        _ => key_errors::reaction(call, error),
    }
}
