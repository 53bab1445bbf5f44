//! ListSecrets and ListSecretVersionIds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::paging::{BadMarker, Page, page};
use crate::secrets::describe::{SecretDescription, describe, labelled_versions, primary_region};
use crate::secrets::secret::{Secret, SecretAddress, Version};
use crate::validate;
use crate::world::Call;

const FILTER_KEYS: &[&str] =
    &["description", "name", "tag-key", "tag-value", "primary-region", "owning-service", "all"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSecretsInput {
    max_results: Option<i64>,
    next_token: Option<String>,
    #[serde(default)]
    filters: Vec<Filter>,
    #[serde(default)]
    include_planned_deletion: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    key: String,
    values: Vec<String>,
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
    let limit = validate::limit("maxResults", input.max_results, 100, 100)?;
    for filter in &input.filters {
        validate::one_of("filters.1.member.key", &filter.key, FILTER_KEYS)?;
    }
    let place = call.place;
    let secrets = call
        .world
        .secrets
        .range(SecretAddress::new(place, "")..)
        .take_while(|(address, _)| address.place == place)
        .filter(|(_, secret)| input.include_planned_deletion || !secret.is_marked_for_deletion())
        .filter(|(address, secret)| {
            input.filters.iter().all(|filter| filter.matches(address, secret))
        });
    let page = page(secrets, |(address, _)| &address.name, limit, input.next_token.as_deref());
    let Page { items, next } = page.map_err(invalid_token)?;
    let entry = |(address, secret): (&SecretAddress, &Secret)| SecretListEntry {
        description: describe(address, secret),
        secret_versions_to_stages: labelled_versions(secret),
    };
    Ok(ListSecretsOutput { secret_list: items.into_iter().map(entry).collect(), next_token: next })
}

impl Filter {
    /// A secret matches if one of its texts begins with one of the values; a
    /// value that begins with `!` matches what the rest of it does not.
    fn matches(&self, address: &SecretAddress, secret: &Secret) -> bool {
        let texts = self.texts(address, secret);
        let begins = |prefix: &str| texts.iter().any(|text| text.starts_with(prefix));
        self.values.iter().any(|value| match value.strip_prefix('!') {
            Some(unwanted) => !begins(unwanted),
            None => begins(value),
        })
    }

    fn texts<'a>(&self, address: &'a SecretAddress, secret: &'a Secret) -> Vec<&'a str> {
        let is_wanted = |key: &str| self.key == key || self.key == "all";
        let mut texts = Vec::new();
        if is_wanted("name") {
            texts.push(address.name.as_str());
        }
        if is_wanted("description") {
            texts.push(&secret.description);
            texts.extend(secret.description.split_whitespace());
        }
        if is_wanted("tag-key") {
            texts.extend(secret.tags.keys().map(String::as_str));
        }
        if is_wanted("tag-value") {
            texts.extend(secret.tags.values().map(String::as_str));
        }
        if is_wanted("primary-region") {
            texts.extend(primary_region(address, secret).map(|region| region.as_str()));
        }
        texts
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSecretVersionIdsInput {
    secret_id: Option<String>,
    max_results: Option<i64>,
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
    kms_key_ids: Vec<String>,
}

pub(crate) fn list_secret_version_ids(
    call: &mut Call<'_>,
    input: ListSecretVersionIdsInput,
) -> Result<ListSecretVersionIdsOutput, ApiError> {
    let limit = validate::limit("maxResults", input.max_results, 100, 100)?;
    let address = call.find_secret(input.secret_id)?;
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

fn invalid_token(_: BadMarker) -> ApiError {
    ApiError::new("InvalidNextTokenException", "The NextToken value is invalid.")
}
