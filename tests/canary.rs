//! A canary placed in every way that a secret value can enter, and searched for in everything that
//! leaves the process.

mod drawn;
mod forms;
mod hashes;
mod owners;
mod panics;
mod places;
mod ways;

use std::fs;
use std::time::Duration;

use meridian_local_aws::FaultAction;

use crate::support::{Project, Server, count, seed};
use forms::{Forms, WIDE};
use places::{Given, nothing_is_said};
use ways::{CLOUD, CONFIGURATION, CREDENTIALS, Setup, VARIABLES, Way};

/// Commands that need the values of variables, before the apply.
const PLANNING: [&str; 5] =
    ["plan", "plan -json", "plan -out=saved", "plan -refresh-only", "console"];
/// What is made of a saved plan.
const SAVED: [&str; 6] = [
    "show saved",
    "show -json saved",
    "show -format=markdown saved",
    "graph -plan=saved",
    "graph -format=mermaid",
    "apply -json saved",
];
/// Commands that look at the state.
const LOOKING: [&str; 11] = [
    "show",
    "show -json",
    "output",
    "state list",
    "state pull",
    "state history",
    "state backup copy.db",
    "state export-terraform handed.tfstate",
    "providers",
    "graph",
    "validate -json",
];
/// Commands that change the state or the cloud again.
const CHANGING: [&str; 4] =
    ["refresh", "plan -json -destroy", "apply -auto-approve -json", "destroy -auto-approve"];

fn project(setup: &Setup, server: &Server) -> (Project, Given) {
    let mut project = Project::of(&setup.text).at(server);
    for (path, text) in &setup.files {
        let path = project.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::create_dir(project.root().join("tmp")).unwrap();
    let log = project.root().join("trace.log").display().to_string();
    let temporary = project.root().join("tmp").display().to_string();
    for (name, value) in [
        ("TMPDIR", temporary.as_str()),
        ("RUST_LOG", "trace"),
        ("RUST_BACKTRACE", "full"),
        ("TF_LOG", "TRACE"),
        ("TF_LOG_PATH", &log),
        ("LOG_SIGNABLE_BODY", "1"),
    ] {
        project.set(name, value);
    }
    for (name, value) in &setup.environment {
        project.set(name, value);
    }
    if setup.text.contains("profile") {
        // A profile is looked at only without these.
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            project.set(name, "");
        }
    }
    let given = Given::of(&project);
    (project, given)
}

/// The whole life of a project, in which the canary never shows.
fn lives_unseen(way: &Way) {
    let (setup, forms) = ((way.setup)(), Forms::of_canaries());
    let server = Server::new();
    seed(&server, WIDE);
    let (project, given) = project(&setup, &server);
    let run = |line: &str, input: &str| {
        let ran = project.run_with(line, input);
        nothing_is_said(&ran.all(), &forms, &format!("{line} ({})", way.name));
        given.nothing_is_written(&project, &forms, &format!("{line} ({})", way.name));
        ran
    };
    let told = |line: &str| format!("{line} {}", setup.options);
    for line in PLANNING {
        let _ = run(&told(line), setup.look).succeeds();
    }
    for line in SAVED {
        // An ephemeral value must be told again.
        let _ = run(line, "").succeeds();
    }
    for line in LOOKING {
        let ran = run(line, "");
        assert!(line.contains("export") || ran.code == Some(0), "{line}: {}", ran.all());
    }
    for address in project.run("state list").succeeds().out.lines() {
        let _ = run(&format!("state show {address}"), "").succeeds();
    }
    let _ = run(&told("console"), setup.look).succeeds();
    for line in CHANGING {
        let _ = run(&told(line), "").succeeds();
    }
}

/// An error of AWS that repeats the value, and then a kill in the middle of the call.
fn fails_and_dies_unseen(way: &Way) {
    let (setup, forms) = ((way.setup)(), Forms::of_canaries());
    let server = Server::new();
    seed(&server, WIDE);
    let (project, given) = project(&setup, &server);
    let line = format!("apply -auto-approve {}", setup.options);
    let when = |what: &str| format!("{what} ({})", way.name);
    if !setup.value.is_empty() {
        let message = format!("1 validation error: Value '{}' at 'x' is refused", setup.value);
        server.refuse(setup.call, 400, "ValidationException", &message);
        let refused = project.run(&line).fails();
        nothing_is_said(&refused.all(), &forms, &when("an error of AWS"));
        given.nothing_is_written(&project, &forms, &when("an error of AWS"));
    }
    server.next_few(setup.call, FaultAction::Delay(Duration::from_secs(300)), 1);
    let mark = server.mark();
    let running = project.start(&line);
    server.until(setup.call, |records| count(&records[mark..], setup.call) > 0);
    given.nothing_is_written(&project, &forms, &when("a call that is under way"));
    #[cfg(target_os = "linux")]
    places::nothing_is_open(running.id(), &forms);
    running.kill();
    given.nothing_is_written(&project, &forms, &when("a kill"));
    for line in [format!("plan {}", setup.options), line] {
        let ran = project.run(&line).succeeds();
        nothing_is_said(&ran.all(), &forms, &when(&line));
        given.nothing_is_written(&project, &forms, &when(&line));
    }
}

/// Goes all ways, and tells of all that lead somewhere.
#[track_caller]
fn all<'w>(ways: impl IntoIterator<Item = &'w Way>, goes: fn(&Way)) {
    let leaks = |way: &&Way| std::panic::catch_unwind(|| goes(way)).is_err();
    let leaking: Vec<&str> = ways.into_iter().filter(leaks).map(|way| way.name).collect();
    assert!(leaking.is_empty(), "{leaking:#?}");
}

#[test]
fn a_variable_lives_unseen() {
    all(VARIABLES, lives_unseen);
}

#[test]
fn what_the_configuration_says_lives_unseen() {
    all(CONFIGURATION, lives_unseen);
}

#[test]
fn what_the_cloud_says_lives_unseen() {
    all(CLOUD, lives_unseen);
}

#[test]
fn credentials_live_unseen() {
    all(CREDENTIALS, lives_unseen);
}

#[test]
fn a_call_under_way_and_a_kill_leave_nothing_behind() {
    let ways = [VARIABLES, CONFIGURATION, CLOUD, CREDENTIALS];
    all(ways.into_iter().flatten(), fails_and_dies_unseen);
}

#[test]
fn the_counts_of_the_docs_are_right() {
    let text = include_str!("../docs/reliability.md");
    let commands = PLANNING.len() + SAVED.len() + LOOKING.len() + CHANGING.len();
    // One more is typed, one more is a JSON file, and two stand in a provider block.
    for (row, count) in [
        ("| Variables:", VARIABLES.len() + 1),
        ("| The configuration:", CONFIGURATION.len()),
        ("| The cloud:", CLOUD.len()),
        ("| Generated passwords", drawn::DRAWN.len()),
        ("| Credentials:", CREDENTIALS.len()),
        ("| Wrong values", drawn::WRONG.len() + drawn::FAILING.len() + 3),
        ("| Each part", forms::SPELLINGS),
        ("| The whole value", forms::HASHES),
    ] {
        let line = text.lines().find(|line| line.starts_with(row)).expect(row);
        assert!(line.ends_with(&format!("| {count} |")), "{count}: {line}");
    }
    assert!(text.contains(&format!("Of {commands} command lines")), "{commands}");
}
