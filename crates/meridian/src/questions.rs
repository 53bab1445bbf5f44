//! Questions to whoever sits at the terminal.

use std::io::IsTerminal;

use meridian_config::Variable;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::{Completer, Config, Editor, Helper, Hinter, Validator};
use rustyline::history::MemHistory;
use std::borrow::Cow;

use crate::arguments::truth;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Forbids questions when it is false.
const INPUT: &str = "TF_INPUT";

/// Whether variables may be asked for: there is a terminal, and neither the option `-input` nor
/// the environment forbids it.
pub fn may_ask(input: bool) -> bool {
    let allowed = std::env::var(INPUT).ok().is_none_or(|text| truth(&text).unwrap_or(true));
    input && allowed && std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Asks for the value of a variable, without showing what is typed if it is sensitive.
///
/// # Errors
/// The question was broken off.
pub fn ask_variable(variable: &Variable, terminal: &Terminal) -> Result<String, Failure> {
    terminal.line(&question(variable));
    let answer = read_line("  Enter a value: ", variable.sensitive);
    terminal.line("");
    answer.map_err(|error| {
        let name = &variable.name.text;
        match error {
            ReadlineError::Interrupted | ReadlineError::Eof => Failure::message(
                "No value for required variable",
                format!("The question for var.{name} was not answered, so nothing was done."),
            ),
            error => Failure::message("The terminal cannot be read", error.to_string()),
        }
    })
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

fn read_line(prompt: &str, is_hidden: bool) -> Result<String, ReadlineError> {
    let mut editor: Editor<Hidden, MemHistory> =
        Editor::with_history(Config::builder().build(), MemHistory::new())?;
    editor.set_helper(Some(Hidden { is_hidden }));
    editor.readline(prompt)
}

/// Shows nothing of a line that is to be hidden.
#[derive(Completer, Helper, Hinter, Validator)]
struct Hidden {
    is_hidden: bool,
}

impl Highlighter for Hidden {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.is_hidden { Cow::Borrowed("") } else { Cow::Borrowed(line) }
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.is_hidden
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_question_says_what_the_variable_is_for() {
        let text = "variable \"a\" {}\nvariable \"b\" {\n  description = \"how many\\nof them\"\n}\n";
        let loaded = meridian_config::parse(Path::new("."), vec![("v.tf".into(), text.into())]);
        let asked: Vec<String> = loaded.config.root().variables.iter().map(question).collect();
        assert_eq!(asked, ["var.a", "var.b\n  how many\n  of them\n"]);
    }
}
