//! The quickstart, as the README tells it.

use std::path::{Path, PathBuf};

use crate::support::{Project, Server, cloud_text, count, normal};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/quickstart")
}

/// What an apply prints once the work is done.
fn outputs(text: &str) -> &str {
    &text[text.rfind("\nOutputs:").expect("outputs at the end")..]
}

#[test]
fn it_runs_on_the_embedded_aws() {
    let project = Project::copy(&folder());
    let _ = project.run("init").succeeds();
    let _ = project.run("-local validate").succeeds().says("Success!");
    let plan = project.run("-local plan -detailed-exitcode").exits(2);
    insta::assert_snapshot!("plan", plan.plan());
    assert!(!project.has_state(), "a plan writes no state");
    let applied = project.run("-local apply -auto-approve").succeeds();
    let applied = applied.says("Apply complete! Resources: 12 added, 0 changed, 0 destroyed.");
    insta::assert_snapshot!("outputs", normal(outputs(&applied.out), project.root()));
    let again = project.run("-local plan -detailed-exitcode").exits(0);
    insta::assert_snapshot!("second_plan", again.plan());
    let _ = project
        .run("-local apply -auto-approve")
        .succeeds()
        .says("Resources: 0 added, 0 changed, 0 destroyed.");
    let _ = project
        .run("-local destroy -auto-approve")
        .succeeds()
        .says("Destroy complete! Resources: 12 destroyed.");
    assert_eq!(project.run("-local state list").succeeds().out, "");
}

#[test]
fn it_can_be_run_from_another_folder() {
    let project = Project::new();
    let line = format!("-chdir={} -local validate", folder().display());
    let _ = project.run(&line).succeeds();
    std::fs::create_dir(project.folder().join("inner")).unwrap();
    project.write("inner/main.tf", "output \"here\" {\n  value = path.cwd\n}\n");
    let _ = project.run("-chdir=inner -local apply -auto-approve").succeeds().says("inner");
    assert!(project.folder().join("inner/state").exists(), "the state is where the files are");
    assert!(!project.has_state());
}

#[test]
fn it_runs_against_a_server() {
    let server = Server::new();
    let project = Project::copy(&folder()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds().says("instead of AWS");
    insta::assert_snapshot!("cloud", cloud_text(&server));
    let mark = server.mark();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let read = server.requests_since(mark);
    assert_eq!(count(&read, "GetSecretValue"), 0, "a plan reads no secret");
    let again = Project::copy(&folder()).at(&server);
    let _ = again
        .run("apply -auto-approve")
        .fails()
        .says("eu-central-1 already has a secret demo/payments/billing that is not in the state");
    let _ = project.run("destroy -auto-approve").succeeds();
}
