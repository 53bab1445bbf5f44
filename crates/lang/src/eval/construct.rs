//! Tuple and object constructors.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Evaluator;
use crate::{Diagnostic, Expr, Marks, ObjectItem, Type, Value, convert};

impl Evaluator<'_> {
    pub(super) fn tuple(&mut self, elements: &[Expr]) -> Value {
        Value::tuple(elements.iter().map(|element| self.eval(element)).collect::<Vec<_>>())
    }

    pub(super) fn object(&mut self, items: &[ObjectItem]) -> Value {
        let mut attributes = BTreeMap::new();
        let mut marks = Marks::NONE;
        let mut known = true;
        for item in items {
            let key = self.eval(&item.key);
            let value = self.eval(&item.value);
            marks |= key.marks();
            let failure = if key.is_null() {
                Some(("Null value as key", "Can't use a null value as a key.".to_owned()))
            } else {
                match convert(&key, &Type::String) {
                    Ok(key) => {
                        match key.as_str() {
                            // Of equal keys, the last wins.
                            Some(key) => drop(attributes.insert(key.into(), value)),
                            None => known = false,
                        }
                        None
                    }
                    Err(error) => Some((
                        "Incorrect key type",
                        format!("Can't use this value as a key: {error}."),
                    )),
                }
            };
            if let Some((summary, detail)) = failure {
                self.fail_about(Diagnostic::error(summary, detail).at(item.key.span), &item.key);
                known = false;
            }
        }
        if !known {
            return Value::unknown(Type::Dynamic).mark(marks);
        }
        Value::object::<Arc<str>>(attributes).mark(marks)
    }
}
