//! Keys, aliases and secrets by Region: which rows there are, and what happens in each Region.

use std::collections::{BTreeMap, BTreeSet};

use meridian_graph::{InstanceAddress, ResourceMode};
use meridian_lang::Value;
use meridian_plan::{Action, Deletion, Plan, ResourceChange};
use meridian_resource::Registry;

use super::cell::some_of;
use super::escape::code;
use super::promotion::Promotions;

/// How many changed attributes a cell names.
const NAMED: usize = 3;
/// AWS's window where none is given, in days.
const WINDOW: i64 = 30;

/// One key with its replicas, one alias name, or one secret with its replicas.
#[derive(Default)]
pub(super) struct Row {
    /// What it is called in the first column.
    pub(super) title: String,
    /// What happens, by Region; several things where an old object stands beside a new one.
    pub(super) cells: BTreeMap<String, Vec<String>>,
    /// Whether anything happens.
    pub(super) is_changed: bool,
    /// The Regions that its first objects are in.
    pub(super) homes: BTreeSet<String>,
}

impl Row {
    fn put(&mut self, region: &str, text: String, is_changed: bool) {
        self.cells.entry(region.to_owned()).or_default().push(text);
        self.is_changed |= is_changed;
    }
}

/// All rows: keys, then aliases, then secrets, each in the order of the plan.
pub(super) fn rows(plan: &Plan, registry: &Registry) -> Vec<Row> {
    let promotions = Promotions::of(plan, registry);
    let words = |change: &ResourceChange, role: &str| words(change, role, &promotions);
    let mut keys: Vec<(InstanceAddress, Row)> = Vec::new();
    let mut aliases: BTreeMap<String, Row> = BTreeMap::new();
    let mut secrets: Vec<Row> = Vec::new();
    let managed =
        || plan.changes.iter().filter(|it| it.address.resource.mode == ResourceMode::Managed);
    for change in managed().filter(|change| is_key(change)) {
        let row = row_of_key(&mut keys, &change.address);
        row.title = key_title(change);
        row.homes.insert(change.region.clone());
        let role = if value(change, "multi_region").and_then(Value::as_bool) == Some(true) {
            "primary"
        } else {
            "new"
        };
        row.put(&change.region, words(change, role), change.is_change());
    }
    for change in managed() {
        match &*change.address.resource.type_name {
            "aws_kms_replica_key" | "aws_kms_replica_external_key" => {
                let owner = primary_of(change, plan).unwrap_or_else(|| change.address.clone());
                let row = row_of_key(&mut keys, &owner);
                if row.title.is_empty() {
                    row.title = format!("**Key** {}", code(&owner.to_string()));
                }
                row.put(&change.region, words(change, "replica"), change.is_change());
            }
            "aws_kms_alias" => {
                let address = change.address.to_string();
                let name = text(change, "name").unwrap_or(&address).to_owned();
                let row = aliases.entry(name.clone()).or_default();
                row.title = format!("**Alias** {}", code(&name));
                row.homes.insert(change.region.clone());
                row.put(&change.region, words(change, "new"), change.is_change());
            }
            "aws_secretsmanager_secret" => secrets.push(secret(change, words(change, "new"))),
            _ => {}
        }
    }
    let keys = keys.into_iter().map(|(_, row)| row);
    keys.chain(aliases.into_values()).chain(secrets).collect()
}

fn is_key(change: &ResourceChange) -> bool {
    matches!(&*change.address.resource.type_name, "aws_kms_key" | "aws_kms_external_key")
}

fn row_of_key<'a>(
    keys: &'a mut Vec<(InstanceAddress, Row)>,
    address: &InstanceAddress,
) -> &'a mut Row {
    let at = match keys.iter().position(|(owner, _)| owner == address) {
        Some(at) => at,
        None => {
            keys.push((address.clone(), Row::default()));
            keys.len() - 1
        }
    };
    &mut keys[at].1
}

/// An attribute as it will be, or as it is where that is not known or nothing will be.
fn value<'a>(change: &'a ResourceChange, name: &str) -> Option<&'a Value> {
    let after = change.after.as_ref().and_then(|value| value.get(name));
    let before = change.before.as_ref().and_then(|object| object.attributes.get(name));
    let is_there = |value: &&Value| value.is_known() && !value.is_null() && !value.is_sensitive();
    after.filter(is_there).or(before.filter(is_there))
}

fn text<'a>(change: &'a ResourceChange, name: &str) -> Option<&'a str> {
    value(change, name).and_then(Value::as_str)
}

/// The key that a replica is of: by its ARN, or by what the configuration refers to.
fn primary_of(replica: &ResourceChange, plan: &Plan) -> Option<InstanceAddress> {
    let id = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let keys = || plan.changes.iter().filter(|change| is_key(change) && change.deposed.is_none());
    if let Some(primary) = text(replica, "primary_key_arn").map(id) {
        let is_it = |key: &&ResourceChange| {
            key.before.as_ref().and_then(|object| object.text("arn")).map(id).as_deref()
                == Some(&*primary)
        };
        if let Some(key) = keys().find(is_it) {
            return Some(key.address.clone());
        }
    }
    let is_named = |key: &&ResourceChange| replica.dependencies.contains(&key.address.resource);
    let named: Vec<&ResourceChange> = keys().filter(is_named).collect();
    let same_key = named.iter().find(|key| key.address.key == replica.address.key);
    same_key.or(named.first()).map(|key| key.address.clone())
}

fn key_title(change: &ResourceChange) -> String {
    let mut title = format!("**Key** {}", code(&change.address.to_string()));
    if value(change, "multi_region").and_then(Value::as_bool) == Some(true) {
        title.push_str(" · multi-Region");
    }
    if value(change, "enable_key_rotation").and_then(Value::as_bool) == Some(true) {
        let days = value(change, "rotation_period_in_days").and_then(Value::as_i64);
        // While a key is not rotated it shows 0; the period is AWS's own then.
        let days = days.filter(|days| *days > 0);
        title.push_str(&format!(" · rotates every {} d", days.unwrap_or(365)));
    }
    title
}

/// What happens to an object, in its cell.
fn words(change: &ResourceChange, role: &str, promotions: &Promotions<'_>) -> String {
    let changed = || some_of(&changed_attributes(change), NAMED);
    if let Some(word) = promotions.word(change) {
        return match changed() {
            names if names.is_empty() => word.to_owned(),
            names => format!("{word}, ✏️ {names}"),
        };
    }
    match change.action {
        Action::Create => format!("➕ {role}"),
        Action::Update if change.importing.is_some() => format!("📥 imported, ✏️ {}", changed()),
        Action::Update => format!("✏️ {}", changed()),
        Action::Replace => format!("♻️ replaced{}", deletion(change)),
        Action::Delete if change.deposed.is_some() => format!("🗑️ old one{}", deletion(change)),
        Action::Delete => format!("🗑️ deleted{}", deletion(change)),
        Action::Forget => "👋 no longer managed".to_owned(),
        _ if change.importing.is_some() => "📥 imported".to_owned(),
        _ => "unchanged".to_owned(),
    }
}

/// How long what is deleted can be brought back.
fn deletion(change: &ResourceChange) -> String {
    match &change.deletion {
        Some(Deletion { on: Some(on), .. }) => return format!(", gone on {on}"),
        Some(Deletion { is_last: true, days, .. }) => {
            return format!(", gone {days} d after its replicas");
        }
        _ => {}
    }
    let before = |name: &str| {
        change.before.as_ref().and_then(|it| it.attributes.get(name)).and_then(Value::as_i64)
    };
    let days = match &*change.address.resource.type_name {
        "aws_kms_alias" => return String::new(),
        "aws_secretsmanager_secret" => before("recovery_window_in_days").unwrap_or(WINDOW),
        _ => before("deletion_window_in_days").unwrap_or(WINDOW),
    };
    match days {
        0 => ", **at once**".to_owned(),
        days => format!(", gone after {days} d"),
    }
}

/// The names of the attributes that differ; `tags_all` follows from others.
fn changed_attributes(change: &ResourceChange) -> Vec<String> {
    let (Some(before), Some(after)) = (&change.before, &change.after) else { return Vec::new() };
    let entries = after.as_entries().into_iter().flatten();
    let differs = |(name, value): &(&std::sync::Arc<str>, &Value)| {
        before.attributes.get(name) != Some(value)
            && !(value.is_null() && before.attribute(name).is_null())
    };
    let mut names: Vec<String> =
        entries.filter(differs).map(|(name, _)| name.to_string()).collect();
    if names.iter().any(|name| name == "tags") {
        names.retain(|name| name != "tags_all");
    }
    names
}

fn secret(change: &ResourceChange, words: String) -> Row {
    let address = change.address.to_string();
    let name = text(change, "name").unwrap_or(&address);
    let mut row = Row { title: format!("**Secret** {}", code(name)), ..Row::default() };
    row.homes.insert(change.region.clone());
    row.put(&change.region, words, change.is_change());
    let is_whole = matches!(change.action, Action::Replace | Action::Delete);
    let before = change.before.as_ref().map(|object| object.attribute("replica"));
    let before = replicas(before.as_ref());
    let after = replicas(change.after.as_ref().and_then(|it| it.get("replica")));
    for region in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let (text, is_changed) = match (before.get(region), after.get(region)) {
            (Some(_), None) => ("🗑️ replica".to_owned(), true),
            (None, _) => ("➕ replica".to_owned(), true),
            _ if is_whole => ("♻️ replica".to_owned(), true),
            (Some(old), Some(new)) if is_rekeyed(old, new) => {
                ("✏️ replica: kms_key_id".to_owned(), true)
            }
            (Some(old), Some(_)) => match old.get_str("status") {
                Some("Failed") => ("⚠️ replica failed".to_owned(), false),
                _ => ("unchanged".to_owned(), false),
            },
        };
        row.put(region, text, is_changed);
    }
    row
}

/// The replicas of a secret by Region.
fn replicas(value: Option<&Value>) -> BTreeMap<String, Value> {
    let elements = value.into_iter().flat_map(Value::children);
    let region = |it: &Value| Some((it.get_str("region")?.to_owned(), it.clone()));
    elements.filter_map(region).collect()
}

fn is_rekeyed(old: &Value, new: &Value) -> bool {
    let key = |replica: &Value| replica.get("kms_key_id").cloned();
    key(old) != key(new)
}
