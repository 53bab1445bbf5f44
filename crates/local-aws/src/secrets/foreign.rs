//! Secrets of other accounts: a resource policy shares them, and the key that
//! AWS manages does not open them (Secrets Manager user guide, "Access AWS
//! Secrets Manager secrets from a different account").

use crate::error::ApiError;
use crate::iam::owner;
use crate::inferred;
use crate::secrets::policy_document::Document;
use crate::world::Call;

/// The operations that use the key of a secret, whatever else their input says.
const ON_VALUES: &[&str] = &["GetSecretValue", "PutSecretValue"];

/// Refuses a secret of another account that is not shared with the caller. Who
/// may do what with it, in detail, is for IAM to say.
pub(crate) fn admit(call: &Call<'_>, operation: &str, secret_id: &str) -> Result<(), ApiError> {
    let place = owner(call.place, secret_id);
    let found = call.world.find_secret(place, secret_id).filter(|_| place != call.place);
    let Some(address) = found else {
        return Ok(());
    };
    let secret = call.world.secret(&address);
    let policy = secret.policy.as_deref().and_then(|policy| Document::parse(policy).ok());
    if !policy.is_some_and(|policy| policy.lets_in(call)) {
        let parameters = vec![
            ("user", call.caller.arn(call.place.region)),
            ("operation", operation.to_owned()),
            ("secret", secret_id.to_owned()),
        ];
        return Err(ApiError::inferred(&inferred::SECRET_NOT_SHARED, parameters));
    }
    if secret.kms_key.is_none() && ON_VALUES.contains(&operation) {
        return Err(ApiError::inferred(&inferred::SECRET_DEFAULT_KEY, Vec::new()));
    }
    Ok(())
}
