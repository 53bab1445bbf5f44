//! Lays JSON values out as blocks and arguments, as far as the language knows which is which.

use std::collections::HashMap;
use std::ops::Range;

use meridian_lang::{Diagnostic, Diagnostics, FileId, Sources, Span};

use super::{Json, Kind, Name, Property};

/// What a block, or a whole file, holds.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) attributes: Vec<Property>,
    pub(crate) blocks: Vec<Block>,
    /// Where it opens.
    pub(crate) opening: Range<usize>,
    /// Where it closes; what is missing from it is reported there.
    pub(crate) closing: Range<usize>,
}

/// A block.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) kind: Name,
    pub(crate) labels: Vec<Name>,
    /// What stands for the block as a whole: where the object, or the array that it is in, opens.
    pub(crate) header: Range<usize>,
    pub(crate) body: Body,
}

/// A type of block and what its labels are called.
type BlockType = (&'static str, &'static [&'static str]);

/// The members of a body that are blocks; all others are arguments.
const BLOCKS: [(&str, &[BlockType]); 15] = [
    (
        FILE,
        &[
            ("terraform", &[]),
            ("provider", &["name"]),
            ("variable", &["name"]),
            ("locals", &[]),
            ("output", &["name"]),
            ("module", &["name"]),
            ("resource", &["type", "name"]),
            ("data", &["type", "name"]),
            ("ephemeral", &["type", "name"]),
            ("moved", &[]),
            ("removed", &[]),
            ("import", &[]),
            ("check", &["name"]),
        ],
    ),
    (
        "terraform",
        &[
            ("backend", &["type"]),
            ("cloud", &[]),
            ("required_providers", &[]),
            ("provider_meta", &["provider"]),
        ],
    ),
    ("variable", &[("validation", &[])]),
    ("output", &[("precondition", &[])]),
    ("provider", &[("_", &[]), ("dynamic", &["name"])]),
    ("module", &[("_", &[]), ("lifecycle", &[]), ("locals", &[]), ("provider", &["type"])]),
    ("resource", RESOURCE),
    ("data", RESOURCE),
    ("ephemeral", RESOURCE),
    ("lifecycle", &[("precondition", &[]), ("postcondition", &[])]),
    ("removed", &[("lifecycle", &[]), ("provisioner", &["type"]), ("connection", &[])]),
    ("check", &[("data", &["type", "name"]), ("assert", &[])]),
    ("dynamic", &[("content", &[])]),
    ("content", &[("dynamic", &["name"])]),
    ("_", &[("dynamic", &["name"])]),
];

const RESOURCE: &[BlockType] = &[
    ("locals", &[]),
    ("lifecycle", &[]),
    ("connection", &[]),
    ("provisioner", &["type"]),
    ("dynamic", &["name"]),
    ("_", &[]),
];

/// Bodies whose members have names of their own, so that none is a block.
const ATTRIBUTES_ONLY: [&str; 3] = ["locals", "required_providers", VALUES];

/// The whole of a configuration file.
const FILE: &str = "";

/// The whole of a file with values for variables.
const VALUES: &str = "=";

const TYPE: &str = "Incorrect JSON value type";

/// Lays out a configuration file; what is no object or block where one must be is reported.
pub(crate) fn body(
    sources: &Sources,
    file: FileId,
    value: Json,
    diagnostics: &mut Diagnostics,
) -> Body {
    whole(FILE, sources, file, value, diagnostics)
}

/// The members of a file with values for variables.
pub(crate) fn values(
    sources: &Sources,
    file: FileId,
    value: Json,
    diagnostics: &mut Diagnostics,
) -> Vec<Property> {
    whole(VALUES, sources, file, value, diagnostics).attributes
}

fn whole(
    kind: &str,
    sources: &Sources,
    file: FileId,
    value: Json,
    diagnostics: &mut Diagnostics,
) -> Body {
    let mut layout = Layout { sources, file, diagnostics };
    if !matches!(value.kind, Kind::Object(_) | Kind::Array(_)) {
        layout.report(
            value.opening(),
            "Root value must be object",
            "The root value in a JSON-based configuration must be either a JSON object or a JSON \
             array of objects.",
        );
        return Body {
            attributes: Vec::new(),
            blocks: Vec::new(),
            opening: value.opening(),
            closing: value.closing(),
        };
    }
    layout.body(kind, value)
}

struct Layout<'l> {
    sources: &'l Sources,
    file: FileId,
    diagnostics: &'l mut Diagnostics,
}

impl Layout<'_> {
    fn span(&self, place: Range<usize>) -> Span {
        Span::new(self.file, place.start, place.end)
    }

    fn report(&mut self, place: Range<usize>, summary: &str, detail: impl Into<String>) {
        let span = self.span(place);
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    /// The body of a block of type `kind`.
    fn body(&mut self, kind: &str, value: Json) -> Body {
        let (opening, closing) = match value.kind {
            Kind::Array(_) => (value.opening(), value.opening()),
            _ => (value.opening(), value.closing()),
        };
        let known: &[BlockType] =
            BLOCKS.iter().find(|(parent, _)| *parent == kind).map_or(&[], |(_, blocks)| blocks);
        let properties = if ATTRIBUTES_ONLY.contains(&kind) {
            self.only_properties(value)
        } else {
            self.properties(value, "to define arguments and child blocks")
        };
        let mut body = Body { attributes: Vec::new(), blocks: Vec::new(), opening, closing };
        let mut names: HashMap<Box<str>, Range<usize>> = HashMap::new();
        for property in properties {
            // A property of this name is a comment.
            if &*property.name.text == "//" {
                continue;
            }
            match known.iter().find(|(name, _)| *name == &*property.name.text) {
                Some((_, labels)) => {
                    self.blocks(&property.name, labels, &[], property.value, &mut body.blocks);
                }
                None => self.attribute(kind, property, &mut names, &mut body.attributes),
            }
        }
        body
    }

    fn attribute(
        &mut self,
        kind: &str,
        property: Property,
        names: &mut HashMap<Box<str>, Range<usize>>,
        attributes: &mut Vec<Property>,
    ) {
        let name = &property.name;
        if let Some(first) = names.get(&name.text) {
            let summary = if ATTRIBUTES_ONLY.contains(&kind) {
                "Duplicate attribute definition"
            } else {
                "Duplicate argument"
            };
            let first = self.sources.place(self.span(first.clone()));
            let detail = format!("The argument {:?} was already set at {first}.", &*name.text);
            self.report(name.place.clone(), summary, detail);
            return;
        }
        names.insert(name.text.clone(), name.place.start..property.value.place.end);
        attributes.push(property);
    }

    /// The members of an object, where nothing else will do.
    fn only_properties(&mut self, value: Json) -> Vec<Property> {
        let opening = value.opening();
        match value.kind {
            Kind::Null => Vec::new(),
            Kind::Object(properties) => properties,
            _ => {
                self.report(
                    opening,
                    TYPE,
                    "A JSON object is required here, setting the arguments for this block.",
                );
                Vec::new()
            }
        }
    }

    /// The members of an object, or of all objects in an array.
    fn properties(&mut self, value: Json, wanted: &str) -> Vec<Property> {
        let opening = value.opening();
        match value.kind {
            Kind::Null => Vec::new(),
            Kind::Object(properties) => properties,
            Kind::Array(elements) => {
                let mut all = Vec::new();
                for element in elements {
                    let opening = element.opening();
                    match element.kind {
                        Kind::Object(properties) => all.extend(properties),
                        _ => {
                            let detail = format!("A JSON object is required here, {wanted}.");
                            self.report(opening, TYPE, detail);
                        }
                    }
                }
                all
            }
            _ => {
                let detail = format!(
                    "Either a JSON object or JSON array of objects is required here, {wanted}."
                );
                self.report(opening, TYPE, detail);
                Vec::new()
            }
        }
    }

    /// The blocks of a type that `value` stands for, given the labels known already.
    fn blocks(
        &mut self,
        kind: &Name,
        labels: &[&str],
        known: &[Name],
        value: Json,
        blocks: &mut Vec<Block>,
    ) {
        if let Some((label, inner)) = labels.split_first() {
            let opening = value.opening();
            let properties =
                self.properties(value, &format!("to specify {label} labels for this block"));
            if properties.is_empty() {
                let detail = format!(
                    "At least one object property is required, whose name represents the {} \
                     block's {label}.",
                    kind.text
                );
                self.report(opening, "Missing block label", detail);
            }
            for property in properties {
                let labels: Vec<Name> = known.iter().cloned().chain([property.name]).collect();
                self.blocks(kind, inner, &labels, property.value, blocks);
            }
            return;
        }
        let header = value.opening();
        let bodies = match value.kind {
            Kind::Null => Vec::new(),
            Kind::Object(_) => vec![value],
            Kind::Array(elements) => elements,
            _ => {
                let detail = format!(
                    "Either a JSON object or a JSON array is required, representing the contents \
                     of one or more {:?} blocks.",
                    &*kind.text
                );
                self.report(value.opening(), TYPE, detail);
                return;
            }
        };
        for value in bodies {
            let body = self.body(&kind.text, value);
            let (kind, labels, header) = (kind.clone(), known.to_vec(), header.clone());
            blocks.push(Block { kind, labels, header, body });
        }
    }
}
