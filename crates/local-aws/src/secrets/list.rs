//! ListSecrets and ListSecretVersionIds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::paging::{BadMarker, Page, page};
use crate::secrets::describe::{SecretDescription, describe, labelled_versions};
use crate::secrets::filter::{self, Filter};
use crate::secrets::secret::{Secret, SecretAddress, Version};
use crate::world::Call;

const MOST_ENTRIES: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSecretsInput {
    max_results: Option<usize>,
    next_token: Option<String>,
    #[serde(default)]
    filters: Vec<Filter>,
    #[serde(default)]
    include_planned_deletion: bool,
    sort_by: Option<String>,
    sort_order: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSecretsOutput {
    secret_list: Vec<SecretListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SecretListEntry {
    #[serde(flatten)]
    description: SecretDescription,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    secret_versions_to_stages: BTreeMap<String, BTreeSet<String>>,
}

pub(crate) fn list_secrets(
    call: &mut Call<'_>,
    input: ListSecretsInput,
) -> Result<ListSecretsOutput, ApiError> {
    let limit = input.max_results.unwrap_or(MOST_ENTRIES);
    filter::check(&input.filters)?;
    let (sort_by, sort_order) = (input.sort_by.as_deref(), input.sort_order.as_deref());
    let mut secrets: Vec<(String, &SecretAddress, &Secret)> = call
        .world
        .filtered_secrets(call.place, &input.filters)
        .filter(|(_, secret)| input.include_planned_deletion || !secret.is_marked_for_deletion())
        .map(|(address, secret)| (rank(sort_by, sort_order, address, secret), address, secret))
        .collect();
    secrets.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    let page = page(secrets.into_iter(), |(rank, ..)| rank, limit, input.next_token.as_deref());
    let Page { items, next } = page.map_err(invalid_token)?;
    let entry = |(_, address, secret): (String, &SecretAddress, &Secret)| SecretListEntry {
        description: describe(address, secret),
        secret_versions_to_stages: labelled_versions(secret),
    };
    Ok(ListSecretsOutput { secret_list: items.into_iter().map(entry).collect(), next_token: next })
}

/// The texts by whose order secrets are listed: unless another order is asked
/// for, by creation and the oldest first (inferred).
fn rank(
    sort_by: Option<&str>,
    sort_order: Option<&str>,
    address: &SecretAddress,
    secret: &Secret,
) -> String {
    let date = match sort_by {
        Some("name") => None,
        Some("last-accessed-date") => Some(secret.accessed),
        Some("last-changed-date") => Some(Some(secret.changed)),
        _ => Some(Some(secret.created)),
    };
    let rank = match date {
        None => address.name.clone(),
        Some(date) => {
            let milliseconds = date.map_or(0, Timestamp::milliseconds);
            format!("{milliseconds:020} {}", address.name)
        }
    };
    if sort_order == Some("desc") { reverse(&rank) } else { rank }
}

/// A text that comes before others if the given one comes after theirs.
fn reverse(rank: &str) -> String {
    let mut reversed: String = rank.bytes().map(|byte| format!("{:02x}", 0xff - byte)).collect();
    // The end of a text is less than anything else, so here it is more.
    reversed.push_str("ff");
    reversed
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSecretVersionIdsInput {
    secret_id: String,
    max_results: Option<usize>,
    next_token: Option<String>,
    #[serde(default)]
    include_deprecated: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSecretVersionIdsOutput {
    versions: Vec<VersionListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    #[serde(rename = "ARN")]
    arn: String,
    name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VersionListEntry {
    version_id: String,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    version_stages: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_date: Option<Timestamp>,
    created_date: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kms_key_ids: Vec<String>,
}

pub(crate) fn list_secret_version_ids(
    call: &mut Call<'_>,
    input: ListSecretVersionIdsInput,
) -> Result<ListSecretVersionIdsOutput, ApiError> {
    let limit = input.max_results.unwrap_or(MOST_ENTRIES);
    let address = call.find_secret(&input.secret_id)?;
    let secret = call.world.secret(&address);
    let versions = secret
        .versions
        .iter()
        .filter(|(_, version)| input.include_deprecated || !version.stages.is_empty());
    let page = page(versions, |(id, _)| id, limit, input.next_token.as_deref());
    let Page { items, next } = page.map_err(invalid_token)?;
    let entry = |(id, version): (&String, &Version)| VersionListEntry {
        version_id: id.clone(),
        version_stages: version.stages.clone(),
        last_accessed_date: version.accessed,
        created_date: version.created,
        kms_key_ids: version.kms_keys.clone(),
    };
    Ok(ListSecretVersionIdsOutput {
        versions: items.into_iter().map(entry).collect(),
        next_token: next,
        arn: address.arn(&secret.suffix),
        name: address.name,
    })
}

/// The refusal of a marker that no list gave out.
pub(crate) fn invalid_token(_: BadMarker) -> ApiError {
    ApiError::new("InvalidNextTokenException", "The NextToken value is invalid.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reverse_order_is_the_order_reversed() {
        let mut names = vec!["", "a", "ab", "ab/c", "b", "zz"];
        names.sort_by_key(|name| reverse(name));
        assert_eq!(names, ["zz", "b", "ab/c", "ab", "a", ""]);
    }
}
