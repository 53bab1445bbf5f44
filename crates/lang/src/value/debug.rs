//! Values as messages for developers show them.

use std::fmt;

use super::{Kind, Value};

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
