//! Marks: what must not be forgotten about a value.

use std::collections::BTreeMap;
use std::ops::{BitOr, BitOrAssign};
use std::sync::Arc;

use super::{Kind, Value};
use crate::{Path, Step};

/// What must not be forgotten about a value, wherever it travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Marks(u8);

impl Marks {
    /// Nothing to remember.
    pub const NONE: Marks = Marks(0);
    /// Must not reach a file or a screen in clear.
    pub const SENSITIVE: Marks = Marks(1);
    /// Exists during one phase only.
    pub const EPHEMERAL: Marks = Marks(2);

    /// Whether all of `other` are among these.
    pub fn contains(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there are none.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// These without `other`.
    #[must_use]
    pub fn without(self, other: Marks) -> Marks {
        Marks(self.0 & !other.0)
    }
}

impl BitOr for Marks {
    type Output = Marks;
    fn bitor(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }
}

impl BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Marks) {
        self.0 |= other.0;
    }
}

impl Value {
    /// The marks on the value itself; its parts may carry more.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// The same value with `marks` added.
    #[must_use]
    pub fn mark(mut self, marks: Marks) -> Value {
        self.marks |= marks;
        self
    }

    /// The same value without marks of its own (its parts keep theirs).
    #[must_use]
    pub fn unmark(mut self) -> Value {
        self.marks = Marks::NONE;
        self
    }

    /// The marks on the value and on all its parts.
    pub fn deep_marks(&self) -> Marks {
        self.children().fold(self.marks, |marks, child| marks | child.deep_marks())
    }

    /// The same value without any marks, at any depth.
    #[must_use]
    pub fn unmark_deep(&self) -> Value {
        if self.deep_marks().is_none() {
            return self.clone();
        }
        let bare = |values: &[Value]| values.iter().map(Value::unmark_deep).collect();
        let bare_map = |values: &BTreeMap<Arc<str>, Value>| {
            Arc::new(values.iter().map(|(key, value)| (key.clone(), value.unmark_deep())).collect())
        };
        let kind = match &self.kind {
            Kind::List(ty, values) => Kind::List(ty.clone(), bare(values)),
            Kind::Set(ty, values) => Kind::Set(ty.clone(), bare(values)),
            Kind::Tuple(values) => Kind::Tuple(bare(values)),
            Kind::Map(ty, values) => Kind::Map(ty.clone(), bare_map(values)),
            Kind::Object(values) => Kind::Object(bare_map(values)),
            other => other.clone(),
        };
        kind.into()
    }

    /// Whether the value itself is sensitive.
    pub fn is_sensitive(&self) -> bool {
        self.marks.contains(Marks::SENSITIVE)
    }

    /// Paths of the outermost parts that carry one of `marks`.
    pub fn marked_paths(&self, marks: Marks) -> Vec<Path> {
        let mut found = Vec::new();
        self.find_marked(marks, &Path::root(), &mut found);
        found
    }

    fn find_marked(&self, marks: Marks, here: &Path, found: &mut Vec<Path>) {
        if self.marks.contains(marks) {
            found.push(here.clone());
            return;
        }
        match &self.kind {
            Kind::List(_, values) | Kind::Set(_, values) | Kind::Tuple(values) => {
                for (index, value) in values.iter().enumerate() {
                    value.find_marked(marks, &here.then(Step::Index(index)), found);
                }
            }
            Kind::Map(_, entries) => {
                for (key, value) in entries.iter() {
                    value.find_marked(marks, &here.then(Step::Key(key.clone())), found);
                }
            }
            Kind::Object(entries) => {
                for (name, value) in entries.iter() {
                    value.find_marked(marks, &here.then(Step::Attribute(name.clone())), found);
                }
            }
            _ => {}
        }
    }
}
