//! Attributes, indexes and splats.

use std::sync::Arc;

use super::Evaluator;
use crate::{Diagnostic, Expr, Kind, Number, Range, Span, Type, Value, convert, nearest, unify};

const UNSUPPORTED_ATTRIBUTE: &str = "Unsupported attribute";
const INVALID_INDEX: &str = "Invalid index";
const NO_ELEMENT: &str = "The given key does not identify an element in this collection value";

impl Evaluator<'_> {
    pub(super) fn attribute(&mut self, expr: &Expr, source: &Expr, name: &str) -> Value {
        let whole = self.eval(source);
        match attribute_of(&whole, name) {
            Ok(value) => value.mark(whole.marks()),
            Err(diagnostic) => self.fail_about(diagnostic.at(step(source, expr)), expr),
        }
    }

    pub(super) fn index(&mut self, expr: &Expr, source: &Expr, key: &Expr) -> Value {
        let whole = self.eval(source);
        let key = self.eval(key);
        match element_of(&whole, &key) {
            Ok(value) => value.mark(whole.marks() | key.marks()),
            Err(diagnostic) => self.fail_about(diagnostic.at(step(source, expr)), expr),
        }
    }

    pub(super) fn splat(&mut self, source: &Expr, element: &Arc<str>, each: &Expr) -> Value {
        let whole = self.eval(source);
        let walk = |evaluator: &mut Self, value: Value| {
            evaluator.with_bound([(element.clone(), value)], |evaluator| evaluator.eval(each))
        };
        // The type of a list is that of what an element would give.
        let probe = |evaluator: &mut Self, inner: &Type| {
            walk(evaluator, Value::unknown(inner.clone())).ty()
        };
        let result = match whole.kind() {
            Kind::Null(Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
                let detail =
                    "Splat expressions (with the * symbol) cannot be applied to null sequences.";
                let diagnostic = Diagnostic::error("Splat of null value", detail);
                self.fail_about(diagnostic.at(source.span), source)
            }
            Kind::Null(_) => Value::tuple([]),
            Kind::Tuple(elements) => {
                let walked = elements.iter().map(|value| walk(self, value.clone()));
                Value::tuple(walked.collect::<Vec<_>>())
            }
            Kind::List(inner, elements) | Kind::Set(inner, elements) => match &**elements {
                [] => Value::list(probe(self, inner), []),
                elements => {
                    list_or_tuple(elements.iter().map(|value| walk(self, value.clone())).collect())
                }
            },
            Kind::Unknown(unknown) => match &unknown.ty {
                Type::Dynamic => Value::unknown(Type::Dynamic),
                Type::Tuple(types) => {
                    let types: Vec<Type> = types.iter().map(|ty| probe(self, ty)).collect();
                    Value::unknown_not_null(Type::Tuple(types.into()))
                }
                Type::List(inner) | Type::Set(inner) => {
                    let (least, greatest) = whole.length_bounds();
                    let range = Range::Length(least, greatest);
                    Value::unknown_within(Type::list(probe(self, inner)), true, range)
                }
                _ => {
                    let value = walk(self, whole.clone());
                    // A null would give no element at all.
                    if unknown.not_null {
                        Value::tuple([value])
                    } else {
                        Value::unknown(Type::Dynamic)
                    }
                }
            },
            _ => Value::tuple([walk(self, whole.clone())]),
        };
        result.mark(whole.marks())
    }
}

/// The place of the last step of an expression that goes on from a source.
fn step(source: &Expr, expr: &Expr) -> Span {
    let start = source.span.end.clamp(expr.span.start, expr.span.end);
    if source.span.file == expr.span.file { Span { start, ..expr.span } } else { expr.span }
}

/// A list if the elements share a type exactly, as those of a splat over a list mostly do.
fn list_or_tuple(elements: Vec<Value>) -> Value {
    let types: Vec<Type> = elements.iter().map(Value::ty).collect();
    let Some(ty) = unify(&types) else {
        return Value::tuple(elements);
    };
    match elements.iter().map(|value| convert(value, &ty)).collect::<Result<Vec<_>, _>>() {
        Ok(converted) => Value::list(ty, converted),
        Err(_) => Value::tuple(elements),
    }
}

fn unsupported(detail: impl Into<String>) -> Diagnostic {
    Diagnostic::error(UNSUPPORTED_ATTRIBUTE, detail)
}

/// The diagnostic for a name that is not among the attributes.
fn no_attribute<'a>(
    whole: &Value,
    name: &str,
    names: impl Iterator<Item = &'a Arc<str>>,
) -> Diagnostic {
    let diagnostic = unsupported(format!("This object does not have an attribute named {name:?}."));
    match nearest(name, names.map(|name| &**name)) {
        Some(near) if whole.marks().is_none() => diagnostic.help(format!("Did you mean {near:?}?")),
        _ => diagnostic,
    }
}

#[allow(
    clippy::result_large_err,
    reason = "a diagnostic ends the happy path; its size is no cost on it"
)]
pub(super) fn attribute_of(whole: &Value, name: &str) -> Result<Value, Diagnostic> {
    if whole.is_null() {
        return Err(Diagnostic::error(
            "Attempt to get attribute from null value",
            "This value is null, so it does not have any attributes.",
        ));
    }
    match whole.kind() {
        Kind::Object(attributes) => attributes
            .get(name)
            .cloned()
            .ok_or_else(|| no_attribute(whole, name, attributes.keys())),
        Kind::Map(_, elements) => elements.get(name).cloned().ok_or_else(|| {
            Diagnostic::error(
                "Missing map element",
                format!("This map does not have an element with the key {name:?}."),
            )
        }),
        _ => match whole.ty() {
            Type::Dynamic => Ok(Value::unknown(Type::Dynamic)),
            Type::Object(fields) => match fields.get(name) {
                Some(field) => Ok(Value::unknown(field.ty.clone())),
                None => Err(no_attribute(whole, name, fields.keys())),
            },
            Type::Map(element) => Ok(Value::unknown((*element).clone())),
            Type::List(element) if matches!(*element, Type::Object(_)) => {
                Err(unsupported(format!(
                    "Can't access attributes on a list of objects. Did you mean to access attribute \
                     {name:?} for a specific element of the list, or across all elements of the list?"
                )))
            }
            Type::Set(element) if matches!(*element, Type::Object(_)) => Err(unsupported(
                "Can't access attributes on a set of objects. Did you mean to access an attribute \
                 across all elements of the set?",
            )),
            ty if ty.is_primitive() => Err(unsupported(format!(
                "Can't access attributes on a primitive-typed value ({}).",
                ty.friendly_name()
            ))),
            _ => Err(unsupported("This value does not have any attributes.")),
        },
    }
}

fn invalid_index(reason: &str) -> Diagnostic {
    Diagnostic::error(INVALID_INDEX, format!("{NO_ELEMENT}{reason}."))
}

#[allow(
    clippy::result_large_err,
    reason = "a diagnostic ends the happy path; its size is no cost on it"
)]
pub(super) fn element_of(whole: &Value, key: &Value) -> Result<Value, Diagnostic> {
    if whole.is_null() {
        return Err(Diagnostic::error(
            "Attempt to index null value",
            "This value is null, so it does not have any indices.",
        ));
    }
    if key.is_null() {
        return Err(Diagnostic::error(INVALID_INDEX, "Can't use a null value as an indexing key."));
    }
    let Some(wanted) = key_type(whole)? else {
        return Ok(Value::unknown(Type::Dynamic));
    };
    let by_number = key.ty() == Type::Number;
    let key =
        convert(key, &wanted).map_err(|error| invalid_index(&format!(": {}", error.message)))?;
    if !key.is_known() || !whole.is_known() {
        return element_of_unknown(whole, &key).map(Value::unknown);
    }
    match whole.kind() {
        Kind::List(_, elements) | Kind::Tuple(elements) => {
            let number = key.as_number().unwrap_or(&Number::ZERO);
            number
                .to_i64()
                .and_then(|at| usize::try_from(at).ok())
                .and_then(|at| elements.get(at).cloned())
                .ok_or_else(|| invalid_index(outside(whole, &key, elements.len())))
        }
        Kind::Map(_, entries) | Kind::Object(entries) => {
            key.as_str().and_then(|key| entries.get(key)).cloned().ok_or_else(|| {
                let mut diagnostic = invalid_index("");
                if by_number && matches!(whole.kind(), Kind::Object(_)) {
                    diagnostic.detail.push_str(
                        " An object only supports looking up attributes by name, not by numeric index.",
                    );
                }
                diagnostic
            })
        }
        _ => Ok(Value::unknown(Type::Dynamic)),
    }
}

/// The type of the keys of a value that is not null; none if its own type is not known yet.
#[allow(
    clippy::result_large_err,
    reason = "a diagnostic ends the happy path; its size is no cost on it"
)]
fn key_type(whole: &Value) -> Result<Option<Type>, Diagnostic> {
    let of_set = || {
        let detail = "Elements of a set are identified only by their value and don't have any \
                      separate index or key to select with, so it's only possible to perform \
                      operations across all elements of the set.";
        Err(Diagnostic::error(INVALID_INDEX, detail))
    };
    match whole.kind() {
        Kind::List(..) | Kind::Tuple(_) => Ok(Some(Type::Number)),
        Kind::Map(..) | Kind::Object(_) => Ok(Some(Type::String)),
        Kind::Set(..) => of_set(),
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Dynamic => Ok(None),
            Type::List(_) | Type::Tuple(_) => Ok(Some(Type::Number)),
            Type::Map(_) | Type::Object(_) => Ok(Some(Type::String)),
            Type::Set(_) => of_set(),
            _ => Err(Diagnostic::error(INVALID_INDEX, "This value does not have any indices.")),
        },
        _ => Err(Diagnostic::error(INVALID_INDEX, "This value does not have any indices.")),
    }
}

/// The type of an element where the key or the whole is not known.
#[allow(
    clippy::result_large_err,
    reason = "a diagnostic ends the happy path; its size is no cost on it"
)]
fn element_of_unknown(whole: &Value, key: &Value) -> Result<Type, Diagnostic> {
    let unknown = match whole.kind() {
        Kind::List(element, _) | Kind::Map(element, _) => return Ok(element.clone()),
        Kind::Unknown(unknown) => unknown,
        _ => return Ok(Type::Dynamic),
    };
    match &unknown.ty {
        Type::List(element) | Type::Map(element) => Ok((**element).clone()),
        Type::Tuple(types) => match key.as_number() {
            None => Ok(Type::Dynamic),
            Some(number) => number
                .to_i64()
                .and_then(|at| usize::try_from(at).ok())
                .and_then(|at| types.get(at).cloned())
                .ok_or_else(|| invalid_index(outside(whole, key, types.len()))),
        },
        Type::Object(fields) => match key.as_str() {
            Some(name) if !fields.contains_key(name) => Err(invalid_index("")),
            _ => Ok(Type::Dynamic),
        },
        _ => Ok(Type::Dynamic),
    }
}

/// Why a number is no index; nothing if it is marked, for the reason says something about it.
fn outside(whole: &Value, key: &Value, length: usize) -> &'static str {
    let unmarked = (whole.marks() | key.marks()).is_none();
    let Some(number) = key.as_number().filter(|_| unmarked) else {
        return "";
    };
    if number.is_integer() && number.to_i64().is_none() {
        ""
    } else if !number.is_integer() {
        ": indexing a sequence requires a whole number, but the given index has a fractional part"
    } else if number.is_negative() {
        ": a negative number is not a valid index for a sequence"
    } else if length == 0 {
        ": the collection has no elements"
    } else {
        ": the given index is greater than or equal to the length of the collection"
    }
}
