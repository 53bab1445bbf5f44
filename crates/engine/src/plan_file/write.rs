//! What a plan was made from becomes JSON.

use meridian_lang::{Marks, Value};
use meridian_plan::Mode;
use meridian_resource::{Object, Place};
use meridian_state::{Sealer, encode};
use serde_json::{Map, Value as Json, json};

use super::{CONTEXT, SavedInputs, purpose_name};

/// The content of a plan file.
pub(super) fn to_json(inputs: &SavedInputs, sealer: &Sealer) -> Json {
    let value = |value: &Value| encode(value, sealer, CONTEXT);
    let object = |object: &Object| json!({ "attributes": value(&object.attributes), "facts": value(&object.facts) });
    let is_ephemeral = |value: &Value| value.deep_marks().contains(Marks::EPHEMERAL);
    let lasting = inputs.variables.iter().filter(|(_, value)| !is_ephemeral(value));
    let variables: Map<String, Json> =
        lasting.map(|(name, it)| (name.to_string(), value(it))).collect();
    let outputs: Map<String, Json> = inputs
        .outputs
        .iter()
        .map(|(name, output)| {
            let output = json!({ "value": value(&output.value), "sensitive": output.sensitive });
            (name.to_string(), output)
        })
        .collect();
    let objects: Vec<Json> = inputs
        .objects
        .iter()
        .map(|prior| {
            json!({
                "address": prior.address.to_string(),
                "deposed": prior.deposed.as_deref(),
                "provider": prior.provider.to_string(),
                "region": prior.region,
                "stored": object(&prior.stored),
                "observed": prior.observed.as_ref().map(object),
                "unfinished": prior.unfinished,
                "dependencies":
                    prior.dependencies.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        })
        .collect();
    let answers = &inputs.answers;
    let data: Vec<Json> = answers
        .data
        .iter()
        .filter_map(|(address, answer)| {
            let (config, found) = (value(&answer.config), value(answer.result.as_ref().ok()?));
            Some(json!({ "address": address.to_string(), "config": config, "value": found }))
        })
        .collect();
    let imports: Vec<Json> = answers
        .imports
        .iter()
        .filter_map(|(address, answer)| {
            let found = object(answer.result.as_ref().ok()?);
            Some(json!({
                "address": address.to_string(),
                "id": answer.id,
                "object": found,
                "generated": answer.generated,
            }))
        })
        .collect();
    let looks: Vec<Json> = answers
        .looks
        .iter()
        .filter_map(|((address, purpose), answer)| {
            let found = answer.result.as_ref().ok()?.as_ref().map(object);
            Some(json!({
                "address": address.to_string(),
                "purpose": purpose_name(*purpose),
                "region": answer.region,
                "object": found,
            }))
        })
        .collect();
    json!({
        "looks": looks,
        "mode": match inputs.mode {
            Mode::Normal => "normal",
            Mode::Destroy => "destroy",
            Mode::RefreshOnly => "refresh-only",
        },
        "options": {
            "targets": texts(&inputs.options.targets),
            "excludes": texts(&inputs.options.excludes),
            "replace": texts(&inputs.options.replace),
            "without_refresh": inputs.options.without_refresh,
        },
        "data": data,
        "imports": imports,
        "local": inputs.local,
        "start_time": inputs.start_time,
        "folder": inputs.folder,
        "sources": inputs.sources,
        "places": inputs.places.values().map(place_to_json).collect::<Vec<_>>(),
        "variables": variables,
        "objects": objects,
        "outputs": outputs,
        "lineage": inputs.basis.lineage,
        "serial": inputs.basis.serial,
    })
}

fn place_to_json(place: &Place) -> Json {
    json!({
        "provider": place.provider.to_string(),
        "region": place.region,
        "default_tags": place.default_tags,
        "ignored_tag_keys": place.ignored_tag_keys,
        "ignored_tag_prefixes": place.ignored_tag_prefixes,
        "sensitive_default_tags": place.sensitive_default_tags,
    })
}

fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}
