//! One resource instance: from its body, what is, and its type, to what is done about it.

use meridian_config::{IgnoreChanges, Resource};
use meridian_graph::{InstanceAddress, ResourceAddress};
use meridian_lang::{Diagnostic, Marks, Path, Step, Subject, Value};
use meridian_resource::{Next, Object, Place, ReplacementOrder, ResourceType, Schema};

use crate::compare::{differs, drifted, marks_differ, replacing_paths};
use crate::decode::{decode, locate};
use crate::inputs::PriorObject;
use crate::places::provider_key;
use crate::planner::Planner;
use crate::propose::{is_nothing, propose};
use crate::route::foresee;
use crate::values::Repeated;
use crate::{Action, Reason, ResourceChange};

/// How the state marks a fingerprint that stands for a secret.
const FINGERPRINT: &str = "hmac-sha256:";

/// The fact by which an object tells that it lives in another Region than its configuration says.
pub const REGION: &str = "region";

/// An instance that the configuration asks for.
pub(crate) struct Wanted<'w> {
    pub(crate) resource: &'w Resource,
    pub(crate) kind: &'w dyn ResourceType,
    pub(crate) place: &'w Place,
    pub(crate) address: &'w InstanceAddress,
    pub(crate) repeated: &'w Repeated,
}

pub(crate) fn plan(
    planner: &mut Planner<'_>,
    wanted: &Wanted<'_>,
    prior: Option<&PriorObject>,
) -> ResourceChange {
    let Wanted { resource, kind, place, address, repeated } = *wanted;
    let schema = kind.schema();
    let evaluate = |expr: &_| planner.values.evaluate(expr, repeated);
    let mut problems = meridian_lang::Diagnostics::new();
    let mut config = decode(schema, &resource.body, resource.span, &evaluate, &mut problems);
    for problem in kind.validate(&config) {
        problems.push(locate(problem, &resource.body, resource.span, &address.to_string()));
    }
    planner
        .diagnostics
        .extend(problems.into_iter().map(|it| it.about(address.to_string())).collect());

    let before = prior.and_then(|prior| {
        let observed = prior.observed.clone()?;
        let fingerprint = &planner.inputs.surroundings.fingerprint;
        Some(recall_secrets(schema, address, observed, &config, fingerprint))
    });
    if let Some(before) = &before {
        config = ignore_changes(&resource.lifecycle.ignore_changes, config, &before.attributes);
    }
    let moved = prior.is_some_and(|prior| prior.region != place.region);
    let mut change = ResourceChange {
        address: address.clone(),
        deposed: None,
        provider: provider_key(resource),
        region: place.region.clone(),
        action: Action::NoOp,
        reason: None,
        before: None,
        after: None,
        replace_paths: Vec::new(),
        create_first: false,
        configured_create_first: resource.lifecycle.create_before_destroy == Some(true),
        calls: Vec::new(),
        dependencies: Vec::new(),
    };
    // An object is deleted where it is, whatever the configuration says now.
    let before = match (before, prior) {
        (Some(before), Some(prior)) if moved => {
            Some(before.with_fact(REGION, Value::string(&prior.region)))
        }
        (before, _) => before,
    };
    let Some(before) = before else {
        change.action = Action::Create;
        change.reason = prior.is_some().then_some(Reason::DeletedOutside);
        let planned = kind.plan(place, None, &config, propose(schema, None, &config));
        change.calls = foresee(kind, place, None, Some(&planned));
        change.after = Some(planned);
        return change;
    };

    change.before = Some(before.clone());
    let proposed = propose(schema, Some(&before.attributes), &config);
    let planned = kind.plan(place, Some(&before), &config, proposed);
    change.replace_paths = replacing_paths(schema, &before.attributes, &planned);
    change.replace_paths.extend(kind.replaced_by(&before, &planned));
    let triggered = planner.is_triggered(resource);
    if moved || triggered || !change.replace_paths.is_empty() {
        change.reason = Some(match (change.replace_paths.is_empty(), triggered) {
            (true, true) => Reason::ReplaceTriggeredBy,
            _ => Reason::CannotUpdate,
        });
        plan_replacement(wanted, &before, &config, &mut change);
        refuse_if_protected(planner, address);
        return change;
    }
    if let Next::Fail(problem) = kind.next(place, Some(&before), Some(&planned)) {
        let error = locate(*problem, &resource.body, resource.span, &address.to_string());
        planner.diagnostics.push(error);
    }
    change.calls = foresee(kind, place, Some(before.clone()), Some(&planned));
    if differs(&before.attributes, &planned) || marks_differ(&before.attributes, &planned) {
        change.action = Action::Update;
        let is_visible = drifted(schema, &before.attributes, &planned);
        if !is_visible && !change.calls.is_empty() {
            change.reason = Some(Reason::Unfinished);
        }
    } else if !change.calls.is_empty() {
        // An earlier apply stopped half way, or a replication failed: nothing that people wrote
        // differs, and yet there is something to do.
        change.action = Action::Update;
        change.reason = Some(Reason::Unfinished);
    }
    change.after = Some(planned);
    change
}

fn plan_replacement(
    wanted: &Wanted<'_>,
    before: &Object,
    config: &Value,
    change: &mut ResourceChange,
) {
    let Wanted { kind, place, resource, .. } = *wanted;
    let planned = kind.plan(place, None, config, propose(kind.schema(), None, config));
    let order = match resource.lifecycle.create_before_destroy {
        Some(true) => ReplacementOrder::CreateFirst,
        _ => kind.replacement_order(before, &planned),
    };
    change.action = Action::Replace;
    change.create_first = order == ReplacementOrder::CreateFirst;
    change.calls = foresee(kind, place, None, Some(&planned));
    let region = before.fact(REGION).map_or_else(|| place.region.clone(), str::to_owned);
    let old_place = Place { region, ..place.clone() };
    change.calls.extend(foresee(kind, &old_place, Some(before.clone()), None));
    change.after = Some(planned);
}

/// Says that an instance must not be destroyed, if its configuration says so.
pub(crate) fn refuse_if_protected(planner: &mut Planner<'_>, address: &InstanceAddress) {
    let declared = planner.declared.get(&address.resource);
    let Some(resource) = declared.filter(|it| it.lifecycle.prevent_destroy) else { return };
    let detail = format!(
        "Resource {address} has lifecycle.prevent_destroy set, but the plan calls for this \
         resource to be destroyed. To avoid this error and continue with the plan, either disable \
         lifecycle.prevent_destroy or take back the change that leads to it."
    );
    planner
        .diagnostics
        .push(Diagnostic::error("Instance cannot be destroyed", detail).at(resource.span));
}

/// The state keeps a fingerprint in the place of a secret argument. If the configuration's value
/// has the same one, it is what was applied.
fn recall_secrets(
    schema: &Schema,
    address: &InstanceAddress,
    observed: Object,
    config: &Value,
    fingerprint: &dyn Fn(&str, &str) -> String,
) -> Object {
    let secrets = schema.attributes.iter().filter(|it| it.sensitive && !it.is_computed());
    secrets.fold(observed, |object, attribute| {
        let Some(kept) = object.text(attribute.name).filter(|kept| kept.starts_with(FINGERPRINT))
        else {
            return object;
        };
        let context = secret_context(address, attribute.name);
        match config.get_str(attribute.name) {
            Some(text) if keep(fingerprint, &context, text) == kept => {
                object.with(attribute.name, Value::string(text).mark(Marks::SENSITIVE))
            }
            _ => object,
        }
    })
}

/// What the fingerprint of a secret argument is bound to.
fn secret_context(address: &InstanceAddress, attribute: &str) -> String {
    format!("{address}.{attribute}")
}

fn keep(fingerprint: &dyn Fn(&str, &str) -> String, context: &str, secret: &str) -> String {
    format!("{FINGERPRINT}{}", fingerprint(context, secret))
}

/// The attributes as the state keeps them: secrets from the configuration by their fingerprints,
/// what is write-only not at all.
pub fn without_secrets(
    schema: &Schema,
    address: &InstanceAddress,
    attributes: Value,
    fingerprint: &dyn Fn(&str, &str) -> String,
) -> Value {
    schema.attributes.iter().filter(|it| it.sensitive || it.write_only).fold(
        attributes,
        |attributes, attribute| {
            if attribute.write_only {
                return attributes.with(attribute.name, Value::null(attribute.ty.clone()));
            }
            let Some(secret) = attributes.get_str(attribute.name) else {
                return attributes;
            };
            let is_kept = secret.is_empty() || secret.starts_with(FINGERPRINT);
            if is_kept || attribute.is_computed() {
                return attributes;
            }
            let kept = keep(fingerprint, &secret_context(address, attribute.name), secret);
            attributes.with(attribute.name, Value::string(kept).mark(Marks::SENSITIVE))
        },
    )
}

/// The configuration with what is to be ignored put back to what is.
fn ignore_changes(ignore: &IgnoreChanges, config: Value, prior: &Value) -> Value {
    match ignore {
        IgnoreChanges::None => config,
        IgnoreChanges::All => {
            let names: Vec<_> = config.as_entries().into_iter().flatten().map(|(n, _)| n).collect();
            names.into_iter().fold(config.clone(), |config, name| restore(config, prior, name))
        }
        IgnoreChanges::Some(paths) => {
            paths.iter().fold(config, |config, (path, _)| match path.0.as_slice() {
                [Step::Attribute(name)] => restore(config, prior, name),
                [Step::Attribute(name), Step::Key(key) | Step::Attribute(key)] => {
                    restore_element(config, prior, name, key)
                }
                _ => config,
            })
        }
    }
}

fn restore(config: Value, prior: &Value, name: &str) -> Value {
    match prior.get(name) {
        Some(value) => config.with(name, value.clone()),
        None => config,
    }
}

fn restore_element(config: Value, prior: &Value, name: &str, key: &str) -> Value {
    let Some(before) = prior.at(&Path(vec![Step::Attribute(name.into()), Step::Key(key.into())]))
    else {
        return config;
    };
    match config.get(name) {
        Some(map) if !map.is_null() => {
            let map = map.clone().with(key, before.clone());
            config.with(name, map)
        }
        _ => {
            let Some(whole) = prior.get(name) else {
                return config;
            };
            let only = Value::map(before.ty(), [(key, before.clone())]);
            if is_nothing(whole) { config } else { config.with(name, only) }
        }
    }
}

impl Planner<'_> {
    /// Whether something that `replace_triggered_by` names is changed or replaced.
    fn is_triggered(&self, resource: &Resource) -> bool {
        resource.lifecycle.replace_triggered_by.iter().any(|expr| {
            let attribute = match &expr.kind {
                meridian_lang::ExprKind::Attribute(source, name)
                    if !matches!(source.kind, meridian_lang::ExprKind::Literal(_)) =>
                {
                    Some(name.clone())
                }
                _ => None,
            };
            expr.references().iter().any(|(subject, _)| {
                let Subject::Resource(type_name, name) = subject else {
                    return false;
                };
                self.is_changed(&ResourceAddress::new(type_name, name), attribute.as_deref())
            })
        })
    }

    fn is_changed(&self, address: &ResourceAddress, attribute: Option<&str>) -> bool {
        self.planned_changes(address).any(|change| {
            let acts = matches!(change.action, Action::Update | Action::Replace | Action::Create);
            acts && match (attribute, &change.before, &change.after) {
                (Some(name), Some(before), Some(after)) => {
                    before.attributes.get(name).map(Value::unmark_deep)
                        != after.get(name).map(Value::unmark_deep)
                }
                // What is created anew has not changed under anyone.
                _ => change.action != Action::Create,
            }
        })
    }
}
