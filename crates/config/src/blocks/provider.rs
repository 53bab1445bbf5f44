//! `provider` blocks.

use super::BAD_NAME;
use super::declarations::Declaration;
use crate::lower::lower_body;
use crate::model::{Name, Provider};
use crate::reader::Reader;

/// Names that mean something in other blocks and must not become a provider's arguments.
const RESERVED: [&str; 4] = ["count", "depends_on", "for_each", "source"];

pub(super) fn read(reader: &mut Reader<'_>, declaration: &Declaration<'_>) -> Option<Provider> {
    let [name] = declaration.block.exact_labels(["name"], reader)?;
    if !is_local_name(&name.text) {
        let detail = format!(
            "{} is an invalid provider local name: must contain only letters, digits, and dashes, \
             and may not use leading or trailing dashes",
            name.text
        );
        reader.error(name.span, "Invalid provider local name", detail);
    }
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
        reader.warn(
            version.value_span(reader),
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
    Some(Provider { name, alias, body: lower_body(reader, &content) })
}

/// Whether a provider can be called so.
fn is_local_name(name: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || c == '-';
    !name.is_empty() && name.chars().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}
