//! What was found as configuration: resources, each with its `import` block.

use meridian_aws::discovery::has_default_policy;
use meridian_engine::answer;
use meridian_graph::{ConfigResource, InstanceAddress, ModulePath, ResourceMode};
use meridian_lang::{FileId, Marks, Path, Span, Value};
use meridian_plan::{Answers, Question};
use meridian_report::{ResourceBlock, comment_text, import_block, resource_block};
use meridian_resource::Object;
use meridian_state::Snapshot;

use super::items::{Item, References, VERSION, items};
use super::names::Names;
use super::session::Session;
use super::survey::Survey;

/// What is said of the grants of keys.
const GRANTS: &str = "grants are not looked for: AWS services make many by themselves. One of your \
                      own is imported as aws_kms_grant by KEY_ID:GRANT_ID";

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
        names.take(&resource.type_name.text, &resource.name.text, "");
    }
    for object in state.into_iter().flat_map(|state| &state.objects) {
        names.take(&object.type_name, &object.address.resource.name, &object.region);
    }
    let mut references = References::default();
    let items = items(survey, &mut names, &mut references, &session.project.registry);
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
        // What a key gets without a policy need not be said of each.
        let (policy, is_default) =
            (Path::attribute("policy"), has_default_policy(&object.attributes));
        if let Some(comment) = &item.comment {
            text.push_str(&format!("\n# {}\n", comment_text(comment)));
        }
        let block = resource_block(&ResourceBlock {
            type_name: item.type_name,
            name: &item.name,
            provider: provider.as_deref(),
            schema: kind.schema(),
            attributes: &object.attributes,
            left_out: if is_default { std::slice::from_ref(&policy) } else { &[] },
            references: &|argument, text| references.find(&item.region, argument, text),
        });
        text.push_str(&format!("\n{}\n{block}", import_block(&address, &item.id)));
        written += 1;
    }
    if !survey.keys.is_empty() {
        survey.left_out.push(GRANTS.to_owned());
    }
    if !survey.left_out.is_empty() {
        text.push_str("\n# Left out:\n");
        for line in &survey.left_out {
            text.push_str(&format!("#   {}\n", comment_text(line)));
        }
    }
    (text, written)
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
