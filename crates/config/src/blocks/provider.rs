//! `provider` blocks.

use super::declarations::Declaration;
use super::resource::unescape_arguments;
use super::{BAD_NAME, reject_reserved};
use crate::lower::lower_body;
use crate::model::{Name, Provider};
use crate::reader::Reader;
use crate::version::Constraints;

/// Names that mean something in other blocks and must not become a provider's arguments.
const RESERVED: [&str; 4] = ["count", "depends_on", "for_each", "source"];

pub(super) fn read(reader: &mut Reader<'_>, declaration: &Declaration<'_>) -> Option<Provider> {
    let [name] = declaration.block.exact_labels(["name"], reader)?;
    check_local_name(reader, &name);
    let mut content = declaration.content(reader);
    let alias = content.take("alias").and_then(|alias| {
        let span = alias.value_span(reader);
        let text = reader.constant_string(alias.file, alias.value())?;
        if hcl_edit::Ident::try_new(&*text).is_err() {
            reader.error(
                span,
                "Invalid provider configuration alias",
                format!("An alias must be a valid name. {BAD_NAME}"),
            );
        }
        Some(Name { text: text.into(), span })
    });
    if let Some(version) = content.take("version") {
        let span = version.value_span(reader);
        let text = reader.constant_string(version.file, version.value());
        if text.is_some_and(|text| Constraints::parse(&text).is_none()) {
            reader.error(
                span,
                "Invalid version constraint",
                "This string does not use correct version constraint syntax.",
            );
        }
        reader.warn(
            span,
            "Version constraints inside provider configuration blocks are deprecated",
            "Terraform 0.13 and earlier allowed provider version constraints inside the provider \
             configuration block, but that is now deprecated and will be removed in a future \
             version of Terraform. To silence this warning, move the provider version constraint \
             into the required_providers block.",
        );
    }
    for reserved in RESERVED {
        if let Some(argument) = content.take(reserved) {
            let detail = format!(
                "The provider argument name {reserved:?} is reserved for use by Terraform in a \
                 future version."
            );
            reader.error(
                argument.name_span(reader),
                "Reserved argument name in provider block",
                detail,
            );
        }
    }
    reject_reserved(reader, &mut content, &["lifecycle", "locals"], "provider");
    unescape_arguments(reader, &mut content, "provider");
    let span = declaration.block.header(reader);
    Some(Provider { name, alias, span, body: lower_body(reader, &content) })
}

/// Reports a name that a provider cannot have.
pub(super) fn check_local_name(reader: &mut Reader<'_>, name: &Name) {
    if !is_local_name(&name.text) {
        let detail = format!(
            "{} is an invalid provider local name: must contain only letters, digits, and dashes, \
             and may not use leading or trailing dashes",
            name.text
        );
        reader.error(name.span, "Invalid provider local name", detail);
    }
}

/// Whether a provider can be called so.
fn is_local_name(name: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || c == '-';
    !name.is_empty() && name.chars().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}
