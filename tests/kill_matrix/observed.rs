//! What there is after a run: in the cloud, and in the state.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::support::{HOME, IRELAND, Project, Server, normal, settled_text};

/// What there is, in words that are the same whatever the generated names.
#[derive(PartialEq)]
pub struct Observed {
    pub cloud: String,
    pub state: String,
    /// Objects in the cloud, alive, that the state does not name.
    pub orphans: Vec<String>,
}

impl Observed {
    pub fn of(server: &Server, project: &Project) -> Observed {
        let mut seen = Seen::default();
        for region in [HOME, IRELAND] {
            server.wait(seen.keys(server, region));
            server.wait(seen.stores(server, region));
            server.wait(seen.secrets(server, region));
        }
        let shown = project.run("show -json").succeeds().out;
        let orphans = seen.living.iter().filter(|(id, _)| !shown.contains(id.as_str()));
        let orphans = orphans.map(|(_, what)| what.clone()).collect();
        let mut lines: Vec<String> = settled_text(server).lines().map(str::to_owned).collect();
        lines.append(&mut seen.lines);
        let mut lines: Vec<String> = lines.iter().map(|line| seen.alike(project, line)).collect();
        lines.sort();
        let mut state: Json = serde_json::from_str(&shown).expect("the state as JSON");
        hide(&mut state);
        let state = serde_json::to_string_pretty(&state).expect("JSON");
        Observed { cloud: lines.join("\n"), state: seen.alike(project, &state), orphans }
    }
}

/// What differs from run to run, and what a read sees otherwise before and after some other object
/// is there, such as the tags of a secret of which another object is one. Whether the state is as
/// the cloud is, is what the plan says.
const VARYING: [&str; 7] = [
    "block_public_policy",
    "ciphertext_blob",
    "grant_token",
    "policy",
    "rotation_period_in_days",
    "tags",
    "tags_all",
];

fn hide(json: &mut Json) {
    match json {
        Json::Object(members) => {
            members.retain(|name, _| !VARYING.contains(&name.as_str()));
            // A ciphertext's id is the time when it was made.
            members.retain(|_, member| member.as_str().is_none_or(|text| !text.ends_with(" UTC")));
            members.values_mut().for_each(hide);
        }
        Json::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}

#[derive(Default)]
struct Seen {
    lines: Vec<String>,
    /// What is alive, by what the state must name.
    living: Vec<(String, String)>,
    names: BTreeMap<String, String>,
}

impl Seen {
    async fn keys(&mut self, server: &Server, region: &str) {
        let kms = server.kms(region);
        for entry in kms.list_keys().send().await.expect("ListKeys").keys() {
            let id = entry.key_id().expect("an id");
            let described = kms.describe_key().key_id(id).send().await.expect("DescribeKey");
            let key = described.key_metadata().expect("metadata");
            if key.key_manager().is_some_and(|manager| manager.as_str() == "AWS") {
                continue;
            }
            let state = key.key_state().map_or("-", |state| state.as_str());
            let name = key.description().unwrap_or_default();
            // The ids of related keys are one.
            self.names.entry(id.to_owned()).or_insert_with(|| format!("<{name} {state}>"));
            if state.starts_with("Pending") && state != "PendingImport" {
                continue;
            }
            self.living
                .push((format!("{region}:123456789012:key/{id}"), format!("{region} key {name}")));
            let policy = kms.get_key_policy().key_id(id).send().await.expect("GetKeyPolicy");
            let policy = policy.policy().unwrap_or_default().split_whitespace().collect::<String>();
            self.lines.push(format!("{region} policy of {name:?}: {policy}"));
            let grants = kms.list_grants().key_id(id).send().await.expect("ListGrants");
            for grant in grants.grants() {
                let (name, to) = (grant.name().unwrap_or("-"), grant.grantee_principal());
                let id = grant.grant_id().expect("an id").to_owned();
                let line = format!("{region} grant {name} {to:?} {:?}", grant.operations());
                self.living.push((id, line.clone()));
                self.lines.push(line);
            }
        }
        for alias in kms.list_aliases().send().await.expect("ListAliases").aliases() {
            let arn = alias.alias_arn().expect("an ARN");
            if !arn.contains(":alias/aws/") {
                self.living.push((arn.to_owned(), arn.to_owned()));
            }
        }
    }

    async fn stores(&mut self, server: &Server, region: &str) {
        let listed = server.kms(region).describe_custom_key_stores().send().await;
        for store in listed.expect("DescribeCustomKeyStores").custom_key_stores() {
            let id = store.custom_key_store_id().expect("an id").to_owned();
            let name = store.custom_key_store_name().unwrap_or_default();
            self.lines.push(format!("{region} store {name} {:?}", store.connection_state()));
            self.names.insert(id.clone(), format!("<store {name}>"));
            self.living.push((id, format!("{region} store {name}")));
        }
    }

    async fn secrets(&mut self, server: &Server, region: &str) {
        let client = server.secrets(region);
        let listed = client.list_secrets().include_planned_deletion(true).send().await;
        for entry in listed.expect("ListSecrets").secret_list() {
            let arn = entry.arn().expect("an ARN");
            let secret = client.describe_secret().secret_id(arn).send().await;
            let secret = secret.expect("DescribeSecret");
            let name = secret.name().unwrap_or_default();
            // AWS chooses its last characters.
            self.names.insert(arn.to_owned(), format!("<{region} secret {name}>"));
            if secret.deleted_date().is_some() {
                continue;
            }
            if secret.primary_region().is_none_or(|primary| primary == region) {
                self.living.push((arn.to_owned(), format!("{region} secret {name}")));
            }
            let mut versions: Vec<String> = Vec::new();
            let ids = client.list_secret_version_ids().secret_id(arn).include_deprecated(true);
            for version in ids.send().await.expect("ListSecretVersionIds").versions() {
                let id = version.version_id().unwrap_or_default();
                let stages = version.version_stages().join("+");
                self.names.insert(id.to_owned(), format!("<{stages}>"));
                versions.push(stages);
            }
            versions.sort();
            self.lines.push(format!("{region} versions of {name:?}: {versions:?}"));
            let policy = client.get_resource_policy().secret_id(arn).send().await;
            let policy = policy.expect("GetResourcePolicy");
            let rules = secret.rotation_rules().and_then(|it| it.automatically_after_days());
            self.lines.push(format!(
                "{region} parts of {name:?}: {:?} {:?} {rules:?} {:?}",
                policy.resource_policy(),
                secret.rotation_enabled(),
                secret.rotation_lambda_arn(),
            ));
        }
    }

    /// The text with generated names made alike: ids of keys and versions by what they are.
    fn alike(&self, project: &Project, text: &str) -> String {
        let named =
            self.names.iter().fold(text.to_owned(), |text, (id, name)| text.replace(id, name));
        let mut result = String::new();
        let mut run = String::new();
        for c in named.chars().chain(['\n']) {
            if c.is_ascii_digit() || ('a'..='f').contains(&c) {
                run.push(c);
                continue;
            }
            // Generated suffixes, grants, and the ids of keys that are gone.
            result.push_str(if run.len() >= 24 { "#" } else { &run });
            run.clear();
            result.push(c);
        }
        normal(result.trim_end(), project.root())
    }
}
