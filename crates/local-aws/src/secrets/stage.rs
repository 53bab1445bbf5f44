//! UpdateSecretVersionStage: moving staging labels between versions.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::inferred;
use crate::secrets::secret::CURRENT;
use crate::secrets::value::MOST_STAGES;
use crate::secrets::{replication, rotation};
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateSecretVersionStageInput {
    secret_id: String,
    version_stage: String,
    move_to_version_id: Option<String>,
    remove_from_version_id: Option<String>,
}

pub(crate) fn update_secret_version_stage(
    call: &mut Call<'_>,
    input: UpdateSecretVersionStageInput,
) -> Result<Value, ApiError> {
    let stage = input.version_stage;
    let address = call.writable_secret(&input.secret_id)?;
    let secret = call.world.secret(&address);
    let (to, from) = (input.move_to_version_id, input.remove_from_version_id);
    for id in [&to, &from].into_iter().flatten() {
        if !secret.versions.contains_key(id) {
            return Err(ApiError::new(
                "ResourceNotFoundException",
                format!(
                    "Secrets Manager can't find the specified secret value for VersionId: {id}"
                ),
            ));
        }
    }
    match (secret.version_with(&stage), &from, &to) {
        (Some(holder), None, Some(to)) if holder != to => {
            return Err(ApiError::new(
                "InvalidParameterException",
                format!(
                    "The parameter RemoveFromVersionId can't be empty. Staging label {stage} is \
                     currently attached to version {holder}, so you must explicitly reference \
                     that version in RemoveFromVersionId."
                ),
            ));
        }
        (holder, Some(from), _) if holder != Some(from) => {
            let parameters = vec![("label", stage), ("version", from.clone())];
            return Err(ApiError::inferred(&inferred::SECRET_LABEL_ELSEWHERE, parameters));
        }
        (_, _, None) if stage == CURRENT => {
            let parameters = vec![("label", stage)];
            return Err(ApiError::inferred(&inferred::SECRET_LABEL_CURRENT_REMOVED, parameters));
        }
        (_, None, None) => {
            return Err(ApiError::inferred(&inferred::SECRET_LABEL_WITHOUT_VERSION, Vec::new()));
        }
        _ => {}
    }
    let stages = to.as_ref().and_then(|to| Some(&secret.versions.get(to)?.stages));
    if stages.is_some_and(|stages| stages.len() >= MOST_STAGES && !stages.contains(&stage)) {
        let parameters = vec![("limit", MOST_STAGES.to_string())];
        return Err(ApiError::inferred(&inferred::SECRET_LABELS_TOO_MANY, parameters));
    }

    let secret = call.world.secret_mut(&address);
    match to {
        Some(to) => secret.move_stage(&stage, &to),
        None => secret.drop_stage(&stage),
    }
    rotation::note_labels(call.world, &address, call.now);
    replication::spread(call, &address);
    Ok(json!({ "ARN": call.world.secret_arn(&address), "Name": address.name }))
}
