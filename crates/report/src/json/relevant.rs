//! Which attributes of which resources a plan's changes come from.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use meridian_config::{Config, Repetition};
use meridian_graph::{InstanceAddress, InstanceKey, ModuleInstance, ResourceAddress};
use meridian_lang::{
    Body, ConfigResource, Expr, Json, ModulePath, RepetitionPart, ResourceMode, Subject,
};
use meridian_plan::{Action, Plan, ResourceChange};
use meridian_resource::{Registry, Schema};

use super::traversal::{Step, Target, Traversal, traversals};

/// The attributes that changed objects and outputs were computed from, directly or through other
/// values, as Terraform tells them: what concerns them outside may be the cause of a change.
pub(super) fn relevant_attributes(plan: &Plan, config: &Config, registry: &Registry) -> Vec<Json> {
    let mut search = Search { config, registry, seen: HashSet::new(), waiting: Vec::new() };
    for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
        let resource = &change.address.resource;
        if let Some((body, _)) = search.body(resource) {
            search.follow(&resource.module, Some(resource), &of_body(body));
        }
    }
    let changed = plan.outputs.iter().filter(|output| output.action != Action::NoOp);
    let changed: BTreeSet<&str> = changed.map(|output| &*output.name).collect();
    for output in config.root().outputs.iter().filter(|it| changed.contains(&*it.name.text)) {
        search.follow(&ModuleInstance::root(), None, &traversals(&output.value));
    }
    // Outputs of modules are not kept, so they are always new.
    for module in module_instances(plan, config).iter().filter(|module| !module.is_root()) {
        for output in config.module(&module.path()).into_iter().flat_map(|it| &it.outputs) {
            search.follow(module, None, &traversals(&output.value));
        }
    }
    search.run()
}

/// A reference, and from where it is made.
struct Reference<'a> {
    module: ModuleInstance,
    /// The resource that it stands in, for what repeats that.
    owner: Option<ResourceAddress>,
    traversal: Traversal<'a>,
}

struct Search<'a> {
    config: &'a Config,
    registry: &'a Registry,
    /// References that have been followed, by module, owner and text.
    seen: HashSet<String>,
    waiting: Vec<Reference<'a>>,
}

impl<'a> Search<'a> {
    fn follow(
        &mut self,
        module: &ModuleInstance,
        owner: Option<&ResourceAddress>,
        found: &[Traversal<'a>],
    ) {
        for traversal in found {
            let place = owner.map_or_else(|| module.to_string(), ToString::to_string);
            if self.seen.insert(format!("{place} {}", traversal.text())) {
                let (module, owner) = (module.clone(), owner.cloned());
                self.waiting.push(Reference { module, owner, traversal: traversal.clone() });
            }
        }
    }

    fn run(mut self) -> Vec<Json> {
        let mut found: BTreeMap<(String, String), Json> = BTreeMap::new();
        while let Some(reference) = self.waiting.pop() {
            if let Target::Resource(subject, key) = &reference.traversal.target {
                let resource = address(subject, &reference.module);
                let instance = InstanceAddress { resource, key: key.clone() }.to_string();
                let path: Json = reference.traversal.steps.iter().map(Step::json).collect();
                let attribute =
                    Json::object([("resource", (&*instance).into()), ("attribute", path.clone())]);
                found.insert((instance, path.to_string()), attribute);
            }
            self.look_behind(&reference);
        }
        found.into_values().collect()
    }

    /// Follows what a referenced value is computed from.
    fn look_behind(&mut self, reference: &Reference<'a>) {
        let Reference { module, owner, traversal } = reference;
        let path = module.path();
        match &traversal.target {
            Target::Resource(subject, _) => {
                let resource = address(subject, module);
                if let Some((body, schema)) = self.body(&resource) {
                    let found = of_part(body, schema, &traversal.steps);
                    self.follow(module, Some(&resource), &found);
                }
            }
            Target::Output(call, key, output) => {
                self.outputs(module, call, key.as_ref(), |name| name == &***output);
            }
            Target::Call(call, key) => self.outputs(module, call, key.as_ref(), |_| true),
            Target::Other(Subject::Variable(name)) => {
                if let (Some((outer, _)), Some((_, call))) =
                    (module.parent(), self.config.call(&path))
                    && let Some(argument) = call.arguments.attribute(name)
                {
                    self.follow(&outer, None, &traversals(&argument.expr));
                }
            }
            Target::Other(Subject::Local(name)) => {
                let locals = self.config.module(&path).into_iter().flat_map(|it| &it.locals);
                for local in locals.filter(|local| local.name.text == *name) {
                    self.follow(module, None, &traversals(&local.expr));
                }
            }
            Target::Other(Subject::Repetition(part)) => {
                let block = owner.as_ref().and_then(|it| self.config.resource(&it.config()));
                let expr = block.and_then(|block| repeating(&block.repetition, *part));
                if let Some(expr) = expr {
                    self.follow(module, None, &traversals(expr));
                }
            }
            Target::Other(_) => {}
        }
    }

    fn outputs(
        &mut self,
        module: &ModuleInstance,
        call: &Arc<str>,
        key: Option<&InstanceKey>,
        is_wanted: impl Fn(&str) -> bool,
    ) {
        let inner = module.child(call, key.cloned());
        let outputs = self.config.module(&inner.path()).into_iter().flat_map(|it| &it.outputs);
        for output in outputs.filter(|output| is_wanted(&output.name.text)) {
            self.follow(&inner, None, &traversals(&output.value));
        }
    }

    /// What the configuration says of a resource, and its schema.
    fn body(&self, resource: &ResourceAddress) -> Option<(&'a Body, &'a Schema)> {
        let block = self.config.resource(&resource.config())?;
        Some((&block.body, self.registry.schema(resource)?))
    }
}

fn address(subject: &Subject, module: &ModuleInstance) -> ResourceAddress {
    let (mode, type_name, name) = match subject {
        Subject::Data(type_name, name) => (ResourceMode::Data, type_name, name),
        Subject::Ephemeral(type_name, name) => (ResourceMode::Ephemeral, type_name, name),
        Subject::Resource(type_name, name) => (ResourceMode::Managed, type_name, name),
        _ => return ResourceAddress::new("", ""),
    };
    let path = ModulePath::root();
    ConfigResource { module: path, mode, type_name: type_name.clone(), name: name.clone() }
        .within(module.clone())
}

fn repeating(repetition: &Repetition, part: RepetitionPart) -> Option<&Expr> {
    match (repetition, part) {
        (Repetition::Count(expr), RepetitionPart::CountIndex)
        | (Repetition::ForEach(expr), RepetitionPart::EachKey | RepetitionPart::EachValue) => {
            Some(expr)
        }
        _ => None,
    }
}

/// What a body refers to.
fn of_body(body: &Body) -> Vec<Traversal<'_>> {
    let mut found = Vec::new();
    body.each_expr(&mut |expr| found.extend(traversals(expr)));
    found
}

/// What the part of a body refers to that steps lead to. What a schema has and the body has not is
/// the cloud's to say.
fn of_part<'a>(body: &'a Body, schema: &Schema, steps: &[Step<'_>]) -> Vec<Traversal<'a>> {
    let name = match steps.first() {
        None => return of_body(body),
        Some(Step::Attribute(name)) => &***name,
        Some(Step::Key(key)) => key.as_str().unwrap_or_default(),
    };
    if let Some(argument) = body.attribute(name) {
        return traversals(&argument.expr);
    }
    let Some(block) = schema.block(name) else {
        return Vec::new();
    };
    // Which of the blocks an index means does not matter here.
    let inner = match steps.get(1) {
        Some(Step::Key(_)) => &steps[2..],
        _ => &steps[1..],
    };
    let mut found = Vec::new();
    for nested in body.blocks.iter().filter(|nested| &*nested.name == name) {
        if let Some(dynamic) = &nested.dynamic {
            found.extend(traversals(&dynamic.for_each));
        }
        found.extend(of_part(&nested.body, &block.schema, inner));
    }
    found
}

/// The instances of modules that a plan shows: where something stands, and where there can be one
/// instance only.
fn module_instances(plan: &Plan, config: &Config) -> BTreeSet<ModuleInstance> {
    let stays =
        |change: &&ResourceChange| !matches!(change.action, Action::Delete | Action::Forget);
    let changes = plan.changes.iter().filter(stays).map(|change| &change.address);
    let data = plan.data.iter().map(|data| &data.address);
    let untouched = plan.untouched.iter().map(|(address, _)| address);
    let mut found = BTreeSet::new();
    for address in changes.chain(data).chain(untouched) {
        let mut module = address.resource.module.clone();
        while let Some((outer, _)) = module.parent() {
            if !found.insert(module) {
                break;
            }
            module = outer;
        }
    }
    for path in config.modules.keys() {
        let mut module = ModuleInstance::root();
        let mut here = ModulePath::root();
        let is_single = path.names().iter().all(|name| {
            here = here.child(name);
            module = module.child(name, None);
            let call = config.call(&here).map(|(_, call)| &call.repetition);
            matches!(call, Some(Repetition::Single))
        });
        if is_single {
            found.insert(module);
        }
    }
    found
}
