//! The value of an expression.

mod access;
mod call;
mod conditional;
mod construct;
mod equality;
mod explain;
mod iteration;
mod limits;
mod operator;
mod template;

use std::sync::Arc;

use crate::expr::{Expr, ExprKind, Subject};
use crate::surroundings::{FileKind, Impure};
use crate::{Diagnostic, Diagnostics, FileId, Kind, Sources, Span, Type, Value};

pub(crate) use equality::equals;
use limits::Limits;

/// What expressions see of the world around them.
pub trait Scope {
    /// The value of a reference without the steps that follow it.
    ///
    /// # Errors
    /// When there is nothing of that name, or it cannot be had here.
    #[allow(
        clippy::result_large_err,
        reason = "a diagnostic ends the happy path; its size is no cost on it"
    )]
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic>;

    /// The content of a file, for the functions that read files.
    ///
    /// # Errors
    /// Why the file cannot be read, without a full stop.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        let _ = path;
        Err("files cannot be read here".to_owned())
    }

    /// What a path leads to, links followed; none if there is nothing.
    ///
    /// # Errors
    /// Why that cannot be told, without a full stop.
    fn file_kind(&self, path: &str) -> Result<Option<FileKind>, String> {
        let _ = path;
        Err("files cannot be looked at here".to_owned())
    }

    /// The names in a folder and what they lead to, in no particular order.
    ///
    /// # Errors
    /// Why the folder cannot be read, without a full stop.
    fn list_folder(&self, path: &str) -> Result<Vec<(String, FileKind)>, String> {
        let _ = path;
        Err("folders cannot be read here".to_owned())
    }

    /// The home folder of the user, which `~` stands for.
    fn home_folder(&self) -> Option<String> {
        None
    }

    /// The folder that relative paths begin at, as an absolute path.
    fn working_folder(&self) -> Option<String> {
        None
    }

    /// When the plan was begun, as an RFC 3339 timestamp of UTC in seconds; it stays the same
    /// until the plan has been applied. Without it, `plantimestamp()` is unknown.
    fn start_time(&self) -> Option<String> {
        None
    }

    /// The clock and the chance that `timestamp()`, `uuid()` and `bcrypt()` take their results
    /// from. None while planning: their results are then unknown, and a plan stays a function
    /// of what it is made from.
    fn impure(&self) -> Option<&dyn Impure> {
        None
    }

    /// The expression of a template: a file of `sources` that is a template as a whole. Its
    /// variables are [`Subject::Variable`].
    ///
    /// # Errors
    /// Everything that is wrong with the template, each with its place in `sources`.
    fn parse_template(&self, sources: &Sources, file: FileId) -> Result<Expr, Diagnostics> {
        let _ = (sources, file);
        Err(Diagnostic::error("Templates are not available", "None can be read here.").into())
    }

    /// The settings in a file of `sources` that is written like a file of variable values, in
    /// order. Their expressions may refer to nothing.
    ///
    /// # Errors
    /// Everything that is wrong with the file, each with its place in `sources`.
    fn parse_settings(
        &self,
        sources: &Sources,
        file: FileId,
    ) -> Result<Vec<(Arc<str>, Expr)>, Diagnostics> {
        let _ = (sources, file);
        Err(Diagnostic::error("Variable values are not available", "None can be read here.").into())
    }

    /// Whether what is evaluated is a template that a function renders.
    fn is_template(&self) -> bool {
        false
    }
}

/// The value of an expression. What fails is noted and evaluation goes on with an unknown value
/// in its place, so that one evaluation finds all that is wrong.
///
/// # Errors
/// Everything that is wrong, each with its place.
pub fn evaluate(expr: &Expr, scope: &dyn Scope) -> Result<Value, Diagnostics> {
    evaluate_with(expr, scope, &[])
}

/// The value of an expression that sees names bound around it ([`Subject::Bound`]), innermost
/// last.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_with(
    expr: &Expr,
    scope: &dyn Scope,
    bound: &[(Arc<str>, Value)],
) -> Result<Value, Diagnostics> {
    let mut evaluator = Evaluator {
        scope,
        bound: bound.to_vec(),
        diagnostics: Diagnostics::new(),
        limits: Limits::default(),
    };
    let value = evaluator.eval(expr);
    let value = evaluator.checked_depth(value, expr);
    evaluator.diagnostics.check().map(|_| value)
}

struct Evaluator<'a> {
    scope: &'a dyn Scope,
    /// Names bound by the expressions around, innermost last.
    bound: Vec<(Arc<str>, Value)>,
    diagnostics: Diagnostics,
    limits: Limits,
}

impl Evaluator<'_> {
    fn eval(&mut self, expr: &Expr) -> Value {
        if !self.limits.enter() {
            return self.fail(limits::too_deep(expr));
        }
        let value = self.eval_kind(expr);
        self.limits.leave();
        value
    }

    fn eval_kind(&mut self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Literal(value) => value.clone(),
            ExprKind::Reference(subject) => self.reference(subject, expr.span),
            ExprKind::Template(parts) => self.template(expr, parts),
            ExprKind::Attribute(source, name) => self.attribute(expr, source, name),
            ExprKind::Index(source, key) => self.index(expr, source, key),
            ExprKind::Splat { source, element, each } => self.splat(source, element, each),
            ExprKind::Call { name, name_span, arguments, expand } => self.call(&call::Call {
                expr,
                name,
                name_span: *name_span,
                arguments,
                expand: *expand,
            }),
            ExprKind::Unary(operator, operand) => self.unary(expr, *operator, operand),
            ExprKind::Binary(operator, left, right) => self.binary(expr, *operator, left, right),
            ExprKind::Conditional(condition, yes, no) => self.conditional(expr, condition, yes, no),
            ExprKind::Tuple(elements) => self.tuple(elements),
            ExprKind::Object(items) => self.object(items),
            ExprKind::For(each) => self.for_expr(each),
            ExprKind::Parentheses(inner) => self.eval(inner),
        }
    }

    fn reference(&mut self, subject: &Subject, span: Span) -> Value {
        if let Subject::Bound(name) = subject
            && let Some((_, value)) = self.bound.iter().rev().find(|(bound, _)| bound == name)
        {
            return value.clone();
        }
        match self.scope.value(subject, span) {
            Ok(value) => value,
            Err(diagnostic) => self.fail(diagnostic),
        }
    }

    /// Notes what is wrong; the value to go on with.
    fn fail(&mut self, diagnostic: Diagnostic) -> Value {
        if self.diagnostics.iter().len() < limits::MOST_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
        Value::unknown(Type::Dynamic)
    }

    /// Notes all that is wrong.
    fn fail_all(&mut self, diagnostics: Diagnostics) {
        for diagnostic in diagnostics {
            self.fail(diagnostic);
        }
    }

    /// Evaluates with names bound.
    fn with_bound<T>(
        &mut self,
        names: impl IntoIterator<Item = (Arc<str>, Value)>,
        then: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let depth = self.bound.len();
        self.bound.extend(names);
        let result = then(self);
        self.bound.truncate(depth);
        result
    }

    /// Evaluates, keeping what goes wrong apart.
    fn apart<T>(&mut self, then: impl FnOnce(&mut Self) -> T) -> (T, Diagnostics) {
        let before = std::mem::take(&mut self.diagnostics);
        let result = then(self);
        (result, std::mem::replace(&mut self.diagnostics, before))
    }
}

/// Keys and elements of what can be walked over; none of what cannot, or is not known.
fn entries(value: &Value) -> Option<Vec<(Value, Value)>> {
    match value.kind() {
        Kind::List(_, elements) | Kind::Tuple(elements) => {
            let keys = (0..elements.len()).map(Value::number);
            Some(keys.zip(elements.iter().cloned()).collect())
        }
        Kind::Set(_, elements) => {
            Some(elements.iter().map(|element| (element.clone(), element.clone())).collect())
        }
        Kind::Map(_, entries) | Kind::Object(entries) => {
            Some(entries.iter().map(|(key, value)| (Value::string(key), value.clone())).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
