//! `resource` blocks.

use std::sync::Arc;

use meridian_lang::Step;

use super::declarations::Declaration;
use super::{check_name, lifecycle};
use crate::content::{Argument, Content, Nested};
use crate::lower::lower_body;
use crate::model::{ProviderReference, Repetition, Resource};
use crate::reader::Reader;
use crate::static_reference::{StaticReference, depends_on};

pub(super) fn read(reader: &mut Reader<'_>, declaration: &Declaration<'_>) -> Option<Resource> {
    let [type_name, name] = declaration.block.exact_labels(["type", "name"], reader)?;
    check_name(reader, &type_name, "resource type");
    check_name(reader, &name, "resource");
    let mut content = declaration.content(reader);
    let repetition = repetition(reader, &mut content);
    let provider =
        content.take("provider").and_then(|argument| provider_reference(reader, argument));
    let dependencies = content
        .take("depends_on")
        .map(|list| depends_on(reader, list.file, list.value()))
        .unwrap_or_default();
    let lifecycle = lifecycle::take(reader, &mut content);
    for kind in ["provisioner", "connection"] {
        for nested in content.take_blocks(kind) {
            report_unsupported(reader, nested);
        }
    }
    unescape_arguments(reader, &mut content);
    Some(Resource {
        type_name,
        name,
        span: declaration.block.header(reader),
        provider,
        repetition,
        depends_on: dependencies,
        lifecycle,
        body: lower_body(reader, &content),
    })
}

fn repetition(reader: &mut Reader<'_>, content: &mut Content<'_>) -> Repetition {
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

fn provider_reference(
    reader: &mut Reader<'_>,
    argument: Argument<'_>,
) -> Option<ProviderReference> {
    const SUMMARY: &str = "Invalid provider configuration reference";
    const WANTED: &str = "The provider argument requires a provider type name, optionally \
        followed by a period and then a configuration alias.";
    let span = argument.value_span(reader);
    if !argument.value().may_be_reference() {
        reader.error(span, SUMMARY, WANTED);
        return None;
    }
    let reference = StaticReference::read(reader, argument.file, argument.value())?;
    let alias: Option<Arc<str>> = match &reference.steps[..] {
        [] => None,
        [(Step::Attribute(alias), _)] => Some(alias.clone()),
        [_] => {
            reader.error(
                span,
                SUMMARY,
                "Provider name must either stand alone or be followed by a period and then a \
                 configuration alias.",
            );
            return None;
        }
        _ => {
            reader.error(span, SUMMARY, WANTED);
            return None;
        }
    };
    Some(ProviderReference { name: reference.root.into(), alias, span: reference.span })
}

/// Arguments of the type that are named like meta-arguments stand in a block called `_`.
fn unescape_arguments(reader: &mut Reader<'_>, content: &mut Content<'_>) {
    let mut escapes = content.take_blocks("_").into_iter();
    if let Some(escape) = escapes.next() {
        let inner = Content::of(escape, reader);
        content.arguments.extend(inner.arguments);
        content.blocks.extend(inner.blocks);
    }
    for again in escapes {
        let span = again.header(reader);
        reader.error(
            span,
            "Duplicate escaping block",
            "The special block type \"_\" can be used to force particular arguments to be \
             interpreted as resource-type-specific rather than as meta-arguments, but each \
             resource block can have only one such block.",
        );
    }
}

fn report_unsupported(reader: &mut Reader<'_>, nested: Nested<'_>) {
    let title = if nested.name() == "provisioner" { "Provisioner" } else { "Connection" };
    let span = nested.header(reader);
    reader.error(
        span,
        format!("{title} blocks are not supported yet"),
        "Meridian runs no commands on its own machine or on others.",
    );
}
