//! Bodies written in JSON, where only the schema tells which members are blocks.

use std::sync::Arc;

use meridian_lang::{
    Body, BodyAttribute, BodyBlock, Diagnostic, Diagnostics, Dynamic, Expr, ExprKind, ObjectItem,
    Span, Value, nearest,
};
use meridian_resource::Schema;

/// The same body with blocks where `schema` has blocks, if any of it was written in JSON;
/// `diagnostics` is told what cannot be a block.
pub(super) fn with_blocks(
    schema: &Schema,
    body: &Body,
    diagnostics: &mut Diagnostics,
) -> Option<Body> {
    if !body.attributes.iter().any(|attribute| attribute.is_json) {
        return None;
    }
    let mut told = Told { blocks: body.blocks.clone(), diagnostics };
    let mut attributes = Vec::new();
    for attribute in &body.attributes {
        let name = &*attribute.name;
        if !attribute.is_json || schema.attribute(name).is_some() {
            attributes.push(attribute.clone());
        } else if schema.block(name).is_some() {
            told.append(name, attribute.name_span, &attribute.expr);
        } else if name == "dynamic" {
            told.dynamic(&attribute.expr);
        } else {
            attributes.push(attribute.clone());
        }
    }
    let mut blocks = told.blocks;
    // Blocks of one type are of one file; generated ones may stand between others.
    blocks.sort_by_key(|block| block.name_span);
    Some(Body { attributes, blocks, span: body.span, missing: body.missing })
}

/// The blocks found so far.
struct Told<'d> {
    blocks: Vec<BodyBlock>,
    diagnostics: &'d mut Diagnostics,
}

impl Told<'_> {
    /// The blocks that a value stands for: one of an object, each of an array, none of null.
    fn append(&mut self, name: &str, name_span: Span, value: &Expr) {
        for object in self.objects(name, value) {
            self.blocks.push(BodyBlock {
                name: name.into(),
                name_span,
                labels: Vec::new(),
                body: body(object),
                dynamic: None,
            });
        }
    }

    /// The generated blocks that a value stands for, by their types.
    fn dynamic(&mut self, value: &Expr) {
        for (name, item) in items(value) {
            for object in self.objects("dynamic", &item.value) {
                if let Some(block) = self.generated(&name, item.key.span, object) {
                    self.blocks.push(block);
                }
            }
        }
    }

    fn generated(&mut self, name: &str, name_span: Span, object: &Expr) -> Option<BodyBlock> {
        const ARGUMENTS: [&str; 4] = ["for_each", "iterator", "labels", "content"];
        let mut iterator: Arc<str> = name.into();
        let mut for_each = None;
        let mut labels = Vec::new();
        let mut contents: Vec<&Expr> = Vec::new();
        for (name, item) in items(object) {
            let value = &item.value;
            match name.as_str() {
                "for_each" => for_each = Some(value.clone()),
                "iterator" => match &value.kind {
                    ExprKind::Literal(word) if word.as_str().is_some_and(is_name) => {
                        iterator = word.as_str().unwrap_or_default().into();
                    }
                    _ => {
                        let detail = "Dynamic iterator must be a single variable name.";
                        self.report("Invalid dynamic iterator name", detail, value.span);
                    }
                },
                "labels" => match &value.kind {
                    ExprKind::Tuple(elements) => labels.clone_from(elements),
                    _ => {
                        let detail = "A static list expression is required.";
                        self.report("Invalid expression", detail, value.span);
                    }
                },
                "content" => contents = self.objects("content", value),
                other => {
                    let advice = nearest(other, ARGUMENTS)
                        .map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"));
                    let detail = format!("No argument or block type is named \"{other}\".{advice}");
                    self.report("Extraneous JSON object property", &detail, item.key.span);
                }
            }
        }
        if for_each.is_none() {
            let detail = "The argument \"for_each\" is required, but no definition was found.";
            self.report("Missing required argument", detail, closing(object));
        }
        let mut contents = contents.into_iter();
        let content = contents.next();
        if content.is_none() {
            let detail = "A dynamic block must have a nested block of type \"content\" to describe \
                          the body of each generated block.";
            self.report("Missing dynamic content block", detail, closing(object));
        }
        for again in contents {
            let detail = "Only one nested content block is allowed for each dynamic block.";
            self.report("Extraneous dynamic content block", detail, again.span);
        }
        Some(BodyBlock {
            name: name.into(),
            name_span,
            labels: Vec::new(),
            body: body(content?),
            dynamic: Some(Box::new(Dynamic { for_each: for_each?, iterator, labels })),
        })
    }

    /// The objects that stand for blocks of a type.
    fn objects<'e>(&mut self, name: &str, value: &'e Expr) -> Vec<&'e Expr> {
        match &value.kind {
            ExprKind::Object(_) => vec![value],
            ExprKind::Tuple(elements) => {
                elements.iter().flat_map(|element| self.objects(name, element)).collect()
            }
            ExprKind::Literal(literal) if literal.is_null() => Vec::new(),
            _ => {
                let detail = format!(
                    "Either a JSON object or a JSON array is required, representing the contents \
                     of one or more \"{name}\" blocks."
                );
                self.report("Incorrect JSON value type", &detail, value.span);
                Vec::new()
            }
        }
    }

    fn report(&mut self, summary: &str, detail: &str, span: Span) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }
}

/// Whether references can use a text as a name.
fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.starts_with(|c: char| c.is_alphabetic() || c == '_') && text.chars().all(inner)
}

/// The bracket that closes an object.
fn closing(object: &Expr) -> Span {
    Span { start: object.span.end.saturating_sub(1), ..object.span }
}

/// The members of an object as a body.
fn body(object: &Expr) -> Body {
    let attributes = items(object).into_iter().map(|(name, item)| BodyAttribute {
        name: name.into(),
        name_span: item.key.span,
        expr: item.value.clone(),
        is_json: true,
    });
    Body {
        attributes: attributes.collect(),
        blocks: Vec::new(),
        span: object.span,
        missing: closing(object),
    }
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

#[cfg(test)]
mod tests;
