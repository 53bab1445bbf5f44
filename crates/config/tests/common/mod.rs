//! Wrong configurations with what Terraform 1.11.4 says of them.
//!
//! A file holds cases: `=== name`, then `--- file` and its text for each file, then `--- expect`
//! and a line for each message: severity, place and summary. Lines that begin with `#` behind
//! `--- expect` say why something else is expected than what Terraform says.

use std::path::Path;

use meridian_config::{Loaded, parse};
use meridian_lang::Severity;

struct Case<'t> {
    name: &'t str,
    files: Vec<(String, String)>,
    expected: Vec<&'t str>,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut expecting = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case { name, files: Vec::new(), expected: Vec::new() });
            expecting = false;
            continue;
        }
        let case = cases.last_mut().expect("a case begins with its name");
        match line.strip_prefix("--- ") {
            Some("expect") => expecting = true,
            Some(file) => case.files.push((file.to_owned(), String::new())),
            None if expecting && line.starts_with('#') => {}
            None if expecting => case.expected.push(line),
            None => {
                let (_, content) = case.files.last_mut().expect("a text belongs to a file");
                content.push_str(line);
                content.push('\n');
            }
        }
    }
    cases
}

/// Severity, place and summary of each message, in order.
pub fn messages(loaded: &Loaded) -> Vec<String> {
    let sources = &loaded.config.sources;
    let line = |problem: &meridian_lang::Diagnostic| {
        let severity = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = problem.span.map_or("-".to_owned(), |span| {
            let at = sources.position(span);
            format!("{}:{},{}", sources.name(span.file), at.line, at.column)
        });
        format!("{severity} {place} {}", problem.summary)
    };
    let mut messages: Vec<String> = loaded.diagnostics.iter().map(line).collect();
    messages.sort();
    messages
}

/// Reads each case and compares what is said with what is expected.
pub fn check(text: &str) {
    let mut wrong = String::new();
    for Case { name, files, mut expected } in cases(text) {
        expected.sort_unstable();
        let found = messages(&parse(Path::new("."), files));
        if found != expected {
            let found = found.join("\n    ");
            let expected = expected.join("\n    ");
            wrong.push_str(&format!("{name}\n  expected\n    {expected}\n  found\n    {found}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
