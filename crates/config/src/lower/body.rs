//! Bodies whose content belongs to a resource type or provider.

use meridian_lang::{Body, BodyAttribute, BodyBlock};

use crate::content::Content;
use crate::reader::Reader;

/// Lowers what a block holds, whatever it means.
pub(crate) fn lower_body(reader: &mut Reader<'_>, content: &Content<'_>) -> Body {
    let attributes = content
        .arguments
        .iter()
        .map(|argument| BodyAttribute {
            name: argument.name().into(),
            name_span: argument.name_span(reader),
            expr: reader.expression(argument.file, argument.value()),
        })
        .collect();
    let mut blocks = Vec::new();
    for nested in &content.blocks {
        let header = nested.header(reader);
        if nested.name() == "dynamic" {
            reader.error(
                header,
                "Dynamic blocks are not supported yet",
                "Write the blocks out, one by one, instead of having them generated.",
            );
            continue;
        }
        let labels: Vec<_> = nested.labels(reader);
        blocks.push(BodyBlock {
            name: nested.name().into(),
            name_span: header,
            labels: labels.into_iter().map(|label| (label.text, label.span)).collect(),
            body: lower_body(reader, &Content::of(*nested, reader)),
        });
    }
    Body { attributes, blocks, span: content.span, is_json: content.is_json() }
}
