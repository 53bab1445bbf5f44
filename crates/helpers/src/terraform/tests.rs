//! `terraform_data`, as Terraform 1.11 has it.

use meridian_lang::Marks;

use super::*;
use crate::testing::{Bench, number, text};

fn bench() -> Bench {
    Bench::new("terraform_data")
}

fn object(entries: &[(&'static str, Value)]) -> Value {
    Value::object(entries.iter().cloned())
}

#[test]
fn the_output_is_the_input_once_it_is_applied() {
    let bench = bench();
    let input = object(&[("a", number(1))]);
    let planned = bench.planned(None, &bench.config([("input", input.clone())]));
    let output = planned.get("output").expect("an output");
    assert!(!output.is_known());
    assert_eq!(output.ty(), input.ty());
    assert!(!planned.get("id").expect("an id").is_known());
    let object = bench.create([("input", input.clone())]);
    assert_eq!(object.attribute("output"), input);
    assert_eq!(object.text("id").map(str::len), Some(36));
    bench.assert_settled(&object, [("input", input)]);
}

#[test]
fn nothing_in_is_nothing_out() {
    let bench = bench();
    let planned = bench.planned(None, &bench.config([]));
    assert_eq!(planned.get("output").map(Value::is_null), Some(true));
    let object = bench.create([]);
    assert!(object.attribute("output").is_null());
    bench.assert_settled(&object, []);
}

#[test]
fn another_input_is_recorded_in_place() {
    let bench = bench();
    for (before, after) in [
        (text("a"), text("b")),
        (text("a"), number(1)),
        (Value::bool(false), Value::null(Type::Dynamic)),
        (Value::null(Type::Dynamic), text("")),
        (text("1"), number(1)),
    ] {
        let object = bench.create([("input", before)]);
        let planned = bench.planned(Some(&object), &bench.config([("input", after.clone())]));
        assert_eq!(bench.replacing(&object, &planned), Vec::<String>::new());
        assert_eq!(planned.get("id"), Some(&object.attribute("id")));
        let output = planned.get("output").expect("an output");
        assert!(!output.is_known());
        assert_eq!(bench.foreseen(Some(object.clone()), Some(&planned)), ["Record"]);
        let (operations, changed) = bench.apply(Some(object.clone()), Some(&planned)).unwrap();
        let changed = changed.expect("an object");
        assert_eq!(operations, ["Record"]);
        assert_eq!(changed.attribute("output"), after);
        assert_eq!(changed.attribute("id"), object.attribute("id"));
    }
}

#[test]
fn an_input_that_is_not_known_yet_is_recorded_too() {
    let bench = bench();
    let before = bench.create([("input", text("a"))]);
    let input = object(&[("a", Value::unknown(Type::String))]);
    let planned = bench.planned(Some(&before), &bench.config([("input", input)]));
    assert_eq!(bench.foreseen(Some(before), Some(&planned)), ["Record"]);
}

#[test]
fn any_other_trigger_replaces() {
    let bench = bench();
    let null = || Value::null(Type::Dynamic);
    let cases = [
        (null(), null(), false),
        (null(), Value::null(Type::String), false),
        (text("a"), text("a"), false),
        (text("a"), text("b"), true),
        (null(), text(""), true),
        (text(""), null(), true),
        (Value::bool(false), null(), true),
        (text("a").mark(Marks::SENSITIVE), text("a"), false),
        (text("a"), Value::unknown(Type::String), true),
    ];
    for (before, after, expected) in cases {
        let prior = bench.create([("triggers_replace", before)]);
        let planned = bench.planned(Some(&prior), &bench.config([("triggers_replace", after)]));
        let replacing = bench.replacing(&prior, &planned);
        assert_eq!(replacing == ["triggers_replace"], expected, "{planned:?}");
    }
}

/// In Terraform the output of a sensitive input is shown; here it stays what it is.
#[test]
fn a_secret_stays_one() {
    let bench = bench();
    let secret = text("hunter2").mark(Marks::SENSITIVE);
    let planned = bench.planned(None, &bench.config([("input", secret.clone())]));
    assert!(planned.get("output").expect("an output").is_sensitive());
    let object = bench.create([("input", secret)]);
    assert!(object.attribute("output").is_sensitive());
    assert!(!format!("{object:?}").contains("hunter2"));
    let planned = bench.planned(Some(&object), &bench.config([("input", text("hunter2"))]));
    assert!(!planned.get("output").expect("an output").is_sensitive());
}

#[test]
fn it_is_imported_by_its_id_and_let_go() {
    let bench = bench();
    let object = bench.imported("xx").expect("an object");
    assert_eq!(object.text("id"), Some("xx"));
    assert_eq!(bench.refreshed(&object), Ok(Some(object.clone())));
    bench.assert_settled(&object, []);
    assert_eq!(bench.apply(Some(object), None), Ok((vec!["Forget"], None)));
}
