//! What reading a block needs at every turn: the texts, and a place for messages.

use meridian_lang::{
    Diagnostic, Diagnostics, Expr, FileId, Scope, Sources, Span, Subject, Type, Value, convert,
    evaluate,
};

use crate::json::Embedded;
use crate::lower::{Lowering, References};
use crate::term::Term;

/// Reads parts of files; what is wrong with them is gathered in `diagnostics`.
pub(crate) struct Reader<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) diagnostics: Diagnostics,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Reader<'a> {
        Reader { sources, diagnostics: Diagnostics::new() }
    }

    /// The place of a node of the parser's tree.
    pub(crate) fn span(&self, file: FileId, node: &impl hcl_edit::Span) -> Span {
        let range = node.span().unwrap_or_default();
        Span::new(file, range.start, range.end)
    }

    pub(crate) fn error(
        &mut self,
        span: Span,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    pub(crate) fn warn(
        &mut self,
        span: Span,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.diagnostics.push(Diagnostic::warning(summary, detail).at(span));
    }

    /// An expression that may refer to anything.
    pub(crate) fn expression<'e>(&mut self, file: FileId, expr: impl Into<Term<'e>>) -> Expr {
        Lowering::new(self, file, References::Allowed).term(expr.into())
    }

    /// An expression that in JSON is the content of a string, such as a reference.
    pub(crate) fn unquoted_expression<'e>(
        &mut self,
        file: FileId,
        expr: impl Into<Term<'e>>,
    ) -> Expr {
        let expr = expr.into();
        if let Term::Json(value) = expr
            && let Some(embedded) = Embedded::of(self, file, value)
        {
            match embedded.lower_expression(self) {
                Ok(expr) => return expr,
                Err(errors) => self.diagnostics.extend(errors),
            }
        }
        self.expression(file, expr)
    }

    /// The value of an expression that may refer to nothing.
    pub(crate) fn constant<'e>(
        &mut self,
        file: FileId,
        expr: impl Into<Term<'e>>,
    ) -> Option<Value> {
        let mut lowering = Lowering::new(self, file, References::Forbidden);
        let lowered = lowering.term(expr.into());
        if lowering.failed {
            return None;
        }
        match evaluate(&lowered, &Nothing) {
            Ok(value) => Some(value),
            Err(errors) => {
                self.diagnostics.extend(errors);
                None
            }
        }
    }

    /// A constant of a primitive type, such as a flag.
    pub(crate) fn constant_of<'e>(
        &mut self,
        file: FileId,
        expr: impl Into<Term<'e>>,
        ty: &Type,
    ) -> Option<Value> {
        let expr = expr.into();
        let value = self.constant(file, expr)?;
        if value.is_null() {
            let detail = "Unsuitable value: null value is not allowed";
            self.error(self.span(file, &expr), "Unsuitable value type", detail);
            return None;
        }
        match convert(&value, ty) {
            Ok(value) => Some(value),
            Err(error) => {
                let detail = format!("Unsuitable value: {error}");
                self.error(self.span(file, &expr), "Unsuitable value type", detail);
                None
            }
        }
    }

    pub(crate) fn constant_bool<'e>(
        &mut self,
        file: FileId,
        expr: impl Into<Term<'e>>,
    ) -> Option<bool> {
        self.constant_of(file, expr, &Type::Bool)?.as_bool()
    }

    pub(crate) fn constant_string<'e>(
        &mut self,
        file: FileId,
        expr: impl Into<Term<'e>>,
    ) -> Option<String> {
        self.constant_of(file, expr, &Type::String)?.as_str().map(str::to_owned)
    }

    /// A place as messages write it: `main.tf:1,1-29`.
    pub(crate) fn place(&self, span: Span) -> String {
        self.sources.place(span)
    }
}

/// The scope of constants.
struct Nothing;

impl Scope for Nothing {
    fn value(&self, _: &Subject, span: Span) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error("Variables not allowed", "Variables may not be used here.").at(span))
    }
}
