//! Panics with a secret in scope and in their message.

use super::forms::Forms;
use super::places::nothing_is_said;
use super::ways::{CONFIGURATION, VARIABLES, Way};
use super::{Given, project};
use crate::support::Server;

/// The exit code of Terraform when it panics.
const PANICKED: i32 = 11;

fn panics_unseen(way: &Way, instant: &str, call: usize) {
    let (forms, server) = (Forms::of_canaries(), Server::new());
    let setup = (way.setup)();
    let (mut project, _) = project(&setup, &server);
    let given = Given::of(&project);
    project.set("MERIDIAN_PANIC_AT", &format!("{instant}:{call}"));
    let line = format!("apply -auto-approve {}", setup.options);
    let ran = project.run(&line);
    let when = format!("a panic at {instant} of call {call} ({})", way.name);
    assert_eq!(ran.code, Some(PANICKED), "{when}: {}", ran.all());
    nothing_is_said(&ran.all(), &forms, &when);
    given.nothing_is_written(&project, &forms, &when);
    for told in [
        "Error: Meridian has a defect",
        env!("CARGO_PKG_VERSION"),
        "kill_point.rs:",
        "(withheld: it may hold values)",
        "meridian plan",
    ] {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    project.set("MERIDIAN_PANIC_AT", "");
    let plan = format!("plan -detailed-exitcode {}", setup.options);
    for (line, code) in [(&plan, 2), (&line, 0), (&plan, 0)] {
        let ran = project.run(line);
        assert_eq!(ran.code, Some(code), "{line} after {when}: {}", ran.all());
        nothing_is_said(&ran.all(), &forms, &format!("{line} after {when}"));
        given.nothing_is_written(&project, &forms, &format!("{line} after {when}"));
    }
}

#[test]
fn a_panic_shows_no_secret_and_the_next_apply_goes_on() {
    let named = |name: &str| {
        let mut ways = VARIABLES.iter().chain(CONFIGURATION);
        ways.find(|way| way.name == name).expect(name)
    };
    std::thread::scope(|scope| {
        for (name, instant, call) in [
            ("TF_VAR_", "before-intent", 2),
            ("TF_VAR_", "before-send", 2),
            ("TF_VAR_", "before-commit", 2),
            ("a write-only argument", "before-commit", 2),
            ("a tag", "before-commit", 1),
            ("a secret's policy", "before-commit", 2),
        ] {
            scope.spawn(move || panics_unseen(named(name), instant, call));
        }
    });
}
