//! Whole-program tests: the real program, run on folders of configuration against the embedded
//! AWS, through a server that the test can look into, or in the program's own process.

// Helpers are test code too.
#![cfg(test)]

mod adoption;
mod bad_input;
mod cases;
mod cli;
mod console;
mod drift;
mod fmt;
mod interrupts;
mod key_deletion;
mod local_aws;
mod local_aws_killed;
mod lost_answers;
mod options;
mod order;
mod permissions;
mod plan_files;
mod plan_text;
mod promoted_outside;
mod promotion;
mod providers;
#[cfg(unix)]
mod questions;
mod quickstart;
mod replication;
mod secret_encryption;
mod secret_independence;
mod secret_replication;
mod state_and_secrets;
mod support;
mod tools;
mod workspaces;
