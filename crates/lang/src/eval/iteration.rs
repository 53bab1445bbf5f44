//! `for` expressions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Evaluator, entries, limits};
use crate::{Diagnostic, Expr, ForExpr, Kind, Marks, Type, Value, convert};

/// Elements to walk over.
pub(super) enum Walk {
    /// Keys and elements.
    Over(Vec<(Value, Value)>),
    /// There is no telling yet how many there are, or something is wrong with them.
    Unknown,
}

/// A value of an iteration that is not there.
enum Gap {
    /// Left out by the condition.
    Skipped,
    /// Not known whether it is there, or under which key; or wrong.
    Unknown,
}

impl Evaluator<'_> {
    /// What `for` walks over in a value.
    pub(super) fn walk(&mut self, value: &Value, expr: &Expr) -> Walk {
        if value.is_null() {
            let detail = "A null value cannot be used as the collection in a 'for' expression.";
            let diagnostic = Diagnostic::error("Iteration over null value", detail);
            self.fail_about(diagnostic.at(expr.span), expr);
            return Walk::Unknown;
        }
        if let Some(ty) = primitive_type(value) {
            let detail = format!(
                "A value of type {} cannot be used as the collection in a 'for' expression.",
                ty.friendly_name()
            );
            let diagnostic = Diagnostic::error("Iteration over non-iterable value", detail);
            self.fail_about(diagnostic.at(expr.span), expr);
        }
        let Some(found) = entries(value) else {
            return Walk::Unknown;
        };
        if !self.limits.elements(found.len()) {
            self.fail(limits::too_many(expr));
            return Walk::Unknown;
        }
        Walk::Over(found)
    }

    pub(super) fn for_expr(&mut self, each: &ForExpr) -> Value {
        let collection = self.eval(&each.collection);
        let mut marks = collection.marks();
        let Walk::Over(elements) = self.walk(&collection, &each.collection) else {
            return Value::unknown(Type::Dynamic).mark(marks);
        };
        let names = elements.into_iter().map(|(key, value)| {
            let key = each.key_name.iter().map(move |name| (name.clone(), key.clone()));
            key.chain([(each.value_name.clone(), value)]).collect::<Vec<_>>()
        });
        let result = match &each.key {
            Some(key) => self.for_object(each, key, names, &mut marks),
            None => self.for_tuple(each, names, &mut marks),
        };
        result.unwrap_or_else(|| Value::unknown(Type::Dynamic)).mark(marks)
    }

    fn for_tuple(
        &mut self,
        each: &ForExpr,
        elements: impl Iterator<Item = Vec<(Arc<str>, Value)>>,
        marks: &mut Marks,
    ) -> Option<Value> {
        let mut values = Some(Vec::new());
        for names in elements {
            let outcome = self.with_bound(names, |evaluator| {
                evaluator.included(each, marks)?;
                Ok(evaluator.eval(&each.value))
            });
            match (outcome, &mut values) {
                (Ok(value), Some(values)) => values.push(value),
                (Err(Gap::Unknown), _) => values = None,
                _ => {}
            }
        }
        values.map(Value::tuple)
    }

    fn for_object(
        &mut self,
        each: &ForExpr,
        key_expr: &Expr,
        elements: impl Iterator<Item = Vec<(Arc<str>, Value)>>,
        marks: &mut Marks,
    ) -> Option<Value> {
        let mut known = true;
        let mut values: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for names in elements {
            let outcome = self.with_bound(names, |evaluator| {
                evaluator.included(each, marks)?;
                let key = evaluator.key(key_expr, marks);
                let value = evaluator.eval(&each.value);
                let key = key?;
                let gathered = values.entry(key.clone()).or_default();
                if gathered.is_empty() || each.group {
                    gathered.push(value);
                } else {
                    evaluator.repeated_key(&key, key_expr, *marks);
                }
                Ok(())
            });
            known &= !matches!(outcome, Err(Gap::Unknown));
        }
        known.then(|| {
            Value::object(values.into_iter().map(|(key, mut values)| {
                let value = if each.group { None } else { values.pop() };
                (key, value.unwrap_or_else(|| Value::tuple(values)))
            }))
        })
    }

    fn repeated_key(&mut self, key: &str, expr: &Expr, marks: Marks) {
        // The key may hold what a mark protects.
        let which =
            if marks.is_none() { format!("the key {key:?}") } else { "the same key".into() };
        let detail = format!(
            "Two different items produced {which} in this 'for' expression. If duplicates are \
             expected, use the ellipsis (...) after the value expression to enable grouping by key."
        );
        self.fail_about(Diagnostic::error("Duplicate object key", detail).at(expr.span), expr);
    }

    /// Whether the condition lets the element take part.
    fn included(&mut self, each: &ForExpr, marks: &mut Marks) -> Result<(), Gap> {
        let Some(condition) = &each.condition else {
            return Ok(());
        };
        let value = self.eval(condition);
        *marks |= value.marks();
        if value.is_null() {
            let detail = "The value of the 'if' clause must not be null.";
            let diagnostic = Diagnostic::error("Condition is null", detail);
            self.fail_about(diagnostic.at(condition.span), condition);
            return Err(Gap::Unknown);
        }
        match convert(&value, &Type::Bool).map(|value| value.as_bool()) {
            Ok(Some(true)) => Ok(()),
            Ok(Some(false)) => Err(Gap::Skipped),
            Ok(None) => Err(Gap::Unknown),
            Err(error) => {
                let detail = format!("The 'if' clause value is invalid: {error}.");
                let diagnostic = Diagnostic::error("Invalid 'for' condition", detail);
                self.fail_about(diagnostic.at(condition.span), condition);
                Err(Gap::Unknown)
            }
        }
    }

    fn key(&mut self, expr: &Expr, marks: &mut Marks) -> Result<Arc<str>, Gap> {
        let value = self.eval(expr);
        *marks |= value.marks();
        let reason = if value.is_null() {
            "Key expression in 'for' expression must not produce a null value.".to_owned()
        } else {
            match convert(&value, &Type::String) {
                Ok(key) => return key.as_str().map(Arc::from).ok_or(Gap::Unknown),
                Err(error) => format!("The key expression produced an invalid result: {error}."),
            }
        };
        self.fail_about(Diagnostic::error("Invalid object key", reason).at(expr.span), expr);
        Err(Gap::Unknown)
    }
}

fn primitive_type(value: &Value) -> Option<Type> {
    match value.kind() {
        Kind::Bool(_) => Some(Type::Bool),
        Kind::Number(_) => Some(Type::Number),
        Kind::String(_) => Some(Type::String),
        Kind::Unknown(unknown) => Some(unknown.ty.clone()).filter(Type::is_primitive),
        _ => None,
    }
}
