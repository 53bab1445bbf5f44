//! What there is in a cloud, as the SDK tells it: a few lines for each Region.

use aws_sdk_kms::types::{KeyManagerType, KeyMetadata};
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;

use super::Server;

const REGIONS: [&str; 4] = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"];

/// Keys, aliases and secrets of all Regions that tests work in.
pub fn cloud_text(server: &Server) -> String {
    let mut text = String::new();
    for region in REGIONS {
        let mut lines = server.wait(keys(server, region));
        lines.extend(server.wait(aliases(server, region)));
        lines.extend(server.wait(secrets(server, region)));
        for line in lines {
            text.push_str(&format!("{region} {line}\n"));
        }
    }
    text
}

/// The same, once no secret is on its way to a Region any more: a label, too, takes its time to get
/// there after the call that moves it.
pub fn settled_text(server: &Server) -> String {
    for _ in 0..200 {
        let text = cloud_text(server);
        if !text.contains("InProgress") {
            return text;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    cloud_text(server)
}

async fn keys(server: &Server, region: &str) -> Vec<String> {
    let client = server.kms(region);
    let listed = client.list_keys().send().await.expect("ListKeys");
    let mut lines = Vec::new();
    for key in listed.keys() {
        let id = key.key_id().expect("a key id");
        let described = client.describe_key().key_id(id).send().await.expect("DescribeKey");
        let metadata = described.key_metadata().expect("metadata");
        if metadata.key_manager() == Some(&KeyManagerType::Customer) {
            lines.push(key_line(&client, metadata).await);
        }
    }
    lines.sort();
    lines
}

async fn key_line(client: &aws_sdk_kms::Client, key: &KeyMetadata) -> String {
    let id = key.key_id();
    let state = key.key_state().map_or("-", |state| state.as_str());
    let mut line = format!("key {:?} {state}", key.description().unwrap_or_default());
    if let Some(role) = key.multi_region_configuration().and_then(|it| it.multi_region_key_type()) {
        line.push_str(&format!(" {}", role.as_str()));
    }
    // A key that is to be deleted tells no more.
    if let Ok(rotation) = client.get_key_rotation_status().key_id(id).send().await
        && rotation.key_rotation_enabled()
    {
        line.push_str(&format!(" rotation={}", rotation.rotation_period_in_days().unwrap_or(0)));
    }
    if let Ok(listed) = client.list_resource_tags().key_id(id).send().await {
        let tags = listed.tags().iter();
        line.push_str(&tags_text(tags.map(|tag| (tag.tag_key(), tag.tag_value()))));
    }
    line
}

async fn aliases(server: &Server, region: &str) -> Vec<String> {
    let client = server.kms(region);
    let listed = client.list_aliases().send().await.expect("ListAliases");
    let mut lines = Vec::new();
    for alias in listed.aliases() {
        let name = alias.alias_name().unwrap_or_default();
        if name.starts_with("alias/aws/") {
            continue;
        }
        let target = description(&client, alias.target_key_id().unwrap_or_default()).await;
        lines.push(format!("{name} -> {target}"));
    }
    lines.sort();
    lines
}

/// A key by its description: its id differs from run to run.
async fn description(client: &aws_sdk_kms::Client, key: &str) -> String {
    match client.describe_key().key_id(key).send().await {
        Ok(answer) => {
            let metadata = answer.key_metadata().expect("metadata");
            format!("key {:?}", metadata.description().unwrap_or_default())
        }
        Err(_) => format!("no key {key}"),
    }
}

async fn secrets(server: &Server, region: &str) -> Vec<String> {
    let client = server.secrets(region);
    let listed = client.list_secrets().include_planned_deletion(true).send().await;
    let mut lines = Vec::new();
    for entry in listed.expect("ListSecrets").secret_list() {
        let arn = entry.arn().expect("an ARN");
        let secret = client.describe_secret().secret_id(arn).send().await.expect("DescribeSecret");
        lines.push(secret_line(server, region, &secret).await);
    }
    lines.sort();
    lines
}

async fn secret_line(server: &Server, region: &str, secret: &DescribeSecretOutput) -> String {
    let name = secret.name().unwrap_or_default();
    let mut line = format!("secret {name:?} {:?}", secret.description().unwrap_or_default());
    if secret.deleted_date().is_some() {
        return format!("{line} to be deleted");
    }
    if let Some(primary) = secret.primary_region().filter(|primary| *primary != region) {
        line.push_str(&format!(" replica of {primary}"));
    }
    let client = server.secrets(region);
    let value = client.get_secret_value().secret_id(secret.arn().expect("an ARN")).send().await;
    match value {
        Ok(value) => line.push_str(&format!(" = {:?}", value.secret_string().unwrap_or_default())),
        Err(_) => line.push_str(" without a value"),
    }
    if let Some(key) = secret.kms_key_id() {
        line.push_str(&format!(" under {}", description(&server.kms(region), key).await));
    }
    for replica in secret.replication_status() {
        let region = replica.region().unwrap_or_default();
        let status = replica.status().map_or("-", |status| status.as_str());
        line.push_str(&format!(" {region}:{status}"));
    }
    let tags = secret.tags().iter();
    let pairs = tags.map(|tag| (tag.key().unwrap_or_default(), tag.value().unwrap_or_default()));
    line.push_str(&tags_text(pairs));
    line
}

fn tags_text<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut pairs: Vec<String> = tags.map(|(key, value)| format!("{key}={value}")).collect();
    pairs.sort();
    if pairs.is_empty() { String::new() } else { format!(" [{}]", pairs.join(" ")) }
}
