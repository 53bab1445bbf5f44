//! Values become JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_lang::{Kind, Marks, Number, Type, Value};
use serde_json::{Map, Value as Json, json};

use super::{Place, looks_like_form};
use crate::{Sealer, type_to_json};

/// A value as its type, in which what is sensitive is `any`, and JSON of that type.
pub(crate) fn encode_parts(value: &Value, sealer: &Sealer, context: &str) -> (Type, Json) {
    let ty = visible_type(value);
    let writer = Writer { sealer, context, in_seal: false };
    let json = writer.part(value, &ty, &Place::Root);
    (ty, json)
}

/// A value's type as far as its sensitive and ephemeral parts do not show in it.
fn visible_type(value: &Value) -> Type {
    if !value.marks().is_none() {
        return Type::Dynamic;
    }
    match value.kind() {
        Kind::Object(attributes) => {
            Type::object(attributes.iter().map(|(name, value)| (name.clone(), visible_type(value))))
        }
        Kind::Tuple(elements) => Type::Tuple(elements.iter().map(visible_type).collect()),
        _ => value.ty(),
    }
}

struct Writer<'a> {
    sealer: &'a Sealer,
    context: &'a str,
    in_seal: bool,
}

impl Writer<'_> {
    /// A part where a value of type `expected` is expected.
    fn part(&self, value: &Value, expected: &Type, place: &Place<'_>) -> Json {
        let marks = value.marks();
        if marks.contains(Marks::EPHEMERAL) {
            let left = Value::unknown(Type::Dynamic).mark(marks.without(Marks::EPHEMERAL));
            return json!({ "ephemeral": self.part(&left, expected, place) });
        }
        if !marks.contains(Marks::SENSITIVE) {
            return self.unmarked(value, expected, place);
        }
        let bare = value.clone().unmark();
        if self.in_seal || !value.is_known() {
            return json!({ "sensitive": self.unmarked(&bare, expected, place) });
        }
        let ty = visible_type(&bare);
        let inner = Writer { in_seal: true, ..*self }.unmarked(&bare, &ty, &Place::Root);
        let text = json!({ "type": type_to_json(&ty), "value": inner }).to_string();
        json!({ "sealed": self.sealer.seal(&place.bound_to(self.context), text.into_bytes()) })
    }

    fn unmarked(&self, value: &Value, expected: &Type, place: &Place<'_>) -> Json {
        match (value.kind(), expected) {
            // What else is certain of an unknown value is found again when it is evaluated again.
            (Kind::Unknown(unknown), _) if unknown.not_null => {
                json!({ "unknown_not_null": type_to_json(&unknown.ty) })
            }
            (Kind::Unknown(unknown), _) => json!({ "unknown": type_to_json(&unknown.ty) }),
            (Kind::Null(ty), _) if ty == expected => Json::Null,
            (Kind::Bool(value), Type::Bool) => json!(value),
            (Kind::Number(number), Type::Number) => number_to_json(number),
            (Kind::String(text), Type::String) => json!(**text),
            (Kind::List(ty, elements), Type::List(element))
            | (Kind::Set(ty, elements), Type::Set(element))
                if *ty == **element =>
            {
                self.elements(elements.iter().map(|value| (value, &**element)), place)
            }
            (Kind::Tuple(elements), Type::Tuple(types)) if elements.len() == types.len() => {
                self.elements(elements.iter().zip(types.iter()), place)
            }
            (Kind::Map(ty, entries), Type::Map(element)) if *ty == **element => {
                self.entries(entries, |_| element, place)
            }
            (Kind::Object(entries), Type::Object(fields)) => self.entries(
                entries,
                |name| fields.get(name).map_or(&Type::Dynamic, |field| &field.ty),
                place,
            ),
            _ => {
                let ty = visible_type(value);
                let plain = self.unmarked(value, &ty, place);
                json!({ "type": type_to_json(&ty), "value": plain })
            }
        }
    }

    fn elements<'v>(
        &self,
        elements: impl Iterator<Item = (&'v Value, &'v Type)>,
        place: &Place<'_>,
    ) -> Json {
        elements
            .enumerate()
            .map(|(index, (value, ty))| self.part(value, ty, &Place::Index(place, index)))
            .collect()
    }

    fn entries<'t>(
        &self,
        entries: &BTreeMap<Arc<str>, Value>,
        expected: impl Fn(&str) -> &'t Type,
        place: &Place<'_>,
    ) -> Json {
        let plain = entries
            .iter()
            .map(|(name, value)| {
                let json = self.part(value, expected(name), &Place::Name(place, name));
                (name.to_string(), json)
            })
            .collect::<Map<_, _>>();
        if looks_like_form(entries.keys().map(|key| &**key)) {
            return json!({ "plain": plain });
        }
        plain.into()
    }
}

/// Whole numbers of 64 bits are JSON numbers; all others are text, which loses nothing.
fn number_to_json(number: &Number) -> Json {
    let text = number.to_string();
    match number.to_i64() {
        Some(small) if small.to_string() == text => small.into(),
        _ => text.into(),
    }
}
