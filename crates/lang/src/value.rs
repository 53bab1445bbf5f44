//! Values: what configuration evaluates to and what the cloud answers.

mod debug;
mod marks;
mod parts;

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

pub use self::marks::Marks;
use crate::{Field, Number, Type, Unknown, order};

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
}

#[cfg(test)]
mod tests;
