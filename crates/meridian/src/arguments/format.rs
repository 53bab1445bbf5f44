//! Options of `fmt`.

use std::path::PathBuf;

use clap::{ArgAction, Args};

/// Options of `fmt`.
#[derive(Clone, Debug, Args)]
pub struct FmtArguments {
    /// List the files whose form is not canonical. Never done for standard input.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_value_t = true, default_missing_value = "true", action = ArgAction::Set)]
    pub list: bool,
    /// Write the files. Never done for standard input and with -check.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_value_t = true, default_missing_value = "true", action = ArgAction::Set)]
    pub write: bool,
    /// Show what changes.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_value_t = false, default_missing_value = "true", action = ArgAction::Set)]
    pub diff: bool,
    /// Only look: exit with 0 if all files are in canonical form, else with 3.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_value_t = false, default_missing_value = "true", action = ArgAction::Set)]
    pub check: bool,
    /// Look into the folders within folders too.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_value_t = false, default_missing_value = "true", action = ArgAction::Set)]
    pub recursive: bool,
    /// Files and folders; without any the current folder, and - for standard input.
    #[arg(value_name = "TARGET")]
    pub targets: Vec<PathBuf>,
}
