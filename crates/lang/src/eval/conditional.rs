//! `condition ? yes : no`

use std::cmp::Ordering;

use super::Evaluator;
use crate::{
    Bound, Diagnostic, Diagnostics, Expr, Kind, Marks, Range, Type, Value, convert, unify,
};

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
        let marks = value.marks();
        // Of what type the condition will be is looked at once it is known.
        if !value.is_known() {
            return Decision { truth: None, marks };
        }
        if value.is_null() {
            let detail = "The condition value is null. Conditions must either be true or false.";
            let diagnostic = Diagnostic::error("Null condition", detail).at(condition.span);
            self.fail_about(diagnostic, condition);
            return Decision { truth: None, marks };
        }
        match convert(&value, &Type::Bool) {
            Ok(value) => Decision { truth: value.as_bool(), marks },
            Err(_) => {
                let detail = "The condition expression must be of type bool.";
                let diagnostic = Diagnostic::error("Incorrect condition type", detail);
                self.fail_about(diagnostic.at(condition.span), condition);
                Decision { truth: None, marks }
            }
        }
    }

    pub(super) fn conditional(
        &mut self,
        expr: &Expr,
        condition: &Expr,
        yes: &Expr,
        no: &Expr,
    ) -> Value {
        // Both arms take part in the type, but only the errors of the chosen one count.
        let arms = yes.span.to(no.span);
        let (yes, yes_errors) = self.apart(|evaluator| evaluator.eval(yes));
        let (no, no_errors) = self.apart(|evaluator| evaluator.eval(no));
        let shared = shared_type(&yes, &no);
        if shared.is_none() {
            let detail = format!(
                "The true and false result expressions must have consistent types. {}",
                describe_mismatch(&yes.ty(), &no.ty())
            );
            let diagnostic = Diagnostic::error(INCONSISTENT, detail).at(arms);
            self.fail_about_known(diagnostic, expr);
            return Value::unknown(Type::Dynamic);
        }
        let Decision { truth, marks } = self.condition(condition);
        let Some(ty) = shared else {
            return Value::unknown(Type::Dynamic);
        };
        // The arm that is not chosen is told by its absence.
        let marks = marks | yes.marks() | no.marks();
        match truth {
            Some(true) => self.chosen(expr, "true", yes, yes_errors, &ty).mark(marks),
            Some(false) => self.chosen(expr, "false", no, no_errors, &ty).mark(marks),
            None => undecided(&yes, &no, ty).mark(marks),
        }
    }

    fn chosen(
        &mut self,
        expr: &Expr,
        name: &str,
        value: Value,
        errors: Diagnostics,
        ty: &Type,
    ) -> Value {
        self.fail_all(errors);
        match convert(&value, ty) {
            Ok(value) => value,
            Err(error) => {
                let detail = format!("The {name} result value has the wrong type: {error}.");
                self.fail_about(Diagnostic::error(INCONSISTENT, detail).at(expr.span), expr);
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
    // What is not even of a known type yet decides nothing about the other.
    match (yes.ty(), no.ty()) {
        (Type::Dynamic, _) | (_, Type::Dynamic) => Some(Type::Dynamic),
        (yes, no) => unify(&[yes, no]),
    }
}

/// What is known of the result when the condition is not.
fn undecided(yes: &Value, no: &Value, ty: Type) -> Value {
    if yes.is_null() && no.is_null() {
        return Value::null(ty);
    }
    let not_null = yes.is_never_null() && no.is_never_null();
    let range = match (yes.ty(), no.ty()) {
        (Type::Number, Type::Number) => {
            let ((yes_least, yes_greatest), (no_least, no_greatest)) =
                (yes.number_bounds(), no.number_bounds());
            Range::Number(outer(yes_least, no_least, false), outer(yes_greatest, no_greatest, true))
        }
        (yes_ty @ (Type::List(_) | Type::Set(_) | Type::Map(_)), no_ty) if yes_ty == no_ty => {
            let ((yes_least, yes_greatest), (no_least, no_greatest)) =
                (yes.length_bounds(), no.length_bounds());
            Range::Length(yes_least.min(no_least), yes_greatest.max(no_greatest))
        }
        _ => Range::Any,
    };
    Value::unknown_within(ty, not_null, range)
}

/// The bound of two ranges together: the greater one of the upper bounds, the lesser of the lower.
fn outer(a: Option<Bound>, b: Option<Bound>, upper: bool) -> Option<Bound> {
    let (a, b) = (a?, b?);
    let inclusive = a.inclusive || b.inclusive;
    Some(match a.at.cmp(&b.at) {
        Ordering::Equal => Bound { at: a.at, inclusive },
        Ordering::Less if upper => b,
        Ordering::Greater if !upper => b,
        _ => a,
    })
}

/// The first difference between the types of two arms, in words.
fn describe_mismatch(yes: &Type, no: &Type) -> String {
    match (yes, no) {
        (Type::Object(a), Type::Object(b)) => {
            let absent = |name: &str, here: &str, there: &str| {
                format!(
                    "The '{here}' value includes object attribute {name:?}, which is absent in \
                     the '{there}' value."
                )
            };
            let of_yes = a.iter().find_map(|(name, field)| match b.get(name) {
                None => Some(absent(name, "true", "false")),
                Some(other) if other.ty != field.ty => {
                    let inner = describe_mismatch(&field.ty, &other.ty);
                    Some(format!("Type mismatch for object attribute {:?}: {inner}", &**name))
                }
                Some(_) => None,
            });
            let of_no = || b.keys().find(|name| !a.contains_key(*name));
            of_yes.or_else(|| of_no().map(|name| absent(name, "false", "true"))).unwrap_or_default()
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() != b.len() => format!(
            "The 'true' tuple has length {}, but the 'false' tuple has length {}.",
            a.len(),
            b.len()
        ),
        (Type::Tuple(a), Type::Tuple(b)) => {
            let unlike = a.iter().zip(b.iter()).enumerate().find(|(_, (a, b))| a != b);
            unlike
                .map(|(at, (a, b))| {
                    format!("Type mismatch for tuple element {at}: {}", describe_mismatch(a, b))
                })
                .unwrap_or_default()
        }
        _ if yes.friendly_name() != no.friendly_name() => format!(
            "The 'true' value is {}, but the 'false' value is {}.",
            yes.friendly_name(),
            no.friendly_name()
        ),
        (Type::List(a), Type::List(b)) => {
            format!("Mismatched list element types: {}", describe_mismatch(a, b))
        }
        (Type::Set(a), Type::Set(b)) => {
            format!("Mismatched set element types: {}", describe_mismatch(a, b))
        }
        (Type::Map(a), Type::Map(b)) => {
            format!("Mismatched map element types: {}", describe_mismatch(a, b))
        }
        _ => "At least one deeply-nested attribute or element is not compatible across both the \
              'true' and the 'false' value."
            .to_owned(),
    }
}
