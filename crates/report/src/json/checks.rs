//! What conditions say, as JSON.

use std::collections::BTreeMap;

use meridian_graph::{InstanceAddress, ModuleInstance, Target};
use meridian_lang::Json;
use meridian_plan::{CheckKind, CheckResult, CheckStatus};

use super::resource::key_json;

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
    let mut members =
        vec![("address", address_json(kind, block)), ("status", status_name(worst).into())];
    if !instances.is_empty() {
        members.push(("instances", instances.into()));
    }
    Json::object(members)
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
    let mut inner = BTreeMap::from([("to_display".to_owned(), Json::from(address))]);
    if let Some(resource) = InstanceAddress::parse(address) {
        if let Some(key) = &resource.key {
            inner.insert("instance_key".to_owned(), key_json(key));
        }
        module(&mut inner, &resource.resource.module);
    } else if let Some((path, _)) = split(address) {
        inner.insert("module".to_owned(), path.into());
    }
    let mut members = BTreeMap::new();
    members.insert("address".to_owned(), Json::Object(inner));
    members.insert("status".to_owned(), status_name(status).into());
    if !problems.is_empty() {
        let problems: Vec<Json> =
            problems.iter().map(|it| Json::object([("message", (*it).into())])).collect();
        members.insert("problems".to_owned(), problems.into());
    }
    Json::Object(members)
}

fn address_json(kind: CheckKind, block: &str) -> Json {
    let mut members = BTreeMap::new();
    let name = match kind {
        CheckKind::Resource => "resource",
        CheckKind::Output => "output_value",
        CheckKind::Check => "check",
        CheckKind::Variable => "var",
    };
    members.insert("kind".to_owned(), name.into());
    members.insert("to_display".to_owned(), block.into());
    if let Some(Target::Resource(address)) =
        Target::parse(block).filter(|_| kind == CheckKind::Resource)
    {
        let resource = &address.resource;
        let mode = if resource.mode.prefix().is_empty() { "managed" } else { "data" };
        members.insert("mode".to_owned(), mode.into());
        members.insert("type".to_owned(), (&*resource.type_name).into());
        members.insert("name".to_owned(), (&*resource.name).into());
        module(&mut members, &resource.module);
    } else {
        let (path, name) = match split(block) {
            Some((path, name)) => (Some(path), name),
            None => (None, block),
        };
        let name = name.split_once('.').map_or(name, |(_, name)| name);
        members.insert("name".to_owned(), name.into());
        if let Some(path) = path {
            members.insert("module".to_owned(), path.into());
        }
    }
    Json::Object(members)
}

fn module(members: &mut BTreeMap<String, Json>, module: &ModuleInstance) {
    if !module.is_root() {
        members.insert("module".to_owned(), module.to_string().into());
    }
}

/// The module of an address that is none of a resource, and what follows it: `module.a.output.b`.
fn split(address: &str) -> Option<(&str, &str)> {
    let kinds = [".output.", ".check.", ".var."];
    let at = kinds.iter().filter_map(|kind| address.rfind(kind)).max()?;
    Some((&address[..at], &address[at + 1..]))
}
