//! What was found as configuration: resources, each with its `import` block.

use std::collections::BTreeMap;

use meridian_aws::discovery::FoundKey;
use meridian_engine::answer;
use meridian_graph::{ConfigResource, InstanceAddress, ModulePath, ResourceMode};
use meridian_lang::{FileId, Marks, Span, Value};
use meridian_plan::{Answers, Question};
use meridian_report::{ResourceBlock, comment_text, import_block, resource_block};
use meridian_resource::Object;
use meridian_state::Snapshot;

use super::names::Names;
use super::session::Session;
use super::survey::Survey;

const VERSION: &str = "aws_secretsmanager_secret_version";

/// A resource that is written.
struct Item {
    type_name: &'static str,
    name: String,
    region: String,
    /// What the `import` block says.
    id: String,
    /// For a version of a secret, which is not read: the ARN of its secret.
    secret: Option<String>,
}

/// What stands for texts that name other resources.
#[derive(Default)]
struct References {
    /// By ARN: the resource's address.
    by_arn: BTreeMap<String, String>,
    /// Keys by Region and id.
    by_id: BTreeMap<(String, String), String>,
}

impl References {
    fn find(&self, region: &str, argument: &str, text: &str) -> Option<String> {
        let of_id = || self.by_id.get(&(region.to_owned(), text.to_owned()));
        let by_arn = self.by_arn.get(text);
        match argument {
            "primary_key_arn" => by_arn.map(|address| format!("{address}.arn")),
            "target_key_id" | "kms_key_id" => match by_arn {
                Some(address) => Some(format!("{address}.arn")),
                None => of_id().map(|address| format!("{address}.key_id")),
            },
            "secret_id" => by_arn.map(|address| format!("{address}.id")),
            _ => None,
        }
    }
}

/// The configuration of what was found, and how many resources there are. What cannot be read is
/// left out with a line.
pub async fn text(
    session: &Session,
    survey: &mut Survey,
    state: Option<&Snapshot>,
) -> (String, usize) {
    let mut names = Names::default();
    let root = &session.project.config.root().resources;
    for resource in root.iter().filter(|resource| resource.mode == ResourceMode::Managed) {
        names.take(&resource.type_name.text, &resource.name.text);
    }
    for object in state.into_iter().flat_map(|state| &state.objects) {
        names.take(&object.type_name, &object.address.resource.name);
    }
    let mut references = References::default();
    let items = items(survey, &mut names, &mut references);
    let objects = read(session, &items).await;
    let mut written = 0;
    let mut text = String::from(
        "# __generated__ by Meridian\n# Please review these resources and move them into your main \
         configuration files.\n",
    );
    if !session.providers.new_blocks.is_empty() {
        text.push_str(&format!("\n{}", session.providers.new_blocks));
    }
    for (item, object) in items.iter().zip(objects) {
        let address = format!("{}.{}", item.type_name, item.name);
        let object = match object {
            Ok(object) => object,
            Err(why) => {
                survey.left_out.push(format!("{} in {}: {why}", item.id, item.region));
                continue;
            }
        };
        let Some(kind) = session.project.registry.resource_type(item.type_name) else { continue };
        let provider = session.providers.reference(&item.region);
        let block = resource_block(&ResourceBlock {
            type_name: item.type_name,
            name: &item.name,
            provider: provider.as_deref(),
            schema: kind.schema(),
            attributes: &object.attributes,
            left_out: &[],
            references: &|argument, text| references.find(&item.region, argument, text),
        });
        text.push_str(&format!("\n{}\n{block}", import_block(&address, &item.id)));
        written += 1;
    }
    if !survey.left_out.is_empty() {
        text.push_str("\n# Left out:\n");
        for line in &survey.left_out {
            text.push_str(&format!("#   {}\n", comment_text(line)));
        }
    }
    (text, written)
}

/// Everything that was found in a fixed order, with its names.
fn items(survey: &mut Survey, names: &mut Names, references: &mut References) -> Vec<Item> {
    let mut items = Vec::new();
    // A set is told together, its primary first.
    survey.keys.sort_by(|a, b| {
        let order = |key: &FoundKey| (key.id.clone(), key.primary.is_some(), key.region.clone());
        order(a).cmp(&order(b))
    });
    for key in &survey.keys {
        let leading = key.primary.as_deref().unwrap_or(&key.arn);
        let home = leading.split(':').nth(3).unwrap_or_default();
        let of_key = survey.aliases.iter().filter(|(_, alias)| alias.key_id == key.id);
        let named = of_key.min_by_key(|(region, alias)| (region != home, alias.name.clone()));
        let base = match named {
            Some((_, alias)) => alias.name.trim_start_matches("alias/").to_owned(),
            None => format!("key_{}", key.id.trim_start_matches("mrk-").get(..8).unwrap_or("")),
        };
        let wanted = match key.primary {
            Some(_) => format!("{base}_{}", key.region),
            None => base,
        };
        let name = names.unique(key.type_name, &wanted);
        let address = format!("{}.{name}", key.type_name);
        references.by_arn.insert(key.arn.clone(), address.clone());
        references.by_id.insert((key.region.clone(), key.id.clone()), address);
        items.push(Item {
            type_name: key.type_name,
            name,
            region: key.region.clone(),
            id: key.id.clone(),
            secret: None,
        });
        for (region, alias) in &survey.aliases {
            if *region != key.region || alias.key_id != key.id {
                continue;
            }
            let plain = alias.name.trim_start_matches("alias/");
            let wanted = match key.primary {
                Some(_) => format!("{plain}_{region}"),
                None => plain.to_owned(),
            };
            items.push(Item {
                type_name: "aws_kms_alias",
                name: names.unique("aws_kms_alias", &wanted),
                region: region.clone(),
                id: alias.name.clone(),
                secret: None,
            });
        }
    }
    survey.secrets.sort_by(|a, b| (&a.region, &a.arn).cmp(&(&b.region, &b.arn)));
    for secret in &survey.secrets {
        let mut put = |type_name: &'static str, id: String, of: Option<&str>| {
            let name = names.unique(type_name, &secret.name);
            let region = secret.region.clone();
            items.push(Item { type_name, name, region, id, secret: of.map(str::to_owned) });
        };
        put("aws_secretsmanager_secret", secret.arn.clone(), None);
        match &secret.current_version {
            Some(_) if secret.is_rotated => survey.left_out.push(format!(
                "the value of secret {} in {}: rotation sets it",
                secret.name, secret.region
            )),
            Some(version) => {
                put(VERSION, format!("{}|{version}", secret.arn), Some(&secret.arn));
            }
            None => {}
        }
        if secret.is_rotated {
            put("aws_secretsmanager_secret_rotation", secret.arn.clone(), None);
        }
    }
    for item in items.iter().filter(|item| item.type_name == "aws_secretsmanager_secret") {
        references.by_arn.insert(item.id.clone(), format!("{}.{}", item.type_name, item.name));
    }
    // What belongs to the keys of a state is written with their ids.
    for (region, alias) in &survey.aliases {
        let is_of_key =
            survey.keys.iter().any(|key| key.region == *region && key.id == alias.key_id);
        if !is_of_key {
            items.push(Item {
                type_name: "aws_kms_alias",
                name: names.unique("aws_kms_alias", alias.name.trim_start_matches("alias/")),
                region: region.clone(),
                id: alias.name.clone(),
                secret: None,
            });
        }
    }
    items
}

/// The objects, or why they cannot be read. Versions are not read: their values are secrets.
async fn read(session: &Session, items: &[Item]) -> Vec<Result<Object, String>> {
    let address = |item: &Item| -> InstanceAddress {
        let resource = ConfigResource {
            module: ModulePath::root(),
            mode: ResourceMode::Managed,
            type_name: item.type_name.into(),
            name: (*item.name).into(),
        };
        resource.within(Default::default()).instance(None)
    };
    let questions = items.iter().filter(|item| item.secret.is_none()).filter_map(|item| {
        Some(Question::Import {
            address: address(item),
            provider: session.providers.key(&item.region)?.clone(),
            region: item.region.clone(),
            id: item.id.clone(),
            span: Span::new(FileId(0), 0, 0),
        })
    });
    let mut answers = Answers::default();
    answer(&session.context, questions.collect(), &session.places, &mut answers).await;
    let read = items.iter().map(|item| {
        if let Some(secret) = &item.secret {
            return version(session, secret).ok_or_else(|| "its type is not known".to_owned());
        }
        match answers.imports.get(&address(item)).map(|answer| &answer.result) {
            Some(Ok(object)) => Ok(object.clone()),
            Some(Err(error)) => Err(format!("{}: {}", error.summary, error.detail)),
            None => Err("there is no provider configuration for it".to_owned()),
        }
    });
    read.collect()
}

/// A version of which nothing is known but that it has a value.
fn version(session: &Session, secret: &str) -> Option<Object> {
    let kind = session.project.registry.resource_type(VERSION)?;
    let hidden = || Value::string("(hidden)").mark(Marks::SENSITIVE);
    let attributes = kind
        .schema()
        .empty()
        .with("secret_id", Value::string(secret))
        .with("secret_string", hidden())
        .with("secret_binary", hidden());
    Some(Object::new(attributes))
}
