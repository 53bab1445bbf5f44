//! Operators.

use super::{Evaluator, equals};
use crate::{
    BinaryOperator, Bound, ConvertError, Diagnostic, Expr, Number, Type, UnaryOperator, Value,
    convert,
};

impl Evaluator<'_> {
    pub(super) fn unary(&mut self, expr: &Expr, operator: UnaryOperator, operand: &Expr) -> Value {
        let ty = match operator {
            UnaryOperator::Negate => Type::Number,
            UnaryOperator::Not => Type::Bool,
        };
        let given = self.eval(operand);
        let Some(value) = self.operand("unary operand", operand, &given, &ty) else {
            return Value::unknown(ty);
        };
        if value.is_null() {
            return self.null_operand(expr, ty);
        }
        let result = match operator {
            UnaryOperator::Negate => value.as_number().map(|number| Value::number(number.neg())),
            UnaryOperator::Not => value.as_bool().map(|truth| Value::bool(!truth)),
        };
        result.unwrap_or_else(|| Value::unknown_not_null(ty)).mark(value.marks())
    }

    pub(super) fn binary(
        &mut self,
        expr: &Expr,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Value {
        let (operands, result) = operator_types(operator);
        let (left_value, right_value) = (self.eval(left), self.eval(right));
        // Both are looked at, so that both can be reported.
        let a = self.operand("left operand", left, &left_value, &operands);
        let b = self.operand("right operand", right, &right_value, &operands);
        let (Some(a), Some(b)) = (a, b) else {
            return Value::unknown(result);
        };
        let outcome = match operator {
            BinaryOperator::Equal => Ok(equals(&a, &b).map(Value::bool)),
            BinaryOperator::NotEqual => Ok(equals(&a, &b).map(|equal| Value::bool(!equal))),
            _ if a.is_null() || b.is_null() => return self.null_operand(expr, result),
            _ => compute(operator, &a, &b),
        };
        let equality = matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual);
        let marks = if equality { a.deep_marks() | b.deep_marks() } else { a.marks() | b.marks() };
        match outcome {
            Ok(value) => value.unwrap_or_else(|| Value::unknown_not_null(result)).mark(marks),
            Err(reason) => {
                let detail = format!("Error during operation: {reason}.");
                let diagnostic = Diagnostic::error("Operation failed", detail).at(expr.span);
                self.fail_about_known(diagnostic, expr)
            }
        }
    }

    fn operand(&mut self, side: &str, expr: &Expr, value: &Value, ty: &Type) -> Option<Value> {
        let note = |error: ConvertError| {
            let detail = format!("Unsuitable value for {side}: {error}.");
            self.fail_about(Diagnostic::error("Invalid operand", detail).at(expr.span), expr);
        };
        convert(value, ty).map_err(note).ok()
    }

    fn null_operand(&mut self, expr: &Expr, ty: Type) -> Value {
        let detail = "Error during operation: argument must not be null.";
        let diagnostic = Diagnostic::error("Operation failed", detail).at(expr.span);
        self.fail_about_known(diagnostic, expr);
        Value::unknown(ty)
    }
}

/// The type of the operands and that of the result.
fn operator_types(operator: BinaryOperator) -> (Type, Type) {
    match operator {
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Remainder => (Type::Number, Type::Number),
        BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual => (Type::Number, Type::Bool),
        BinaryOperator::Equal | BinaryOperator::NotEqual => (Type::Dynamic, Type::Bool),
        BinaryOperator::And | BinaryOperator::Or => (Type::Bool, Type::Bool),
    }
}

/// The result of an operator on operands of its type; none if one is unknown.
fn compute(operator: BinaryOperator, a: &Value, b: &Value) -> Result<Option<Value>, &'static str> {
    if let (Some(a), Some(b)) = (a.as_bool(), b.as_bool()) {
        return Ok(match operator {
            BinaryOperator::And => Some(Value::bool(a && b)),
            BinaryOperator::Or => Some(Value::bool(a || b)),
            _ => None,
        });
    }
    let (Some(a), Some(b)) = (a.as_number(), b.as_number()) else {
        return Ok(compare_ranges(operator, a, b).map(Value::bool));
    };
    let number = |result: Option<Number>, reason| result.map(Value::number).map(Some).ok_or(reason);
    match operator {
        BinaryOperator::Add => number(a.add(b), "can't compute sum of opposing infinities"),
        BinaryOperator::Subtract => number(a.sub(b), "can't subtract infinity from itself"),
        BinaryOperator::Multiply => number(a.mul(b), "can't multiply zero by infinity"),
        BinaryOperator::Divide => {
            number(a.div(b), "can't divide zero by zero or infinity by infinity")
        }
        BinaryOperator::Remainder => number(a.rem(b), "can't use modulo with zero and infinity"),
        BinaryOperator::Less => Ok(Some(Value::bool(a < b))),
        BinaryOperator::LessOrEqual => Ok(Some(Value::bool(a <= b))),
        BinaryOperator::Greater => Ok(Some(Value::bool(a > b))),
        BinaryOperator::GreaterOrEqual => Ok(Some(Value::bool(a >= b))),
        _ => Ok(None),
    }
}

/// What a comparison gives for all numbers that two ranges hold; none if it depends on which.
fn compare_ranges(operator: BinaryOperator, a: &Value, b: &Value) -> Option<bool> {
    let ((a_least, a_greatest), (b_least, b_greatest)) = (a.number_bounds(), b.number_bounds());
    let below = |greatest: &Option<Bound>, least: &Option<Bound>| {
        greatest.as_ref().zip(least.as_ref()).is_some_and(|(low, high)| low.at < high.at)
    };
    let less = below(&a_greatest, &b_least);
    let greater = below(&b_greatest, &a_least);
    match operator {
        BinaryOperator::Less | BinaryOperator::LessOrEqual if less => Some(true),
        BinaryOperator::Less | BinaryOperator::LessOrEqual if greater => Some(false),
        BinaryOperator::Greater | BinaryOperator::GreaterOrEqual if greater => Some(true),
        BinaryOperator::Greater | BinaryOperator::GreaterOrEqual if less => Some(false),
        _ => None,
    }
}
