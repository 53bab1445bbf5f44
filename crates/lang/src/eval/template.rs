//! Templates.

use super::Evaluator;
use super::iteration::Walk;
use crate::{Diagnostic, Expr, Marks, TemplatePart, Type, Value, convert};

const INVALID_VALUE: &str = "Invalid template interpolation value";

/// The text of a template as far as it is known.
struct Text {
    text: String,
    known: bool,
    marks: Marks,
}

impl Evaluator<'_> {
    pub(super) fn template(&mut self, parts: &[TemplatePart]) -> Value {
        let mut text = Text { text: String::new(), known: true, marks: Marks::NONE };
        self.append(parts, &mut text);
        let value = if text.known {
            Value::string(text.text)
        } else {
            Value::unknown_not_null(Type::String)
        };
        value.mark(text.marks)
    }

    fn append(&mut self, parts: &[TemplatePart], text: &mut Text) {
        for part in parts {
            match part {
                TemplatePart::Literal(literal) => text.text.push_str(literal),
                TemplatePart::Interpolation(expr) => self.append_interpolation(expr, text),
                TemplatePart::If { condition, yes, no } => {
                    let decision = self.condition(condition);
                    text.marks |= decision.marks;
                    match decision.truth {
                        Some(true) => self.append(yes, text),
                        Some(false) => self.append(no, text),
                        None => text.known = false,
                    }
                }
                TemplatePart::For { key, value, collection, body } => {
                    let walked = self.eval(collection);
                    text.marks |= walked.marks();
                    let Walk::Over(elements) = self.walk(&walked, collection.span) else {
                        text.known = false;
                        continue;
                    };
                    for (at, element) in elements {
                        let names = key.iter().map(|name| (name.clone(), at.clone()));
                        let names: Vec<_> = names.chain([(value.clone(), element)]).collect();
                        self.with_bound(names, |evaluator| evaluator.append(body, text));
                    }
                }
            }
        }
    }

    fn append_interpolation(&mut self, expr: &Expr, text: &mut Text) {
        let value = self.eval(expr);
        text.marks |= value.marks();
        if value.is_null() {
            let detail =
                "The expression result is null. Cannot include a null value in a string template.";
            self.fail(Diagnostic::error(INVALID_VALUE, detail).at(expr.span));
            text.known = false;
            return;
        }
        match convert(&value, &Type::String) {
            Ok(value) => match value.as_str() {
                Some(part) => text.text.push_str(part),
                None => text.known = false,
            },
            Err(error) => {
                let detail =
                    format!("Cannot include the given value in a string template: {error}.");
                self.fail(Diagnostic::error(INVALID_VALUE, detail).at(expr.span));
                text.known = false;
            }
        }
    }
}
