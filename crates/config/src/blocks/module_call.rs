//! `module` blocks.

use meridian_lang::Span;

use super::declarations::Declaration;
use super::resource::{repetition, unescape_arguments};
use super::{check_name, reject_reserved};
use crate::content::Argument;
use crate::lower::lower_body;
use crate::model::{ModuleCall, Name, ProviderReference};
use crate::module_source::{ModuleSource, suggestion};
use crate::provider_reference::{PASSED, provider_reference};
use crate::reader::Reader;
use crate::static_reference::{depends_on, static_map};
use crate::version::Constraints;

/// Blocks that may come to mean something one day.
const RESERVED: [&str; 3] = ["lifecycle", "locals", "provider"];

pub(super) fn read(reader: &mut Reader<'_>, declaration: &Declaration<'_>) -> Option<ModuleCall> {
    let [name] = declaration.block.exact_labels(["name"], reader)?;
    check_name(reader, &name, "module instance");
    let mut content = declaration.content(reader);
    let source = content.take_required("source", reader);
    let version = content.take("version");
    let repetition = repetition(reader, &mut content);
    let dependencies = content
        .take("depends_on")
        .map(|list| depends_on(reader, list.file, list.value()))
        .unwrap_or_default();
    let providers = content.take("providers").map(|map| providers(reader, map)).unwrap_or_default();
    reject_reserved(reader, &mut content, &RESERVED, "module");
    unescape_arguments(reader, &mut content, "module");
    let version = version.and_then(|version| version_constraint(reader, version));
    let source = source.and_then(|source| source_address(reader, source, version.as_ref()))?;
    Some(ModuleCall {
        name,
        span: declaration.block.header(reader),
        source,
        version,
        repetition,
        depends_on: dependencies,
        providers,
        arguments: lower_body(reader, &content),
    })
}

fn version_constraint(reader: &mut Reader<'_>, argument: Argument<'_>) -> Option<Name> {
    let span = argument.value_span(reader);
    let text = reader.constant_string(argument.file, argument.value())?;
    if Constraints::parse(&text).is_none() {
        reader.error(
            span,
            "Invalid version constraint",
            "This string does not use correct version constraint syntax.",
        );
    }
    Some(Name { text: text.into(), span })
}

fn source_address(
    reader: &mut Reader<'_>,
    argument: Argument<'_>,
    version: Option<&Name>,
) -> Option<Name> {
    const SUMMARY: &str = "Invalid module source address";
    let span = argument.value_span(reader);
    let text = reader.constant_string(argument.file, argument.value())?;
    let source = ModuleSource::parse(&text);
    match (&source, version) {
        (Some(ModuleSource::Registry), _) | (Some(_), None) => {}
        (Some(other), Some(_)) => {
            let what = match other {
                ModuleSource::Local => "a local directory",
                _ => "a package address of another kind",
            };
            let detail = format!(
                "Failed to parse module registry address: can't use {what} ({text:?}) as a module \
                 registry address.\n\nThe argument \"version\" applies only to registry modules."
            );
            reader.error(span, "Invalid registry module source address", detail);
            return None;
        }
        (None, _) if text.trim().is_empty() => {
            reader.error(span, SUMMARY, "The source address of a module must not be empty.");
            return None;
        }
        (None, _) => {
            let detail = format!(
                "The installation method for the remote module package {text:?} cannot be \
                 determined.{}",
                suggestion(&text)
            );
            reader.error(span, SUMMARY, detail);
            return None;
        }
    }
    Some(Name { text: text.into(), span })
}

fn providers(
    reader: &mut Reader<'_>,
    argument: Argument<'_>,
) -> Vec<(ProviderReference, ProviderReference)> {
    let entries = static_map(reader, argument.file, argument.value()).unwrap_or_default();
    let mut passed: Vec<(ProviderReference, ProviderReference, Span)> = Vec::new();
    for (key, value) in entries {
        let inner = provider_reference(reader, argument.file, key.as_term(), PASSED);
        let outer = provider_reference(reader, argument.file, value, PASSED);
        let (Some(inner), Some(outer)) = (inner, outer) else {
            continue;
        };
        let whole = inner.span.to(outer.span);
        let same =
            |known: &ProviderReference| known.name == inner.name && known.alias == inner.alias;
        if let Some((_, _, first)) = passed.iter().find(|(known, ..)| same(known)) {
            let first = reader.place(*first);
            let detail = format!(
                "A provider configuration was already passed to {inner} at {first}. Each child \
                 provider configuration can be assigned only once."
            );
            reader.error(outer.span, "Duplicate provider address", detail);
            continue;
        }
        passed.push((inner, outer, whole));
    }
    passed.into_iter().map(|(inner, outer, _)| (inner, outer)).collect()
}
