//! What conditions say, as JSON.

use std::collections::BTreeMap;

use meridian_graph::{InstanceAddress, InstanceKey, ModuleInstance, Target};
use meridian_plan::{CheckKind, CheckResult, CheckStatus};
use serde_json::{Map, Value as Json, json};

/// The results by block, each with its instances.
pub(super) fn checks(results: &[CheckResult]) -> Json {
    let mut blocks: BTreeMap<(CheckKind, &str), Vec<&CheckResult>> = BTreeMap::new();
    for result in results {
        blocks.entry((result.kind, &result.block)).or_default().push(result);
    }
    blocks.into_iter().map(|((kind, block), results)| block_json(kind, block, &results)).collect()
}

fn block_json(kind: CheckKind, block: &str, results: &[&CheckResult]) -> Json {
    let worst = results.iter().map(|result| result.status).max().unwrap_or(CheckStatus::Pass);
    // An object may have conditions before and after; both are about the same instance.
    let mut instances: BTreeMap<&str, (CheckStatus, Vec<&str>)> = BTreeMap::new();
    for result in results {
        let Some(address) = &result.address else { continue };
        let (status, problems) =
            instances.entry(address).or_insert((CheckStatus::Pass, Vec::new()));
        *status = (*status).max(result.status);
        problems.extend(result.problems.iter().map(String::as_str));
    }
    let instances: Vec<Json> = instances
        .into_iter()
        .map(|(address, (status, problems))| instance_json(address, status, &problems))
        .collect();
    let mut members = Map::new();
    members.insert("address".to_owned(), address_json(kind, block));
    members.insert("status".to_owned(), json!(status_name(worst)));
    if !instances.is_empty() {
        members.insert("instances".to_owned(), json!(instances));
    }
    Json::Object(members)
}

fn status_name(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Unknown => "unknown",
        CheckStatus::Fail => "fail",
        CheckStatus::Error => "error",
    }
}

fn instance_json(address: &str, status: CheckStatus, problems: &[&str]) -> Json {
    let mut inner = Map::from_iter([("to_display".to_owned(), json!(address))]);
    if let Some(resource) = InstanceAddress::parse(address) {
        match &resource.key {
            Some(InstanceKey::Index(index)) => {
                inner.insert("instance_key".to_owned(), json!(index));
            }
            Some(InstanceKey::Text(text)) => {
                inner.insert("instance_key".to_owned(), json!(**text));
            }
            None => {}
        }
        module(&mut inner, &resource.resource.module);
    } else if let Some((path, _)) = split(address) {
        inner.insert("module".to_owned(), json!(path));
    }
    let mut members = Map::new();
    members.insert("address".to_owned(), Json::Object(inner));
    members.insert("status".to_owned(), json!(status_name(status)));
    if !problems.is_empty() {
        let problems: Vec<Json> =
            problems.iter().map(|message| json!({ "message": message })).collect();
        members.insert("problems".to_owned(), json!(problems));
    }
    Json::Object(members)
}

fn address_json(kind: CheckKind, block: &str) -> Json {
    let mut members = Map::new();
    let name = match kind {
        CheckKind::Resource => "resource",
        CheckKind::Output => "output_value",
        CheckKind::Check => "check",
        CheckKind::Variable => "var",
    };
    members.insert("kind".to_owned(), json!(name));
    members.insert("to_display".to_owned(), json!(block));
    if let Some(Target::Resource(address)) =
        Target::parse(block).filter(|_| kind == CheckKind::Resource)
    {
        let resource = &address.resource;
        let mode = if resource.mode.prefix().is_empty() { "managed" } else { "data" };
        members.insert("mode".to_owned(), json!(mode));
        members.insert("type".to_owned(), json!(*resource.type_name));
        members.insert("name".to_owned(), json!(*resource.name));
        module(&mut members, &resource.module);
    } else {
        let (path, name) = match split(block) {
            Some((path, name)) => (Some(path), name),
            None => (None, block),
        };
        let name = name.split_once('.').map_or(name, |(_, name)| name);
        members.insert("name".to_owned(), json!(name));
        if let Some(path) = path {
            members.insert("module".to_owned(), json!(path));
        }
    }
    Json::Object(members)
}

fn module(members: &mut Map<String, Json>, module: &ModuleInstance) {
    if !module.is_root() {
        members.insert("module".to_owned(), json!(module.to_string()));
    }
}

/// The module of an address that is none of a resource, and what follows it: `module.a.output.b`.
fn split(address: &str) -> Option<(&str, &str)> {
    let kinds = [".output.", ".check.", ".var."];
    let at = kinds.iter().filter_map(|kind| address.rfind(kind)).max()?;
    Some((&address[..at], &address[at + 1..]))
}
