//! From the parser's tree to our expressions, with every reference resolved.

mod body;
mod expr;
mod reference;
mod template;

use std::sync::Arc;

use meridian_lang::{Diagnostic, Expr, ExprKind, FileId, Span, Type, Value};

use crate::reader::Reader;

pub(crate) use body::lower_body;

/// Whether an expression may refer to other objects and call functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum References {
    Allowed,
    Forbidden,
    /// Every name is a variable of the template, and functions may be called.
    Template,
}

/// Lowers one expression.
pub(crate) struct Lowering<'r, 'a> {
    reader: &'r mut Reader<'a>,
    file: FileId,
    references: References,
    /// Where the text that was parsed begins in the file.
    offset: u32,
    /// Names of the `for` expressions around the present place, innermost last.
    bound: Vec<Arc<str>>,
    /// How many splats are around the present place.
    splats: usize,
    /// Whether anything was wrong.
    pub(crate) failed: bool,
}

impl<'r, 'a> Lowering<'r, 'a> {
    pub(crate) fn new(
        reader: &'r mut Reader<'a>,
        file: FileId,
        references: References,
    ) -> Lowering<'r, 'a> {
        Lowering {
            reader,
            file,
            references,
            offset: 0,
            bound: Vec::new(),
            splats: 0,
            failed: false,
        }
    }

    /// For a tree that was parsed from a part of the file that begins at `offset`.
    pub(crate) fn offset_by(mut self, offset: u32) -> Lowering<'r, 'a> {
        self.offset = offset;
        self
    }

    /// Within blocks that bind these names, innermost last.
    pub(crate) fn with_bound(mut self, names: &[Arc<str>]) -> Lowering<'r, 'a> {
        self.bound = names.to_vec();
        self
    }

    pub(crate) fn span(&self, node: &impl hcl_edit::Span) -> Span {
        let span = self.reader.span(self.file, node);
        Span { start: span.start + self.offset, end: span.end + self.offset, ..span }
    }

    /// The source text of a place.
    fn text(&self, span: Span) -> &'a str {
        self.reader.sources.excerpt(span)
    }

    /// Reports an error; the expression given back stands for the one that could not be read.
    fn error(&mut self, span: Span, summary: &str, detail: impl Into<String>) -> Expr {
        self.failed = true;
        self.reader.diagnostics.push(Diagnostic::error(summary, detail).at(span));
        Expr { span, kind: ExprKind::Literal(Value::unknown(Type::Dynamic)) }
    }
}
