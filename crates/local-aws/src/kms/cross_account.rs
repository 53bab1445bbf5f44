//! Keys of other accounts: whether they are open to a caller is for their own
//! policies and grants to say, even in a cloud that minds no others (AWS KMS
//! developer guide, "Allowing users in other accounts to use a KMS key").

use serde_json::Value;

use crate::error::ApiError;
use crate::iam;
use crate::identity::Account;
use crate::inferred;
use crate::world::Call;

/// Refuses an operation on a key of another account that is closed to the caller.
pub(crate) fn check(call: &Call<'_>, operation: &str, input: &Value) -> Result<(), ApiError> {
    let is_foreign = |account: Account| account != call.place.account;
    if !call.world.key_accounts().any(is_foreign) {
        return Ok(());
    }
    let Some((action, key)) = iam::closed_key(call, operation, input) else {
        return Ok(());
    };
    let is_named = match &*action {
        "kms:Decrypt" => !input["KeyId"].is_null(),
        "kms:ReEncryptFrom" => !input["SourceKeyId"].is_null(),
        _ => true,
    };
    if !is_named {
        return Err(ApiError::inferred(&inferred::CIPHERTEXT_OF_UNKNOWN_KEY, Vec::new()));
    }
    let user = call.caller.arn(call.place.region);
    let parameters = vec![("user", user), ("action", action), ("key", key)];
    Err(ApiError::inferred(&inferred::KEY_OF_OTHER_ACCOUNT, parameters))
}
