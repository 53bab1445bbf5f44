//! Whether one condition holds, and what is said of it if it does not.

use meridian_config::Validation;
use meridian_lang::{Diagnostic, Diagnostics, Marks, Span, Type, Value, convert};

use crate::values::{Values, Viewpoint};

/// Whether a condition holds.
pub(super) enum Held {
    Yes,
    Unknown,
    /// It does not, and this is said of it.
    No(String),
}

pub(super) fn broken(
    condition: &Validation,
    values: &Values<'_>,
    viewpoint: &Viewpoint,
) -> Result<Held, Diagnostics> {
    let span = condition.condition.span;
    let value = values.evaluate(&condition.condition, viewpoint)?;
    let value = convert(&value, &Type::Bool).map_err(|error| invalid(&error.to_string(), span))?;
    if value.is_null() {
        return Err(invalid("the condition must be true or false, not null", span));
    }
    match value.as_bool() {
        Some(true) => return Ok(Held::Yes),
        None => return Ok(Held::Unknown),
        Some(false) => {}
    }
    let message = values.evaluate(&condition.error_message, viewpoint)?;
    let message = convert(&message, &Type::String).unwrap_or_else(|_| Value::null(Type::String));
    Ok(Held::No(match message.as_str() {
        Some(_) if message.is_sensitive() => {
            "The error message included a sensitive value, so it will not be displayed.".into()
        }
        Some(_) if message.deep_marks().contains(Marks::EPHEMERAL) => {
            "The error message included an ephemeral value, so it will not be displayed.".into()
        }
        Some(text) => text.to_owned(),
        None => "The condition does not hold.".into(),
    }))
}

fn invalid(why: &str, span: Span) -> Diagnostics {
    Diagnostic::error("Invalid condition result", format!("Invalid condition result value: {why}."))
        .at(span)
        .into()
}
