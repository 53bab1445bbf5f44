//! Kills between an object and a part of it that is another resource's argument and a secret. AWS
//! shows it with the object, and the state does not have yet whose it is.

use std::fs;

use super::forms::Forms;
use super::places::{Given, nothing_is_said};
use super::project;
use super::ways::{OWNERS, Owner, owned};
use crate::support::{Server, count};

/// What looks at the state and the cloud and changes neither.
const LOOKING: [&str; 10] = [
    "plan",
    "plan -json",
    "plan -refresh=false",
    "plan -refresh-only",
    "plan -json -refresh-only",
    "plan -destroy",
    "plan -out=saved",
    "show -json saved",
    "show -format=markdown saved",
    "state pull",
];

/// What may come after the kill, with the whole configuration or without the block that sets it.
struct Afterwards {
    is_whole: bool,
    lines: &'static [&'static str],
}

const AFTERWARDS: [Afterwards; 4] = [
    Afterwards {
        is_whole: true,
        lines: &["apply -auto-approve", "show -json", "plan -json", "destroy -auto-approve"],
    },
    Afterwards {
        is_whole: true,
        lines: &["recover", "refresh", "show -json", "state pull", "apply -auto-approve -json"],
    },
    Afterwards {
        is_whole: false,
        lines: &["apply -auto-approve", "show -json", "state pull", "plan -json"],
    },
    Afterwards {
        is_whole: false,
        lines: &["recover", "plan -json", "refresh", "show", "destroy -auto-approve"],
    },
];

/// Kills an apply at an instant of the call that sets the part, and goes on.
fn goes_unseen(owner: &Owner, instant: &str, afterwards: &Afterwards) {
    let (forms, server) = (Forms::of_canaries(), Server::new());
    let (mut project, given) = project(&owned(owner.of, owner.block), &server);
    project.set("MERIDIAN_KILL_AT", &format!("{instant}:{}", owner.call));
    assert_eq!(project.run("apply -auto-approve").code, None, "{instant}");
    project.set("MERIDIAN_KILL_AT", "");
    let when = format!("after a kill at {instant} of {}", owner.operation);
    assert_eq!(count(&server.requests(), owner.operation), usize::from(instant != "before-send"));
    given.nothing_is_written(&project, &forms, &when);
    if !afterwards.is_whole {
        fs::remove_file(project.folder().join("owner.tf")).unwrap();
    }
    for line in LOOKING.iter().chain(afterwards.lines) {
        let ran = project.run(line).succeeds();
        let when = format!("{line} {when}");
        nothing_is_said(&ran.all(), &forms, &when);
        given.nothing_is_written(&project, &forms, &when);
    }
}

#[test]
fn a_kill_before_it_is_known_whose_a_part_is_shows_nothing() {
    // They wait for AWS more than they work.
    std::thread::scope(|scope| {
        for owner in &OWNERS {
            for afterwards in &AFTERWARDS {
                scope.spawn(|| goes_unseen(owner, "before-commit", afterwards));
            }
            for instant in ["before-send", "after-commit"] {
                scope.spawn(|| goes_unseen(owner, instant, &AFTERWARDS[2]));
            }
        }
    });
}

/// What no journal tells, the configuration does: here the state comes from elsewhere, or there is
/// none yet and the object is taken over.
#[test]
fn what_the_configuration_calls_a_secret_is_hidden_without_a_journal() {
    for owner in &OWNERS {
        let (forms, server) = (Forms::of_canaries(), Server::new());
        let (mut first, _) = project(&owned(owner.of, owner.block), &server);
        first.set("MERIDIAN_KILL_AT", &format!("before-commit:{}", owner.call));
        assert_eq!(first.run("apply -auto-approve").code, None);
        let state = first.run("state pull").succeeds().out;
        let json: serde_json::Value = serde_json::from_str(&state).unwrap();
        let attributes = &json["resources"][0]["instances"][0]["attributes"];
        let id = attributes["id"].as_str().unwrap();
        let kind = json["resources"][0]["type"].as_str().unwrap();
        for imports in [false, true] {
            let (second, _) = project(&owned(owner.of, owner.block), &server);
            if imports {
                let block = format!("import {{\n  to = {kind}.app\n  id = \"{id}\"\n}}\n");
                second.write("import.tf", &block);
            } else {
                second.write("pulled.json", &state);
                let _ = second.run("state push pulled.json").succeeds();
            }
            let given = Given::of(&second);
            for line in ["plan", "plan -json", "plan -out=saved", "show -json saved"] {
                let ran = second.run(line).succeeds();
                nothing_is_said(&ran.all(), &forms, line);
                given.nothing_is_written(&second, &forms, line);
            }
        }
    }
}
