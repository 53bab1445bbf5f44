//! Configuration for what `import` blocks take over and no resource block describes:
//! `plan -generate-config-out`.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use meridian_config::Config;
use meridian_engine::answer;
use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostics, Step};
use meridian_plan::{Action, Answers, Options, Plan, Question, undescribed};
use meridian_report::{ResourceBlock, comment_text, resource_block};
use meridian_resource::{Notice, Object, ProviderKey, ShownElsewhere};
use meridian_state::Sealer;

use crate::arguments::Global;
use crate::configuring::{Configurations, Configuring};
use crate::failure::Failure;
use crate::planning::Prior;
use crate::project::{self, Project};
use crate::stage;
use crate::terminal::Terminal;

/// What a generated file begins with.
pub const HEADER: &str = "\
# __generated__ by Meridian
# Please review these resources and move them into your main configuration files.
";

/// What the plan says of an object whose configuration was generated.
const GENERATED: &str = "config will be generated";

/// Configuration that has been generated.
pub struct Described {
    /// What was read for it.
    pub answers: Answers,
    name: String,
    text: String,
    addresses: BTreeSet<InstanceAddress>,
}

/// An object to be described.
struct Found {
    address: InstanceAddress,
    id: String,
    provider: ProviderKey,
    object: Object,
}

/// Reads what is to be described and writes its configuration to a new file; none if every target
/// is described already.
pub async fn describe(
    global: &Global,
    project: &Project,
    path: &Path,
    parallelism: u32,
    terminal: &Arc<Terminal>,
) -> Result<Option<Described>, Failure> {
    let values = project.values();
    let mut questions = undescribed(&project.config, &project.registry, &values)
        .map_err(|errors| project.failure(errors))?;
    if questions.is_empty() {
        return Ok(None);
    }
    let asked = questions.iter().filter_map(|question| match question {
        Question::Import { provider, .. } => Some(provider.clone()),
        _ => None,
    });
    let open = async |configured: &Configurations| {
        stage::open(global, &project.registry, configured, parallelism, None, terminal).await
    };
    let none = Prior::of(None);
    let configuring =
        Configuring { also: asked.collect(), ..Configuring::of(project, &none, terminal) };
    let mut answers = Answers::default();
    let configured = configuring.make(&mut answers, &open).await?;
    let places = project::places(&configured);
    for question in &mut questions {
        if let Question::Import { provider, region, .. } = question
            && region.is_empty()
            && let Some(place) = places.get(provider)
        {
            region.clone_from(&place.region);
        }
    }
    let context = open(&configured).await?;
    answer(&context, questions.clone(), &places, &mut answers).await;
    let found = found(questions, &answers).map_err(|errors| project.failure(errors))?;
    let text = text(project, &found);
    write_new(path, &text)?;
    let addresses = found.into_iter().map(|found| found.address).collect();
    Ok(Some(Described { answers, name: name(path, &project.config), text, addresses }))
}

/// Writes configuration to a file, which must not exist yet.
///
/// # Errors
/// There is such a file, or it cannot be written.
pub fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(Failure::at_path(path))
}

/// What a plan that wrote a file says at its end.
pub fn footer(path: &Path) -> String {
    let rule = "─".repeat(77);
    format!(
        "\n{rule}\n\nMeridian has generated configuration and written it to {}. Please review the\n\
         configuration and edit it as necessary before adding it to version control.\n",
        path.display()
    )
}

impl Described {
    /// The project with what was generated for it.
    pub async fn project(
        &self,
        project: &Project,
        options: &Options,
        local: bool,
        sealer: &Sealer,
    ) -> Result<Project, Failure> {
        let mut sources = project.config.texts();
        sources.push((self.name.clone(), self.text.clone()));
        let (folder, variables) = (&project.config.folder, project.variables.clone());
        Project::from_sources(folder, sources, variables, options, local, sealer).await
    }

    /// The plan, which says whose configuration was generated.
    pub fn remarked(&self, mut plan: Plan) -> Plan {
        for change in &mut plan.changes {
            if change.action == Action::NoOp && self.addresses.contains(&change.address) {
                change.notices.insert(0, Notice::remark(GENERATED));
            }
        }
        plan
    }
}

/// The objects in the order of their `import` blocks.
fn found(questions: Vec<Question>, answers: &Answers) -> Result<Vec<Found>, Diagnostics> {
    let mut errors = Diagnostics::new();
    let mut found = Vec::new();
    for question in questions {
        let Question::Import { address, provider, id, .. } = question else { continue };
        match answers.imports.get(&address).map(|answer| &answer.result) {
            Some(Ok(object)) => {
                found.push(Found { address, id, provider, object: object.clone() });
            }
            Some(Err(error)) => errors.push(error.clone()),
            None => {}
        }
    }
    if errors.has_errors() { Err(errors) } else { Ok(found) }
}

fn text(project: &Project, found: &[Found]) -> String {
    let mut text = HEADER.to_owned();
    let elsewhere: Vec<Option<ShownElsewhere>> = found
        .iter()
        .map(|it| {
            let kind = project.registry.resource_type(&it.address.resource.type_name)?;
            kind.shown_elsewhere(&it.object)
        })
        .collect();
    for (index, Found { address, id, provider, object }) in found.iter().enumerate() {
        let resource = &address.resource;
        let Some(kind) = project.registry.resource_type(&resource.type_name) else { continue };
        let others = elsewhere.iter().enumerate().filter(|(other, _)| *other != index);
        let set_by_others = others.filter_map(|(_, shown)| shown.as_ref());
        let left_out: Vec<&str> = set_by_others
            .filter(|shown| is_shown_by(shown, &resource.type_name, object))
            .flat_map(|shown| shown.paths.iter().filter_map(|path| path.0.first()))
            .filter_map(|step| match step {
                Step::Attribute(name) => kind.schema().attribute(name),
                _ => None,
            })
            // What cannot be left out is the other's to leave out.
            .filter(|attribute| attribute.is_computed())
            .map(|attribute| attribute.name)
            .collect();
        let provider = provider.alias.as_ref().map(|_| provider.to_string());
        let block = resource_block(&ResourceBlock {
            type_name: &resource.type_name,
            name: &resource.name,
            provider: provider.as_deref(),
            schema: kind.schema(),
            attributes: &object.attributes,
            left_out: &left_out,
            references: &|_, _| None,
        });
        text.push_str(&format!(
            "\n# __generated__ by Meridian from {}\n{block}",
            comment_text(&meridian_report::literal_text(id))
        ));
    }
    text
}

/// Whether an object is the one that shows what another one sets.
fn is_shown_by(shown: &ShownElsewhere, type_name: &str, object: &Object) -> bool {
    let names = ["id", "arn", "key_id"];
    shown.types.contains(&type_name)
        && names.iter().any(|name| object.text(name) == Some(&*shown.id))
}

/// What the file is called among those of the root module, wherever it is.
fn name(path: &Path, config: &Config) -> String {
    let shown = path.display().to_string();
    let is_in_root = path.file_name() == Some(path.as_os_str()) && shown.ends_with(".tf");
    let taken = |name: &str| config.sources.files().any(|(file, _)| file == name);
    if is_in_root && !taken(&shown) && !meridian_config::is_ignored(&shown) {
        return shown;
    }
    let mut name = "generated.tf".to_owned();
    while taken(&name) {
        name.insert(0, '_');
    }
    name
}
