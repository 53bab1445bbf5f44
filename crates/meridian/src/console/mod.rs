//! Trying expressions: what a line of the console comes to.

mod editor;
mod names;

use std::collections::BTreeMap;

use meridian_config::{Config, expression};
use meridian_graph::{InstanceKey, ModulePath, ResourceAddress};
use meridian_lang::{Diagnostic, Expr, ExprKind, Sources, Value};
use meridian_plan::{Action, Plan, Values, Viewpoint, combined};
use meridian_report::{console_text, console_type_text};
use meridian_state::Snapshot;

use crate::failure::Failure;
use crate::project::Project;

pub use self::editor::talk;

/// What errors call the line that was typed.
const SOURCE: &str = "<console-input>";
/// Shows the type of a value; no function of the language.
const TYPE: &str = "type";

const HELP: &str = "\
Type an expression and see its value, such as var.name, length([1, 2]) or aws_kms_key.orders.arn.
Variables, locals, functions and everything that the state holds can be used. type(x) shows the
type of a value. Nothing is changed. While a bracket is open, the expression goes on in the next
line; Tab completes names.

exit, Ctrl-C or Ctrl-D ends the console.";

/// What a line comes to.
pub enum Outcome {
    /// This text is to be shown.
    Said(String),
    /// The console is to end.
    Exit,
}

/// A project whose values can be looked at.
pub struct Session<'p> {
    project: &'p Project,
    values: Values<'p>,
}

impl<'p> Session<'p> {
    /// A console on a project with these values of its resources.
    pub fn new(
        project: &'p Project,
        resources: impl IntoIterator<Item = (ResourceAddress, Value)>,
    ) -> Session<'p> {
        let values = project.values();
        for (address, value) in resources {
            values.set_resource(address, value);
        }
        Session { project, values }
    }

    /// What a line comes to.
    ///
    /// # Errors
    /// What is wrong with the expression.
    pub fn handle(&self, line: &str) -> Result<Outcome, Failure> {
        match line.trim() {
            "" => Ok(Outcome::Said(String::new())),
            "exit" => Ok(Outcome::Exit),
            "help" => Ok(Outcome::Said(HELP.to_owned())),
            line => self.evaluate(line).map(Outcome::Said),
        }
    }

    fn evaluate(&self, text: &str) -> Result<String, Failure> {
        let mut sources = self.project.config.sources.clone();
        let expr = expression(&mut sources, SOURCE, text)
            .map_err(|errors| Failure::new(errors, &sources))?;
        if let Some(argument) = type_argument(&expr, &sources)? {
            return Ok(console_type_text(&self.value(argument, &sources)?.ty()));
        }
        self.value(&expr, &sources).map(|value| console_text(&value))
    }

    fn value(&self, expr: &Expr, sources: &Sources) -> Result<Value, Failure> {
        let Project { config, graph, .. } = self.project;
        let undeclared = graph.check_references(config, &ModulePath::root(), expr);
        if undeclared.has_errors() {
            return Err(Failure::new(undeclared, sources));
        }
        let value = self.values.evaluate(expr, &Viewpoint::default());
        let mut errors = self.values.take_diagnostics();
        match value {
            Ok(value) if !errors.has_errors() => Ok(value),
            Ok(_) => Err(Failure::new(errors, sources)),
            Err(more) => {
                errors.extend(more);
                Err(Failure::new(errors, sources))
            }
        }
    }
}

/// The argument of `type(…)`, if that is what the whole expression is.
///
/// # Errors
/// The function is used within an expression, or with another number of arguments.
fn type_argument<'e>(expr: &'e Expr, sources: &Sources) -> Result<Option<&'e Expr>, Failure> {
    let wrong = |error: Diagnostic| Failure::new(error.into(), sources);
    let mut nested = None;
    expr.walk(&mut |inner| {
        if let ExprKind::Call { name, .. } = &inner.kind
            && &**name == TYPE
            && inner.span != expr.span
        {
            nested = Some(inner.span);
        }
    });
    if let Some(span) = nested {
        let detail = "The console-only \"type\" function cannot be used as part of an expression.";
        return Err(wrong(Diagnostic::error("Invalid use of type function", detail).at(span)));
    }
    let ExprKind::Call { name, arguments, .. } = &expr.kind else { return Ok(None) };
    if &**name != TYPE {
        return Ok(None);
    }
    let (summary, detail) = match &arguments[..] {
        [argument] => return Ok(Some(argument)),
        [] => (
            "Not enough function arguments",
            "Function \"type\" expects 1 argument(s). Missing value for \"value\".",
        ),
        _ => ("Too many function arguments", "Function \"type\" expects only 1 argument(s)."),
    };
    Err(wrong(Diagnostic::error(summary, detail).at(expr.span)))
}

/// The values of the resources as the state has them.
pub fn stored(config: &Config, snapshot: &Snapshot) -> Vec<(ResourceAddress, Value)> {
    let current = snapshot.objects.iter().filter(|object| object.deposed.is_none());
    let instances = current.map(|it| (&it.address.resource, &it.address.key, &it.attributes));
    gathered(config, instances.map(|(resource, key, value)| (resource.clone(), key, value)))
}

/// The values of the resources as they will be after a plan has been carried out.
pub fn planned(config: &Config, plan: &Plan) -> Vec<(ResourceAddress, Value)> {
    let staying = plan.changes.iter().filter(|change| {
        change.deposed.is_none() && !matches!(change.action, Action::Delete | Action::Forget)
    });
    let managed = staying.filter_map(|change| {
        Some((change.address.resource.clone(), &change.address.key, change.after.as_ref()?))
    });
    let data = plan.data.iter();
    let data = data.map(|it| (it.address.resource.clone(), &it.address.key, &it.value));
    gathered(config, managed.chain(data))
}

/// Instances put together as references see them.
fn gathered<'v>(
    config: &Config,
    instances: impl Iterator<Item = (ResourceAddress, &'v Option<InstanceKey>, &'v Value)>,
) -> Vec<(ResourceAddress, Value)> {
    let mut resources: BTreeMap<ResourceAddress, BTreeMap<Option<InstanceKey>, Value>> =
        BTreeMap::new();
    for (resource, key, value) in instances {
        resources.entry(resource).or_default().insert(key.clone(), value.clone());
    }
    let declared = resources.into_iter().filter_map(|(address, instances)| {
        let block = config.resource(&address.config())?;
        Some((address, combined(&block.repetition, instances)))
    });
    declared.collect()
}
