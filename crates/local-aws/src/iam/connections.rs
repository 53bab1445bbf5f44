//! What permissions depend on and others have to tell: the grants of a key, and the function that rotates a secret.

use crate::iam::grant::Grant;
use crate::identity::Place;
use crate::kms::{self, GrantAddress, KeyAddress};
use crate::secrets::Secret;
use crate::world::World;

/// The grants of a key.
pub(crate) fn grants_of(world: &World, key: &KeyAddress) -> Vec<Grant> {
    let grant = |(address, grant): (&GrantAddress, &kms::Grant)| {
        let constraints = grant.constraints.clone().unwrap_or_default();
        Grant {
            id: address.id.clone(),
            grantee: grant.grantee.clone(),
            retiring: grant.retiring_principal.clone(),
            operations: grant.operations.clone(),
            equals: constraints.encryption_context_equals,
            subset: constraints.encryption_context_subset,
        }
    };
    world.grants_of(key).map(grant).collect()
}

/// The key and the id of the grant that a token stands for, in a Region.
pub(crate) fn grant_of_token(
    world: &World,
    place: Place,
    token: &str,
) -> Option<(KeyAddress, String)> {
    let GrantAddress { key, id } = world.resolve_grant_token(token).ok()?;
    (key.place.region == place.region).then_some((key, id))
}

/// The ARN of the Lambda function that rotates a secret.
pub(crate) fn rotation_function(secret: &Secret) -> Option<String> {
    secret.rotation.as_ref().map(|rotation| rotation.function.clone())
}
