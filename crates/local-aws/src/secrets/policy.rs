//! Resource policies of secrets. Replicas have the policy of their primary.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::kms::is_policy_document;
use crate::secrets::replication;
use crate::validate;
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutResourcePolicyInput {
    secret_id: Option<String>,
    resource_policy: Option<String>,
    #[serde(default)]
    block_public_policy: bool,
}

pub(crate) fn put_resource_policy(
    call: &mut Call<'_>,
    input: PutResourcePolicyInput,
) -> Result<Value, ApiError> {
    let policy = validate::required("resourcePolicy", input.resource_policy)?;
    validate::length("resourcePolicy", &policy, 1..=20_480)?;
    let address = call.writable_secret(input.secret_id)?;
    if !is_policy_document(&policy) {
        return Err(ApiError::new(
            "MalformedPolicyDocumentException",
            "This resource policy contains a syntax error.",
        ));
    }
    if input.block_public_policy && is_public(&policy) {
        return Err(ApiError::new(
            "PublicPolicyException",
            "You can't attach a resource policy that allows broad access to the secret.",
        ));
    }
    call.world.secret_mut(&address).policy = Some(policy);
    replication::spread(call, &address);
    Ok(json!({ "ARN": call.world.secret_arn(&address), "Name": address.name }))
}

/// Whether a policy lets everyone in without a condition.
fn is_public(policy: &str) -> bool {
    let Ok(mut document) = serde_json::from_str::<Value>(policy) else {
        return false;
    };
    let statements = match document["Statement"].take() {
        Value::Array(statements) => statements,
        statement => vec![statement],
    };
    let names_everyone = |names: &Value| match names {
        Value::Array(names) => names.iter().any(|name| name == "*"),
        name => name == "*",
    };
    statements.iter().any(|statement| {
        statement["Effect"] == "Allow"
            && statement.get("Condition").is_none()
            && (names_everyone(&statement["Principal"])
                || names_everyone(&statement["Principal"]["AWS"]))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ResourcePolicyInput {
    secret_id: Option<String>,
}

pub(crate) fn get_resource_policy(
    call: &mut Call<'_>,
    input: ResourcePolicyInput,
) -> Result<Value, ApiError> {
    let address = call.readable_secret(input.secret_id)?;
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
    let address = call.writable_secret(input.secret_id)?;
    if call.world.secret_mut(&address).policy.take().is_some() {
        replication::spread(call, &address);
    }
    Ok(json!({ "ARN": call.world.secret_arn(&address), "Name": address.name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_for_everyone_is_public_unless_it_is_conditional() {
        let policy = |principal: &str, condition: &str| {
            format!(
                r#"{{"Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"*"{condition}}}]}}"#
            )
        };
        assert!(is_public(&policy(r#""*""#, "")));
        assert!(is_public(&policy(r#"{"AWS":["*"]}"#, "")));
        assert!(!is_public(&policy(r#""*""#, r#","Condition":{"Bool":{}}"#)));
        assert!(!is_public(&policy(r#"{"AWS":"123456789012"}"#, "")));
    }
}
