//! The resources that are written: their order, their names, and how they refer to each other.

use std::collections::BTreeMap;

use meridian_aws::discovery::{FoundAlias, FoundKey};
use meridian_resource::{Registry, ResourceType};

use super::names::Names;
use super::survey::Survey;

pub(super) const VERSION: &str = "aws_secretsmanager_secret_version";
const ALIAS: &str = "aws_kms_alias";
const ROTATION: &str = "aws_secretsmanager_secret_rotation";
const SECRET: &str = "aws_secretsmanager_secret";

/// A resource that is written.
pub(super) struct Item {
    pub(super) type_name: &'static str,
    pub(super) name: String,
    pub(super) region: String,
    /// What the `import` block says.
    pub(super) id: String,
    /// For a version of a secret, which is not read: the ARN of its secret.
    pub(super) secret: Option<String>,
    /// What is said before the first of those that belong together.
    pub(super) comment: Option<String>,
}

/// What stands for texts that name other resources.
#[derive(Default)]
pub(super) struct References {
    /// By ARN: the resource's address.
    by_arn: BTreeMap<String, String>,
    /// Keys by Region and id: the expression of the id.
    by_id: BTreeMap<(String, String), String>,
    /// Aliases by Region and name.
    by_alias: BTreeMap<(String, String), String>,
}

impl References {
    /// The expression that stands for the text of an argument.
    pub(super) fn find(&self, region: &str, argument: &str, text: &str) -> Option<String> {
        let here = || (region.to_owned(), text.to_owned());
        let by_arn = self.by_arn.get(text);
        match argument {
            "primary_key_arn" => by_arn.map(|address| format!("{address}.arn")),
            "target_key_id" | "kms_key_id" => by_arn
                .map(|address| format!("{address}.arn"))
                .or_else(|| self.by_id.get(&here()).cloned())
                .or_else(|| self.by_alias.get(&here()).map(|address| format!("{address}.name"))),
            "secret_id" => by_arn.map(|address| format!("{address}.id")),
            _ => None,
        }
    }
}

/// Everything that was found in a fixed order, with its names.
pub(super) fn items(
    survey: &mut Survey,
    names: &mut Names,
    references: &mut References,
    registry: &Registry,
) -> Vec<Item> {
    let mut items = keys(survey, names, references, registry);
    items.extend(secrets(survey, names, references));
    // What belongs to the keys of a state is written with their ids.
    for (region, alias) in &survey.aliases {
        let is_of_key =
            survey.keys.iter().any(|key| key.region == *region && key.id == alias.key_id);
        if !is_of_key {
            items.push(alias_item(names, references, region, alias, false));
        }
    }
    items
}

/// The keys by the names that people gave them, each with its aliases. A set is told together, its
/// primary first.
fn keys(
    survey: &mut Survey,
    names: &mut Names,
    references: &mut References,
    registry: &Registry,
) -> Vec<Item> {
    let bases: BTreeMap<String, String> =
        survey.keys.iter().map(|key| (key.id.clone(), base(survey, key))).collect();
    let order = |key: &FoundKey| {
        (bases.get(&key.id).cloned(), key.id.clone(), key.primary.is_some(), key.region.clone())
    };
    survey.keys.sort_by_cached_key(order);
    let mut items: Vec<Item> = Vec::new();
    for (index, key) in survey.keys.iter().enumerate() {
        let base = bases.get(&key.id).map(String::as_str).unwrap_or_default();
        let is_first = index == 0 || survey.keys[index - 1].id != key.id;
        let name = match key.primary {
            Some(_) => {
                names.unique(&[key.type_name], &format!("{base}_{}", key.region), &key.region)
            }
            None => names.unique(&[key.type_name], base, &key.region),
        };
        let address = format!("{}.{name}", key.type_name);
        // One type of keys has only an id, which is the same.
        let schema = registry.resource_type(key.type_name).map(ResourceType::schema);
        let has_key_id = schema.is_some_and(|schema| schema.attribute("key_id").is_some());
        let id = format!("{address}.{}", if has_key_id { "key_id" } else { "id" });
        references.by_arn.insert(key.arn.clone(), address);
        references.by_id.insert((key.region.clone(), key.id.clone()), id);
        items.push(Item {
            type_name: key.type_name,
            name,
            region: key.region.clone(),
            id: key.id.clone(),
            secret: None,
            comment: Some(comment(key)).filter(|_| is_first),
        });
        let own = survey.aliases.iter();
        for (region, alias) in own.filter(|(region, alias)| is_of(key, region, alias)) {
            items.push(alias_item(names, references, region, alias, key.primary.is_some()));
        }
    }
    items
}

fn is_of(key: &FoundKey, region: &str, alias: &FoundAlias) -> bool {
    *region == key.region && alias.key_id == key.id
}

/// What a key is called: by an alias, of its primary's Region if there is one there.
fn base(survey: &Survey, key: &FoundKey) -> String {
    let of_key = survey.aliases.iter().filter(|(_, alias)| alias.key_id == key.id);
    match of_key.min_by_key(|(region, alias)| (region != home(key), alias.name.clone())) {
        Some((_, alias)) => plain(alias).to_owned(),
        None => format!("key_{}", key.id.trim_start_matches("mrk-").get(..8).unwrap_or("")),
    }
}

/// The Region of the primary of its set.
fn home(key: &FoundKey) -> &str {
    let leading = key.primary.as_deref().unwrap_or(&key.arn);
    leading.split(':').nth(3).unwrap_or_default()
}

fn plain(alias: &FoundAlias) -> &str {
    alias.name.trim_start_matches("alias/")
}

fn comment(key: &FoundKey) -> String {
    if !key.is_multi_region {
        return format!("Key {} in {}", key.id, key.region);
    }
    let home = home(key);
    let others: Vec<&str> =
        key.regions.iter().map(String::as_str).filter(|region| *region != home).collect();
    let others = match others.is_empty() {
        true => "no replicas".to_owned(),
        false => format!("replicas in {}", others.join(", ")),
    };
    format!("Set {}: primary in {home}, {others}", key.id)
}

fn alias_item(
    names: &mut Names,
    references: &mut References,
    region: &str,
    alias: &FoundAlias,
    is_of_replica: bool,
) -> Item {
    let wanted = match is_of_replica {
        true => format!("{}_{region}", plain(alias)),
        false => plain(alias).to_owned(),
    };
    let name = names.unique(&[ALIAS], &wanted, region);
    let key = (region.to_owned(), alias.name.clone());
    references.by_alias.insert(key, format!("{ALIAS}.{name}"));
    Item {
        type_name: ALIAS,
        name,
        region: region.to_owned(),
        id: alias.name.clone(),
        secret: None,
        comment: None,
    }
}

/// The secrets by their names, each with its version and its rotation under the same name.
fn secrets(survey: &mut Survey, names: &mut Names, references: &mut References) -> Vec<Item> {
    let mut items = Vec::new();
    survey.secrets.sort_by(|a, b| (&a.region, &a.name, &a.arn).cmp(&(&b.region, &b.name, &b.arn)));
    for secret in &survey.secrets {
        let name = names.unique(&[SECRET, VERSION, ROTATION], &secret.name, &secret.region);
        references.by_arn.insert(secret.arn.clone(), format!("{SECRET}.{name}"));
        let mut put = |type_name: &'static str, id: String, of: Option<&str>| {
            items.push(Item {
                type_name,
                name: name.clone(),
                region: secret.region.clone(),
                id,
                secret: of.map(str::to_owned),
                comment: (type_name == SECRET)
                    .then(|| format!("Secret {} in {}", secret.name, secret.region)),
            });
        };
        put(SECRET, secret.arn.clone(), None);
        match &secret.current_version {
            Some(_) if secret.is_rotated => survey.left_out.push(format!(
                "the value of secret {} in {}: rotation sets it",
                secret.name, secret.region
            )),
            Some(version) => {
                put(VERSION, format!("{}|{version}", secret.arn), Some(&secret.arn));
            }
            None => {}
        }
        if secret.is_rotated {
            put(ROTATION, secret.arn.clone(), None);
        }
    }
    items
}
