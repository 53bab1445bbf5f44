//! The layout that KMS gives to policies: whatever was put, GetKeyPolicy answers
//! with one member a line and lists within the line.

#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Object,
    List,
}

/// Lays out a JSON document. Members keep their order.
pub(crate) fn lay_out(document: &str) -> String {
    let mut text = String::with_capacity(document.len() * 2);
    let mut open = Vec::new();
    let mut characters = document.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                text.push('"');
                let mut is_escaped = false;
                for inner in characters.by_ref() {
                    text.push(inner);
                    if inner == '"' && !is_escaped {
                        break;
                    }
                    is_escaped = inner == '\\' && !is_escaped;
                }
            }
            '{' | '[' => {
                text.push(character);
                while characters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if let Some(close) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    text.push(' ');
                    text.push(close);
                    continue;
                }
                open.push(if character == '{' { Container::Object } else { Container::List });
                separate(&mut text, &open);
            }
            '}' | ']' => {
                let container = open.pop();
                match container {
                    Some(Container::Object) => new_line(&mut text, &open),
                    _ => text.push(' '),
                }
                text.push(character);
            }
            ',' => {
                text.push(',');
                separate(&mut text, &open);
            }
            ':' => text.push_str(" : "),
            character if character.is_ascii_whitespace() => {}
            character => text.push(character),
        }
    }
    text
}

/// Begins the next part of the innermost container.
fn separate(text: &mut String, open: &[Container]) {
    match open.last() {
        Some(Container::Object) => new_line(text, open),
        _ => text.push(' '),
    }
}

/// Only objects indent what is in them.
fn new_line(text: &mut String, open: &[Container]) {
    text.push('\n');
    let depth = open.iter().filter(|container| **container == Container::Object).count();
    text.push_str(&"  ".repeat(depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_laid_out_as_kms_does() {
        let document = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a \"b\\","Action":["kms:*","x"],"Condition":{},"Resource":[ ]},
            {"Effect": "Allow"}]}"#;
        let laid_out = r#"{
  "Version" : "2012-10-17",
  "Statement" : [ {
    "Sid" : "a \"b\\",
    "Action" : [ "kms:*", "x" ],
    "Condition" : { },
    "Resource" : [ ]
  }, {
    "Effect" : "Allow"
  } ]
}"#;
        assert_eq!(lay_out(document), laid_out);
        assert_eq!(lay_out(laid_out), laid_out);
    }
}
