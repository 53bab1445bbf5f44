//! JSON becomes values, straight from the text: a large state is read often.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use meridian_lang::{Kind, Marks, Number, Type, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::{Map, Value as Json};

use super::{Place, begins_form, looks_like_form};
use crate::seal::Opened;
use crate::{Sealer, StateError, type_from_json};

type Entries = BTreeMap<Arc<str>, Value>;

/// Reads JSON with its type beside it.
pub(super) fn decode(json: &Json, sealer: &Sealer, context: &str) -> Result<Value, StateError> {
    let reader = Reader { sealer, context };
    reader
        .typed(json.get("type"), json.get("value"), &Place::Root)
        .map_err(|error| StateError::malformed(context, error))
}

/// Reads JSON text of a known type.
pub(crate) fn decode_text(
    text: &str,
    ty: &Type,
    sealer: &Sealer,
    context: &str,
) -> Result<Value, StateError> {
    let reader = Reader { sealer, context };
    let mut json = serde_json::Deserializer::from_str(text);
    reader
        .part(ty, &Place::Root)
        .deserialize(&mut json)
        .and_then(|value| json.end().map(|()| value))
        .map_err(|error| StateError::malformed(context, error))
}

struct Reader<'a> {
    sealer: &'a Sealer,
    context: &'a str,
}

impl Reader<'_> {
    /// What reads the part at `place`, where a value of type `expected` is expected.
    fn part<'a>(&'a self, expected: &'a Type, place: &'a Place<'a>) -> Part<'a> {
        Part { reader: self, expected, place, plain: false }
    }

    fn typed(
        &self,
        ty: Option<&Json>,
        value: Option<&Json>,
        place: &Place<'_>,
    ) -> Result<Value, serde_json::Error> {
        let value = value.ok_or_else(|| Error::custom("it has no value"))?;
        self.part(&read_type(ty)?, place).deserialize(value)
    }

    fn sealed(&self, body: &Json, place: &Place<'_>) -> Result<Value, serde_json::Error> {
        let sealed = body.as_str().ok_or_else(|| Error::custom("a sealed part is not text"))?;
        let value = match self.sealer.open(&place.bound_to(self.context), sealed) {
            Some(Opened::Text(text)) => {
                let json: Json = serde_json::from_slice(&text)?;
                self.typed(json.get("type"), json.get("value"), &Place::Root)?
            }
            Some(Opened::OtherKey) => Value::unknown(Type::Dynamic),
            None => return Err(Error::custom("a sealed part was tampered with")),
        };
        Ok(value.mark(Marks::SENSITIVE))
    }
}

fn read_type(json: Option<&Json>) -> Result<Type, serde_json::Error> {
    json.and_then(type_from_json).ok_or_else(|| Error::custom("it has no type"))
}

/// A part of a value that is about to be read.
#[derive(Clone, Copy)]
struct Part<'a> {
    reader: &'a Reader<'a>,
    expected: &'a Type,
    place: &'a Place<'a>,
    /// Whether it is what it looks like and certainly none of the forms.
    plain: bool,
}

impl Part<'_> {
    fn form(self, members: &Map<String, Json>) -> Result<Value, serde_json::Error> {
        let marked = |body: &Json, marks| Ok(self.deserialize(body)?.mark(marks));
        match members.iter().next().map(|(word, body)| (word.as_str(), body)) {
            Some(("type", ty)) => self.reader.typed(Some(ty), members.get("value"), self.place),
            Some(("sealed", body)) => self.reader.sealed(body, self.place),
            Some(("sensitive", body)) => marked(body, Marks::SENSITIVE),
            Some(("ephemeral", body)) => marked(body, Marks::EPHEMERAL),
            Some(("unknown", ty)) => Ok(Value::unknown(read_type(Some(ty))?)),
            Some(("unknown_not_null", ty)) => Ok(Value::unknown_not_null(read_type(Some(ty))?)),
            Some((_, body)) => Part { plain: true, ..self }.deserialize(body),
            None => Err(Error::custom("an object is empty")),
        }
    }

    /// Reads what begins like a form and may be one.
    fn perhaps_form<'de, A: MapAccess<'de>>(
        self,
        first: &str,
        mut map: A,
    ) -> Result<Value, A::Error> {
        let mut members = Map::new();
        members.insert(first.to_owned(), map.next_value()?);
        while let Some((name, member)) = map.next_entry()? {
            members.insert(name, member);
        }
        if looks_like_form(members.keys().map(String::as_str)) {
            return self.form(&members).map_err(A::Error::custom);
        }
        let plain = Part { plain: true, ..self };
        plain.deserialize(Json::Object(members)).map_err(A::Error::custom)
    }

    fn entries<'de, A: MapAccess<'de>>(
        self,
        first: Option<Arc<str>>,
        mut map: A,
    ) -> Result<Arc<Entries>, A::Error> {
        let mut entries = Entries::new();
        let mut next = first;
        while let Some(name) = next {
            let expected = match self.expected {
                Type::Map(element) => element,
                Type::Object(fields) => fields.get(&name).map_or(&Type::Dynamic, |field| &field.ty),
                _ => &Type::Dynamic,
            };
            let place = Place::Name(self.place, &name);
            let value = map.next_value_seed(self.reader.part(expected, &place))?;
            entries.insert(name, value);
            next = map.next_key_seed(Name(self.expected))?;
        }
        Ok(Arc::new(entries))
    }

    fn elements<'de, 't, A: SeqAccess<'de>>(
        self,
        mut sequence: A,
        mut types: impl Iterator<Item = &'t Type>,
    ) -> Result<Arc<[Value]>, A::Error> {
        let mut elements = Vec::new();
        loop {
            let place = Place::Index(self.place, elements.len());
            // Of a tuple, elements beyond its type have none and are refused by the visitor.
            let part = self.reader.part(types.next().unwrap_or(&Type::Dynamic), &place);
            match sequence.next_element_seed(part)? {
                Some(value) => elements.push(value),
                None => return Ok(elements.into()),
            }
        }
    }

    /// Says what was found instead; never what it says, which may be a secret.
    fn unexpected<E: Error>(&self, found: &str) -> E {
        E::invalid_type(Unexpected::Other(found), self)
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of type {}", self.expected)
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::null(self.expected.clone()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        match self.expected {
            Type::Bool => Ok(Value::bool(value)),
            _ => Err(self.unexpected("a bool")),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        match self.expected {
            Type::Number => Ok(Value::number(value)),
            _ => Err(self.unexpected("a number")),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        match self.expected {
            Type::Number => Ok(Value::number(value)),
            _ => Err(self.unexpected("a number")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        match self.expected {
            Type::String => Ok(Value::string(text)),
            Type::Number => number_from_text(text)
                .map(Value::number)
                .ok_or_else(|| self.unexpected("text that is no number")),
            _ => Err(self.unexpected("text")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Value, A::Error> {
        match self.expected {
            Type::List(element) => {
                let elements = self.elements(sequence, std::iter::repeat(&**element))?;
                Ok(Kind::List((**element).clone(), elements).into())
            }
            Type::Set(element) => {
                let elements = self.elements(sequence, std::iter::repeat(&**element))?;
                Ok(Value::set((**element).clone(), elements.iter().cloned()))
            }
            Type::Tuple(types) => {
                let elements = self.elements(sequence, types.iter())?;
                if elements.len() != types.len() {
                    return Err(A::Error::invalid_length(elements.len(), &self));
                }
                Ok(Kind::Tuple(elements).into())
            }
            _ => Err(self.unexpected("an array")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let first = map.next_key_seed(Name(self.expected))?;
        if let Some(first) = &first
            && !self.plain
            && begins_form(first)
        {
            return self.perhaps_form(first, map);
        }
        match self.expected {
            Type::Map(element) => {
                Ok(Kind::Map((**element).clone(), self.entries(first, map)?).into())
            }
            Type::Object(_) => Ok(Kind::Object(self.entries(first, map)?).into()),
            _ => Err(self.unexpected("an object")),
        }
    }
}

/// A name in an object or map; one that the type knows already takes no new memory.
struct Name<'a>(&'a Type);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Arc<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Arc<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Arc<str>, E> {
        let known = match self.0 {
            Type::Object(fields) => fields.get_key_value(name),
            _ => None,
        };
        Ok(known.map_or_else(|| name.into(), |(known, _)| known.clone()))
    }
}

fn number_from_text(text: &str) -> Option<Number> {
    match text {
        "+Inf" => Number::ONE.div(&Number::ZERO),
        "-Inf" => Number::ONE.neg().div(&Number::ZERO),
        _ => Number::parse(text),
    }
}
