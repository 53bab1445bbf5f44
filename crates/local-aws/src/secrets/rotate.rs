//! RotateSecret and CancelRotateSecret.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::identity::{Account, Arn, Place};
use crate::inferred;
use crate::secrets::external::{self, ExternalMember};
use crate::secrets::rotation::{self, Rotation};
use crate::secrets::schedule::RotationRules;
use crate::secrets::{replication, value};
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RotateSecretInput {
    secret_id: String,
    client_request_token: Option<String>,
    #[serde(rename = "RotationLambdaARN")]
    rotation_lambda_arn: Option<String>,
    rotation_rules: Option<RotationRules>,
    rotate_immediately: Option<bool>,
    #[serde(default)]
    external_secret_rotation_metadata: ExternalMember,
    #[serde(default)]
    external_secret_rotation_role_arn: ExternalMember,
}

pub(crate) fn rotate_secret(
    call: &mut Call<'_>,
    input: RotateSecretInput,
) -> Result<Value, ApiError> {
    let token = input
        .client_request_token
        .ok_or_else(|| ApiError::new("InvalidParameterException", value::TOKEN_MISSING))?;
    external::refuse(&[
        &input.external_secret_rotation_metadata,
        &input.external_secret_rotation_role_arn,
    ])?;
    if let Some(rules) = &input.rotation_rules {
        rules.check(call.now)?;
    }
    let address = call.writable_secret(&input.secret_id)?;
    let secret = call.world.secret(&address);
    let output = json!({
        "ARN": address.arn(&secret.suffix), "Name": address.name, "VersionId": token,
    });
    if secret.versions.contains_key(&token) {
        return Ok(output);
    }
    let known = secret.rotation.as_ref();
    let function = input.rotation_lambda_arn.filter(|arn| !arn.is_empty());
    let function = function.or_else(|| Some(known?.function.clone())).ok_or_else(|| {
        ApiError::new(
            "InvalidRequestException",
            "No Lambda rotation function ARN is associated with this secret.",
        )
    })?;
    if !is_function(&function, call.place) {
        return Err(ApiError::new(
            "AccessDeniedException",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the \
             function policy grants access to the principal secretsmanager.amazonaws.com.",
        ));
    }
    if secret.has_unfinished_rotation() {
        return Err(ApiError::new(
            "InvalidRequestException",
            "A previous rotation isn't complete. That rotation will be reattempted.",
        ));
    }
    value::check_room(secret, &token, call.now)?;

    let rules = input.rotation_rules.or_else(|| Some(known?.rules.clone())).unwrap_or_default();
    let rotation = Rotation {
        enabled: true,
        function,
        window: rules.next_window(call.now),
        rules,
        last: known.and_then(|rotation| rotation.last),
        in_progress: None,
    };
    let secret = call.world.secret_mut(&address);
    secret.rotation = Some(rotation);
    secret.changed = call.now;
    rotation::schedule_window(call.world, &address);
    // What AWS does when it may not rotate at once, a test of the function that
    // leaves no version behind, has no effect here.
    if input.rotate_immediately.unwrap_or(true) {
        rotation::begin(call.world, &address, token, call.now);
    }
    replication::spread(call, &address);
    Ok(output)
}

/// Whether a function can be there: no Lambda is imitated, so each function of
/// the secret's own Region exists and lets itself be called.
fn is_function(arn: &str, place: Place) -> bool {
    Arn::parse(arn).is_some_and(|parsed| {
        let names_function = parsed.resource.strip_prefix("function:").is_some_and(|name| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:$".contains(&byte))
        });
        arn.starts_with(&format!("arn:{}:", place.region.partition()))
            && parsed.service == "lambda"
            && parsed.region == place.region.as_str()
            && Account::parse(parsed.account).is_some()
            && names_function
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CancelRotateSecretInput {
    secret_id: String,
}

/// Turns rotation off. Function and rules stay to be seen, and so does the
/// AWSPENDING label of a rotation that was under way.
pub(crate) fn cancel_rotate_secret(
    call: &mut Call<'_>,
    input: CancelRotateSecretInput,
) -> Result<Value, ApiError> {
    let address = call.writable_secret(&input.secret_id)?;
    let secret = call.world.secret(&address);
    let Some(rotation) = secret.rotation.clone() else {
        return Err(ApiError::inferred(&inferred::ROTATION_NEVER, Vec::new()));
    };
    let version = rotation.in_progress.clone();
    let secret = call.world.secret_mut(&address);
    secret.rotation =
        Some(Rotation { enabled: false, window: None, in_progress: None, ..rotation });
    secret.changed = call.now;
    let mut output = json!({ "ARN": address.arn(&secret.suffix), "Name": address.name });
    if let Some(version) = version {
        output["VersionId"] = json!(version);
    }
    replication::spread(call, &address);
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::Region;

    #[test]
    fn a_function_is_one_of_the_same_region() {
        let place =
            Place { account: Account::DEFAULT, region: Region::named("eu-west-1").unwrap() };
        let is_function = |arn: &str| is_function(arn, place);
        assert!(is_function("arn:aws:lambda:eu-west-1:123456789012:function:rotate"));
        assert!(is_function("arn:aws:lambda:eu-west-1:210987654321:function:rotate:$LATEST"));
        for wrong in [
            "rotate",
            "arn:aws:lambda:us-east-1:123456789012:function:rotate",
            "arn:aws-cn:lambda:eu-west-1:123456789012:function:rotate",
            "arn:aws:lambda:eu-west-1:1234:function:rotate",
            "arn:aws:lambda:eu-west-1:123456789012:layer:rotate",
            "arn:aws:lambda:eu-west-1:123456789012:function:",
            "arn:aws:sqs:eu-west-1:123456789012:function:rotate",
        ] {
            assert!(!is_function(wrong), "{wrong}");
        }
    }
}
