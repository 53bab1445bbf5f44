//! Whatever the arguments are, a function gives a value or an error, soon.

use proptest::prelude::*;

use super::Files;
use crate::{Expr, ExprKind, FileId, Marks, Number, Span, Type, Value, evaluate, function_names};

const TEXTS: [&str; 40] = [
    "",
    "a",
    "é",
    "👨‍👩‍👧",
    "\n",
    " a\nb \r\n",
    "true",
    "0",
    "-1",
    "1.5",
    "1e400",
    "10.0.0.0/8",
    "fd00::/56",
    "2018-01-02T23:12:01Z",
    "1h30m",
    "YYYY-MM-DD'T'",
    "%s-%5d%%",
    "%#v",
    "%.99999999f",
    "%1048576s%1048576s",
    "(a+)+$",
    "[a-",
    "(?P<x>a)|b",
    "\\Qa",
    "x{1000}{1000}",
    "/a(b)*/",
    "$1$",
    "a,b\n1,\"2\n",
    "{\"a\":[1,",
    "a: &x [*x]",
    "a: &a [1]\nb: [*a,*a]",
    "!!int x",
    "YQ==",
    "UTF-16",
    "text",
    "../*",
    "{{a,b},c}**[!x]",
    "dns",
    "-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END",
    "provider::terraform::x",
];

fn text() -> impl Strategy<Value = Value> {
    let known = proptest::sample::select(&TEXTS[..]).prop_map(Value::string);
    prop_oneof![4 => known, 1 => ".{0,12}".prop_map(Value::string)]
}

fn number() -> impl Strategy<Value = Value> {
    let odd = ["1e400", "-1e400", "0.1", "1e-400", "340282366920938463463374607431768211456"];
    let odd = proptest::sample::select(odd.to_vec())
        .prop_map(|text| Value::number(Number::parse(text).expect("a number")));
    let infinite = Just(Value::number(Number::ONE.div(&Number::ZERO).expect("infinity")));
    prop_oneof![
        4 => (-3_i64..70).prop_map(Value::number),
        2 => any::<i64>().prop_map(Value::number),
        1 => odd,
        1 => infinite,
    ]
}

fn primitive() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text(),
        3 => number(),
        1 => any::<bool>().prop_map(Value::bool),
        1 => Just(Value::null(Type::Dynamic)),
        1 => Just(Value::unknown(Type::Dynamic)),
        1 => Just(Value::unknown_not_null(Type::String)),
        1 => Just(Value::unknown(Type::list(Type::String))),
        1 => Just(Value::unknown(Type::map(Type::Number))),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let whole = primitive().prop_recursive(3, 24, 4, |inner| {
        let elements = proptest::collection::vec(inner.clone(), 0..4);
        let key = proptest::sample::select(&["a", "b", "é", ""][..]);
        let entries = proptest::collection::btree_map(key, inner, 0..3);
        prop_oneof![
            elements.clone().prop_map(Value::tuple),
            entries.prop_map(Value::object),
            proptest::collection::vec(text(), 0..4).prop_map(|all| Value::list(Type::String, all)),
            proptest::collection::vec(number(), 0..4).prop_map(|all| Value::set(Type::Number, all)),
            elements.prop_map(|all| Value::tuple(all).mark(Marks::EPHEMERAL)),
        ]
    });
    (whole, 0..6).prop_map(|(value, chance)| match chance {
        0 => value.mark(Marks::SENSITIVE),
        _ => value,
    })
}

fn call(name: &str, arguments: Vec<Value>) -> Expr {
    let span = Span::new(FileId(0), 0, 1);
    let arguments =
        arguments.into_iter().map(|value| Expr { span, kind: ExprKind::Literal(value) }).collect();
    let kind = ExprKind::Call { name: name.into(), name_span: span, arguments, expand: false };
    Expr { span, kind }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_function_panics(
        name in proptest::sample::select(function_names()),
        arguments in proptest::collection::vec(value(), 0..5),
    ) {
        let _ = evaluate(&call(name, arguments), &Files);
    }

    #[test]
    fn what_goes_in_sensitive_does_not_come_out_in_clear(
        name in proptest::sample::select(function_names()),
        arguments in proptest::collection::vec(value(), 0..4),
    ) {
        const SECRET: &str = "hunter2-hunter2";
        // Made to take the mark away.
        prop_assume!(name != "nonsensitive");
        for position in 0..=arguments.len() {
            let mut arguments = arguments.clone();
            arguments.insert(position, Value::string(SECRET).mark(Marks::SENSITIVE));
            match evaluate(&call(name, arguments), &Files) {
                Ok(value) => prop_assert!(!format!("{value:?}").contains(SECRET), "{name}: {value:?}"),
                Err(errors) => for error in errors.iter() {
                    prop_assert!(!error.detail.contains(SECRET), "{name}: {}", error.detail);
                },
            }
        }
    }
}
