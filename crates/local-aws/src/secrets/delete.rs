//! DeleteSecret and RestoreSecret.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::region::Region;
use crate::secrets::create::new_suffix;
use crate::secrets::resolve::{refuse_marked, refuse_replica, split_suffix};
use crate::secrets::secret::SecretAddress;
use crate::world::{Call, Transition, World};

const DEFAULT_WINDOW_DAYS: i64 = 30;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteSecretInput {
    secret_id: String,
    recovery_window_in_days: Option<i64>,
    #[serde(default)]
    force_delete_without_recovery: bool,
}

pub(crate) fn delete_secret(
    call: &mut Call<'_>,
    input: DeleteSecretInput,
) -> Result<Value, ApiError> {
    let force = input.force_delete_without_recovery;
    let window_days = recovery_window(force, input.recovery_window_in_days)?;
    let address = match call.find_secret(&input.secret_id) {
        Ok(address) => address,
        // Force is an order that the secret be gone, and it is.
        Err(_) if force => return Ok(gone(call, &input.secret_id)),
        Err(error) => return Err(error),
    };
    let secret = call.world.secret(&address);
    refuse_replica(secret)?;
    if !secret.replicas.is_empty() {
        let regions: Vec<&str> =
            secret.replicas.keys().map(|region| Region::as_str(*region)).collect();
        return Err(ApiError::new(
            "InvalidParameterException",
            format!(
                "You can't delete secret {} that still has replica regions [{}].",
                address.arn(&secret.suffix),
                regions.join(", ")
            ),
        ));
    }
    let suffix = secret.suffix.clone();
    if force {
        call.world.secrets.remove(&address);
        let due = call.now.after(call.world.delays.secret_name_release);
        call.world.schedule(due, Transition::SecretNameReleased(address.clone()));
        return Ok(output(&address, &suffix, call.now));
    }
    refuse_marked(secret)?;
    let date = call.now.after_days(window_days);
    let secret = call.world.secret_mut(&address);
    secret.deletion = Some(date);
    secret.changed = call.now;
    call.world.schedule(date, Transition::SecretDeleted(address.clone()));
    Ok(output(&address, &suffix, date))
}

fn recovery_window(force: bool, days: Option<i64>) -> Result<u32, ApiError> {
    let invalid = |message: &str| Err(ApiError::new("InvalidParameterException", message));
    if force && days.is_some() {
        return invalid(
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        );
    }
    match u32::try_from(days.unwrap_or(DEFAULT_WINDOW_DAYS)) {
        Ok(days @ 7..=30) => Ok(days),
        _ => invalid("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."),
    }
}

/// What is told of a secret that there is not.
fn gone(call: &Call<'_>, secret_id: &str) -> Value {
    let (arn, name) = match secret_id.split_once(":secret:") {
        Some((_, name)) => (secret_id.to_owned(), split_suffix(name).map_or(name, |it| it.0)),
        None => {
            let suffix = new_suffix(&call.world.vault);
            (SecretAddress::new(call.place, secret_id).arn(&suffix), secret_id)
        }
    };
    json!({ "ARN": arn, "Name": name, "DeletionDate": call.now })
}

fn output(address: &SecretAddress, suffix: &str, date: Timestamp) -> Value {
    json!({ "ARN": address.arn(suffix), "Name": address.name, "DeletionDate": date })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RestoreSecretInput {
    secret_id: String,
}

pub(crate) fn restore_secret(
    call: &mut Call<'_>,
    input: RestoreSecretInput,
) -> Result<Value, ApiError> {
    let address = call.find_secret(&input.secret_id)?;
    refuse_replica(call.world.secret(&address))?;
    if call.world.secret(&address).is_marked_for_deletion() {
        let secret = call.world.secret_mut(&address);
        secret.deletion = None;
        secret.changed = call.now;
    }
    Ok(json!({ "ARN": call.world.secret_arn(&address), "Name": address.name }))
}

impl World {
    /// Whether the name of a secret that was deleted by force is not free again yet.
    pub fn is_just_deleted(&self, address: &SecretAddress) -> bool {
        self.transitions.iter().any(|(_, transition)| {
            matches!(transition, Transition::SecretNameReleased(deleted) if deleted == address)
        })
    }
}

/// A recovery window is over, if it is still the one that was promised.
pub(crate) fn finish_deletion(world: &mut World, address: &SecretAddress, now: Timestamp) {
    if world.secrets.get(address).is_some_and(|secret| secret.deletion == Some(now)) {
        world.secrets.remove(address);
    }
}
