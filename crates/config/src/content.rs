//! What a block holds, with overrides laid over it, and what it may hold.

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Attribute, Block, Body, Structure};
use meridian_lang::{FileId, Span, nearest};

use crate::model::Name;
use crate::reader::Reader;

/// An argument and the file that it stands in.
#[derive(Clone, Copy)]
pub(crate) struct Argument<'a> {
    pub(crate) file: FileId,
    pub(crate) attribute: &'a Attribute,
}

impl<'a> Argument<'a> {
    pub(crate) fn name(&self) -> &'a str {
        self.attribute.key.as_str()
    }

    pub(crate) fn value(&self) -> &'a Expression {
        &self.attribute.value
    }

    /// Where the name stands.
    pub(crate) fn name_span(&self, reader: &Reader<'_>) -> Span {
        reader.span(self.file, &self.attribute.key)
    }

    /// Where the value stands.
    pub(crate) fn value_span(&self, reader: &Reader<'_>) -> Span {
        reader.span(self.file, &self.attribute.value)
    }
}

/// A block and the file that it stands in.
#[derive(Clone, Copy)]
pub(crate) struct Nested<'a> {
    pub(crate) file: FileId,
    pub(crate) block: &'a Block,
}

impl<'a> Nested<'a> {
    pub(crate) fn name(&self) -> &'a str {
        self.block.ident.as_str()
    }

    /// The header: from the keyword to the last label.
    pub(crate) fn header(&self, reader: &Reader<'_>) -> Span {
        let keyword = reader.span(self.file, &self.block.ident);
        self.block.labels.last().map_or(keyword, |last| keyword.to(reader.span(self.file, last)))
    }

    /// The labels and their places.
    pub(crate) fn labels(&self, reader: &Reader<'_>) -> Vec<Name> {
        let label = |label: &hcl_edit::structure::BlockLabel| Name {
            text: label.as_str().into(),
            span: reader.span(self.file, label),
        };
        self.block.labels.iter().map(label).collect()
    }

    /// The labels, if there are as many as `names` has entries; else an error and nothing.
    pub(crate) fn exact_labels<const N: usize>(
        &self,
        names: [&str; N],
        reader: &mut Reader<'_>,
    ) -> Option<[Name; N]> {
        let kind = self.name();
        let labels = self.labels(reader);
        let list = names.join(", ");
        if let Some(missing) = names.get(labels.len()) {
            let detail = format!("All {kind} blocks must have {N} labels ({list}).");
            let brace = Content::of(*self, reader).opening_brace();
            reader.error(brace, format!("Missing {missing} for {kind}"), detail);
            return None;
        }
        if let Some(extra) = labels.get(N) {
            let detail = if N == 0 {
                format!("No labels are expected for {kind} blocks.")
            } else {
                format!("Only {N} labels ({list}) are expected for {kind} blocks.")
            };
            reader.error(extra.span, format!("Extraneous label for {kind}"), detail);
            return None;
        }
        labels.try_into().ok()
    }
}

/// Arguments and blocks of a body.
#[derive(Clone)]
pub(crate) struct Content<'a> {
    pub(crate) arguments: Vec<Argument<'a>>,
    pub(crate) blocks: Vec<Nested<'a>>,
    /// From the opening to the closing brace.
    pub(crate) span: Span,
}

impl<'a> Content<'a> {
    /// The content of a block.
    pub(crate) fn of(nested: Nested<'a>, reader: &Reader<'_>) -> Content<'a> {
        let header = nested.header(reader);
        let whole = reader.span(nested.file, nested.block);
        let behind = reader.sources.excerpt(Span { start: header.end, ..whole });
        let brace = u32::try_from(behind.find('{').unwrap_or(0)).unwrap_or(0);
        let span = Span { start: header.end + brace, ..whole };
        Content::of_body(nested.file, &nested.block.body, span)
    }

    /// The content of a body that stands at `span`.
    pub(crate) fn of_body(file: FileId, body: &'a Body, span: Span) -> Content<'a> {
        let mut content = Content { arguments: Vec::new(), blocks: Vec::new(), span };
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    content.arguments.push(Argument { file, attribute })
                }
                Structure::Block(block) => content.blocks.push(Nested { file, block }),
            }
        }
        content
    }

    /// Lays `over` over this: its arguments replace those of the same name, its blocks all of the
    /// same type.
    pub(crate) fn override_with(&mut self, over: Content<'a>) {
        for argument in over.arguments {
            match self.arguments.iter_mut().find(|mine| mine.name() == argument.name()) {
                Some(mine) => *mine = argument,
                None => self.arguments.push(argument),
            }
        }
        // What is laid over a `lifecycle` block replaces single arguments of it, so both stay.
        let replaced = |name| name != "lifecycle" && over.blocks.iter().any(|it| it.name() == name);
        self.blocks.retain(|mine| !replaced(mine.name()));
        self.blocks.extend(over.blocks);
    }

    /// Where the body opens; what is missing from it is reported there.
    pub(crate) fn opening_brace(&self) -> Span {
        Span { end: self.span.start + 1, ..self.span }
    }

    /// Takes out an argument.
    pub(crate) fn take(&mut self, name: &str) -> Option<Argument<'a>> {
        let at = self.arguments.iter().position(|argument| argument.name() == name)?;
        Some(self.arguments.remove(at))
    }

    /// Takes out an argument that must be there.
    pub(crate) fn take_required(
        &mut self,
        name: &str,
        reader: &mut Reader<'_>,
    ) -> Option<Argument<'a>> {
        let found = self.take(name);
        if found.is_none() {
            let detail = format!("The argument {name:?} is required, but no definition was found.");
            reader.error(self.opening_brace(), "Missing required argument", detail);
        }
        found
    }

    /// Takes out all blocks of a type.
    pub(crate) fn take_blocks(&mut self, name: &str) -> Vec<Nested<'a>> {
        let (taken, rest) =
            std::mem::take(&mut self.blocks).into_iter().partition(|block| block.name() == name);
        self.blocks = rest;
        taken
    }

    /// Reports all that is left as unexpected, given the names that would have been expected.
    pub(crate) fn reject_rest(&self, arguments: &[&str], blocks: &[&str], reader: &mut Reader<'_>) {
        for argument in &self.arguments {
            let name = argument.name();
            let hint = if blocks.contains(&name) {
                format!(" Did you mean to define a block of type {name:?}?")
            } else {
                suggestion(name, arguments)
            };
            let detail = format!("An argument named {name:?} is not expected here.{hint}");
            reader.error(argument.name_span(reader), "Unsupported argument", detail);
        }
        for block in &self.blocks {
            let name = block.name();
            let hint = if arguments.contains(&name) {
                format!(
                    " Did you mean to define argument {name:?}? If so, use the equals sign to \
                     assign it a value."
                )
            } else {
                suggestion(name, blocks)
            };
            let detail = format!("Blocks of type {name:?} are not expected here.{hint}");
            let keyword = reader.span(block.file, &block.block.ident);
            reader.error(keyword, "Unsupported block type", detail);
        }
    }
}

fn suggestion(name: &str, known: &[&str]) -> String {
    nearest(name, known.iter().copied())
        .map(|near| format!(" Did you mean {near:?}?"))
        .unwrap_or_default()
}
