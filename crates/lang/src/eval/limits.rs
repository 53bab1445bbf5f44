//! Limits that keep a hostile configuration from filling memory or the stack.

use super::Evaluator;
use crate::{Diagnostic, Expr, ExprKind, Value};

/// Levels of expressions within expressions.
const DEEPEST_EXPRESSION: usize = 600;

/// Levels of values within values.
const DEEPEST_VALUE: usize = 200;

/// Bytes of text that one expression may make in all.
const MOST_TEXT: usize = 64 << 20;

/// Elements that one expression may make in all.
const MOST_ELEMENTS: usize = 2_000_000;

/// Messages about one expression.
pub(super) const MOST_DIAGNOSTICS: usize = 100;

/// How far one evaluation has gone.
#[derive(Debug, Default)]
pub(super) struct Limits {
    depth: usize,
    text: usize,
    elements: usize,
}

impl Limits {
    /// Goes one level deeper, unless that is too deep.
    pub(super) fn enter(&mut self) -> bool {
        let may = self.depth < DEEPEST_EXPRESSION;
        self.depth += usize::from(may);
        may
    }

    /// Comes back from a level.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Counts text that is about to be made; false if that is too much.
    pub(super) fn text(&mut self, bytes: usize) -> bool {
        self.text = self.text.saturating_add(bytes);
        self.text <= MOST_TEXT
    }

    /// Counts elements that are about to be made; false if that is too many.
    pub(super) fn elements(&mut self, count: usize) -> bool {
        self.elements = self.elements.saturating_add(count);
        self.elements <= MOST_ELEMENTS
    }
}

pub(super) fn too_deep(expr: &Expr) -> Diagnostic {
    let detail =
        format!("Expressions can stand within one another up to {DEEPEST_EXPRESSION} deep.");
    Diagnostic::error("Expression nested too deeply", detail).at(expr.span)
}

pub(super) fn too_long(expr: &Expr) -> Diagnostic {
    let detail = format!("An expression can make {} MiB of text at most.", MOST_TEXT >> 20);
    Diagnostic::error("Result too large", detail).at(expr.span)
}

pub(super) fn too_many(expr: &Expr) -> Diagnostic {
    let detail = format!("An expression can make {MOST_ELEMENTS} elements at most.");
    Diagnostic::error("Result too large", detail).at(expr.span)
}

impl Evaluator<'_> {
    /// The value of a whole expression, unless it is so deep that what walks through it could
    /// exhaust the stack: each expression can wrap the value of another once more.
    pub(super) fn checked_depth(&mut self, value: Value, expr: &Expr) -> Value {
        // What only refers to a value makes it no deeper; a large one need not be walked through.
        let only_refers = matches!(
            expr.kind,
            ExprKind::Literal(_)
                | ExprKind::Reference(_)
                | ExprKind::Attribute(..)
                | ExprKind::Index(..)
        );
        if !only_refers && value.is_deeper_than(DEEPEST_VALUE) {
            let detail = format!("Values can stand within one another up to {DEEPEST_VALUE} deep.");
            return self.fail(Diagnostic::error("Value nested too deeply", detail).at(expr.span));
        }
        value
    }
}
