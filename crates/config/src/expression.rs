//! Expressions that stand by themselves.

use meridian_lang::{Diagnostics, Expr, Sources};

use crate::reader::Reader;
use crate::syntax::{Kind, parse_expression, scan};

/// Reads a text that is one expression as a whole. It becomes a source of that name,
/// without the blanks before it.
///
/// # Errors
/// Everything that is wrong with it; the places point into `sources`.
pub fn expression(sources: &mut Sources, name: &str, text: &str) -> Result<Expr, Diagnostics> {
    let file = sources.add(name, text.trim_start());
    let parsed = parse_expression(sources, file)?;
    let mut reader = Reader::new(sources);
    let expr = reader.expression(file, &parsed);
    reader.diagnostics.check().map(|_| expr)
}

/// Whether an expression goes on in the next line: a bracket, a template sequence or a heredoc is
/// open at its end.
pub fn is_open(text: &str) -> bool {
    let mut open = 0_usize;
    // A heredoc begins behind the end of its line.
    for token in scan(&format!("{text}\n")) {
        match token.kind {
            // A quoted string ends with its line.
            Kind::OpenQuote | Kind::CloseQuote => {}
            kind if kind.opens() => open += 1,
            kind if kind.opener().is_some() => open = open.saturating_sub(1),
            _ => {}
        }
    }
    open > 0
}
