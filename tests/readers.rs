//! Who only reads, while somebody applies: neither waits for the other, and what is read is whole.

use std::time::Duration;

use meridian_local_aws::{Fault, FaultAction};

use crate::support::{Project, Server, everything};

#[test]
fn whoever_reads_during_an_apply_disturbs_nobody() {
    let server = Server::new();
    // So that there is time to read.
    let delay = Fault::new("*", FaultAction::Delay(Duration::from_millis(150)));
    let delay = server.cloud.inject(delay);
    let project = Project::of(&everything()).at(&server);
    let mut applying = project.start("apply -auto-approve -parallelism=1");
    server.until_asked("CreateKey");
    let mut objects = Vec::new();
    while applying.is_alive() {
        for line in ["state list", "show -json", "output -json", "state history", "validate"] {
            let ran = project.run(line).succeeds();
            if line == "state list" {
                objects.push(ran.out.lines().count());
            }
        }
        // It has its own way to the objects, some of which are just being made.
        let _ = project.run("plan -refresh=false").succeeds();
        let _ = project.run("state backup backup.db").succeeds();
        std::fs::remove_file(project.folder().join("backup.db")).expect("a backup");
    }
    let _ = applying.wait().exits(0);
    assert!(objects.len() > 2 && objects.is_sorted(), "{objects:?}");
    assert!(objects.first() < objects.last(), "it was read while it grew: {objects:?}");
    assert!(server.cloud.remove_fault(delay));
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}
