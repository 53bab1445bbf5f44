//! What a schema does not have, and what may be meant.

use meridian_lang::{BodyAttribute, BodyBlock, Diagnostic, Diagnostics, nearest};
use meridian_resource::{Presence, Schema};

pub(super) fn check_expected(
    schema: &Schema,
    argument: &BodyAttribute,
    diagnostics: &mut Diagnostics,
) {
    let name = &*argument.name;
    match schema.attribute(name) {
        Some(attribute) if attribute.presence == Presence::Computed => {
            let detail = format!(
                "Can't configure a value for \"{name}\": its value will be decided automatically \
                 based on the result of applying this configuration."
            );
            diagnostics.push(
                Diagnostic::error("Value for unconfigurable attribute", detail)
                    .at(argument.expr.span),
            );
        }
        Some(_) => {}
        None => {
            let advice = if schema.block(name).is_some() {
                format!(" Did you mean to define a block of type \"{name}\"?")
            } else {
                let names = schema
                    .attributes
                    .iter()
                    .filter(|it| it.presence != Presence::Computed)
                    .map(|it| it.name);
                nearest(name, names)
                    .map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"))
            };
            let (summary, detail) = if argument.is_json {
                (
                    "Extraneous JSON object property",
                    format!("No argument or block type is named \"{name}\".{advice}"),
                )
            } else {
                (
                    "Unsupported argument",
                    format!("An argument named \"{name}\" is not expected here.{advice}"),
                )
            };
            diagnostics.push(Diagnostic::error(summary, detail).at(argument.name_span));
        }
    }
}

pub(super) fn unexpected_block(schema: &Schema, block: &BodyBlock) -> Diagnostic {
    let name = &*block.name;
    let advice = if schema.attribute(name).is_some() {
        format!(
            " Did you mean to define argument \"{name}\"? If so, use the equals sign to assign it a value."
        )
    } else {
        nearest(name, schema.blocks.iter().map(|it| it.name))
            .map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"))
    };
    let detail = format!("Blocks of type \"{name}\" are not expected here.{advice}");
    Diagnostic::error("Unsupported block type", detail).at(block.name_span)
}
