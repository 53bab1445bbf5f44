//! What is told about keys: DescribeKey, ListKeys.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::identity::Account;
use crate::kms::Naming;
use crate::kms::custom_store::StoreMetadata;
use crate::kms::expiration::{ExpirationModel, expiration};
use crate::kms::key::{KeyAddress, KeySet, KeyState, Origin};
use crate::kms::spec::{self, AlgorithmKind, Algorithms};
use crate::paging::{BadMarker, page};
use crate::region::Region;
use crate::world::{Call, World};

/// A key as the API tells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyMetadata {
    #[serde(rename = "AWSAccountId")]
    account: Account,
    key_id: String,
    arn: String,
    creation_date: Timestamp,
    enabled: bool,
    description: String,
    key_usage: String,
    key_state: KeyState,
    key_manager: &'static str,
    customer_master_key_spec: String,
    key_spec: String,
    origin: Origin,
    multi_region: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_region_configuration: Option<MultiRegionConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_key_material_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_deletion_window_in_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_model: Option<ExpirationModel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_algorithms: Option<Algorithms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_algorithms: Option<Algorithms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mac_algorithms: Option<Algorithms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_agreement_algorithms: Option<Algorithms>,
    #[serde(flatten)]
    store: StoreMetadata,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MultiRegionConfiguration {
    multi_region_key_type: &'static str,
    primary_key: RelatedKey,
    replica_keys: Vec<RelatedKey>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RelatedKey {
    arn: String,
    region: Region,
}

/// Tells a key.
pub(crate) fn metadata(world: &World, address: &KeyAddress) -> KeyMetadata {
    let key = world.key(address);
    let set = world.key_set(address);
    let state = world.key_state(address);
    let algorithms = |kind| {
        let is_kind = AlgorithmKind::of(&set.usage) == kind;
        spec::algorithms(&set.spec, &set.usage).filter(|_| is_kind)
    };
    let material_id = set.current_material().and_then(|material| material.told_id(&set.spec));
    let material_id = material_id.filter(|_| state != KeyState::Creating && set.store.is_none());
    let expiration = expiration(key, set);
    let date = key.deletion.and_then(|deletion| deletion.date);
    let window = key.deletion.filter(|deletion| deletion.date.is_none());
    KeyMetadata {
        account: address.place.account,
        key_id: address.id.clone(),
        arn: address.arn(),
        creation_date: key.created,
        enabled: matches!(state, KeyState::Enabled | KeyState::Updating),
        description: key.description.clone(),
        key_usage: set.usage.clone(),
        key_state: state,
        key_manager: if world.is_managed(address) { "AWS" } else { "CUSTOMER" },
        customer_master_key_spec: set.spec.clone(),
        key_spec: set.spec.clone(),
        origin: set.origin,
        multi_region: set.multi_region,
        multi_region_configuration: set
            .multi_region
            .then(|| multi_region_configuration(address, state, set)),
        current_key_material_id: material_id,
        deletion_date: date,
        pending_deletion_window_in_days: window.map(|deletion| deletion.window_days),
        expiration_model: expiration.map(|(model, _)| model),
        valid_to: expiration.and_then(|(_, valid_to)| valid_to),
        encryption_algorithms: algorithms(AlgorithmKind::Encryption),
        signing_algorithms: algorithms(AlgorithmKind::Signing),
        mac_algorithms: algorithms(AlgorithmKind::Mac),
        key_agreement_algorithms: algorithms(AlgorithmKind::KeyAgreement),
        store: world.store_metadata(address),
    }
}

fn multi_region_configuration(
    address: &KeyAddress,
    state: KeyState,
    set: &KeySet,
) -> MultiRegionConfiguration {
    let related = |region| RelatedKey { arn: address.in_region(region).arn(), region };
    // While the primary moves, both keys call themselves replicas.
    let is_primary = address.place.region == set.primary && state != KeyState::Updating;
    MultiRegionConfiguration {
        multi_region_key_type: if is_primary { "PRIMARY" } else { "REPLICA" },
        primary_key: related(set.primary),
        replica_keys: set.replicas.iter().copied().map(related).collect(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeKeyInput {
    key_id: Option<String>,
}

/// An answer that holds a key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeKeyOutput {
    pub key_metadata: KeyMetadata,
}

pub(crate) fn describe_key(
    call: &mut Call<'_>,
    input: DescribeKeyInput,
) -> Result<DescribeKeyOutput, ApiError> {
    let address = call.find_key_by(input.key_id, Naming::KeyOrAlias)?;
    Ok(DescribeKeyOutput { key_metadata: metadata(call.world, &address) })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListKeysInput {
    limit: Option<usize>,
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListKeysOutput {
    keys: Vec<KeyListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyListEntry {
    key_id: String,
    key_arn: String,
}

pub(crate) fn list_keys(
    call: &mut Call<'_>,
    input: ListKeysInput,
) -> Result<ListKeysOutput, ApiError> {
    let limit = input.limit.unwrap_or(100);
    let place = call.place;
    let addresses = call
        .world
        .keys
        .range(KeyAddress::new(place, "")..)
        .map(|(address, _)| address)
        .take_while(|address| address.place == place);
    let page = page(addresses, |address| &address.id, limit, input.marker.as_deref())?;
    let entry =
        |address: &KeyAddress| KeyListEntry { key_id: address.id.clone(), key_arn: address.arn() };
    Ok(ListKeysOutput {
        keys: page.items.into_iter().map(entry).collect(),
        truncated: page.next.is_some(),
        next_marker: page.next,
    })
}

impl From<BadMarker> for ApiError {
    fn from(_: BadMarker) -> Self {
        Self::new("InvalidMarkerException", "Could not deserialize marker")
    }
}
