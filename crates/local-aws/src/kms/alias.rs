//! Aliases: names for keys, each in one Region.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::identity::Place;
use crate::inferred;
use crate::kms::key::KeyAddress;
use crate::kms::managed::predefined_aliases;
use crate::kms::resolve::alias_not_found;
use crate::paging::page;
use crate::validate;
use crate::world::{Call, World};

const PREFIX: &str = "alias/";
/// The prefix of the aliases of AWS managed keys.
pub(crate) const RESERVED_PREFIX: &str = "alias/aws/";
const MOST_OF_A_KEY: usize = 50;

/// Where an alias is found. Its name includes the prefix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct AliasAddress {
    place: Place,
    name: String,
}

impl AliasAddress {
    pub fn new(place: Place, name: impl Into<String>) -> Self {
        Self { place, name: name.into() }
    }

    pub fn place(&self) -> Place {
        self.place
    }

    /// The alias with its prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn arn(&self) -> String {
        self.place.arn("kms", &self.name)
    }
}

/// What an alias stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Alias {
    pub target: String,
    created: Timestamp,
    updated: Timestamp,
}

impl Alias {
    pub fn new(target: String, now: Timestamp) -> Self {
        Self { target, created: now, updated: now }
    }
}

impl World {
    /// The aliases of a place, by name.
    fn aliases_in(&self, place: Place) -> impl Iterator<Item = (&AliasAddress, &Alias)> {
        self.aliases
            .range(AliasAddress::new(place, "")..)
            .take_while(move |(address, _)| address.place == place)
    }

    /// The aliases of a key, by name.
    pub fn aliases_of(&self, key: &KeyAddress) -> impl Iterator<Item = (&AliasAddress, &Alias)> {
        self.aliases_in(key.place).filter(|(_, alias)| alias.target == key.id)
    }

    /// Whether AWS manages a key: it does so for those that its own aliases name.
    pub fn is_managed(&self, key: &KeyAddress) -> bool {
        let is_of_aws = |address: &AliasAddress| {
            address.place == key.place && address.name.starts_with(RESERVED_PREFIX)
        };
        self.aliases
            .range(AliasAddress::new(key.place, RESERVED_PREFIX)..)
            .take_while(|(address, _)| is_of_aws(address))
            .any(|(_, alias)| alias.target == key.id)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AliasInput {
    alias_name: Option<String>,
    target_key_id: Option<String>,
}

pub(crate) fn create_alias(call: &mut Call<'_>, input: AliasInput) -> Result<(), ApiError> {
    let target = validate::required("targetKeyId", input.target_key_id)?;
    let address = alias_address(call, input.alias_name)?;
    let key = call.key_for("CreateAlias", Some(target))?;
    if call.world.aliases.contains(&address) {
        return Err(ApiError::new(
            "AlreadyExistsException",
            format!("An alias with the name {} already exists", address.arn()),
        ));
    }
    require_room(call.world, &key)?;
    call.world.aliases.insert(address, Alias::new(key.id, call.now));
    Ok(())
}

pub(crate) fn update_alias(call: &mut Call<'_>, input: AliasInput) -> Result<(), ApiError> {
    let target = validate::required("targetKeyId", input.target_key_id)?;
    let address = alias_address(call, input.alias_name)?;
    let key = call.key_for("UpdateAlias", Some(target))?;
    let old_target = match call.world.aliases.get(&address) {
        Some(alias) => KeyAddress::new(address.place, alias.target.clone()),
        None => return Err(alias_not_found(&address)),
    };
    let (old_set, new_set) = (call.world.key_set(&old_target), call.world.key_set(&key));
    if old_set.usage != new_set.usage || old_set.is_symmetric() != new_set.is_symmetric() {
        let parameters = vec![("alias", address.arn())];
        return Err(ApiError::inferred(&inferred::ALIAS_OTHER_USAGE, parameters));
    }
    if old_target != key {
        require_room(call.world, &key)?;
    }
    let now = call.now;
    if let Some(alias) = call.world.aliases.get_mut(&address) {
        alias.target = key.id;
        alias.updated = now;
    }
    Ok(())
}

pub(crate) fn delete_alias(call: &mut Call<'_>, input: AliasInput) -> Result<(), ApiError> {
    let address = alias_address(call, input.alias_name)?;
    match call.world.aliases.remove(&address) {
        Some(_) => Ok(()),
        None => Err(alias_not_found(&address)),
    }
}

fn require_room(world: &World, key: &KeyAddress) -> Result<(), ApiError> {
    if world.aliases_of(key).count() < MOST_OF_A_KEY {
        return Ok(());
    }
    let parameters = vec![("key", key.arn()), ("limit", MOST_OF_A_KEY.to_string())];
    Err(ApiError::inferred(&inferred::ALIASES_TOO_MANY, parameters))
}

fn alias_address(call: &Call<'_>, name: Option<String>) -> Result<AliasAddress, ApiError> {
    let name = validate::required("aliasName", name)?;
    if !name.starts_with(PREFIX) || name == PREFIX {
        return Err(ApiError::validation(
            "Alias must start with the prefix \"alias/\". Please see \
             https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html",
        ));
    }
    if name.starts_with(RESERVED_PREFIX) {
        return Err(ApiError::inferred(&inferred::ALIAS_OF_AWS, Vec::new()));
    }
    Ok(AliasAddress::new(call.place, name))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListAliasesInput {
    key_id: Option<String>,
    limit: Option<i64>,
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListAliasesOutput {
    aliases: Vec<AliasListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AliasListEntry {
    alias_name: String,
    alias_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_date: Option<Timestamp>,
}

pub(crate) fn list_aliases(
    call: &mut Call<'_>,
    input: ListAliasesInput,
) -> Result<ListAliasesOutput, ApiError> {
    let limit = validate::limit("limit", input.limit, 50, 100)?;
    let key = input.key_id.map(|key_id| call.find_key(Some(key_id))).transpose()?;
    let known = |(address, alias): (&AliasAddress, &Alias)| (address.clone(), Some(alias.clone()));
    let aliases: BTreeMap<AliasAddress, Option<Alias>> = match &key {
        Some(key) => call.world.aliases_of(key).map(known).collect(),
        None => {
            let predefined = predefined_aliases(call.place).map(|address| (address, None));
            predefined.chain(call.world.aliases_in(call.place).map(known)).collect()
        }
    };
    let page = page(aliases.iter(), |(address, _)| &address.name, limit, input.marker.as_deref())?;
    let entry = |(address, alias): (&AliasAddress, &Option<Alias>)| AliasListEntry {
        alias_name: address.name.clone(),
        alias_arn: address.arn(),
        target_key_id: alias.as_ref().map(|alias| alias.target.clone()),
        creation_date: alias.as_ref().map(|alias| alias.created),
        last_updated_date: alias.as_ref().map(|alias| alias.updated),
    };
    Ok(ListAliasesOutput {
        aliases: page.items.into_iter().map(entry).collect(),
        truncated: page.next.is_some(),
        next_marker: page.next,
    })
}
