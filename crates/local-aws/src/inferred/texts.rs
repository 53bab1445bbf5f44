//! The inferred answers themselves: their names, codes and texts.

use crate::inferred::Inferred;

macro_rules! inferred {
    ($($constant:ident = $name:literal, $code:literal, $message:literal;)*) => {
        $(pub(crate) const $constant: Inferred =
            Inferred { name: $name, code: $code, message: $message };)*
        /// All inferred answers.
        pub(super) const ALL: &[Inferred] = &[$($constant),*];
    };
}

inferred! {
    // Every service.
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
    THROTTLING = "Throttling", "ThrottlingException", "Rate exceeded";
    THROTTLING_IN_QUERY = "Throttling.InQuery", "Throttling", "Rate exceeded";

    // Faults that a test asked for.
    FAULT_ACCESS_DENIED = "Fault.AccessDenied", "AccessDeniedException",
        "User: {principal} is not authorized to perform: {action} because no identity-based policy allows the {action} action";
    FAULT_ACCESS_DENIED_IN_QUERY = "Fault.AccessDeniedInQuery", "AccessDenied",
        "User: {principal} is not authorized to perform: {action} because no identity-based policy allows the {action} action";
    FAULT_CLOCK_SKEW = "Fault.ClockSkew", "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.";
    FAULT_INTERNAL = "Fault.Internal", "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.";
    FAULT_KMS_INTERNAL = "Fault.KmsInternal", "KMSInternalException",
        "The request was rejected because an internal exception occurred.";
    FAULT_KMS_TIMEOUT = "Fault.KmsTimeout", "DependencyTimeoutException",
        "The system timed out while trying to fulfill the request.";
    FAULT_SECRETS_INTERNAL = "Fault.SecretsInternal", "InternalServiceError",
        "An error occurred on the server side.";
    FAULT_UNAVAILABLE = "Fault.Unavailable", "ServiceUnavailable",
        "The request has failed due to a temporary failure of the server.";

    // KMS: keys, their names, policies and relations.
    ALIASES_TOO_MANY = "Alias.TooMany", "LimitExceededException",
        "The key {key} has {limit} aliases already";
    ALIAS_NOT_FOUND = "Alias.NotFound", "NotFoundException", "Alias {alias} is not found.";
    ALIAS_OF_AWS = "Alias.Reserved", "NotAuthorizedException", "";
    ALIAS_OTHER_USAGE = "UpdateAlias.OtherUsage", "ValidationException",
        "Alias {alias} cannot be changed to a key of another type or usage";
    DELETION_WINDOW = "ScheduleKeyDeletion.Window", "ValidationException",
        "PendingWindowInDays must be between 7 and 30 days (inclusive).";
    EXTERNAL_SPEC = "CreateKey.ExternalSpec", "UnsupportedOperationException",
        "KeySpec {spec} is not supported for Origin EXTERNAL.";
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
    REPLICA_IN_OTHER_PARTITION = "ReplicateKey.OtherPartition", "UnsupportedOperationException",
        "ReplicaRegion {region} is not in the partition of the primary key.";
    REPLICA_IN_OWN_REGION = "ReplicateKey.OwnRegion", "UnsupportedOperationException",
        "ReplicaRegion {region} is the Region of the primary key.";
    REPLICA_IN_UNKNOWN_REGION = "ReplicateKey.UnknownRegion", "UnsupportedOperationException",
        "ReplicaRegion {region} is not a supported Region.";
    ROTATION_RUNS = "RotateKeyOnDemand.Running", "ConflictException",
        "A rotation of {key} is in progress or scheduled to begin within the next 20 minutes.";
    SM2_OUTSIDE_CHINA = "CreateKey.Sm2OutsideChina", "UnsupportedOperationException",
        "KeySpec SM2 is not supported in {region}.";
    SM2_UNSUPPORTED = "CreateKey.Sm2", "UnsupportedOperationException",
        "KeySpec SM2 is not supported here, not even in {region}.";

    // KMS: custom key stores.
    CLUSTER_IN_USE = "CreateCustomKeyStore.ClusterInUse", "CloudHsmClusterInUseException",
        "The CloudHSM cluster {cluster} is already associated with a custom key store.";
    CLUSTER_NOT_RELATED = "UpdateCustomKeyStore.ClusterNotRelated",
        "CloudHsmClusterNotRelatedException",
        "The CloudHSM cluster {cluster} is not related to the cluster of the custom key store.";
    CUSTOM_STORE_MULTI_REGION = "CreateKey.MultiRegionInCustomStore",
        "UnsupportedOperationException",
        "You cannot create a multi-Region key in a custom key store.";
    CUSTOM_STORE_NOT_FOUND = "CustomKeyStore.NotFound", "CustomKeyStoreNotFoundException",
        "Custom key store {store} does not exist.";
    RANDOM_OF_EXTERNAL_STORE = "GenerateRandom.ExternalKeyStore", "UnsupportedOperationException",
        "The operation is not supported for the external key store {store}.";
    STORES_TOO_MANY = "CreateCustomKeyStore.TooMany", "LimitExceededException",
        "You have {limit} custom key stores already.";
    STORE_HAS_KEYS = "DeleteCustomKeyStore.HasKeys", "CustomKeyStoreHasCMKsException",
        "The custom key store {store} contains KMS keys.";
    STORE_ID_AND_NAME = "DescribeCustomKeyStores.IdAndName", "ValidationException",
        "You can specify either a CustomKeyStoreId or a CustomKeyStoreName, but not both.";
    STORE_MEMBER_MISSING = "CustomKeyStore.MemberMissing", "ValidationException",
        "{member} is required for a custom key store of type {type}.";
    STORE_MEMBER_OF_OTHER = "CustomKeyStore.MemberOfOtherType", "ValidationException",
        "{member} is not valid for a custom key store of type {type}.";
    STORE_NAME_IN_USE = "CustomKeyStore.NameInUse", "CustomKeyStoreNameInUseException",
        "A custom key store with the name {name} already exists.";
    STORE_OF_KEY_MISSING = "CreateKey.StoreMissing", "ValidationException",
        "You must specify a CustomKeyStoreId value for a KMS key with Origin {origin}.";
    STORE_OF_OTHER_ORIGIN = "CreateKey.StoreOfOtherOrigin", "ValidationException",
        "Origin {origin} is not valid for a KMS key in the custom key store {store} of type {type}.";
    STORE_SERVICE_OF_PUBLIC = "CustomKeyStore.ServiceOfPublicEndpoint", "ValidationException",
        "{member} is not valid with XksProxyConnectivity PUBLIC_ENDPOINT.";
    STORE_SPEC = "CreateKey.SpecInCustomStore", "UnsupportedOperationException",
        "KeySpec {spec} is not supported in a custom key store.";
    STORE_STATE = "CustomKeyStore.InvalidState", "CustomKeyStoreInvalidStateException",
        "The connection state {state} of the custom key store {store} is not valid for this operation.";
    TRUST_ANCHOR = "CreateCustomKeyStore.TrustAnchor", "IncorrectTrustAnchorException",
        "The trust anchor certificate is not that of the CloudHSM cluster {cluster}.";
    XKS_ENDPOINT_IN_USE = "CustomKeyStore.EndpointInUse", "XksProxyUriEndpointInUseException",
        "The XksProxyUriEndpoint {endpoint} is already associated with another external key store.";
    XKS_KEY_IN_USE = "CreateKey.XksKeyInUse", "XksKeyAlreadyInUseException",
        "The XksKeyId {key} is already associated with another KMS key in the external key store {store}.";
    XKS_KEY_MISSING = "CreateKey.XksKeyMissing", "ValidationException",
        "You must specify an XksKeyId value for a KMS key with Origin EXTERNAL_KEY_STORE.";
    XKS_KEY_OTHER_ORIGIN = "CreateKey.XksKeyId", "ValidationException",
        "You can specify an XksKeyId value only for a KMS key with Origin EXTERNAL_KEY_STORE.";
    XKS_SERVICE_IN_USE = "CustomKeyStore.ServiceInUse", "XksProxyVpcEndpointServiceInUseException",
        "The VPC endpoint service {service} is already associated with another external key store.";
    XKS_URI_IN_USE = "CustomKeyStore.UriInUse", "XksProxyUriInUseException",
        "The proxy address {endpoint}{path} is already associated with another external key store.";

    // KMS: grants.
    GRANTS_TOO_MANY = "CreateGrant.TooMany", "LimitExceededException",
        "The key {key} has {limit} grants already";
    GRANT_CONSTRAINTS = "CreateGrant.Constraints", "ValidationException",
        "Encryption context grant constraints are only valid for symmetric encryption keys.";
    GRANT_CONSTRAINT_SIZE = "CreateGrant.ConstraintSize", "ValidationException",
        "A grant constraint can include up to 8 encryption context pairs of 384 characters.";
    GRANT_ID = "Grant.Id", "InvalidGrantIdException", "Invalid grantId '{id}'";
    GRANT_NAMING = "RetireGrant.Naming", "ValidationException",
        "You must specify either a GrantToken, or a KeyId and a GrantId.";
    GRANT_NOT_FOUND = "Grant.NotFound", "NotFoundException",
        "Grant '{id}' of key {key} does not exist";
    GRANT_OPERATIONS = "CreateGrant.Operations", "ValidationException",
        "Operations [{operations}] are not valid for a key with KeyUsage {usage} and KeySpec {spec}.";
    GRANT_PRINCIPAL = "CreateGrant.Principal", "InvalidArnException",
        "ARN does not refer to a valid principal: {principal}";
    GRANT_TOKEN = "Grant.Token", "InvalidGrantTokenException", "The grant token is not valid.";

    // KMS: imported material.
    IMPORT_DATE_FAR = "ImportKeyMaterial.DateFar", "ValidationException",
        "The ValidTo date must be within 365 days of the request date.";
    IMPORT_DATE_PAST = "ImportKeyMaterial.DatePast", "ValidationException",
        "The ValidTo date must be in the future.";
    IMPORT_DATE_UNUSED = "ImportKeyMaterial.DateUnused", "ValidationException",
        "A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE";
    IMPORT_EXPIRED_TOKEN = "ImportKeyMaterial.ExpiredToken", "ExpiredImportTokenException", "";
    IMPORT_FORM = "ImportKeyMaterial.Form", "IncorrectKeyMaterialException",
        "The key material is not valid for {key}.";
    IMPORT_INVALID_TOKEN = "ImportKeyMaterial.InvalidToken", "InvalidImportTokenException", "";
    IMPORT_NEW_INTO_REPLICA = "ImportKeyMaterial.NewIntoReplica", "UnsupportedOperationException",
        "New key material cannot be imported into the replica key {key}.";
    IMPORT_NEW_WITH_ID = "ImportKeyMaterial.NewWithId", "ValidationException",
        "KeyMaterialId cannot be specified when ImportType is NEW_KEY_MATERIAL.";
    IMPORT_NOT_NEW = "ImportKeyMaterial.NotNew", "IncorrectKeyMaterialException",
        "Key material (id: {id}) is already associated with KMS key {key}.";
    IMPORT_OTHER_MATERIAL = "ImportKeyMaterial.OtherMaterial", "IncorrectKeyMaterialException",
        "The key material is not the one that was previously imported into {key}.";
    IMPORT_SYMMETRIC_ONLY = "ImportKeyMaterial.SymmetricOnly", "ValidationException",
        "ImportType, KeyMaterialDescription and KeyMaterialId are only valid for symmetric encryption keys.";
    IMPORT_UNWRAPPING = "ImportKeyMaterial.Unwrapping", "InvalidCiphertextException", "";
    IMPORT_WRAPPING = "GetParametersForImport.Wrapping", "UnsupportedOperationException",
        "Wrapping algorithm {algorithm} with wrapping key spec {wrapping_key_spec} is not valid for key spec {key_spec}.";
    MATERIAL_NOT_FOUND = "DeleteImportedKeyMaterial.NotFound", "NotFoundException",
        "Key material {id} is not found in {key}.";

    // KMS: keys at work.
    ALGORITHM_OF_OTHER_SPEC = "Key.OtherAlgorithm", "InvalidKeyUsageException",
        "Algorithm {algorithm} is incompatible with key spec {spec}.";
    CIPHERTEXT_OF_UNKNOWN_KEY = "Decrypt.UnknownKey", "AccessDeniedException",
        "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.";
    CONTEXT_OF_ASYMMETRIC_KEY = "EncryptionContext.AsymmetricKey", "ValidationException",
        "EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.";
    DATA_KEY_LENGTH = "GenerateDataKey.Length", "ValidationException",
        "Please specify either number of bytes or key spec.";
    DATA_KEY_OF_ASYMMETRIC_KEY = "GenerateDataKey.AsymmetricKey", "InvalidKeyUsageException",
        "You cannot generate a data key with an asymmetric CMK";
    DECRYPTION_WITHOUT_KEY = "Decrypt.WithoutKey", "ValidationException",
        "You must specify a KeyId when decrypting with an asymmetric CMK.";
    DIGEST_LENGTH = "Sign.DigestLength", "ValidationException",
        "Digest is invalid length for algorithm {algorithm}.";
    DRY_RUN_MODIFIERS = "DryRunModifiers.WithoutDryRun", "ValidationException",
        "DryRunModifiers can only be specified when DryRun is true.";
    EXTERNAL_MU_LENGTH = "Sign.ExternalMuLength", "ValidationException",
        "External Mu is invalid length for algorithm {algorithm}.";
    KEY_IN_CUSTOM_STORE = "Key.CustomStore", "UnsupportedOperationException",
        "{key} is in a custom key store, which is not valid for this operation.";
    KEY_OF_OTHER_ACCOUNT = "Key.OtherAccount", "AccessDeniedException",
        "User: {user} is not authorized to perform: {action} on resource: {key} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access";
    MESSAGE_TYPE_OF_OTHER_ALGORITHM = "Sign.MessageTypeOfOtherAlgorithm", "ValidationException",
        "Message type {type} is incompatible with algorithm {algorithm}.";
    MESSAGE_TYPE_OF_OTHER_SPEC = "Sign.MessageTypeOfOtherSpec", "ValidationException",
        "Message type {type} is incompatible with key spec {spec}.";
    PEER_KEY_INVALID = "DeriveSharedSecret.PublicKey", "ValidationException",
        "The public key is not a DER-encoded X.509 public key on the curve of {spec}.";
    PLAINTEXT_TOO_LONG = "Encrypt.PlaintextTooLong", "ValidationException",
        "Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {limit} bytes.";
    PUBLIC_KEY_OF_SYMMETRIC_KEY = "GetPublicKey.SymmetricKey", "UnsupportedOperationException",
        "{key} key spec is {spec} which is not valid for this operation.";
    RECIPIENT = "Recipient.Unsupported", "ValidationException",
        "Recipient is not supported here: attestation documents cannot be verified.";
    SIGNING_UNSUPPORTED = "Sign.Unsupported", "UnsupportedOperationException",
        "Algorithm {algorithm} with message type {type} is not supported here.";

    // Secrets Manager.
    BATCH_CHOICE = "BatchGetSecretValue.ListOrFilters", "InvalidParameterException",
        "Either 'SecretIdList' or 'Filters' must be provided, but not both.";
    BATCH_PAGE_SIZE = "BatchGetSecretValue.MaxResultsWithoutFilters", "InvalidParameterException",
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.";
    PASSWORD_EMPTY = "GetRandomPassword.AllExcluded", "InvalidParameterException",
        "The password can't be made: all characters are excluded.";
    PASSWORD_TOO_SHORT = "GetRandomPassword.TooShort", "InvalidParameterException",
        "The password is too short to include each type of character.";
    ROTATION_NEVER = "CancelRotateSecret.NeverConfigured", "InvalidRequestException",
        "No Lambda rotation function ARN is associated with this secret.";
    ROTATION_SCHEDULE = "RotateSecret.ScheduleExpression", "InvalidParameterException",
        "Invalid ScheduleExpression: {expression}";
    ROTATION_WINDOW = "RotateSecret.Duration", "InvalidParameterException",
        "A rotation window of {duration} must not extend into the next rotation window or the next UTC day.";
    SECRET_BINARY_AND_STRING = "Secret.BinaryAndString", "InvalidParameterException",
        "You can't specify both a binary secret value and a string secret value in the same secret.";
    SECRET_DECRYPTION = "Secret.Decryption", "DecryptionFailure",
        "Secrets Manager can't decrypt the protected secret text using the provided KMS key.";
    SECRET_DEFAULT_KEY = "Secret.DefaultKeyOfOtherAccount", "InvalidRequestException",
        "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.";
    SECRET_ENCRYPTION = "Secret.Encryption", "EncryptionFailure",
        "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.";
    SECRET_EXTERNAL = "Secret.External", "InvalidParameterException",
        "Managed external secrets are not supported.";
    SECRET_FILTER = "SecretFilter.Incomplete", "InvalidParameterException",
        "Each filter must have a key and values.";
    SECRET_JUST_DELETED = "CreateSecret.JustDeleted", "InvalidRequestException",
        "You can't perform this operation on the secret because it was deleted.";
    SECRET_LABELS_TOO_MANY = "UpdateSecretVersionStage.TooManyLabels", "LimitExceededException",
        "You can't attach more than {limit} staging labels to a version.";
    SECRET_LABEL_CURRENT_REMOVED = "UpdateSecretVersionStage.RemoveCurrent",
        "InvalidParameterException",
        "You can't remove staging label {label}; move it instead.";
    SECRET_LABEL_ELSEWHERE = "UpdateSecretVersionStage.NotAttached", "InvalidParameterException",
        "Staging label {label} isn't attached to version {version}.";
    SECRET_LABEL_WITHOUT_VERSION = "UpdateSecretVersionStage.NoVersion",
        "InvalidParameterException",
        "You must specify MoveToVersionId or RemoveFromVersionId.";
    SECRET_NOT_REPLICA = "StopReplicationToReplica.NotReplica", "InvalidRequestException",
        "Operation not permitted: the secret is not a replica.";
    SECRET_NOT_SHARED = "Secret.NotShared", "AccessDeniedException",
        "User: {user} is not authorized to perform: secretsmanager:{operation} on resource: {secret} because no resource-based policy allows the secretsmanager:{operation} action";
    SECRET_POLICY_LOCKOUT = "ValidateResourcePolicy.Lockout", "PolicyLockout",
        "The resource policy denies the caller the right to change it.";
    SECRET_POLICY_PUBLIC = "PutResourcePolicy.Public", "PublicPolicyException",
        "You can't attach a resource policy that allows broad access to the secret.";
    SECRET_POLICY_PUBLIC_CHECK = "ValidateResourcePolicy.Public", "PublicPolicy",
        "The resource policy allows broad access to the secret.";
    SECRET_POLICY_SYNTAX = "ResourcePolicy.Syntax", "MalformedPolicyDocumentException",
        "This resource policy contains a syntax error.";
    SECRET_REPLICATION_WITHOUT_KMS = "Secret.ReplicationWithoutKms", "",
        "Replication failed: Access to KMS is not allowed";
    SECRET_REPLICA_REGION = "Secret.ReplicaRegion", "InvalidParameterException",
        "Invalid replica region.";
    SECRET_TAGS_DUPLICATE = "SecretTags.Duplicate", "InvalidParameterException",
        "Duplicate tag keys";
    SECRET_TAGS_NO_KEY = "SecretTags.NoKey", "InvalidParameterException",
        "Each tag must have a key.";
    SECRET_TAGS_RESERVED = "SecretTags.Reserved", "InvalidParameterException",
        "Tag keys can't begin with aws:.";
    SECRET_TAGS_TOO_MANY = "SecretTags.TooMany", "InvalidParameterException",
        "A secret can have at most 50 tags.";
    SECRET_TOO_LONG = "Secret.TooLong", "com.amazon.coral.validate#ValidationException",
        "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536";
    SECRET_VALUE_MISSING = "PutSecretValue.NoValue", "InvalidRequestException",
        "You must provide either SecretString or SecretBinary.";
    SECRET_VERSIONS_TOO_MANY = "Secret.TooManyVersions", "LimitExceededException",
        "You can't create more than {limit} versions of a secret within a day.";
}
