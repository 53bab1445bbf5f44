//! `moved` blocks, and moves that go without saying: objects of the state get their new addresses
//! before anything is compared.

use std::collections::{HashMap, HashSet};

use meridian_config::{Config, Repetition};
use meridian_graph::{
    InstanceAddress, InstanceKey, ModuleInstance, ModulePath, ResourceAddress, Target,
};
use meridian_lang::{Diagnostic, Diagnostics, ModuleStep, Span};

use crate::declared::{Declared, absolute};
use crate::inputs::PriorObject;
use crate::planner::Planner;

/// A `moved` block and the module that it stands in.
struct Statement<'a> {
    module: ModulePath,
    from: &'a Target,
    to: &'a Target,
    span: Span,
}

fn statements(config: &Config) -> Vec<Statement<'_>> {
    config
        .modules
        .iter()
        .flat_map(|(path, module)| {
            module.moved.iter().map(|moved| Statement {
                module: path.clone(),
                from: &moved.from,
                to: &moved.to,
                span: moved.span,
            })
        })
        .collect()
}

/// The new addresses of those objects that the configuration moves, by those of the state. What is
/// wrong with moves is told when they are planned.
pub fn moved(
    config: &Config,
    objects: &[PriorObject],
) -> HashMap<InstanceAddress, InstanceAddress> {
    let declared = Declared::of(config);
    let objects = carry_out(config, &declared, objects.to_vec(), &mut Diagnostics::new());
    let moved = objects.into_iter().filter_map(|it| Some((it.previous_address?, it.address)));
    moved.collect()
}

/// Gives objects the addresses that they have moved to.
pub(crate) fn carry_out(
    config: &Config,
    declared: &Declared<'_>,
    objects: Vec<PriorObject>,
    diagnostics: &mut Diagnostics,
) -> Vec<PriorObject> {
    let statements = statements(config);
    if refuse_ambiguous(config, &statements, diagnostics) {
        return objects;
    }
    let mut moves: HashMap<InstanceAddress, InstanceAddress> = HashMap::new();
    let taken: HashSet<&InstanceAddress> = objects.iter().map(|object| &object.address).collect();
    let mut blocked: Vec<(InstanceAddress, InstanceAddress)> = Vec::new();
    for object in objects.iter().filter(|object| object.deposed.is_none()) {
        let mut here = object.address.clone();
        let mut seen = HashSet::from([here.clone()]);
        while let Some((next, span)) =
            statements.iter().find_map(|it| Some((it.applied_to(&here)?, it.span)))
        {
            if !seen.insert(next.clone()) {
                let detail = format!(
                    "The addresses of {} move in a circle, so there is no new address.",
                    object.address
                );
                diagnostics.push(
                    Diagnostic::error("Cyclic dependency in move statements", detail).at(span),
                );
                break;
            }
            here = next;
        }
        if here == object.address {
            here = implied(declared, &here).unwrap_or(here);
        }
        if here != object.address {
            moves.insert(object.address.clone(), here);
        }
    }
    // Where something is already, nothing moves to, unless that itself moves away.
    loop {
        let mut targets: HashSet<InstanceAddress> = HashSet::new();
        let mut sources: Vec<&InstanceAddress> = moves.keys().collect();
        sources.sort();
        let conflict = sources.into_iter().find(|from| {
            let to = &moves[*from];
            (taken.contains(to) && !moves.contains_key(to)) || !targets.insert(to.clone())
        });
        let Some(from) = conflict.cloned() else { break };
        if let Some(to) = moves.remove(&from) {
            blocked.push((from, to));
        }
    }
    report_blocked(&blocked, &statements, diagnostics);
    objects
        .into_iter()
        .map(|mut object| {
            if let Some(to) = moves.get(&object.address) {
                object.previous_address = Some(std::mem::replace(&mut object.address, to.clone()));
            }
            object
        })
        .collect()
}

/// What moves goes to one address only, and nothing else goes there. Says whether that is broken.
fn refuse_ambiguous(
    config: &Config,
    statements: &[Statement<'_>],
    diagnostics: &mut Diagnostics,
) -> bool {
    let mut is_ambiguous = false;
    const SUMMARY: &str = "Ambiguous move statements";
    let mut from: HashMap<String, (String, Span)> = HashMap::new();
    let mut to: HashMap<String, (String, Span)> = HashMap::new();
    for statement in statements {
        let name = |target| absolute(&statement.module, target).map(|it| it.to_string());
        let (Some(old), Some(new)) = (name(statement.from), name(statement.to)) else { continue };
        let mut refuse = |earlier: Span, detail: String| {
            let place = config.sources.place(earlier);
            let detail = format!("A statement at {place} declared that {detail}");
            is_ambiguous = true;
            diagnostics.push(Diagnostic::error(SUMMARY, detail).at(statement.span));
        };
        match from.get(&old) {
            Some((other, span)) if *other != new => refuse(
                *span,
                format!(
                    "{old} moved to {other}, but this statement instead declares that it moved to \
                     {new}.\n\nEach resource can move to only one destination resource."
                ),
            ),
            _ => {}
        }
        match to.get(&new) {
            Some((other, span)) if *other != old => refuse(
                *span,
                format!(
                    "{other} moved to {new}, but this statement instead declares that {old} moved \
                     there.\n\nEach resource can have moved from only one source resource."
                ),
            ),
            _ => {}
        }
        from.entry(old.clone()).or_insert((new.clone(), statement.span));
        to.entry(new).or_insert((old, statement.span));
    }
    is_ambiguous
}

/// Says which instances are still declared although they are said to have moved. Whole blocks
/// that are not repeated were looked at when the configuration was read.
pub(crate) fn refuse_still_declared(planner: &mut Planner<'_>) {
    let config = planner.inputs.config;
    for statement in statements(config) {
        for base in planner.values.instances_of(&statement.module) {
            let under = |steps: &[ModuleStep]| -> ModuleInstance {
                base.steps().iter().chain(steps).cloned().collect()
            };
            let found = match (statement.from, statement.to) {
                (Target::Resource(from), Target::Resource(to)) => {
                    let module = under(from.resource.module.steps());
                    let old = ResourceAddress { module, ..from.resource.clone() };
                    let whole = from.key.is_none() && to.key.is_none();
                    let is_there = planner
                        .planned_changes(&old)
                        .any(|it| it.after.is_some() && (whole || it.address.key == from.key));
                    let span = planner.declared.get(&old.config()).map(|it| it.span);
                    let named = match whole {
                        true => old.to_string(),
                        false => old.instance(from.key.clone()).to_string(),
                    };
                    is_there.then_some((named, "resource instance", span))
                }
                (Target::Module(from), Target::Module(_)) => {
                    let old = under(from.steps());
                    let is_there = planner.values.instances_of(&old.path()).contains(&old);
                    let span = config.call(&old.path()).map(|(_, call)| call.span);
                    is_there.then_some((old.to_string(), "module instance", span))
                }
                _ => None,
            };
            let Some((old, what, Some(declared))) = found else { continue };
            let new = match base.to_string() {
                root if root.is_empty() => statement.to.to_string(),
                base => format!("{base}.{}", statement.to),
            };
            let detail = format!(
                "This statement declares a move from {old}, but that {what} is still declared at \
                 {}.\n\nChange your configuration so that this instance will be declared as {new} \
                 instead.",
                config.sources.place(declared)
            );
            let error = Diagnostic::error("Moved object still exists", detail);
            planner.diagnostics.push(error.at(statement.span));
        }
    }
}

fn report_blocked(
    blocked: &[(InstanceAddress, InstanceAddress)],
    statements: &[Statement<'_>],
    diagnostics: &mut Diagnostics,
) {
    // What moves by itself does so only if it can.
    let explicit = blocked.iter().filter(|(from, _)| {
        statements.iter().any(|statement| statement.applied_to(from).is_some())
    });
    let lines: Vec<String> =
        explicit.map(|(from, to)| format!("  - {from} could not move to {to}")).collect();
    if !lines.is_empty() {
        let detail = format!(
            "Meridian tried to adjust resource instance addresses in the prior state based on \
             change information recorded in the configuration, but some adjustments did not \
             succeed due to existing objects already at the intended addresses:\n{}\n\nThe plan \
             leaves these objects at their old addresses.",
            lines.join("\n")
        );
        diagnostics
            .push(Diagnostic::warning("Unresolved resource instance address changes", detail));
    }
}

/// Where an object moves because its resource is now repeated by `count`, or no longer.
fn implied(declared: &Declared<'_>, address: &InstanceAddress) -> Option<InstanceAddress> {
    let block = declared.get(&address.resource.config())?;
    let key = match (&block.repetition, &address.key) {
        (Repetition::Count(_), None) => Some(InstanceKey::Index(0)),
        (Repetition::Single, Some(InstanceKey::Index(0))) => None,
        _ => return None,
    };
    Some(address.resource.instance(key))
}

impl Statement<'_> {
    /// Where the statement moves an address, if it is about it.
    fn applied_to(&self, address: &InstanceAddress) -> Option<InstanceAddress> {
        let steps = address.resource.module.steps();
        let names = self.module.names();
        if steps.len() < names.len()
            || !steps.iter().zip(names).all(|(step, name)| step.name == *name)
        {
            return None;
        }
        let (base, inner) = steps.split_at(names.len());
        match (self.from, self.to) {
            (Target::Module(from), Target::Module(to)) => {
                let inner = moved_steps(inner, from.steps(), to.steps())?;
                let module: ModuleInstance = base.iter().cloned().chain(inner).collect();
                let resource = ResourceAddress { module, ..address.resource.clone() };
                Some(resource.instance(address.key.clone()))
            }
            (Target::Resource(from), Target::Resource(to)) => {
                let mine = &address.resource;
                let is_same = from.resource.module.steps() == inner
                    && (from.resource.mode, &from.resource.type_name, &from.resource.name)
                        == (mine.mode, &mine.type_name, &mine.name);
                let whole = from.key.is_none() && to.key.is_none();
                if !is_same || (!whole && from.key != address.key) {
                    return None;
                }
                let inner = to.resource.module.steps().iter().cloned();
                let module = base.iter().cloned().chain(inner).collect();
                let resource = ResourceAddress { module, ..to.resource.clone() };
                Some(resource.instance(if whole { address.key.clone() } else { to.key.clone() }))
            }
            _ => None,
        }
    }
}

/// The steps behind a module that moved. Without keys at their ends, both addresses stand for all
/// instances of the call, which keep their keys.
fn moved_steps(
    steps: &[ModuleStep],
    from: &[ModuleStep],
    to: &[ModuleStep],
) -> Option<Vec<ModuleStep>> {
    let (last_from, outer_from) = from.split_last()?;
    let (last_to, outer_to) = to.split_last()?;
    if steps.len() < from.len() || !steps.starts_with(outer_from) {
        return None;
    }
    let last = &steps[outer_from.len()];
    let whole = last_from.key.is_none() && last_to.key.is_none();
    if last.name != last_from.name || (!whole && last.key != last_from.key) {
        return None;
    }
    let key = if whole { last.key.clone() } else { last_to.key.clone() };
    let moved = ModuleStep { name: last_to.name.clone(), key };
    let behind = steps[from.len()..].iter().cloned();
    Some(outer_to.iter().cloned().chain([moved]).chain(behind).collect())
}
