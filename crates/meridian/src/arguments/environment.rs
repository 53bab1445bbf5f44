//! Arguments from the environment: `TF_CLI_ARGS` and `TF_CLI_ARGS_COMMAND`.

use std::ffi::OsString;

/// Global options whose value is an argument of its own.
const WITH_VALUE: [&str; 2] = ["chdir", "state"];
/// Commands that have commands.
const NESTED: [&str; 3] = ["state", "workspace", "providers"];

/// Puts the arguments of the environment behind the command, those for the command first, as
/// Terraform does: what is typed comes last and wins.
///
/// # Errors
/// What is said of a variable that cannot be cut into arguments.
pub fn with_environment(
    typed: Vec<OsString>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Vec<OsString>, String> {
    let Some((position, command)) = command(&typed) else {
        return Ok(typed);
    };
    let own = format!("TF_CLI_ARGS_{}", command.replace(['-', ' '], "_"));
    let mut arguments = typed;
    // Each is put directly behind the command, so the last one here comes first.
    for name in ["TF_CLI_ARGS", &own] {
        let Some(text) = variable(name) else { continue };
        let words = words(&text).ok_or_else(|| {
            format!("Error parsing extra CLI args from {name}: invalid command line string")
        })?;
        let at = position + 1;
        arguments.splice(at..at, words.into_iter().map(OsString::from));
    }
    Ok(arguments)
}

/// Where the last word of the command stands, and the whole command.
fn command(typed: &[OsString]) -> Option<(usize, String)> {
    let mut at = 1;
    let command = loop {
        let word = typed.get(at)?.to_str()?;
        let Some(option) = word.strip_prefix('-') else { break word };
        let takes_next = WITH_VALUE.contains(&option.trim_start_matches('-'));
        at += if takes_next { 2 } else { 1 };
    };
    let next = typed.get(at + 1).and_then(|word| word.to_str());
    match next.filter(|next| NESTED.contains(&command) && !next.starts_with('-')) {
        Some(next) => Some((at + 1, format!("{command} {next}"))),
        None => Some((at, command.to_owned())),
    }
}

/// Cuts a text into words as a shell does: blanks part them, quotes and backslashes keep together.
/// None if a quote is not closed.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            ' ' | '\t' | '\n' | '\r' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next()? {
                        '\'' => break,
                        other => word.push(other),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next()? {
                        '"' => break,
                        '\\' => word.push(rest.next()?),
                        other => word.push(other),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(rest.next()?),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spliced(line: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        let typed = line.split_whitespace().map(OsString::from).collect();
        let find = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
        };
        let arguments = with_environment(typed, find)?;
        Ok(arguments.join(&OsString::from(" ")).into_string().expect("UTF-8"))
    }

    #[test]
    fn arguments_of_the_environment_stand_before_those_that_are_typed() {
        let both =
            [("TF_CLI_ARGS", "-no-color"), ("TF_CLI_ARGS_plan", "-var \"a=b c\" -out='x y'")];
        for (line, expected) in [
            ("m plan -x", "m plan -var a=b c -out=x y -no-color -x"),
            ("m -chdir=d plan", "m -chdir=d plan -var a=b c -out=x y -no-color"),
            ("m --chdir d -local plan", "m --chdir d -local plan -var a=b c -out=x y -no-color"),
            ("m apply plan", "m apply -no-color plan"),
            ("m", "m"),
            ("m -version", "m -version"),
        ] {
            assert_eq!(spliced(line, &both).as_deref(), Ok(expected));
        }
        let nested = [("TF_CLI_ARGS_workspace_new", "-x"), ("TF_CLI_ARGS_local_aws", "-y")];
        assert_eq!(spliced("m workspace new a", &nested).as_deref(), Ok("m workspace new -x a"));
        assert_eq!(spliced("m local-aws", &nested).as_deref(), Ok("m local-aws -y"));
    }

    #[test]
    fn quotes_must_be_closed() {
        for text in ["\"a", "'a", "a\\"] {
            let told = spliced("m plan", &[("TF_CLI_ARGS_plan", text)]).expect_err(text);
            assert!(told.contains("TF_CLI_ARGS_plan: invalid command line string"), "{told}");
        }
    }
}
