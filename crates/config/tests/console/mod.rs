//! Values and types as `terraform console` prints them.

use meridian_lang::{Kind, Marks, Type, Value};

/// The value, over several lines if it has parts.
pub fn value(value: &Value) -> String {
    indented(value, 0)
}

fn indented(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    if !value.is_known() {
        return "(known after apply)".into();
    }
    if value.is_sensitive() {
        return "(sensitive value)".into();
    }
    if value.marks().contains(Marks::EPHEMERAL) {
        return "(ephemeral value)".into();
    }
    let sequence = |elements: &[Value]| {
        if elements.is_empty() {
            return "[]".to_owned();
        }
        let lines: String = elements
            .iter()
            .map(|element| format!("{indent}{},\n", indented(element, depth + 1)))
            .collect();
        format!("[\n{lines}{end}]")
    };
    let mapping = || {
        let entries = value.as_entries().expect("a map or an object");
        if entries.is_empty() {
            return "{}".to_owned();
        }
        let lines: String = entries
            .iter()
            .map(|(key, value)| format!("{indent}{key:?} = {}\n", indented(value, depth + 1)))
            .collect();
        format!("{{\n{lines}{end}}}")
    };
    match value.kind() {
        Kind::Null(ty) => null(ty),
        Kind::Bool(truth) => truth.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) if text.contains('\n') => {
            let start = if depth == 0 { "<<EOT" } else { "<<-EOT" };
            let lines: Vec<String> = text
                .split('\n')
                .map(|line| format!("{}{line}", if depth == 0 { "" } else { &end }))
                .collect();
            format!("{start}\n{}\n{}EOT", lines.join("\n"), if depth == 0 { "" } else { &end })
        }
        Kind::String(text) => quoted(text),
        Kind::List(_, elements) => format!("tolist({})", sequence(elements)),
        Kind::Set(_, elements) => format!("toset({})", sequence(elements)),
        Kind::Tuple(elements) => sequence(elements),
        Kind::Map(..) => format!("tomap({})", mapping()),
        Kind::Object(_) => mapping(),
        Kind::Unknown(_) => unreachable!("it is known"),
    }
}

/// As Go quotes: what prints stands for itself.
fn quoted(text: &str) -> String {
    let mut result = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => result.extend(['\\', character]),
            '\t' => result.push_str("\\t"),
            '\r' => result.push_str("\\r"),
            other => result.push(other),
        }
    }
    result + "\""
}

fn null(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "null".into(),
        Type::Bool => "tobool(null)".into(),
        Type::Number => "tonumber(null)".into(),
        Type::String => "tostring(null)".into(),
        Type::List(element) => format!("tolist(null) /* of {} */", element.friendly_name()),
        Type::Set(element) => format!("toset(null) /* of {} */", element.friendly_name()),
        Type::Map(element) => format!("tomap(null) /* of {} */", element.friendly_name()),
        Type::Object(_) | Type::Tuple(_) => format!("null /* {} */", ty.friendly_name()),
    }
}

/// The type as `type()` shows it.
pub fn ty(ty: &Type) -> String {
    nested(ty, 0)
}

fn nested(ty: &Type, depth: usize) -> String {
    let indent = "    ".repeat(depth + 1);
    let end = "    ".repeat(depth);
    match ty {
        Type::Dynamic => "dynamic".into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::List(element) => format!("list({})", element_of(element, depth)),
        Type::Set(element) => format!("set({})", element_of(element, depth)),
        Type::Map(element) => format!("map({})", element_of(element, depth)),
        Type::Object(fields) if fields.is_empty() => "object({})".into(),
        Type::Object(fields) => {
            let lines: String = fields
                .iter()
                .map(|(name, field)| format!("{indent}{name}: {},\n", nested(&field.ty, depth + 1)))
                .collect();
            format!("object({{\n{lines}{end}}})")
        }
        Type::Tuple(elements) if elements.is_empty() => "tuple([])".into(),
        Type::Tuple(elements) => {
            let lines: String = elements
                .iter()
                .map(|element| format!("{indent}{},\n", nested(element, depth + 1)))
                .collect();
            format!("tuple([\n{lines}{end}])")
        }
    }
}

/// The element of a collection; one of several lines stands on lines of its own.
fn element_of(ty: &Type, depth: usize) -> String {
    let is_simple = !matches!(ty, Type::Object(_) | Type::Tuple(_));
    if is_simple {
        return nested(ty, depth);
    }
    let indent = "    ".repeat(depth + 1);
    format!("\n{indent}{},\n{}", nested(ty, depth + 1), "    ".repeat(depth))
}
