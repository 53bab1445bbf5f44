//! Importing as a client does it: the material is wrapped under the key that
//! GetParametersForImport gives.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::key_wrap::{AES_256, KeyEncryptionKey, KeyWrapPadded};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey,
};
use aws_sdk_kms::Client;
use aws_sdk_kms::operation::get_parameters_for_import::GetParametersForImportOutput;
use aws_sdk_kms::operation::import_key_material::builders::ImportKeyMaterialFluentBuilder;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{AlgorithmSpec, ExpirationModelType, OriginType, WrappingKeySpec};

/// Makes a symmetric key that waits for its material; gives its id.
pub async fn external_key(client: &Client, multi_region: bool) -> String {
    let key = client.create_key().origin(OriginType::External).multi_region(multi_region);
    key.send().await.unwrap().key_metadata.unwrap().key_id
}

/// The parameters of an import.
pub async fn parameters(
    client: &Client,
    key: &str,
    algorithm: AlgorithmSpec,
    spec: WrappingKeySpec,
) -> GetParametersForImportOutput {
    let request = client.get_parameters_for_import().key_id(key);
    request.wrapping_algorithm(algorithm).wrapping_key_spec(spec).send().await.unwrap()
}

/// Material under a wrapping key.
pub fn wrap(public_key: &[u8], algorithm: &AlgorithmSpec, material: &[u8]) -> Vec<u8> {
    let key = PublicEncryptingKey::from_der(public_key).unwrap();
    let key = OaepPublicEncryptingKey::new(key).unwrap();
    let oaep = |hash, clear: &[u8]| {
        let mut ciphertext = vec![0; key.ciphertext_size()];
        key.encrypt(hash, clear, &mut ciphertext, None).unwrap();
        ciphertext
    };
    let hybrid = |hash| {
        let aes_key = [7; 32];
        let mut wrapped = vec![0; material.len() + 15];
        let kek = KeyEncryptionKey::new(&AES_256, &aes_key).unwrap();
        let wrapped = kek.wrap_with_padding(material, &mut wrapped).unwrap();
        [oaep(hash, &aes_key).as_slice(), wrapped].concat()
    };
    match algorithm {
        AlgorithmSpec::RsaesOaepSha1 => oaep(&OAEP_SHA1_MGF1SHA1, material),
        AlgorithmSpec::RsaesOaepSha256 => oaep(&OAEP_SHA256_MGF1SHA256, material),
        AlgorithmSpec::RsaAesKeyWrapSha1 => hybrid(&OAEP_SHA1_MGF1SHA1),
        AlgorithmSpec::RsaAesKeyWrapSha256 => hybrid(&OAEP_SHA256_MGF1SHA256),
        other => panic!("{other} is not for tests"),
    }
}

/// A request to import material that never expires, unless it is changed.
pub async fn importing(
    client: &Client,
    key: &str,
    material: &[u8],
) -> ImportKeyMaterialFluentBuilder {
    let algorithm = AlgorithmSpec::RsaesOaepSha256;
    let parameters = parameters(client, key, algorithm.clone(), WrappingKeySpec::Rsa2048).await;
    let wrapped = wrap(parameters.public_key().unwrap().as_ref(), &algorithm, material);
    client
        .import_key_material()
        .key_id(key)
        .import_token(parameters.import_token.unwrap())
        .encrypted_key_material(Blob::new(wrapped))
        .expiration_model(ExpirationModelType::KeyMaterialDoesNotExpire)
}

/// The DER form of a private key.
pub fn pkcs8(key: &impl AsDer<aws_lc_rs::encoding::Pkcs8V1Der<'static>>) -> Vec<u8> {
    key.as_der().unwrap().as_ref().to_vec()
}
