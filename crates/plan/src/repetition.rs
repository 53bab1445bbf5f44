//! `count` and `for_each`: which instances of a resource there are.

use meridian_config::Repetition;
use meridian_graph::InstanceKey;
use meridian_lang::{Diagnostic, Diagnostics, Expr, Kind, Span, Type, Value, convert};

use crate::values::{Repeated, Values};

/// The instances that a resource's repetition asks for, with what each of them sees of it.
///
/// # Errors
/// A repetition that is not known, or is no whole number, map or set of strings.
pub fn expand(
    repetition: &Repetition,
    values: &Values<'_>,
) -> Result<Vec<(Option<InstanceKey>, Repeated)>, Diagnostics> {
    match repetition {
        Repetition::Single => Ok(vec![(None, Repeated::default())]),
        Repetition::Count(expr) => count(expr, values),
        Repetition::ForEach(expr) => for_each(expr, values),
    }
}

fn count(
    expr: &Expr,
    values: &Values<'_>,
) -> Result<Vec<(Option<InstanceKey>, Repeated)>, Diagnostics> {
    let value = values.evaluate(expr, &Repeated::default())?;
    let invalid = |detail: &str| -> Diagnostics {
        Diagnostic::error("Invalid count argument", detail).at(expr.span).into()
    };
    if value.is_null() {
        return Err(invalid("The given \"count\" argument value is null. An integer is required."));
    }
    if !value.is_known() {
        return Err(invalid(
            "The \"count\" value depends on resource attributes that cannot be determined until \
             apply, so Meridian cannot predict how many instances will be created. Set it from \
             variables or other values that are known beforehand.",
        ));
    }
    let unsuitable =
        |why: &str| invalid(&format!("The given \"count\" argument value is unsuitable: {why}."));
    let number = convert(&value, &Type::Number).map_err(|error| unsuitable(&error.to_string()))?;
    let Some(number) = number.as_number() else {
        return Err(unsuitable("a number is required"));
    };
    let count = number.to_i64().filter(|_| number.is_integer());
    let Some(count) = count else {
        return Err(unsuitable("a whole number is required"));
    };
    let count =
        u64::try_from(count).map_err(|_| unsuitable("must be greater than or equal to zero"))?;
    Ok((0..count)
        .map(|index| {
            let repeated = Repeated { index: Some(Value::number(index)), ..Repeated::default() };
            (Some(InstanceKey::Index(index)), repeated)
        })
        .collect())
}

fn for_each(
    expr: &Expr,
    values: &Values<'_>,
) -> Result<Vec<(Option<InstanceKey>, Repeated)>, Diagnostics> {
    let value = values.evaluate(expr, &Repeated::default())?;
    check_for_each(&value, expr.span)?;
    let each = |key: &str, value: Value| {
        let each = Some((Value::string(key), value));
        (Some(InstanceKey::Text(key.into())), Repeated { each, ..Repeated::default() })
    };
    Ok(match value.kind() {
        Kind::Map(_, entries) | Kind::Object(entries) => {
            entries.iter().map(|(key, value)| each(key, value.clone())).collect()
        }
        Kind::Set(_, elements) => {
            elements.iter().filter_map(|it| Some(each(it.as_str()?, it.clone()))).collect()
        }
        _ => Vec::new(),
    })
}

/// Checks a `for_each` while nothing is known yet but types.
pub(crate) fn check_for_each_type(value: &Value, span: Span) -> Result<(), Diagnostics> {
    if value.is_wholly_known() || !is_collection(value) {
        return check_for_each(value, span);
    }
    Ok(())
}

fn check_for_each(value: &Value, span: Span) -> Result<(), Diagnostics> {
    let error = |summary: &str, detail: String| -> Result<(), Diagnostics> {
        Err(Diagnostic::error(summary, detail).at(span).into())
    };
    let invalid = |detail: String| error("Invalid for_each argument", detail);
    if value.is_sensitive() {
        return invalid(
            "Sensitive values, or values derived from sensitive values, cannot be used as \
             for_each arguments. If used, the sensitive value could be exposed as a resource \
             instance key."
                .into(),
        );
    }
    if value.is_null() {
        return invalid(
            "The given \"for_each\" argument value is unsuitable: the given \"for_each\" argument \
             value is null. A map, or set of strings is allowed."
                .into(),
        );
    }
    if !is_collection(value) {
        return invalid(format!(
            "The given \"for_each\" argument value is unsuitable: the \"for_each\" argument must \
             be a map, or set of strings, and you have provided a value of type {}.",
            value.ty().friendly_name()
        ));
    }
    let open_set = matches!(value.kind(), Kind::Set(..)) && !value.is_wholly_known();
    if !value.is_known() || open_set {
        return invalid(
            "The \"for_each\" value includes keys derived from resource attributes that cannot be \
             determined until apply, and so Meridian cannot determine the full set of keys that \
             will identify the instances of this resource. Use a map whose keys are written in \
             the configuration and whose values may be known later."
                .into(),
        );
    }
    if let Kind::Set(element, elements) = value.kind() {
        if elements.iter().any(Value::is_null) {
            return error(
                "Invalid for_each set argument",
                "The given \"for_each\" argument value is unsuitable: \"for_each\" sets must not \
                 contain null values."
                    .into(),
            );
        }
        if *element != Type::String && !elements.is_empty() {
            return error(
                "Invalid for_each set argument",
                format!(
                    "The given \"for_each\" argument value is unsuitable: \"for_each\" supports \
                     maps and sets of strings, but you have provided a set containing type {}.",
                    element.friendly_name()
                ),
            );
        }
    }
    Ok(())
}

fn is_collection(value: &Value) -> bool {
    matches!(value.ty(), Type::Map(_) | Type::Object(_) | Type::Set(_) | Type::Dynamic)
}
