//! Expressions with functions, and what Terraform's console makes of them.
//!
//! `functions/*.jsonl` hold an expression a line with Terraform's answer: `out`, or the summary
//! and detail of the `error`. Where Meridian deliberately answers otherwise, `ours` has its answer
//! and `why` the reason. They were asked with `terraform console -plan` in `functions/fixture`.

mod functions {
    pub(super) mod scope;
}

use std::path::PathBuf;

use meridian_lang::{Diagnostic, Diagnostics, Expr, ExprKind, Scope, Sources, evaluate};
use meridian_report::{console_text, console_type_text};
use serde_json::Value as Json;

use functions::scope::Fixture;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/functions")
}

/// The answer to an expression: what is shown, or the first error.
fn answer(text: &str, scope: &dyn Scope) -> Result<String, Diagnostic> {
    let first = |errors: Diagnostics| {
        errors.iter().find(|message| message.is_error()).cloned().expect("an error")
    };
    let mut sources = Sources::default();
    let file = sources.add("<console-input>", text);
    let expr = meridian_config::parse_expression(&sources, file).map_err(first)?;
    match asked_for_type(&expr) {
        Some(expr) => {
            let value = evaluate(expr, scope).map_err(first)?;
            Ok(console_type_text(&value.ty()))
        }
        None => evaluate(&expr, scope).map(|value| console_text(&value)).map_err(first),
    }
}

/// The argument of the console's own function `type`.
fn asked_for_type(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Call { name, arguments, .. } if &**name == "type" => arguments.first(),
        _ => None,
    }
}

/// A text without white space and full stops, which Terraform breaks and doubles in details.
fn bare(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '.').collect()
}

fn check(family: &str) {
    let path = folder().join(family).with_extension("jsonl");
    let lines = std::fs::read_to_string(path).expect("the vectors of the family");
    let fixture = Fixture::load(&folder().join("fixture"));
    let mut wrong = Vec::new();
    for line in lines.lines() {
        let vector: Json = serde_json::from_str(line).expect("a vector");
        let text = |key: &str| vector[key].as_str();
        let expr = text("expr").expect("an expression");
        let found = answer(expr, &fixture);
        let same = match (&found, text("ours"), text("out"), text("error")) {
            (Ok(shown), Some(ours), ..) => shown == ours,
            (Err(error), Some(ours), ..) => bare(&error.detail).contains(&bare(ours)),
            (Ok(shown), None, Some(out), _) => shown == out,
            (Err(error), None, None, Some(summary)) => {
                let detail = text("detail").expect("a detail");
                error.summary == summary && bare(&error.detail) == bare(detail)
            }
            _ => false,
        };
        if !same {
            let found = match found {
                Ok(shown) => shown,
                Err(error) => format!("{}: {}", error.summary, error.detail),
            };
            wrong.push(format!("{line}\n  found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} answers of {family} differ:\n{}", wrong.len(), wrong.join("\n"));
}

macro_rules! families {
    ($($family:ident),+ $(,)?) => {
        $(
            #[test]
            fn $family() {
                check(stringify!($family));
            }
        )+

        const FAMILIES: &[&str] = &[$(stringify!($family)),+];
    };
}

families! {
    collections, encoding, files, hashes, network, numeric, oracle, provider, regex, strings,
    templates, times, types, yaml,
}

#[test]
fn every_function_has_vectors() {
    let vectors: String = FAMILIES
        .iter()
        .map(|family| folder().join(family).with_extension("jsonl"))
        .map(|path| std::fs::read_to_string(path).expect("the vectors of the family"))
        .collect();
    for name in meridian_lang::function_names() {
        let call = format!("{name}(");
        let count = vectors.lines().filter(|line| line.contains(&call)).count();
        // Its value is another one each time, so there is little to say about it.
        let least = if name == "plantimestamp" { 1 } else { 8 };
        assert!(count >= least, "{name} has {count} vectors");
    }
}
