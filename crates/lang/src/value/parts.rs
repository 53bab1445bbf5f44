//! What a value holds, and the parts that it is made of.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Kind, Value};
use crate::{Number, Path, Step};

impl Value {
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
