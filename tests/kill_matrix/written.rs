//! The runs of the matrix as a file, for programs that are not Rust: `tests/terraform_kills.py`
//! kills Terraform in the same ones.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::configuration::steps;

/// From the root of the repository.
const FILE: &str = "tests/kill_matrix/steps.json";

/// The runs: texts as lists of lines, so that a change of one can be read.
fn written() -> String {
    let steps = steps();
    let runs: Vec<Json> = steps
        .iter()
        .map(|step| {
            json!({
                "name": step.name,
                "from": step.from.map(|from| steps[from].name),
                "command": step.command,
                "text": step.text.lines().collect::<Vec<_>>(),
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&runs).expect("JSON");
    format!("{text}\n")
}

#[test]
fn the_runs_are_written_down() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(FILE);
    let written = written();
    if std::env::var_os("MERIDIAN_KILLS_WRITE").is_some() {
        std::fs::write(&path, &written).expect("the file is written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(there, written, "{FILE} is old: set MERIDIAN_KILLS_WRITE=1 and run this test again");
}
