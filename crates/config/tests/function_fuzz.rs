//! Every function with every kind of argument: whatever is given, the evaluation ends without a
//! panic, its result is no larger than the limits allow, and no mark is lost.
//! `PROPTEST_CASES` sets how many are tried.

use std::path::Path;

use meridian_config::parse;
use meridian_lang::{
    Diagnostic, Expr, Marks, Scope, Span, Subject, Type, Value, evaluate, function_names, to_json,
};
use proptest::prelude::*;
use proptest::sample::select;

/// Values that go wrong most easily, by the name of the variable that holds them.
const AWKWARD: [&str; 24] = [
    "unknown",
    "unknown_string",
    "unknown_list",
    "unknown_in_map",
    "sensitive",
    "sensitive_in_list",
    "sensitive_key_map",
    "ephemeral",
    "nothing",
    "no_string",
    "huge",
    "tiny",
    "negative",
    "long_text",
    "long_list",
    "wide_map",
    "deep",
    "mixed",
    "nulls",
    "set_of_sets",
    "bytes",
    "combining",
    "template",
    "pattern",
];

fn awkward(name: &str) -> Option<Value> {
    let texts = |texts: &[&str]| texts.iter().map(|text| Value::string(*text)).collect::<Vec<_>>();
    let number = |text: &str| Value::number(meridian_lang::Number::parse(text).expect("a number"));
    Some(match name {
        "unknown" => Value::unknown(Type::Dynamic),
        "unknown_string" => Value::unknown_not_null(Type::String),
        "unknown_list" => Value::unknown(Type::list(Type::String)),
        "unknown_in_map" => Value::map(
            Type::String,
            [("a", Value::unknown(Type::String)), ("b", Value::string("b"))],
        ),
        "sensitive" => Value::string("p4ss").mark(Marks::SENSITIVE),
        "sensitive_in_list" => Value::list(
            Type::String,
            [Value::string("a"), Value::string("p4ss").mark(Marks::SENSITIVE)],
        ),
        "sensitive_key_map" => {
            Value::map(Type::Number, [("p4ss", Value::number(1))]).mark(Marks::SENSITIVE)
        }
        "ephemeral" => Value::string("gone").mark(Marks::EPHEMERAL),
        "nothing" => Value::null(Type::Dynamic),
        "no_string" => Value::null(Type::String),
        "huge" => number("1e4096"),
        "tiny" => number("1e-4096"),
        "negative" => Value::number(-1),
        "long_text" => Value::string("äb,\"${x}\"\n".repeat(20_000)),
        "long_list" => Value::list(Type::Number, (0..20_000_i64).map(Value::number)),
        "wide_map" => {
            let keys: Vec<String> = (0..5_000).map(|key| key.to_string()).collect();
            Value::map(Type::String, keys.iter().map(|key| (key.as_str(), Value::string("v"))))
        }
        "deep" => (0..200).fold(Value::string("a"), |value, _| Value::tuple([value])),
        "mixed" => Value::tuple([
            Value::number(1),
            Value::bool(true),
            Value::null(Type::String),
            Value::object([("a", Value::unknown(Type::Number))]),
        ]),
        "nulls" => Value::list(Type::String, [Value::null(Type::String)]),
        "set_of_sets" => {
            let set = |items: &[&str]| Value::set(Type::String, texts(items));
            Value::set(Type::set(Type::String), [set(&["a"]), set(&[]), set(&["b", "a"])])
        }
        "bytes" => Value::string("AAECAwQF/w=="),
        "combining" => Value::string("e\u{301}\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}"),
        "template" => Value::string("%{ for x in y ~}${x}%{ endfor }"),
        "pattern" => Value::string("/(a|aa)+(?P<n>[^x]*?)\\b{0,50}/"),
        _ => return None,
    })
}

struct Awkward;

impl Scope for Awkward {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        match subject {
            Subject::Variable(name) => awkward(name),
            _ => None,
        }
        .ok_or_else(|| Diagnostic::error("Nothing", "There is nothing of that name.").at(span))
    }
}

fn lowered(expression: &str) -> Option<Expr> {
    let source = format!("locals {{\n  e = {expression}\n}}\n");
    let loaded = parse(Path::new("."), vec![("e.tf".into(), source)]);
    loaded.diagnostics.check().ok()?;
    Some(loaded.config.root().locals[0].expr.clone())
}

fn argument() -> impl Strategy<Value = String> {
    let plain = select(
        &[
            "0",
            "1",
            "-1",
            "3.7",
            "16",
            "255",
            "1000000",
            "9e99",
            "\"\"",
            "\"a\"",
            "\"A b\"",
            "\"10.0.0.0/8\"",
            "\"::/0\"",
            "\"2024-02-30T00:00:00Z\"",
            "\"1h\"",
            "\"%d %s %#v %!\"",
            "\"YYYY-MM-DD\"",
            "\"{\\\"a\\\":[1,null]}\"",
            "\"a: [1, &x 2, *x]\"",
            "\"UTF-16LE\"",
            "true",
            "null",
            "[]",
            "{}",
            "[1, \"a\"]",
            "{ a = 1, b = [2] }",
            "[[\"a\"], [\"b\", \"c\"]]",
        ][..],
    )
    .prop_map(str::to_owned);
    prop_oneof![plain, select(&AWKWARD[..]).prop_map(|name| format!("var.{name}"))]
}

/// A call of any function, of calls and awkward values.
fn call() -> impl Strategy<Value = String> {
    // Slow on purpose: what a password is hashed with.
    let names: Vec<_> = function_names().into_iter().filter(|name| *name != "bcrypt").collect();
    argument().prop_recursive(3, 12, 4, move |inner| {
        let arguments = proptest::collection::vec(inner, 0..5);
        (select(names.clone()), arguments, any::<u8>()).prop_map(|(name, mut arguments, dots)| {
            if dots < 20
                && let Some(last) = arguments.last_mut()
            {
                last.push_str("...");
            }
            format!("{name}({})", arguments.join(", "))
        })
    })
}

/// All functions but those that are there to take the mark away, or are slow on purpose.
fn names_that_pass_secrets_on() -> Vec<&'static str> {
    let passes_on = |name: &&str| !["bcrypt", "nonsensitive"].contains(name);
    function_names().into_iter().filter(passes_on).collect()
}

/// The most that a value may hold, as the documentation of the language says, and room for quotes.
const MOST_TEXT: usize = 6 * 64 * 1024 * 1024;

proptest! {
    #[test]
    fn every_call_ends(text in call()) {
        if let Some(expr) = lowered(&text) {
            match evaluate(&expr, &Awkward) {
                Ok(value) => {
                    prop_assert!(to_json(&value).to_string().len() < MOST_TEXT, "{}", text);
                }
                Err(errors) => {
                    let texts = errors.iter().map(|error| format!("{} {}", error.summary, error.detail));
                    for error in texts {
                        prop_assert!(!error.contains("p4ss"), "{} tells a secret: {}", text, error);
                    }
                }
            }
        }
    }

    #[test]
    fn what_follows_from_a_secret_is_one(
        name in select(names_that_pass_secrets_on()),
        more in proptest::collection::vec(argument(), 0..3),
    ) {
        let mut arguments = vec!["var.sensitive".to_owned()];
        arguments.extend(more);
        let text = format!("{name}({})", arguments.join(", "));
        if let Some(expr) = lowered(&text)
            && let Ok(value) = evaluate(&expr, &Awkward)
            && to_json(&value).to_string().contains("p4ss")
        {
            prop_assert!(value.deep_marks().contains(Marks::SENSITIVE), "{} is no secret", text);
        }
    }
}
