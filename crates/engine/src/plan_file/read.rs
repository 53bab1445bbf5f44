//! What a plan was made from, out of JSON. Whoever has the key may have written something else.

use std::collections::BTreeMap;

use meridian_graph::{InstanceAddress, Target};
use meridian_plan::{
    Answers, Basis, DataAnswer, ImportAnswer, LookAnswer, Mode, Options, PriorObject, PriorOutput,
};
use meridian_resource::{Object, Place, ProviderKey};
use meridian_state::{Sealer, StateError, decode};
use serde_json::Value as Json;

use super::{CONTEXT, PURPOSES, SavedInputs, purpose_name};

/// The content of a plan file; none if it is something else.
///
/// # Errors
/// A value in it is none.
pub(super) fn from_json(
    content: &Json,
    sealer: &Sealer,
) -> Result<Option<SavedInputs>, StateError> {
    let value = |json: &Json| decode(json, sealer, CONTEXT);
    let mut variables = BTreeMap::new();
    for (name, json) in content["variables"].as_object().into_iter().flatten() {
        variables.insert(name.as_str().into(), value(json)?);
    }
    let mut outputs = BTreeMap::new();
    for (name, json) in content["outputs"].as_object().into_iter().flatten() {
        let sensitive = json["sensitive"].as_bool().unwrap_or(true);
        outputs
            .insert(name.as_str().into(), PriorOutput { value: value(&json["value"])?, sensitive });
    }
    let mut objects = Vec::new();
    for json in content["objects"].as_array().into_iter().flatten() {
        let Some(object) = prior_object(json, sealer)? else { return Ok(None) };
        objects.push(object);
    }
    let text = |name: &str| content[name].as_str().unwrap_or_default().to_owned();
    let mode = match content["mode"].as_str() {
        Some("normal") => Mode::Normal,
        Some("destroy") => Mode::Destroy,
        Some("refresh-only") => Mode::RefreshOnly,
        _ => return Ok(None),
    };
    Ok(Some(SavedInputs {
        mode,
        options: options(&content["options"]),
        answers: answers(content, sealer)?,
        start_time: content["start_time"].as_str().map(str::to_owned),
        local: content["local"].as_bool().unwrap_or_default(),
        folder: text("folder").into(),
        sources: serde_json::from_value(content["sources"].clone()).unwrap_or_default(),
        places: places(&content["places"]),
        variables,
        objects,
        outputs,
        basis: Basis {
            lineage: text("lineage"),
            serial: content["serial"].as_u64().unwrap_or_default(),
        },
    }))
}

fn places(json: &Json) -> BTreeMap<ProviderKey, Place> {
    let items = json.as_array().into_iter().flatten();
    let places = items.filter_map(|json| {
        Some(Place {
            provider: ProviderKey::parse(json["provider"].as_str()?),
            region: json["region"].as_str()?.to_owned(),
            default_tags: serde_json::from_value(json["default_tags"].clone()).ok()?,
            ignored_tag_keys: serde_json::from_value(json["ignored_tag_keys"].clone()).ok()?,
            ignored_tag_prefixes: serde_json::from_value(json["ignored_tag_prefixes"].clone())
                .ok()?,
            sensitive_default_tags: serde_json::from_value(json["sensitive_default_tags"].clone())
                .unwrap_or_default(),
        })
    });
    places.map(|place| (place.provider.clone(), place)).collect()
}

fn options(json: &Json) -> Options {
    let texts = |name: &str| {
        let items = json[name].as_array().into_iter().flatten();
        items.filter_map(Json::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let targets = |name: &str| texts(name).iter().filter_map(|it| Target::parse(it)).collect();
    Options {
        targets: targets("targets"),
        excludes: targets("excludes"),
        replace: texts("replace").iter().filter_map(|it| InstanceAddress::parse(it)).collect(),
        without_refresh: json["without_refresh"].as_bool().unwrap_or_default(),
    }
}

fn answers(content: &Json, sealer: &Sealer) -> Result<Answers, StateError> {
    let mut answers = Answers::default();
    let address = |json: &Json| InstanceAddress::parse(json["address"].as_str()?);
    for json in content["data"].as_array().into_iter().flatten() {
        if let Some(address) = address(json) {
            let config = decode(&json["config"], sealer, CONTEXT)?;
            let result = Ok(decode(&json["value"], sealer, CONTEXT)?);
            answers.data.insert(address, DataAnswer { config, result });
        }
    }
    for json in content["imports"].as_array().into_iter().flatten() {
        if let Some(address) = address(json) {
            let id = json["id"].as_str().unwrap_or_default().to_owned();
            let result = Ok(object_from(&json["object"], sealer)?);
            let generated = json["generated"].as_str().map(str::to_owned);
            answers.imports.insert(address, ImportAnswer { id, result, generated });
        }
    }
    for json in content["looks"].as_array().into_iter().flatten() {
        let purpose = PURPOSES.into_iter().find(|it| json["purpose"] == purpose_name(*it));
        if let (Some(address), Some(purpose)) = (address(json), purpose) {
            let region = json["region"].as_str().unwrap_or_default().to_owned();
            let result = Ok(match &json["object"] {
                Json::Null => None,
                found => Some(object_from(found, sealer)?),
            });
            answers.looks.insert((address, purpose), LookAnswer { region, result });
        }
    }
    Ok(answers)
}

fn object_from(json: &Json, sealer: &Sealer) -> Result<Object, StateError> {
    Ok(Object {
        attributes: decode(&json["attributes"], sealer, CONTEXT)?,
        facts: decode(&json["facts"], sealer, CONTEXT)?,
    })
}

fn prior_object(json: &Json, sealer: &Sealer) -> Result<Option<PriorObject>, StateError> {
    let object = |json: &Json| object_from(json, sealer);
    let Some(address) = json["address"].as_str().and_then(InstanceAddress::parse) else {
        return Ok(None);
    };
    let observed = match &json["observed"] {
        Json::Null => None,
        seen => Some(object(seen)?),
    };
    let dependencies = json["dependencies"].as_array().into_iter().flatten();
    Ok(Some(PriorObject {
        address,
        previous_address: None,
        importing: None,
        deposed: json["deposed"].as_str().map(Into::into),
        provider: ProviderKey::parse(json["provider"].as_str().unwrap_or_default()),
        region: json["region"].as_str().unwrap_or_default().to_owned(),
        stored: object(&json["stored"])?,
        observed,
        dependencies: dependencies
            .filter_map(|it| Some(InstanceAddress::parse(it.as_str()?)?.resource))
            .collect(),
        unfinished: json["unfinished"].as_bool().unwrap_or_default(),
    }))
}
