//! What is known of values that are not known yet.
//!
//! A part of what an expression gives can be certain long before its value is: that it is not
//! null, how a text begins, between which bounds a number or a length lies. That is kept, so that
//! comparisons are decided as early as Terraform decides them.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::{Kind, Number, Type, Value};

/// What is known of a value that is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The type that it will have.
    pub ty: Type,
    /// Whether it is certain not to be null.
    pub not_null: bool,
    /// What else is certain, should it not be null.
    pub range: Range,
}

/// Which values of a type an unknown one can still become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Range {
    /// Any of them.
    #[default]
    Any,
    /// Texts that begin so.
    Prefix(Arc<str>),
    /// Numbers between bounds; a missing one is no bound.
    Number(Option<Bound>, Option<Bound>),
    /// Collections of at least and at most so many elements; `usize::MAX` is no limit.
    Length(usize, usize),
}

/// An end of a range of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Where it is.
    pub at: Number,
    /// Whether the number itself is within the range.
    pub inclusive: bool,
}

/// Bytes of a prefix that are worth keeping.
const LONGEST_PREFIX: usize = 128;

/// Characters after which nothing can join them to one that people see as one.
const DELIMITERS: &str = "-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'";

impl Value {
    /// A value of type `ty` that is not known yet, perhaps null.
    pub fn unknown(ty: Type) -> Value {
        Value::unknown_within(ty, false, Range::Any)
    }

    /// A value of type `ty` that is not known yet but certainly not null.
    pub fn unknown_not_null(ty: Type) -> Value {
        Value::unknown_within(ty, true, Range::Any)
    }

    /// A value of type `ty` that is not known yet, of which something is certain; the value itself
    /// if only one is left.
    pub fn unknown_within(ty: Type, not_null: bool, range: Range) -> Value {
        if not_null && let Some(only) = only_value(&ty, &range) {
            return only;
        }
        let range = match range {
            Range::Length(0, usize::MAX) | Range::Number(None, None) => Range::Any,
            range => range,
        };
        Kind::Unknown(Arc::new(Unknown { ty, not_null, range })).into()
    }

    /// A text that is not known yet, but begins with `prefix`, and is not null. A character at the
    /// end that those to come may still change is not counted as a part of it.
    pub fn unknown_with_prefix(prefix: &str) -> Value {
        let prefix = safe_prefix(prefix);
        let range = if prefix.is_empty() { Range::Any } else { Range::Prefix(prefix.into()) };
        Value::unknown_within(Type::String, true, range)
    }

    /// The same value, which is certain not to be null if it is unknown.
    #[must_use]
    pub fn refine_not_null(self) -> Value {
        match self.kind() {
            Kind::Unknown(unknown) if !unknown.not_null && unknown.ty != Type::Dynamic => {
                let marks = self.marks();
                Value::unknown_within(unknown.ty.clone(), true, unknown.range.clone()).mark(marks)
            }
            _ => self,
        }
    }

    /// Whether it is certain not to be null.
    pub fn is_never_null(&self) -> bool {
        match self.kind() {
            Kind::Null(_) => false,
            Kind::Unknown(unknown) => unknown.not_null,
            _ => true,
        }
    }

    /// How its text begins, as far as it is known; empty for what is no text.
    pub fn known_prefix(&self) -> &str {
        match self.kind() {
            Kind::String(text) => text,
            Kind::Unknown(unknown) => match &unknown.range {
                Range::Prefix(prefix) => prefix,
                _ => "",
            },
            _ => "",
        }
    }

    /// The least and the greatest number of elements that it can have, should it not be null;
    /// `usize::MAX` where there is no limit.
    pub fn length_bounds(&self) -> (usize, usize) {
        match self.kind() {
            // Elements that are not known may turn out to be the same.
            Kind::Set(_, elements) if !self.is_wholly_known() => {
                (elements.len().min(1), elements.len())
            }
            Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
                (elements.len(), elements.len())
            }
            Kind::Map(_, entries) | Kind::Object(entries) => (entries.len(), entries.len()),
            Kind::Unknown(unknown) => match (&unknown.range, &unknown.ty) {
                (Range::Length(least, greatest), _) => (*least, *greatest),
                (_, Type::Tuple(elements)) => (elements.len(), elements.len()),
                (_, Type::Object(fields)) => (fields.len(), fields.len()),
                _ => (0, usize::MAX),
            },
            _ => (0, usize::MAX),
        }
    }

    /// The bounds of the number that it is or will be, should it not be null.
    pub fn number_bounds(&self) -> (Option<Bound>, Option<Bound>) {
        match self.kind() {
            Kind::Number(number) => {
                let bound = Bound { at: number.clone(), inclusive: true };
                (Some(bound.clone()), Some(bound))
            }
            Kind::Unknown(unknown) => match &unknown.range {
                Range::Number(least, greatest) => (least.clone(), greatest.clone()),
                _ => (None, None),
            },
            _ => (None, None),
        }
    }
}

impl Unknown {
    /// Whether a known value that is not null can be what this turns out to be.
    pub(crate) fn may_become(&self, value: &Value) -> bool {
        match &self.range {
            Range::Any => true,
            Range::Prefix(prefix) => value.as_str().is_none_or(|text| text.starts_with(&**prefix)),
            Range::Number(least, greatest) => value.as_number().is_none_or(|number| {
                let above = |bound: &Bound| number > &bound.at || bound.allows(number);
                let below = |bound: &Bound| number < &bound.at || bound.allows(number);
                least.as_ref().is_none_or(above) && greatest.as_ref().is_none_or(below)
            }),
            Range::Length(least, greatest) => {
                let (fewest, most) = value.length_bounds();
                most >= *least && fewest <= *greatest
            }
        }
    }
}

impl Bound {
    fn allows(&self, number: &Number) -> bool {
        self.inclusive && *number == self.at
    }
}

/// The one value that is left in a range, if there is only one.
fn only_value(ty: &Type, range: &Range) -> Option<Value> {
    match (ty, range) {
        (Type::Number, Range::Number(Some(least), Some(greatest))) => {
            (least.inclusive && least == greatest).then(|| Value::number(least.at.clone()))
        }
        (Type::List(element), Range::Length(least, greatest)) if least == greatest => {
            let unknown = Value::unknown((**element).clone());
            Some(Value::list((**element).clone(), vec![unknown; *least]))
        }
        (Type::Set(element), Range::Length(_, 0)) => Some(Value::set((**element).clone(), [])),
        (Type::Set(element), Range::Length(1, 1)) => {
            let unknown = Value::unknown((**element).clone());
            Some(Value::set((**element).clone(), [unknown]))
        }
        (Type::Map(element), Range::Length(_, 0)) => {
            Some(Value::map::<Arc<str>>((**element).clone(), []))
        }
        _ => None,
    }
}

/// The part of a beginning that no further text can change: its last character may still be joined
/// with what follows.
fn safe_prefix(beginning: &str) -> String {
    let cut = beginning.floor_char_boundary(LONGEST_PREFIX);
    let mut prefix: String = beginning[..cut].nfc().collect();
    if let Some((last, character)) = prefix.grapheme_indices(true).next_back()
        && !(character.chars().count() == 1 && DELIMITERS.contains(character))
    {
        prefix.truncate(last);
    }
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_nothing_can_join_it() {
        let cases =
            [("p-", "p-"), ("abc", "ab"), ("a", ""), ("", ""), ("e\u{301}", ""), ("a é", "a ")];
        for (beginning, expected) in cases {
            assert_eq!(safe_prefix(beginning), expected, "{beginning:?}");
        }
        assert!(safe_prefix(&"-".repeat(1000)).len() <= LONGEST_PREFIX);
    }

    #[test]
    fn a_range_of_one_value_is_that_value() {
        let bound = |at: i64| Some(Bound { at: at.into(), inclusive: true });
        let unknown = Value::unknown(Type::String);
        let cases = [
            (Type::Number, Range::Number(bound(1), bound(1)), Value::number(1)),
            (
                Type::list(Type::String),
                Range::Length(2, 2),
                Value::list(Type::String, [unknown.clone(), unknown.clone()]),
            ),
            (Type::set(Type::String), Range::Length(0, 0), Value::set(Type::String, [])),
            (
                Type::map(Type::String),
                Range::Length(0, 0),
                Value::map::<Arc<str>>(Type::String, []),
            ),
        ];
        for (ty, range, expected) in cases {
            assert_eq!(Value::unknown_within(ty.clone(), true, range.clone()), expected);
            assert!(!Value::unknown_within(ty, false, range).is_known(), "it may still be null");
        }
    }
}
