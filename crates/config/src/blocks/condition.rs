//! `validation`, `precondition` and `postcondition` blocks.

use crate::content::{Content, Nested};
use crate::model::Validation;
use crate::reader::Reader;

/// Reads a block that says what must hold.
pub(super) fn read(reader: &mut Reader<'_>, nested: Nested<'_>) -> Option<Validation> {
    nested.exact_labels([], reader)?;
    let mut content = Content::of(nested, reader);
    let condition = content.take_required("condition", reader);
    let error_message = content.take_required("error_message", reader);
    content.reject_rest(&["condition", "error_message"], &[], reader);
    let (condition, error_message) = (condition?, error_message?);
    let validation = Validation {
        condition: reader.expression(condition.file, condition.value()),
        error_message: reader.expression(error_message.file, error_message.value()),
        span: nested.header(reader),
    };
    if validation.condition.references().is_empty() {
        let summary = format!("Invalid {} expression", nested.name());
        reader.error(
            validation.condition.span,
            summary,
            "The condition expression must refer to at least one object from elsewhere in the \
             configuration, or else its result would not be checking anything.",
        );
    }
    Some(validation)
}

/// Takes all blocks of a type out of `content` and reads them.
pub(super) fn take_all(
    reader: &mut Reader<'_>,
    content: &mut Content<'_>,
    kind: &str,
) -> Vec<Validation> {
    content.take_blocks(kind).into_iter().filter_map(|nested| read(reader, nested)).collect()
}
