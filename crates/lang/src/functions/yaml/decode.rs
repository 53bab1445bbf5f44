//! From YAML text to a value.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use crate::{Type, Value};

use super::scalar;

/// How deeply sequences and mappings may be nested.
const GREATEST_DEPTH: usize = 256;
/// How many nodes a document may have, those that aliases repeat counted each time.
const GREATEST_SIZE: usize = 1_000_000;

/// A node that has been read, and how many nodes it is made of.
#[derive(Clone)]
struct Node {
    value: Value,
    size: usize,
}

struct Decoder<'t> {
    parser: Parser<'t, StrInput<'t>>,
    /// Nodes by anchor; none for one that is being read.
    anchors: HashMap<usize, Option<Node>>,
}

/// The value of the only document in a text.
pub(super) fn decoded(text: &str) -> Result<Value, String> {
    let parser = Parser::new_from_str(text);
    let mut decoder = Decoder { parser, anchors: HashMap::new() };
    let (mut event, mut span) = decoder.next()?;
    while matches!(event, Event::StreamStart | Event::DocumentStart(_)) {
        (event, span) = decoder.next()?;
    }
    if event == Event::StreamEnd {
        return Err("on line 1, column 1: missing start of document".to_owned());
    }
    let node = decoder.node(event, &span, 0)?;
    loop {
        let (event, span) = decoder.next()?;
        match event {
            Event::DocumentEnd => {}
            Event::StreamEnd => return Ok(node.value),
            _ => return Err(at(&span, "unexpected extra content after value")),
        }
    }
}

fn at(span: &Span, reason: &str) -> String {
    format!("on line {}, column {}: {reason}", span.start.line(), span.start.col() + 1)
}

fn broken(error: &ScanError) -> String {
    let marker = error.marker();
    format!("on line {}, column {}: {}", marker.line(), marker.col() + 1, error.info())
}

impl<'t> Decoder<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), String> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(broken(&error)),
            None => Err("unexpected end of the text".to_owned()),
        }
    }

    fn node(&mut self, event: Event<'t>, span: &Span, depth: usize) -> Result<Node, String> {
        if depth > GREATEST_DEPTH {
            return Err(at(span, "sequences and mappings are nested too deeply"));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain;
                let value = scalar::value(&text, quoted, full_name(tag.as_deref()).as_deref())
                    .map_err(|reason| at(span, &reason))?;
                Ok(self.keep(anchor, Node { value, size: 1 }))
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(Some(node)) => Ok(node.clone()),
                Some(None) => {
                    Err(at(span, "cannot refer to an anchor from inside its own definition"))
                }
                None => Err(at(span, "reference to undefined anchor")),
            },
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), "seq", "sequence").map_err(|it| at(span, &it))?;
                self.anchors.insert(anchor, None);
                let node = self.sequence(depth)?;
                Ok(self.keep(anchor, node))
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), "map", "mapping").map_err(|it| at(span, &it))?;
                self.anchors.insert(anchor, None);
                let node = self.mapping(depth)?;
                Ok(self.keep(anchor, node))
            }
            _ => Err(at(span, "did not find expected node content")),
        }
    }

    /// Remembers a node under its anchor; 0 stands for none.
    fn keep(&mut self, anchor: usize, node: Node) -> Node {
        if anchor != 0 {
            self.anchors.insert(anchor, Some(node.clone()));
        }
        node
    }

    fn sequence(&mut self, depth: usize) -> Result<Node, String> {
        let mut elements = Vec::new();
        let mut size = 1;
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Node { value: Value::tuple(elements), size });
            }
            let node = self.node(event, &span, depth + 1)?;
            size = grown(size, node.size, &span)?;
            elements.push(node.value);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Node, String> {
        let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        let mut size = 1;
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Node { value: Value::object(entries), size });
            }
            let merges = matches!(&event, Event::Scalar(text, _, _, None) if text == "<<");
            let key = match &event {
                Event::Scalar(..) | Event::Alias(_) => self.node(event, &span, depth + 1)?.value,
                _ => return Err(at(&span, "only strings are allowed as mapping keys")),
            };
            let (event, value_span) = self.next()?;
            let value = self.node(event, &value_span, depth + 1)?;
            size = grown(size, value.size, &span)?;
            if merges {
                let Some(more) = value.value.as_entries() else {
                    let ty = value.value.ty().friendly_name();
                    return Err(at(&span, &format!("cannot merge {ty} into mapping")));
                };
                entries.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
                continue;
            }
            entries.insert(key_text(&key).map_err(|it| at(&span, it))?, value.value);
        }
    }
}

/// The sum of sizes, unless it is too large.
fn grown(size: usize, more: usize, span: &Span) -> Result<usize, String> {
    Some(size + more)
        .filter(|size| *size <= GREATEST_SIZE)
        .ok_or_else(|| at(span, "the document is too large, or its aliases repeat too much"))
}

fn key_text(key: &Value) -> Result<Arc<str>, &'static str> {
    if key.is_null() {
        return Err("mapping key cannot be null");
    }
    crate::convert(key, &Type::String)
        .ok()
        .and_then(|key| key.as_str().map(Arc::from))
        .ok_or("only strings are allowed as mapping keys")
}

fn full_name(tag: Option<&Tag>) -> Option<String> {
    tag.map(|tag| format!("{}{}", tag.handle, tag.suffix))
}

fn check_tag(tag: Option<&Tag>, expected: &str, what: &str) -> Result<(), String> {
    match full_name(tag) {
        Some(name) if name != format!("{}{expected}", scalar::CORE) => {
            Err(format!("can't interpret {what} as {name}"))
        }
        _ => Ok(()),
    }
}
