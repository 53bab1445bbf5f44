//! The value of one argument: converted, checked and marked.

use meridian_lang::{
    BodyAttribute, ConvertError, Diagnostic, Diagnostics, Marks, Step, Value, convert,
};
use meridian_resource::{Attribute, Presence};

/// What does not fit into an argument's type, and where in its value, as Terraform says it.
fn mismatch(error: &ConvertError) -> String {
    let steps = error.path.0.iter().map(|step| match step {
        Step::Attribute(name) | Step::Key(name) => format!("element {name:?}: "),
        Step::Index(index) => format!("element {index}: "),
    });
    steps.chain([error.message.clone()]).collect()
}

pub(super) fn argument_value(
    attribute: &Attribute,
    argument: &BodyAttribute,
    value: Result<Value, Diagnostics>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let span = argument.expr.span;
    let unknown = || Value::unknown(attribute.ty.clone());
    let value = match value {
        Ok(value) => value,
        Err(errors) => {
            diagnostics.extend(errors);
            return unknown();
        }
    };
    let value = match convert(&value, &attribute.ty) {
        Ok(value) => value,
        Err(error) => {
            let detail = format!(
                "Inappropriate value for attribute \"{}\": {}.",
                attribute.name,
                mismatch(&error)
            );
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
        let is_secret = attribute.sensitive || value.deep_marks().contains(Marks::SENSITIVE);
        let message = if is_secret {
            format!("the value of {} is not valid (it is sensitive and not shown)", attribute.name)
        } else {
            message
        };
        diagnostics.push(Diagnostic::error(message, "").at(span));
    }
    if attribute.sensitive { value.mark(Marks::SENSITIVE) } else { value }
}
