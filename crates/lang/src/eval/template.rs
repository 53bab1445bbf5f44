//! Templates.

use super::iteration::Walk;
use super::{Evaluator, limits};
use crate::{Diagnostic, Expr, Marks, TemplatePart, Type, Value, convert};

const INVALID_VALUE: &str = "Invalid template interpolation value";

/// The text of a template as far as it is known.
struct Text<'a> {
    /// The whole template.
    expr: &'a Expr,
    text: String,
    /// Whether all so far is known; what comes after the first gap is not kept.
    known: bool,
    /// Whether something was wrong, so that not even the beginning can be relied on.
    failed: bool,
    marks: Marks,
}

impl Evaluator<'_> {
    pub(super) fn template(&mut self, expr: &Expr, parts: &[TemplatePart]) -> Value {
        let mut text =
            Text { expr, text: String::new(), known: true, failed: false, marks: Marks::NONE };
        self.append(parts, &mut text);
        let value = if text.failed {
            Value::unknown_not_null(Type::String)
        } else if text.known {
            Value::string(text.text)
        } else {
            Value::unknown_with_prefix(&text.text)
        };
        value.mark(text.marks)
    }

    fn append(&mut self, parts: &[TemplatePart], text: &mut Text<'_>) {
        for part in parts {
            match part {
                TemplatePart::Literal(literal) => self.append_text(literal, text),
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
                    let Walk::Over(elements) = self.walk(&walked, collection) else {
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

    fn append_text(&mut self, more: &str, text: &mut Text<'_>) {
        if text.failed || !text.known {
            return;
        }
        if self.limits.text(more.len()) {
            text.text.push_str(more);
        } else {
            self.fail(limits::too_long(text.expr));
            text.failed = true;
        }
    }

    fn append_interpolation(&mut self, expr: &Expr, text: &mut Text<'_>) {
        let value = self.eval(expr);
        text.marks |= value.marks();
        let wrong = |evaluator: &mut Self, detail: &str| {
            let diagnostic = Diagnostic::error(INVALID_VALUE, detail).at(expr.span);
            evaluator.fail_about(diagnostic, expr);
        };
        if value.is_null() {
            let detail =
                "The expression result is null. Cannot include a null value in a string template.";
            wrong(self, detail);
            text.failed = true;
        } else if !value.is_known() {
            text.known = false;
        } else {
            match convert(&value, &Type::String) {
                Ok(value) => self.append_text(value.as_str().unwrap_or_default(), text),
                Err(error) => {
                    wrong(
                        self,
                        &format!("Cannot include the given value in a string template: {error}."),
                    );
                    text.failed = true;
                }
            }
        }
    }
}
