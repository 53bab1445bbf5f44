//! Texts that are read for themselves, not as a part of a configuration.

use std::sync::Arc;

use hcl_edit::structure::Structure;
use meridian_lang::{Diagnostics, Expr, FileId, Sources, Span};

use crate::lower::{Lowering, References};
use crate::reader::Reader;
use crate::syntax;

/// The expression of a file that is a template as a whole. Each name that no `for` binds is a
/// variable of the template: a [`meridian_lang::Subject::Variable`].
///
/// # Errors
/// Everything that is wrong with the template.
pub fn parse_template(sources: &Sources, file: FileId) -> Result<Expr, Diagnostics> {
    let template = syntax::parse_template(sources, file)?;
    let whole = Span::new(file, 0, sources.text(file).len());
    lowered(sources, |reader| {
        Lowering::new(reader, file, References::Template).bare(&template, whole)
    })
}

/// The expression of a file that is an expression as a whole, as `console` reads its lines.
///
/// # Errors
/// Everything that is wrong with the expression.
pub fn parse_expression(sources: &Sources, file: FileId) -> Result<Expr, Diagnostics> {
    let expression = syntax::parse_expression(sources, file)?;
    lowered(sources, |reader| reader.expression(file, &expression))
}

/// The arguments of a file that is written like a file of variable values. Their expressions
/// refer to nothing and call no functions.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn parse_settings(
    sources: &Sources,
    file: FileId,
) -> Result<Vec<(Arc<str>, Expr)>, Diagnostics> {
    let body = syntax::parse_body(sources, file)?;
    lowered(sources, |reader| {
        let mut settings = Vec::new();
        for structure in &body {
            match structure {
                Structure::Attribute(attribute) => {
                    let mut lowering = Lowering::new(reader, file, References::Forbidden);
                    let expr = lowering.expr(&attribute.value);
                    settings.push((attribute.key.as_str().into(), expr));
                }
                Structure::Block(block) => {
                    let span = reader.span(file, &block.ident);
                    let summary = format!("Unexpected {:?} block", block.ident.as_str());
                    reader.error(span, summary, "Blocks are not allowed here.");
                }
            }
        }
        settings
    })
}

/// What lowering gives, unless something is wrong.
fn lowered<T>(
    sources: &Sources,
    lower: impl FnOnce(&mut Reader<'_>) -> T,
) -> Result<T, Diagnostics> {
    let mut reader = Reader::new(sources);
    let result = lower(&mut reader);
    reader.diagnostics.check().map(|_| result)
}
