//! What is said about one resource instance.

use meridian_graph::{InstanceAddress, InstanceKey, ResourceAddress, ResourceMode};
use meridian_lang::{Path, Value};
use meridian_plan::{Action, Reason, ResourceChange};
use meridian_resource::{Notice, Registry};

use crate::PRODUCT;
use crate::diff::{Diff, Forcing, Printer, Rules, Sides, View, compare, compare_objects};
use crate::secrecy::marked;
use crate::style::{Style, Tone};

/// The sign of an action, three columns wide.
pub(super) fn sign(action: Action, create_first: bool, style: Style) -> String {
    let added = style.paint(Tone::Added, "+");
    let removed = style.paint(Tone::Removed, "-");
    match (action, create_first) {
        (Action::NoOp, _) => "   ".to_owned(),
        (Action::Create, _) => format!("  {added}"),
        (Action::Update, _) => format!("  {}", style.paint(Tone::Changed, "~")),
        (Action::Replace, false) => format!("{removed}/{added}"),
        (Action::Replace, true) => format!("{added}/{removed}"),
        (Action::Delete, _) => format!("  {removed}"),
        (Action::Forget, _) => format!(" {}", style.paint(Tone::Removed, ".")),
        (Action::Read | Action::Open, _) => format!(" {}", style.paint(Tone::Added, "<=")),
    }
}

/// The comment lines and the body of a planned change.
pub(super) fn change_text(change: &ResourceChange, registry: &Registry, style: Style) -> String {
    let before = change.before.as_ref().map(|object| &object.attributes);
    // What is forgotten goes on to exist just as it is.
    let after = if change.action == Action::Forget { before } else { change.after.as_ref() };
    let sides = Sides::new(before, after);
    let body = body_text(&change.address, sides, &change.replace_paths, registry, style);
    let sign = sign(change.action, change.create_first, style);
    let resource = &change.address.resource;
    format!(
        "{}{sign} {} \"{}\" \"{}\" {body}",
        comment_text(change, style),
        keyword(resource.mode),
        resource.type_name,
        resource.name,
    )
}

/// The word that a block of this mode begins with.
fn keyword(mode: ResourceMode) -> &'static str {
    match mode {
        ResourceMode::Managed => "resource",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    }
}

/// The body of an object before and after.
pub(super) fn body_text(
    address: &InstanceAddress,
    sides: Sides,
    replace_paths: &[Path],
    registry: &Registry,
    style: Style,
) -> String {
    let mut printer = Printer::new(style);
    let diff = object_diff(address, sides, replace_paths, registry);
    printer.value(&diff, 0, View::default());
    printer.finish()
}

fn object_diff(
    address: &InstanceAddress,
    sides: Sides,
    replace_paths: &[Path],
    registry: &Registry,
) -> Diff {
    let forcing = Forcing::of(replace_paths);
    let sides = sides.without_null();
    let Some(schema) = registry.schema(&address.resource) else {
        return compare(sides, Rules::Open, &forcing);
    };
    let marked = |value: Option<&Value>| value.map(|value| marked(value, schema));
    let (before, after) = (marked(sides.before), marked(sides.after));
    compare_objects(schema, Sides::new(before.as_ref(), after.as_ref()), &forcing)
}

fn comment_text(change: &ResourceChange, style: Style) -> String {
    let address = match &change.deposed {
        Some(key) => format!("{} (deposed object {key})", change.address),
        None => change.address.to_string(),
    };
    let address = style.paint(Tone::Bold, address);
    let grave = |text: &str| style.paint(Tone::Grave, text);
    if change.action == Action::Forget {
        let but = grave("but will not be destroyed");
        return format!(
            " # {address} will no longer be managed by {PRODUCT}, {but}\n \
             # (destroy = false is set in the configuration)\n"
        );
    }
    let sentence = match (change.action, change.reason) {
        (Action::Create, _) => format!("{address} will be created"),
        (Action::Update, _) => format!("{address} will be updated in-place"),
        (Action::Replace, Some(Reason::ReplaceTriggeredBy)) => {
            let replaced = grave("replaced");
            format!("{address} will be {replaced} due to changes in replace_triggered_by")
        }
        (Action::Replace, Some(Reason::Requested)) => {
            format!("{address} will be {}, as requested", grave("replaced"))
        }
        (Action::Replace, Some(Reason::Tainted)) => {
            format!("{address} is tainted, so must be {}", grave("replaced"))
        }
        (Action::Replace, _) => format!("{address} must be {}", grave("replaced")),
        (Action::Delete, _) => format!("{address} will be {}", grave("destroyed")),
        (Action::Read, _) => format!("{address} will be read during apply"),
        (Action::Open, _) => format!("{address} will be opened during apply"),
        (Action::NoOp, _) if change.importing.is_some() => format!("{address} will be imported"),
        (Action::NoOp, _) if change.previous_address.is_some() => {
            let from = change.previous_address.as_ref().map(ToString::to_string);
            format!("{} has moved to {address}", from.unwrap_or_default())
        }
        (Action::NoOp | Action::Forget, _) => format!("{address} stays as it is"),
    };
    let mut text = format!("  # {sentence}\n");
    if change.action == Action::NoOp && change.generated_config.is_some() {
        text.push_str("  # (config will be generated)\n");
    }
    let reasons = [origin(change), reason(change)].into_iter().flatten();
    for line in reasons.chain(change.notices.iter().map(Notice::line)) {
        text.push_str(&format!("  # ({line})\n"));
    }
    text
}

/// Where the object comes from, where the first line does not say it.
fn origin(change: &ResourceChange) -> Option<String> {
    if change.action == Action::NoOp {
        return None;
    }
    let moved = change.previous_address.as_ref().map(|from| format!("moved from {from}"));
    moved.or_else(|| change.importing.as_ref().map(|id| format!("imported from \"{id}\"")))
}

/// Why, where the first line does not say it.
fn reason(change: &ResourceChange) -> Option<String> {
    let key = change.address.key.as_ref();
    let index = key.map(ToString::to_string).unwrap_or_default();
    let left_over = change.deposed.is_some().then_some(Reason::LeftOver);
    Some(match change.reason.or(left_over)? {
        Reason::CannotUpdate | Reason::ReplaceTriggeredBy | Reason::Requested | Reason::Tainted => {
            return None;
        }
        Reason::NoModule => {
            format!("because {} is not in configuration", change.address.resource.module)
        }
        Reason::ConfigUnknown => "config refers to values not yet known".to_owned(),
        Reason::DependencyPending => {
            "depends on a resource or a module with changes pending".to_owned()
        }
        Reason::NoMoveTarget => {
            let before = change.previous_address.as_ref().unwrap_or(&change.address);
            format!(
                "because {before} was moved to {}, which is not in configuration",
                change.address
            )
        }
        Reason::NoResourceConfig => {
            let ResourceAddress { mode, type_name, name, .. } = &change.address.resource;
            format!("because {}{type_name}.{name} is not in configuration", mode.prefix())
        }
        Reason::CountIndex => format!("because index {index} is out of range for count"),
        Reason::EachKey => format!("because key {index} is not in for_each map"),
        Reason::WrongRepetition => match key {
            None => "because resource uses count or for_each".to_owned(),
            Some(InstanceKey::Index(_)) => "because resource does not use count".to_owned(),
            Some(InstanceKey::Text(_)) => "because resource does not use for_each".to_owned(),
        },
        Reason::DeletedOutside => {
            format!("the object was deleted outside of {PRODUCT}; it will be created again")
        }
        Reason::LeftOver => {
            "left over from a partially-failed replacement of this instance".to_owned()
        }
        Reason::Unfinished => {
            "an earlier apply stopped before the object was as it should be".to_owned()
        }
    })
}
