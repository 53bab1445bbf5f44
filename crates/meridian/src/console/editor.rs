//! Lines from a terminal, with editing, history and completion, or from a script.

use std::fs::DirBuilder;
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use meridian_config::is_open;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::names::{completions, names};
use super::{Outcome, Session};
use crate::failure::Failure;
use crate::paths;
use crate::terminal::Terminal;

/// How many lines are kept for the next time.
const KEPT_LINES: usize = 1000;

/// Evaluates line after line until there are no more.
pub fn talk(session: &Session<'_>, terminal: &Terminal) -> Result<ExitCode, Failure> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        at_terminal(session, terminal)
    } else {
        in_script(session, terminal)
    }
}

/// As Terraform does: the first error ends it, and the last value is the one that is shown.
fn in_script(session: &Session<'_>, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let mut last = String::new();
    let mut expression = String::new();
    let mut lines = io::stdin().lock().lines();
    loop {
        let line = lines.next().transpose().map_err(|error| {
            Failure::message("Standard input cannot be read", format!("{error}."))
        })?;
        let is_end = line.is_none();
        if let Some(line) = line {
            expression.push_str(&line);
            if is_open(&expression) {
                expression.push('\n');
                continue;
            }
        } else if expression.is_empty() {
            break;
        }
        match session.handle(&std::mem::take(&mut expression))? {
            Outcome::Said(text) => last = text,
            Outcome::Exit => return Ok(ExitCode::SUCCESS),
        }
        if is_end {
            break;
        }
    }
    terminal.line(&last);
    Ok(ExitCode::SUCCESS)
}

/// Errors are shown, and the next line is asked for.
fn at_terminal(session: &Session<'_>, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let failed =
        |error: ReadlineError| Failure::message("The terminal cannot be used", format!("{error}."));
    let config = Config::builder()
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .auto_add_history(true);
    let config = config.max_history_size(KEPT_LINES).map_err(failed)?.build();
    let mut editor: Editor<Assistant, FileHistory> = Editor::with_config(config).map_err(failed)?;
    editor.set_helper(Some(Assistant { names: names(&session.project.config) }));
    let history = paths::console_history();
    if let Some(history) = &history {
        // The first time there is none.
        let _ = editor.load_history(history);
    }
    let outcome = loop {
        match editor.readline("> ") {
            Ok(line) => match session.handle(&line) {
                Ok(Outcome::Exit) => break Ok(ExitCode::SUCCESS),
                Ok(Outcome::Said(text)) if text.is_empty() => {}
                Ok(Outcome::Said(text)) => terminal.line(&text),
                Err(failure) => failure.show(terminal),
            },
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => break Ok(ExitCode::SUCCESS),
            Err(error) => break Err(failed(error)),
        }
    };
    if let Some(history) = &history
        && let Err(error) = keep(&mut editor, history)
    {
        terminal.note(&format!("The lines are not kept: {}: {error}.", history.display()));
    }
    outcome
}

/// Writes the lines to a file that only its owner can read.
fn keep(editor: &mut Editor<Assistant, FileHistory>, file: &Path) -> rustyline::Result<()> {
    make_folder_of(file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
    }
    editor.save_history(file)
}

/// Makes the folder of a file, for its owner only.
fn make_folder_of(file: &Path) -> io::Result<()> {
    let Some(folder) = file.parent() else { return Ok(()) };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Completes names, and goes on reading while a bracket is open.
struct Assistant {
    names: Vec<String>,
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(completions(&self.names, line, position))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if is_open(context.input()) {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Highlighter for Assistant {}

impl Helper for Assistant {}
