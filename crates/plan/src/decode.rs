//! From a body and a schema to a value: arguments are evaluated, converted and checked.

mod json;

use meridian_lang::{
    Body, BodyAttribute, BodyBlock, Diagnostic, Diagnostics, Expr, Marks, Path, Span, Step, Value,
    convert, nearest,
};
use meridian_resource::{Attribute, NestedBlock, Nesting, Presence, Problem, Schema};

/// Evaluates an expression in the scope of the body.
pub(crate) type Evaluate<'e> = &'e dyn Fn(&Expr) -> Result<Value, Diagnostics>;

/// The value of a body under a schema: an object with every attribute and block of it, null
/// where nothing was written. `header` is where a missing argument is reported.
pub(crate) fn decode(
    schema: &Schema,
    body: &Body,
    header: Span,
    evaluate: Evaluate<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let told = body.is_json.then(|| json::with_blocks(schema, body, diagnostics));
    let body = told.as_ref().unwrap_or(body);
    for argument in &body.attributes {
        check_expected(schema, argument, body.is_json, diagnostics);
    }
    for block in &body.blocks {
        if schema.block(&block.name).is_none() {
            diagnostics.push(unexpected_block(schema, block));
        }
    }
    let attributes = schema.attributes.iter().map(|attribute| {
        let value = match body.attribute(attribute.name) {
            Some(argument) => argument_value(attribute, argument, evaluate, diagnostics),
            None => {
                if attribute.presence == Presence::Required {
                    let detail = format!(
                        "The argument \"{}\" is required, but no definition was found.",
                        attribute.name
                    );
                    diagnostics
                        .push(Diagnostic::error("Missing required argument", detail).at(header));
                }
                Value::null(attribute.ty.clone())
            }
        };
        (attribute.name, value)
    });
    let attributes: Vec<_> = attributes.collect();
    let blocks: Vec<_> = schema
        .blocks
        .iter()
        .map(|block| (block.name, block_value(block, body, evaluate, diagnostics)))
        .collect();
    Value::object(attributes.into_iter().chain(blocks))
}

fn check_expected(
    schema: &Schema,
    argument: &BodyAttribute,
    is_json: bool,
    diagnostics: &mut Diagnostics,
) {
    let name = &*argument.name;
    match schema.attribute(name) {
        Some(attribute) if attribute.presence == Presence::Computed => {
            let detail = format!(
                "Can't configure a value for \"{name}\": its value will be decided automatically \
                 based on the result of applying this configuration."
            );
            diagnostics.push(
                Diagnostic::error("Value for unconfigurable attribute", detail)
                    .at(argument.expr.span),
            );
        }
        Some(_) => {}
        None => {
            let advice = if schema.block(name).is_some() {
                format!(" Did you mean to define a block of type \"{name}\"?")
            } else {
                let names = schema
                    .attributes
                    .iter()
                    .filter(|it| it.presence != Presence::Computed)
                    .map(|it| it.name);
                nearest(name, names)
                    .map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"))
            };
            let (summary, detail) = if is_json {
                (
                    "Extraneous JSON object property",
                    format!("No argument or block type is named \"{name}\".{advice}"),
                )
            } else {
                (
                    "Unsupported argument",
                    format!("An argument named \"{name}\" is not expected here.{advice}"),
                )
            };
            diagnostics.push(Diagnostic::error(summary, detail).at(argument.name_span));
        }
    }
}

fn unexpected_block(schema: &Schema, block: &BodyBlock) -> Diagnostic {
    let name = &*block.name;
    let advice = if schema.attribute(name).is_some() {
        format!(
            " Did you mean to define argument \"{name}\"? If so, use the equals sign to assign it a value."
        )
    } else {
        nearest(name, schema.blocks.iter().map(|it| it.name))
            .map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"))
    };
    let detail = format!("Blocks of type \"{name}\" are not expected here.{advice}");
    Diagnostic::error("Unsupported block type", detail).at(block.name_span)
}

fn argument_value(
    attribute: &Attribute,
    argument: &BodyAttribute,
    evaluate: Evaluate<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let span = argument.expr.span;
    let unknown = || Value::unknown(attribute.ty.clone());
    let value = match evaluate(&argument.expr) {
        Ok(value) => value,
        Err(errors) => {
            diagnostics.extend(errors);
            return unknown();
        }
    };
    let value = match convert(&value, &attribute.ty) {
        Ok(value) => value,
        Err(error) => {
            let detail =
                format!("Inappropriate value for attribute \"{}\": {error}.", attribute.name);
            diagnostics.push(Diagnostic::error("Incorrect attribute value type", detail).at(span));
            return unknown();
        }
    };
    if value.is_null() && attribute.presence == Presence::Required {
        let detail = format!(
            "The argument \"{}\" is required, but no definition was found.",
            attribute.name
        );
        diagnostics.push(Diagnostic::error("Missing required argument", detail).at(span));
    }
    if let Some(check) = attribute.check
        && value.is_known()
        && !value.is_null()
        && let Err(message) = check(attribute.name, &value)
    {
        let message = if value.deep_marks().contains(Marks::SENSITIVE) {
            format!("the value of {} is not valid (it is sensitive and not shown)", attribute.name)
        } else {
            message
        };
        diagnostics.push(Diagnostic::error(message, "").at(span));
    }
    if attribute.sensitive { value.mark(Marks::SENSITIVE) } else { value }
}

fn block_value(
    schema: &NestedBlock,
    body: &Body,
    evaluate: Evaluate<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let written: Vec<&BodyBlock> =
        body.blocks.iter().filter(|block| &*block.name == schema.name).collect();
    let limit = if schema.nesting == Nesting::Single { 1 } else { schema.max };
    if limit > 0
        && let Some(extra) = written.get(limit)
    {
        let detail = format!("No more than {limit} \"{}\" blocks are allowed", schema.name);
        diagnostics.push(
            Diagnostic::error(format!("Too many {} blocks", schema.name), detail)
                .at(extra.name_span),
        );
    }
    let mut values: Vec<Value> = written
        .into_iter()
        .map(|block| decode(&schema.schema, &block.body, block.name_span, evaluate, diagnostics))
        .collect();
    match schema.nesting {
        Nesting::Single => {
            if values.is_empty() {
                schema.none()
            } else {
                values.swap_remove(0)
            }
        }
        Nesting::List => Value::list(schema.schema.ty(), values),
        Nesting::Set => Value::set(schema.schema.ty(), values),
    }
}

/// Puts a place to what a resource type found wrong.
pub(crate) fn locate(problem: Problem, body: &Body, header: Span, address: &str) -> Diagnostic {
    let span = place_of(&problem.path, body).unwrap_or(header);
    let mut error = Diagnostic::error(problem.summary, problem.detail).at(span).about(address);
    error.help = problem.help;
    error
}

/// Where the outermost argument or block of a path was written.
fn place_of(path: &Path, body: &Body) -> Option<Span> {
    let Some(Step::Attribute(name)) = path.0.first() else {
        return None;
    };
    if let Some(argument) = body.attribute(name) {
        return Some(argument.expr.span);
    }
    let mut blocks = body.blocks.iter().filter(|block| block.name == *name);
    let block = match path.0.get(1) {
        Some(Step::Index(index)) => blocks.nth(*index),
        _ => blocks.next(),
    }?;
    Some(match path.0.last() {
        Some(Step::Attribute(inner)) => {
            block.body.attribute(inner).map_or(block.name_span, |argument| argument.expr.span)
        }
        _ => block.name_span,
    })
}
