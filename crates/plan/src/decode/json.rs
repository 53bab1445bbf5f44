//! Bodies written in JSON, where only the schema tells which members are blocks.

use meridian_lang::{
    Body, BodyAttribute, BodyBlock, Diagnostic, Diagnostics, Expr, ExprKind, ObjectItem, Value,
};
use meridian_resource::Schema;

/// The same body with blocks where `schema` has blocks; `diagnostics` is told what cannot be one.
pub(super) fn with_blocks(schema: &Schema, body: &Body, diagnostics: &mut Diagnostics) -> Body {
    let mut told = Body { attributes: Vec::new(), ..body.clone() };
    for attribute in &body.attributes {
        let name = &*attribute.name;
        if schema.attribute(name).is_none() && schema.block(name).is_some() {
            append(attribute, &attribute.expr, &[], &mut told.blocks, diagnostics);
        } else if name == "dynamic" && schema.attribute(name).is_none() {
            for (label, item) in items(&attribute.expr) {
                let labels = [(label.as_str().into(), item.key.span)];
                append(attribute, &item.value, &labels, &mut told.blocks, diagnostics);
            }
        } else {
            told.attributes.push(attribute.clone());
        }
    }
    told
}

/// A label and where it stands.
type Label = (std::sync::Arc<str>, meridian_lang::Span);

/// The blocks that a value stands for: one of an object, each of an array, none of null.
fn append(
    attribute: &BodyAttribute,
    value: &Expr,
    labels: &[Label],
    blocks: &mut Vec<BodyBlock>,
    diagnostics: &mut Diagnostics,
) {
    match &value.kind {
        ExprKind::Object(_) => blocks.push(BodyBlock {
            name: attribute.name.clone(),
            name_span: attribute.name_span,
            labels: labels.to_vec(),
            body: body(value, &*attribute.name == "dynamic", diagnostics),
        }),
        ExprKind::Tuple(elements) => {
            for element in elements {
                append(attribute, element, labels, blocks, diagnostics);
            }
        }
        ExprKind::Literal(literal) if literal.is_null() => {}
        _ => {
            let detail = format!(
                "Either a JSON object or a JSON array is required, representing the contents of \
                 one or more \"{}\" blocks.",
                attribute.name
            );
            diagnostics.push(Diagnostic::error("Incorrect JSON value type", detail).at(value.span));
        }
    }
}

/// The members of an object as a body; the `content` of a `dynamic` block is a block of it.
fn body(object: &Expr, is_dynamic: bool, diagnostics: &mut Diagnostics) -> Body {
    let mut body =
        Body { attributes: Vec::new(), blocks: Vec::new(), span: object.span, is_json: true };
    for (name, item) in items(object) {
        let attribute = BodyAttribute {
            name: name.as_str().into(),
            name_span: item.key.span,
            expr: item.value.clone(),
        };
        if is_dynamic && name == "content" {
            append(&attribute, &item.value, &[], &mut body.blocks, diagnostics);
        } else {
            body.attributes.push(attribute);
        }
    }
    body
}

/// The members of an object, or of all objects in an array, comments left out.
fn items(object: &Expr) -> Vec<(String, &ObjectItem)> {
    match &object.kind {
        ExprKind::Object(items) => items
            .iter()
            .filter_map(|item| match &item.key.kind {
                ExprKind::Literal(key) => Some((Value::as_str(key)?.to_owned(), item)),
                _ => None,
            })
            .filter(|(name, _)| name != "//")
            .collect(),
        ExprKind::Tuple(elements) => elements.iter().flat_map(items).collect(),
        _ => Vec::new(),
    }
}
