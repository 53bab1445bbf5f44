//! References that stand for an object rather than for its value: `depends_on`,
//! `ignore_changes`, `provider`.

use std::borrow::Cow;

use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, ObjectKey, ObjectValue, TraversalOperator};
use meridian_lang::{Expr, ExprKind, FileId, Number, Span, Step, Subject};

use crate::lower::{Lowering, References};
use crate::reader::Reader;

/// A name with attributes and constant indexes behind it.
pub(crate) struct StaticReference {
    /// The first name.
    pub(crate) root: String,
    /// What follows, each with its place.
    pub(crate) steps: Vec<(Step, Span)>,
    /// The whole of it.
    pub(crate) span: Span,
    file: FileId,
    expression: Expression,
    offset: u32,
}

/// What is said of an expression that is no such reference.
pub(crate) const NOT_STATIC: &str = "A single static variable reference is required: only attribute access \
    and indexing with constant keys. No calculations, function calls, template expressions, etc \
    are allowed here.";

impl StaticReference {
    /// Reads such a reference; one in quotes, as it was written long ago, with a warning.
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        file: FileId,
        source: &Expression,
    ) -> Option<StaticReference> {
        let span = reader.span(file, source);
        let (expression, offset) = match source {
            Expression::String(text) => {
                reader.warn(
                    span,
                    "Quoted references are deprecated",
                    "In this context, references are expected literally rather than in quotes. \
                     Terraform 0.11 and earlier required quotes, but quoted references are now \
                     deprecated and will be removed in a future version of Terraform. Remove the \
                     quotes surrounding this reference to silence this warning.",
                );
                (text.parse::<Expression>().ok(), span.start + 1)
            }
            other => (Some(other.clone()), 0),
        };
        let found =
            expression.and_then(|expression| StaticReference::of(reader, file, expression, offset));
        if found.is_none() {
            reader.error(span, "Invalid expression", NOT_STATIC);
        }
        found.map(|found| StaticReference { span, ..found })
    }

    /// Reads such a reference where quotes were never allowed.
    pub(crate) fn read_unquoted(
        reader: &mut Reader<'_>,
        file: FileId,
        source: &Expression,
    ) -> Option<StaticReference> {
        if source.is_str() {
            let span = reader.span(file, source);
            reader.error(span, "Invalid expression", NOT_STATIC);
            return None;
        }
        StaticReference::read(reader, file, source)
    }

    /// Where the first name stands.
    pub(crate) fn root_span(&self) -> Span {
        let length = u32::try_from(self.root.len()).unwrap_or(0);
        Span { end: self.span.start.saturating_add(length), ..self.span }
    }

    fn of(
        reader: &mut Reader<'_>,
        file: FileId,
        expression: Expression,
        offset: u32,
    ) -> Option<StaticReference> {
        let lowering = Lowering::new(reader, file, References::Allowed).offset_by(offset);
        let span = lowering.span(&expression);
        let (root, operators): (_, &[Decorated<TraversalOperator>]) = match &expression {
            Expression::Variable(name) => (name.as_str().to_owned(), &[]),
            Expression::Traversal(traversal) => {
                (traversal.expr.as_variable()?.as_str().to_owned(), &traversal.operators)
            }
            _ => return None,
        };
        let steps = operators
            .iter()
            .map(|operator| Some((step(operator)?, lowering.span(operator))))
            .collect::<Option<Vec<_>>>()?;
        Some(StaticReference { root, steps, span, file, expression, offset })
    }

    /// The same as an expression, its subject resolved.
    pub(crate) fn resolve(&self, reader: &mut Reader<'_>) -> Expr {
        Lowering::new(reader, self.file, References::Allowed)
            .offset_by(self.offset)
            .expr(&self.expression)
    }
}

fn step(operator: &TraversalOperator) -> Option<Step> {
    let index = |text: &str| Number::parse(text)?.to_i64()?.try_into().ok().map(Step::Index);
    match operator {
        TraversalOperator::GetAttr(name) => Some(Step::Attribute(name.as_str().into())),
        TraversalOperator::Index(Expression::String(key)) => Some(Step::Key(key.as_str().into())),
        TraversalOperator::Index(Expression::Number(number)) => index(&number.value().to_string()),
        TraversalOperator::LegacyIndex(number) => index(&number.to_string()),
        _ => None,
    }
}

/// The items of a list that is written out.
pub(crate) fn static_list<'e>(
    reader: &mut Reader<'_>,
    file: FileId,
    source: &'e Expression,
) -> Option<Vec<&'e Expression>> {
    match source {
        Expression::Array(items) => Some(items.iter().collect()),
        other => {
            let span = reader.span(file, other);
            reader.error(span, "Invalid expression", "A static list expression is required.");
            None
        }
    }
}

/// Keys and values of a map that is written out.
pub(crate) fn static_map<'e>(
    reader: &mut Reader<'_>,
    file: FileId,
    source: &'e Expression,
) -> Option<Vec<(Cow<'e, Expression>, &'e Expression)>> {
    let Expression::Object(object) = source else {
        let span = reader.span(file, source);
        reader.error(span, "Invalid expression", "A static map expression is required.");
        return None;
    };
    let entry = |(key, value): (&'e ObjectKey, &'e ObjectValue)| {
        let key = match key {
            ObjectKey::Ident(name) => Cow::Owned(Expression::Variable(name.clone())),
            ObjectKey::Expression(key) => Cow::Borrowed(key),
        };
        (key, value.expr())
    };
    Some(object.iter().map(entry).collect())
}

/// `depends_on`: references to whole objects.
pub(crate) fn depends_on(reader: &mut Reader<'_>, file: FileId, source: &Expression) -> Vec<Expr> {
    let items = static_list(reader, file, source).unwrap_or_default();
    let references: Vec<_> =
        items.into_iter().filter_map(|item| StaticReference::read(reader, file, item)).collect();
    let mut resolved = Vec::new();
    for reference in references {
        let expr = reference.resolve(reader);
        match attribute_behind(&expr) {
            Some(subject) => {
                let span = Span { start: subject.end, ..reference.span };
                reader.error(
                    span,
                    "Invalid depends_on reference",
                    "References in depends_on must be to a whole object (resource, etc), not to \
                     an attribute of an object.",
                );
            }
            None => resolved.push(expr),
        }
    }
    resolved
}

/// Where the object stands whose attribute an expression is. An output is an object of its own.
fn attribute_behind(expr: &Expr) -> Option<Span> {
    match &expr.kind {
        ExprKind::Index(source, _) => attribute_behind(source),
        ExprKind::Attribute(source, _) => {
            let object = match &source.kind {
                ExprKind::Index(object, _) => object,
                _ => source,
            };
            match &object.kind {
                ExprKind::Reference(Subject::Module(_)) => None,
                _ => attribute_behind(source).or(Some(source.span)),
            }
        }
        _ => None,
    }
}
