//! Expressions: their value where it is a constant, and what they refer to.

use std::collections::BTreeMap;

use meridian_lang::{
    Body, Diagnostic, Expr, ExprKind, Json, Scope, Span, Subject, Type, Value, evaluate, to_json,
};
use meridian_plan::blocks_of_json;
use meridian_resource::{Nesting, Schema};

use crate::json::traversal::{Traversal, traversals};

/// An expression, or nothing if there is nothing to say of it.
pub(super) fn expression(expr: &Expr) -> Option<Json> {
    Some(expression_or_secret(expr, false)).filter(|json| *json != Json::object([]))
}

/// An expression. Of a secret the value is left out, as it always is of the result of a function.
pub(super) fn expression_or_secret(expr: &Expr, is_secret: bool) -> Json {
    let mut members = BTreeMap::new();
    if !is_secret && let Some(value) = constant(expr) {
        members.insert("constant_value".to_owned(), to_json(&value));
    }
    let references: Vec<String> = traversals(expr).iter().flat_map(Traversal::texts).collect();
    if !references.is_empty() {
        members.insert("references".to_owned(), references.into());
    }
    Json::Object(members)
}

/// The arguments and blocks of a body that a schema has. What `dynamic` blocks generate is left
/// out.
pub(super) fn expressions(body: &Body, schema: &Schema) -> Json {
    let told = blocks_of_json(schema, body);
    let body = told.as_ref().unwrap_or(body);
    let mut members = BTreeMap::new();
    for attribute in &body.attributes {
        if let Some(known) = schema.attribute(&attribute.name) {
            let is_secret = known.sensitive || known.write_only;
            let shown = expression_or_secret(&attribute.expr, is_secret);
            members.insert(attribute.name.to_string(), shown);
        }
    }
    for block in body.blocks.iter().filter(|block| block.dynamic.is_none()) {
        let Some(known) = schema.block(&block.name) else {
            continue;
        };
        let inner = expressions(&block.body, &known.schema);
        let name = block.name.to_string();
        match known.nesting {
            Nesting::Single => {
                members.insert(name, inner);
            }
            Nesting::List | Nesting::Set => {
                let list = members.entry(name).or_insert_with(|| Json::Array(Vec::new()));
                if let Json::Array(list) = list {
                    list.push(inner);
                }
            }
        }
    }
    Json::Object(members)
}

/// What something depends on, by its address.
pub(super) fn depends_on(dependencies: &[Expr]) -> Option<Json> {
    let texts = dependencies.iter().flat_map(|expr| traversals(expr).into_iter().take(1));
    let texts: Vec<String> = texts.map(|traversal| traversal.target.text()).collect();
    (!texts.is_empty()).then(|| texts.into())
}

/// The value of an expression that calls no function, if nothing need be known for it.
fn constant(expr: &Expr) -> Option<Value> {
    let mut calls = false;
    expr.walk(&mut |expr| calls |= matches!(expr.kind, ExprKind::Call { .. }));
    if calls {
        return None;
    }
    evaluate(expr, &Nothing).ok().filter(Value::is_wholly_known)
}

/// A scope in which nothing is known.
struct Nothing;

impl Scope for Nothing {
    fn value(&self, _: &Subject, _: Span) -> Result<Value, Diagnostic> {
        Ok(Value::unknown(Type::Dynamic))
    }
}
