//! Answers that are no answers: success with a body that lacks what the operation always tells,
//! as of a proxy that answers for the service. The SDK reads such a body as an answer without
//! content, and an empty listing would say that objects are gone.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Refuses answers that lack what their operation always tells.
#[derive(Debug)]
pub(crate) struct WholeAnswers;

/// Why an answer is refused.
#[derive(Debug, thiserror::Error)]
#[error("the answer has no {0}, so it is none of AWS's; a proxy may have answered instead")]
struct Lacking(&'static str);

impl Intercept for WholeAnswers {
    fn name(&self) -> &'static str {
        "whole answers"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map(Metadata::name).unwrap_or_default();
        let (Ok(_), Some(member)) = (context.output_or_error(), told_by(operation)) else {
            return Ok(());
        };
        let body = context.response().body().bytes().unwrap_or_default();
        let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        match answer.get(member) {
            Some(told) if !told.is_null() => Ok(()),
            _ => Err(Lacking(member).into()),
        }
    }
}

/// A member that an operation's answer always has (AWS KMS and Secrets Manager API references,
/// "Response Elements"). What tells nothing, or nothing certain, has none.
fn told_by(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "CreateKey" | "DescribeKey" => "KeyMetadata",
        "ReplicateKey" => "ReplicaKeyMetadata",
        "ListKeys" => "Keys",
        "ListAliases" => "Aliases",
        "ListGrants" => "Grants",
        "ListResourceTags" => "Tags",
        "GetKeyPolicy" => "Policy",
        "GetKeyRotationStatus" => "KeyRotationEnabled",
        "CreateGrant" => "GrantId",
        "GetParametersForImport" => "ImportToken",
        "Encrypt" => "CiphertextBlob",
        "Decrypt" => "Plaintext",
        "GetPublicKey" => "PublicKey",
        "CreateCustomKeyStore" => "CustomKeyStoreId",
        "DescribeCustomKeyStores" => "CustomKeyStores",
        "CreateSecret"
        | "DescribeSecret"
        | "GetSecretValue"
        | "GetResourcePolicy"
        | "ListSecretVersionIds" => "ARN",
        "PutSecretValue" => "VersionId",
        "ListSecrets" => "SecretList",
        "GetRandomPassword" => "RandomPassword",
        _ => return None,
    })
}
