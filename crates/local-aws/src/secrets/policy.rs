//! Resource policies of secrets. Replicas have the policy of their primary.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::inferred;
use crate::secrets::policy_document::Document;
use crate::secrets::replication;
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutResourcePolicyInput {
    secret_id: String,
    resource_policy: String,
    #[serde(default)]
    block_public_policy: bool,
}

pub(crate) fn put_resource_policy(
    call: &mut Call<'_>,
    input: PutResourcePolicyInput,
) -> Result<Value, ApiError> {
    let address = call.writable_secret(&input.secret_id)?;
    let document = Document::parse(&input.resource_policy)?;
    if input.block_public_policy && document.is_public() {
        return Err(ApiError::inferred(&inferred::SECRET_POLICY_PUBLIC, Vec::new()));
    }
    let secret = call.world.secret_mut(&address);
    secret.policy = Some(input.resource_policy);
    secret.changed = call.now;
    replication::spread(call, &address);
    Ok(json!({ "ARN": call.world.secret_arn(&address), "Name": address.name }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ValidateResourcePolicyInput {
    secret_id: Option<String>,
    resource_policy: String,
}

pub(crate) fn validate_resource_policy(
    call: &mut Call<'_>,
    input: ValidateResourcePolicyInput,
) -> Result<Value, ApiError> {
    if let Some(secret_id) = &input.secret_id {
        call.readable_secret(secret_id)?;
    }
    let document = Document::parse(&input.resource_policy)?;
    let problems = [
        (document.is_public(), &inferred::SECRET_POLICY_PUBLIC_CHECK),
        (document.locks_out(call), &inferred::SECRET_POLICY_LOCKOUT),
    ];
    let errors: Vec<Value> = problems
        .into_iter()
        .filter(|(is_broken, _)| *is_broken)
        .map(|(_, problem)| {
            let (check, message) = call.world.texts.render(problem, &Vec::new());
            json!({ "CheckName": check, "ErrorMessage": message })
        })
        .collect();
    Ok(json!({ "PolicyValidationPassed": errors.is_empty(), "ValidationErrors": errors }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ResourcePolicyInput {
    secret_id: String,
}

pub(crate) fn get_resource_policy(
    call: &mut Call<'_>,
    input: ResourcePolicyInput,
) -> Result<Value, ApiError> {
    let address = call.readable_secret(&input.secret_id)?;
    let secret = call.world.secret(&address);
    let mut output = json!({ "ARN": address.arn(&secret.suffix), "Name": address.name });
    if let Some(policy) = &secret.policy {
        output["ResourcePolicy"] = json!(policy);
    }
    Ok(output)
}

pub(crate) fn delete_resource_policy(
    call: &mut Call<'_>,
    input: ResourcePolicyInput,
) -> Result<Value, ApiError> {
    let address = call.writable_secret(&input.secret_id)?;
    if call.world.secret(&address).policy.is_some() {
        let secret = call.world.secret_mut(&address);
        secret.policy = None;
        secret.changed = call.now;
        replication::spread(call, &address);
    }
    Ok(json!({ "ARN": call.world.secret_arn(&address), "Name": address.name }))
}
