//! `meridian workspace`

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::arguments::{Global, NewWorkspaceArguments, WorkspaceCommand};
use crate::failure::Failure;
use crate::keys;
use crate::paths;
use crate::stage::Writable;
use crate::terminal::Terminal;
use crate::workspace::{self, DEFAULT, Workspace};

/// What is said when a workspace has been made.
const NEW_AND_EMPTY: &str = "You're now on a new, empty workspace. Workspaces isolate their state,\n\
    so if you run \"meridian plan\" Meridian will not see any existing state\n\
    for this configuration.";

/// Works on the list of workspaces.
pub fn run(
    global: &Global,
    command: &WorkspaceCommand,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let current = workspace::current()?;
    match command {
        WorkspaceCommand::List => list(&current, terminal)?,
        WorkspaceCommand::Show => terminal.line(&current.name),
        WorkspaceCommand::New(arguments) => new(global, arguments, &current, terminal)?,
        WorkspaceCommand::Select { name, or_create } => {
            select(name, *or_create, &current, terminal)?;
        }
        WorkspaceCommand::Delete { name, force, lock_timeout, .. } => {
            let global = Global { lock_timeout: *lock_timeout, ..global.clone() };
            delete(&global, name, *force, &current, terminal)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(current: &Workspace, terminal: &Terminal) -> Result<(), Failure> {
    for name in workspace::all()? {
        let sign = if name == current.name { "*" } else { " " };
        terminal.line(&format!("{sign} {name}"));
    }
    terminal.line("");
    if current.is_overridden {
        terminal.line(
            "\n\nThe active workspace is being overridden using the TF_WORKSPACE environment\n\
             variable.\n",
        );
    }
    Ok(())
}

fn new(
    global: &Global,
    arguments: &NewWorkspaceArguments,
    current: &Workspace,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let name = &arguments.name;
    if !workspace::is_valid(name) {
        return Err(Failure::message("Invalid workspace name", workspace::not_allowed(name)));
    }
    if current.is_overridden && current.name != *name {
        return Err(Failure::message(
            "The workspace is currently overridden using the TF_WORKSPACE environment variable",
            "You cannot create a new workspace when using this setting. To create a new \
             workspace, either unset this environment variable or update it to match the \
             workspace name you are trying to create, and then run this command again.",
        ));
    }
    if workspace::all()?.contains(name) {
        return Err(Failure::message(
            format!("Workspace {name:?} already exists"),
            format!("meridian workspace select {name} uses it from now on."),
        ));
    }
    let copied = global.state.as_deref().map(check_copy).transpose()?;
    workspace::make(name)?;
    if let Some(from) = copied {
        copy(global, from, name)?;
        workspace::select(name)?;
        terminal.line(&format!("Created and switched to workspace {name:?}!"));
        return Ok(());
    }
    workspace::select(name)?;
    terminal.line(&format!("Created and switched to workspace {name:?}!\n\n{NEW_AND_EMPTY}"));
    Ok(())
}

/// The state file to begin with, if it is there.
fn check_copy(from: &Path) -> Result<&Path, Failure> {
    if from.is_file() {
        return Ok(from);
    }
    let detail = format!("{} is no file.", from.display());
    Err(Failure::message("The state file cannot be copied", detail))
}

/// Copies a state file as a database, so that what is still in its log comes along.
fn copy(global: &Global, from: &Path, name: &str) -> Result<(), Failure> {
    let to = paths::state_of(global.local, name);
    let sealer = keys::none()?;
    // Opening it shows that it is a state file, and brings its log into it.
    let source = Global { state: Some(from.to_owned()), ..global.clone() };
    Writable::open(&source, &sealer, "workspace new")?.close()?;
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(Failure::at_path(folder))?;
    }
    fs::copy(from, &to).map_err(Failure::at_path(&to))?;
    Ok(())
}

fn select(
    name: &str,
    or_create: bool,
    current: &Workspace,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if current.is_overridden {
        return Err(Failure::message(
            "The selected workspace is currently overridden using the TF_WORKSPACE environment \
             variable",
            "To select a new workspace, either update this environment variable or unset it and \
             then run this command again.",
        ));
    }
    let exists = workspace::all()?.iter().any(|known| known == name);
    if name == current.name && exists {
        return Ok(());
    }
    if exists {
        workspace::select(name)?;
        terminal.line(&format!("Switched to workspace {name:?}."));
        return Ok(());
    }
    if !or_create {
        return Err(unknown(name));
    }
    if !workspace::is_valid(name) {
        return Err(Failure::message("Invalid workspace name", workspace::not_allowed(name)));
    }
    workspace::make(name)?;
    workspace::select(name)?;
    terminal.line(&format!("Created and switched to workspace {name:?}!\n\n{NEW_AND_EMPTY}"));
    Ok(())
}

fn unknown(name: &str) -> Failure {
    Failure::message(
        format!("Workspace {name:?} doesn't exist."),
        "You can create this workspace with the \"new\" subcommand or include the \
         \"-or-create\" flag with the \"select\" subcommand.",
    )
}

fn delete(
    global: &Global,
    name: &str,
    force: bool,
    current: &Workspace,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if !workspace::all()?.iter().any(|known| known == name) {
        return Err(unknown(name));
    }
    if name == current.name {
        return Err(Failure::message(
            format!("Workspace {name:?} is your active workspace."),
            "You cannot delete the currently active workspace. Please switch to another workspace \
             and try again.",
        ));
    }
    if name == DEFAULT {
        let detail = "The default workspace is always there. Destroy what it holds instead.";
        return Err(Failure::message("The default workspace cannot be deleted", detail));
    }
    let sealer = keys::none()?;
    let mut held = Vec::new();
    let mut objects = Vec::new();
    // The embedded AWS has a state of its own in each workspace.
    for local in [false, true] {
        let global = Global { local, state: Some(paths::state_of(local, name)), ..global.clone() };
        if let Some(state) = Writable::open_if_there(&global, &sealer, "workspace delete")? {
            let addresses = state.store.addresses()?;
            objects.extend(addresses.iter().map(|(address, _)| address.to_string()));
            held.push(state);
        }
    }
    if !objects.is_empty() && !force {
        held.into_iter().try_for_each(Writable::close)?;
        return Err(not_empty(name, &objects));
    }
    for local in [false, true] {
        remove(&paths::state_of(local, name))?;
    }
    // The locks lay in what is gone now.
    drop(held.into_iter().map(Writable::into_parts).collect::<Vec<_>>());
    terminal.line(&format!("Deleted workspace {name:?}!"));
    if !objects.is_empty() {
        terminal.line(&format!(
            "WARNING: {name:?} was non-empty.\nThe resources managed by the deleted workspace may \
             still exist,\nbut are no longer manageable by Meridian since the state has\nbeen \
             deleted."
        ));
    }
    Ok(())
}

/// Removes a state file with its backups, and its folder. A file of another kind in the folder
/// stays, and so does the folder.
fn remove(state: &Path) -> Result<(), Failure> {
    let beside = |ending: &str| PathBuf::from(format!("{}{ending}", state.display()));
    for file in [state.to_owned(), beside("-wal"), beside("-shm")] {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(Failure::at_path(&file)(error));
            }
            _ => {}
        }
    }
    for file in backups(state)? {
        fs::remove_file(&file).map_err(Failure::at_path(&file))?;
    }
    let Some(folder) = state.parent() else { return Ok(()) };
    match fs::remove_dir(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::at_path(folder)(error)),
        _ => Ok(()),
    }
}

/// The copies of a state that commands have left beside it.
fn backups(state: &Path) -> Result<Vec<PathBuf>, Failure> {
    let begin = format!("{}.", state.display());
    let Some(folder) = state.parent() else { return Ok(Vec::new()) };
    let refused = Failure::at_path(folder);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(refused(error)),
    };
    let paths = entries.map(|entry| Ok(entry.map_err(&refused)?.path()));
    let paths: Vec<PathBuf> = paths.collect::<Result<_, Failure>>()?;
    let is_backup = |path: &PathBuf| {
        let text = path.to_string_lossy();
        text.starts_with(&begin) && text.ends_with(".backup")
    };
    Ok(paths.into_iter().filter(is_backup).collect())
}

fn not_empty(name: &str, objects: &[String]) -> Failure {
    let list: String = objects.iter().map(|address| format!("  - {address}\n")).collect();
    Failure::message(
        "Workspace is not empty",
        format!(
            "Workspace {name:?} is currently tracking the following resource instances:\n{list}\n\
             Deleting this workspace would cause Meridian to lose track of any associated remote \
             objects, which would then require you to delete them manually outside of Meridian. \
             You should destroy these objects with Meridian before deleting the workspace.\n\nIf \
             you want to delete this workspace anyway, and have Meridian forget about these \
             managed objects, use the -force option to disable this safety check."
        ),
    )
}
