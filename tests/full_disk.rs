//! The state can grow no further in the middle of an apply: nothing is lost, and what happened is
//! told.

use std::process::Command;

use crate::support::{HOME, IRELAND, Project, Server, everything};

/// The program, whose files cannot grow beyond so many kilobytes.
fn confined(project: &Project, line: &str, kilobytes: usize) -> Command {
    let program = project.command(line);
    // With the signal ignored, a write that is too long fails as it does on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kilobytes * 2);
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).arg("sh").arg(program.get_program()).args(program.get_args());
    shell.current_dir(project.folder()).env_clear();
    for (name, value) in program.get_envs() {
        shell.envs(value.map(|value| (name, value)));
    }
    shell
}

fn keys(server: &Server, region: &str) -> usize {
    let listed = server.wait(server.kms(region).list_keys().send()).expect("keys are listed");
    listed.keys().len()
}

#[test]
fn an_apply_that_runs_out_of_space_is_gone_on_with() {
    let mut failed_half_way = 0;
    for kilobytes in [48, 96, 160, 224, 288] {
        let server = Server::new();
        let project = Project::of(&everything()).at(&server);
        let output = confined(&project, "apply -auto-approve", kilobytes).output();
        let output = output.expect("there is a shell");
        let said = String::from_utf8_lossy(&output.stdout);
        let told = String::from_utf8_lossy(&output.stderr);
        let begun = said.contains("Creating...");
        if !output.status.success() {
            assert!(told.contains("The state cannot be used"), "{kilobytes}: {told}");
            assert!(!begun || said.contains("Apply incomplete"), "{kilobytes}: {said}{told}");
            failed_half_way += usize::from(begun);
        }
        let _ = project.run("apply -auto-approve").succeeds();
        let _ = project.run("plan -detailed-exitcode").exits(0);
        assert_eq!((keys(&server, HOME), keys(&server, IRELAND)), (1, 1), "{kilobytes}");
    }
    assert!(failed_half_way >= 3, "only {failed_half_way} of the limits were reached on the way");
}
