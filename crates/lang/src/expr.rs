//! Expressions in a compact form of our own, lowered from the parser's tree.
//!
//! References are resolved to a [`Subject`] when the tree is built, so that the graph
//! and the evaluator never look at names again.

use std::sync::Arc;

use crate::{Span, Value};

/// An expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// What a reference is about; what follows it in the source are attribute and index steps.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// `var.NAME`
    Variable(Arc<str>),
    /// `local.NAME`
    Local(Arc<str>),
    /// `TYPE.NAME`
    Resource(Arc<str>, Arc<str>),
    /// `data.TYPE.NAME`
    Data(Arc<str>, Arc<str>),
    /// `ephemeral.TYPE.NAME`
    Ephemeral(Arc<str>, Arc<str>),
    /// `module.NAME`
    Module(Arc<str>),
    /// `each.key`, `each.value`, `count.index`
    Repetition(RepetitionPart),
    /// `path.module`, `path.root`, `path.cwd`
    Path(PathRoot),
    /// `terraform.workspace`
    Workspace,
    /// `self`
    SelfObject,
    /// A name bound by a `for` expression around the reference.
    Bound(Arc<str>),
}

/// What a repeated block knows of its repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RepetitionPart {
    /// `each.key`
    EachKey,
    /// `each.value`
    EachValue,
    /// `count.index`
    CountIndex,
}

/// A folder that the configuration can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathRoot {
    /// The folder of the module.
    Module,
    /// The folder of the root module.
    Root,
    /// The folder in which the command was given.
    Cwd,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A literal.
    Literal(Value),
    /// A reference, without the steps that follow it.
    Reference(Subject),
    /// `"…${…}…"`, `%{ if }`, `%{ for }`, heredocs. Always a string, except that a template
    /// of exactly one interpolation is lowered to that interpolation's expression itself.
    Template(Vec<TemplatePart>),
    /// `source.name`
    Attribute(Box<Expr>, Arc<str>),
    /// `source[key]`, and the legacy `source.0`
    Index(Box<Expr>, Box<Expr>),
    /// `source[*]…` or `source.*…`: `each` is evaluated for every element, which it sees as
    /// [`Subject::Bound`] of the name given here.
    Splat {
        /// What is walked over.
        source: Box<Expr>,
        /// The name under which `each` sees the element; no name of the language can equal it.
        element: Arc<str>,
        /// Evaluated for each element.
        each: Box<Expr>,
    },
    /// `name(arguments)`, with `expand` for `name(arguments...)`
    Call {
        /// The function's name; namespaces are written with `::`.
        name: Arc<str>,
        /// Where the name stands.
        name_span: Span,
        /// The arguments.
        arguments: Vec<Expr>,
        /// Whether the last argument is spread.
        expand: bool,
    },
    /// `-x`, `!x`
    Unary(UnaryOperator, Box<Expr>),
    /// `a + b`
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// `condition ? yes : no`
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[a, b]`
    Tuple(Vec<Expr>),
    /// `{ a = b }`
    Object(Vec<ObjectItem>),
    /// `[for …]`, `{for …}`
    For(Box<ForExpr>),
    /// `(x)`: kept apart because `{ (x) = 1 }` and `"${(x)}"` tell it from `x`.
    Parentheses(Box<Expr>),
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum TemplatePart {
    /// Text as it stands, escapes resolved, strip markers applied.
    Literal(Arc<str>),
    /// `${…}`
    Interpolation(Expr),
    /// `%{ if … }…%{ else }…%{ endif }`
    If {
        /// The condition.
        condition: Expr,
        /// When true.
        yes: Vec<TemplatePart>,
        /// When false.
        no: Vec<TemplatePart>,
    },
    /// `%{ for k, v in … }…%{ endfor }`
    For {
        /// Name for the key or index, if one was given.
        key: Option<Arc<str>>,
        /// Name for the element.
        value: Arc<str>,
        /// What is walked over.
        collection: Expr,
        /// Repeated for each element.
        body: Vec<TemplatePart>,
    },
}

/// An entry of an object constructor. A bare name as key is lowered to a literal.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectItem {
    /// The key.
    pub key: Expr,
    /// The value.
    pub value: Expr,
}

/// A `for` expression.
#[derive(Clone, Debug, PartialEq)]
pub struct ForExpr {
    /// Name for the key or index, if one was given.
    pub key_name: Option<Arc<str>>,
    /// Name for the element.
    pub value_name: Arc<str>,
    /// What is walked over.
    pub collection: Expr,
    /// Key of each entry; without one the result is a tuple.
    pub key: Option<Expr>,
    /// Value of each entry.
    pub value: Expr,
    /// Whether values of equal keys are gathered (`...`).
    pub group: bool,
    /// Which elements take part.
    pub condition: Option<Expr>,
}

/// Operators of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-x`
    Negate,
    /// `!x`
    Not,
}

/// Operators of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `&&`
    And,
    /// `||`
    Or,
}

impl Expr {
    /// Calls `visit` on this expression and on each below it, outermost first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        // A list of our own, since a chain of operators may be longer than the stack is deep.
        let mut left = vec![self];
        while let Some(expr) = left.pop() {
            visit(expr);
            let first = left.len();
            expr.children(&mut left);
            left[first..].reverse();
        }
    }

    /// Adds the expressions right below this one, in the order of the source.
    pub(crate) fn children<'a>(&'a self, found: &mut Vec<&'a Expr>) {
        match &self.kind {
            ExprKind::Literal(_) | ExprKind::Reference(_) => {}
            ExprKind::Template(parts) => part_expressions(parts, found),
            ExprKind::Attribute(source, _)
            | ExprKind::Unary(_, source)
            | ExprKind::Parentheses(source) => found.push(source),
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => found.extend([&**a, &**b]),
            ExprKind::Splat { source, each, .. } => found.extend([&**source, &**each]),
            ExprKind::Call { arguments, .. } | ExprKind::Tuple(arguments) => {
                found.extend(arguments);
            }
            ExprKind::Conditional(condition, yes, no) => {
                found.extend([&**condition, &**yes, &**no]);
            }
            ExprKind::Object(items) => {
                found.extend(items.iter().flat_map(|item| [&item.key, &item.value]));
            }
            ExprKind::For(each) => {
                found.push(&each.collection);
                found.extend(each.key.as_ref());
                found.push(&each.value);
                found.extend(each.condition.as_ref());
            }
        }
    }

    /// What this expression refers to, with the place of each reference; names bound inside the
    /// expression are left out.
    pub fn references(&self) -> Vec<Reference> {
        let mut found: Vec<Reference> = Vec::new();
        let mut outputs: Vec<(Span, Arc<str>)> = Vec::new();
        self.walk(&mut |expr| match &expr.kind {
            // The steps behind a module come before the module itself on this walk.
            ExprKind::Attribute(source, name) => {
                if let Some(module) = module_of(source) {
                    outputs.push((module, name.clone()));
                }
            }
            ExprKind::Reference(subject) if !matches!(subject, Subject::Bound(_)) => {
                let output = outputs.iter().find(|(module, _)| *module == expr.span);
                let output = output.map(|(_, name)| name.clone());
                found.push(Reference { subject: subject.clone(), span: expr.span, output });
            }
            _ => {}
        });
        found
    }
}

/// Where a module is referred to, if that is what this is: `module.a` or `module.a[key]`.
fn module_of(expr: &Expr) -> Option<Span> {
    match &expr.kind {
        ExprKind::Reference(Subject::Module(_)) => Some(expr.span),
        ExprKind::Index(source, _) => match &source.kind {
            ExprKind::Reference(Subject::Module(_)) => Some(source.span),
            _ => None,
        },
        _ => None,
    }
}

/// A reference within an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// What it is about.
    pub subject: Subject,
    /// Where it stands, without the steps that follow the subject.
    pub span: Span,
    /// For a module: the only output that is looked at, if it is named.
    pub output: Option<Arc<str>>,
}

fn part_expressions<'a>(parts: &'a [TemplatePart], found: &mut Vec<&'a Expr>) {
    for part in parts {
        match part {
            TemplatePart::Literal(_) => {}
            TemplatePart::Interpolation(expr) => found.push(expr),
            TemplatePart::If { condition, yes, no } => {
                found.push(condition);
                part_expressions(yes, found);
                part_expressions(no, found);
            }
            TemplatePart::For { collection, body, .. } => {
                found.push(collection);
                part_expressions(body, found);
            }
        }
    }
}

/// The content of a block before anyone has looked at a schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Arguments in source order.
    pub attributes: Vec<BodyAttribute>,
    /// Nested blocks in source order.
    pub blocks: Vec<BodyBlock>,
    /// The whole body, braces included.
    pub span: Span,
}

/// An argument: `name = expr`.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyAttribute {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// Its expression.
    pub expr: Expr,
}

/// A nested block: `name "label" { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyBlock {
    /// Its type.
    pub name: Arc<str>,
    /// Where the block's header stands.
    pub name_span: Span,
    /// Its labels.
    pub labels: Vec<(Arc<str>, Span)>,
    /// Its content.
    pub body: Body,
    /// For a `dynamic` block: what it is repeated over.
    pub dynamic: Option<Box<Dynamic>>,
}

/// What a `dynamic` block is repeated over.
#[derive(Clone, Debug, PartialEq)]
pub struct Dynamic {
    /// One block is made for each element.
    pub for_each: Expr,
    /// The name under which the block's content sees the element, as [`Subject::Bound`]: an object
    /// of `key` and `value`.
    pub iterator: Arc<str>,
    /// The labels of each block, which see the element too.
    pub labels: Vec<Expr>,
}

impl Body {
    /// The argument of that name.
    pub fn attribute(&self, name: &str) -> Option<&BodyAttribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }

    /// Calls `visit` on every expression in the body, nested blocks included.
    pub fn each_expr<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        self.attributes.iter().for_each(|attribute| visit(&attribute.expr));
        for block in &self.blocks {
            if let Some(dynamic) = &block.dynamic {
                visit(&dynamic.for_each);
                dynamic.labels.iter().for_each(&mut *visit);
            }
            block.body.each_expr(visit);
        }
    }
}
