//! `required_providers` blocks.

use meridian_lang::{FileId, Span};

use super::provider::check_local_name;
use crate::content::{Argument, Content, Nested};
use crate::model::{Module, Name, ProviderReference, RequiredProvider};
use crate::provider_address::displayed_source;
use crate::provider_reference::{SELECTED, provider_reference};
use crate::reader::Reader;
use crate::static_reference::{NOT_STATIC, static_list, static_map};
use crate::term::Term;
use crate::version::Constraints;

const OBJECT: &str = "Invalid required_providers object";

/// Reads the entries of a block; those of override files replace others of the same name.
pub(super) fn read(reader: &mut Reader<'_>, nested: Nested<'_>, module: &mut Module) {
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
        let required = &mut module.required_providers;
        match required.iter_mut().find(|known| known.name.text == provider.name.text) {
            Some(known) => *known = provider,
            None => required.push(provider),
        }
    }
    report_same_sources(reader, module);
}

fn report_same_sources(reader: &mut Reader<'_>, module: &Module) {
    let mut seen: Vec<(String, &Name)> = Vec::new();
    for required in &module.required_providers {
        let source = displayed_source(module, &required.name.text);
        if let Some((source, first)) = seen.iter().find(|(known, _)| *known == source) {
            let detail = format!(
                "Provider {source} with the local name {:?} was previously required as {:?}. A \
                 provider can only be required once within required_providers.",
                &*required.name.text, &*first.text
            );
            reader.warn(required.name.span, "Duplicate required provider", detail);
        } else {
            seen.push((source, &required.name));
        }
    }
}

fn required_provider(reader: &mut Reader<'_>, argument: Argument<'_>) -> Option<RequiredProvider> {
    let name = Name { text: argument.name().into(), span: argument.name_span(reader) };
    check_local_name(reader, &name.text, argument.value_span(reader));
    let mut provider = RequiredProvider { name, source: None, version: None, aliases: Vec::new() };
    if argument.value().items().is_none() {
        let span = argument.value_span(reader);
        let text = reader.constant_string(argument.file, argument.value())?;
        provider.version = constraint(reader, text, span);
        return Some(provider);
    }
    for (key, value) in static_map(reader, argument.file, argument.value())? {
        let file = argument.file;
        match key.as_term().keyword().or(key.as_term().as_str()) {
            Some("source") => {
                provider.source = text(reader, file, value, "Invalid source", "Source")
                    .filter(|(source, span)| check_source(reader, source, *span))
                    .map(|(source, _)| source);
            }
            Some("version") => {
                let found = text(reader, file, value, "Invalid version constraint", "Version");
                provider.version = found.and_then(|(text, span)| constraint(reader, text, span));
            }
            Some("configuration_aliases") => {
                provider.aliases = aliases(reader, file, value, &provider.name);
            }
            _ => {
                let span = reader.span(file, &key.as_term());
                reader.error(
                    span,
                    OBJECT,
                    "required_providers objects can only contain \"version\", \"source\" and \
                     \"configuration_aliases\" attributes. To configure a provider, use a \
                     \"provider\" block.",
                );
            }
        }
    }
    Some(provider)
}

fn constraint(reader: &mut Reader<'_>, text: String, span: Span) -> Option<String> {
    if Constraints::parse(&text).is_none() {
        reader.error(
            span,
            "Invalid version constraint",
            "This string does not use correct version constraint syntax.",
        );
        return None;
    }
    Some(text)
}

fn text(
    reader: &mut Reader<'_>,
    file: FileId,
    source: Term<'_>,
    summary: &str,
    what: &str,
) -> Option<(String, Span)> {
    let span = reader.span(file, &source);
    if source.as_str().is_none() {
        reader.error(span, summary, format!("{what} must be specified as a string."));
    }
    source.as_str().map(|text| (text.to_owned(), span))
}

/// Whether a source is `[HOST/][NAMESPACE/]NAME`; reports it if not.
fn check_source(reader: &mut Reader<'_>, source: &str, span: Span) -> bool {
    let parts: Vec<&str> = source.split('/').collect();
    if parts.len() > 3 || parts.iter().any(|part| part.is_empty()) {
        reader.error(
            span,
            "Invalid provider source string",
            "The \"source\" attribute must be in the format \"[hostname/][namespace/]name\"",
        );
        return false;
    }
    let named = [("type", parts.len().checked_sub(1)), ("namespace", parts.len().checked_sub(2))];
    for (what, at) in named {
        let Some(part) = at.and_then(|at| parts.get(at)) else {
            continue;
        };
        if let Some(why) = bad_part(part) {
            let detail = format!("Invalid provider {what} {part:?} in source {source:?}: {why}");
            reader.error(span, format!("Invalid provider {what}"), detail);
            return false;
        }
    }
    true
}

/// What is wrong with a part of a provider's source.
fn bad_part(part: &str) -> Option<&'static str> {
    let inner = |c: char| c.is_alphanumeric() || c == '-';
    if !part.chars().all(inner) || part.starts_with('-') || part.ends_with('-') {
        return Some(
            "must contain only letters, digits, and dashes, and may not use leading or trailing \
             dashes",
        );
    }
    part.contains("--").then_some("cannot use multiple consecutive dashes")
}

fn aliases(
    reader: &mut Reader<'_>,
    file: FileId,
    source: Term<'_>,
    name: &Name,
) -> Vec<ProviderReference> {
    let list = reader.span(file, &source);
    let mut aliases = Vec::new();
    for item in static_list(reader, file, source).unwrap_or_default() {
        if !item.may_be_unquoted_reference() {
            let span = reader.span(file, &item);
            reader.error(span, "Invalid expression", NOT_STATIC);
            continue;
        }
        let Some(alias) = provider_reference(reader, file, item, SELECTED) else {
            continue;
        };
        if alias.name != name.text {
            let detail = format!(
                "Configuration aliases must be prefixed with the provider name. Expected {:?}, but \
                 found {:?}.",
                &*name.text, &*alias.name
            );
            reader.error(list, "Invalid configuration_aliases value", detail);
            continue;
        }
        aliases.push(alias);
    }
    aliases
}
