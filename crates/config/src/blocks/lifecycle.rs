//! `lifecycle` blocks.

use meridian_lang::{Expr, Path, RepetitionPart, ResourceMode, Step, Subject};

use super::condition;
use crate::content::{Argument, Content};
use crate::model::{IgnoreChanges, Lifecycle};
use crate::reader::Reader;
use crate::static_reference::{StaticReference, static_list};

const ARGUMENTS: [&str; 4] =
    ["create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"];
const BLOCKS: [&str; 2] = ["precondition", "postcondition"];

/// Takes the `lifecycle` block out of the content of a block of that mode.
pub(super) fn take(
    reader: &mut Reader<'_>,
    content: &mut Content<'_>,
    mode: ResourceMode,
) -> Lifecycle {
    let mut blocks = content.take_blocks("lifecycle").into_iter();
    let Some(nested) = blocks.next() else {
        return Lifecycle::default();
    };
    if nested.exact_labels([], reader).is_none() {
        return Lifecycle::default();
    }
    let mut content = Content::of(nested, reader);
    for again in blocks {
        if again.file != nested.file {
            content.override_with(Content::of(again, reader));
            continue;
        }
        let first = reader.place(nested.header(reader));
        let detail = format!("This resource already has a lifecycle block at {first}.");
        reader.error(again.header(reader), "Duplicate lifecycle block", detail);
    }
    if mode != ResourceMode::Managed {
        for name in ARGUMENTS {
            if let Some(argument) = content.take(name) {
                reject(reader, &argument, mode);
            }
        }
    }
    let create_before_destroy = content.take("create_before_destroy");
    let prevent_destroy = content.take("prevent_destroy");
    let ignored = content.take("ignore_changes");
    let triggers = content.take("replace_triggered_by");
    let preconditions = condition::take_all(reader, &mut content, "precondition");
    let postconditions = condition::take_all(reader, &mut content, "postcondition");
    content.reject_rest(&ARGUMENTS, &BLOCKS, reader);
    Lifecycle {
        create_before_destroy: create_before_destroy
            .and_then(|flag| reader.constant_bool(flag.file, flag.value())),
        prevent_destroy: prevent_destroy
            .and_then(|flag| reader.constant_bool(flag.file, flag.value()))
            .unwrap_or(false),
        ignore_changes: ignored.map(|ignored| ignore_changes(reader, ignored)).unwrap_or_default(),
        replace_triggered_by: triggers
            .map(|triggers| replace_triggered_by(reader, triggers))
            .unwrap_or_default(),
        preconditions,
        postconditions,
    }
}

/// Only what is made can be replaced, kept, or left as it is.
fn reject(reader: &mut Reader<'_>, argument: &Argument<'_>, mode: ResourceMode) {
    let (one, many) = match mode {
        ResourceMode::Ephemeral => ("ephemeral resource", "ephemeral resources"),
        _ => ("data resource", "data resources"),
    };
    let detail = format!(
        "The lifecycle argument {:?} is defined only for managed resources (\"resource\" blocks), \
         and is not valid for {many}.",
        argument.name()
    );
    let summary = format!("Invalid {one} lifecycle argument");
    reader.error(argument.name_span(reader), summary, detail);
}

fn ignore_changes(reader: &mut Reader<'_>, argument: Argument<'_>) -> IgnoreChanges {
    if argument.value().keyword() == Some("all") {
        return IgnoreChanges::All;
    }
    let Some(items) = static_list(reader, argument.file, argument.value()) else {
        return IgnoreChanges::None;
    };
    let mut paths = Vec::new();
    let mixed = items.len() > 1;
    for item in items {
        if item.as_str() == Some("*") {
            let span = reader.span(argument.file, &item);
            reader.error(
                argument.value_span(reader),
                "Invalid ignore_changes wildcard",
                "The [\"*\"] form of ignore_changes wildcard is was deprecated and is now \
                 invalid. Use \"ignore_changes = all\" to ignore changes to all attributes.",
            );
            if mixed {
                reader.error(
                    span,
                    "Invalid ignore_changes ruleset",
                    "Cannot mix wildcard string \"*\" with non-wildcard references.",
                );
            }
            continue;
        }
        if let Some(reference) = StaticReference::read(reader, argument.file, item) {
            let steps = std::iter::once(Step::Attribute(reference.root.as_str().into()))
                .chain(reference.steps.into_iter().map(|(step, _)| step));
            paths.push((Path(steps.collect()), reference.span));
        }
    }
    IgnoreChanges::Some(paths)
}

fn replace_triggered_by(reader: &mut Reader<'_>, argument: Argument<'_>) -> Vec<Expr> {
    let items = static_list(reader, argument.file, argument.value()).unwrap_or_default();
    let mut triggers = Vec::new();
    for item in items {
        let errors = reader.diagnostics.iter().count();
        let expr = reader.unquoted_expression(argument.file, item);
        if reader.diagnostics.iter().count() > errors {
            continue;
        }
        let references = expr.references();
        let allowed = |subject: &Subject| {
            matches!(
                subject,
                Subject::Resource(..)
                    | Subject::Repetition(RepetitionPart::CountIndex | RepetitionPart::EachKey)
            )
        };
        if references.iter().any(|it| !allowed(&it.subject)) {
            reader.error(
                expr.span,
                "Invalid reference in replace_triggered_by expression",
                "Only resources, count.index, and each.key may be used in replace_triggered_by.",
            );
        } else if !references.iter().any(|it| matches!(it.subject, Subject::Resource(..))) {
            reader.error(
                expr.span,
                "Invalid replace_triggered_by expression",
                "Missing resource reference in replace_triggered_by expression.",
            );
        } else {
            triggers.push(expr);
        }
    }
    triggers
}
