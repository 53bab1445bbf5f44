//! What is said of words that are no command of ours, or one too many.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Error};

use super::CommandLine;

/// Commands that Terraform has, and what there is in their place.
const ELSEWHERE: &[(&str, &str)] = &[
    ("env", "the command is called \"workspace\""),
    ("login", "there is nothing to log in to: the state is a file, and AWS takes your credentials"),
    ("logout", "there is nothing to log out of: the state is a file"),
    ("metadata", "\"meridian init\" lists the types that are built in"),
    ("modules", "\"meridian get\" and \"meridian providers\" look at the modules"),
    ("test", "tests of Terraform are not run yet; \"terraform test\" runs them in this folder"),
];

/// Advice for someone who types what Terraform does not take either.
const TOO_MANY: &str =
    "-chdir=DIR names another folder, -target=ADDRESS a part of the configuration";

/// The error, with what helps.
pub(super) fn explained(mut error: Error) -> Error {
    let word = |error: &Error, kind| match error.get(kind) {
        Some(ContextValue::String(word)) => word.clone(),
        _ => String::new(),
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let typed = word(&error, ContextKind::InvalidSubcommand);
            let Some((name, advice)) = ELSEWHERE.iter().find(|(name, _)| *name == typed) else {
                return error;
            };
            let message = format!("there is no command \"{name}\" here: {advice}");
            CommandLine::command().error(ErrorKind::InvalidSubcommand, message)
        }
        ErrorKind::UnknownArgument => {
            if !word(&error, ContextKind::InvalidArg).starts_with('-') {
                let advice = ContextValue::StyledStrs(vec![TOO_MANY.into()]);
                let _ = error.insert(ContextKind::Suggested, advice);
            }
            error
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn told(line: &str) -> String {
        let words = line.split_whitespace().map(OsString::from);
        CommandLine::read(words).expect_err(line).to_string()
    }

    #[test]
    fn commands_of_terraform_are_told_where_to_go() {
        let theirs = CommandLine::command();
        for (name, advice) in ELSEWHERE {
            assert!(theirs.find_subcommand(name).is_none(), "{name}");
            assert!(told(&format!("meridian {name}")).contains(advice), "{name}");
        }
        let mistyped = told("meridian destory");
        assert!(mistyped.contains("similar subcommand exists: 'destroy'"), "{mistyped}");
    }

    #[test]
    fn a_word_too_many_is_told_how_to_be_said() {
        for line in ["meridian plan infra", "meridian destroy aws_kms_key.a", "meridian apply a b"]
        {
            assert!(told(line).contains("-chdir=DIR"), "{line}");
        }
        assert!(!told("meridian plan -nonsense").contains("-chdir=DIR names"));
    }
}
