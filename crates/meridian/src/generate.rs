//! Configuration for what `import` blocks take over and no resource block describes:
//! `plan -generate-config-out`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use meridian_aws::discovery::has_default_policy;
use meridian_config::Config;
use meridian_engine::answer;
use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostics, Path as AttributePath, Step};
use meridian_plan::{Answers, Options, Question, undescribed};
use meridian_report::{ResourceBlock, comment_text, resource_block};
use meridian_resource::{Object, ProviderKey, ResourceType, ShownElsewhere};
use meridian_state::{Sealer, Snapshot};

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

/// Configuration that has been generated.
pub struct Described {
    /// What was read for it.
    pub answers: Answers,
    name: String,
    text: String,
}

/// An object to be described.
struct Found {
    address: InstanceAddress,
    id: String,
    provider: ProviderKey,
    region: String,
    object: Object,
}

/// What an object sets of others in its Region.
struct Owner {
    region: String,
    shown: ShownElsewhere,
}

/// Reads what is to be described and writes its configuration to a new file; none if every target
/// is described already. What objects of the state (`known`) set of one is not in its block.
pub async fn describe(
    global: &Global,
    project: &Project,
    known: Option<&Snapshot>,
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
    let text = text(project, known, &found, &mut answers);
    write_new(path, &text)?;
    Ok(Some(Described { answers, name: name(path, &project.config), text }))
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
}

/// The objects in the order of their `import` blocks.
fn found(questions: Vec<Question>, answers: &Answers) -> Result<Vec<Found>, Diagnostics> {
    let mut errors = Diagnostics::new();
    let mut found = Vec::new();
    for question in questions {
        let Question::Import { address, provider, region, id, .. } = question else { continue };
        match answers.imports.get(&address).map(|answer| &answer.result) {
            Some(Ok(object)) => {
                let object = object.clone();
                found.push(Found { address, id, provider, region, object });
            }
            Some(Err(error)) => errors.push(error.clone()),
            None => {}
        }
    }
    if errors.has_errors() { Err(errors) } else { Ok(found) }
}

/// The text of the file. Each block goes to its answer, too: the plan tells of it.
fn text(
    project: &Project,
    known: Option<&Snapshot>,
    found: &[Found],
    answers: &mut Answers,
) -> String {
    let kind_of = |type_name: &str| project.registry.resource_type(type_name);
    let known = known.into_iter().flat_map(|state| &state.objects).filter_map(|it| {
        let object = Object { attributes: it.attributes.clone(), facts: it.facts.clone() };
        let shown = kind_of(&it.type_name)?.shown_elsewhere(&object)?;
        Some(Owner { region: it.region.clone(), shown })
    });
    let described = found.iter().filter_map(|it| {
        let shown = kind_of(&it.address.resource.type_name)?.shown_elsewhere(&it.object)?;
        Some(Owner { region: it.region.clone(), shown })
    });
    let owners: Vec<Owner> = known.chain(described).collect();
    let mut text = HEADER.to_owned();
    for it in found {
        let resource = &it.address.resource;
        let Some(kind) = kind_of(&resource.type_name) else { continue };
        let provider = it.provider.alias.as_ref().map(|_| it.provider.to_string());
        let block = resource_block(&ResourceBlock {
            type_name: &resource.type_name,
            name: &resource.name,
            provider: provider.as_deref(),
            schema: kind.schema(),
            attributes: &it.object.attributes,
            left_out: &left_out(kind, it, &owners),
            references: &|_, _| None,
        });
        let id = comment_text(&meridian_report::literal_text(&it.id));
        text.push_str(&format!("\n# __generated__ by Meridian from {id}\n{block}"));
        if let Some(answer) = answers.imports.get_mut(&it.address) {
            answer.generated = Some(block.trim_end().to_owned());
        }
    }
    text
}

/// What others set of an object, and the policy that a key has anyway. What cannot be left out of
/// its block is theirs to leave out.
fn left_out(kind: &dyn ResourceType, found: &Found, owners: &[Owner]) -> Vec<AttributePath> {
    let theirs = owners.iter().filter(|owner| is_shown_by(owner, found));
    let paths = theirs.flat_map(|owner| owner.shown.paths.iter().cloned());
    let can_go = |path: &AttributePath| match path.0.as_slice() {
        [Step::Attribute(whole)] => {
            kind.schema().attribute(whole).is_some_and(|attribute| attribute.is_computed())
        }
        _ => true,
    };
    let mut left_out: Vec<AttributePath> = paths.filter(can_go).collect();
    if has_default_policy(&found.object.attributes) {
        left_out.push(AttributePath::attribute("policy"));
    }
    left_out
}

/// Whether an object is the one that shows what another one sets. The members of a set of keys have
/// one id in all Regions.
fn is_shown_by(owner: &Owner, found: &Found) -> bool {
    let Owner { region, shown } = owner;
    let names = ["id", "arn", "key_id"];
    *region == found.region
        && shown.types.contains(&&*found.address.resource.type_name)
        && names.iter().any(|name| found.object.text(name) == Some(&*shown.id))
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
