//! Bodies whose content belongs to a resource type or provider.

use std::sync::Arc;

use meridian_lang::{Body, BodyAttribute, BodyBlock, Dynamic, Expr};

use super::{Lowering, References};
use crate::blocks::is_name;
use crate::content::{Argument, Content, Nested};
use crate::reader::Reader;
use crate::static_reference::{NOT_STATIC, static_list};

/// Blocks that steer the language itself: nothing can generate them.
const META: [&str; 3] = ["lifecycle", "provisioner", "connection"];

/// Lowers what a block holds, whatever it means.
pub(crate) fn lower_body(reader: &mut Reader<'_>, content: &Content<'_>) -> Body {
    Bodies { reader, iterators: Vec::new() }.body(content)
}

struct Bodies<'r, 'a> {
    reader: &'r mut Reader<'a>,
    /// Names of the iterators of the `dynamic` blocks around the present place, innermost last.
    iterators: Vec<Arc<str>>,
}

impl Bodies<'_, '_> {
    fn body(&mut self, content: &Content<'_>) -> Body {
        let attributes = content.arguments.iter();
        let attributes = attributes
            .map(|argument| BodyAttribute {
                name: argument.name().into(),
                name_span: argument.name_span(self.reader),
                expr: self.expression(argument),
                is_json: argument.is_json(),
            })
            .collect();
        let blocks = content.blocks.iter().filter_map(|nested| match nested.name() {
            "dynamic" => self.dynamic(*nested),
            _ => Some(self.block(*nested)),
        });
        Body {
            attributes,
            blocks: blocks.collect(),
            span: content.span,
            missing: content.opening_brace(),
        }
    }

    fn expression(&mut self, argument: &Argument<'_>) -> Expr {
        Lowering::new(self.reader, argument.file, References::Allowed)
            .within(&self.iterators)
            .term(argument.value())
    }

    fn block(&mut self, nested: Nested<'_>) -> BodyBlock {
        let labels = nested.labels(self.reader);
        BodyBlock {
            name: nested.name().into(),
            name_span: nested.header(self.reader),
            labels: labels.into_iter().map(|label| (label.text, label.span)).collect(),
            body: self.body(&Content::of(nested, self.reader)),
            dynamic: None,
        }
    }

    fn dynamic(&mut self, nested: Nested<'_>) -> Option<BodyBlock> {
        let [name] = nested.exact_labels(["type"], self.reader)?;
        if META.contains(&&*name.text) {
            let detail = format!(
                "Blocks of type {:?} are not expected here.",
                format!("dynamic {}", name.text)
            );
            self.reader.error(name.span, "Unsupported block type", detail);
            return None;
        }
        let mut content = Content::of(nested, self.reader);
        let for_each = content.take_required("for_each", self.reader);
        let iterator = match content.take("iterator") {
            Some(argument) => self.iterator(&argument)?,
            None => name.text.clone(),
        };
        let labels = content.take("labels");
        let mut contents = content.take_blocks("content").into_iter();
        content.reject_rest(&["for_each", "iterator", "labels"], &["content"], self.reader);
        let inner = contents.next();
        if inner.is_none() {
            self.reader.error(
                content.opening_brace(),
                "Missing dynamic content block",
                "A dynamic block must have a nested block of type \"content\" to describe the \
                 body of each generated block.",
            );
        }
        for again in contents {
            self.reader.error(
                again.header(self.reader),
                "Extraneous dynamic content block",
                "Only one nested content block is allowed for each dynamic block.",
            );
        }
        let for_each = self.expression(&for_each?);
        let inner = inner?;
        self.iterators.push(iterator.clone());
        let labels = labels.map(|labels| self.labels(&labels)).unwrap_or_default();
        let body = self.body(&Content::of(inner, self.reader));
        self.iterators.pop();
        Some(BodyBlock {
            name: name.text,
            name_span: nested.header(self.reader),
            labels: Vec::new(),
            body,
            dynamic: Some(Box::new(Dynamic { for_each, iterator, labels })),
        })
    }

    fn iterator(&mut self, argument: &Argument<'_>) -> Option<Arc<str>> {
        let name = argument.value().keyword().filter(|name| is_name(name)).map(Arc::from);
        if name.is_none() {
            let (summary, detail) = if argument.value().may_be_unquoted_reference() {
                (
                    "Invalid dynamic iterator name",
                    "Dynamic iterator must be a single variable name.",
                )
            } else {
                ("Invalid expression", NOT_STATIC)
            };
            self.reader.error(argument.value_span(self.reader), summary, detail);
        }
        name
    }

    fn labels(&mut self, argument: &Argument<'_>) -> Vec<Expr> {
        let items = static_list(self.reader, argument.file, argument.value()).unwrap_or_default();
        items
            .into_iter()
            .map(|item| {
                Lowering::new(self.reader, argument.file, References::Allowed)
                    .within(&self.iterators)
                    .term(item)
            })
            .collect()
    }
}
