//! Objects of ours become a state of Terraform.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meridian_graph::InstanceAddress;
use meridian_lang::{Kind, Marks, Path, Step, Value};
use meridian_plan::is_fingerprint;
use meridian_resource::{Presence, ProviderKey, Registry, Schema};
use meridian_state::{
    Snapshot, StoredObject, TerraformObject, TerraformOutput, TerraformProvider, TerraformState,
    to_terraform,
};
use serde_json::Value as Json;

use super::values::Revealed;

/// The secrets that hashicorp/aws reads by itself whenever it plans.
const READ_AGAIN: [(&str, &str); 2] = [
    ("aws_secretsmanager_secret_version", "secret_binary"),
    ("aws_secretsmanager_secret_version", "secret_string"),
];

/// An argument by its schema that no one ever gives.
const ALL_TAGS: &str = "tags_all";

/// A state of Terraform, and what it lacks.
pub struct HandedBack {
    /// The state.
    pub state: TerraformState,
    /// Secrets that are left out and that Terraform reads by itself.
    pub read_again: Vec<(InstanceAddress, String)>,
    /// Secrets that are left out and that Terraform will miss.
    pub missed: Vec<(InstanceAddress, String)>,
    /// Sensitive outputs that are left out: Terraform will show them as new.
    pub outputs: Vec<Arc<str>>,
}

/// Hands back a state. Secrets are left out, unless they have been revealed.
pub fn hand_back(
    snapshot: &Snapshot,
    registry: &Registry,
    revealed: Option<&Revealed>,
) -> HandedBack {
    let mut handed = HandedBack {
        state: TerraformState {
            lineage: snapshot.lineage.clone(),
            serial: snapshot.serial,
            outputs: BTreeMap::new(),
            objects: Vec::new(),
        },
        read_again: Vec::new(),
        missed: Vec::new(),
        outputs: Vec::new(),
    };
    for object in &snapshot.objects {
        let Some(kind) = registry.resource_type(&object.type_name) else { continue };
        let back = self::object(object, kind.schema(), registry, revealed, &mut handed);
        handed.state.objects.push(back);
    }
    for (name, output) in &snapshot.outputs {
        let is_secret = output.sensitive || !output.value.deep_marks().is_none();
        if is_secret && (revealed.is_none() || !output.value.is_wholly_known()) {
            handed.outputs.push(name.clone());
            continue;
        }
        let (value, sensitive) = (output.value.unmark_deep(), output.sensitive);
        handed.state.outputs.insert(name.clone(), TerraformOutput { value, sensitive });
    }
    handed
}

fn object(
    object: &StoredObject,
    schema: &Schema,
    registry: &Registry,
    revealed: Option<&Revealed>,
    handed: &mut HandedBack,
) -> TerraformObject {
    let key = (object.address.clone(), object.deposed.clone());
    let known = revealed.and_then(|it| it.get(&key)).unwrap_or(&object.attributes);
    let sensitive: BTreeSet<Path> = known
        .marked_paths(Marks::SENSITIVE)
        .iter()
        .filter(|path| is_marked_by_terraform(schema, path))
        .map(|path| outside_of_sets(known, path))
        .collect();
    let (attributes, left_out) = open(known, revealed.is_some());
    for path in left_out {
        let Some(Step::Attribute(name)) = path.0.first() else { continue };
        // What the provider was never given to keep is null there, too.
        if schema.attribute(name).is_some_and(|it| it.write_only) {
            continue;
        }
        let is_read = READ_AGAIN.contains(&(&*object.type_name, &**name));
        let list = if is_read { &mut handed.read_again } else { &mut handed.missed };
        list.push((object.address.clone(), path.to_string()));
    }
    let needed = object.dependencies.iter().map(|it| it.resource.config());
    let is_tainted = object.facts.get(meridian_resource::TAINTED).and_then(Value::as_bool);
    TerraformObject {
        address: object.address.clone(),
        deposed: object.deposed.clone(),
        provider: provider(&object.provider, registry),
        schema_version: u64::from(object.schema_version),
        attributes: without_the_supplementary(to_terraform(&attributes, &schema.ty()), schema),
        sensitive: sensitive.into_iter().collect(),
        dependencies: needed.collect::<BTreeSet<_>>().into_iter().collect(),
        create_before_destroy: object.create_before_destroy,
        tainted: is_tainted == Some(true),
    }
}

/// The attributes without those that the provider's own schema may not have, unless they say
/// something.
fn without_the_supplementary(mut attributes: Json, schema: &Schema) -> Json {
    if let Json::Object(members) = &mut attributes {
        members.retain(|name, value| {
            !value.is_null() || !schema.attribute(name).is_some_and(|it| it.supplementary)
        });
    }
    attributes
}

/// Whether Terraform marks what is sensitive there: what the schema calls so, and arguments. Of what
/// a provider computes it knows nothing.
fn is_marked_by_terraform(schema: &Schema, path: &Path) -> bool {
    let Some(Step::Attribute(name)) = path.0.first() else { return true };
    match schema.attribute(name) {
        Some(attribute) if **name == *ALL_TAGS => attribute.sensitive,
        Some(attribute) => attribute.sensitive || attribute.presence != Presence::Computed,
        None => true,
    }
}

fn provider(text: &str, registry: &Registry) -> TerraformProvider {
    let key = ProviderKey::parse(text);
    let source = registry.provider(&key.name).map(|it| it.source().to_owned());
    // A provider of another source has that source for its name.
    let source = source.unwrap_or_else(|| key.name.to_string());
    TerraformProvider { module: key.module, source, alias: key.alias }
}

/// The value without what cannot be written, and where that was.
fn open(value: &Value, with_secrets: bool) -> (Value, Vec<Path>) {
    let secret = |part: &Value| {
        let is_kept_hash = part.as_str().is_some_and(is_fingerprint);
        !part.is_wholly_known() || is_kept_hash || !with_secrets
    };
    let mut left_out = Vec::new();
    let mut open = value.clone();
    for path in value.marked_paths(Marks::SENSITIVE) {
        let Some(part) = value.at(&path) else { continue };
        let is_nothing = part.is_null() || part.as_str() == Some("");
        if !is_nothing && secret(part) {
            open = open.map_at(&path.0, &|part| Value::null(part.ty()));
            left_out.push(path);
        }
    }
    (without_marks_in_sets(&open, with_secrets), left_out)
}

/// A path does not lead into a set; what is secret in one goes with the whole set.
fn without_marks_in_sets(value: &Value, with_secrets: bool) -> Value {
    if with_secrets || value.deep_marks().is_none() {
        return value.unmark_deep();
    }
    match value.kind() {
        Kind::Set(element, _) => Value::set(element.clone(), []),
        Kind::Object(entries) => Value::object(
            entries.iter().map(|(name, it)| (name.clone(), without_marks_in_sets(it, false))),
        ),
        _ => value.unmark_deep(),
    }
}

/// The part of a path that leads no deeper than to a set.
fn outside_of_sets(value: &Value, path: &Path) -> Path {
    let mut here = Path::root();
    for step in &path.0 {
        if matches!(value.at(&here).map(Value::kind), Some(Kind::Set(..))) {
            break;
        }
        here = here.then(step.clone());
    }
    here
}
