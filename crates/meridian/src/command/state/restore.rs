//! `meridian state restore`

use std::process::ExitCode;

use meridian_state::{Reversal, Store};

use crate::arguments::{Global, RestoreArguments};
use crate::edit;
use crate::failure::Failure;
use crate::keys;
use crate::terminal::Terminal;

const OPERATION: &str = "state restore";
const QUESTION: &str = "Do you want to make the state what it was?\n  \
    Nothing in the cloud is changed. Only 'yes' will be accepted to confirm.\n\n  Enter a value: ";

/// Makes the state what it was before a command changed it.
pub fn run(
    global: &Global,
    arguments: &RestoreArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let sealer = keys::sealer(global)?;
    let mut state = edit::open(global, &arguments.locking, &sealer, OPERATION)?;
    let number = arguments.number;
    let told = told(&state.store, number)?;
    terminal.line(&told);
    if arguments.dry_run {
        state.close()?;
        return Ok(ExitCode::SUCCESS);
    }
    if !arguments.auto_approve {
        let confirmed = terminal.ask(QUESTION).map_err(|_| {
            Failure::message(
                "The state was not restored",
                "There is no terminal to ask for confirmation. Give -auto-approve.",
            )
        })?;
        if !confirmed {
            state.close()?;
            terminal.line("state restore cancelled.");
            return Ok(ExitCode::FAILURE);
        }
    }
    state.store.check_key()?;
    if let Some(copy) = edit::back_up(&state.store, global, &arguments.backup)? {
        terminal.note(&format!("The state as it was is kept in {}.", copy.display()));
    }
    state.store.as_run(OPERATION, |store| store.restore_before(number))?;
    state.close()?;
    terminal.line(&format!(
        "\nThe state is what it was before number {number}. \"meridian plan\" shows how it differs \
         from the cloud."
    ));
    Ok(ExitCode::SUCCESS)
}

/// What would be different.
fn told(store: &Store, number: u64) -> Result<String, Failure> {
    let reversals = store.reversals(number)?;
    if reversals.is_empty() {
        return Ok(format!("The objects are as they were before number {number}."));
    }
    let mut text =
        format!("As it was before number {number}, the state differs in these objects:\n");
    let mut forgets = false;
    for (address, deposed, reversal) in reversals {
        let deposed = deposed.map(|key| format!(" (deposed object {key})")).unwrap_or_default();
        let (sign, what) = match reversal {
            Reversal::Forgotten => ("-", "will be forgotten, but goes on to exist"),
            Reversal::Returned => ("+", "will be there again, though it may no longer exist"),
            Reversal::Changed => ("~", "will be as it was"),
        };
        forgets |= reversal == Reversal::Forgotten;
        text.push_str(&format!("\n  {sign} {address}{deposed} {what}"));
    }
    if forgets {
        text.push_str(
            "\n\nWhat is forgotten is managed by no one then. Import it, or delete it by other means.",
        );
    }
    text.push('\n');
    Ok(text)
}
