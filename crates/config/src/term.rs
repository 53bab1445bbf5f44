//! What stands behind a name: an expression of the native syntax or a JSON value.

use std::borrow::Cow;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey, ObjectValue};

use crate::json::{Json, Kind, Name, Property};
use crate::syntax::expression_in;

/// The value of an argument, or an element of one, as it was written.
#[derive(Clone, Copy)]
pub(crate) enum Term<'a> {
    Native(&'a Expression),
    Json(&'a Json),
}

impl<'a> Term<'a> {
    /// The text of a plain string; what may be in it as a template is not looked at.
    pub(crate) fn as_str(self) -> Option<&'a str> {
        match self {
            Term::Native(expression) => expression.as_str(),
            Term::Json(value) => value.as_str(),
        }
    }

    /// A bare word; in JSON, a string.
    pub(crate) fn keyword(self) -> Option<&'a str> {
        match self {
            Term::Native(expression) => expression.as_variable().map(|name| name.as_str()),
            Term::Json(value) => value.as_str(),
        }
    }

    /// Whether it is a name, perhaps with steps behind it; in JSON, a string that holds one.
    pub(crate) fn may_be_unquoted_reference(self) -> bool {
        match self {
            Term::Native(expression) => expression.is_variable() || expression.is_traversal(),
            Term::Json(_) => self.may_be_reference(),
        }
    }

    /// Whether it is a name, perhaps with steps behind it; a string may hold one.
    pub(crate) fn may_be_reference(self) -> bool {
        let is_reference = |it: &Expression| it.is_variable() || it.is_traversal();
        match self {
            Term::Native(expression) => is_reference(expression) || expression.is_str(),
            Term::Json(value) => {
                value.as_str().and_then(expression_in).is_some_and(|it| is_reference(&it))
            }
        }
    }

    /// Name, its place, and value of each item of an object that is written out.
    pub(crate) fn items(self) -> Option<Vec<(&'a str, Range<usize>, Term<'a>)>> {
        match self {
            Term::Native(Expression::Object(object)) => {
                let name = |key: &'a ObjectKey| match key {
                    ObjectKey::Ident(name) => (name.as_str(), name.span()),
                    ObjectKey::Expression(key) => (key.as_str().unwrap_or(""), key.span()),
                };
                let item = |(key, value): (&'a ObjectKey, &'a ObjectValue)| {
                    let (name, place) = name(key);
                    (name, place.unwrap_or_default(), Term::Native(value.expr()))
                };
                Some(object.iter().map(item).collect())
            }
            Term::Json(Json { kind: Kind::Object(properties), .. }) => {
                let item = |property: &'a Property| {
                    let name = &property.name;
                    (&*name.text, name.place.clone(), Term::Json(&property.value))
                };
                Some(properties.iter().map(item).collect())
            }
            _ => None,
        }
    }

    /// Keys and values of a map that is written out.
    pub(crate) fn entries(self) -> Option<Vec<(Key<'a>, Term<'a>)>> {
        match self {
            Term::Native(Expression::Object(object)) => {
                let entry = |(key, value): (&'a ObjectKey, &'a ObjectValue)| {
                    let key = match key {
                        ObjectKey::Ident(name) => Cow::Owned(Expression::Variable(name.clone())),
                        ObjectKey::Expression(key) => Cow::Borrowed(key),
                    };
                    (Key::Native(key), Term::Native(value.expr()))
                };
                Some(object.iter().map(entry).collect())
            }
            Term::Json(Json { kind: Kind::Object(properties), .. }) => {
                let entry = |property: &'a Property| {
                    let Name { text, place } = property.name.clone();
                    let name = Json { place, kind: Kind::String(text) };
                    (Key::Json(name), Term::Json(&property.value))
                };
                Some(properties.iter().map(entry).collect())
            }
            _ => None,
        }
    }

    /// The elements of a list that is written out.
    pub(crate) fn elements(self) -> Option<Vec<Term<'a>>> {
        match self {
            Term::Native(Expression::Array(items)) => {
                Some(items.iter().map(Term::Native).collect())
            }
            Term::Json(Json { kind: Kind::Array(items), .. }) => {
                Some(items.iter().map(Term::Json).collect())
            }
            _ => None,
        }
    }
}

/// The key of an entry of a map that is written out.
#[derive(Clone)]
pub(crate) enum Key<'a> {
    Native(Cow<'a, Expression>),
    Json(Json),
}

impl Key<'_> {
    /// The same as a value of its own.
    pub(crate) fn as_term(&self) -> Term<'_> {
        match self {
            Key::Native(expression) => Term::Native(expression),
            Key::Json(name) => Term::Json(name),
        }
    }
}

impl<'a> From<&'a Expression> for Term<'a> {
    fn from(expression: &'a Expression) -> Term<'a> {
        Term::Native(expression)
    }
}

impl<'a> From<&'a Json> for Term<'a> {
    fn from(value: &'a Json) -> Term<'a> {
        Term::Json(value)
    }
}

impl Span for Term<'_> {
    fn span(&self) -> Option<Range<usize>> {
        match self {
            Term::Native(expression) => expression.span(),
            Term::Json(value) => value.span(),
        }
    }
}
