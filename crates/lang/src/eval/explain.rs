//! The values that an error is about.

use super::Evaluator;
use super::access::{attribute_of, element_of};
use crate::expr::{Expr, ExprKind, PathRoot, RepetitionPart, Subject};
use crate::{Diagnostic, Kind, Marks, Span, Type, Value};

/// How many values an error shows at most.
const MOST_VALUES: usize = 12;

/// How the statement about an unknown value begins.
const UNKNOWN: &str = "is a ";

/// A reference with the constant steps behind it.
struct Traversal<'a> {
    subject: &'a Subject,
    span: Span,
    steps: Vec<Step<'a>>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Attribute(&'a str),
    Index(&'a Value),
}

impl Evaluator<'_> {
    /// Notes what is wrong with an expression, with the values that it refers to; the value to go
    /// on with.
    pub(super) fn fail_about(&mut self, diagnostic: Diagnostic, expr: &Expr) -> Value {
        let diagnostic = self.explain(diagnostic, expr);
        self.fail(diagnostic)
    }

    /// Like [`Evaluator::fail_about`], with the known values only.
    pub(super) fn fail_about_known(&mut self, diagnostic: Diagnostic, expr: &Expr) -> Value {
        let mut diagnostic = self.explain(diagnostic, expr);
        diagnostic.values.retain(|(_, said)| !said.starts_with(UNKNOWN));
        self.fail(diagnostic)
    }

    /// The diagnostic with the values that an expression refers to, in Terraform's words. What is
    /// sensitive or ephemeral is not mentioned.
    pub(super) fn explain(&self, mut diagnostic: Diagnostic, expr: &Expr) -> Diagnostic {
        let mut found = Vec::new();
        traversals(expr, &mut found);
        for traversal in found {
            if let Some(said) = self.statement(traversal)
                && !diagnostic.values.contains(&said)
            {
                diagnostic.values.push(said);
            }
        }
        diagnostic.values.sort();
        diagnostic.values.truncate(MOST_VALUES);
        diagnostic
    }

    /// The longest part of a traversal that has a value, and what that is.
    fn statement(&self, mut traversal: Traversal<'_>) -> Option<(String, String)> {
        let root = match traversal.subject {
            Subject::Bound(name) => {
                self.bound.iter().rev().find(|(bound, _)| bound == name)?.1.clone()
            }
            subject => self.scope.value(subject, traversal.span).ok()?,
        };
        let value = loop {
            match follow(&root, &traversal.steps) {
                Some(value) => break value,
                None => drop(traversal.steps.pop()?),
            }
        };
        // A name alone says too little to be worth a line.
        if traversal.steps.is_empty() && matches!(traversal.subject, Subject::Bound(_)) {
            return None;
        }
        let said = match value.kind() {
            _ if !value.marks().is_none() => return None,
            Kind::Unknown(unknown) if unknown.ty == Type::Dynamic => return None,
            Kind::Unknown(unknown) => format!("{UNKNOWN}{}", unknown.ty.friendly_name()),
            _ => format!("is {}", compact(&value)),
        };
        Some((traversal.text(), said))
    }
}

impl Traversal<'_> {
    fn text(&self) -> String {
        let mut text = subject_text(self.subject);
        for step in &self.steps {
            match step {
                Step::Attribute(name) => text.push_str(&format!(".{name}")),
                Step::Index(key) => match key.as_str() {
                    Some(key) => text.push_str(&format!("[{key:?}]")),
                    None => text.push_str(&format!("[{}]", compact(key))),
                },
            }
        }
        text
    }
}

fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::Variable(name) => format!("var.{name}"),
        Subject::Local(name) => format!("local.{name}"),
        Subject::Resource(ty, name) => format!("{ty}.{name}"),
        Subject::Data(ty, name) => format!("data.{ty}.{name}"),
        Subject::Ephemeral(ty, name) => format!("ephemeral.{ty}.{name}"),
        Subject::Module(name) => format!("module.{name}"),
        Subject::Repetition(RepetitionPart::EachKey) => "each.key".into(),
        Subject::Repetition(RepetitionPart::EachValue) => "each.value".into(),
        Subject::Repetition(RepetitionPart::CountIndex) => "count.index".into(),
        Subject::Path(PathRoot::Module) => "path.module".into(),
        Subject::Path(PathRoot::Root) => "path.root".into(),
        Subject::Path(PathRoot::Cwd) => "path.cwd".into(),
        Subject::Workspace => "terraform.workspace".into(),
        Subject::SelfObject => "self".into(),
        Subject::Bound(name) => name.to_string(),
    }
}

fn follow(root: &Value, steps: &[Step<'_>]) -> Option<Value> {
    steps.iter().try_fold(root.clone(), |whole, step| {
        let part = match step {
            Step::Attribute(name) => attribute_of(&whole, name),
            Step::Index(key) => element_of(&whole, key),
        };
        Some(part.ok()?.mark(whole.marks()))
    })
}

/// The references of an expression, each as long as its steps are constant. Names that the
/// expression itself binds are left out.
fn traversals<'a>(expr: &'a Expr, found: &mut Vec<Traversal<'a>>) {
    let mut inner_names: Vec<&str> = Vec::new();
    let mut left = vec![expr];
    while let Some(expr) = left.pop() {
        if let Some(traversal) = traversal(expr) {
            found.push(traversal);
            continue;
        }
        match &expr.kind {
            ExprKind::For(each) => {
                inner_names.extend(each.key_name.as_deref());
                inner_names.push(&each.value_name);
            }
            ExprKind::Splat { element, .. } => inner_names.push(element),
            _ => {}
        }
        expr.children(&mut left);
    }
    found.retain(|traversal| match traversal.subject {
        // The element of a splat has no name that could be shown.
        Subject::Bound(name) => !name.starts_with('*') && !inner_names.contains(&&**name),
        _ => true,
    });
}

fn traversal(expr: &Expr) -> Option<Traversal<'_>> {
    let mut steps = Vec::new();
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Reference(subject) => {
                steps.reverse();
                return Some(Traversal { subject, span: at.span, steps });
            }
            ExprKind::Attribute(source, name) => {
                steps.push(Step::Attribute(name));
                at = source;
            }
            ExprKind::Index(source, key) => {
                let ExprKind::Literal(key) = &key.kind else {
                    return None;
                };
                steps.push(Step::Index(key));
                at = source;
            }
            _ => return None,
        }
    }
}

/// A value in a few words. Its parts are not shown, for they may be marked.
fn compact(value: &Value) -> String {
    debug_assert!(value.marks() == Marks::NONE, "what is marked is not shown");
    let counted = |count: usize| {
        let name = value.ty().friendly_name();
        match count {
            0 => format!("empty {name}"),
            1 => format!("{name} with 1 element"),
            count => format!("{name} with {count} elements"),
        }
    };
    match value.kind() {
        Kind::Null(_) => "null".into(),
        Kind::Unknown(_) => "(not yet known)".into(),
        Kind::Bool(truth) => truth.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => format!("{text:?}"),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            counted(elements.len())
        }
        Kind::Map(_, entries) => counted(entries.len()),
        Kind::Object(attributes) => match attributes.len() {
            0 => "object with no attributes".into(),
            1 => {
                let name = attributes.keys().next().map_or("", |name| name);
                format!("object with 1 attribute {name:?}")
            }
            count => format!("object with {count} attributes"),
        },
    }
}
