//! What a plan does to one object, as JSON.

use meridian_lang::{Json, Path, Step, Value};
use meridian_plan::{Action, Reason, ResourceChange};
use meridian_resource::Registry;

use super::additions::additions;
use super::resource::{actions, change_members, full_identity, guarded};

/// What becomes of one object.
pub(super) fn resource_change(change: &ResourceChange, registry: &Registry) -> Json {
    let guarded = |object: &Value| guarded(object, &change.address.resource, registry);
    let before = change.before.as_ref().map(|object| guarded(&object.attributes));
    let after = match change.action {
        Action::Delete | Action::Forget => None,
        _ => change.after.as_ref().map(guarded),
    };
    let actions = actions(change.action, change.configured_create_first);
    let mut inner = change_members(actions, before.as_ref(), after.as_ref());
    if !change.replace_paths.is_empty() {
        let paths = change.replace_paths.iter().map(path_json);
        inner.insert("replace_paths".to_owned(), paths.collect());
    }
    inner.insert("meridian".to_owned(), additions(change));
    if let Some(id) = &change.importing {
        inner.insert("importing".to_owned(), Json::object([("id", (&**id).into())]));
    }
    if let Some(block) = &change.generated_config {
        inner.insert("generated_config".to_owned(), (&**block).into());
    }
    let mut members = full_identity(&change.address, registry);
    if let Some(previous) = &change.previous_address {
        members.insert("previous_address".to_owned(), previous.to_string().into());
    }
    if let Some(key) = &change.deposed {
        members.insert("deposed".to_owned(), (&**key).into());
    }
    members.insert("change".to_owned(), Json::Object(inner));
    if let Some(reason) = change.reason.and_then(action_reason) {
        members.insert("action_reason".to_owned(), reason.into());
    }
    Json::Object(members)
}

fn path_json(path: &Path) -> Json {
    let step = |step: &Step| match step {
        Step::Attribute(name) | Step::Key(name) => Json::from(&**name),
        Step::Index(index) => Json::from(*index),
    };
    path.0.iter().map(step).collect()
}

fn action_reason(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::CannotUpdate => Some("replace_because_cannot_update"),
        Reason::ReplaceTriggeredBy => Some("replace_by_triggers"),
        Reason::NoMoveTarget => Some("delete_because_no_move_target"),
        Reason::NoResourceConfig => Some("delete_because_no_resource_config"),
        Reason::CountIndex => Some("delete_because_count_index"),
        Reason::EachKey => Some("delete_because_each_key"),
        Reason::WrongRepetition => Some("delete_because_wrong_repetition"),
        Reason::NoModule => Some("delete_because_no_module"),
        Reason::Requested => Some("replace_by_request"),
        Reason::Tainted => Some("replace_because_tainted"),
        Reason::ConfigUnknown => Some("read_because_config_unknown"),
        Reason::DependencyPending => Some("read_because_dependency_pending"),
        // Terraform has no word for these.
        Reason::DeletedOutside | Reason::LeftOver | Reason::Unfinished => None,
    }
}
