//! `terraform` blocks.

use meridian_lang::{FileId, Span};

use super::declarations::Declaration;
use crate::content::{Argument, Content, Nested};
use crate::model::{Config, Name, RequiredProvider};
use crate::reader::Reader;
use crate::term::Term;

const BLOCKS: [&str; 4] = ["backend", "cloud", "required_providers", "provider_meta"];

/// Reads a block; `first_requirements` is where `required_providers` was found before.
pub(super) fn read(
    reader: &mut Reader<'_>,
    declaration: &Declaration<'_>,
    first_requirements: &mut Option<Span>,
    config: &mut Config,
) {
    if declaration.block.exact_labels([], reader).is_none() {
        return;
    }
    let mut content = declaration.content(reader);
    if let Some(version) = content.take("required_version") {
        let span = version.value_span(reader);
        let text = reader.constant_string(version.file, version.value());
        if declaration.is_override {
            // The constraints of an override file stand for those of all files before it.
            config.required_versions.retain(|(_, known)| known.file == span.file);
        }
        config.required_versions.extend(text.map(|text| (text, span)));
    }
    for nested in content.take_blocks("required_providers") {
        if !declaration.is_override {
            report_second(reader, nested, first_requirements);
        }
        required_providers(reader, nested, config);
    }
    for kind in ["backend", "cloud"] {
        for nested in content.take_blocks(kind) {
            let what = nested
                .labels(reader)
                .first()
                .map_or(kind.to_owned(), |label| format!("{kind} {:?}", &*label.text));
            let span = nested.header(reader);
            reader.warn(
                span,
                "Backend configuration ignored",
                format!("Meridian keeps its own state and does not use the {what}."),
            );
        }
    }
    for nested in content.take_blocks("provider_meta") {
        let span = nested.header(reader);
        reader.error(
            span,
            "Provider metadata is not supported",
            "None of meridian's providers takes metadata from modules.",
        );
    }
    content.reject_rest(&["required_version"], &BLOCKS, reader);
}

fn report_second(reader: &mut Reader<'_>, nested: Nested<'_>, first: &mut Option<Span>) {
    let header = nested.header(reader);
    let Some(first) = *first else {
        *first = Some(header);
        return;
    };
    let detail = format!(
        "A module may have only one required providers configuration. The required providers were \
         previously configured at {}.",
        reader.place(first)
    );
    reader.error(header, "Duplicate required providers configuration", detail);
}

fn required_providers(reader: &mut Reader<'_>, nested: Nested<'_>, config: &mut Config) {
    if nested.exact_labels([], reader).is_none() {
        return;
    }
    let content = Content::of(nested, reader);
    for block in &content.blocks {
        let summary = format!("Unexpected {:?} block", block.name());
        reader.error(block.name_span(reader), summary, "Blocks are not allowed here.");
    }
    for argument in content.arguments {
        let Some(provider) = required_provider(reader, argument) else {
            continue;
        };
        match config
            .required_providers
            .iter_mut()
            .find(|known| known.name.text == provider.name.text)
        {
            Some(known) => *known = provider,
            None => config.required_providers.push(provider),
        }
    }
}

fn required_provider(reader: &mut Reader<'_>, argument: Argument<'_>) -> Option<RequiredProvider> {
    let name = Name { text: argument.name().into(), span: argument.name_span(reader) };
    let mut provider = RequiredProvider { name, source: None, version: None };
    let Some(items) = argument.value().items() else {
        provider.version = Some(reader.constant_string(argument.file, argument.value())?);
        return Some(provider);
    };
    for (name, place, value) in items {
        let span = Span::new(argument.file, place.start, place.end);
        match name {
            "source" => {
                provider.source = text(reader, argument.file, value, "Invalid source", "Source")
            }
            "version" => {
                provider.version =
                    text(reader, argument.file, value, "Invalid version constraint", "Version");
            }
            "configuration_aliases" => reader.error(
                span,
                "Configuration aliases are not supported yet",
                "They declare what a module expects from its caller, and meridian has no modules \
                 yet.",
            ),
            _ => reader.error(
                span,
                "Invalid required_providers object",
                "required_providers objects can only contain \"version\", \"source\" and \
                 \"configuration_aliases\" attributes. To configure a provider, use a \
                 \"provider\" block.",
            ),
        }
    }
    Some(provider)
}

fn text(
    reader: &mut Reader<'_>,
    file: FileId,
    source: Term<'_>,
    summary: &str,
    what: &str,
) -> Option<String> {
    if source.as_str().is_none() {
        let span = reader.span(file, &source);
        reader.error(span, summary, format!("{what} must be specified as a string."));
    }
    source.as_str().map(str::to_owned)
}
