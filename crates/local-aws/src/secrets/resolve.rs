//! From what a caller calls a secret to the secret itself.

use crate::error::ApiError;
use crate::iam::owner;
use crate::identity::Place;
use crate::secrets::secret::{Secret, SecretAddress};
use crate::world::{Call, World};

const SUFFIX_LENGTH: usize = 6;

impl World {
    /// The secret of a place that goes by a name, an ARN, or an ARN without its suffix.
    pub fn find_secret(&self, place: Place, secret_id: &str) -> Option<SecretAddress> {
        if !secret_id.starts_with("arn:") {
            let address = SecretAddress::new(place, secret_id);
            return self.secrets.contains(&address).then_some(address);
        }
        let resource = secret_id.strip_prefix(&place.arn("secretsmanager", "secret:"))?;
        // What looks like a suffix is taken for one, even if it belongs to the
        // name: AWS warns of such names.
        let (name, suffix) = match split_suffix(resource) {
            Some((name, suffix)) => (name, Some(suffix)),
            None => (resource, None),
        };
        let address = SecretAddress::new(place, name);
        let secret = self.secrets.get(&address)?;
        suffix.is_none_or(|suffix| secret.suffix == suffix).then_some(address)
    }

    /// A secret that was found.
    pub fn secret(&self, address: &SecretAddress) -> &Secret {
        self.secrets.get(address).expect("a secret that was found exists")
    }

    /// A secret that was found, to be changed.
    pub fn secret_mut(&mut self, address: &SecretAddress) -> &mut Secret {
        self.secrets.get_mut(address).expect("a secret that was found exists")
    }

    /// The ARN of a secret that was found.
    pub fn secret_arn(&self, address: &SecretAddress) -> String {
        address.arn(&self.secret(address).suffix)
    }
}

/// The name and the suffix of a secret, as they stand in its ARN.
pub(crate) fn split_suffix(resource: &str) -> Option<(&str, &str)> {
    resource.rsplit_once('-').filter(|(_, suffix)| {
        suffix.len() == SUFFIX_LENGTH && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

impl Call<'_> {
    /// The secret that an operation names, whatever has become of it.
    pub fn find_secret(&self, secret_id: &str) -> Result<SecretAddress, ApiError> {
        self.world.find_secret(owner(self.place, secret_id), secret_id).ok_or_else(|| {
            ApiError::new(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
            )
        })
    }

    /// The secret that an operation reads: one that is not marked for deletion.
    pub fn readable_secret(&self, secret_id: &str) -> Result<SecretAddress, ApiError> {
        let address = self.find_secret(secret_id)?;
        refuse_marked(self.world.secret(&address))?;
        Ok(address)
    }

    /// The secret that an operation changes: one that is not a replica either.
    pub fn writable_secret(&self, secret_id: &str) -> Result<SecretAddress, ApiError> {
        let address = self.find_secret(secret_id)?;
        let secret = self.world.secret(&address);
        refuse_replica(secret)?;
        refuse_marked(secret)?;
        Ok(address)
    }
}

/// Refuses what needs a secret that stays.
pub(crate) fn refuse_marked(secret: &Secret) -> Result<(), ApiError> {
    if !secret.is_marked_for_deletion() {
        return Ok(());
    }
    Err(ApiError::new(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
    ))
}

/// Refuses what only the primary's Region may change.
pub(crate) fn refuse_replica(secret: &Secret) -> Result<(), ApiError> {
    if secret.primary_region.is_none() {
        return Ok(());
    }
    Err(ApiError::new(
        "InvalidParameterException",
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
    ))
}
