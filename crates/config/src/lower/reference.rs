//! References: what a name and the steps behind it are about.

use std::sync::Arc;

use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use meridian_lang::{Expr, ExprKind, PathRoot, RepetitionPart, Span, Subject, Value, nearest};

use super::{Lowering, References};

type Operators = [Decorated<TraversalOperator>];

/// Names that may become roots of references one day.
const RESERVED: [&str; 3] = ["template", "lazy", "arg"];

impl Lowering<'_, '_> {
    pub(super) fn traversal(&mut self, traversal: &Traversal, span: Span) -> Expr {
        match &traversal.expr {
            Expression::Variable(name) => {
                self.reference(name.as_str(), &traversal.operators, self.span(name).to(span))
            }
            source => {
                let base = self.expr(source);
                self.steps(base, &traversal.operators)
            }
        }
    }

    /// A name and all that follows it, together at `span`.
    pub(super) fn reference(&mut self, name: &str, operators: &Operators, span: Span) -> Expr {
        let length = u32::try_from(name.len()).unwrap_or(0);
        let root = Span { end: span.start + length, ..span };
        if let Some(bound) = self.bound.iter().rev().find(|bound| &***bound == name) {
            let kind = ExprKind::Reference(Subject::Bound(bound.clone()));
            return self.steps(Expr { span: root, kind }, operators);
        }
        if self.references == References::Template {
            let kind = ExprKind::Reference(Subject::Variable(name.into()));
            return self.steps(Expr { span: root, kind }, operators);
        }
        if self.references == References::Forbidden {
            return self.error(span, "Variables not allowed", "Variables may not be used here.");
        }
        match self.subject(name, operators, root) {
            Ok((subject, taken)) => {
                let end = operators[..taken].last().map_or(root, |last| self.span(last));
                let base = Expr { span: root.to(end), kind: ExprKind::Reference(subject) };
                self.steps(base, &operators[taken..])
            }
            Err(Invalid { summary, detail, span }) => self.error(span, &summary, detail),
        }
    }

    /// What a name refers to, and how many of the steps behind it belong to that.
    fn subject(
        &self,
        name: &str,
        operators: &Operators,
        root: Span,
    ) -> Result<(Subject, usize), Invalid> {
        match name {
            "self" => Ok((Subject::SelfObject, 0)),
            "var" | "local" | "module" | "count" | "each" | "path" | "terraform" => {
                let Some(step) = operators.first() else {
                    let detail = format!(
                        "The {name:?} object cannot be accessed directly. Instead, access one of \
                         its attributes."
                    );
                    return Err(Invalid::reference(root, detail));
                };
                let Some(attribute) = name_of(step) else {
                    let detail = format!("The {name:?} object does not support this operation.");
                    return Err(Invalid::reference(self.span(step), detail));
                };
                let span = root.to(self.span(step));
                attribute_subject(name, attribute, span).map(|subject| (subject, 1))
            }
            "data" | "resource" | "ephemeral" => self.typed_subject(name, operators, root),
            reserved if RESERVED.contains(&reserved) => Err(Invalid {
                summary: "Reserved symbol name".into(),
                detail: format!(
                    "The symbol name {reserved:?} is reserved for use in a future Terraform \
                     version. If you are using a provider that already uses this as a resource \
                     type name, add the prefix \"resource.\" to force interpretation as a \
                     resource type name."
                ),
                span: root,
            }),
            type_name => match operators.first().map(|step| (name_of(step), step)) {
                Some((Some(name), _)) => Ok((Subject::Resource(type_name.into(), name.into()), 1)),
                Some((None, step)) => {
                    Err(Invalid::reference(self.span(step), unnamed("a resource type")))
                }
                None => Err(Invalid::reference(root, unnamed("a resource type"))),
            },
        }
    }

    /// The subject of `data.TYPE.NAME`, `resource.TYPE.NAME` and `ephemeral.TYPE.NAME`.
    fn typed_subject(
        &self,
        mode: &str,
        operators: &Operators,
        root: Span,
    ) -> Result<(Subject, usize), Invalid> {
        let what = match mode {
            "data" => "data source",
            "ephemeral" => "ephemeral resource",
            _ => "resource",
        };
        let [first, second, ..] = operators else {
            let detail = format!(
                "The {mode:?} object must be followed by two attribute names: the {what} type and \
                 the resource name."
            );
            let end = operators.last().map_or(root, |last| self.span(last));
            return Err(Invalid::reference(root.to(end), detail));
        };
        let (Some(type_name), Some(name)) = (name_of(first), name_of(second)) else {
            let what = if mode == "data" { "a data source" } else { "a resource type" };
            return Err(Invalid::reference(self.span(second), unnamed(what)));
        };
        let subject = match mode {
            "data" => Subject::Data,
            "ephemeral" => Subject::Ephemeral,
            _ => Subject::Resource,
        };
        Ok((subject(type_name.into(), name.into()), 2))
    }

    /// The steps behind an expression: attributes, indexes and splats.
    pub(super) fn steps(&mut self, base: Expr, operators: &Operators) -> Expr {
        let mut expr = base;
        for (at, operator) in operators.iter().enumerate() {
            let span = expr.span.to(self.span(operator));
            let rest = &operators[at + 1..];
            let kind = match operator.value() {
                TraversalOperator::GetAttr(name) => {
                    ExprKind::Attribute(Box::new(expr), name.as_str().into())
                }
                TraversalOperator::Index(key) => {
                    ExprKind::Index(Box::new(expr), Box::new(self.expr(key)))
                }
                TraversalOperator::LegacyIndex(index) => {
                    if let Some(next) = rest.first()
                        && let TraversalOperator::LegacyIndex(second) = next.value()
                    {
                        let detail = format!(
                            "When using the legacy index syntax, chaining two indexes together is \
                             not permitted. Use the proper index syntax instead, like [{}][{}].",
                            index.value(),
                            second.value(),
                        );
                        let place = self.span(operator).to(self.span(next));
                        return self.error(place, "Invalid legacy index syntax", detail);
                    }
                    let key = ExprKind::Literal(Value::number(*index.value()));
                    let key = Expr { span: self.span(operator), kind: key };
                    ExprKind::Index(Box::new(expr), Box::new(key))
                }
                TraversalOperator::FullSplat(_) => return self.splat(expr, span, rest),
                TraversalOperator::AttrSplat(_) => {
                    let simple = |operator: &Decorated<TraversalOperator>| {
                        matches!(
                            operator.value(),
                            TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_)
                        )
                    };
                    let inner = rest.iter().take_while(|operator| simple(operator)).count();
                    if let Some(next) = rest.get(inner)
                        && matches!(next.value(), TraversalOperator::AttrSplat(_))
                    {
                        return self.error(
                            self.span(next),
                            "Nested splat expression not allowed",
                            "A splat expression (*) cannot be used inside another attribute-only \
                             splat expression.",
                        );
                    }
                    let splat = self.splat(expr, span, &rest[..inner]);
                    return self.steps(splat, &rest[inner..]);
                }
            };
            expr = Expr { span, kind };
        }
        expr
    }

    /// A splat over `source`, with `operators` applied to each element.
    fn splat(&mut self, source: Expr, span: Span, operators: &Operators) -> Expr {
        // No name of the language begins with a star, so it cannot hide another.
        let element: Arc<str> = format!("*{}", self.splats).into();
        let item = ExprKind::Reference(Subject::Bound(element.clone()));
        let item = Expr { span: Span { start: source.span.end.min(span.end), ..span }, kind: item };
        self.splats += 1;
        let each = self.steps(item, operators);
        self.splats -= 1;
        let span = span.to(each.span);
        Expr {
            span,
            kind: ExprKind::Splat { source: Box::new(source), element, each: Box::new(each) },
        }
    }
}

/// The subject of an attribute of one of the language's own objects.
fn attribute_subject(object: &str, attribute: &str, span: Span) -> Result<Subject, Invalid> {
    let hint = match (object, attribute) {
        ("var", name) => return Ok(Subject::Variable(name.into())),
        ("local", name) => return Ok(Subject::Local(name.into())),
        ("module", name) => return Ok(Subject::Module(name.into())),
        ("count", "index") => return Ok(Subject::Repetition(RepetitionPart::CountIndex)),
        ("each", "key") => return Ok(Subject::Repetition(RepetitionPart::EachKey)),
        ("each", "value") => return Ok(Subject::Repetition(RepetitionPart::EachValue)),
        ("path", "module") => return Ok(Subject::Path(PathRoot::Module)),
        ("path", "root") => return Ok(Subject::Path(PathRoot::Root)),
        ("path", "cwd") => return Ok(Subject::Path(PathRoot::Cwd)),
        ("terraform", "workspace") => return Ok(Subject::Workspace),
        ("count", _) => {
            " The only supported attribute is count.index, which is the index of each instance of \
             a resource block that has the \"count\" argument set."
                .to_owned()
        }
        ("each", _) => {
            " The supported attributes are each.key and each.value, the current key and value \
             pair of the \"for_each\" attribute set."
                .to_owned()
        }
        ("path", other) => nearest(other, ["cwd", "module", "root"])
            .map(|meant| format!(" Did you mean {meant:?}?"))
            .unwrap_or_default(),
        _ => " The only supported attribute is terraform.workspace, the name of the \
            currently-selected workspace."
            .to_owned(),
    };
    Err(Invalid {
        summary: format!("Invalid {object:?} attribute"),
        detail: format!(
            "The {object:?} object does not have an attribute named {attribute:?}.{hint}"
        ),
        span,
    })
}

/// The name in `.name`.
fn name_of(operator: &TraversalOperator) -> Option<&str> {
    match operator {
        TraversalOperator::GetAttr(name) => Some(name.as_str()),
        _ => None,
    }
}

fn unnamed(what: &str) -> String {
    format!(
        "A reference to {what} must be followed by at least one attribute access, specifying the \
         resource name."
    )
}

/// Why a reference refers to nothing.
struct Invalid {
    summary: String,
    detail: String,
    span: Span,
}

impl Invalid {
    fn reference(span: Span, detail: String) -> Invalid {
        Invalid { summary: "Invalid reference".into(), detail, span }
    }
}
