//! What a plan says, as lines of the log.

use meridian_lang::Json;
use meridian_plan::{Action, OutputChange, Plan, Reason, ResourceChange};

use super::{LogLine, Summed, resource_json, summary_log};

/// What was found to have changed outside, what is to be done, how much, and the outputs.
pub fn plan_log(plan: &Plan) -> Vec<LogLine> {
    let mut lines: Vec<LogLine> = Vec::new();
    for drift in plan.whole_drift() {
        let action = match &drift.after {
            None => "delete",
            Some(after) if *after == drift.before => "move",
            Some(_) => "update",
        };
        let mut members =
            vec![("action", action.into()), ("resource", resource_json(&drift.address))];
        if let Some(previous) = &drift.previous_address {
            members.push(("previous_resource", resource_json(previous)));
        }
        let change = Json::object(members);
        let message = format!("{}: Drift detected ({action})", drift.address);
        lines.push(LogLine::new("resource_drift", message).with("change", change));
    }
    lines.extend(plan.changes.iter().filter_map(planned_change));
    lines.push(summary_log(plan.counts(), Summed::Plan));
    if !plan.outputs.is_empty() {
        lines.push(planned_outputs(&plan.outputs));
    }
    lines
}

/// What is to be done, as an apply of a saved plan repeats it.
pub fn changes_log(plan: &Plan) -> Vec<LogLine> {
    let changes = plan.changes.iter().filter(|change| change.action != Action::NoOp);
    changes.filter_map(planned_change).collect()
}

fn planned_change(change: &ResourceChange) -> Option<LogLine> {
    let action = match change.action {
        Action::NoOp if change.importing.is_some() => "import",
        Action::NoOp if change.previous_address.is_some() => "move",
        Action::NoOp | Action::Open => return None,
        Action::Create => "create",
        Action::Update => "update",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::Forget => "remove",
        Action::Read => "read",
    };
    let mut members =
        vec![("action", Json::from(action)), ("resource", resource_json(&change.address))];
    if let Some(previous) = &change.previous_address {
        members.push(("previous_resource", resource_json(previous)));
    }
    if let Some(reason) = change.reason.and_then(reason) {
        members.push(("reason", reason.into()));
    }
    if let Some(id) = &change.importing {
        members.push(("importing", Json::object([("id", (&**id).into())])));
    }
    if let Some(block) = &change.generated_config {
        members.push(("generated_config", (&**block).into()));
    }
    let message = format!("{}: Plan to {action}", change.address);
    Some(LogLine::new("planned_change", message).with("change", Json::object(members)))
}

fn reason(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::CannotUpdate => Some("cannot_update"),
        Reason::ReplaceTriggeredBy => Some("replace_triggered_by"),
        Reason::Requested => Some("requested"),
        Reason::Tainted => Some("tainted"),
        Reason::NoResourceConfig => Some("delete_because_no_resource_config"),
        Reason::NoMoveTarget => Some("delete_because_no_move_target"),
        Reason::CountIndex => Some("delete_because_count_index"),
        Reason::EachKey => Some("delete_because_each_key"),
        Reason::WrongRepetition => Some("delete_because_wrong_repetition"),
        Reason::NoModule => Some("delete_because_no_module"),
        Reason::ConfigUnknown => Some("read_because_config_unknown"),
        Reason::DependencyPending => Some("read_because_dependency_pending"),
        // Terraform has no word for these.
        Reason::DeletedOutside | Reason::LeftOver | Reason::Unfinished => None,
    }
}

fn planned_outputs(outputs: &[OutputChange]) -> LogLine {
    let output = |output: &OutputChange| {
        let action = match output.action {
            Action::Create => "create",
            Action::Update | Action::Replace => "update",
            Action::Delete => "delete",
            _ => "noop",
        };
        let is_sensitive = output.sensitive || output.was_sensitive;
        let members = [("action", action.into()), ("sensitive", is_sensitive.into())];
        (output.name.to_string(), Json::object(members))
    };
    let all: Json = outputs.iter().map(output).collect();
    LogLine::new("outputs", format!("Outputs: {}", outputs.len())).with("outputs", all)
}
