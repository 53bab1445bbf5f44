//! CreateSecret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::secrets::encryption::{chosen_key, encryption_failure};
use crate::secrets::external::{self, ExternalMember};
use crate::secrets::replication::{self, ReplicaRegion, ReplicationStatus};
use crate::secrets::secret::{CURRENT, Secret, SecretAddress, SecretValue};
use crate::secrets::tag::{self, Tag};
use crate::secrets::value::{self, Token, ValueInput};
use crate::tags::Tags;
use crate::vault::Vault;
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateSecretInput {
    name: String,
    client_request_token: Option<String>,
    #[serde(default)]
    description: String,
    kms_key_id: Option<String>,
    #[serde(flatten)]
    value: ValueInput,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    add_replica_regions: Vec<ReplicaRegion>,
    #[serde(default)]
    force_overwrite_replica_secret: bool,
    #[serde(default)]
    r#type: ExternalMember,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateSecretOutput {
    #[serde(rename = "ARN")]
    arn: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replication_status: Vec<ReplicationStatus>,
}

pub(crate) fn create_secret(
    call: &mut Call<'_>,
    input: CreateSecretInput,
) -> Result<CreateSecretOutput, ApiError> {
    check_name(&input.name)?;
    let token = value::token(input.client_request_token)?;
    external::refuse(&[&input.r#type])?;
    let value = input.value.into_value()?;
    let address = SecretAddress::new(call.place, input.name);
    if call.world.secrets.contains(&address) {
        return repeat(call, &address, token, value.as_ref());
    }
    if call.world.is_just_deleted(&address) {
        return Err(ApiError::inferred(&inferred::SECRET_JUST_DELETED, Vec::new()));
    }
    let tags = tag::merge(&Tags::new(), input.tags)?;
    let kms_key = chosen_key(input.kms_key_id);
    let key_arn =
        call.world.encryption_key(call.place, kms_key.as_deref()).map_err(encryption_failure)?;
    let regions = replication::check_regions(call.place.region, input.add_replica_regions)?;

    let secret = Secret {
        suffix: new_suffix(&call.world.vault),
        description: input.description,
        kms_key,
        tags,
        policy: None,
        created: call.now,
        changed: call.now,
        accessed: None,
        deletion: None,
        rotation: None,
        versions: BTreeMap::new(),
        primary_region: None,
        replicas: BTreeMap::new(),
    };
    call.world.secrets.insert(address.clone(), secret);
    if let Some(value) = &value {
        value::store_version(call, &address, &token, value, &[CURRENT.to_owned()], key_arn);
    }
    replication::begin(call, &address, regions, input.force_overwrite_replica_secret);
    Ok(output(call, address, value.map(|_| token)))
}

/// The answer for a name that is taken: the same one as before, if it is the
/// same request as before.
fn repeat(
    call: &Call<'_>,
    address: &SecretAddress,
    token: String,
    value: Option<&SecretValue>,
) -> Result<CreateSecretOutput, ApiError> {
    if call.world.secret(address).is_marked_for_deletion() {
        return Err(ApiError::new(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled \
             for deletion.",
        ));
    }
    match value::check_token(call, address, &token, value)? {
        Token::Repeated => Ok(output(call, address.clone(), Some(token))),
        Token::Fresh => Err(ApiError::new(
            "ResourceExistsException",
            format!("The operation failed because the secret {} already exists.", address.name),
        )),
    }
}

fn output(
    call: &Call<'_>,
    address: SecretAddress,
    version_id: Option<String>,
) -> CreateSecretOutput {
    let secret = call.world.secret(&address);
    CreateSecretOutput {
        arn: address.arn(&secret.suffix),
        version_id,
        replication_status: replication::status(call.world, &address),
        name: address.name,
    }
}

fn check_name(name: &str) -> Result<(), ApiError> {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-/_+=.@!".contains(&byte)) {
        return Ok(());
    }
    Err(ApiError::validation(
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the \
         following: -/_+=.@!",
    ))
}

/// Six letters and digits: a secret that is made again under an old name has another ARN.
pub(crate) fn new_suffix(vault: &Vault) -> String {
    const CHARACTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    vault.random_letters(CHARACTERS, 6).into_iter().copied().map(char::from).collect()
}
