//! What expressions refer to, as far as the steps that follow are written out.

use std::fmt::Write as _;
use std::ptr;
use std::sync::Arc;

use meridian_lang::{
    Expr, ExprKind, InstanceKey, Json, Kind, PathRoot, RepetitionPart, Subject, Value,
};

/// A reference with the steps that follow it: `aws_kms_key.a["eu"].arn`. Steps end at an index
/// that is itself to be evaluated, and at a splat.
#[derive(Clone, Debug)]
pub(super) struct Traversal<'e> {
    /// What it is about, with the instance or output that is named.
    pub target: Target<'e>,
    /// The steps from there.
    pub steps: Vec<Step<'e>>,
}

/// A step into a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'e> {
    /// `.name`
    Attribute(&'e Arc<str>),
    /// `[key]` with a number or a text.
    Key(&'e Value),
}

/// What a reference is about.
#[derive(Clone, Debug)]
pub(super) enum Target<'e> {
    /// A resource, data source or ephemeral resource, or one instance of it.
    Resource(&'e Subject, Option<InstanceKey>),
    /// A module, or one instance of it, with all its outputs.
    Call(&'e Arc<str>, Option<InstanceKey>),
    /// An output of a module.
    Output(&'e Arc<str>, Option<InstanceKey>, &'e Arc<str>),
    /// Anything else.
    Other(&'e Subject),
}

/// Every reference within an expression, in the order of the source; names that are bound within
/// it are left out.
pub(super) fn traversals(expr: &Expr) -> Vec<Traversal<'_>> {
    let mut found = Vec::new();
    // The reference whose steps have been taken already, while the walk is on its way to it.
    let mut inside: Option<&Expr> = None;
    expr.walk(&mut |expr| match inside {
        Some(root) if ptr::eq(root, expr) => inside = None,
        Some(_) => {}
        None => {
            if let Some((root, subject, steps)) = chain(expr) {
                if !matches!(subject, Subject::Bound(_)) {
                    found.push(Traversal::of(subject, steps));
                }
                inside = (!ptr::eq(root, expr)).then_some(root);
            }
        }
    });
    found
}

/// The reference that an expression is, with its steps.
fn chain(expr: &Expr) -> Option<(&Expr, &Subject, Vec<Step<'_>>)> {
    let mut steps = Vec::new();
    let mut here = expr;
    loop {
        match &here.kind {
            ExprKind::Reference(subject) => {
                steps.reverse();
                return Some((here, subject, steps));
            }
            ExprKind::Attribute(source, name) => {
                steps.push(Step::Attribute(name));
                here = source;
            }
            ExprKind::Index(source, key) => {
                let ExprKind::Literal(key) = &key.kind else {
                    return None;
                };
                if !matches!(key.kind(), Kind::Number(_) | Kind::String(_)) {
                    return None;
                }
                steps.push(Step::Key(key));
                here = source;
            }
            _ => return None,
        }
    }
}

impl<'e> Traversal<'e> {
    fn of(subject: &'e Subject, steps: Vec<Step<'e>>) -> Traversal<'e> {
        let mut rest = steps.into_iter().peekable();
        let target = match subject {
            Subject::Resource(..) | Subject::Data(..) | Subject::Ephemeral(..) => {
                Target::Resource(subject, rest.next_if(|step| step.key().is_some()).and_then(key))
            }
            Subject::Module(call) => {
                let key = rest.next_if(|step| step.key().is_some()).and_then(key);
                match rest.next_if(|step| step.key().is_none()) {
                    Some(Step::Attribute(output)) => Target::Output(call, key, output),
                    _ => Target::Call(call, key),
                }
            }
            other => Target::Other(other),
        };
        Traversal { target, steps: rest.collect() }
    }

    /// The reference as the configuration writes it.
    pub fn text(&self) -> String {
        let mut text = self.target.text();
        self.steps.iter().for_each(|step| step.write(&mut text));
        text
    }

    /// The texts that Terraform lists for it: with all steps, with one less, and so on, and at
    /// last without the instance or the output.
    pub fn texts(&self) -> Vec<String> {
        let target = self.target.text();
        let mut texts: Vec<String> = Vec::new();
        for length in (0..=self.steps.len()).rev() {
            let mut text = target.clone();
            self.steps[..length].iter().for_each(|step| step.write(&mut text));
            texts.push(text);
        }
        texts.extend(match &self.target {
            Target::Resource(subject, Some(_)) => Some(subject_text(subject)),
            Target::Call(call, Some(_)) => Some(format!("module.{call}")),
            Target::Output(call, key, _) => Some(Target::Call(call, key.clone()).text()),
            _ => None,
        });
        texts
    }
}

impl Target<'_> {
    /// The target as the configuration writes it.
    pub fn text(&self) -> String {
        let keyed = |text: String, key: &Option<InstanceKey>| match key {
            Some(key) => text + &key.to_string(),
            None => text,
        };
        match self {
            Target::Resource(subject, key) => keyed(subject_text(subject), key),
            Target::Call(call, key) => keyed(format!("module.{call}"), key),
            Target::Output(call, key, output) => {
                format!("{}.{output}", keyed(format!("module.{call}"), key))
            }
            Target::Other(subject) => subject_text(subject),
        }
    }
}

impl<'e> Step<'e> {
    fn key(&self) -> Option<&'e Value> {
        match self {
            Step::Key(key) => Some(key),
            Step::Attribute(_) => None,
        }
    }

    fn write(&self, text: &mut String) {
        // Writing to a text cannot fail.
        let _ = match self {
            Step::Attribute(name) => write!(text, ".{name}"),
            Step::Key(key) => match key.kind() {
                Kind::String(key) => write!(text, "{}", InstanceKey::Text(key.clone())),
                Kind::Number(number) => write!(text, "[{number}]"),
                _ => Ok(()),
            },
        };
    }

    /// The step as paths of the plan list it.
    pub fn json(&self) -> Json {
        match self {
            Step::Attribute(name) => Json::from(&***name),
            Step::Key(key) => meridian_lang::to_json(key),
        }
    }
}

/// The instance that a step means.
fn key(step: Step<'_>) -> Option<InstanceKey> {
    match step.key()?.kind() {
        Kind::String(text) => Some(InstanceKey::Text(text.clone())),
        Kind::Number(number) => {
            number.to_i64().and_then(|index| index.try_into().ok()).map(InstanceKey::Index)
        }
        _ => None,
    }
}

fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::Variable(name) => format!("var.{name}"),
        Subject::Local(name) => format!("local.{name}"),
        Subject::Resource(type_name, name) => format!("{type_name}.{name}"),
        Subject::Data(type_name, name) => format!("data.{type_name}.{name}"),
        Subject::Ephemeral(type_name, name) => format!("ephemeral.{type_name}.{name}"),
        Subject::Module(name) => format!("module.{name}"),
        Subject::Repetition(RepetitionPart::EachKey) => "each.key".to_owned(),
        Subject::Repetition(RepetitionPart::EachValue) => "each.value".to_owned(),
        Subject::Repetition(RepetitionPart::CountIndex) => "count.index".to_owned(),
        Subject::Path(PathRoot::Module) => "path.module".to_owned(),
        Subject::Path(PathRoot::Root) => "path.root".to_owned(),
        Subject::Path(PathRoot::Cwd) => "path.cwd".to_owned(),
        Subject::Workspace => "terraform.workspace".to_owned(),
        Subject::SelfObject => "self".to_owned(),
        Subject::Bound(name) => name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use meridian_lang::Sources;

    use super::*;

    #[test]
    fn references_are_listed_as_terraform_lists_them() {
        let cases: [(&str, &[&str]); 14] = [
            ("a_b.c.d.e", &["a_b.c.d.e", "a_b.c.d", "a_b.c"]),
            ("a_b.c", &["a_b.c"]),
            ("a_b.c[0].d", &["a_b.c[0].d", "a_b.c[0]", "a_b.c"]),
            ("a_b.c[\"x\"]", &["a_b.c[\"x\"]", "a_b.c"]),
            ("data.a_b.c[var.k].d", &["data.a_b.c", "var.k"]),
            ("a_b.c[*].d", &["a_b.c"]),
            ("a_b.c.d[*].e", &["a_b.c.d", "a_b.c"]),
            ("module.m", &["module.m"]),
            ("module.m.o", &["module.m.o", "module.m"]),
            ("module.m[0].o.p", &["module.m[0].o.p", "module.m[0].o", "module.m[0]"]),
            ("module.m[\"k\"]", &["module.m[\"k\"]", "module.m"]),
            ("[for x in local.l : x.y if x != var.z]", &["local.l", "var.z"]),
            ("(a_b.c).d", &["a_b.c"]),
            ("\"${each.value.x}-${count.index}\"", &["each.value.x", "each.value", "count.index"]),
        ];
        for (text, expected) in cases {
            let mut sources = Sources::default();
            let file = sources.add("x", text);
            let expr = meridian_config::parse_expression(&sources, file).expect(text);
            let found: Vec<String> = traversals(&expr).iter().flat_map(Traversal::texts).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
