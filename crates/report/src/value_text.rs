//! Values as the configuration language would write them.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_lang::{Kind, Type, Value};

use crate::quote::{name, quoted, visible};

/// An output of the root module.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value.
    pub value: &'a Value,
    /// Whether it is declared sensitive.
    pub sensitive: bool,
}

/// The value as an expression, over several lines where it has parts.
pub fn value_text(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value, 0);
    text
}

/// One line or more for every output; sensitive ones are named only.
pub fn outputs_text(outputs: &[Output<'_>]) -> String {
    let line = |output: &Output<'_>| {
        let value = if output.sensitive || output.value.is_sensitive() {
            "<sensitive>".to_owned()
        } else {
            value_text(output.value)
        };
        format!("{} = {value}\n", name(output.name))
    };
    outputs.iter().map(line).collect()
}

fn write_value(out: &mut String, value: &Value, depth: usize) {
    if value.is_sensitive() {
        out.push_str("(sensitive value)");
        return;
    }
    match value.kind() {
        Kind::Null(ty) => out.push_str(&null_text(ty)),
        Kind::Bool(truth) => out.push_str(&truth.to_string()),
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::String(text) if text.contains('\n') => write_lines(out, text, depth),
        Kind::String(text) => out.push_str(&quoted(text)),
        Kind::List(_, elements) => write_elements(out, "tolist(", elements, ")", depth),
        Kind::Set(_, elements) => write_elements(out, "toset(", elements, ")", depth),
        Kind::Tuple(elements) => write_elements(out, "", elements, "", depth),
        Kind::Map(_, entries) => write_entries(out, "tomap(", entries, ")", depth),
        Kind::Object(entries) => write_entries(out, "", entries, "", depth),
        Kind::Unknown(_) => out.push_str("(known after apply)"),
    }
}

/// A null with its type.
pub(crate) fn null_text(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "null".to_owned(),
        Type::Bool => "tobool(null)".to_owned(),
        Type::Number => "tonumber(null)".to_owned(),
        Type::String => "tostring(null)".to_owned(),
        Type::List(element) => format!("tolist(null) /* of {} */", element.friendly_name()),
        Type::Set(element) => format!("toset(null) /* of {} */", element.friendly_name()),
        Type::Map(element) => format!("tomap(null) /* of {} */", element.friendly_name()),
        Type::Object(_) | Type::Tuple(_) => format!("null /* {} */", ty.friendly_name()),
    }
}

fn write_lines(out: &mut String, text: &str, depth: usize) {
    let mut end = "EOT".to_owned();
    while text.lines().any(|line| line.trim() == end) {
        end.push('_');
    }
    out.push_str(if depth == 0 { "<<" } else { "<<-" });
    out.push_str(&end);
    out.push('\n');
    for line in text.split('\n') {
        indent(out, depth);
        out.push_str(&visible(line));
        out.push('\n');
    }
    indent(out, depth);
    out.push_str(&end);
}

fn write_elements(out: &mut String, open: &str, elements: &[Value], close: &str, depth: usize) {
    out.push_str(open);
    out.push('[');
    if !elements.is_empty() {
        out.push('\n');
        for element in elements {
            indent(out, depth + 1);
            write_value(out, element, depth + 1);
            out.push_str(",\n");
        }
        indent(out, depth);
    }
    out.push(']');
    out.push_str(close);
}

fn write_entries(
    out: &mut String,
    open: &str,
    entries: &BTreeMap<Arc<str>, Value>,
    close: &str,
    depth: usize,
) {
    out.push_str(open);
    out.push('{');
    if !entries.is_empty() {
        out.push('\n');
        for (key, value) in entries {
            indent(out, depth + 1);
            out.push_str(&quoted(key));
            out.push_str(" = ");
            write_value(out, value, depth + 1);
            out.push('\n');
        }
        indent(out, depth);
    }
    out.push('}');
    out.push_str(close);
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use meridian_lang::Marks;

    use super::*;

    fn text(text: &str) -> Value {
        Value::string(text)
    }

    #[test]
    fn values_look_like_expressions() {
        let letters = || [text("a"), text("b")];
        let value = Value::tuple([
            Value::number(1),
            Value::null(Type::Dynamic),
            Value::null(Type::list(Type::String)),
            Value::object([("b c", Value::tuple([])), ("multi", text("x\ny"))]),
            Value::list(Type::String, letters()),
            Value::set(Type::String, letters()),
            Value::map(Type::String, [("k", text("é\t\\"))]),
            Value::map::<&str>(Type::String, []),
            text("hunter2").mark(Marks::SENSITIVE),
            Value::unknown(Type::String),
        ]);
        insta::assert_snapshot!(value_text(&value), @r#"
        [
          1,
          null,
          tolist(null) /* of string */,
          {
            "b c" = []
            "multi" = <<-EOT
            x
            y
            EOT
          },
          tolist([
            "a",
            "b",
          ]),
          toset([
            "a",
            "b",
          ]),
          tomap({
            "k" = "é\t\\"
          }),
          tomap({}),
          (sensitive value),
          (known after apply),
        ]
"#);
    }

    #[test]
    fn lines_at_the_top_are_not_indented() {
        assert_eq!(value_text(&text("a\n  b\n")), "<<EOT\na\n  b\n\nEOT");
        assert_eq!(value_text(&text("a\nEOT")), "<<EOT_\na\nEOT\nEOT_");
    }

    #[test]
    fn sensitive_outputs_are_named_only() {
        let secret = Value::object([("a", text("hunter2").mark(Marks::SENSITIVE))]);
        let outputs = [
            Output { name: "open", value: &Value::number(1), sensitive: false },
            Output { name: "closed", value: &secret, sensitive: true },
        ];
        assert_eq!(outputs_text(&outputs), "open = 1\nclosed = <sensitive>\n");
    }
}
