//! Key material on its way to KMS. It travels wrapped under a key that KMS gives out for that.

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_sdk_kms::Client;
use aws_sdk_kms::types::{AlgorithmSpec, ExpirationModelType, WrappingKeySpec};
use aws_smithy_types::Blob;
use meridian_resource::{Answer, CloudError, ErrorClass};
use zeroize::Zeroizing;

use super::Input;
use super::output::Output;
use crate::cloud::of_a_read;
use crate::error::{cloud_error, local_error};

/// Imports material that the input holds in clear (`KeyMaterial`): a wrapping key is fetched, the
/// material wrapped in memory, and only that leaves.
pub(super) async fn import(client: &Client, mut input: Input) -> Answer {
    let key_id = input.text("KeyId")?;
    let material = input.blob("KeyMaterial")?.map(Blob::into_inner);
    let material = Zeroizing::new(material.unwrap_or_default());
    let model = input.text("ExpirationModel")?;
    let request = client
        .import_key_material()
        .set_key_id(key_id.clone())
        .set_valid_to(input.time("ValidTo")?)
        .set_expiration_model(model.as_deref().map(ExpirationModelType::from));
    input.end()?;
    let parameters = client
        .get_parameters_for_import()
        .set_key_id(key_id)
        .wrapping_algorithm(AlgorithmSpec::RsaesOaepSha256)
        .wrapping_key_spec(WrappingKeySpec::Rsa3072)
        .send()
        .await
        // Until here nothing has changed.
        .map_err(|error| of_a_read(cloud_error(error)))?;
    let public_key = parameters.public_key.unwrap_or_else(|| Blob::new([]));
    let wrapped = wrap(public_key.as_ref(), &material).ok_or_else(unwrappable)?;
    let imported = request
        .set_import_token(parameters.import_token)
        .encrypted_key_material(Blob::new(wrapped))
        .send()
        .await
        .map_err(cloud_error)?;
    let answer = Output::new()
        .text("KeyId", imported.key_id)
        .text("KeyMaterialId", imported.key_material_id);
    Ok(answer.into_value())
}

/// Takes imported material out of a key.
pub(super) async fn delete(client: &Client, mut input: Input) -> Answer {
    let request = client
        .delete_imported_key_material()
        .set_key_id(input.text("KeyId")?)
        .set_key_material_id(input.text("KeyMaterialId")?);
    input.end()?;
    let deleted = request.send().await.map_err(cloud_error)?;
    let answer =
        Output::new().text("KeyId", deleted.key_id).text("KeyMaterialId", deleted.key_material_id);
    Ok(answer.into_value())
}

/// The material under an RSA key (a `SubjectPublicKeyInfo` in DER), by RSAES-OAEP with SHA-256.
fn wrap(public_key: &[u8], material: &[u8]) -> Option<Vec<u8>> {
    let key = PublicEncryptingKey::from_der(public_key).ok()?;
    let key = OaepPublicEncryptingKey::new(key).ok()?;
    let mut wrapped = vec![0; key.ciphertext_size()];
    let length = key.encrypt(&OAEP_SHA256_MGF1SHA256, material, &mut wrapped, None).ok()?.len();
    wrapped.truncate(length);
    Some(wrapped)
}

fn unwrappable() -> CloudError {
    let message = "KMS gave out no key under which this key material can be wrapped";
    local_error(ErrorClass::Invalid, message)
}

#[cfg(test)]
mod tests;
