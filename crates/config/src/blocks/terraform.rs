//! `terraform` blocks.

use meridian_lang::{Span, Type, convert};

use super::declarations::Declaration;
use super::required_providers;
use crate::content::{Argument, Content, Nested};
use crate::model::Module;
use crate::reader::Reader;
use crate::version::Constraints;

const ARGUMENTS: [&str; 3] = ["required_version", "experiments", "language"];
const BLOCKS: [&str; 4] = ["backend", "cloud", "required_providers", "provider_meta"];

/// Blocks of which a module may have only one, where they stand first.
#[derive(Default)]
pub(super) struct Single {
    required_providers: Option<Span>,
    backend: Option<Span>,
    cloud: Option<Span>,
    metadata: Vec<(String, Span)>,
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    declaration: &Declaration<'_>,
    module: &mut Module,
    single: &mut Single,
) {
    if declaration.block.exact_labels([], reader).is_none() {
        return;
    }
    let mut content = declaration.content(reader);
    if let Some(version) = content.take("required_version") {
        required_version(reader, version, declaration.is_override, module);
    }
    if let Some(experiments) = content.take("experiments") {
        reader.error(
            experiments.name_span(reader),
            "Module uses experimental features",
            "Experimental features are intended only for gathering early feedback on new language \
             designs, and so are available only in alpha releases of Terraform.",
        );
    }
    if let Some(language) = content.take("language") {
        check_language(reader, language);
    }
    for nested in content.take_blocks("required_providers") {
        let header = nested.header(reader);
        match single.required_providers {
            Some(first) if !declaration.is_override => {
                let first = reader.place(first);
                let detail = format!(
                    "A module may have only one required providers configuration. The required \
                     providers were previously configured at {first}."
                );
                reader.error(header, "Duplicate required providers configuration", detail);
            }
            _ => {
                single.required_providers = Some(header);
                required_providers::read(reader, nested, module);
            }
        }
    }
    for nested in content.take_blocks("backend") {
        let Some([kind]) = nested.exact_labels(["type"], reader) else {
            continue;
        };
        let header = nested.header(reader);
        if let Some(first) = single.backend.filter(|_| !declaration.is_override) {
            let first = reader.place(first);
            let detail = format!(
                "A module may have only one backend configuration. The backend was previously \
                 configured at {first}."
            );
            reader.error(header, "Duplicate backend configuration", detail);
        } else {
            single.backend = Some(header);
            check_constants(reader, &Content::of(nested, reader));
            report_ignored(reader, header, &format!("backend {:?}", &*kind.text));
        }
    }
    for nested in content.take_blocks("cloud") {
        if nested.exact_labels([], reader).is_none() {
            continue;
        }
        let header = nested.header(reader);
        if let Some(first) = single.cloud.filter(|_| !declaration.is_override) {
            let first = reader.place(first);
            let detail = format!(
                "A module may have only one 'cloud' block. It was previously configured at {first}."
            );
            reader.error(header, "Duplicate HCP Terraform configurations", detail);
        } else {
            single.cloud = Some(header);
            check_constants(reader, &Content::of(nested, reader));
            report_ignored(reader, header, "cloud");
        }
    }
    for nested in content.take_blocks("provider_meta") {
        provider_meta(reader, nested, single);
    }
    content.reject_rest(&ARGUMENTS, &BLOCKS, reader);
}

/// Reports what only the whole of a module's `terraform` blocks shows.
pub(super) fn check_single(reader: &mut Reader<'_>, single: &Single) {
    if let (Some(backend), Some(cloud)) = (single.backend, single.cloud) {
        let detail = format!(
            "A module may declare either one 'cloud' block OR one 'backend' block configuring a \
             state backend. The 'cloud' block is configured at {}; a backend is configured at {}. \
             Meridian uses neither: remove the one that is not meant.",
            reader.place(cloud),
            reader.place(backend)
        );
        reader.error(backend, "Both a backend and cloud configuration are present", detail);
    }
}

fn required_version(
    reader: &mut Reader<'_>,
    argument: Argument<'_>,
    is_override: bool,
    module: &mut Module,
) {
    const SUMMARY: &str = "Invalid version constraint";
    let span = argument.value_span(reader);
    let Some(value) = reader.constant(argument.file, argument.value()) else {
        return;
    };
    if value.is_null() {
        return;
    }
    let text = convert(&value, &Type::String).ok();
    let Some(text) = text.as_ref().and_then(|text| text.as_str()) else {
        reader.error(span, SUMMARY, "A string value is required for required_version.");
        return;
    };
    let Some(constraints) = Constraints::parse(text) else {
        let detail = "This string does not use correct version constraint syntax.";
        reader.error(span, SUMMARY, detail);
        return;
    };
    let whole = argument.name_span(reader).to(span);
    if constraints.name_prerelease() {
        let detail = format!(
            "Prerelease version constraints are not supported: {text}. Remove the prerelease \
             information from the constraint. Prerelease versions of terraform will match \
             constraints using their version core only."
        );
        reader.error(whole, "Invalid required_version constraint", detail);
        return;
    }
    if is_override {
        // The constraints of an override file stand for those of all files before it.
        module.required_versions.retain(|(_, known)| known.file == span.file);
    }
    module.required_versions.push((text.to_owned(), whole));
}

fn check_language(reader: &mut Reader<'_>, argument: Argument<'_>) {
    let edition = argument.value().keyword();
    let (summary, detail) = match edition {
        Some("TF2021") => return,
        Some(_) => (
            "Unsupported language edition",
            "Meridian supports only language edition TF2021, as Terraform 1.11 does. This module \
             requires a newer one.",
        ),
        None => (
            "Invalid language edition",
            "The language argument expects a bare language edition keyword. Meridian supports only \
             language edition TF2021, which is the default.",
        ),
    };
    reader.error(argument.value_span(reader), summary, detail);
}

/// Reports what is no constant in a block that is read before anything has a value.
fn check_constants(reader: &mut Reader<'_>, content: &Content<'_>) {
    for argument in &content.arguments {
        reader.constant(argument.file, argument.value());
    }
    for nested in &content.blocks {
        check_constants(reader, &Content::of(*nested, reader));
    }
}

fn report_ignored(reader: &mut Reader<'_>, header: Span, what: &str) {
    reader.warn(
        header,
        "Backend configuration ignored",
        format!(
            "Meridian keeps its own state and does not use the {what} block. What Terraform's \
             state holds is taken over by \"meridian state import-terraform\"."
        ),
    );
}

fn provider_meta(reader: &mut Reader<'_>, nested: Nested<'_>, single: &mut Single) {
    let Some([provider]) = nested.exact_labels(["provider"], reader) else {
        return;
    };
    let header = nested.header(reader);
    if let Some((_, first)) = single.metadata.iter().find(|(name, _)| **name == *provider.text) {
        let first = reader.place(*first);
        let detail = format!(
            "A provider_meta block for provider {:?} was already declared at {first}. Providers \
             may only have one provider_meta block per module.",
            &*provider.text
        );
        reader.error(header, "Duplicate provider_meta block", detail);
        return;
    }
    single.metadata.push((provider.text.to_string(), header));
    reader.warn(
        header,
        "Provider metadata ignored",
        "None of meridian's providers takes metadata from modules. It changes nothing that is \
         managed.",
    );
}
