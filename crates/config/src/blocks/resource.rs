//! `resource`, `data` and `ephemeral` blocks.

use std::sync::Arc;

use meridian_lang::ResourceMode;

use super::declarations::Declaration;
use super::{check_name, lifecycle, reject_reserved};
use crate::content::{Content, Nested};
use crate::lower::lower_body;
use crate::model::{Lifecycle, Repetition, Resource};
use crate::provider_reference::{SELECTED, provider_reference};
use crate::reader::Reader;
use crate::static_reference::depends_on;

/// How a kind of block speaks of itself.
struct Words {
    /// What the first label is.
    type_name: &'static str,
    /// What the second label is.
    name: &'static str,
}

fn words(mode: ResourceMode) -> Words {
    match mode {
        ResourceMode::Managed => Words { type_name: "resource type", name: "resource" },
        ResourceMode::Data => Words { type_name: "data source", name: "data resource" },
        ResourceMode::Ephemeral => {
            Words { type_name: "ephemeral resource type", name: "ephemeral resource" }
        }
    }
}

/// Reads a `resource`, `data` or `ephemeral` block at the top of a file.
pub(super) fn read(
    reader: &mut Reader<'_>,
    declaration: &Declaration<'_>,
    mode: ResourceMode,
) -> Option<Resource> {
    let mut content = declaration.content(reader);
    let repetition = repetition(reader, &mut content);
    let lifecycle = lifecycle::take(reader, &mut content, mode);
    let resource = read_rest(reader, declaration.block, content, mode)?;
    Some(Resource { repetition, lifecycle, ..resource })
}

/// Reads the `data` block of a check, which is neither repeated nor has a life of its own.
pub(super) fn read_scoped(
    reader: &mut Reader<'_>,
    nested: Nested<'_>,
    check: &Arc<str>,
) -> Option<Resource> {
    let mut content = Content::of(nested, reader);
    for name in ["count", "for_each"] {
        if let Some(argument) = content.take(name) {
            reader.error(
                argument.name_span(reader),
                format!("Invalid {name:?} attribute"),
                "The \"count\" and \"for_each\" meta-arguments are not supported within nested \
                 data blocks.",
            );
        }
    }
    for lifecycle in content.take_blocks("lifecycle") {
        reader.error(
            lifecycle.header(reader),
            "Invalid lifecycle block",
            "Nested data blocks do not support \"lifecycle\" blocks as the lifecycle is managed by \
             the containing block.",
        );
    }
    let resource = read_rest(reader, nested, content, ResourceMode::Data)?;
    Some(Resource { check: Some(check.clone()), ..resource })
}

fn read_rest(
    reader: &mut Reader<'_>,
    block: Nested<'_>,
    mut content: Content<'_>,
    mode: ResourceMode,
) -> Option<Resource> {
    let [type_name, name] = block.exact_labels(["type", "name"], reader)?;
    let words = words(mode);
    check_name(reader, &type_name, words.type_name);
    check_name(reader, &name, words.name);
    let provider = content
        .take("provider")
        .and_then(|argument| provider_reference(reader, argument.file, argument.value(), SELECTED));
    let dependencies = content
        .take("depends_on")
        .map(|list| depends_on(reader, list.file, list.value()))
        .unwrap_or_default();
    if mode == ResourceMode::Managed {
        for kind in ["provisioner", "connection"] {
            for nested in content.take_blocks(kind) {
                report_unsupported(reader, nested);
            }
        }
    }
    reject_reserved(reader, &mut content, &["locals"], block.name());
    unescape_arguments(reader, &mut content, block.name());
    Some(Resource {
        mode,
        check: None,
        type_name,
        name,
        span: block.header(reader),
        provider,
        repetition: Repetition::Single,
        depends_on: dependencies,
        lifecycle: Lifecycle::default(),
        body: lower_body(reader, &content),
    })
}

/// Takes `count` or `for_each` out of a block.
pub(super) fn repetition(reader: &mut Reader<'_>, content: &mut Content<'_>) -> Repetition {
    let count = content.take("count");
    let for_each = content.take("for_each");
    if let (Some(_), Some(for_each)) = (&count, &for_each) {
        reader.error(
            for_each.name_span(reader),
            "Invalid combination of \"count\" and \"for_each\"",
            "The \"count\" and \"for_each\" meta-arguments are mutually-exclusive, only one \
             should be used to be explicit about the number of resources to be created.",
        );
    }
    match (count, for_each) {
        (Some(count), _) => Repetition::Count(reader.expression(count.file, count.value())),
        (None, Some(for_each)) => {
            Repetition::ForEach(reader.expression(for_each.file, for_each.value()))
        }
        (None, None) => Repetition::Single,
    }
}

/// Arguments of the type that are named like meta-arguments stand in a block called `_`.
pub(super) fn unescape_arguments(reader: &mut Reader<'_>, content: &mut Content<'_>, kind: &str) {
    let mut escapes = content.take_blocks("_").into_iter();
    let Some(escape) = escapes.next() else {
        return;
    };
    let inner = Content::of(escape, reader);
    content.arguments.extend(inner.arguments);
    content.blocks.extend(inner.blocks);
    for again in escapes {
        let first = reader.place(escape.header(reader));
        let detail = format!(
            "The special block type \"_\" can be used to force particular arguments to be \
             interpreted as resource-type-specific rather than as meta-arguments, but each {kind} \
             block can have only one such block. The first escaping block was at {first}."
        );
        reader.error(again.header(reader), "Duplicate escaping block", detail);
    }
}

pub(super) fn report_unsupported(reader: &mut Reader<'_>, nested: Nested<'_>) {
    let title = if nested.name() == "provisioner" { "Provisioner" } else { "Connection" };
    let span = nested.header(reader);
    reader.error(
        span,
        format!("{title} blocks are not supported yet"),
        "Meridian runs no commands on its own machine or on others.",
    );
}
