//! `condition ? yes : no`

use super::Evaluator;
use crate::{Diagnostic, Diagnostics, Expr, Kind, Marks, Span, Type, Value, convert, unify};

const INCONSISTENT: &str = "Inconsistent conditional result types";

/// What a condition says.
pub(super) struct Decision {
    /// Which way to go; none if it is not known, or wrong.
    pub(super) truth: Option<bool>,
    /// The marks that what depends on it inherits.
    pub(super) marks: Marks,
}

impl Evaluator<'_> {
    pub(super) fn condition(&mut self, condition: &Expr) -> Decision {
        let value = self.eval(condition);
        let marks = value.deep_marks();
        if value.is_null() {
            let detail = "The condition value is null. Conditions must either be true or false.";
            self.fail(Diagnostic::error("Null condition", detail).at(condition.span));
            return Decision { truth: None, marks };
        }
        match convert(&value, &Type::Bool) {
            Ok(value) => Decision { truth: value.as_bool(), marks },
            Err(_) => {
                let detail = "The condition expression must be of type bool.";
                self.fail(Diagnostic::error("Incorrect condition type", detail).at(condition.span));
                Decision { truth: None, marks }
            }
        }
    }

    pub(super) fn conditional(
        &mut self,
        span: Span,
        condition: &Expr,
        yes: &Expr,
        no: &Expr,
    ) -> Value {
        // Both arms take part in the type, but only the errors of the chosen one count.
        let (yes, yes_errors) = self.apart(|evaluator| evaluator.eval(yes));
        let (no, no_errors) = self.apart(|evaluator| evaluator.eval(no));
        let shared = shared_type(&yes, &no);
        if shared.is_none() {
            let detail = format!(
                "The true and false result expressions must have consistent types. {}",
                describe_mismatch(&yes.ty(), &no.ty())
            );
            self.fail(Diagnostic::error(INCONSISTENT, detail).at(span));
        }
        let Decision { truth, marks } = self.condition(condition);
        let Some(ty) = shared else {
            return Value::unknown(Type::Dynamic);
        };
        match truth {
            Some(true) => self.chosen(span, "true", yes, yes_errors, &ty).mark(marks),
            Some(false) => self.chosen(span, "false", no, no_errors, &ty).mark(marks),
            None => undecided(&yes, &no, ty).mark(marks | yes.marks() | no.marks()),
        }
    }

    fn chosen(
        &mut self,
        span: Span,
        name: &str,
        value: Value,
        errors: Diagnostics,
        ty: &Type,
    ) -> Value {
        self.diagnostics.extend(errors);
        match convert(&value, ty) {
            Ok(value) => value,
            Err(error) => {
                let detail = format!("The {name} result value has the wrong type: {error}.");
                self.fail(Diagnostic::error(INCONSISTENT, detail).at(span));
                Value::unknown(ty.clone())
            }
        }
    }
}

fn shared_type(yes: &Value, no: &Value) -> Option<Type> {
    let bare_null = |value: &Value| matches!(value.kind(), Kind::Null(Type::Dynamic));
    if bare_null(yes) {
        return Some(no.ty());
    }
    if bare_null(no) {
        return Some(yes.ty());
    }
    unify(&[yes.ty(), no.ty()])
}

/// What is known of the result when the condition is not.
fn undecided(yes: &Value, no: &Value, ty: Type) -> Value {
    let never_null = |value: &Value| match value.kind() {
        Kind::Null(_) => false,
        Kind::Unknown(unknown) => unknown.not_null,
        _ => true,
    };
    if yes.is_null() && no.is_null() {
        return Value::null(ty);
    }
    if never_null(yes) && never_null(no) {
        return Value::unknown_not_null(ty);
    }
    Value::unknown(ty)
}

/// The first difference between the types of two arms, in words.
fn describe_mismatch(yes: &Type, no: &Type) -> String {
    match (yes, no) {
        (Type::Object(a), Type::Object(b)) => {
            if let Some(name) = a.keys().find(|name| !b.contains_key(*name)) {
                return format!(
                    "The 'true' value includes object attribute {:?}, which is absent in the 'false' value.",
                    &**name
                );
            }
            if let Some(name) = b.keys().find(|name| !a.contains_key(*name)) {
                return format!(
                    "The 'false' value includes object attribute {:?}, which is absent in the 'true' value.",
                    &**name
                );
            }
            let pairs = a.iter().zip(b.values());
            let unlike = pairs
                .filter(|((_, a), b)| unify(&[a.ty.clone(), b.ty.clone()]).is_none())
                .map(|((name, a), b)| {
                    let inner = describe_mismatch(&a.ty, &b.ty);
                    format!("Type mismatch for object attribute {:?}: {inner}", &**name)
                });
            unlike.into_iter().next().unwrap_or_default()
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() != b.len() => format!(
            "The 'true' tuple has length {}, but the 'false' tuple has length {}.",
            a.len(),
            b.len()
        ),
        (Type::Tuple(a), Type::Tuple(b)) => {
            let pairs = a.iter().zip(b.iter()).enumerate();
            let unlike = pairs
                .filter(|(_, (a, b))| unify(&[(*a).clone(), (*b).clone()]).is_none())
                .map(|(at, (a, b))| {
                    format!("Type mismatch for tuple element {at}: {}", describe_mismatch(a, b))
                });
            unlike.into_iter().next().unwrap_or_default()
        }
        (Type::List(a), Type::List(b)) => {
            format!("Mismatched list element types: {}", describe_mismatch(a, b))
        }
        (Type::Set(a), Type::Set(b)) => {
            format!("Mismatched set element types: {}", describe_mismatch(a, b))
        }
        (Type::Map(a), Type::Map(b)) => {
            format!("Mismatched map element types: {}", describe_mismatch(a, b))
        }
        _ => format!(
            "The 'true' value is {}, but the 'false' value is {}.",
            yes.friendly_name(),
            no.friendly_name()
        ),
    }
}
