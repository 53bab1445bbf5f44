//! DescribeSecret: all that is told of a secret except its value.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::region::Region;
use crate::secrets::replication::{self, ReplicationStatus};
use crate::secrets::rotation::Rotation;
use crate::secrets::schedule::{RotationRules, Window};
use crate::secrets::secret::{Secret, SecretAddress};
use crate::secrets::tag::{self, Tag};
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeSecretInput {
    secret_id: String,
}

/// A secret as the API tells it. Members without a value are left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SecretDescription {
    #[serde(rename = "ARN")]
    arn: String,
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    #[serde(flatten)]
    rotation: Option<RotationDescription>,
    last_changed_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
    created_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_region: Option<Region>,
}

/// The rotation of a secret for which it was configured once. Of one that is
/// turned off no dates are told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RotationDescription {
    rotation_enabled: bool,
    #[serde(rename = "RotationLambdaARN")]
    rotation_lambda_arn: String,
    rotation_rules: RotationRules,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_rotated_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rotation_date: Option<Timestamp>,
}

impl RotationDescription {
    fn of(rotation: &Rotation) -> Self {
        Self {
            rotation_enabled: rotation.enabled,
            rotation_lambda_arn: rotation.function.clone(),
            rotation_rules: rotation.told_rules(),
            last_rotated_date: rotation.last.filter(|_| rotation.enabled),
            next_rotation_date: rotation.window.map(Window::latest),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeSecretOutput {
    #[serde(flatten)]
    description: SecretDescription,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    version_ids_to_stages: BTreeMap<String, BTreeSet<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replication_status: Vec<ReplicationStatus>,
}

pub(crate) fn describe_secret(
    call: &mut Call<'_>,
    input: DescribeSecretInput,
) -> Result<DescribeSecretOutput, ApiError> {
    let address = call.find_secret(&input.secret_id)?;
    let secret = call.world.secret(&address);
    Ok(DescribeSecretOutput {
        description: describe(&address, secret),
        version_ids_to_stages: labelled_versions(secret),
        replication_status: replication::status(call.world, &address),
    })
}

/// The versions in use and their labels.
pub(crate) fn labelled_versions(secret: &Secret) -> BTreeMap<String, BTreeSet<String>> {
    secret
        .versions
        .iter()
        .filter(|(_, version)| !version.stages.is_empty())
        .map(|(id, version)| (id.clone(), version.stages.clone()))
        .collect()
}

/// Tells what DescribeSecret and ListSecrets have in common.
pub(crate) fn describe(address: &SecretAddress, secret: &Secret) -> SecretDescription {
    SecretDescription {
        arn: address.arn(&secret.suffix),
        name: address.name.clone(),
        description: secret.description.clone(),
        kms_key_id: secret.kms_key.clone(),
        rotation: secret.rotation.as_ref().map(RotationDescription::of),
        last_changed_date: secret.changed,
        last_accessed_date: secret.accessed,
        deleted_date: secret.deletion,
        tags: tag::list(&secret.tags),
        created_date: secret.created,
        primary_region: primary_region(address, secret),
    }
}

/// Told of replicas and of primaries that have some.
pub(crate) fn primary_region(address: &SecretAddress, secret: &Secret) -> Option<Region> {
    let own = (!secret.replicas.is_empty()).then_some(address.place.region);
    secret.primary_region.or(own)
}
