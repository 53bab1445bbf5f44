//! Native syntax within JSON strings: templates, references, types.
//!
//! The unescaped text is parsed as a source of its own; what comes of it is then told in the
//! places of the file.

use std::sync::Arc;

use hcl_edit::expr::Expression;
use hcl_edit::template::Template;
use meridian_lang::{Diagnostics, Expr, ExprKind, FileId, ForExpr, Sources, Span, TemplatePart};

use super::Json;
use super::places::Places;
use crate::lower::{Lowering, References};
use crate::reader::Reader;
use crate::syntax;

/// Whether a text has template sequences in it, escaped ones included.
pub(crate) fn has_sequence(text: &str) -> bool {
    text.contains("${") || text.contains("%{")
}

/// A string of a JSON file, as a text of its own.
#[derive(Clone)]
pub(crate) struct Embedded {
    sources: Sources,
    places: Places,
    /// The file that the string stands in.
    file: FileId,
    /// The whole string, quotes included.
    whole: Span,
}

/// The file within [`Embedded::sources`].
const TEXT: FileId = FileId(0);

impl Embedded {
    /// The text of a string; nothing if the value is another.
    pub(crate) fn of(reader: &Reader<'_>, file: FileId, value: &Json) -> Option<Embedded> {
        Some(Embedded::at(reader, file, value.as_str()?, value.place.start..value.place.end))
    }

    /// A text that stands, in its quotes, at a place of the file.
    pub(crate) fn at(
        reader: &Reader<'_>,
        file: FileId,
        text: &str,
        place: std::ops::Range<usize>,
    ) -> Embedded {
        let whole = Span::new(file, place.start, place.end);
        let places = Places::new(reader.sources.excerpt(whole), place.start);
        let mut sources = Sources::default();
        sources.add(reader.sources.name(file), text);
        Embedded { sources, places, file, whole }
    }

    /// Reads the text as an expression.
    pub(crate) fn expression(&self) -> Result<Expression, Diagnostics> {
        syntax::parse_expression(&self.sources, TEXT).map_err(|errors| self.outside(errors))
    }

    /// Reads the text as a template.
    fn template(&self) -> Result<Template, Diagnostics> {
        syntax::parse_template(&self.sources, TEXT).map_err(|errors| self.outside(errors))
    }

    /// Does something with a reader of the text; what it says is told in the places of the file.
    pub(crate) fn read<T>(
        &self,
        outer: &mut Reader<'_>,
        read: impl FnOnce(&mut Reader<'_>, FileId) -> T,
    ) -> T {
        let mut inner = Reader::new(&self.sources);
        let result = read(&mut inner, TEXT);
        outer.diagnostics.extend(self.outside(inner.diagnostics));
        result
    }

    /// Lowers the text as an expression.
    pub(crate) fn lower_expression(&self, outer: &mut Reader<'_>) -> Result<Expr, Diagnostics> {
        Ok(self.lower(outer, &self.expression()?))
    }

    /// Lowers what [`Embedded::expression`] gave.
    pub(crate) fn lower(&self, outer: &mut Reader<'_>, expression: &Expression) -> Expr {
        let mut expr = self.read(outer, |inner, file| inner.expression(file, expression));
        self.move_out(&mut expr);
        expr
    }

    /// Lowers the text as a template, with the names bound around it.
    pub(crate) fn lower_template(
        &self,
        outer: &mut Reader<'_>,
        references: References,
        bound: &[Arc<str>],
    ) -> Option<Expr> {
        let template = match self.template() {
            Ok(template) => template,
            Err(errors) => {
                outer.diagnostics.extend(errors);
                return None;
            }
        };
        let end = self.sources.text(TEXT).len();
        let mut failed = false;
        let mut expr = self.read(outer, |inner, file| {
            let mut lowering = Lowering::new(inner, file, references).within(bound);
            let expr = lowering.bare(&template, Span::new(file, 0, end));
            failed = lowering.failed;
            expr
        });
        self.move_out(&mut expr);
        // A template as a whole is the string with its quotes.
        if matches!(expr.kind, ExprKind::Template(_) | ExprKind::Literal(_)) {
            expr.span = self.whole;
        }
        (!failed).then_some(expr)
    }

    /// A place in the text as a place in the file.
    pub(crate) fn span(&self, span: Span) -> Span {
        let place = |offset: u32| self.places.place(offset as usize);
        Span::new(self.file, place(span.start), place(span.end))
    }

    fn outside(&self, diagnostics: Diagnostics) -> Diagnostics {
        let mut all = Diagnostics::new();
        for mut diagnostic in diagnostics {
            diagnostic.span = diagnostic.span.map(|span| self.span(span));
            for (span, _) in &mut diagnostic.labels {
                *span = self.span(*span);
            }
            all.push(diagnostic);
        }
        all
    }

    /// Tells an expression in the places of the file.
    pub(crate) fn move_out(&self, expr: &mut Expr) {
        expr.span = self.span(expr.span);
        match &mut expr.kind {
            ExprKind::Literal(_) | ExprKind::Reference(_) => {}
            ExprKind::Template(parts) => self.move_parts_out(parts),
            ExprKind::Attribute(source, _)
            | ExprKind::Unary(_, source)
            | ExprKind::Parentheses(source) => self.move_out(source),
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
                self.move_out(a);
                self.move_out(b);
            }
            ExprKind::Splat { source, each, .. } => {
                self.move_out(source);
                self.move_out(each);
            }
            ExprKind::Call { name_span, arguments, .. } => {
                *name_span = self.span(*name_span);
                arguments.iter_mut().for_each(|argument| self.move_out(argument));
            }
            ExprKind::Tuple(items) => items.iter_mut().for_each(|item| self.move_out(item)),
            ExprKind::Conditional(condition, yes, no) => {
                self.move_out(condition);
                self.move_out(yes);
                self.move_out(no);
            }
            ExprKind::Object(items) => {
                for item in items {
                    self.move_out(&mut item.key);
                    self.move_out(&mut item.value);
                }
            }
            ExprKind::For(each) => {
                let ForExpr { collection, key, value, condition, .. } = &mut **each;
                self.move_out(collection);
                self.move_out(value);
                key.iter_mut().chain(condition).for_each(|part| self.move_out(part));
            }
        }
    }

    fn move_parts_out(&self, parts: &mut [TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(_) => {}
                TemplatePart::Interpolation(expr) => self.move_out(expr),
                TemplatePart::If { condition, yes, no } => {
                    self.move_out(condition);
                    self.move_parts_out(yes);
                    self.move_parts_out(no);
                }
                TemplatePart::For { collection, body, .. } => {
                    self.move_out(collection);
                    self.move_parts_out(body);
                }
            }
        }
    }
}
