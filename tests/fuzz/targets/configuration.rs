//! A file of the native language: read, evaluated, given as a value, and laid out.

#![no_main]

mod reading;

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use meridian_config::{VariableOption, format, parse, variables};
use meridian_lang::Sources;

fuzz_target!(|text: &str| {
    reading::read("main.tf", text);
    give(text);
    lay_out(text);
});

/// Gives a text to a variable as its value.
fn give(text: &str) {
    let declared = vec![("main.tf".to_owned(), "variable \"v\" {\n  type = any\n}\n".to_owned())];
    let mut config = parse(Path::new("/nonexistent"), declared).config;
    let _ = variables(&mut config, &[], &[VariableOption::Value(format!("v={text}"))]);
}

/// Lays a text out; what is laid out already stays as it is.
fn lay_out(text: &str) {
    let formatted = |text: &str| {
        let mut sources = Sources::default();
        let file = sources.add("main.tf", text);
        format(&sources, file)
    };
    if let Ok(once) = formatted(text) {
        assert_eq!(formatted(&once).ok(), Some(once), "laid out twice");
    }
}
