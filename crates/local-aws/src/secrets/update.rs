//! UpdateSecret: description, key and value.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::secrets::encryption::{chosen_key, encryption_failure};
use crate::secrets::external::{self, ExternalMember};
use crate::secrets::replication::{self, is_replica_of};
use crate::secrets::resolve::refuse_replica;
use crate::secrets::secret::{CURRENT, SecretAddress, Version};
use crate::secrets::value::{self, Token, ValueInput};
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateSecretInput {
    secret_id: String,
    client_request_token: Option<String>,
    description: Option<String>,
    kms_key_id: Option<String>,
    #[serde(flatten)]
    value: ValueInput,
    #[serde(default)]
    r#type: ExternalMember,
}

pub(crate) fn update_secret(
    call: &mut Call<'_>,
    input: UpdateSecretInput,
) -> Result<Value, ApiError> {
    let token = value::token(input.client_request_token)?;
    external::refuse(&[&input.r#type])?;
    let value = input.value.into_value()?;
    let address = call.readable_secret(&input.secret_id)?;
    let changes_key = input.kms_key_id.is_some();
    let is_key_alone = changes_key && value.is_none() && input.description.is_none();
    if !is_key_alone {
        refuse_replica(call.world.secret(&address))?;
    }
    let secret = call.world.secret(&address);
    let kms_key = if changes_key { chosen_key(input.kms_key_id) } else { secret.kms_key.clone() };
    let key_arn = if changes_key || value.is_some() {
        let key = call.world.encryption_key(address.place, kms_key.as_deref());
        Some(key.map_err(encryption_failure)?)
    } else {
        None
    };
    let is_new_version = match &value {
        Some(value) => value::check_token(call, &address, &token, Some(value))? == Token::Fresh,
        None => false,
    };
    if is_new_version {
        value::check_room(call.world.secret(&address), &token, call.now)?;
    }

    let mut output = json!({ "ARN": call.world.secret_arn(&address), "Name": address.name });
    if value.is_some() {
        output["VersionId"] = json!(token);
    }
    if !is_new_version && !changes_key && input.description.is_none() {
        return Ok(output);
    }
    let now = call.now;
    let secret = call.world.secret_mut(&address);
    secret.changed = now;
    if let Some(description) = input.description {
        secret.description = description;
    }
    if let (Some(key_arn), true) = (&key_arn, changes_key) {
        secret.kms_key = kms_key;
        call.world.ensure_default_key(address.place, key_arn, now);
        reencrypt(call, &address, key_arn);
    }
    if let (Some(value), Some(key_arn), true) = (&value, key_arn, is_new_version) {
        value::store_version(call, &address, &token, value, &[CURRENT.to_owned()], key_arn);
    }
    if !is_key_alone {
        replication::spread(call, &address);
    }
    Ok(output)
}

/// Puts the versions in use under a new key as well; the old encryption stays.
/// A version that no key can open any more stays as it is. A replica's primary
/// is told which key the replica has now.
fn reencrypt(call: &mut Call<'_>, address: &SecretAddress, key_arn: &str) {
    let world = &mut *call.world;
    let versions = &world.secret(address).versions;
    let is_readable = |version: &Version| {
        !call.withheld.encryption && world.can_decrypt(address.place, &version.kms_keys)
    };
    let taken_along: Vec<String> = versions
        .iter()
        .filter(|(_, version)| version.moves_to_new_keys() && is_readable(version))
        .map(|(id, _)| id.clone())
        .collect();
    let secret = world.secret_mut(address);
    for id in taken_along {
        if let Some(version) = secret.versions.get_mut(&id) {
            version.add_key(key_arn);
        }
    }
    let secret = call.world.secret(address);
    let Some(region) = secret.primary_region else {
        return;
    };
    let primary = address.in_region(region);
    let kms_key = secret.kms_key.clone();
    let has_primary = call
        .world
        .secrets
        .get(&primary)
        .is_some_and(|primary| is_replica_of(secret, primary, region));
    if has_primary
        && let Some(replica) =
            call.world.secret_mut(&primary).replicas.get_mut(&address.place.region)
    {
        replica.kms_key = kms_key;
    }
}
