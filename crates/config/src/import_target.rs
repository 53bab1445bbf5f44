//! What an `import` block's address names, its keys left as expressions.

use std::sync::Arc;

use meridian_lang::{
    ConfigResource, Expr, ExprKind, ModulePath, ResourceMode, Span, Subject, Value,
};

use crate::model::{Config, Import};

/// The parts of an address in an `import` block.
#[derive(Clone, Debug)]
pub struct ImportTarget<'a> {
    /// The calls that lead to the module, each with its key.
    pub modules: Vec<(Arc<str>, Option<&'a Expr>)>,
    /// What kind of block is named.
    pub mode: ResourceMode,
    /// The type's name.
    pub type_name: Arc<str>,
    /// The resource's name.
    pub name: Arc<str>,
    /// The key of the instance.
    pub key: Option<&'a Expr>,
}

/// A step behind the first name.
enum ExprStep<'a> {
    Attribute(&'a Arc<str>, Span),
    Index(&'a Expr),
}

impl Import {
    /// The parts of the address that the object is to have. Its keys are expressions, which may
    /// look at `each`.
    pub fn target(&self) -> Option<ImportTarget<'_>> {
        ImportTarget::of(&self.to).ok()
    }

    /// The resource that no block describes, if a block can be generated for it: one resource of
    /// the root module, without `count` and `for_each`.
    pub fn undescribed(&self, config: &Config) -> Option<ImportTarget<'_>> {
        let target = self.target()?;
        let is_single =
            self.for_each.is_none() && target.key.is_none() && target.modules.is_empty();
        (is_single && config.resource(&target.config()).is_none()).then_some(target)
    }
}

impl<'a> ImportTarget<'a> {
    /// Takes an address apart; else where and why it is none, or nothing if it is no reference.
    pub(crate) fn of(expr: &'a Expr) -> Result<ImportTarget<'a>, Option<(Span, &'static str)>> {
        let mut steps = Vec::new();
        let subject = subject(expr, &mut steps).ok_or(None)?;
        let mut steps = steps.into_iter().peekable();
        let key = |steps: &mut std::iter::Peekable<std::vec::IntoIter<ExprStep<'a>>>| match steps
            .next_if(|step| matches!(step, ExprStep::Index(_)))
        {
            Some(ExprStep::Index(key)) => Some(key),
            _ => None,
        };
        let mut modules = Vec::new();
        let (mode, type_name, name) = match subject {
            Subject::Resource(type_name, name) => (ResourceMode::Managed, type_name, name),
            Subject::Data(type_name, name) => (ResourceMode::Data, type_name, name),
            Subject::Ephemeral(type_name, name) => (ResourceMode::Ephemeral, type_name, name),
            Subject::Module(call) => {
                const NO_RESOURCE: &str = "A resource instance address is required here. The \
                    module path must be followed by a resource instance specification.";
                let missing = Some((expr.span, NO_RESOURCE));
                modules.push((call.clone(), key(&mut steps)));
                loop {
                    let word = attribute(steps.next()).ok_or(missing)?;
                    let next = attribute(steps.next()).ok_or(missing)?;
                    let mode = match &**word {
                        "module" => {
                            modules.push((next.clone(), key(&mut steps)));
                            continue;
                        }
                        "data" => ResourceMode::Data,
                        "ephemeral" => ResourceMode::Ephemeral,
                        "resource" => ResourceMode::Managed,
                        _ => break (ResourceMode::Managed, word, next),
                    };
                    break (mode, next, attribute(steps.next()).ok_or(missing)?);
                }
            }
            _ => return Err(None),
        };
        let key = key(&mut steps);
        match steps.next() {
            None => {}
            Some(ExprStep::Attribute(_, span)) if key.is_none() => {
                return Err(Some((
                    span,
                    "Resource instance key must be given in square brackets.",
                )));
            }
            Some(_) => return Err(Some((expr.span, "Unexpected extra operators after address."))),
        }
        Ok(ImportTarget { modules, mode, type_name: type_name.clone(), name: name.clone(), key })
    }

    /// The block that is named.
    pub fn config(&self) -> ConfigResource {
        ConfigResource {
            module: self.modules.iter().map(|(name, _)| name.clone()).collect::<ModulePath>(),
            mode: self.mode,
            type_name: self.type_name.clone(),
            name: self.name.clone(),
        }
    }

    /// The keys of modules and of the instance.
    pub fn keys(&self) -> Vec<&'a Expr> {
        self.modules.iter().map(|(_, key)| *key).chain([self.key]).flatten().collect()
    }

    /// Whether every key is written out.
    pub(crate) fn is_literal(&self) -> bool {
        self.keys().into_iter().all(|key| literal(key).is_some())
    }
}

/// The value of an expression that is a literal.
pub(crate) fn literal(expr: &Expr) -> Option<&Value> {
    match &expr.kind {
        ExprKind::Literal(value) => Some(value),
        _ => None,
    }
}

/// What an expression begins with; the steps behind it go to `steps`.
fn subject<'a>(expr: &'a Expr, steps: &mut Vec<ExprStep<'a>>) -> Option<&'a Subject> {
    let mut expr = expr;
    let subject = loop {
        match &expr.kind {
            ExprKind::Reference(subject) => break subject,
            ExprKind::Attribute(source, name) => {
                let span = Span { start: source.span.end, ..expr.span };
                steps.push(ExprStep::Attribute(name, span));
                expr = source;
            }
            ExprKind::Index(source, key) => {
                steps.push(ExprStep::Index(key));
                expr = source;
            }
            _ => return None,
        }
    };
    steps.reverse();
    Some(subject)
}

fn attribute<'a>(step: Option<ExprStep<'a>>) -> Option<&'a Arc<str>> {
    match step {
        Some(ExprStep::Attribute(name, _)) => Some(name),
        _ => None,
    }
}
