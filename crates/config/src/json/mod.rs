//! The JSON syntax of the language: files whose names end with `.json`.
//!
//! A text is cut into tokens, read into values with their places, and laid out as blocks and
//! arguments by what the language knows of each block type. What belongs to a resource type or a
//! provider stays an argument: only the schema can tell whether it is a block.

mod embedded;
mod places;
mod read;
mod scalars;
mod structure;
mod tokens;

use std::ops::Range;

use hcl_edit::Span;
use meridian_lang::Number;

pub(crate) use embedded::{Embedded, has_sequence};
pub(crate) use read::read;
pub(crate) use structure::{Block, Body, body, values};

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Json {
    pub(crate) place: Range<usize>,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    /// Escapes resolved.
    String(Box<str>),
    Array(Vec<Json>),
    /// In source order; names may occur more than once.
    Object(Vec<Property>),
}

/// A name in quotes.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// Escapes resolved.
    pub(crate) text: Box<str>,
    /// Quotes included.
    pub(crate) place: Range<usize>,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: Name,
    pub(crate) value: Json,
}

impl Json {
    /// The text, if it is one.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The opening bracket of an object or array; the whole of any other value.
    pub(crate) fn opening(&self) -> Range<usize> {
        match self.kind {
            Kind::Array(_) | Kind::Object(_) => self.place.start..self.place.start + 1,
            _ => self.place.clone(),
        }
    }

    /// The closing bracket of an object or array; the whole of any other value.
    pub(crate) fn closing(&self) -> Range<usize> {
        match self.kind {
            Kind::Array(_) | Kind::Object(_) => self.place.end - 1..self.place.end,
            _ => self.place.clone(),
        }
    }
}

impl Span for Json {
    fn span(&self) -> Option<Range<usize>> {
        Some(self.place.clone())
    }
}

impl Span for Name {
    fn span(&self) -> Option<Range<usize>> {
        Some(self.place.clone())
    }
}
