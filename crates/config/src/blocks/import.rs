//! `import` blocks.

use meridian_lang::ResourceMode;

use super::declarations::Declaration;
use crate::address::RESERVED;
use crate::import_target::ImportTarget;
use crate::model::Import;
use crate::provider_reference::{SELECTED, provider_reference};
use crate::reader::Reader;
use crate::static_reference::{NOT_STATIC, StaticReference};

const ARGUMENTS: [&str; 4] = ["to", "id", "for_each", "provider"];

pub(super) fn read(reader: &mut Reader<'_>, declaration: &Declaration<'_>) -> Option<Import> {
    declaration.block.exact_labels([], reader)?;
    let mut content = declaration.content(reader);
    let to = content.take_required("to", reader);
    let id = content.take_required("id", reader);
    let for_each = content.take("for_each");
    let provider = content.take("provider");
    content.reject_rest(&ARGUMENTS, &[], reader);
    let for_each = for_each.map(|it| reader.expression(it.file, it.value()));
    let provider =
        provider.and_then(|it| provider_reference(reader, it.file, it.value(), SELECTED));
    let id = id.map(|id| reader.expression(id.file, id.value()));
    let to = to?;
    let span = to.value_span(reader);
    let name_span = to.name_span(reader);
    let reserved = if for_each.is_none() {
        // Without a repetition nothing in the address can be an expression.
        let reference = StaticReference::read_unquoted(reader, to.file, to.value())?;
        Some(reference.root).filter(|root| RESERVED.contains(&root.as_str()))
    } else {
        None
    };
    if let Some(keyword) = reserved {
        let detail = format!(
            "The keyword \"{keyword}\" is reserved and cannot be used to target a resource address. \
             If you are targeting a resource type that uses a reserved keyword, please prefix your \
             address with \"resource.\"."
        );
        reader.error(span, "Invalid address", detail);
        return None;
    }
    let errors = reader.diagnostics.iter().count();
    let to = reader.unquoted_expression(to.file, to.value());
    if reader.diagnostics.iter().count() > errors {
        return None;
    }
    match ImportTarget::of(&to) {
        Ok(target) if target.mode == ResourceMode::Managed => {}
        Ok(_) => {
            reader.error(
                name_span,
                "Invalid import address",
                "Only managed resources can be imported.",
            );
            return None;
        }
        Err(Some((span, detail))) => {
            reader.error(span, "Invalid address", detail);
            return None;
        }
        Err(None) => {
            reader.error(span, "Invalid expression", NOT_STATIC);
            return None;
        }
    }
    Some(Import { to, id: id?, for_each, provider, span: declaration.block.header(reader) })
}
