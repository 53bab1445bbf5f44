//! What a block holds, with overrides laid over it, and what it may hold.

use std::collections::{HashMap, HashSet};

use hcl_edit::structure::{Attribute, Block, Body, Structure};
use meridian_lang::{FileId, Span, nearest};

use crate::json;
use crate::model::Name;
use crate::reader::Reader;
use crate::term::Term;

/// An argument and the file that it stands in.
#[derive(Clone, Copy)]
pub(crate) struct Argument<'a> {
    pub(crate) file: FileId,
    attribute: AttributeSource<'a>,
}

/// An argument in either syntax.
#[derive(Clone, Copy)]
enum AttributeSource<'a> {
    Native(&'a Attribute),
    Json(&'a json::Property),
}

impl<'a> Argument<'a> {
    pub(crate) fn name(&self) -> &'a str {
        match self.attribute {
            AttributeSource::Native(attribute) => attribute.key.as_str(),
            AttributeSource::Json(property) => &property.name.text,
        }
    }

    pub(crate) fn value(&self) -> Term<'a> {
        match self.attribute {
            AttributeSource::Native(attribute) => Term::Native(&attribute.value),
            AttributeSource::Json(property) => Term::Json(&property.value),
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        matches!(self.attribute, AttributeSource::Json(_))
    }

    /// Where the name stands.
    pub(crate) fn name_span(&self, reader: &Reader<'_>) -> Span {
        match self.attribute {
            AttributeSource::Native(attribute) => reader.span(self.file, &attribute.key),
            AttributeSource::Json(property) => reader.span(self.file, &property.name),
        }
    }

    /// Where the value stands.
    pub(crate) fn value_span(&self, reader: &Reader<'_>) -> Span {
        reader.span(self.file, &self.value())
    }
}

/// A block and the file that it stands in.
#[derive(Clone, Copy)]
pub(crate) struct Nested<'a> {
    pub(crate) file: FileId,
    block: BlockSource<'a>,
}

/// A block in either syntax.
#[derive(Clone, Copy)]
enum BlockSource<'a> {
    Native(&'a Block),
    Json(&'a json::Block),
}

impl<'a> Nested<'a> {
    pub(crate) fn name(&self) -> &'a str {
        match self.block {
            BlockSource::Native(block) => block.ident.as_str(),
            BlockSource::Json(block) => &block.kind.text,
        }
    }

    /// The type of the blocks that come of it: its own, or that which a `dynamic` block is for.
    fn generates(&self) -> &'a str {
        match (self.name(), self.label_texts().first()) {
            ("dynamic", Some(label)) => label,
            (name, _) => name,
        }
    }

    /// Where the name of the block's type stands.
    pub(crate) fn name_span(&self, reader: &Reader<'_>) -> Span {
        match self.block {
            BlockSource::Native(block) => reader.span(self.file, &block.ident),
            BlockSource::Json(block) => reader.span(self.file, &block.kind),
        }
    }

    /// The header: from the keyword to the last label; in JSON, where the block opens.
    pub(crate) fn header(&self, reader: &Reader<'_>) -> Span {
        match self.block {
            BlockSource::Native(block) => {
                let keyword = self.name_span(reader);
                block.labels.last().map_or(keyword, |last| keyword.to(reader.span(self.file, last)))
            }
            BlockSource::Json(block) => Span::new(self.file, block.header.start, block.header.end),
        }
    }

    /// The labels and their places.
    pub(crate) fn labels(&self, reader: &Reader<'_>) -> Vec<Name> {
        match self.block {
            BlockSource::Native(block) => {
                let label = |label: &hcl_edit::structure::BlockLabel| Name {
                    text: label.as_str().into(),
                    span: reader.span(self.file, label),
                };
                block.labels.iter().map(label).collect()
            }
            BlockSource::Json(block) => {
                let label = |label: &json::Name| Name {
                    text: (*label.text).into(),
                    span: reader.span(self.file, label),
                };
                block.labels.iter().map(label).collect()
            }
        }
    }

    /// The labels without their places.
    pub(crate) fn label_texts(&self) -> Vec<&'a str> {
        match self.block {
            BlockSource::Native(block) => block.labels.iter().map(|it| it.as_str()).collect(),
            BlockSource::Json(block) => block.labels.iter().map(|it| &*it.text).collect(),
        }
    }

    /// The value of one of the block's arguments.
    pub(crate) fn argument(&self, name: &str) -> Option<Term<'a>> {
        match self.block {
            BlockSource::Native(block) => {
                block.body.get_attribute(name).map(|attribute| Term::Native(&attribute.value))
            }
            BlockSource::Json(block) => {
                let mut attributes = block.body.attributes.iter();
                attributes.find(|it| &*it.name.text == name).map(|it| Term::Json(&it.value))
            }
        }
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
    /// What is missing from the body is reported there.
    missing: Span,
}

impl<'a> Content<'a> {
    /// The content of a block.
    pub(crate) fn of(nested: Nested<'a>, reader: &Reader<'_>) -> Content<'a> {
        let block = match nested.block {
            BlockSource::Native(block) => block,
            BlockSource::Json(block) => return Content::of_json(nested.file, &block.body),
        };
        let header = nested.header(reader);
        let whole = reader.span(nested.file, block);
        let behind = reader.sources.excerpt(Span { start: header.end, ..whole });
        let brace = u32::try_from(behind.find('{').unwrap_or(0)).unwrap_or(0);
        let span = Span { start: header.end + brace, ..whole };
        Content::of_body(nested.file, &block.body, span)
    }

    /// The content of a body in JSON.
    pub(crate) fn of_json(file: FileId, body: &'a json::Body) -> Content<'a> {
        let argument = |property| Argument { file, attribute: AttributeSource::Json(property) };
        let block = |block| Nested { file, block: BlockSource::Json(block) };
        Content {
            arguments: body.attributes.iter().map(argument).collect(),
            blocks: body.blocks.iter().map(block).collect(),
            span: Span::new(file, body.opening.start, body.closing.end),
            missing: Span::new(file, body.closing.start, body.closing.end),
        }
    }

    /// The content of a body that stands at `span`.
    pub(crate) fn of_body(file: FileId, body: &'a Body, span: Span) -> Content<'a> {
        let missing = Span { end: span.start + 1, ..span };
        let mut content = Content { arguments: Vec::new(), blocks: Vec::new(), span, missing };
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let attribute = AttributeSource::Native(attribute);
                    content.arguments.push(Argument { file, attribute });
                }
                Structure::Block(block) => {
                    content.blocks.push(Nested { file, block: BlockSource::Native(block) });
                }
            }
        }
        content
    }

    /// Lays `over` over this: its arguments replace those of the same name, its blocks all of the
    /// same type.
    pub(crate) fn override_with(&mut self, over: Content<'a>) {
        let mut places: HashMap<&str, usize> =
            self.arguments.iter().enumerate().map(|(at, mine)| (mine.name(), at)).collect();
        for argument in &over.arguments {
            match places.get(argument.name()) {
                Some(at) => self.arguments[*at] = *argument,
                None => {
                    places.insert(argument.name(), self.arguments.len());
                    self.arguments.push(*argument);
                }
            }
        }
        // What is laid over a `lifecycle` block replaces single arguments of it, so both stay.
        let blocks: HashSet<&str> = over.blocks.iter().map(Nested::generates).collect();
        // An argument in JSON may stand for blocks.
        let json = over.arguments.iter().filter(|it| it.is_json());
        let json: HashSet<&str> = json.map(Argument::name).collect();
        let replaced = |name| name != "lifecycle" && (blocks.contains(name) || json.contains(name));
        self.blocks.retain(|mine| !replaced(mine.generates()));
        self.arguments.retain(|mine| !(mine.is_json() && blocks.contains(mine.name())));
        self.blocks.extend(over.blocks);
    }

    /// Where what is missing from the body is reported: the opening brace; in JSON, the closing.
    pub(crate) fn opening_brace(&self) -> Span {
        self.missing
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
            if argument.is_json() {
                let known: Vec<&str> = arguments.iter().chain(blocks).copied().collect();
                let detail = format!(
                    "No argument or block type is named {name:?}.{}",
                    suggestion(name, &known)
                );
                let place = argument.name_span(reader);
                reader.error(place, "Extraneous JSON object property", detail);
                continue;
            }
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
            let keyword = block.name_span(reader);
            reader.error(keyword, "Unsupported block type", detail);
        }
    }
}

fn suggestion(name: &str, known: &[&str]) -> String {
    nearest(name, known.iter().copied())
        .map(|near| format!(" Did you mean {near:?}?"))
        .unwrap_or_default()
}
