//! What nobody has recorded from AWS: error codes and texts that are inferred.
//!
//! Clients should not depend on them, and whoever knows better can say so: each
//! has a name under which [`Texts`] takes another code or message.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An inferred answer. In its text, `{name}` stands for a parameter.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Inferred {
    /// The operation and the case, as in `ReplicateKey.OwnRegion`.
    pub name: &'static str,
    /// The error code; empty for a text that is not an error's.
    pub code: &'static str,
    /// The message.
    pub message: &'static str,
}

/// The values that fill an inferred text.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// Another code or message for an inferred answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
struct Replacement {
    code: Option<String>,
    message: Option<String>,
}

/// What is answered in place of inferred texts.
///
/// As JSON it is an object from names to objects with `code` and `message`, of
/// which either may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, Replacement>")]
pub struct Texts(BTreeMap<String, Replacement>);

impl TryFrom<BTreeMap<String, Replacement>> for Texts {
    type Error = String;

    fn try_from(replacements: BTreeMap<String, Replacement>) -> Result<Self, String> {
        let is_known = |name: &String| ALL.iter().any(|inferred| inferred.name == name);
        match replacements.keys().find(|name| !is_known(name)) {
            None => Ok(Self(replacements)),
            Some(name) => Err(format!("there is no inferred text by the name of {name}")),
        }
    }
}

impl Texts {
    /// The code and the message to answer with.
    pub(crate) fn render(&self, inferred: &Inferred, parameters: &Parameters) -> (String, String) {
        let replacement = self.0.get(inferred.name);
        let code = replacement.and_then(|replacement| replacement.code.as_deref());
        let message = replacement.and_then(|replacement| replacement.message.as_deref());
        let mut message = message.unwrap_or(inferred.message).to_owned();
        for (name, value) in parameters {
            message = message.replace(&format!("{{{name}}}"), value);
        }
        (code.unwrap_or(inferred.code).to_owned(), message)
    }
}

macro_rules! inferred {
    ($($constant:ident = $name:literal, $code:literal, $message:literal;)*) => {
        $(pub(crate) const $constant: Inferred =
            Inferred { name: $name, code: $code, message: $message };)*
        /// All inferred answers, by name.
        pub(crate) const ALL: &[Inferred] = &[$($constant),*];
    };
}

inferred! {
    ALIAS_NOT_FOUND = "Alias.NotFound", "NotFoundException", "Alias {alias} is not found.";
    ALIAS_OF_AWS = "Alias.Reserved", "NotAuthorizedException", "";
    ALIAS_OTHER_USAGE = "UpdateAlias.OtherUsage", "ValidationException",
        "Alias {alias} cannot be changed to a key of another type or usage";
    ALIASES_TOO_MANY = "Alias.TooMany", "LimitExceededException",
        "The key {key} has {limit} aliases already";
    CUSTOM_STORE_MULTI_REGION = "CreateKey.MultiRegionInCustomStore",
        "UnsupportedOperationException",
        "You cannot create a multi-Region key in a custom key store.";
    CUSTOM_STORE_NOT_FOUND = "CustomKeyStore.NotFound", "CustomKeyStoreNotFoundException",
        "Custom key store {store} does not exist.";
    CUSTOM_STORE_UNSUPPORTED = "CreateCustomKeyStore.Unsupported",
        "UnsupportedOperationException", "Custom key stores are not supported in this Region.";
    DELETION_WINDOW = "ScheduleKeyDeletion.Window", "ValidationException",
        "PendingWindowInDays must be between 7 and 30 days (inclusive).";
    MANAGED_KEY = "Key.ManagedByAws", "AccessDeniedException",
        "User: {user} is not authorized to perform: kms:{operation} on resource: {key} because no resource-based policy allows the kms:{operation} action";
    NOT_PRIMARY = "Key.NotPrimary", "UnsupportedOperationException",
        "{key} is not a multi-region primary key.";
    POLICY_MALFORMED = "KeyPolicy.Malformed", "MalformedPolicyDocumentException",
        "The policy is not a JSON document of statements with effect, principal and action.";
    POLICY_NAME = "KeyPolicy.OtherName", "NotFoundException", "No such policy exists";
    POLICY_PRINCIPAL = "KeyPolicy.Principal", "MalformedPolicyDocumentException",
        "Policy contains a statement with one or more invalid principals.";
    POLICY_TOO_LONG = "KeyPolicy.TooLong", "LimitExceededException",
        "The key policy is longer than 32 KB.";
    PRIMARY_ALREADY = "UpdatePrimaryRegion.OwnRegion", "UnsupportedOperationException",
        "{key} is already the primary key.";
    PRIMARY_WITHOUT_REPLICA = "UpdatePrimaryRegion.NoReplica", "NotFoundException",
        "Key '{key}' has no replica in {region}";
    REPLICA_EXISTS = "ReplicateKey.Exists", "AlreadyExistsException",
        "Key {key} already exists.";
    REPLICA_IN_OWN_REGION = "ReplicateKey.OwnRegion", "UnsupportedOperationException",
        "ReplicaRegion {region} is the Region of the primary key.";
    REPLICA_IN_OTHER_PARTITION = "ReplicateKey.OtherPartition", "UnsupportedOperationException",
        "ReplicaRegion {region} is not in the partition of the primary key.";
    REPLICA_IN_UNKNOWN_REGION = "ReplicateKey.UnknownRegion", "UnsupportedOperationException",
        "ReplicaRegion {region} is not a supported Region.";
    SECRET_DECRYPTION = "Secret.Decryption", "DecryptionFailure",
        "Secrets Manager can't decrypt the protected secret text using the provided KMS key.";
    SECRET_ENCRYPTION = "Secret.Encryption", "EncryptionFailure",
        "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.";
    SECRET_NOT_REPLICA = "StopReplicationToReplica.NotReplica", "InvalidRequestException",
        "Operation not permitted: the secret is not a replica.";
    SECRET_REPLICA_REGION = "Secret.ReplicaRegion", "InvalidParameterException",
        "Invalid replica region.";
    SECRET_REPLICATION_WITHOUT_KMS = "Secret.ReplicationWithoutKms", "",
        "Replication failed: Access to KMS is not allowed";
    SERIALIZATION_BASE64 = "Serialization.Base64",
        "com.amazon.coral.service#SerializationException",
        "STRING_VALUE can not be converted to a Blob: Invalid Base64";
    SERIALIZATION_LIST = "Serialization.List",
        "com.amazon.coral.service#SerializationException",
        "Start of list found where not expected";
    SERIALIZATION_NO_LIST = "Serialization.NoList",
        "com.amazon.coral.service#SerializationException", "Expected list or null";
    SERIALIZATION_NO_MAP = "Serialization.NoMap",
        "com.amazon.coral.service#SerializationException", "Expected map or null";
    SERIALIZATION_STRUCTURE = "Serialization.Structure",
        "com.amazon.coral.service#SerializationException",
        "Start of structure or map found where not expected.";
    SERIALIZATION_TYPE = "Serialization.Type",
        "com.amazon.coral.service#SerializationException",
        "{found} can not be converted to {wanted}";
    XKS_KEY_OTHER_ORIGIN = "CreateKey.XksKeyId", "ValidationException",
        "You can specify an XksKeyId value only for a KMS key with Origin EXTERNAL_KEY_STORE.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_filled_and_can_be_replaced() {
        let parameters = vec![("region", "mars-north-1".to_owned())];
        let told = Texts::default().render(&REPLICA_IN_UNKNOWN_REGION, &parameters);
        assert_eq!(told.0, "UnsupportedOperationException");
        assert_eq!(told.1, "ReplicaRegion mars-north-1 is not a supported Region.");
        let texts: Texts = serde_json::from_str(
            r#"{"ReplicateKey.UnknownRegion":{"code":"ValidationException","message":"no {region}"}}"#,
        )
        .unwrap();
        let told = texts.render(&REPLICA_IN_UNKNOWN_REGION, &parameters);
        assert_eq!(told, ("ValidationException".to_owned(), "no mars-north-1".to_owned()));
    }

    #[test]
    fn a_name_that_is_not_known_is_refused() {
        let error = serde_json::from_str::<Texts>(r#"{"Nonsense":{}}"#).unwrap_err();
        assert!(error.to_string().contains("Nonsense"));
    }
}
