//! Calls as the machine answers them.

use std::collections::HashMap;
use std::sync::Arc;

use meridian_lang::Value;
use meridian_resource::{Answer, Call, Cloud, ErrorClass, ProviderKey};

use super::*;
use crate::testing::{Echo, block_on, number, text};

fn machine(seed: &str) -> Machine {
    Machine::new(Arc::new(Echo)).with_chance(Arc::new(SeededChance::new(seed))).with_cheap_hashes()
}

fn ask(machine: &Machine, operation: &'static str, input: Vec<(&'static str, Value)>) -> Answer {
    let call: Call = calls::make(operation, input);
    block_on(machine.call(&ProviderKey::of_root("random", None), &call))
}

fn rules(length: i64) -> Vec<(&'static str, Value)> {
    let mut rules = vec![("length", number(length))];
    rules.extend(["lower", "numeric", "special", "upper"].map(|it| (it, Value::bool(true))));
    let least = ["min_lower", "min_numeric", "min_special", "min_upper"];
    rules.extend(least.map(|it| (it, number(0))));
    rules
}

/// Every character of the alphabet is as likely as any other, at every place.
#[test]
fn texts_have_no_bias() {
    let machine = machine("bias");
    let answer = ask(&machine, calls::GENERATE_TEXT, rules(83 * 600)).expect("a text");
    let drawn = answer.get_str("result").expect("a text");
    let mut counts: HashMap<char, f64> = HashMap::new();
    drawn.chars().for_each(|it| *counts.entry(it).or_default() += 1.0);
    assert_eq!(counts.len(), 83);
    let chi: f64 = counts.values().map(|count| (count - 600.0).powi(2) / 600.0).sum();
    // 82 degrees of freedom at 99.9 per cent.
    assert!(chi < 126.1, "{chi}");
}

/// What is asked for at least stands anywhere, not only at the beginning.
#[test]
fn the_least_characters_stand_anywhere() {
    let machine = machine("places");
    let mut places = [0.0; 8];
    for _ in 0..800 {
        let mut input = rules(8);
        input.retain(|(name, _)| !matches!(*name, "numeric" | "min_numeric"));
        input.extend([("numeric", Value::bool(false)), ("min_numeric", number(1))]);
        let answer = ask(&machine, calls::GENERATE_TEXT, input).expect("a text");
        let drawn = answer.get_str("result").expect("a text");
        places[drawn.find(|it: char| it.is_ascii_digit()).expect("a digit")] += 1.0;
    }
    let chi: f64 = places.iter().map(|count: &f64| (count - 100.0).powi(2) / 100.0).sum();
    // 7 degrees of freedom at 99.9 per cent.
    assert!(chi < 24.32, "{chi}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let machine = machine("refused");
    let mut too_short = rules(1);
    too_short.retain(|(name, _)| *name != "min_lower");
    too_short.push(("min_lower", number(2)));
    let no_class = rules(1).into_iter().map(|(name, value)| match value.as_bool() {
        Some(_) => (name, Value::bool(false)),
        None => (name, value),
    });
    let cases = [
        (calls::GENERATE_TEXT, too_short),
        (calls::GENERATE_TEXT, no_class.collect()),
        (calls::GENERATE_TEXT, rules(-1)),
        (calls::GENERATE_TEXT, rules(i64::MAX)),
        (calls::GENERATE_TEXT, vec![]),
        (calls::GENERATE_BYTES, vec![("length", number(i64::MAX))]),
        (calls::GENERATE_BYTES, vec![]),
        (calls::GENERATE_NAME, vec![("length", number(i64::MAX))]),
        (calls::GENERATE_NUMBER, vec![("min", number(1))]),
        (calls::SHUFFLE, vec![]),
        (calls::SLEEP, vec![("duration", text("long"))]),
        (calls::TELL_TIME, vec![("base", text("today"))]),
        (calls::WRITE_FILE, vec![("filename", text(""))]),
        (calls::READ_FILE, vec![]),
        (calls::REMOVE_FILE, vec![]),
    ];
    for (operation, input) in cases {
        let error = ask(&machine, operation, input).expect_err(operation);
        assert_eq!(error.class, ErrorClass::Invalid, "{operation}");
    }
}

#[test]
fn secrets_of_answers_are_marked() {
    let machine = machine("secrets");
    let mut input = rules(12);
    input.push(("hash", Value::bool(true)));
    let answer = ask(&machine, calls::GENERATE_TEXT, input).expect("a text");
    assert!(answer.children().all(Value::is_sensitive));
    let secret = vec![("length", number(4)), ("secret", Value::bool(true))];
    let answer = ask(&machine, calls::GENERATE_BYTES, secret).expect("bytes");
    assert!(answer.children().all(Value::is_sensitive));
    let answer = ask(&machine, calls::HASH, vec![("text", text("hunter2"))]).expect("a hash");
    assert!(answer.children().all(Value::is_sensitive));
}

#[test]
fn no_chance_is_an_error() {
    struct None;
    impl Chance for None {
        fn fill(&self, _bytes: &mut [u8]) -> Result<(), NoChance> {
            Err(NoChance)
        }
    }
    let machine = machine("none").with_chance(Arc::new(None));
    for (operation, input) in [
        (calls::GENERATE_TEXT, rules(1)),
        (calls::GENERATE_BYTES, vec![("length", number(1))]),
        (calls::GENERATE_NUMBER, vec![("min", number(0)), ("max", number(1))]),
        (calls::GENERATE_UUID, vec![]),
        (calls::HASH, vec![("text", text("x"))]),
    ] {
        let error = ask(&machine, operation, input).expect_err(operation);
        assert_eq!(error.class, ErrorClass::Unavailable, "{operation}");
    }
}

/// The system's own sources: chance that differs, and a clock of this century.
#[test]
fn the_system_has_chance_and_a_clock() {
    let machine = Machine::new(Arc::new(Echo));
    let draw = || ask(&machine, calls::GENERATE_UUID, vec![]).expect("a UUID");
    assert_ne!(draw(), draw());
    let now = ask(&machine, calls::TELL_TIME, vec![]).expect("a moment");
    assert!(now.get("year").and_then(Value::as_i64).is_some_and(|year| year >= 2025));
    let pause = vec![("duration", text("0s"))];
    let after = ask(&machine, calls::SLEEP, pause).expect("a moment");
    assert!(after.get("unix").and_then(Value::as_i64) >= now.get("unix").and_then(Value::as_i64));
}
