//! The functions of the built-in provider, which read and write files of variable values.

mod write;

use super::argument::text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use super::templates::described;
use crate::{Diagnostic, Kind, Scope, Sources, Span, Subject, Value, evaluate};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::reading(
        "provider::terraform::decode_tfvars",
        &[Parameter::new("src", Shape::String)],
        Shape::Any,
        decode,
    ),
    Function::new(
        "provider::terraform::encode_expr",
        &[Parameter::new("value", Shape::Any)],
        Shape::String,
        |arguments| Ok(Value::string(write::expression(&arguments[0]))),
    ),
    Function::new(
        "provider::terraform::encode_tfvars",
        &[Parameter::new("value", Shape::Any)],
        Shape::String,
        encode,
    ),
];

/// The name under which the text appears in messages.
const ARGUMENT: &str = "<decode_tfvars argument>";

/// The scope of expressions that may refer to nothing.
struct Nothing;

impl Scope for Nothing {
    fn value(&self, _: &Subject, span: Span) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error("Variables not allowed", "Variables may not be used here.").at(span))
    }
}

fn decode(arguments: &[Value], scope: &dyn Scope) -> Outcome {
    let mut sources = Sources::default();
    let file = sources.add(ARGUMENT, text(&arguments[0]));
    let settings = scope.parse_settings(&sources, file).map_err(|errors| {
        let reason = format!("invalid tfvars syntax: {}", described(&errors, &sources));
        FunctionError::new(reason).quoting()
    })?;
    let mut values = Vec::new();
    for (name, expr) in settings {
        let value = evaluate(&expr, &Nothing).map_err(|errors| {
            let what = described(&errors, &sources);
            let reason = format!("invalid expression for variable {:?}: {what}", &*name);
            FunctionError::new(reason).quoting()
        })?;
        values.push((name, value));
    }
    Ok(Value::object(values))
}

fn encode(arguments: &[Value]) -> Outcome {
    let (Kind::Object(entries) | Kind::Map(_, entries)) = arguments[0].kind() else {
        let reason = "invalid value to encode: must be an object whose attribute names will become \
                      the encoded variable names";
        return Err(FunctionError::new(reason));
    };
    if let Some(name) = entries.keys().find(|name| !write::is_name(name)) {
        let reason = format!(
            "invalid variable name {:?}: must be a valid identifier, per Terraform's rules for \
             input variable declarations",
            &**name
        );
        return Err(FunctionError::new(reason).quoting());
    }
    Ok(Value::string(write::settings(entries)))
}
