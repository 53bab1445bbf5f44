//! From a body and a schema to a value: arguments are evaluated, converted and checked.

mod argument;
mod json;
mod place;
mod unexpected;

use std::sync::Arc;

use meridian_lang::{Body, Diagnostic, Diagnostics, Dynamic, Expr, Kind, Marks, Span, Value};
use meridian_resource::{NestedBlock, Nesting, Presence, Schema};

use self::argument::argument_value;
pub(crate) use self::place::{locate, place_of};
use self::unexpected::{check_expected, unexpected_block};

/// Names that blocks around an expression bind.
pub(crate) type Bound = [(Arc<str>, Value)];

/// Evaluates an expression in the scope of the body.
pub(crate) type Evaluate<'e> = &'e dyn Fn(&Expr, &Bound) -> Result<Value, Diagnostics>;

/// The value of a body under a schema: an object with every attribute and block of it, null
/// where nothing was written. `header` is where a missing argument is reported.
pub(crate) fn decode(
    schema: &Schema,
    body: &Body,
    header: Span,
    evaluate: Evaluate<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    Decoder { evaluate, bound: Vec::new(), diagnostics }.body(schema, body, header)
}

/// The same body with blocks where `schema` has blocks, if any of it was written in JSON, where
/// only a schema can tell a block from an argument.
pub fn blocks_of_json(schema: &Schema, body: &Body) -> Option<Body> {
    // What cannot be a block was told when the body was decoded.
    json::with_blocks(schema, body, &mut Diagnostics::new())
}

struct Decoder<'d, 'e> {
    evaluate: Evaluate<'e>,
    /// What the `dynamic` blocks around the present place bind, innermost last.
    bound: Vec<(Arc<str>, Value)>,
    diagnostics: &'d mut Diagnostics,
}

impl Decoder<'_, '_> {
    fn body(&mut self, schema: &Schema, body: &Body, header: Span) -> Value {
        let told = json::with_blocks(schema, body, self.diagnostics);
        let body = told.as_ref().unwrap_or(body);
        for argument in &body.attributes {
            check_expected(schema, argument, self.diagnostics);
        }
        for block in &body.blocks {
            if schema.block(&block.name).is_none() {
                self.diagnostics.push(unexpected_block(schema, block));
            }
        }
        let mut entries = Vec::with_capacity(schema.attributes.len() + schema.blocks.len());
        for attribute in &schema.attributes {
            let value = match body.attribute(attribute.name) {
                Some(argument) => {
                    let value = (self.evaluate)(&argument.expr, &self.bound);
                    argument_value(attribute, argument, value, self.diagnostics)
                }
                None => {
                    if attribute.presence == Presence::Required {
                        let detail = format!(
                            "The argument \"{}\" is required, but no definition was found.",
                            attribute.name
                        );
                        self.diagnostics.push(
                            Diagnostic::error("Missing required argument", detail).at(header),
                        );
                    }
                    Value::null(attribute.ty.clone())
                }
            };
            entries.push((attribute.name, value));
        }
        for block in &schema.blocks {
            let value = self.blocks(block, body);
            entries.push((block.name, value));
        }
        Value::object(entries)
    }

    /// The value of all blocks of one type.
    fn blocks(&mut self, schema: &NestedBlock, body: &Body) -> Value {
        let mut values: Vec<(Value, Span)> = Vec::new();
        let mut marks = Marks::NONE;
        for block in body.blocks.iter().filter(|block| &*block.name == schema.name) {
            let Some(dynamic) = &block.dynamic else {
                let value = self.body(&schema.schema, &block.body, block.name_span);
                values.push((value, block.name_span));
                continue;
            };
            match self.elements(dynamic) {
                Some(Elements { entries, marks: of_collection }) => {
                    marks |= of_collection;
                    for (key, value) in entries {
                        let element = Value::object([("key", key), ("value", value)]);
                        self.bound.push((dynamic.iterator.clone(), element));
                        let value = self.body(&schema.schema, &block.body, block.name_span);
                        self.bound.pop();
                        values.push((value, block.name_span));
                    }
                }
                // How many blocks there will be is not known.
                None => return Value::unknown(schema.ty()),
            }
        }
        if schema.nesting == Nesting::Single
            && let [(_, first), (_, second), ..] = &values[..]
        {
            let detail = format!("Only one block of type \"{}\" is allowed.", schema.name);
            let summary = format!("Duplicate {} block", schema.name);
            let error = Diagnostic::error(summary, detail).at(*second);
            self.diagnostics.push(error.label(*first, "previous definition"));
        }
        let limit = schema.max;
        if limit > 0
            && schema.nesting != Nesting::Single
            && let Some((_, span)) = values.get(limit)
        {
            let detail = format!("No more than {limit} \"{}\" blocks are allowed", schema.name);
            self.diagnostics.push(
                Diagnostic::error(format!("Too many {} blocks", schema.name), detail).at(*span),
            );
        }
        let mut values = values.into_iter().map(|(value, _)| value);
        match schema.nesting {
            Nesting::Single => values.next().map_or_else(|| schema.none(), |it| it.mark(marks)),
            Nesting::List => Value::list(schema.schema.ty(), values.map(|it| it.mark(marks))),
            Nesting::Set => Value::set(schema.schema.ty(), values).mark(marks),
        }
    }

    /// What a `dynamic` block is repeated over; none while that is not known.
    fn elements(&mut self, dynamic: &Dynamic) -> Option<Elements> {
        const SUMMARY: &str = "Invalid dynamic for_each value";
        let nothing = Some(Elements { entries: Vec::new(), marks: Marks::NONE });
        let value = match (self.evaluate)(&dynamic.for_each, &self.bound) {
            Ok(value) => value,
            Err(errors) => {
                self.diagnostics.extend(errors);
                return None;
            }
        };
        let invalid = |detail: String| Diagnostic::error(SUMMARY, detail).at(dynamic.for_each.span);
        if value.is_null() {
            self.diagnostics.push(invalid("Cannot use a null value in for_each.".into()));
            return nothing;
        }
        let marks = value.marks();
        let entries = match value.kind() {
            Kind::List(_, elements) | Kind::Tuple(elements) => {
                let keys = (0..elements.len()).map(Value::number);
                keys.zip(elements.iter().cloned()).collect()
            }
            Kind::Set(_, elements) => {
                if !value.is_wholly_known() {
                    return None;
                }
                elements.iter().map(|element| (element.clone(), element.clone())).collect()
            }
            Kind::Map(_, entries) | Kind::Object(entries) => {
                entries.iter().map(|(key, value)| (Value::string(key), value.clone())).collect()
            }
            Kind::Unknown(unknown) if !unknown.ty.is_primitive() => return None,
            _ => {
                self.diagnostics.push(invalid(format!(
                    "Cannot use a {} value in for_each. An iterable collection is required.",
                    value.ty().friendly_name()
                )));
                return nothing;
            }
        };
        Some(Elements { entries, marks })
    }
}

/// Keys and values, and the marks of the collection that they are of.
struct Elements {
    entries: Vec<(Value, Value)>,
    marks: Marks,
}
