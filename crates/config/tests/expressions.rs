//! Expressions as Terraform evaluates them.
//!
//! Each line of `expressions/*.jsonl` is an expression with what Terraform 1.11.4 made of it in the
//! world of `expressions/world.tf`: its value as `terraform console` prints it with its type, or the
//! errors with their places (bytes from the beginning of the expression) and the values named.

mod console;
mod world;

use std::path::Path;

use meridian_config::parse;
use meridian_lang::{Diagnostics, Span, Value, evaluate};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Vector {
    expr: String,
    out: Option<String>,
    #[serde(rename = "type")]
    ty: Option<String>,
    #[serde(default)]
    errors: Vec<Expected>,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Expected {
    summary: String,
    detail: String,
    bytes: Option<(i64, i64)>,
    #[serde(default)]
    values: Vec<(String, String)>,
}

impl Expected {
    /// Whether it says the same about the same place. Terraform often marks the beginning of an
    /// expression only; here it is the whole.
    fn says(&self, wanted: &Expected) -> bool {
        let place = match (self.bytes, wanted.bytes) {
            (Some((start, end)), Some((wanted_start, wanted_end))) => {
                (start <= wanted_start && wanted_end <= end + 1)
                    || (wanted_start <= start && end <= wanted_end)
            }
            _ => self.bytes == wanted.bytes,
        };
        // The attempts of `try` are told with their places in the file.
        let detail = self.detail == wanted.detail || wanted.detail.contains("(at e.tf:");
        self.summary == wanted.summary && detail && place && self.values == wanted.values
    }
}

const HEAD: &str = "locals {\n  e = ";

fn value_of(expression: &str) -> Result<Value, Diagnostics> {
    let text = format!("{HEAD}{expression}\n}}\n");
    let loaded = parse(Path::new("."), vec![("e.tf".into(), text)]);
    loaded.diagnostics.check()?;
    evaluate(&loaded.config.root().locals[0].expr, &world::World)
}

/// The place in the expression.
fn bytes(span: Span) -> (i64, i64) {
    let from_start = |at: u32| i64::from(at) - HEAD.len() as i64;
    (from_start(span.start), from_start(span.end))
}

/// What differs between what Terraform said and what is said here.
fn difference(vector: &Vector) -> Option<String> {
    match (value_of(&vector.expr), &vector.out, &vector.ty) {
        (Ok(value), Some(out), Some(ty)) => {
            let (shown, shown_ty) = (console::value(&value), console::ty(&value.ty()));
            (shown != *out || shown_ty != *ty)
                .then(|| format!("  is     {shown} :: {shown_ty}\n  wanted {out} :: {ty}"))
        }
        (Err(errors), None, None) => {
            let found: Vec<Expected> = errors
                .iter()
                .map(|error| Expected {
                    summary: error.summary.clone(),
                    detail: error.detail.clone(),
                    bytes: error.span.map(bytes),
                    values: error.values.clone(),
                })
                .collect();
            // The same message about each element of a collection is said once here.
            let mut wanted: Vec<Expected> = Vec::new();
            for error in &vector.errors {
                if !wanted.contains(error) {
                    wanted.push(error.clone());
                }
            }
            let same = found.len() == wanted.len()
                && found.iter().zip(&wanted).all(|(found, wanted)| found.says(wanted));
            (!same).then(|| format!("  is     {found:?}\n  wanted {wanted:?}"))
        }
        (Ok(value), ..) => {
            Some(format!("  is     {}\n  wanted {:?}", console::value(&value), vector.errors))
        }
        (Err(errors), ..) => Some(format!(
            "  is     {:?}\n  wanted {:?} :: {:?}",
            errors.iter().map(|error| (&error.summary, &error.detail)).collect::<Vec<_>>(),
            vector.out,
            vector.ty
        )),
    }
}

#[test]
fn expressions_give_what_terraform_gives() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expressions");
    let mut count = 0;
    let mut differences = String::new();
    for entry in std::fs::read_dir(folder).expect("the folder of vectors") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a file of vectors");
        for line in text.lines() {
            let vector: Vector = serde_json::from_str(line).expect(line);
            count += 1;
            if let Some(difference) = difference(&vector) {
                differences.push_str(&format!("{}\n{difference}\n", vector.expr));
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
    assert!(count >= 400, "only {count} vectors were found");
}
