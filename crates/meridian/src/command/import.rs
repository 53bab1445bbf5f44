//! `meridian import`

use std::process::ExitCode;
use std::sync::Arc;

use meridian_config::{Config, Import, Resource};
use meridian_engine::{Context, Event, Stop, take_over};
use meridian_graph::{InstanceAddress, InstanceKey, ResourceMode, Target};
use meridian_lang::{Diagnostic, Expr, ExprKind, Span, Subject, Value};
use meridian_plan::{Action, Answers, Mode, Options};

use crate::arguments::{Global, ImportArguments, target};
use crate::configuring::{Configurations, Configuring};
use crate::failure::Failure;
use crate::planning::{Planning, Prior};
use crate::project::{self, Project, Wanted};
use crate::stage::Writable;
use crate::terminal::Terminal;
use crate::{cloud, edit, keys};

/// What a plan says of a part of a configuration. An import is always about a part.
const TARGETED: &str = "Resource targeting is in effect";

/// Takes an object that exists into the state. The configuration says which provider it belongs to;
/// nothing in the cloud is changed.
pub async fn run(
    global: &Global,
    arguments: &ImportArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let address = importable(&arguments.address)?;
    let sealer = keys::sealer(global)?;
    let options =
        Options { targets: vec![Target::Resource(address.clone())], ..Options::default() };
    let wanted =
        Wanted { variables: &arguments.variables, input: arguments.input, options: &options };
    let mut project = Project::load(wanted, global.local, &sealer, terminal).await?;
    let block = declared(&project.config, &address)?;
    let (span, create_first) = (block.span, block.lifecycle.create_before_destroy == Some(true));
    let Some(root) = project.config.modules.get_mut(&Default::default()) else {
        return Err(not_declared(&address));
    };
    Arc::make_mut(root).imports = vec![import_block(&address, &arguments.id, span)];
    let mut state = edit::create(global, &arguments.locking, &sealer, "import")?;
    let snapshot = state.store.snapshot()?;
    if snapshot.objects.iter().any(|it| it.address == address && it.deposed.is_none()) {
        state.close()?;
        return Err(already_managed(&address));
    }
    let prior = Prior::of(Some(&snapshot));
    let open = async |configured: &Configurations| {
        let told = terminal.clone();
        let cloud = cloud::open(global, configured, terminal).await?;
        let (registry, events) =
            (project.registry.clone(), Box::new(move |event| tell(&event, &told)));
        Ok(Arc::new(Context::new(registry, cloud, events, Stop::default(), 1)))
    };
    let configuring =
        Configuring { options: options.clone(), ..Configuring::of(&project, &prior, terminal) };
    let mut answers = Answers::default();
    let configured = configuring.make(&mut answers, &open).await?;
    let places = project::places(&configured);
    let context = open(&configured).await?;
    // Nothing is compared: what is imported is taken as it is.
    let planning = Planning {
        project: &project,
        mode: Mode::RefreshOnly,
        options,
        places: &places,
        style: terminal.style(),
    };
    let mut plan = planning.make(&prior, &mut answers, async || Ok(context.clone())).await?;
    plan.warnings.retain(|warning| warning.summary != TARGETED);
    terminal.diagnostics(&plan.warnings(), &project.config.sources);
    plan.changes.retain(|change| change.address == address && change.deposed.is_none());
    for change in &mut plan.changes {
        change.importing = Some(arguments.id.clone());
        change.configured_create_first = create_first;
        change.action = Action::NoOp;
    }
    if plan.changes.is_empty() {
        state.close()?;
        return Err(not_declared(&address));
    }
    let registry = &project.registry;
    state.store.as_run("import", |store| take_over(store, &plan, registry, &sealer))?;
    Writable::close(state)?;
    terminal.line(
        "\nImport successful!\n\nThe resources that were imported are shown above. These resources \
         are now in\nyour Meridian state and will henceforth be managed by Meridian.\n",
    );
    Ok(ExitCode::SUCCESS)
}

fn tell(event: &Event, terminal: &Terminal) {
    match event {
        Event::Importing { address, id } => terminal.line(&format!(
            "{address}: Importing from ID {id:?}...\n{address}: Import prepared!\n  Prepared {} for \
             import",
            address.resource.type_name
        )),
        event => terminal.event(event),
    }
}

fn importable(text: &str) -> Result<InstanceAddress, Failure> {
    match target(text) {
        Ok(Target::Resource(address)) if address.resource.mode == ResourceMode::Managed => {
            Ok(address)
        }
        Ok(Target::Resource(_)) => Err(Failure::message(
            "A managed resource address is required. Importing into a data resource is not allowed.",
            "Data sources are read, not managed.",
        )),
        Ok(Target::Module(_)) => Err(Failure::message(
            "Invalid address",
            "A resource instance address is required here. The module path must be followed by a \
             resource instance specification.",
        )),
        Err(why) => Err(Failure::message("Invalid address", why)),
    }
}

/// The block that describes the object.
fn declared<'c>(config: &'c Config, address: &InstanceAddress) -> Result<&'c Resource, Failure> {
    let block = address.resource.config();
    if config.module(&block.module).is_none() {
        return Err(Failure::message(
            "Import to non-existent module",
            format!(
                "{} is not defined in the configuration. Please add configuration for this module \
                 before importing into it.",
                address.resource.module
            ),
        ));
    }
    config.resource(&block).ok_or_else(|| not_declared(address))
}

fn not_declared(address: &InstanceAddress) -> Failure {
    let resource = &address.resource;
    let place = match resource.module.is_root() {
        true => "the root module".to_owned(),
        false => resource.module.to_string(),
    };
    Failure::message(
        format!("resource address {:?} does not exist in the configuration.", address.to_string()),
        format!(
            "Before importing this resource, please create its configuration in {place}. For \
             example:\n\nresource {:?} {:?} {{\n  # (resource arguments)\n}}",
            &*resource.type_name, &*resource.name
        ),
    )
}

fn already_managed(address: &InstanceAddress) -> Failure {
    Diagnostic::error(
        "Resource already managed by Meridian",
        format!(
            "Meridian is already managing a remote object for {address}. To import to this address \
             you must first remove the existing object from the state."
        ),
    )
    .into()
}

/// The `import` block that says the same as the command.
fn import_block(address: &InstanceAddress, id: &str, span: Span) -> Import {
    let expr = |kind: ExprKind| Expr { span, kind };
    let keyed = |source: Expr, key: &Option<InstanceKey>| match key {
        None => source,
        Some(key) => {
            let key = match key {
                InstanceKey::Index(index) => Value::number(*index),
                InstanceKey::Text(text) => Value::string(text),
            };
            expr(ExprKind::Index(Box::new(source), Box::new(expr(ExprKind::Literal(key)))))
        }
    };
    let part = |source: Option<Expr>, name: &std::sync::Arc<str>| {
        source.map(|source| expr(ExprKind::Attribute(Box::new(source), name.clone())))
    };
    let resource = &address.resource;
    let mut module: Option<Expr> = None;
    for step in resource.module.steps() {
        let call = match module {
            None => expr(ExprKind::Reference(Subject::Module(step.name.clone()))),
            Some(outer) => {
                let word = expr(ExprKind::Attribute(Box::new(outer), "module".into()));
                expr(ExprKind::Attribute(Box::new(word), step.name.clone()))
            }
        };
        module = Some(keyed(call, &step.key));
    }
    let (type_name, name) = (&resource.type_name, &resource.name);
    let whole = part(part(module, type_name), name).unwrap_or_else(|| {
        expr(ExprKind::Reference(Subject::Resource(type_name.clone(), name.clone())))
    });
    Import {
        to: keyed(whole, &address.key),
        id: expr(ExprKind::Literal(Value::string(id))),
        for_each: None,
        provider: None,
        span,
    }
}
