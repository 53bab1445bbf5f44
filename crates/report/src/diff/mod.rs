//! What differs between two values, as a tree.

mod block;
mod print;
mod print_text;
mod sequence;
mod sides;
mod text;
mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use block::compare_objects;
pub(crate) use print::{Printer, View, aligned, symbol};
pub(crate) use sides::{Forcing, Sides};
pub(crate) use value::{Rules, compare};

/// What happens to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Same,
    Create,
    Update,
    Delete,
}

impl Change {
    /// What happens to a whole of which this much is known, when `part` happens to a part.
    pub(crate) fn with_part(self, part: Change) -> Change {
        if part == Change::Same || part == self { self } else { Change::Update }
    }
}

/// A node of the tree.
#[derive(Clone, Debug)]
pub(crate) struct Diff {
    pub change: Change,
    /// Whether this change forces the replacement of the whole object.
    pub forces: bool,
    pub body: Body,
}

impl Diff {
    fn new(change: Change, body: Body) -> Diff {
        Diff { change, forces: false, body }
    }
}

/// Named parts.
pub(crate) type Parts = BTreeMap<Arc<str>, Diff>;

/// What a node holds, by the way in which it is printed.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// A bool or a number as text; nothing stands for null.
    Scalar { before: Option<String>, after: Option<String> },
    /// A string; nothing stands for null.
    Text { before: Option<Arc<str>>, after: Option<Arc<str>> },
    /// A string that holds a JSON document. `reformatted` if only its spelling differs.
    Json { document: Box<Diff>, reformatted: bool },
    /// Elements, of which in an ordered sequence the neighbours of a change are shown too.
    Sequence { elements: Vec<Diff>, ordered: bool },
    /// Elements by key.
    Map(Parts),
    /// Attributes by name.
    Object(Parts),
    /// Attributes and, by name, nested blocks.
    Block(Block),
    /// A value that only apply will tell, and what it was.
    Unknown { before: Option<Box<Diff>> },
    /// A value of another type than it was.
    OtherType { before: Box<Diff>, after: Box<Diff> },
    /// A secret, and whether it becomes or ceases to be one.
    Sensitive(Option<Remark>),
    /// A value that is used and never kept.
    WriteOnly,
}

/// An object of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub attributes: Parts,
    pub blocks: Vec<(&'static str, Vec<Diff>)>,
    /// The attribute that tells it from its like.
    pub key: Option<&'static str>,
}

/// A value becomes a secret, or is no longer one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Remark {
    pub becomes_sensitive: bool,
    pub value_unchanged: bool,
}
