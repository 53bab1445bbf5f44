//! `meridian state export-terraform`

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use meridian_engine::{HandedBack, Revealed, hand_back, reveal};
use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostic, Sources};
use meridian_plan::{Answers, Mode, Options};
use meridian_state::{Sealer, Snapshot, TerraformState};

use super::import_terraform::number;
use crate::arguments::{ExportTerraformArguments, Global};
use crate::configuring::{Configurations, Configuring};
use crate::failure::Failure;
use crate::planning::{Planning, Prior};
use crate::project::{self, Project, Wanted};
use crate::terminal::Terminal;
use crate::{edit, keys, stage};

/// How many reads are under way at once is no concern here: they come one by one.
const PARALLELISM: u32 = 1;

/// Writes a state file with which Terraform goes on.
pub async fn run(
    global: &Global,
    arguments: &ExportTerraformArguments,
    terminal: &Arc<Terminal>,
) -> Result<ExitCode, Failure> {
    let sealer = keys::sealer(global)?;
    let Some(snapshot) = stage::snapshot(global, &sealer)? else {
        return Err(edit::no_state(global));
    };
    let registry = project::registry(global.local, Vec::new()).await;
    let revealed = match arguments.with_secret_values {
        true => Some(revealed(&snapshot, global, arguments, &sealer, terminal).await?),
        false => None,
    };
    let mut handed = hand_back(&snapshot, &registry, revealed.as_ref());
    if !arguments.with_secret_values && !handed.missed.is_empty() {
        return Err(would_be_missed(&handed.missed));
    }
    let Some(file) = &arguments.file else {
        terminal.data(&handed.state.to_text());
        return Ok(ExitCode::SUCCESS);
    };
    let kept = make_way(file, &mut handed.state, arguments.force)?;
    write(file, &handed.state.to_text()).map_err(|error| {
        Failure::message(
            "The state file cannot be written",
            format!("{}: {error}.", file.display()),
        )
    })?;
    tell(&handed, file, kept.as_deref(), arguments.with_secret_values, terminal);
    Ok(ExitCode::SUCCESS)
}

/// All objects with their secrets: those that the configuration still says, and those that the cloud
/// tells.
async fn revealed(
    snapshot: &Snapshot,
    global: &Global,
    arguments: &ExportTerraformArguments,
    sealer: &Sealer,
    terminal: &Arc<Terminal>,
) -> Result<Revealed, Failure> {
    let options = Options::default();
    let wanted = Wanted { variables: &arguments.variables, input: true, options: &options };
    let project = Project::load(wanted, global.local, sealer, terminal).await?;
    let prior = Prior::of(Some(snapshot));
    let open = async |configured: &Configurations| {
        stage::open(global, &project.registry, configured, PARALLELISM, None, terminal).await
    };
    let configuring = Configuring::of(&project, &prior, terminal);
    let mut answers = Answers::default();
    let configured = configuring.make(&mut answers, &open).await?;
    let places = project::places(&configured);
    let context = open(&configured).await?;
    let planning = Planning {
        project: &project,
        mode: Mode::Normal,
        options,
        places: &places,
        style: terminal.style(),
    };
    let plan = planning.make(&prior, &mut answers, async || Ok(context.clone())).await?;
    let known: BTreeMap<InstanceAddress, _> = plan
        .changes
        .into_iter()
        .filter(|change| change.deposed.is_none())
        .filter_map(|change| {
            let address = change.previous_address.unwrap_or(change.address);
            Some((address, change.before?.attributes.unmark_deep()))
        })
        .collect();
    Ok(reveal(&context, &snapshot.objects, &known, &places, sealer).await)
}

fn would_be_missed(missed: &[(InstanceAddress, String)]) -> Failure {
    let list: String =
        missed.iter().map(|(address, path)| format!("\n  - {address}.{path}")).collect();
    Diagnostic::error(
        "Terraform cannot do without these values",
        format!(
            "They are kept here as fingerprints or sealed, no one else can tell Terraform what \
             they are, and without them it would make other ones or replace what has them:\n{list}"
        ),
    )
    .help("-with-secret-values writes them to a file, in clear, as Terraform itself does")
    .into()
}

/// Makes sure that nothing is lost that the file holds: an older version of the same state is kept
/// beside it, and anything else stays.
fn make_way(
    file: &Path,
    state: &mut TerraformState,
    force: bool,
) -> Result<Option<PathBuf>, Failure> {
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::at_path(file)(error)),
    };
    match TerraformState::read(&text) {
        Ok(there) if there.lineage == state.lineage => {
            // Terraform takes the higher number for the newer state.
            state.serial = state.serial.max(there.serial.saturating_add(1));
        }
        _ if force => {}
        _ => {
            return Err(Diagnostic::error(
                "The file is in the way",
                format!(
                    "{} is no older version of this state. Nothing was written.",
                    file.display()
                ),
            )
            .help("name another file, or give -force")
            .into());
        }
    }
    let kept = PathBuf::from(format!("{}.backup", file.display()));
    write(&kept, &String::from_utf8_lossy(&text)).map_err(Failure::at_path(&kept))?;
    Ok(Some(kept))
}

/// Writes a file that only its owner can read. Nobody ever sees it half written.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Temporary files are created with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Says what was written, and what Terraform will make of it.
fn tell(
    handed: &HandedBack,
    file: &Path,
    kept: Option<&Path>,
    with_secrets: bool,
    terminal: &Terminal,
) {
    let state = &handed.state;
    terminal.line(&format!(
        "Wrote {} and {} to {} (serial {}).",
        number(state.objects.len(), "object"),
        number(state.outputs.len(), "output"),
        file.display(),
        state.serial
    ));
    if let Some(kept) = kept {
        terminal.line(&format!("What was there is in {}.", kept.display()));
    }
    let list = |all: &[(InstanceAddress, String)]| -> String {
        all.iter().map(|(address, path)| format!("\n  - {address}.{path}")).collect()
    };
    if !handed.read_again.is_empty() {
        terminal.line(&format!(
            "\nLeft out, because Terraform reads them by itself whenever it plans:{}",
            list(&handed.read_again)
        ));
    }
    if !handed.outputs.is_empty() {
        let names: String = handed.outputs.iter().map(|name| format!("\n  - {name}")).collect();
        terminal.line(&format!(
            "\nLeft out, because they are sensitive; Terraform will show these outputs as new \
             (-with-secret-values writes them):{names}"
        ));
    }
    if !handed.missed.is_empty() {
        let warning = Diagnostic::warning(
            "Some values are not known",
            format!(
                "Neither the configuration nor AWS tells them, so Terraform will plan to change or \
                 replace what has them:\n{}",
                list(&handed.missed)
            ),
        );
        terminal.diagnostics(&warning.into(), &Sources::default());
    }
    if with_secrets {
        let warning = Diagnostic::warning(
            "The file holds secrets in clear",
            format!(
                "Whoever can read {} can read them. Terraform's state always does; keep it where \
                 only those are who may know them.",
                file.display()
            ),
        );
        terminal.diagnostics(&warning.into(), &Sources::default());
    }
    terminal.line("\nFrom now on let one of the two programs change these objects, not both.");
}
