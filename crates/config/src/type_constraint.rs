//! Type constraints: the expressions behind `type =`.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::expr::{Expression, FuncCall, Object, ObjectKey};
use meridian_lang::{Field, FileId, Span, Type, convert};

use crate::reader::Reader;

const SUMMARY: &str = "Invalid type specification";

/// The constraint of a variable, where two old spellings are allowed and two others forbidden.
pub(crate) fn variable_type(
    reader: &mut Reader<'_>,
    file: FileId,
    source: &Expression,
) -> Option<Type> {
    if let Some(quoted) = source.as_str() {
        let span = reader.span(file, source);
        report_quoted(reader, quoted, span);
        return None;
    }
    match source.as_variable().map(|name| name.as_str()) {
        Some("list") => Some(Type::list(Type::Dynamic)),
        Some("map") => Some(Type::map(Type::Dynamic)),
        _ => constraint(reader, file, source),
    }
}

fn report_quoted(reader: &mut Reader<'_>, quoted: &str, span: Span) {
    const DEPRECATED: &str = "Terraform 0.11 and earlier required type constraints to be given in \
        quotes, but that form is now deprecated and will be removed in a future version of \
        Terraform. Remove the quotes around";
    let detail = match quoted {
        "string" => format!("{DEPRECATED} \"string\"."),
        "list" => format!(
            "{DEPRECATED} \"list\" and write list(string) instead to explicitly indicate that the \
             list elements are strings."
        ),
        "map" => format!(
            "{DEPRECATED} \"map\" and write map(string) instead to explicitly indicate that the \
             map elements are strings."
        ),
        _ => {
            reader.error(
                span,
                "Invalid legacy variable type hint",
                "To provide a full type expression, remove the surrounding quotes and give the \
                 type expression directly.",
            );
            return;
        }
    };
    reader.error(span, "Invalid quoted type constraints", detail);
}

/// A type constraint.
pub(crate) fn constraint(
    reader: &mut Reader<'_>,
    file: FileId,
    source: &Expression,
) -> Option<Type> {
    let span = reader.span(file, source);
    match source {
        Expression::Variable(name) => match name.as_str() {
            "bool" => Some(Type::Bool),
            "string" => Some(Type::String),
            "number" => Some(Type::Number),
            "any" => Some(Type::Dynamic),
            name => {
                let detail = needs_argument(name).unwrap_or_else(|| {
                    format!("The keyword {name:?} is not a valid type specification.")
                });
                reader.error(span, SUMMARY, detail);
                None
            }
        },
        Expression::FuncCall(call) => constructor(reader, file, call),
        _ => {
            reader.error(
                span,
                SUMMARY,
                "A type specification is either a primitive type keyword (bool, number, string) \
                 or a complex type constructor call, like list(string).",
            );
            None
        }
    }
}

/// What is said when a constructor lacks its argument or has too many.
fn needs_argument(constructor: &str) -> Option<String> {
    let what = match constructor {
        "list" | "set" | "map" => "the element type",
        "object" => "the attribute types and values as a map",
        "tuple" => "the element types as a list",
        _ => return None,
    };
    Some(format!("The {constructor} type constructor requires one argument specifying {what}."))
}

fn constructor(reader: &mut Reader<'_>, file: FileId, call: &FuncCall) -> Option<Type> {
    let name = call.name.name.as_str();
    let name_span = reader.span(file, &call.name.name);
    let opening = Span { start: name_span.end, end: name_span.end + 1, ..name_span };
    match name {
        "bool" | "string" | "number" => {
            reader.error(
                opening,
                SUMMARY,
                format!("Primitive type keyword {name:?} does not expect arguments."),
            );
            return None;
        }
        "any" => {
            reader.error(
                opening,
                SUMMARY,
                format!("Type constraint keyword {name:?} does not expect arguments."),
            );
            return None;
        }
        "optional" => {
            reader.error(
                name_span,
                SUMMARY,
                "Keyword \"optional\" is valid only as a modifier for object type attributes.",
            );
            return None;
        }
        "list" | "set" | "map" | "object" | "tuple" => {}
        _ => {
            reader.error(
                name_span,
                SUMMARY,
                format!("Keyword {name:?} is not a valid type constructor."),
            );
            return None;
        }
    }
    let arguments: Vec<&Expression> = call.args.iter().collect();
    let [argument] = arguments[..] else {
        let place = arguments.get(1).map_or(opening, |extra| reader.span(file, *extra));
        reader.error(place, SUMMARY, needs_argument(name).unwrap_or_default());
        return None;
    };
    match (name, argument) {
        ("list", _) => constraint(reader, file, argument).map(Type::list),
        ("set", _) => constraint(reader, file, argument).map(Type::set),
        ("map", _) => constraint(reader, file, argument).map(Type::map),
        ("object", Expression::Object(attributes)) => object(reader, file, attributes),
        ("tuple", Expression::Array(elements)) => {
            let elements: Vec<_> =
                elements.iter().map(|element| constraint(reader, file, element)).collect();
            elements.into_iter().collect::<Option<Arc<[Type]>>>().map(Type::Tuple)
        }
        _ => {
            let detail = if name == "object" {
                "Object type constructor requires a map whose keys are attribute names and whose \
                 values are the corresponding attribute types."
            } else {
                "Tuple type constructor requires a list of element types."
            };
            reader.error(reader.span(file, argument), SUMMARY, detail);
            None
        }
    }
}

fn object(reader: &mut Reader<'_>, file: FileId, attributes: &Object) -> Option<Type> {
    let mut fields: BTreeMap<Arc<str>, Field> = BTreeMap::new();
    let mut failed = false;
    for (key, value) in attributes {
        let name = match key {
            ObjectKey::Ident(name) => reader.sources.excerpt(reader.span(file, name)),
            ObjectKey::Expression(other) => {
                reader.error(
                    reader.span(file, other),
                    SUMMARY,
                    "Object constructor map keys must be attribute names.",
                );
                failed = true;
                continue;
            }
        };
        match field(reader, file, value.expr()) {
            Some(field) => {
                fields.insert(name.into(), field);
            }
            None => failed = true,
        }
    }
    (!failed).then(|| Type::Object(Arc::new(fields)))
}

/// The type of an attribute, which may be `optional(…)`.
fn field(reader: &mut Reader<'_>, file: FileId, source: &Expression) -> Option<Field> {
    let call = match source {
        Expression::FuncCall(call) if call.name.name.as_str() == "optional" => call,
        _ => return constraint(reader, file, source).map(Field::required),
    };
    let arguments: Vec<&Expression> = call.args.iter().collect();
    let (ty, default) = match arguments[..] {
        [ty] => (ty, None),
        [ty, default] => (ty, Some(default)),
        _ => {
            let (place, detail) = match arguments.get(2) {
                Some(extra) => (
                    reader.span(file, *extra),
                    "Optional attribute modifier expects at most two arguments: the attribute \
                     type, and a default value.",
                ),
                None => (
                    reader.span(file, source),
                    "Optional attribute modifier requires the attribute type as its argument.",
                ),
            };
            reader.error(place, SUMMARY, detail);
            return None;
        }
    };
    let ty = constraint(reader, file, ty)?;
    let default = match default {
        None => None,
        Some(default) => {
            let span = reader.span(file, default);
            let value = reader.constant(file, default)?;
            match convert(&value, &ty) {
                Ok(value) => Some(value),
                Err(error) => {
                    let detail = format!(
                        "This default value is not compatible with the attribute's type \
                         constraint: {error}."
                    );
                    reader.error(span, "Invalid default value for optional attribute", detail);
                    return None;
                }
            }
        }
    };
    Some(Field { ty, optional: true, default })
}
