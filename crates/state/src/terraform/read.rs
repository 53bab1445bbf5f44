//! State files become objects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meridian_graph::{
    ConfigResource, InstanceKey, ModuleInstance, ModulePath, ResourceAddress, ResourceMode, Target,
};
use meridian_lang::{Marks, Path, Step, from_json};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{
    TERRAFORM_FORMAT, TerraformObject, TerraformOutput, TerraformProvider, TerraformState,
    TerraformStateError,
};
use crate::type_from_json;

/// The file as it is spelled. What is not named here (such as `check_results`, and the private data
/// of providers) is of no use to anyone but Terraform.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    serial: u64,
    #[serde(default)]
    lineage: String,
    #[serde(default)]
    outputs: BTreeMap<String, FileOutput>,
    #[serde(default)]
    resources: Vec<FileResource>,
}

#[derive(Deserialize)]
struct FileOutput {
    value: Json,
    #[serde(rename = "type")]
    ty: Json,
    #[serde(default)]
    sensitive: bool,
}

#[derive(Deserialize)]
struct FileResource {
    #[serde(default)]
    module: String,
    mode: String,
    #[serde(rename = "type")]
    type_name: String,
    name: String,
    provider: String,
    #[serde(default)]
    instances: Vec<FileInstance>,
}

#[derive(Deserialize)]
struct FileInstance {
    #[serde(default)]
    index_key: Json,
    #[serde(default)]
    status: String,
    #[serde(default)]
    deposed: String,
    #[serde(default)]
    schema_version: u64,
    attributes: Option<Json>,
    attributes_flat: Option<Json>,
    #[serde(default)]
    sensitive_attributes: Option<Vec<Vec<FileStep>>>,
    #[serde(default)]
    dependencies: Option<Vec<String>>,
    #[serde(default)]
    create_before_destroy: bool,
}

#[derive(Deserialize)]
struct FileStep {
    #[serde(rename = "type")]
    kind: String,
    value: Json,
}

/// Of two objects in the same place one would be lost.
fn refuse_duplicates(objects: &[TerraformObject]) -> Result<(), TerraformStateError> {
    let mut seen = BTreeSet::new();
    for object in objects {
        if !seen.insert((&object.address, &object.deposed)) {
            let place = object.address.to_string();
            return Err(TerraformStateError::malformed(place, "it is in the file twice"));
        }
    }
    Ok(())
}

impl TerraformState {
    /// Reads a state file of format 4.
    ///
    /// # Errors
    /// It is something else, or something in it is not as it should be.
    pub fn read(text: &[u8]) -> Result<TerraformState, TerraformStateError> {
        let json: Json = serde_json::from_slice(text).map_err(|error| {
            TerraformStateError::Syntax { line: error.line(), column: error.column() }
        })?;
        let version = json.get("version").and_then(Json::as_u64);
        match version.ok_or(TerraformStateError::NoVersion)? {
            TERRAFORM_FORMAT => {}
            version => return Err(TerraformStateError::Version(version)),
        }
        // What serde says of a wrong type may repeat the value.
        let file = File::deserialize(&json).map_err(|_| {
            TerraformStateError::malformed("The file", "a member is missing or of another type")
        })?;
        let outputs = file.outputs.into_iter().map(|(name, output)| {
            let place = format!("Output {name}");
            let read = self::output(output);
            let read = read.map_err(|why| TerraformStateError::malformed(place, why))?;
            Ok((name.into(), read))
        });
        let outputs = outputs.collect::<Result<_, TerraformStateError>>()?;
        let mut objects = Vec::new();
        for resource in file.resources {
            read_resource(resource, &mut objects)?;
        }
        refuse_duplicates(&objects)?;
        Ok(TerraformState { lineage: file.lineage, serial: file.serial, outputs, objects })
    }
}

fn output(output: FileOutput) -> Result<TerraformOutput, String> {
    let ty = type_from_json(&output.ty).ok_or("there is no such type")?;
    let value = from_json(&output.value, &ty).map_err(|error| error.to_string())?;
    let marks = if output.sensitive { Marks::SENSITIVE } else { Marks::NONE };
    Ok(TerraformOutput { value: value.mark(marks), sensitive: output.sensitive })
}

fn read_resource(
    resource: FileResource,
    objects: &mut Vec<TerraformObject>,
) -> Result<(), TerraformStateError> {
    let place = format!("{}.{}", resource.type_name, resource.name);
    let wrong = |detail: &str| TerraformStateError::malformed(&place, detail);
    let mode = match &*resource.mode {
        "managed" => ResourceMode::Managed,
        "data" => ResourceMode::Data,
        _ => return Err(wrong("its mode is neither managed nor data")),
    };
    let address = ResourceAddress {
        module: module(&resource.module).ok_or_else(|| wrong("its module is no address"))?,
        mode,
        type_name: resource.type_name.as_str().into(),
        name: resource.name.as_str().into(),
    };
    let provider =
        provider(&resource.provider).ok_or_else(|| wrong("its provider is no address"))?;
    for instance in resource.instances {
        let key = match instance.index_key {
            Json::Null => None,
            Json::Number(number) => Some(InstanceKey::Index(
                number.as_u64().ok_or_else(|| wrong("an index is no whole number"))?,
            )),
            Json::String(text) => Some(InstanceKey::Text(text.into())),
            _ => return Err(wrong("a key is neither a number nor text")),
        };
        if instance.attributes_flat.is_some() {
            return Err(wrong(
                "its attributes are as Terraform 0.11 wrote them; run \"terraform apply \
                 -refresh-only\" with a newer Terraform first",
            ));
        }
        let sensitive = instance.sensitive_attributes.unwrap_or_default();
        let sensitive: Option<Vec<Path>> = sensitive.into_iter().map(path).collect();
        objects.push(TerraformObject {
            address: address.instance(key),
            deposed: Some(instance.deposed).filter(|key| !key.is_empty()).map(Into::into),
            provider: provider.clone(),
            schema_version: instance.schema_version,
            attributes: instance.attributes.unwrap_or_default(),
            sensitive: sensitive.ok_or_else(|| wrong("a sensitive part is no path"))?,
            // What no longer names a block is nothing to wait for.
            dependencies: instance
                .dependencies
                .unwrap_or_default()
                .iter()
                .filter_map(|text| dependency(text))
                .collect(),
            create_before_destroy: instance.create_before_destroy,
            tainted: instance.status == "tainted",
        });
    }
    Ok(())
}

fn module(text: &str) -> Option<ModuleInstance> {
    if text.is_empty() {
        return Some(ModuleInstance::root());
    }
    match Target::parse(text)? {
        Target::Module(module) => Some(module),
        Target::Resource(_) => None,
    }
}

/// Reads `module.a.provider["registry.terraform.io/hashicorp/aws"].alias`.
fn provider(text: &str) -> Option<TerraformProvider> {
    let (module, rest) = match text.strip_prefix("provider[\"") {
        Some(rest) => (ModulePath::root(), rest),
        None => {
            let (module, rest) = text.split_once(".provider[\"")?;
            (self::module(module)?.path(), rest)
        }
    };
    let (source, behind) = rest.split_once("\"]")?;
    let alias = match behind.strip_prefix('.') {
        Some(alias) if !alias.is_empty() => Some(Arc::from(alias)),
        None if behind.is_empty() => None,
        _ => return None,
    };
    Some(TerraformProvider { module, source: source.to_owned(), alias })
}

fn dependency(text: &str) -> Option<ConfigResource> {
    Some(Target::parse(text)?.instance()?.resource.config())
}

fn path(steps: Vec<FileStep>) -> Option<Path> {
    let steps = steps.into_iter().map(|step| match (&*step.kind, step.value) {
        ("get_attr", Json::String(name)) => Some(Step::Attribute(name.into())),
        ("index", Json::String(key)) => Some(Step::Key(key.into())),
        ("index", Json::Number(index)) => Some(Step::Index(usize::try_from(index.as_u64()?).ok()?)),
        ("index", Json::Object(key)) => match (key.get("value")?, key.get("type")?.as_str()?) {
            (Json::String(text), "string") => Some(Step::Key(text.as_str().into())),
            (index, "number") => Some(Step::Index(usize::try_from(index.as_u64()?).ok()?)),
            _ => None,
        },
        _ => None,
    });
    Some(Path(steps.collect::<Option<_>>()?))
}
