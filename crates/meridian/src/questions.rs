//! Questions to whoever sits at the terminal.

use std::borrow::Cow;
#[cfg(unix)]
use std::io::Write;
use std::io::{ErrorKind, IsTerminal};

use meridian_config::Variable;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{ColorMode, Config, Editor, Helper};

use crate::arguments::truth;
#[cfg(unix)]
use crate::command::interrupted;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Forbids questions when it is false.
const INPUT: &str = "TF_INPUT";
/// Terminals that cannot hide what is typed.
const SIMPLE_TERMINALS: [&str; 3] = ["dumb", "cons25", "emacs"];

/// Whether variables may be asked for: there is a terminal, and neither the option `-input` nor
/// the environment forbids it.
pub fn may_ask(input: bool) -> bool {
    let allowed = std::env::var(INPUT).ok().is_none_or(|text| truth(&text).unwrap_or(true));
    input && allowed && std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Asks whether to go on. `otherwise` says what to do where nobody can answer.
///
/// # Errors
/// There was no answer.
pub fn approved(question: &str, otherwise: &str, terminal: &Terminal) -> Result<bool, Failure> {
    Ok(answer(question, otherwise, terminal)? == "yes")
}

/// Asks for an approval, and gives what was typed.
///
/// # Errors
/// There was no answer.
pub fn answer(question: &str, otherwise: &str, terminal: &Terminal) -> Result<String, Failure> {
    terminal.answer(question).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::UnexpectedEof => "EOF".to_owned(),
            _ => error.to_string(),
        };
        Failure::message(
            "Nobody to approve",
            format!("There was no answer (error asking for approval: {why}). {otherwise}"),
        )
    })
}

/// Asks for the value of a variable, without showing what is typed if it is sensitive.
///
/// # Errors
/// The question was broken off, or the terminal cannot hide what is typed.
pub fn ask_variable(variable: &Variable, terminal: &Terminal) -> Result<String, Failure> {
    let name = &variable.name.text;
    let is_simple = |term: String| SIMPLE_TERMINALS.contains(&&*term);
    if variable.sensitive && std::env::var("TERM").is_ok_and(is_simple) {
        return Err(Failure::message(
            "No value for required variable",
            format!(
                "The variable {name:?} is sensitive, and this terminal cannot hide what is typed. \
                 Set the environment variable TF_VAR_{name}, or use -var-file."
            ),
        ));
    }
    terminal.line(&question(variable));
    #[cfg(unix)]
    restore_when_ended(terminal);
    let answer = read_line(variable.sensitive);
    terminal.line("");
    answer.map_err(|error| match error {
        ReadlineError::Interrupted | ReadlineError::Eof => Failure::message(
            "No value for required variable",
            format!("The question for var.{name} was not answered, so nothing was done."),
        ),
        error => Failure::message("The terminal cannot be read", error.to_string()),
    })
}

/// Makes sure that a signal that ends the process leaves a terminal that shows what is typed, as it
/// did before the question.
#[cfg(unix)]
fn restore_when_ended(terminal: &Terminal) {
    use nix::sys::termios::{SetArg, tcgetattr, tcsetattr};
    let Ok(before) = tcgetattr(std::io::stdin()) else { return };
    let ended = interrupted();
    let watch = tokio::spawn(async move {
        ended.await;
        // Nobody is left to tell that it cannot be restored.
        let _ = tcsetattr(std::io::stdin(), SetArg::TCSANOW, &before);
        let _ = writeln!(std::io::stderr(), "\nInterrupted. Nothing was changed.");
        std::process::exit(1);
    });
    terminal.watch_signals(watch.abort_handle());
}

/// The name of the variable and what it is for.
fn question(variable: &Variable) -> String {
    let mut text = format!("var.{}", variable.name.text);
    if let Some(description) = variable.description.as_deref().filter(|it| !it.is_empty()) {
        for line in description.trim_end().lines() {
            text.push_str(&format!("\n  {line}"));
        }
        text.push('\n');
    }
    text
}

fn read_line(is_hidden: bool) -> Result<String, ReadlineError> {
    // What is hidden is painted over, which is done on terminals with colours only.
    let colours = if is_hidden { ColorMode::Forced } else { ColorMode::Enabled };
    let config = Config::builder().color_mode(colours).auto_add_history(false).build();
    let mut editor: Editor<Answer, MemHistory> = Editor::with_history(config, MemHistory::new())?;
    editor.set_helper(Some(Answer { is_hidden }));
    editor.readline("  Enter a value: ")
}

/// Shows blanks in the place of an answer that is to be hidden.
struct Answer {
    is_hidden: bool,
}

impl Highlighter for Answer {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.is_hidden {
            Cow::Owned(" ".repeat(unicode_width::UnicodeWidthStr::width(line)))
        } else {
            Cow::Borrowed(line)
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.is_hidden && kind != CmdKind::MoveCursor
    }
}

impl Completer for Answer {
    type Candidate = String;
}

impl Hinter for Answer {
    type Hint = String;
}

impl Validator for Answer {}

impl Helper for Answer {}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_question_says_what_the_variable_is_for() {
        let text =
            "variable \"a\" {}\nvariable \"b\" {\n  description = \"how many\\nof them\"\n}\n";
        let loaded = meridian_config::parse(Path::new("."), vec![("v.tf".into(), text.into())]);
        let asked: Vec<String> = loaded.config.root().variables.iter().map(question).collect();
        assert_eq!(asked, ["var.a", "var.b\n  how many\n  of them\n"]);
    }

    #[test]
    fn what_is_sensitive_is_painted_over() {
        let shown = |is_hidden| Answer { is_hidden }.highlight("hunter2", 0).into_owned();
        assert_eq!(shown(true), "       ");
        assert_eq!(shown(false), "hunter2");
        assert!(Answer { is_hidden: true }.highlight_char("h", 1, CmdKind::Other));
    }
}
