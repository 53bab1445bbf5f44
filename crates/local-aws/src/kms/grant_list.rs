//! ListGrants and ListRetirableGrants.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::kms::Naming;
use crate::kms::grant::{Grant, GrantAddress, GrantConstraints};
use crate::kms::grant_rules::{require_grant_id, require_principal};
use crate::paging::page;
use crate::validate;
use crate::world::Call;

const DEFAULT_LIMIT: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListGrantsInput {
    key_id: Option<String>,
    grant_id: Option<String>,
    grantee_principal: Option<String>,
    limit: Option<i64>,
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListGrantsOutput {
    grants: Vec<GrantListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GrantListEntry {
    key_id: String,
    grant_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    creation_date: Timestamp,
    grantee_principal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retiring_principal: Option<String>,
    issuing_account: String,
    operations: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constraints: Option<GrantConstraints>,
}

pub(crate) fn list_grants(
    call: &mut Call<'_>,
    input: ListGrantsInput,
) -> Result<ListGrantsOutput, ApiError> {
    let limit = grant_limit(input.limit)?;
    if let Some(principal) = &input.grantee_principal {
        require_principal("granteePrincipal", principal)?;
    }
    let key = call.find_key_by(input.key_id, Naming::KeyOfAnyAccount)?;
    input.grant_id.as_deref().map_or(Ok(()), require_grant_id)?;
    let is_listed = |(address, grant): &(&GrantAddress, &Grant)| {
        let has_id = input.grant_id.as_ref().is_none_or(|id| *id == address.id);
        let grantee = input.grantee_principal.as_ref();
        has_id && grantee.is_none_or(|grantee| *grantee == grant.grantee)
    };
    let grants = call.world.grants_of(&key).filter(is_listed);
    listed(grants, limit, input.marker.as_deref())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListRetirableGrantsInput {
    retiring_principal: Option<String>,
    limit: Option<i64>,
    marker: Option<String>,
}

/// The grants of all keys of the Region, of whatever account, that a principal may retire.
pub(crate) fn list_retirable_grants(
    call: &mut Call<'_>,
    input: ListRetirableGrantsInput,
) -> Result<ListGrantsOutput, ApiError> {
    let limit = grant_limit(input.limit)?;
    let principal = validate::required("retiringPrincipal", input.retiring_principal)?;
    require_principal("retiringPrincipal", &principal)?;
    let region = call.place.region;
    let is_listed = |(address, grant): &(&GrantAddress, &Grant)| {
        address.key.place.region == region && grant.retiring_principal.as_ref() == Some(&principal)
    };
    let mut grants: Vec<_> = call.world.grants.iter().filter(is_listed).collect();
    grants.sort_by_key(|(address, _)| &address.id);
    listed(grants.into_iter(), limit, input.marker.as_deref())
}

/// The model admits a thousand; the service does not.
fn grant_limit(limit: Option<i64>) -> Result<usize, ApiError> {
    validate::limit("limit", limit, DEFAULT_LIMIT, 1000)?;
    validate::limit("limit", limit, DEFAULT_LIMIT, 100)
}

fn listed<'a>(
    grants: impl Iterator<Item = (&'a GrantAddress, &'a Grant)>,
    limit: usize,
    marker: Option<&str>,
) -> Result<ListGrantsOutput, ApiError> {
    let page = page(grants, |(address, _)| &address.id, limit, marker)?;
    Ok(ListGrantsOutput {
        grants: page.items.into_iter().map(entry).collect(),
        truncated: page.next.is_some(),
        next_marker: page.next,
    })
}

fn entry((address, grant): (&GrantAddress, &Grant)) -> GrantListEntry {
    let partition = address.key.place.region.partition();
    GrantListEntry {
        key_id: address.key.arn(),
        grant_id: address.id.clone(),
        name: grant.name.clone(),
        creation_date: grant.created,
        grantee_principal: grant.grantee.clone(),
        retiring_principal: grant.retiring_principal.clone(),
        issuing_account: format!("arn:{partition}:iam::{}:root", grant.issuer),
        operations: grant.operations.clone(),
        constraints: grant.constraints.clone(),
    }
}
