//! The member `meridian` of a change: what Terraform's format has no place for.

use std::collections::BTreeMap;

use meridian_lang::Json;
use meridian_plan::{Deletion, ResourceChange};
use meridian_resource::{Call, Notice};

/// What there is to say of a change beside what Terraform would.
pub(super) fn additions(change: &ResourceChange) -> Json {
    // What stays on this machine is no call to the cloud, and lives in no Region.
    let calls: Vec<Json> =
        change.calls.iter().filter(|call| call.service.is_remote()).map(call_json).collect();
    let mut members = BTreeMap::new();
    members.insert("create_first".to_owned(), change.create_first.into());
    if !change.region.is_empty() {
        members.insert("region".to_owned(), (&*change.region).into());
    }
    members.insert("calls".to_owned(), calls.into());
    if !change.notices.is_empty() {
        let notices: Vec<Json> = change.notices.iter().map(notice_json).collect();
        members.insert("notices".to_owned(), notices.into());
    }
    if let Some(former) = &change.former_region {
        members.insert("former_region".to_owned(), (&**former).into());
    }
    if let Some(deletion) = &change.deletion {
        members.insert("deletion".to_owned(), deletion_json(deletion));
    }
    Json::Object(members)
}

/// What people should know of an instance beside what is done about it.
fn notice_json(Notice { gravity, problem }: &Notice) -> Json {
    let detail = Some(&*problem.detail).filter(|detail| !detail.is_empty());
    Json::object([
        ("severity", gravity.name().into()),
        ("summary", (&*problem.summary).into()),
        ("detail", detail.map_or(Json::Null, Json::from)),
        ("help", problem.help.as_deref().map_or(Json::Null, Json::from)),
    ])
}

/// When a key goes, of a set that goes.
fn deletion_json(deletion: &Deletion) -> Json {
    Json::object([
        ("on", deletion.on.map(|on| on.to_string()).into()),
        ("waiting_period_in_days", u64::from(deletion.days).into()),
        ("after_replicas", deletion.is_last.into()),
    ])
}

fn call_json(call: &Call) -> Json {
    Json::object([
        ("service", call.service.prefix().into()),
        ("operation", call.operation.into()),
        ("region", (&*call.region).into()),
    ])
}
