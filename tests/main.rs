//! Whole-program tests: the real program, run on folders of configuration against the embedded
//! AWS, through a server that the test can look into, or in the program's own process.

// Helpers are test code too.
#![cfg(test)]

mod adoption;
mod arguments;
mod bad_input;
#[cfg(unix)]
mod canary;
mod cases;
mod ciphertexts;
mod cli;
mod common_errors;
mod console;
mod custom_key_stores;
mod dangers;
mod data_sources;
mod discover;
mod discover_sets;
mod drift;
mod ephemeral_resources;
mod faults;
mod fmt;
#[cfg(target_os = "linux")]
mod full_disk;
mod generated_config;
mod generated_owners;
mod grants;
mod half_done_replacements;
mod hand_back;
mod hostile;
mod import_command;
mod import_regions;
mod imported_material;
mod imported_material_state;
mod imported_promotion;
mod interrupts;
mod key_deletion;
mod key_policies;
#[cfg(unix)]
mod kill_matrix;
mod killed_rekey;
mod leaning_providers;
mod local_aws;
mod local_aws_killed;
mod lost_answers;
mod newcomers;
mod odd_cases;
mod options;
mod order;
mod parts_of_others;
mod permissions;
mod plan_files;
mod plan_json;
mod plan_text;
mod preview;
mod promoted_outside;
mod promotion;
mod providers;
#[cfg(unix)]
mod questions;
mod quickstart;
mod quotas;
mod readers;
mod recovery;
mod region_argument;
mod replicate_key_errors;
mod replicate_secret_errors;
mod replication;
mod rotated_secrets;
mod secret_encryption;
mod secret_independence;
mod secret_parts;
mod secret_replication;
mod state_and_secrets;
mod state_commands;
mod state_history;
mod state_keys;
mod state_marks;
mod state_moves;
mod state_sealed_whole;
mod support;
mod take_over;
mod timeouts;
mod tools;
mod workspaces;
mod write_only;
