//! What permissions depend on and others have to tell: the key of a ciphertext,
//! the grants of a key, and the function that rotates a secret.

use crate::iam::grant::Grant;
use crate::identity::Place;
use crate::kms::KeyAddress;
use crate::secrets::Secret;
use crate::world::World;

/// The id of the key that a ciphertext was made with.
pub(crate) fn ciphertext_key(_ciphertext: &[u8]) -> Option<String> {
    None
}

/// The grants of a key.
pub(crate) fn grants_of(_world: &World, _key: &KeyAddress) -> Vec<Grant> {
    Vec::new()
}

/// The key and the id of the grant that a token of a place stands for.
pub(crate) fn grant_of_token(
    _world: &World,
    _place: Place,
    _token: &str,
) -> Option<(KeyAddress, String)> {
    None
}

/// The ARN of the Lambda function that rotates a secret.
pub(crate) fn rotation_function(_secret: &Secret) -> Option<String> {
    None
}
