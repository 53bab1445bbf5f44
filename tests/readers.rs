//! Who only reads, while somebody applies: neither waits for the other, and what is read is whole.

use std::time::Duration;

use meridian_local_aws::{Fault, FaultAction};

use crate::support::{Project, Server, everything};

const LINES: [&str; 6] = [
    "show -json",
    "plan -refresh=false",
    "state history",
    "output -json",
    "state backup backup.db",
    "validate",
];

#[test]
fn whoever_reads_during_an_apply_disturbs_nobody() {
    let server = Server::new();
    // So that there is time to read.
    let delay = Fault::new("*", FaultAction::Delay(Duration::from_millis(300)));
    let delay = server.cloud.inject(delay);
    let project = Project::of(&everything()).at(&server);
    let mut applying = project.start("apply -auto-approve -parallelism=1");
    server.until_asked("CreateKey");
    let mut objects = Vec::new();
    for line in LINES.iter().cycle() {
        let listed = project.run("state list").succeeds();
        if !applying.is_alive() {
            break;
        }
        objects.push(listed.out.lines().count());
        let _ = project.run(line).succeeds();
        let backup = project.folder().join("backup.db");
        if backup.exists() {
            std::fs::remove_file(backup).expect("a backup");
        }
    }
    let _ = applying.wait().exits(0);
    assert!(objects.is_sorted(), "{objects:?}");
    assert!(objects.first() < objects.last(), "it was read while it grew: {objects:?}");
    assert!(server.cloud.remove_fault(delay));
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}
