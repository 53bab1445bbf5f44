//! Runs that end half way, with a journal that is sealed.

use std::os::unix::process::ExitStatusExt;

use super::{HOME, SAID, SEAL, Server, has, is_hidden, nothing_to_do, project, written};

/// Killed at each call, before it leaves and after its answer, the next run finds what was done by
/// the sealed journal, and nothing was in clear meanwhile.
#[test]
fn a_killed_run_is_made_good_from_the_sealed_journal() {
    let kills: usize = std::thread::scope(|scope| {
        let instants = ["before-send", "before-commit"];
        let killing = instants.map(|instant| {
            scope.spawn(move || (1..).take_while(|call| is_made_good(instant, *call)).count())
        });
        killing.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert!(kills >= 8, "{kills}");
}

/// Kills an apply at one call, and tells whether there was such a call.
fn is_made_good(instant: &str, call: u32) -> bool {
    let server = Server::new();
    let mut project = project(&server);
    project.set(SEAL, "whole");
    let mut command = project.command("apply -auto-approve -parallelism=1");
    command.env("MERIDIAN_KILL_AT", format!("{instant}:{call}"));
    if command.output().unwrap().status.signal().is_none() {
        return false;
    }
    let bytes = written(&project);
    assert!(SAID.iter().all(|text| !has(&bytes, text)), "{instant}:{call}");
    if call.is_multiple_of(2) {
        let _ = project.run("state seal -whole").fails().says("Calls of it are still open");
        let _ = project.run("recover").succeeds().says("Recovery complete!");
    }
    let _ = project.run("apply -auto-approve").succeeds();
    nothing_to_do(&project);
    is_hidden(&project, SAID);
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    let secrets = server.wait(server.secrets(HOME).list_secrets().send()).unwrap();
    assert_eq!((keys.keys().len(), secrets.secret_list().len()), (1, 1), "{instant}:{call}");
    true
}

/// A state that was left with an open call before it was to be sealed whole: each refusal names the
/// command that leads on.
#[test]
fn a_state_with_open_calls_is_recovered_first_and_sealed_then() {
    let server = Server::new();
    let mut project = project(&server);
    let mut command = project.command("apply -auto-approve -parallelism=1");
    command.env("MERIDIAN_KILL_AT", "before-commit:1").output().unwrap();
    project.set(SEAL, "whole");
    let _ = project.run("apply -auto-approve").fails().says("\"meridian state seal -whole\"");
    let _ = project.run("state seal -whole").fails().says("\"meridian recover\"");
    let _ = project.run("recover").succeeds().says("Recovery complete!");
    let _ = project.run("state seal -whole").succeeds();
    for _ in 0..2 {
        let _ = project.run("apply -auto-approve").succeeds();
    }
    nothing_to_do(&project);
    is_hidden(&project, SAID);
}
