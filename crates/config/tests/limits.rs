//! Hostile expressions end with an error, and soon.

use std::collections::BTreeMap;
use std::path::Path;

use meridian_config::parse;
use meridian_lang::{Diagnostic, Diagnostics, Scope, Span, Subject, Value, evaluate};

struct Variables(BTreeMap<String, Value>);

impl Scope for Variables {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        let Subject::Variable(name) = subject else {
            return Err(Diagnostic::error("Not a variable", "").at(span));
        };
        self.0.get(&**name).cloned().ok_or_else(|| Diagnostic::error("Missing", "").at(span))
    }
}

fn value_of(expression: &str, variables: &Variables) -> Result<Value, Diagnostics> {
    let text = format!("locals {{\n  e = {expression}\n}}\n");
    let loaded = parse(Path::new("."), vec![("e.tf".into(), text)]);
    loaded.diagnostics.check()?;
    evaluate(&loaded.config.root().locals[0].expr, variables)
}

fn summaries(outcome: Result<Value, Diagnostics>) -> Vec<String> {
    match outcome {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().map(|error| error.summary).collect(),
    }
}

fn variable(name: &str, value: Value) -> Variables {
    Variables(BTreeMap::from([(name.to_owned(), value)]))
}

#[test]
fn text_that_would_fill_the_memory_is_an_error() {
    let long = variable("x", Value::string("x".repeat(1 << 20)));
    let repeated = "\"%{ for a in [1,2,3,4,5,6,7,8,9,10] }%{ for b in [1,2,3,4,5,6,7,8,9,10] }\
                    ${var.x}%{ endfor }%{ endfor }\"";
    assert_eq!(summaries(value_of(repeated, &long)), ["Result too large"]);
}

#[test]
fn elements_that_would_fill_the_memory_are_an_error() {
    let numbers = variable("x", Value::tuple((0..2000).map(Value::number)));
    let nested = "[for a in var.x : [for b in var.x : 1]]";
    assert_eq!(summaries(value_of(nested, &numbers)), ["Result too large"]);
}

#[test]
fn values_within_values_end_somewhere() {
    let mut variables = variable("x", Value::tuple([]));
    let mut wrapped = 0;
    let summary = loop {
        match value_of("[var.x]", &variables) {
            Ok(value) => {
                wrapped += 1;
                assert!(wrapped < 10_000, "no limit was met");
                variables.0.insert("x".into(), value);
            }
            Err(errors) => break errors.into_iter().map(|error| error.summary).next(),
        }
    };
    assert_eq!(summary.as_deref(), Some("Value nested too deeply"));
    // What is just allowed can be walked through by everything.
    let all = "[var.x == [var.x], tolist([var.x, var.x]), \"${1}\", true ? var.x : [1]]";
    let _ = value_of(all, &variables);
}

#[test]
fn a_hundred_messages_about_one_expression_are_enough() {
    let names = variable("x", Value::tuple((0..5000).map(|at| Value::string(format!("k{at}")))));
    let each_wrong = "[for name in var.x : tonumber(name)]";
    let found = summaries(value_of(each_wrong, &names));
    assert_eq!(found.len(), 100);
}

#[test]
fn numbers_of_any_size_end() {
    let none = Variables(BTreeMap::new());
    let power = "1e100000 * 1e100000 * 1e100000";
    let value = value_of(power, &none).expect("a number");
    assert_eq!(value, Value::number(meridian_lang::Number::parse("Inf").expect("infinity")));
    let tiny = value_of("1e-100000 / 1e100000", &none).expect("a number");
    assert_eq!(tiny, Value::number(0));
}

#[test]
fn operators_in_a_row_end() {
    let none = Variables(BTreeMap::new());
    let sum = vec!["1"; 100].join(" + ");
    assert_eq!(value_of(&sum, &none), Ok(Value::number(100)));
    let long = vec!["1"; 5000].join(" + ");
    assert_eq!(summaries(value_of(&long, &none)).len(), 1);
}
