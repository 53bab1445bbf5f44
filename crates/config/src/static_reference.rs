//! References that stand for an object rather than for its value: `depends_on`,
//! `ignore_changes`, `provider`.

use std::collections::HashMap;

use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, TraversalOperator};
use meridian_lang::{Expr, ExprKind, FileId, Number, Span, Step, Subject};

use crate::json::{Embedded, Json};
use crate::lower::{Lowering, References};
use crate::reader::Reader;
use crate::syntax::expression_in;
use crate::term::{Key, Term};

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
    /// The string that it stands in, in JSON.
    embedded: Option<Embedded>,
}

/// What is said of an expression that is no such reference.
pub(crate) const NOT_STATIC: &str = "A single static variable reference is required: only attribute access \
    and indexing with constant keys. No calculations, function calls, template expressions, etc \
    are allowed here.";

impl StaticReference {
    /// Reads such a reference; one in quotes, as it was written long ago, with a warning.
    pub(crate) fn read<'e>(
        reader: &mut Reader<'_>,
        file: FileId,
        source: impl Into<Term<'e>>,
    ) -> Option<StaticReference> {
        match source.into() {
            Term::Native(source) => StaticReference::read_native(reader, file, source),
            Term::Json(value) => StaticReference::read_json(reader, file, value),
        }
    }

    /// In JSON the reference is the content of a string.
    fn read_json(reader: &mut Reader<'_>, file: FileId, value: &Json) -> Option<StaticReference> {
        let span = reader.span(file, value);
        let found = Embedded::of(reader, file, value).and_then(|embedded| {
            let expression = embedded.expression().ok()?;
            let found = embedded
                .read(reader, |inner, text| StaticReference::of(inner, text, expression, 0))?;
            let outside = |(step, place)| (step, embedded.span(place));
            let steps = found.steps.into_iter().map(outside).collect();
            Some(StaticReference { span, steps, embedded: Some(embedded), ..found })
        });
        if found.is_none() {
            reader.error(span, "Invalid expression", NOT_STATIC);
        }
        found
    }

    fn read_native(
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
                (expression_in(text), span.start + 1)
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
    pub(crate) fn read_unquoted<'e>(
        reader: &mut Reader<'_>,
        file: FileId,
        source: impl Into<Term<'e>>,
    ) -> Option<StaticReference> {
        let source = source.into();
        if let Term::Native(Expression::String(source)) = source {
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
        Some(StaticReference { root, steps, span, file, expression, offset, embedded: None })
    }

    /// The same as an expression, its subject resolved.
    pub(crate) fn resolve(&self, reader: &mut Reader<'_>) -> Expr {
        match &self.embedded {
            None => Lowering::new(reader, self.file, References::Allowed)
                .offset_by(self.offset)
                .expr(&self.expression),
            Some(embedded) => embedded.lower(reader, &self.expression),
        }
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
    source: impl Into<Term<'e>>,
) -> Option<Vec<Term<'e>>> {
    let source = source.into();
    let elements = source.elements();
    if elements.is_none() {
        let span = reader.span(file, &source);
        reader.error(span, "Invalid expression", "A static list expression is required.");
    }
    elements
}

/// Keys and values of a map that is written out.
pub(crate) fn static_map<'e>(
    reader: &mut Reader<'_>,
    file: FileId,
    source: impl Into<Term<'e>>,
) -> Option<Vec<(Key<'e>, Term<'e>)>> {
    let source = source.into();
    let Some(mut entries) = source.entries() else {
        let span = reader.span(file, &source);
        reader.error(span, "Invalid expression", "A static map expression is required.");
        return None;
    };
    // The parser was given another name for a key that the object has already.
    let mut known: HashMap<String, usize> = HashMap::new();
    for at in 0..entries.len() {
        let Key::Native(key) = &entries[at].0 else {
            continue;
        };
        let text = reader.sources.excerpt(reader.span(file, &**key));
        let written: String = text.split_whitespace().collect();
        match known.get(&written) {
            Some(first) if key.as_variable().is_some_and(|name| name.as_str() != text) => {
                entries[at].0 = entries[*first].0.clone();
            }
            _ => {
                known.entry(written).or_insert(at);
            }
        }
    }
    Some(entries)
}

/// `depends_on`: references to whole objects.
pub(crate) fn depends_on<'e>(
    reader: &mut Reader<'_>,
    file: FileId,
    source: impl Into<Term<'e>>,
) -> Vec<Expr> {
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
