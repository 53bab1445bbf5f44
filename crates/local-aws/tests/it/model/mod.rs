//! Random sequences of operations, held against tiny models of what AWS
//! documents: which properties related keys share, which each Region has for
//! itself, and how secrets and their replicas follow each other.

mod cloud;
mod keys;
mod secret_model;
mod secret_state;
mod secret_time;
mod secrets;

use std::env;

use proptest::test_runner::Config;

/// A few cases, or as many as the environment asks for.
fn config() -> Config {
    match env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default(),
        None => Config::with_cases(48),
    }
}
