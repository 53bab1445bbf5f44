//! Folders of configuration, each run step by step: what the plan says, which calls that makes,
//! what the cloud holds then, and that nothing is left to do.
//!
//! A case is a folder in `tests/cases`. Its own `.tf` files belong to all steps, those in `step1`,
//! `step2` … to one. Each step leaves a snapshot beside them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Project, Server, changing, cloud_text};

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                run(stringify!($name));
            }
        )*

        const CASES: &[&str] = &[$(stringify!($name)),*];
    };
}

cases![
    create,
    default_tags,
    lifecycle,
    remove,
    rename,
    repetition,
    replace_key,
    replace_primary,
    secret_parts,
    secret_replicas,
    sensitive,
    update,
    version_stages,
];

#[test]
fn every_folder_is_run() {
    let entries = fs::read_dir(folder()).unwrap();
    let mut folders: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    folders.sort();
    assert_eq!(folders, CASES);
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases")
}

fn steps(case: &Path) -> impl Iterator<Item = PathBuf> {
    let case = case.to_owned();
    (1..).map(move |number| case.join(format!("step{number}"))).take_while(|step| step.exists())
}

fn run(name: &str) {
    let case = folder().join(name);
    let server = Server::new();
    let project = Project::copy(&case).at(&server);
    for step in steps(&case) {
        project.become_copy(&case);
        project.add(&step);
        run_step(&server, &project, &step);
    }
    let _ = project.run("destroy -auto-approve").succeeds();
    let left = cloud_text(&server);
    let is_going = |line: &str| {
        line.contains("PendingDeletion")
            || line.contains("PendingReplicaDeletion")
            || line.ends_with("to be deleted")
    };
    let alive: Vec<&str> = left.lines().filter(|line| !is_going(line)).collect();
    assert!(alive.is_empty(), "{name} leaves behind: {alive:#?}");
    let listed = project.run("state list").succeeds();
    assert_eq!(listed.out, "", "{name} leaves objects in the state");
}

fn run_step(server: &Server, project: &Project, step: &Path) {
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let calls = changing(&server.requests_since(mark));
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let cloud = cloud_text(server);
    let text = format!("{}\n\n# Calls\n\n{calls}\n\n# Cloud\n\n{cloud}", plan.plan());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(step.parent().expect("a step is in a case"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let name = step.file_name().expect("a step has a name").to_string_lossy();
    settings.bind(|| insta::assert_snapshot!(&*name, text));
}
