//! Messages about a configuration as JSON, in the format of `terraform validate -json`.

use meridian_lang::{Diagnostic, Diagnostics, Json, Severity, Sources, Span};
use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;

/// The version of the format.
const FORMAT: &str = "1.0";

#[derive(Serialize)]
struct Validation<'a> {
    format_version: &'static str,
    valid: bool,
    error_count: usize,
    warning_count: usize,
    diagnostics: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    severity: &'static str,
    summary: &'a str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Snippet>,
}

#[derive(Serialize)]
struct Range<'a> {
    filename: &'a str,
    start: Place,
    end: Place,
}

/// Lines and columns from 1, columns in characters as people see them; bytes from 0.
#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    byte: usize,
}

#[derive(Serialize)]
struct Snippet {
    context: Option<String>,
    code: String,
    start_line: usize,
    highlight_start_offset: usize,
    highlight_end_offset: usize,
    values: Vec<NamedValue>,
}

/// An expression that was looked at, and what is said of its value.
#[derive(Serialize)]
struct NamedValue {
    traversal: String,
    statement: String,
}

/// What `validate -json` prints. `context` names the block around a place.
pub fn validation_json(
    diagnostics: &Diagnostics,
    sources: &Sources,
    context: &dyn Fn(&Sources, Span) -> Option<String>,
) -> String {
    let count = |severity| diagnostics.iter().filter(|it| it.severity == severity).count();
    let validation = Validation {
        format_version: FORMAT,
        valid: !diagnostics.has_errors(),
        error_count: count(Severity::Error),
        warning_count: count(Severity::Warning),
        diagnostics: diagnostics.iter().map(|it| message(it, sources, context)).collect(),
    };
    serde_json::to_string_pretty(&validation).unwrap_or_default()
}

/// Each message as JSON.
pub(crate) fn messages(
    diagnostics: &Diagnostics,
    sources: &Sources,
    context: &dyn Fn(&Sources, Span) -> Option<String>,
) -> Vec<Json> {
    let written = diagnostics.iter().map(|it| serde_json::to_value(message(it, sources, context)));
    written.map(|json| json.map_or(Json::Null, Json::from)).collect()
}

fn message<'a>(
    diagnostic: &'a Diagnostic,
    sources: &'a Sources,
    context: &dyn Fn(&Sources, Span) -> Option<String>,
) -> Message<'a> {
    let span = diagnostic.span.and_then(|span| visible(span, sources));
    let detail = match &diagnostic.help {
        Some(help) => format!("{}\n\n{help}", diagnostic.detail),
        None => diagnostic.detail.clone(),
    };
    Message {
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        summary: &diagnostic.summary,
        detail: detail.trim_start().to_owned(),
        address: diagnostic.address.as_deref(),
        range: span.map(|span| Range {
            filename: sources.name(span.file),
            start: place(sources.text(span.file), span.start as usize),
            end: place(sources.text(span.file), span.end as usize),
        }),
        // Lines that may hold secrets are not shown.
        snippet: span.filter(|span| sources.is_quotable(span.file)).map(|span| Snippet {
            values: named_values(diagnostic),
            ..snippet(span, sources, context(sources, span))
        }),
    }
}

/// The values that were involved, in the words that the text has for them too.
fn named_values(diagnostic: &Diagnostic) -> Vec<NamedValue> {
    let values = diagnostic.values.iter().cloned();
    values.map(|(traversal, statement)| NamedValue { traversal, statement }).collect()
}

/// The span, of one character at least; none if there is no such place.
fn visible(span: Span, sources: &Sources) -> Option<Span> {
    let text = sources.text(span.file);
    let (start, end) = (span.start as usize, (span.end as usize).min(text.len()));
    text.get(start..end)?;
    // What stands at the very end of a file has nothing that could be shown.
    let next = text[start..].chars().next().map_or(1, char::len_utf8);
    Some(Span::new(span.file, start, end.max(start + next)))
}

fn place(text: &str, byte: usize) -> Place {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    // Beyond the end of the text, each byte counts as a character.
    let beyond = byte.saturating_sub(text.len());
    Place {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].graphemes(true).count() + beyond + 1,
        byte,
    }
}

fn snippet(span: Span, sources: &Sources, context: Option<String>) -> Snippet {
    let text = sources.text(span.file);
    let (start, end) = (span.start as usize, span.end as usize);
    let mut code: Option<(usize, String)> = None;
    let mut line_start = 0;
    for line in text.split('\n') {
        let (from, to) = (line_start, line_start + line.len());
        line_start = to + 1;
        // As in Terraform, a line that begins where the place ends is shown too, and a line
        // without content never is.
        let touches = (from..to).contains(&start)
            || (from..to).contains(&end)
            || (start..end).contains(&from)
            || (start..end).contains(&to);
        if !touches || line.is_empty() {
            continue;
        }
        match &mut code {
            None => code = Some((from, line.to_owned())),
            Some((_, code)) => {
                code.push('\n');
                code.push_str(line);
            }
        }
    }
    let (first, code) = code.unwrap_or((start, String::new()));
    let highlight_start = start.saturating_sub(first).min(code.len());
    let highlight_end = (highlight_start + (end - start)).min(code.len());
    Snippet {
        context,
        start_line: place(text, start).line,
        highlight_start_offset: highlight_start,
        highlight_end_offset: highlight_end,
        values: Vec::new(),
        code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_values_are_not_shown() {
        let mut sources = Sources::default();
        let file = sources.add_values("terraform.tfvars", "a = secret");
        let diagnostic = Diagnostic::error("Wrong", "Very.").at(Span::new(file, 4, 10));
        let json = validation_json(&diagnostic.into(), &sources, &|_, _| None);
        assert!(json.contains("terraform.tfvars") && !json.contains("secret"), "{json}");
    }

    fn shown(text: &str, from: usize, to: usize) -> serde_json::Value {
        let mut sources = Sources::default();
        let file = sources.add("main.tf", text);
        let diagnostic = Diagnostic::error("Wrong", "Very.").at(Span::new(file, from, to));
        let context = |_: &Sources, _: Span| Some("locals".to_owned());
        let json = validation_json(&diagnostic.into(), &sources, &context);
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        json["diagnostics"][0].clone()
    }

    #[test]
    fn the_counts_say_what_was_found() {
        let mut found = Diagnostics::from(Diagnostic::warning("Hm", "").help("look"));
        let none = |_: &Sources, _: Span| None;
        let json = validation_json(&found, &Sources::default(), &none);
        insta::assert_snapshot!(json, @r#"
        {
          "format_version": "1.0",
          "valid": true,
          "error_count": 0,
          "warning_count": 1,
          "diagnostics": [
            {
              "severity": "warning",
              "summary": "Hm",
              "detail": "look"
            }
          ]
        }
        "#);
        found.push(Diagnostic::error("No", "Why.").about("aws_kms_key.a"));
        let json = validation_json(&found, &Sources::default(), &none);
        assert!(json.contains("\"valid\": false,\n  \"error_count\": 1,\n  \"warning_count\": 1"));
        assert!(json.contains("\"address\": \"aws_kms_key.a\""));
    }

    #[test]
    fn columns_count_characters_and_offsets_count_bytes() {
        let shown = shown("x = 1\n  äö = 2 # e\u{301}\n", 15, 16);
        assert_eq!(
            shown["range"]["start"],
            serde_json::json!({"line": 2, "column": 8, "byte": 15})
        );
        assert_eq!(shown["range"]["end"], serde_json::json!({"line": 2, "column": 9, "byte": 16}));
        let snippet = &shown["snippet"];
        assert_eq!(snippet["code"], "  äö = 2 # e\u{301}");
        assert_eq!(snippet["start_line"], 2);
        assert_eq!(snippet["highlight_start_offset"], 9);
        assert_eq!(snippet["highlight_end_offset"], 10);
        assert_eq!(snippet["context"], "locals");
        assert_eq!(snippet["values"], serde_json::json!([]));
    }

    /// What Terraform 1.11.4 shows of `x = ` without a value.
    #[test]
    fn the_end_of_a_line_is_a_place() {
        let shown = shown("locals {\n  x = \n}\n", 15, 16);
        assert_eq!(shown["range"]["end"], serde_json::json!({"line": 3, "column": 1, "byte": 16}));
        let snippet = &shown["snippet"];
        assert_eq!(snippet["code"], "  x = \n}");
        assert_eq!(snippet["highlight_start_offset"], 6);
        assert_eq!(snippet["highlight_end_offset"], 7);
    }

    #[test]
    fn values_that_were_involved_are_listed() {
        let mut sources = Sources::default();
        let file = sources.add("main.tf", "x = local.y\n");
        let mut error = Diagnostic::error("No", "Why.").at(Span::new(file, 4, 11));
        error.values = vec![("local.y".to_owned(), "is \"abc\"".to_owned())];
        let json = validation_json(&error.into(), &sources, &|_, _| None);
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(
            json["diagnostics"][0]["snippet"]["values"],
            serde_json::json!([{ "traversal": "local.y", "statement": "is \"abc\"" }])
        );
    }

    #[test]
    fn the_end_of_a_file_is_a_place() {
        let shown = shown("a", 1, 1);
        assert_eq!(shown["range"]["start"], serde_json::json!({"line": 1, "column": 2, "byte": 1}));
        assert_eq!(shown["range"]["end"], serde_json::json!({"line": 1, "column": 3, "byte": 2}));
        assert_eq!(shown["snippet"]["code"], "a");
        assert_eq!(shown["snippet"]["highlight_end_offset"], 1);
    }
}
