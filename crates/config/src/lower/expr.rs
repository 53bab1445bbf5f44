//! Expressions other than references and templates.

use std::sync::Arc;

use hcl_edit::expr::{self as hcl, Expression, ObjectKey};
use meridian_lang::{
    BinaryOperator, Expr, ExprKind, ForExpr, Number, ObjectItem, Span, Type, UnaryOperator, Value,
};

use super::{Lowering, References};
use crate::syntax::{is_name_part, parse_part};

impl Lowering<'_, '_> {
    /// Lowers an expression.
    pub(crate) fn expr(&mut self, source: &Expression) -> Expr {
        let span = self.span(source);
        let kind = match source {
            Expression::Null(_) => ExprKind::Literal(Value::null(Type::Dynamic)),
            Expression::Bool(value) => ExprKind::Literal(Value::bool(*value.value())),
            Expression::Number(_) => return self.number(span),
            Expression::String(text) => ExprKind::Literal(Value::string(text.value())),
            Expression::StringTemplate(template) => return self.quoted(template, span),
            Expression::HeredocTemplate(heredoc) => return self.heredoc(heredoc, span),
            Expression::Variable(name) => return self.reference(name.as_str(), &[], span),
            Expression::Traversal(traversal) => return self.traversal(traversal, span),
            Expression::Parenthesis(inner) => ExprKind::Parentheses(self.boxed(inner.inner())),
            Expression::Array(items) => {
                ExprKind::Tuple(items.iter().map(|item| self.expr(item)).collect())
            }
            Expression::Object(object) => ExprKind::Object(
                object
                    .iter()
                    .map(|(key, value)| ObjectItem {
                        key: self.key(key),
                        value: self.expr(value.expr()),
                    })
                    .collect(),
            ),
            Expression::Conditional(conditional) => ExprKind::Conditional(
                self.boxed(&conditional.cond_expr),
                self.boxed(&conditional.true_expr),
                self.boxed(&conditional.false_expr),
            ),
            Expression::UnaryOp(operation) => {
                let operator = match operation.operator.value() {
                    hcl::UnaryOperator::Neg => UnaryOperator::Negate,
                    hcl::UnaryOperator::Not => UnaryOperator::Not,
                };
                ExprKind::Unary(operator, self.boxed(&operation.expr))
            }
            Expression::BinaryOp(operation) => ExprKind::Binary(
                binary_operator(*operation.operator.value()),
                self.boxed(&operation.lhs_expr),
                self.boxed(&operation.rhs_expr),
            ),
            Expression::FuncCall(call) => return self.call(call, span),
            Expression::ForExpr(source) => ExprKind::For(Box::new(self.for_expr(source))),
        };
        Expr { span, kind }
    }

    fn boxed(&mut self, source: &Expression) -> Box<Expr> {
        Box::new(self.expr(source))
    }

    /// Numbers are read from the source, since the parser's do not hold all digits.
    fn number(&mut self, span: Span) -> Expr {
        let text = self.text(span);
        let digits = text.trim_start_matches(['-', ' ', '\t']);
        let start = span.end - u32::try_from(digits.len()).unwrap_or(0);
        let Some(number) = Number::parse(digits) else {
            return self.error(
                span,
                "Invalid number literal",
                "Failed to recognize the value of this number literal.",
            );
        };
        let magnitude =
            Expr { span: Span { start, ..span }, kind: ExprKind::Literal(Value::number(number)) };
        if text.starts_with('-') {
            Expr { span, kind: ExprKind::Unary(UnaryOperator::Negate, Box::new(magnitude)) }
        } else {
            magnitude
        }
    }

    /// The key of an object's item; bare names, and words like `true`, stand for themselves.
    fn key(&mut self, key: &ObjectKey) -> Expr {
        match key {
            ObjectKey::Ident(name) => {
                let span = self.span(name);
                let text = self.text(span);
                if text.chars().all(is_name_part) && !text.starts_with(|c: char| c.is_ascii_digit())
                {
                    return Expr { span, kind: ExprKind::Literal(Value::string(text)) };
                }
                // A name that stands for another key, which the object has already.
                self.renamed_key(span)
            }
            ObjectKey::Expression(source @ (Expression::Bool(_) | Expression::Null(_))) => {
                let span = self.span(source);
                Expr { span, kind: ExprKind::Literal(Value::string(self.text(span))) }
            }
            ObjectKey::Expression(source @ Expression::Traversal(traversal))
                if matches!(traversal.expr, Expression::Variable(_)) =>
            {
                let span = self.span(source);
                self.error(
                    span,
                    "Ambiguous attribute key",
                    "If this expression is intended to be a reference, wrap it in parentheses. If \
                     it's instead intended as a literal name containing periods, wrap it in \
                     quotes to create a string literal.",
                )
            }
            ObjectKey::Expression(source) => self.expr(source),
        }
    }

    /// A key that the parser has seen under another name.
    fn renamed_key(&mut self, span: Span) -> Expr {
        let Some(parsed) = parse_part(self.text(span)) else {
            return self.error(span, "Invalid expression", "This key cannot be read.");
        };
        let outer = std::mem::replace(&mut self.offset, span.start);
        let key = self.key(&ObjectKey::from(parsed));
        self.offset = outer;
        key
    }

    fn call(&mut self, call: &hcl::FuncCall, span: Span) -> Expr {
        if self.references == References::Forbidden {
            return self.error(
                span,
                "Function calls not allowed",
                "Functions may not be called here.",
            );
        }
        let mut name_span = self.span(&call.name.name);
        let mut name = String::new();
        for part in &call.name.namespace {
            name_span = self.span(part).to(name_span);
            name.push_str(part.as_str());
            name.push_str("::");
        }
        name.push_str(call.name.name.as_str());
        let arguments = call.args.iter().map(|argument| self.expr(argument)).collect();
        let expand = call.args.expand_final();
        Expr { span, kind: ExprKind::Call { name: name.into(), name_span, arguments, expand } }
    }

    fn for_expr(&mut self, source: &hcl::ForExpr) -> ForExpr {
        let collection = self.expr(&source.intro.collection_expr);
        let key_name: Option<Arc<str>> =
            source.intro.key_var.as_ref().map(|name| name.as_str().into());
        let value_name: Arc<str> = source.intro.value_var.as_str().into();
        let outer = self.bound.len();
        self.bound.extend(key_name.clone());
        self.bound.push(value_name.clone());
        let key = source.key_expr.as_ref().map(|key| self.expr(key));
        let value = self.expr(&source.value_expr);
        let condition = source.cond.as_ref().map(|condition| self.expr(&condition.expr));
        self.bound.truncate(outer);
        ForExpr { key_name, value_name, collection, key, value, group: source.grouping, condition }
    }
}

fn binary_operator(operator: hcl::BinaryOperator) -> BinaryOperator {
    match operator {
        hcl::BinaryOperator::Eq => BinaryOperator::Equal,
        hcl::BinaryOperator::NotEq => BinaryOperator::NotEqual,
        hcl::BinaryOperator::LessEq => BinaryOperator::LessOrEqual,
        hcl::BinaryOperator::GreaterEq => BinaryOperator::GreaterOrEqual,
        hcl::BinaryOperator::Less => BinaryOperator::Less,
        hcl::BinaryOperator::Greater => BinaryOperator::Greater,
        hcl::BinaryOperator::Plus => BinaryOperator::Add,
        hcl::BinaryOperator::Minus => BinaryOperator::Subtract,
        hcl::BinaryOperator::Mul => BinaryOperator::Multiply,
        hcl::BinaryOperator::Div => BinaryOperator::Divide,
        hcl::BinaryOperator::Mod => BinaryOperator::Remainder,
        hcl::BinaryOperator::And => BinaryOperator::And,
        hcl::BinaryOperator::Or => BinaryOperator::Or,
    }
}
