//! `count` and `for_each`: which instances of a resource or module there are.

use std::sync::Arc;

use meridian_config::Repetition;
use meridian_graph::InstanceKey;
use meridian_lang::{Diagnostic, Diagnostics, Expr, Kind, Marks, Span, Type, Value, convert};

use crate::values::{Values, Viewpoint};

/// The instances that a repetition asks for, with what each of them sees of it. `viewpoint` is that
/// of the module that the repetition stands in.
///
/// # Errors
/// A repetition that is not known, or is no whole number, map or set of strings.
pub fn expand(
    repetition: &Repetition,
    values: &Values<'_>,
    viewpoint: &Viewpoint,
) -> Result<Vec<(Option<InstanceKey>, Viewpoint)>, Diagnostics> {
    match repetition {
        Repetition::Single => Ok(vec![(None, viewpoint.clone())]),
        Repetition::Count(expr) => count(expr, values, viewpoint),
        Repetition::ForEach(expr) => for_each(expr, values, viewpoint),
    }
}

/// What references to a resource or module give, from its instances.
pub fn combined(
    repetition: &Repetition,
    instances: impl IntoIterator<Item = (Option<InstanceKey>, Value)>,
) -> Value {
    let mut instances = instances.into_iter();
    match repetition {
        Repetition::Single => {
            instances.next().map_or_else(|| Value::unknown(Type::Dynamic), |(_, value)| value)
        }
        Repetition::Count(_) => Value::tuple(instances.map(|(_, value)| value)),
        Repetition::ForEach(_) => Value::object(instances.map(|(key, value)| {
            let key: Arc<str> = match key {
                Some(InstanceKey::Text(text)) => text,
                other => other.map_or_else(String::new, |key| key.to_string()).into(),
            };
            (key, value)
        })),
    }
}

/// What any instance sees of a repetition of which nothing is known yet.
pub(crate) fn placeholder(repetition: &Repetition, viewpoint: &Viewpoint) -> Viewpoint {
    match repetition {
        Repetition::Single => viewpoint.clone(),
        Repetition::Count(_) => {
            let index = Some(Value::unknown_not_null(Type::Number));
            Viewpoint { index, ..viewpoint.clone() }
        }
        Repetition::ForEach(_) => {
            let each = (Value::unknown_not_null(Type::String), Value::unknown(Type::Dynamic));
            Viewpoint { each: Some(each), ..viewpoint.clone() }
        }
    }
}

/// How many instances a block may have: far more than any real configuration, and few enough to be
/// held in memory.
const MOST_INSTANCES: u64 = 1_000_000;

fn too_many(count: u64) -> String {
    format!("{count} is too many instances, no more than {MOST_INSTANCES} are possible")
}

fn count(
    expr: &Expr,
    values: &Values<'_>,
    viewpoint: &Viewpoint,
) -> Result<Vec<(Option<InstanceKey>, Viewpoint)>, Diagnostics> {
    let value = values.evaluate(expr, viewpoint)?;
    let invalid = |detail: &str| -> Diagnostics {
        Diagnostic::error("Invalid count argument", detail).at(expr.span).into()
    };
    if value.deep_marks().contains(Marks::EPHEMERAL) {
        return Err(invalid(
            "The given \"count\" is derived from an ephemeral value, which means that Meridian \
             cannot persist it between plan/apply rounds. Use only non-ephemeral values to specify \
             the number of resource instances.",
        ));
    }
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
    let number = convert(&value, &Type::Number).map_err(|error| {
        let detail = format!("Invalid expression value: {error}.");
        Diagnostic::error("Incorrect value type", detail).at(expr.span)
    })?;
    let Some(number) = number.as_number() else {
        return Err(unsuitable("a number is required"));
    };
    let count = number.to_i64().filter(|_| number.is_integer());
    let Some(count) = count else {
        return Err(unsuitable("a whole number is required"));
    };
    let count =
        u64::try_from(count).map_err(|_| unsuitable("must be greater than or equal to zero"))?;
    if count > MOST_INSTANCES {
        return Err(unsuitable(&too_many(count)));
    }
    Ok((0..count)
        .map(|index| {
            let viewpoint = Viewpoint { index: Some(Value::number(index)), ..viewpoint.clone() };
            (Some(InstanceKey::Index(index)), viewpoint)
        })
        .collect())
}

fn for_each(
    expr: &Expr,
    values: &Values<'_>,
    viewpoint: &Viewpoint,
) -> Result<Vec<(Option<InstanceKey>, Viewpoint)>, Diagnostics> {
    let value = values.evaluate(expr, viewpoint)?;
    check_for_each(&value, expr.span)?;
    let each = |key: &str, value: Value| {
        let each = Some((Value::string(key), value));
        (Some(InstanceKey::Text(key.into())), Viewpoint { each, ..viewpoint.clone() })
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
    if value.deep_marks().contains(Marks::EPHEMERAL) && is_ephemeral_in_keys(value) {
        return invalid(
            "The given \"for_each\" value is derived from an ephemeral value, which means that \
             Meridian cannot persist it between plan/apply rounds. Use only non-ephemeral values \
             to specify a resource's instance keys."
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
    let count = match value.kind() {
        Kind::Map(_, entries) | Kind::Object(entries) => entries.len() as u64,
        Kind::Set(_, elements) => elements.len() as u64,
        _ => 0,
    };
    if count > MOST_INSTANCES {
        return invalid(format!(
            "The given \"for_each\" argument value is unsuitable: {}.",
            too_many(count)
        ));
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

/// Whether the keys of the instances would come from an ephemeral value; values behind keys may.
fn is_ephemeral_in_keys(value: &Value) -> bool {
    value.marks().contains(Marks::EPHEMERAL) || matches!(value.kind(), Kind::Set(..))
}

fn is_collection(value: &Value) -> bool {
    matches!(value.ty(), Type::Map(_) | Type::Object(_) | Type::Set(_) | Type::Dynamic)
}
