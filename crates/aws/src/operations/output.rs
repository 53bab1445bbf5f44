//! An answer, made member by member from what the SDK gives.

use std::collections::BTreeMap;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use meridian_lang::{Marks, Number, Type, Value};

/// The members of an answer so far. What is absent leaves no member.
#[derive(Default)]
pub(super) struct Output(Vec<(&'static str, Value)>);

impl Output {
    pub(super) fn new() -> Output {
        Output::default()
    }

    /// Text, or an enumeration's name.
    pub(super) fn text(self, member: &'static str, text: Option<impl AsRef<str>>) -> Output {
        self.value(member, text.map(Value::string))
    }

    /// Text that must not be shown.
    pub(super) fn secret(self, member: &'static str, text: Option<String>) -> Output {
        self.value(member, text.map(|text| Value::string(text).mark(Marks::SENSITIVE)))
    }

    pub(super) fn flag(self, member: &'static str, flag: impl Into<Option<bool>>) -> Output {
        self.value(member, flag.into().map(Value::bool))
    }

    pub(super) fn number(self, member: &'static str, number: Option<impl Into<Number>>) -> Output {
        self.value(member, number.map(Value::number))
    }

    /// A time, as RFC 3339 spells it in UTC.
    pub(super) fn time(self, member: &'static str, time: Option<DateTime>) -> Output {
        let text = time.and_then(|time| to_the_millisecond(time)?.fmt(Format::DateTime).ok());
        self.text(member, text)
    }

    pub(super) fn texts(self, member: &'static str, texts: Option<Vec<String>>) -> Output {
        self.value(member, texts.map(list))
    }

    /// A map of texts from pairs of key and value.
    pub(super) fn map(
        self,
        member: &'static str,
        entries: Option<impl IntoIterator<Item = (String, String)>>,
    ) -> Output {
        let entries = entries.map(|entries| entries.into_iter().collect::<BTreeMap<_, _>>());
        let value = |entries: BTreeMap<String, String>| {
            Value::map(
                Type::String,
                entries.into_iter().map(|(key, text)| (key, Value::string(text))),
            )
        };
        self.value(member, entries.map(value))
    }

    /// Lists of texts by text.
    pub(super) fn lists(
        self,
        member: &'static str,
        entries: Option<impl IntoIterator<Item = (String, Vec<String>)>>,
    ) -> Output {
        let value = |entries: BTreeMap<String, Vec<String>>| {
            let lists = entries.into_iter().map(|(key, texts)| (key, list(texts)));
            Value::map(Type::list(Type::String), lists)
        };
        self.value(member, entries.map(|entries| value(entries.into_iter().collect())))
    }

    pub(super) fn object(self, member: &'static str, object: Option<Output>) -> Output {
        self.value(member, object.map(Output::into_value))
    }

    /// Objects in order. They form a tuple: each has the members that it has.
    pub(super) fn objects<T>(
        self,
        member: &'static str,
        items: Option<Vec<T>>,
        make: fn(T) -> Output,
    ) -> Output {
        let value =
            |items: Vec<T>| Value::tuple(items.into_iter().map(|item| make(item).into_value()));
        self.value(member, items.map(value))
    }

    pub(super) fn into_value(self) -> Value {
        Value::object(self.0)
    }

    fn value(mut self, member: &'static str, value: Option<Value>) -> Output {
        self.0.extend(value.map(|value| (member, value)));
        self
    }
}

/// Times travel as floating-point seconds, of which the services fill three places; the rest is
/// noise.
fn to_the_millisecond(time: DateTime) -> Option<DateTime> {
    const NANOSECONDS_IN_ONE: i128 = 1_000_000;
    let milliseconds = (time.as_nanos() + NANOSECONDS_IN_ONE / 2).div_euclid(NANOSECONDS_IN_ONE);
    DateTime::from_nanos(milliseconds * NANOSECONDS_IN_ONE).ok()
}

fn list(texts: Vec<String>) -> Value {
    Value::list(Type::String, texts.into_iter().map(Value::string))
}
