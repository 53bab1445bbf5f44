//! Warnings by their first lines.

use meridian_lang::{Diagnostics, Sources, Span};

use crate::PRODUCT;

/// Each warning by its first line and the place where it came up first, as `-compact-warnings`
/// asks for.
pub fn compact_warnings(warnings: &Diagnostics, sources: &Sources) -> String {
    let mut groups: Vec<(&str, Vec<Option<Span>>)> = Vec::new();
    for warning in warnings {
        match groups.iter_mut().find(|(summary, _)| *summary == warning.summary) {
            Some((_, places)) => places.push(warning.span),
            None => groups.push((&warning.summary, vec![warning.span])),
        }
    }
    let mut text = String::from("\nWarnings:\n\n");
    for (summary, places) in groups {
        text.push_str(&format!("- {summary}\n"));
        let more = match places.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        if let Some(Some(place)) = places.first() {
            let line = sources.position(*place).line;
            text.push_str(&format!("  on {} line {line}{more}\n", sources.name(place.file)));
        } else if places.len() > 1 {
            text.push_str(&format!("  ({} occurrences of this warning)\n", places.len()));
        }
    }
    text.push_str(&format!(
        "\nTo see the full warning notes, run {PRODUCT} without -compact-warnings.\n"
    ));
    text
}

#[cfg(test)]
mod tests {
    use meridian_lang::Diagnostic;

    use super::*;

    #[test]
    fn equal_warnings_are_counted() {
        let mut sources = Sources::default();
        let file = sources.add("main.tf", "a\nb\nc\n");
        let place = |at| Span::new(file, at, at + 1);
        let warnings = [
            Diagnostic::warning("Deprecated", "a").at(place(2)),
            Diagnostic::warning("Targeted", "long"),
            Diagnostic::warning("Deprecated", "b").at(place(4)),
            Diagnostic::warning("Twice", "a"),
            Diagnostic::warning("Twice", "b"),
        ];
        insta::assert_snapshot!(compact_warnings(&warnings.into_iter().collect(), &sources), @r"
        Warnings:

        - Deprecated
          on main.tf line 2 (and 1 more)
        - Targeted
        - Twice
          (2 occurrences of this warning)

        To see the full warning notes, run Meridian without -compact-warnings.
        ");
    }
}
