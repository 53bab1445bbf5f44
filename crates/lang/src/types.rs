//! Types of values.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::Value;

/// The type of a value, or a constraint on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Not known yet, or anything (`any`).
    Dynamic,
    /// `true` or `false`.
    Bool,
    /// A number of 512 bits of precision.
    Number,
    /// Text in Unicode's normalisation form C.
    String,
    /// A sequence of values of one type.
    List(Arc<Type>),
    /// Values of one type without order or repetition.
    Set(Arc<Type>),
    /// Values of one type by text keys.
    Map(Arc<Type>),
    /// Named attributes, each of its own type.
    Object(Arc<BTreeMap<Arc<str>, Field>>),
    /// A sequence in which each element has its own type.
    Tuple(Arc<[Type]>),
}

/// An attribute of an object type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its type.
    pub ty: Type,
    /// Whether a value may leave it out (`optional(…)` in a constraint).
    pub optional: bool,
    /// What stands for it when it is left out or null.
    pub default: Option<Value>,
}

impl Field {
    /// An attribute that must be there.
    pub fn required(ty: Type) -> Field {
        Field { ty, optional: false, default: None }
    }
}

impl Type {
    /// A list of `element`.
    pub fn list(element: Type) -> Type {
        Type::List(Arc::new(element))
    }

    /// A set of `element`.
    pub fn set(element: Type) -> Type {
        Type::Set(Arc::new(element))
    }

    /// A map of `element`.
    pub fn map(element: Type) -> Type {
        Type::Map(Arc::new(element))
    }

    /// An object type whose attributes are all required.
    pub fn object<N: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (N, Type)>) -> Type {
        let fields = attributes.into_iter().map(|(name, ty)| (name.into(), Field::required(ty)));
        Type::Object(Arc::new(fields.collect()))
    }

    /// Whether this is a bool, a number or a string.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Type::Bool | Type::Number | Type::String)
    }

    /// Whether any part of the type is still open.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Type::Dynamic => true,
            Type::Bool | Type::Number | Type::String => false,
            Type::List(element) | Type::Set(element) | Type::Map(element) => element.has_dynamic(),
            Type::Object(fields) => fields.values().any(|field| field.ty.has_dynamic()),
            Type::Tuple(elements) => elements.iter().any(Type::has_dynamic),
        }
    }

    /// The type's name as messages spell it: "list of string", "object".
    pub fn friendly_name(&self) -> String {
        match self {
            Type::Dynamic => "dynamic".into(),
            Type::Bool => "bool".into(),
            Type::Number => "number".into(),
            Type::String => "string".into(),
            Type::List(element) => format!("list of {}", element.friendly_name()),
            Type::Set(element) => format!("set of {}", element.friendly_name()),
            Type::Map(element) => format!("map of {}", element.friendly_name()),
            Type::Object(_) => "object".into(),
            Type::Tuple(_) => "tuple".into(),
        }
    }
}

/// As the configuration language spells it: `map(object({a=string}))`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dynamic => f.write_str("any"),
            Type::Bool => f.write_str("bool"),
            Type::Number => f.write_str("number"),
            Type::String => f.write_str("string"),
            Type::List(element) => write!(f, "list({element})"),
            Type::Set(element) => write!(f, "set({element})"),
            Type::Map(element) => write!(f, "map({element})"),
            Type::Object(fields) => {
                f.write_str("object({")?;
                for (position, (name, field)) in fields.iter().enumerate() {
                    let separator = if position == 0 { "" } else { "," };
                    if field.optional {
                        write!(f, "{separator}{name}=optional({})", field.ty)?;
                    } else {
                        write!(f, "{separator}{name}={}", field.ty)?;
                    }
                }
                f.write_str("})")
            }
            Type::Tuple(elements) => {
                f.write_str("tuple([")?;
                for (position, element) in elements.iter().enumerate() {
                    let separator = if position == 0 { "" } else { "," };
                    write!(f, "{separator}{element}")?;
                }
                f.write_str("])")
            }
        }
    }
}
