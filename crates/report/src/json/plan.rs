//! A plan as JSON.

use std::collections::{BTreeMap, BTreeSet};

use meridian_config::Config;
use meridian_graph::{InstanceAddress, ModuleInstance, ResourceAddress};
use meridian_lang::{ConfigResource, Json, Marks, Type, Value};
use meridian_plan::{Action, Drift, OutputChange, Plan, ResourceChange};
use meridian_resource::{Presence, Registry};

use super::change::resource_change;
use super::checks::checks;
use super::configuration::configuration;
use super::dependencies::Dependencies;
use super::mask::{known, sensitive_mask, unknown_mask};
use super::modules::module_tree;
use super::relevant::relevant_attributes;
use super::resource::{actions, change_members, full_identity, guarded, value_representation};
use super::state::{output_representation, state_members};
use super::{PLAN_FORMAT, TERRAFORM_VERSION};
use crate::value_text::Output;

/// What stands for the value of a secret output.
const HIDDEN: &str = "(sensitive value)";

/// What a plan does not know about itself.
#[derive(Clone, Copy, Debug)]
pub struct PlanFacts<'a> {
    /// The version of the tool.
    pub version: &'a str,
    /// When the plan was made, in RFC 3339.
    pub timestamp: &'a str,
    /// Whether it was stopped by an error.
    pub errored: bool,
    /// What it was made from.
    pub config: &'a Config,
}

/// The plan in Terraform's format 1.2. Secrets are null, with their masks true.
pub fn plan_json(plan: &Plan, registry: &Registry, facts: PlanFacts<'_>) -> Json {
    let mut members = BTreeMap::new();
    let mut put = |name: &str, value: Json| members.insert(name.to_owned(), value);
    put("format_version", PLAN_FORMAT.into());
    put("terraform_version", TERRAFORM_VERSION.into());
    put("meridian_version", facts.version.into());
    put("timestamp", facts.timestamp.into());
    put("applyable", (plan.has_changes() && !facts.errored).into());
    let partial = !plan.options.targets.is_empty() || !plan.options.excludes.is_empty();
    put("complete", (!facts.errored && !partial).into());
    put("errored", facts.errored.into());
    if !plan.variables.is_empty() {
        // An ephemeral value is for one run only, and not for a file.
        let shown = |value: &&Value| !value.marks().contains(Marks::EPHEMERAL);
        let variable = |value: &Value| {
            Json::object([("value", Some(value).filter(shown).and_then(known).into())])
        };
        let variables = plan.variables.iter();
        put(
            "variables",
            variables.map(|(name, value)| (name.to_string(), variable(value))).collect(),
        );
    }
    put("planned_values", planned_values(plan, registry));
    let changes = plan.changes.iter().filter(|change| change.action != Action::Open);
    let changes = changes.map(|change| resource_change(change, registry));
    let changes: Vec<Json> = changes.collect();
    if !changes.is_empty() {
        put("resource_changes", changes.into());
    }
    if !plan.outputs.is_empty() {
        let outputs = plan.outputs.iter();
        put(
            "output_changes",
            outputs.map(|output| (output.name.to_string(), output_change(output))).collect(),
        );
    }
    if let Some(state) = prior_state(plan, registry) {
        put("prior_state", state);
    }
    let generated = plan.changes.iter().filter(|change| change.generated_config.is_some());
    let generated: BTreeSet<ConfigResource> =
        generated.map(|change| change.address.resource.config()).collect();
    put("configuration", configuration(facts.config, &generated, registry));
    let relevant = relevant_attributes(plan, facts.config, registry);
    if !relevant.is_empty() {
        put("relevant_attributes", relevant.into());
    }
    if !plan.checks.is_empty() {
        put("checks", checks(&plan.checks));
    }
    let drift = plan.whole_drift();
    if !drift.is_empty() {
        put("resource_drift", drift.into_iter().map(|drift| drifted(drift, registry)).collect());
    }
    Json::Object(members)
}

fn planned_values(plan: &Plan, registry: &Registry) -> Json {
    let stays = |change: &&ResourceChange| {
        let goes = matches!(change.action, Action::Delete | Action::Forget | Action::Open);
        change.deposed.is_none() && !goes
    };
    let mut planned: Vec<(&ResourceChange, &Value)> = plan
        .changes
        .iter()
        .filter(stays)
        .filter_map(|change| Some((change, change.after.as_ref()?)))
        .collect();
    // Instances in the order of their blocks' texts, so that data sources stand among the rest.
    planned.sort_by_cached_key(|(change, _)| change.address.resource.config().to_string());
    let resources: Vec<(ModuleInstance, Json)> = planned
        .into_iter()
        .map(|(change, object)| {
            let resource = &change.address.resource;
            let mut members = value_representation(&change.address, object, registry);
            if change.action == Action::Replace {
                let object = guarded(object, resource, registry);
                let object = without_open_secrets(object, resource, registry);
                members.insert("sensitive_values".to_owned(), sensitive_mask(&object));
            }
            (resource.module.clone(), Json::Object(members))
        })
        .collect();
    let outputs: BTreeMap<String, Json> = plan
        .outputs
        .iter()
        .filter(|output| output.action != Action::Delete)
        .map(|output| (output.name.to_string(), planned_output(output)))
        .collect();
    let module = module_tree(resources);
    if outputs.is_empty() {
        return Json::object([("root_module", module)]);
    }
    Json::object([("outputs", outputs.into()), ("root_module", module)])
}

/// Of a replacement, Terraform marks no secret among the planned values that only the cloud will say.
fn without_open_secrets(object: Value, resource: &ResourceAddress, registry: &Registry) -> Value {
    let attributes = registry.schema(resource).into_iter().flat_map(|it| &it.attributes);
    let secrets = attributes.filter(|it| it.sensitive && it.presence == Presence::Computed);
    secrets.fold(object, |object, attribute| match object.get(attribute.name) {
        Some(open) if !open.is_known() => {
            let open = open.clone().unmark();
            object.with(attribute.name, open)
        }
        _ => object,
    })
}

fn planned_output(output: &OutputChange) -> Json {
    let sensitive = output.sensitive || output.was_sensitive;
    let nothing = Value::null(Type::Dynamic);
    match output.after.as_ref().unwrap_or(&nothing) {
        value if value.is_wholly_known() => {
            output_representation(Output { name: &output.name, value, sensitive })
        }
        _ => Json::object([("sensitive", sensitive.into())]),
    }
}

fn output_change(output: &OutputChange) -> Json {
    let is_secret = output.sensitive || output.was_sensitive;
    // A secret output is there, though it is not shown: null would say that it has no value.
    let hidden = |value: &Value| value.is_known().then(|| Json::from(HIDDEN));
    let shown = |value: &Value| if is_secret { hidden(value) } else { known(value) };
    let mut members = BTreeMap::new();
    members.insert("actions".to_owned(), actions(output.action, false));
    members.insert("before".to_owned(), output.before.as_ref().and_then(shown).into());
    let after = output.after.as_ref();
    match after.filter(|value| !value.is_wholly_known()) {
        None => {
            members.insert("after".to_owned(), after.and_then(shown).into());
            members.insert("after_unknown".to_owned(), false.into());
        }
        Some(value) => {
            if let Some(part) = shown(value) {
                members.insert("after".to_owned(), part);
            }
            members.insert("after_unknown".to_owned(), unknown_mask(value));
        }
    }
    members.insert("before_sensitive".to_owned(), is_secret.into());
    members.insert("after_sensitive".to_owned(), is_secret.into());
    Json::Object(members)
}

/// The blocks that an object refers to. Until it is changed, what it referred to counts as well.
fn direct_dependencies(change: &ResourceChange) -> impl Iterator<Item = String> {
    let before = change.prior_dependencies.iter().filter(|_| change.action != Action::NoOp);
    change.dependencies.iter().chain(before).map(|it| it.config().to_string())
}

/// The state after refresh; nothing if there was none.
fn prior_state(plan: &Plan, registry: &Registry) -> Option<Json> {
    let mut dependencies = Dependencies::default();
    let goes = |it: &ResourceChange| matches!(it.action, Action::Delete | Action::Forget);
    let stay = plan.changes.iter().filter(|it| !goes(it)).map(|it| it.address.resource.config());
    let stay: BTreeSet<_> = stay.collect();
    for change in &plan.changes {
        let block = change.address.resource.config();
        // What only an instance that goes depended on is nothing to those that stay.
        if !(goes(change) && stay.contains(&block)) {
            dependencies.add(block.to_string(), direct_dependencies(change));
        }
    }
    // What goes away is shown as the state had it, and is here as it was read.
    let read = plan.quiet_drift.iter();
    let read: BTreeMap<_, _> =
        read.filter_map(|drift| Some((&drift.address, drift.after.as_ref()?))).collect();
    let resources = plan.changes.iter().filter_map(|change| {
        let is_deleted = change.action == Action::Delete && change.deposed.is_none();
        let read = read.get(&change.address).filter(|_| is_deleted);
        let object = read.copied().unwrap_or(&change.before.as_ref()?.attributes);
        let mut members = value_representation(&change.address, object, registry);
        let block = change.address.resource.config().to_string();
        let dependencies = dependencies.all(&block, direct_dependencies(change));
        if !dependencies.is_empty() {
            let dependencies = dependencies.into_iter().map(Json::from);
            members.insert("depends_on".to_owned(), dependencies.collect());
        }
        if let Some(key) = &change.deposed {
            members.insert("deposed_key".to_owned(), (&**key).into());
        }
        Some((change.address.clone(), Json::Object(members)))
    });
    let data = plan.data.iter().map(|data| {
        let members = value_representation(&data.address, &data.value, registry);
        (data.address.clone(), Json::Object(members))
    });
    let mut resources: Vec<(InstanceAddress, Json)> = resources.chain(data).collect();
    resources.sort_by(|(a, _), (b, _)| a.cmp(b));
    let resources = resources.into_iter().map(|(address, it)| (address.resource.module, it));
    let resources: Vec<(ModuleInstance, Json)> = resources.collect();
    // Values of outputs are taken into the state as soon as they are known.
    let outputs = plan.outputs.iter().filter_map(|output| {
        let known = output.after.as_ref().filter(|value| value.is_wholly_known());
        let (value, sensitive) = match known {
            Some(value) => (value, output.sensitive),
            // An output without a value is in no state.
            None if output.after.is_none() && output.action != Action::Delete => return None,
            None => (output.before.as_ref()?, output.was_sensitive),
        };
        Some(Output { name: &output.name, value, sensitive })
    });
    let outputs: Vec<Output> = outputs.collect();
    let is_empty = resources.is_empty() && outputs.is_empty();
    (!is_empty).then(|| state_members(resources, &outputs))
}

fn drifted(drift: &Drift, registry: &Registry) -> Json {
    let resource = &drift.address.resource;
    let before = guarded(&drift.before, resource, registry);
    let after = drift.after.as_ref().map(|object| guarded(object, resource, registry));
    let action = match &after {
        None => Action::Delete,
        // It moves, and is as it was.
        Some(after) if *after == before => Action::NoOp,
        Some(_) => Action::Update,
    };
    let inner = change_members(actions(action, false), Some(&before), after.as_ref());
    let mut members = full_identity(&drift.address, registry);
    if let Some(previous) = &drift.previous_address {
        members.insert("previous_address".to_owned(), previous.to_string().into());
    }
    members.insert("change".to_owned(), Json::Object(inner));
    Json::Object(members)
}
