//! JSON values as expressions.

use std::collections::HashMap;

use meridian_lang::{Expr, ExprKind, ObjectItem, Span, Type, Value};

use super::{Lowering, References};
use crate::json::{Embedded, Json, Kind, Name, Property, has_sequence};
use crate::term::Term;

impl Lowering<'_, '_> {
    /// Lowers what stands behind a name.
    pub(crate) fn term(&mut self, term: Term<'_>) -> Expr {
        match term {
            Term::Native(expression) => self.expr(expression),
            Term::Json(value) => self.json(value),
        }
    }

    /// Lowers a JSON value. Its strings are templates where references are allowed, and as they
    /// stand where they are not.
    fn json(&mut self, value: &Json) -> Expr {
        let span = self.span(value);
        let kind = match &value.kind {
            Kind::Null => ExprKind::Literal(Value::null(Type::Dynamic)),
            Kind::Bool(flag) => ExprKind::Literal(Value::bool(*flag)),
            Kind::Number(number) => ExprKind::Literal(Value::number(number.clone())),
            Kind::String(text) => return self.json_string(text, span),
            Kind::Array(items) => {
                ExprKind::Tuple(items.iter().map(|item| self.json(item)).collect())
            }
            Kind::Object(properties) => self.object(properties, |lowering, property| {
                // If this is the body of a block, which only the schema can tell.
                if &*property.name.text == "dynamic" {
                    lowering.labelled(&property.value)
                } else {
                    lowering.json(&property.value)
                }
            }),
        };
        Expr { span, kind }
    }

    fn object(
        &mut self,
        properties: &[Property],
        mut lower: impl FnMut(&mut Self, &Property) -> Expr,
    ) -> ExprKind {
        let mut known: HashMap<&str, &Name> = HashMap::new();
        let mut items = Vec::with_capacity(properties.len());
        for property in properties {
            let name = &property.name;
            if let Some(first) = known.insert(&name.text, name) {
                self.duplicate_key(name, first);
            }
            let key = self.json_string(&name.text, self.span(name));
            items.push(ObjectItem { key, value: lower(self, property) });
        }
        ExprKind::Object(items)
    }

    /// Lowers what may be `dynamic` blocks under their labels.
    fn labelled(&mut self, value: &Json) -> Expr {
        let kind = match &value.kind {
            Kind::Array(items) => {
                ExprKind::Tuple(items.iter().map(|item| self.labelled(item)).collect())
            }
            Kind::Object(properties) => self.object(properties, |lowering, property| {
                lowering.dynamic(&property.name.text, &property.value)
            }),
            _ => return self.json(value),
        };
        Expr { span: self.span(value), kind }
    }

    /// Lowers what may be `dynamic` blocks, whose content sees their iterator.
    fn dynamic(&mut self, label: &str, value: &Json) -> Expr {
        let kind = match &value.kind {
            Kind::Array(items) => {
                ExprKind::Tuple(items.iter().map(|item| self.dynamic(label, item)).collect())
            }
            Kind::Object(properties) => {
                let iterator = properties.iter().find(|it| &*it.name.text == "iterator");
                let iterator = iterator.and_then(|it| it.value.as_str()).unwrap_or(label);
                self.object(properties, |lowering, property| {
                    if !matches!(&*property.name.text, "content" | "labels") {
                        return lowering.json(&property.value);
                    }
                    lowering.bound.push(iterator.into());
                    let lowered = lowering.json(&property.value);
                    lowering.bound.pop();
                    lowered
                })
            }
            _ => return self.json(value),
        };
        Expr { span: self.span(value), kind }
    }

    fn json_string(&mut self, text: &str, span: Span) -> Expr {
        if self.references == References::Forbidden || !has_sequence(text) {
            return Expr { span, kind: ExprKind::Literal(Value::string(text)) };
        }
        let place = span.start as usize..span.end as usize;
        let embedded = Embedded::at(self.reader, self.file, text, place);
        let bound = std::mem::take(&mut self.bound);
        let lowered = embedded.lower_template(self.reader, self.references, &bound);
        self.bound = bound;
        lowered.unwrap_or_else(|| {
            self.failed = true;
            Expr { span, kind: ExprKind::Literal(Value::unknown(Type::Dynamic)) }
        })
    }

    fn duplicate_key(&mut self, name: &Name, first: &Name) {
        let first = self.reader.place(self.span(first));
        let detail =
            format!("An attribute named {:?} was already defined at {first}.", &*name.text);
        self.error(self.span(name), "Duplicate object attribute", detail);
    }
}
