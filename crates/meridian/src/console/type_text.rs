//! Types as the console shows them.

use meridian_lang::Type;

/// The type, over several lines if it has parts.
pub fn type_text(ty: &Type) -> String {
    let mut text = String::new();
    write(&mut text, ty, 0);
    text
}

fn write(out: &mut String, ty: &Type, depth: usize) {
    match ty {
        Type::Dynamic => out.push_str("dynamic"),
        Type::Bool => out.push_str("bool"),
        Type::Number => out.push_str("number"),
        Type::String => out.push_str("string"),
        Type::List(element) => collection(out, "list", element, depth),
        Type::Set(element) => collection(out, "set", element, depth),
        Type::Map(element) => collection(out, "map", element, depth),
        Type::Object(fields) if fields.is_empty() => out.push_str("object({})"),
        Type::Object(fields) => {
            out.push_str("object({\n");
            for (name, field) in fields.iter() {
                indent(out, depth + 1);
                out.push_str(name);
                out.push_str(": ");
                write(out, &field.ty, depth + 1);
                out.push_str(",\n");
            }
            indent(out, depth);
            out.push_str("})");
        }
        Type::Tuple(elements) if elements.is_empty() => out.push_str("tuple([])"),
        Type::Tuple(elements) => {
            out.push_str("tuple([\n");
            for element in elements.iter() {
                indent(out, depth + 1);
                write(out, element, depth + 1);
                out.push_str(",\n");
            }
            indent(out, depth);
            out.push_str("])");
        }
    }
}

fn collection(out: &mut String, name: &str, element: &Type, depth: usize) {
    out.push_str(name);
    out.push('(');
    if matches!(element, Type::Dynamic | Type::Bool | Type::Number | Type::String) {
        write(out, element, depth);
    } else {
        out.push('\n');
        indent(out, depth + 1);
        write(out, element, depth + 1);
        out.push_str(",\n");
        indent(out, depth);
    }
    out.push(')');
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("    ", depth));
}

#[cfg(test)]
mod tests {
    use meridian_lang::Value;

    use super::*;

    /// What Terraform 1.11.4 shows of the same.
    #[test]
    fn types_with_parts_take_several_lines() {
        let object = Value::object([("a", Value::number(1)), ("b", Value::tuple([]))]);
        let list = Type::list(object.ty());
        let expected = "list(\n    object({\n        a: number,\n        b: tuple([]),\n    }),\n)";
        assert_eq!(type_text(&list), expected);
        let tuple = Value::tuple([Value::number(1), Value::string("a")]).ty();
        assert_eq!(type_text(&tuple), "tuple([\n    number,\n    string,\n])");
        assert_eq!(type_text(&Type::list(Type::String)), "list(string)");
    }
}
