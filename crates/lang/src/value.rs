//! Values: what configuration evaluates to and what the cloud answers.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{BitOr, BitOrAssign};
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use crate::{Field, Number, Path, Step, Type, Unknown, order};

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

/// What a value is, apart from its marks.
#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    /// No value, of a type.
    Null(Type),
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text in normalisation form C.
    String(Arc<str>),
    /// Element type and elements.
    List(Type, Arc<[Value]>),
    /// Element type and elements: sorted, without repetition, unmarked (marks lie on the set).
    Set(Type, Arc<[Value]>),
    /// Element type and elements by key.
    Map(Type, Arc<BTreeMap<Arc<str>, Value>>),
    /// Attributes by name.
    Object(Arc<BTreeMap<Arc<str>, Value>>),
    /// Elements.
    Tuple(Arc<[Value]>),
    /// Not known yet.
    Unknown(Arc<Unknown>),
}

/// A value with its marks. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Value {
    kind: Kind,
    marks: Marks,
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Value {
        Value { kind, marks: Marks::NONE }
    }
}

impl Value {
    /// Null of a type.
    pub fn null(ty: Type) -> Value {
        Kind::Null(ty).into()
    }

    /// A bool.
    pub fn bool(value: bool) -> Value {
        Kind::Bool(value).into()
    }

    /// A number.
    pub fn number(value: impl Into<Number>) -> Value {
        Kind::Number(value.into()).into()
    }

    /// Text; it is brought to normalisation form C.
    pub fn string(text: impl AsRef<str>) -> Value {
        let text = text.as_ref();
        if text.is_ascii() {
            return Kind::String(text.into()).into();
        }
        Kind::String(text.nfc().collect::<String>().into()).into()
    }

    /// A list of elements that are of type `element` already.
    pub fn list(element: Type, elements: impl IntoIterator<Item = Value>) -> Value {
        Kind::List(element, elements.into_iter().collect()).into()
    }

    /// A set of elements that are of type `element` already. Their marks move to the set;
    /// with an unknown element among them the set as a whole is still a set, whose length is a lower bound.
    pub fn set(element: Type, elements: impl IntoIterator<Item = Value>) -> Value {
        let mut marks = Marks::NONE;
        let mut all: Vec<Value> = elements
            .into_iter()
            .map(|value| {
                marks |= value.deep_marks();
                value.unmark_deep()
            })
            .collect();
        order::sort(&mut all);
        all.dedup_by(|a, b| a == b && a.is_wholly_known());
        Value { kind: Kind::Set(element, all.into()), marks }
    }

    /// A map of elements that are of type `element` already.
    pub fn map<N: Into<Arc<str>>>(
        element: Type,
        elements: impl IntoIterator<Item = (N, Value)>,
    ) -> Value {
        let elements = elements.into_iter().map(|(key, value)| (key.into(), value));
        Kind::Map(element, Arc::new(elements.collect())).into()
    }

    /// An object.
    pub fn object<N: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (N, Value)>) -> Value {
        let attributes = attributes.into_iter().map(|(name, value)| (name.into(), value));
        Kind::Object(Arc::new(attributes.collect())).into()
    }

    /// A tuple.
    pub fn tuple(elements: impl IntoIterator<Item = Value>) -> Value {
        Kind::Tuple(elements.into_iter().collect()).into()
    }

    /// What it is, apart from its marks.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

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

    /// The value's type.
    pub fn ty(&self) -> Type {
        match &self.kind {
            Kind::Null(ty) => ty.clone(),
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(element, _) => Type::list(element.clone()),
            Kind::Set(element, _) => Type::set(element.clone()),
            Kind::Map(element, _) => Type::map(element.clone()),
            Kind::Object(attributes) => Type::Object(Arc::new(
                attributes
                    .iter()
                    .map(|(name, value)| (name.clone(), Field::required(value.ty())))
                    .collect(),
            )),
            Kind::Tuple(elements) => Type::Tuple(elements.iter().map(Value::ty).collect()),
            Kind::Unknown(unknown) => unknown.ty.clone(),
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// Whether it is known, though parts of it may not be.
    pub fn is_known(&self) -> bool {
        !matches!(self.kind, Kind::Unknown(_))
    }

    /// Whether it and all its parts are known.
    pub fn is_wholly_known(&self) -> bool {
        self.is_known() && self.children().all(Value::is_wholly_known)
    }

    /// Its text, if it is a known string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// Its truth, if it is a known bool.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Its number, if it is a known number.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Its number, if it is a known whole number of 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::to_i64)
    }

    /// Its elements, if it is a known list, set or tuple.
    pub fn as_elements(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
                Some(elements)
            }
            _ => None,
        }
    }

    /// Its elements by key or attributes by name, if it is a known map or object.
    pub fn as_entries(&self) -> Option<&BTreeMap<Arc<str>, Value>> {
        match &self.kind {
            Kind::Map(_, entries) | Kind::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// The attribute or map element of that name, without regard to marks of the whole.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_entries()?.get(name)
    }

    /// The text of an attribute, if there is one and it is a known string.
    pub fn get_str(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The part at the end of a path.
    pub fn at(&self, path: &Path) -> Option<&Value> {
        path.0.iter().try_fold(self, |value, step| match step {
            Step::Attribute(name) | Step::Key(name) => value.get(name),
            Step::Index(index) => value.as_elements()?.get(*index),
        })
    }

    /// The same object or map with one attribute put in the place of what was there.
    /// Anything that is neither is given back as it is.
    #[must_use]
    pub fn with(self, name: &str, value: Value) -> Value {
        let Value { kind, marks } = self;
        let put = |mut entries: Arc<BTreeMap<Arc<str>, Value>>| {
            Arc::make_mut(&mut entries).insert(name.into(), value);
            entries
        };
        let kind = match kind {
            Kind::Object(entries) => Kind::Object(put(entries)),
            Kind::Map(ty, entries) => Kind::Map(ty, put(entries)),
            other => other,
        };
        Value { kind, marks }
    }

    /// The parts: elements or attributes' values.
    pub fn children(&self) -> Box<dyn Iterator<Item = &Value> + '_> {
        match &self.kind {
            Kind::List(_, values) | Kind::Set(_, values) | Kind::Tuple(values) => {
                Box::new(values.iter())
            }
            Kind::Map(_, entries) | Kind::Object(entries) => Box::new(entries.values()),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// Whether parts stand within parts more than `levels` deep.
    pub(crate) fn is_deeper_than(&self, levels: usize) -> bool {
        let mut left = vec![(self, 0)];
        while let Some((value, level)) = left.pop() {
            if level > levels {
                return true;
            }
            let has_parts =
                |child: &&Value| child.as_elements().is_some() || child.as_entries().is_some();
            left.extend(value.children().filter(has_parts).map(|child| (child, level + 1)));
        }
        false
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

    /// The same value with the part at `path` changed by `change`; as it was if there is no such part.
    #[must_use]
    pub fn map_at(&self, path: &[Step], change: &dyn Fn(Value) -> Value) -> Value {
        let Some((first, rest)) = path.split_first() else {
            return change(self.clone());
        };
        let into_entries = |entries: &Arc<BTreeMap<Arc<str>, Value>>, name: &str| {
            let mut entries = entries.clone();
            if let Some(part) = Arc::make_mut(&mut entries).get_mut(name) {
                *part = part.map_at(rest, change);
            }
            entries
        };
        let into_elements = |elements: &Arc<[Value]>, index: usize| -> Arc<[Value]> {
            let changed = |(at, value): (usize, &Value)| {
                if at == index { value.map_at(rest, change) } else { value.clone() }
            };
            elements.iter().enumerate().map(changed).collect()
        };
        let kind = match (&self.kind, first) {
            (Kind::Object(entries), Step::Attribute(name) | Step::Key(name)) => {
                Kind::Object(into_entries(entries, name))
            }
            (Kind::Map(ty, entries), Step::Attribute(name) | Step::Key(name)) => {
                Kind::Map(ty.clone(), into_entries(entries, name))
            }
            (Kind::List(ty, elements), Step::Index(index)) => {
                Kind::List(ty.clone(), into_elements(elements, *index))
            }
            (Kind::Tuple(elements), Step::Index(index)) => {
                Kind::Tuple(into_elements(elements, *index))
            }
            (other, _) => other.clone(),
        };
        Value { kind, marks: self.marks }
    }
}

/// Never shows what is sensitive.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_sensitive() {
            return f.write_str("(sensitive value)");
        }
        self.kind.fmt(f)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Null(_) => f.write_str("null"),
            Kind::Bool(value) => value.fmt(f),
            Kind::Number(number) => write!(f, "{number}"),
            Kind::String(text) => text.fmt(f),
            Kind::List(_, values) | Kind::Tuple(values) => {
                f.debug_list().entries(&**values).finish()
            }
            Kind::Set(_, values) => f.debug_set().entries(&**values).finish(),
            Kind::Map(_, entries) | Kind::Object(entries) => {
                f.debug_map().entries(entries.iter()).finish()
            }
            Kind::Unknown(unknown) => write!(f, "unknown({})", unknown.ty),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_a_sensitive_value() {
        let secret = Value::string("hunter2").mark(Marks::SENSITIVE);
        let object = Value::object([("password", secret), ("user", Value::string("app"))]);
        let shown = format!("{object:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("app"), "{shown}");
    }

    #[test]
    fn a_set_is_sorted_unique_and_takes_over_the_marks_of_its_elements() {
        let set = Value::set(
            Type::String,
            ["b", "a", "b"].map(|text| Value::string(text).mark(Marks::SENSITIVE)),
        );
        assert!(set.is_sensitive());
        let texts: Vec<_> = set.children().filter_map(Value::as_str).collect();
        assert_eq!(texts, ["a", "b"]);
        assert!(set.children().all(|value| value.marks().is_none()));
    }

    #[test]
    fn strings_are_normalised() {
        assert_eq!(Value::string("e\u{301}"), Value::string("\u{e9}"));
    }

    #[test]
    fn marked_paths_name_the_outermost_marked_parts() {
        let inner = Value::object([("x", Value::bool(true).mark(Marks::SENSITIVE))]);
        let value = Value::object([("a", Value::tuple([inner])), ("b", Value::bool(false))]);
        let paths: Vec<String> =
            value.marked_paths(Marks::SENSITIVE).iter().map(Path::to_string).collect();
        assert_eq!(paths, ["a[0].x"]);
    }
}
