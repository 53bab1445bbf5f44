//! Objects become a state file.

use meridian_graph::{InstanceKey, ResourceMode};
use meridian_lang::{Path, Step};
use serde_json::{Map, Value as Json, json};

use super::{TERRAFORM_FORMAT, TERRAFORM_VERSION, TerraformObject, TerraformState, to_terraform};
use crate::type_to_json;

impl TerraformState {
    /// The state as Terraform writes it: a text that ends with a line break.
    pub fn to_text(&self) -> String {
        let outputs: Map<String, Json> = self
            .outputs
            .iter()
            .map(|(name, output)| {
                let ty = output.value.ty();
                let value = to_terraform(&output.value, &ty);
                let mut members = Map::new();
                members.insert("value".to_owned(), value);
                members.insert("type".to_owned(), type_to_json(&ty));
                if output.sensitive {
                    members.insert("sensitive".to_owned(), json!(true));
                }
                (name.to_string(), Json::Object(members))
            })
            .collect();
        let file = json!({
            "version": TERRAFORM_FORMAT,
            "terraform_version": TERRAFORM_VERSION,
            "serial": self.serial,
            "lineage": self.lineage,
            "outputs": outputs,
            "resources": self.resources(),
            "check_results": null,
        });
        format!("{file:#}\n")
    }

    /// The objects, those of one resource together.
    fn resources(&self) -> Vec<Json> {
        let mut resources: Vec<Json> = Vec::new();
        let mut objects: Vec<&TerraformObject> = self.objects.iter().collect();
        objects.sort_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));
        let groups = objects.chunk_by(|a, b| {
            (&a.address.resource, &a.provider) == (&b.address.resource, &b.provider)
        });
        for group in groups {
            let Some(first) = group.first() else { continue };
            let resource = &first.address.resource;
            let mut members = Map::new();
            if !resource.module.is_root() {
                members.insert("module".to_owned(), json!(resource.module.to_string()));
            }
            let mode = if resource.mode == ResourceMode::Data { "data" } else { "managed" };
            members.insert("mode".to_owned(), json!(mode));
            members.insert("type".to_owned(), json!(*resource.type_name));
            members.insert("name".to_owned(), json!(*resource.name));
            members.insert("provider".to_owned(), json!(first.provider.to_string()));
            let instances: Vec<Json> = group.iter().map(|object| instance(object)).collect();
            members.insert("instances".to_owned(), json!(instances));
            resources.push(Json::Object(members));
        }
        resources
    }
}

fn instance(object: &TerraformObject) -> Json {
    let mut members = Map::new();
    match &object.address.key {
        Some(InstanceKey::Index(index)) => members.insert("index_key".to_owned(), json!(index)),
        Some(InstanceKey::Text(text)) => members.insert("index_key".to_owned(), json!(**text)),
        None => None,
    };
    if object.tainted {
        members.insert("status".to_owned(), json!("tainted"));
    }
    if let Some(key) = &object.deposed {
        members.insert("deposed".to_owned(), json!(**key));
    }
    members.insert("schema_version".to_owned(), json!(object.schema_version));
    members.insert("attributes".to_owned(), object.attributes.clone());
    let sensitive: Vec<Json> = object.sensitive.iter().map(path).collect();
    members.insert("sensitive_attributes".to_owned(), json!(sensitive));
    if !object.dependencies.is_empty() {
        let names: Vec<String> = object.dependencies.iter().map(ToString::to_string).collect();
        members.insert("dependencies".to_owned(), json!(names));
    }
    if object.create_before_destroy {
        members.insert("create_before_destroy".to_owned(), json!(true));
    }
    Json::Object(members)
}

fn path(path: &Path) -> Json {
    let step = |step: &Step| match step {
        Step::Attribute(name) => json!({ "type": "get_attr", "value": **name }),
        Step::Key(key) => {
            json!({ "type": "index", "value": { "value": **key, "type": "string" } })
        }
        Step::Index(index) => {
            json!({ "type": "index", "value": { "value": index, "type": "number" } })
        }
    };
    path.0.iter().map(step).collect()
}
