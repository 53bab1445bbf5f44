//! Diagnostics as terminal text.

use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};
use meridian_lang::{Diagnostic, FileId, Severity, Sources, Span};

use crate::style::{Style, Tone};

/// Lines of a long span that are shown; the rest is left out.
const MOST_LINES: usize = 6;

/// The message with its places in the source, the resource that it is about, the explanation
/// and the advice.
pub fn diagnostic_text(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let (level, name) = match diagnostic.severity {
        Severity::Error => (Level::ERROR, "Error"),
        Severity::Warning => (Level::WARNING, "Warning"),
    };
    let title = level.with_name(name).primary_title(diagnostic.summary.as_str());
    let excerpts = excerpts(diagnostic, sources);
    let group = Group::with_title(title).elements(excerpts.iter().map(Excerpt::element));
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.term_width(style.width).render(&[group]);
    text.push('\n');
    text.push_str(&values_text(diagnostic));
    if let Some(address) = &diagnostic.address {
        text.push_str(&format!("  with {address},\n"));
    }
    if !diagnostic.detail.is_empty() {
        text.push_str(&format!("\n{}\n", style.wrap(&diagnostic.detail)));
    }
    if let Some(help) = &diagnostic.help {
        let help = style.wrap(&format!("help: {help}"));
        let help = help.strip_prefix("help:").unwrap_or(&help);
        text.push_str(&format!("\n{}{help}\n", style.paint(Tone::Note, "help:")));
    }
    text
}

/// What is known of the references in the expression that the message is about, below its excerpt.
fn values_text(diagnostic: &Diagnostic) -> String {
    if diagnostic.values.is_empty() {
        return String::new();
    }
    let line = |(reference, said): &(String, String)| format!("    │ {reference} {said}\n");
    let lines: String = diagnostic.values.iter().map(line).collect();
    format!("    ├────────────────\n{lines}")
}

/// Some lines of a file with marks on them. Only these lines are given to the renderer, so
/// that the size of a file does not matter.
struct Excerpt<'a> {
    path: &'a str,
    text: &'a str,
    file: FileId,
    start: usize,
    first_line: usize,
    /// The column of the place that the first mark is on.
    column: usize,
    /// Whether the lines may be shown.
    is_quotable: bool,
    marks: Vec<Mark<'a>>,
}

struct Mark<'a> {
    kind: AnnotationKind,
    range: Range<usize>,
    label: Option<&'a str>,
}

/// The place that the message is about, then every other one, each under its own file and line
/// unless it lies in lines that are shown already.
fn excerpts<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Excerpt<'a>> {
    let place = diagnostic.span.map(|span| (span, None));
    let labels = diagnostic.labels.iter().map(|(span, label)| (*span, Some(label.as_str())));
    let mut excerpts: Vec<Excerpt> = Vec::new();
    for (span, label) in place.into_iter().chain(labels) {
        match excerpts.iter_mut().find(|excerpt| excerpt.shows(span)) {
            Some(excerpt) => excerpt.mark(span, label),
            None => {
                if let Some(mut excerpt) = Excerpt::around(span, sources) {
                    excerpt.mark(span, label);
                    excerpts.push(excerpt);
                }
            }
        }
    }
    excerpts
}

impl<'a> Excerpt<'a> {
    /// The lines of a span; nothing if there is no such place.
    fn around(span: Span, sources: &'a Sources) -> Option<Excerpt<'a>> {
        let whole = sources.text(span.file);
        let (start, end) = (span.start as usize, (span.end as usize).min(whole.len()));
        let before = whole.get(..start)?;
        let first = before.rfind('\n').map_or(0, |at| at + 1);
        let line_ends = whole.get(start..)?.match_indices('\n').map(|(at, _)| start + at);
        let last = line_ends
            .enumerate()
            .find(|(count, at)| *at + 1 >= end || *count + 1 >= MOST_LINES)
            .map_or(whole.len(), |(_, at)| at);
        Some(Excerpt {
            path: sources.name(span.file),
            text: whole.get(first..last)?,
            file: span.file,
            start: first,
            first_line: sources.position(span).line,
            column: sources.position(span).column,
            is_quotable: sources.is_quotable(span.file),
            marks: Vec::new(),
        })
    }

    fn shows(&self, span: Span) -> bool {
        let end = self.start + self.text.len();
        span.file == self.file && (self.start..=end).contains(&(span.start as usize))
    }

    /// Adds a mark. The first one gives the excerpt its line and column.
    fn mark(&mut self, span: Span, label: Option<&'a str>) {
        let is_first = self.marks.is_empty();
        let kind = if is_first { AnnotationKind::Primary } else { AnnotationKind::Context };
        let within =
            |offset: u32| (offset as usize).saturating_sub(self.start).min(self.text.len());
        self.marks.push(Mark { kind, range: within(span.start)..within(span.end), label });
    }

    /// The lines with their marks; only the place, where the lines may hold secrets.
    fn element(&self) -> Element<'a> {
        if self.is_quotable {
            return self.snippet().into();
        }
        Origin::path(self.path).line(self.first_line).char_column(self.column).into()
    }

    fn snippet(&self) -> Snippet<'a, Annotation<'a>> {
        let mark = |mark: &Mark<'a>| mark.kind.span(mark.range.clone()).label(mark.label);
        Snippet::source(self.text)
            .line_start(self.first_line)
            .path(self.path)
            .annotations(self.marks.iter().map(mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = "resource \"aws_kms_key\" \"k\" {\n  deletion_window_in_days = 3\n}\n";

    fn span_of(sources: &Sources, file: FileId, text: &str) -> Span {
        let start = sources.text(file).find(text).expect(text);
        Span::new(file, start, start + text.len())
    }

    #[test]
    fn an_error_shows_its_place_its_resource_and_what_to_do() {
        let mut sources = Sources::default();
        let file = sources.add("main.tf", MAIN);
        let diagnostic = Diagnostic::error(
            "Invalid value",
            "The deletion window is a number of days from 7 to 30, in which the deletion of the \
             key can be taken back.",
        )
        .at(span_of(&sources, file, "3"))
        .about("aws_kms_key.k")
        .help("write a number from 7 to 30, or leave it out: then it is 30");
        insta::assert_snapshot!(diagnostic_text(&diagnostic, &sources, Style::default()), @r#"
        Error: Invalid value
         --> main.tf:2:29
          |
        2 |   deletion_window_in_days = 3
          |                             ^
          with aws_kms_key.k,

        The deletion window is a number of days from 7 to 30, in which the deletion
        of the key can be taken back.

        help: write a number from 7 to 30, or leave it out: then it is 30
"#);
    }

    #[test]
    fn the_values_of_references_stand_below_the_excerpt() {
        let mut sources = Sources::default();
        let file = sources.add("main.tf", MAIN);
        let mut diagnostic = Diagnostic::error("Invalid operand", "A number is required.")
            .at(span_of(&sources, file, "3"));
        diagnostic.values = vec![
            ("local.list".into(), "is list of string with 3 elements".into()),
            ("var.x".into(), "is \"abc\"".into()),
        ];
        insta::assert_snapshot!(diagnostic_text(&diagnostic, &sources, Style::default()), @r#"
        Error: Invalid operand
         --> main.tf:2:29
          |
        2 |   deletion_window_in_days = 3
          |                             ^
            ├────────────────
            │ local.list is list of string with 3 elements
            │ var.x is "abc"

        A number is required.
"#);
    }

    #[test]
    fn a_cycle_shows_all_its_members_in_their_files() {
        let mut sources = Sources::default();
        let main = sources.add("main.tf", "locals {\n  a = local.b\n\n\n  c = local.a\n}\n");
        let more = sources.add("more.tf", "locals {\n  b = local.c\n}\n");
        let diagnostic = Diagnostic::error("Cycle: local.a, local.b, local.c", "")
            .at(span_of(&sources, main, "local.b"))
            .label(span_of(&sources, more, "local.c"), "local.b refers to local.c")
            .label(span_of(&sources, main, "local.a"), "local.c refers to local.a");
        insta::assert_snapshot!(diagnostic_text(&diagnostic, &sources, Style::default()), @r#"
        Error: Cycle: local.a, local.b, local.c
         --> main.tf:2:7
          |
        2 |   a = local.b
          |       ^^^^^^^
          |
         ::: more.tf:2:7
          |
        2 |   b = local.c
          |       ^^^^^^^ local.b refers to local.c
          |
         ::: main.tf:5:7
          |
        5 |   c = local.a
          |       ^^^^^^^ local.c refers to local.a
"#);
    }

    #[test]
    fn a_warning_may_have_no_place() {
        let diagnostic = Diagnostic::warning("Something", "First line.\n  kept as it is");
        let text = diagnostic_text(&diagnostic, &Sources::default(), Style::default());
        assert_eq!(text, "Warning: Something\n\nFirst line.\n  kept as it is\n");
    }

    #[test]
    fn lines_of_values_are_not_shown() {
        let mut sources = Sources::default();
        let file = sources.add_values("terraform.tfvars", "a = 1\nb = secret\n");
        let diagnostic = Diagnostic::error("Variables not allowed", "Not here.")
            .at(span_of(&sources, file, "secret"));
        let shown = diagnostic_text(&diagnostic, &sources, Style::default());
        assert!(shown.contains("terraform.tfvars:2:5"), "{shown}");
        assert!(!shown.contains("secret"), "{shown}");
    }

    #[test]
    fn a_long_span_is_cut() {
        let mut sources = Sources::default();
        let text = (1..=40).map(|line| format!("line {line}\n")).collect::<String>();
        let file = sources.add("main.tf", &text);
        let diagnostic = Diagnostic::error("Long", "").at(Span::new(file, 7, text.len()));
        let shown = diagnostic_text(&diagnostic, &sources, Style::default());
        assert!(shown.contains("main.tf:2:1"), "{shown}");
        assert!(!shown.contains("line 9"), "{shown}");
    }
}
