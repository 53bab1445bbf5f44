//! Expressions that stand by themselves.

use meridian_lang::{Diagnostics, Expr, Sources};

use crate::reader::Reader;
use crate::syntax::parse_expression;

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
