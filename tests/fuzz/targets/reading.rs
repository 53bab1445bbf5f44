//! A text as the only file of a folder.

use std::path::Path;

use meridian_config::parse;
use meridian_lang::{Diagnostic, Diagnostics, Scope, Sources, Span, Subject, Value, evaluate};

/// A world with nothing in it.
struct Nothing;

impl Scope for Nothing {
    fn value(&self, _: &Subject, span: Span) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error("Nothing", "There is nothing here.").at(span))
    }
}

/// What is said of a text points into it.
fn check_places(sources: &Sources, diagnostics: &Diagnostics) {
    for diagnostic in diagnostics {
        let places = diagnostic.labels.iter().map(|(span, _)| *span).chain(diagnostic.span);
        for span in places {
            let range = span.start as usize..span.end as usize;
            assert!(sources.text(span.file).get(range).is_some(), "points nowhere");
        }
    }
}

/// Reads a text as the only file of a folder, and evaluates what can be.
pub fn read(name: &str, text: &str) {
    let files = vec![(name.to_owned(), text.to_owned())];
    let loaded = parse(Path::new("."), files);
    check_places(&loaded.config.sources, &loaded.diagnostics);
    for local in &loaded.config.root().locals {
        if let Err(errors) = evaluate(&local.expr, &Nothing) {
            check_places(&loaded.config.sources, &errors);
        }
    }
}
