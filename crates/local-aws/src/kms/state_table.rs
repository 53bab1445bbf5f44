//! Which operation a key's state admits (AWS KMS developer guide, "Key states
//! of AWS KMS keys").
//!
//! Operations that are missing work in every state. Where the guide says that
//! imported material decides, the table says what holds for material of our own
//! where the two can meet, and the operation looks at the origin itself.

use crate::error::ApiError;
use crate::inferred;
use crate::kms::key::{KeyState, Origin};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Admitted,
    Disabled,
    PendingDeletion,
    NotPendingDeletion,
    PendingImport,
    ExternalOrigin,
    Creating,
    Updating,
    Unavailable,
    CustomStore,
}

const OK: Verdict = Verdict::Admitted;
const DISABLED: Verdict = Verdict::Disabled;
const PENDING: Verdict = Verdict::PendingDeletion;
const NOT_PENDING: Verdict = Verdict::NotPendingDeletion;
const IMPORT: Verdict = Verdict::PendingImport;
const EXTERNAL: Verdict = Verdict::ExternalOrigin;
const CREATING: Verdict = Verdict::Creating;
const UPDATING: Verdict = Verdict::Updating;
const GONE: Verdict = Verdict::Unavailable;
/// Only keys in custom stores are ever unavailable, and they neither rotate nor import.
const STORE: Verdict = Verdict::CustomStore;

#[rustfmt::skip]
const TABLE: &[(&str, [Verdict; 7])] = &[
    //                                       Enabled       Disabled      Pending…      PendingImport Creating      Updating      Unavailable
    ("CancelKeyDeletion",                    [NOT_PENDING,  NOT_PENDING,  OK,           NOT_PENDING,  NOT_PENDING,  NOT_PENDING,  NOT_PENDING]),
    ("CreateAlias",                          [OK,           OK,           PENDING,      OK,           OK,           OK,           OK]),
    ("CreateGrant",                          [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           OK]),
    ("Decrypt",                              [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("DeleteImportedKeyMaterial",            [OK,           OK,           OK,           OK,           CREATING,     UPDATING,     STORE]),
    ("DeriveSharedSecret",                   [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("DisableKey",                           [OK,           OK,           PENDING,      IMPORT,       CREATING,     UPDATING,     OK]),
    ("DisableKeyRotation",                   [OK,           DISABLED,     PENDING,      EXTERNAL,     CREATING,     OK,           STORE]),
    ("EnableKey",                            [OK,           OK,           PENDING,      IMPORT,       CREATING,     UPDATING,     OK]),
    ("EnableKeyRotation",                    [OK,           DISABLED,     PENDING,      EXTERNAL,     CREATING,     OK,           STORE]),
    ("Encrypt",                              [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("GenerateDataKey",                      [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("GenerateDataKeyPair",                  [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("GenerateDataKeyPairWithoutPlaintext",  [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("GenerateDataKeyWithoutPlaintext",      [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("GenerateMac",                          [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("GetKeyRotationStatus",                 [OK,           OK,           OK,           EXTERNAL,     OK,           OK,           STORE]),
    ("GetParametersForImport",               [OK,           OK,           PENDING,      OK,           CREATING,     UPDATING,     STORE]),
    ("GetPublicKey",                         [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("ImportKeyMaterial",                    [OK,           OK,           PENDING,      OK,           CREATING,     OK,           STORE]),
    ("ReEncrypt",                            [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("ReplicateKey",                         [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     UPDATING,     GONE]),
    ("RotateKeyOnDemand",                    [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           STORE]),
    ("ScheduleKeyDeletion",                  [OK,           OK,           PENDING,      OK,           OK,           UPDATING,     OK]),
    ("Sign",                                 [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("TagResource",                          [OK,           OK,           PENDING,      OK,           OK,           OK,           OK]),
    ("UntagResource",                        [OK,           OK,           PENDING,      OK,           OK,           OK,           OK]),
    ("UpdateAlias",                          [OK,           OK,           PENDING,      OK,           OK,           OK,           OK]),
    ("UpdateKeyDescription",                 [OK,           OK,           PENDING,      OK,           OK,           OK,           OK]),
    ("UpdatePrimaryRegion",                  [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("Verify",                               [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
    ("VerifyMac",                            [OK,           DISABLED,     PENDING,      IMPORT,       CREATING,     OK,           GONE]),
];

/// Refuses an operation that a key's state does not admit.
pub(crate) fn admit(operation: &str, arn: &str, state: KeyState) -> Result<(), ApiError> {
    let Some((_, row)) = TABLE.iter().find(|(name, _)| *name == operation) else {
        return Ok(());
    };
    let verdict = match state {
        KeyState::Enabled => row[0],
        KeyState::Disabled => row[1],
        KeyState::PendingDeletion | KeyState::PendingReplicaDeletion => row[2],
        KeyState::PendingImport => row[3],
        KeyState::Creating => row[4],
        KeyState::Updating => row[5],
        KeyState::Unavailable => row[6],
    };
    let invalid_state = |reason: &str| {
        Err(ApiError::new("KMSInvalidStateException", format!("{arn} is {reason}.")))
    };
    match verdict {
        Verdict::Admitted => Ok(()),
        Verdict::Disabled => Err(ApiError::new("DisabledException", format!("{arn} is disabled."))),
        Verdict::PendingDeletion if state == KeyState::PendingReplicaDeletion => {
            invalid_state("pending replica deletion")
        }
        Verdict::PendingDeletion => invalid_state("pending deletion"),
        Verdict::NotPendingDeletion => {
            invalid_state("not pending deletion (or pending replica deletion)")
        }
        Verdict::PendingImport => invalid_state("pending import"),
        Verdict::ExternalOrigin => Err(unsuited_origin(arn, Origin::External)),
        Verdict::Creating => invalid_state("creating"),
        Verdict::Updating => invalid_state("updating"),
        Verdict::Unavailable => invalid_state("unavailable"),
        Verdict::CustomStore => {
            Err(ApiError::inferred(&inferred::KEY_IN_CUSTOM_STORE, vec![("key", arn.to_owned())]))
        }
    }
}

/// The refusal of what does not go with material of an origin.
pub(crate) fn unsuited_origin(arn: &str, origin: Origin) -> ApiError {
    let origin = origin.name();
    ApiError::new(
        "UnsupportedOperationException",
        format!("{arn} origin is {origin} which is not valid for this operation."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kms:eu-west-1:123456789012:key/k";

    fn refusal(operation: &str, state: KeyState) -> Option<String> {
        admit(operation, ARN, state).err().map(|error| format!("{}: {}", error.code, error.message))
    }

    #[test]
    fn refusals_have_the_documented_texts() {
        assert_eq!(
            refusal("ReplicateKey", KeyState::Disabled).unwrap(),
            format!("DisabledException: {ARN} is disabled.")
        );
        assert_eq!(
            refusal("DisableKey", KeyState::Creating).unwrap(),
            format!("KMSInvalidStateException: {ARN} is creating.")
        );
        assert_eq!(
            refusal("ScheduleKeyDeletion", KeyState::PendingDeletion).unwrap(),
            format!("KMSInvalidStateException: {ARN} is pending deletion.")
        );
        assert_eq!(
            refusal("CancelKeyDeletion", KeyState::Enabled).unwrap(),
            format!(
                "KMSInvalidStateException: {ARN} is not pending deletion (or pending replica deletion)."
            )
        );
    }

    #[test]
    fn what_is_not_in_the_table_is_admitted() {
        assert_eq!(refusal("DescribeKey", KeyState::PendingDeletion), None);
        assert_eq!(refusal("TagResource", KeyState::Creating), None);
    }
}
