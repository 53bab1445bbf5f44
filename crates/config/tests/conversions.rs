//! Values converted to type constraints, as Terraform 1.11.4 converts the values of variables.
//!
//! Each line of `conversions.jsonl` is a constraint and an expression with the variable's value and
//! type as `terraform console` prints them, or the reason why the value does not fit.

#[allow(dead_code, reason = "shared with the vectors of expressions")]
mod console;

use std::path::Path;

use meridian_config::parse;
use meridian_lang::{Diagnostic, Scope, Span, Subject, Value, convert, evaluate};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Vector {
    constraint: String,
    value: String,
    out: Option<String>,
    #[serde(rename = "type")]
    ty: Option<String>,
    error: Option<String>,
}

struct Nothing;

impl Scope for Nothing {
    fn value(&self, _: &Subject, span: Span) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error("There are no variables", "").at(span))
    }
}

fn difference(vector: &Vector) -> Option<String> {
    let text = format!(
        "variable \"v\" {{\n  type = {}\n}}\nlocals {{\n  v = {}\n}}\n",
        vector.constraint, vector.value
    );
    let loaded = parse(Path::new("."), vec![("main.tf".into(), text)]);
    assert!(loaded.diagnostics.is_empty(), "{vector:?}: {:?}", loaded.diagnostics);
    let value = evaluate(&loaded.config.root().locals[0].expr, &Nothing).expect("a constant");
    match convert(&value, &loaded.config.root().variables[0].ty) {
        Ok(value) => {
            let (shown, ty) = (console::value(&value), console::ty(&value.ty()));
            let same = vector.out.as_ref() == Some(&shown) && vector.ty.as_ref() == Some(&ty);
            (!same).then(|| format!("  is     {shown} :: {ty}\n  wanted {vector:?}"))
        }
        // Terraform writes some of the way to the part into the reason; here it is the error's path.
        Err(error) => {
            let same = vector.error.as_ref().is_some_and(|wanted| wanted.ends_with(&error.message));
            (!same).then(|| format!("  is     {error}\n  wanted {vector:?}"))
        }
    }
}

#[test]
fn values_fit_types_as_in_terraform() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversions.jsonl");
    let text = std::fs::read_to_string(path).expect("the vectors");
    let vectors: Vec<Vector> =
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(vectors.len() >= 90);
    let differences: String = vectors
        .iter()
        .filter_map(|vector| {
            let difference = difference(vector)?;
            Some(format!("{} | {}\n{difference}\n", vector.constraint, vector.value))
        })
        .collect();
    assert!(differences.is_empty(), "{differences}");
}
