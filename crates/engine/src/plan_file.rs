//! Saved plans.
//!
//! Planning is pure, so a plan file keeps what the plan was made from: the texts of the
//! configuration, the values of variables, and the objects as they were read. Whoever loads it
//! plans again and must come to the same plan; its digest says whether that is so. Everything but
//! the state's identity is sealed, because all of it may hold secrets.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use meridian_graph::{InstanceAddress, Target};
use meridian_lang::{Marks, Value};
use meridian_plan::{
    Answers, Basis, DataAnswer, ImportAnswer, LookAnswer, Mode, Options, Plan, PriorObject,
    PriorOutput, Purpose,
};
use meridian_resource::{Object, Place, ProviderKey};
use meridian_state::{KeyRecord, Sealer, StateError, decode, encode};
use serde_json::{Map, Value as Json, json};

/// The version of the file's format.
const FORMAT: u64 = 4;
/// What the seal is bound to.
const CONTEXT: &str = "plan";

/// What a plan was made from.
#[derive(Clone)]
pub struct SavedInputs {
    /// Normal or destroy.
    pub mode: Mode,
    /// Whether it is about the embedded AWS.
    pub local: bool,
    /// The folder that the configuration was read from.
    pub folder: PathBuf,
    /// Names and texts of the configuration's files.
    pub sources: Vec<(String, String)>,
    /// What resource types need of the provider configurations.
    pub places: BTreeMap<ProviderKey, Place>,
    /// Values of variables.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// The objects of the state, as they were read.
    pub objects: Vec<PriorObject>,
    /// The outputs of the state.
    pub outputs: BTreeMap<Arc<str>, PriorOutput>,
    /// The state's identity.
    pub basis: Basis,
    /// Which part of the configuration was planned.
    pub options: Options,
    /// What was asked of the cloud for it.
    pub answers: Answers,
    /// When the plan was begun, in RFC 3339: `plantimestamp()` stays what it was.
    pub start_time: Option<String>,
}

/// Shows nothing that stands in configuration files: secrets may be written there.
impl fmt::Debug for SavedInputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: Vec<&String> = self.sources.iter().map(|(name, _)| name).collect();
        f.debug_struct("SavedInputs")
            .field("mode", &self.mode)
            .field("folder", &self.folder)
            .field("files", &files)
            .field("objects", &self.objects)
            .finish_non_exhaustive()
    }
}

/// Why a plan file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{} is not a plan file of meridian", path.display())]
    NotAPlan {
        /// The file.
        path: PathBuf,
    },
    /// Another version wrote it.
    #[error(
        "{} was written by another version of meridian (plan format {format}); plan again, or use that \
         version",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u64,
    },
    /// It was sealed under another key.
    #[error(
        "{} is sealed under another key. A saved plan is applied under the key that it was made \
         with: by the user who made it, or with the same MERIDIAN_STATE_KEY or \
         MERIDIAN_STATE_KMS_KEY",
        path.display()
    )]
    OtherKey {
        /// The file.
        path: PathBuf,
    },
    /// The state's sealing failed.
    #[error(transparent)]
    State(#[from] StateError),
}

/// A digest by which two plans can be told apart; no secret goes into it.
fn digest(plan: &Plan) -> String {
    // The debug form of values hides what is sensitive, and is stable within a version.
    let text = format!("{:?}{:?}{:?}", plan.mode, plan.changes, plan.outputs);
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a plan file, readable by its owner only.
///
/// # Errors
/// The file cannot be written.
pub fn save_plan(
    path: &Path,
    inputs: &SavedInputs,
    plan: &Plan,
    sealer: &Sealer,
) -> Result<(), PlanFileError> {
    let content = to_json(inputs, sealer).to_string();
    let sealed = encode(&Value::string(content).mark(Marks::SENSITIVE), sealer, CONTEXT);
    let file = json!({
        "meridian_plan": FORMAT,
        "meridian_version": env!("CARGO_PKG_VERSION"),
        "state_lineage": inputs.basis.lineage,
        "state_serial": inputs.basis.serial,
        "digest": digest(plan),
        "key": sealer.full_record(),
        "content": sealed,
    });
    let failed = |source| PlanFileError::Io { path: path.to_owned(), source };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut out = options.open(path).map_err(failed)?;
    // A file that was there keeps its mode when it is written anew.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        out.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    }
    out.write_all(file.to_string().as_bytes()).map_err(failed)?;
    out.sync_all().map_err(failed)
}

/// The key that a plan file is sealed under; none if an earlier version wrote it, under the key of
/// the user's key file.
///
/// # Errors
/// The file cannot be read, or is no plan.
pub fn plan_key(path: &Path) -> Result<Option<KeyRecord>, PlanFileError> {
    let record = read(path)?.get_mut("key").map(Json::take);
    let record = record.map(serde_json::from_value).transpose();
    record.map_err(|_| PlanFileError::NotAPlan { path: path.to_owned() })
}

fn read(path: &Path) -> Result<Json, PlanFileError> {
    let not_a_plan = || PlanFileError::NotAPlan { path: path.to_owned() };
    let text = std::fs::read(path)
        .map_err(|source| PlanFileError::Io { path: path.to_owned(), source })?;
    let file: Json = serde_json::from_slice(&text).map_err(|_| not_a_plan())?;
    let format = file.get("meridian_plan").and_then(Json::as_u64).ok_or_else(not_a_plan)?;
    if format != FORMAT {
        return Err(PlanFileError::Newer { path: path.to_owned(), format });
    }
    Ok(file)
}

/// Reads a plan file: what it was made from, and a check that the plan made of it again is the
/// one that was saved.
///
/// # Errors
/// The file cannot be read, is no plan, or was sealed under another key.
pub fn load_plan(
    path: &Path,
    sealer: &Sealer,
) -> Result<(SavedInputs, impl Fn(&Plan) -> bool + use<>), PlanFileError> {
    let not_a_plan = || PlanFileError::NotAPlan { path: path.to_owned() };
    let file = read(path)?;
    let content = file.get("content").ok_or_else(not_a_plan)?;
    let content = decode(content, sealer, CONTEXT)?;
    let content =
        content.as_str().ok_or_else(|| PlanFileError::OtherKey { path: path.to_owned() })?;
    let content: Json = serde_json::from_str(content).map_err(|_| not_a_plan())?;
    let inputs = from_json(&content, sealer)?.ok_or_else(not_a_plan)?;
    let expected = file.get("digest").and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok((inputs, move |plan: &Plan| digest(plan) == expected))
}

fn to_json(inputs: &SavedInputs, sealer: &Sealer) -> Json {
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

fn from_json(content: &Json, sealer: &Sealer) -> Result<Option<SavedInputs>, StateError> {
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

fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
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

const PURPOSES: [Purpose; 3] = [Purpose::Creation, Purpose::Relocation, Purpose::Encryption];

fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Creation => "creation",
        Purpose::Relocation => "relocation",
        Purpose::Encryption => "encryption",
    }
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
