//! The embedded AWS as a server of its own.

#![cfg(unix)]

use crate::support::{Project, Running, everything};

/// Starts it; gives the process and its address.
fn serve(project: &Project, options: &str) -> (Running, String) {
    let mut server = project.start(&format!("local-aws -listen 127.0.0.1:0 {options}"));
    let line = server.until_said("http://127.0.0.1:");
    let url = line[line.find("http://").unwrap()..].split_whitespace().next().unwrap().to_owned();
    (server, url)
}

#[test]
fn other_clients_can_use_it_and_it_keeps_what_they_made() {
    let home = Project::new();
    let (server, url) = serve(&home, "-data kept -clock fast");
    let project = Project::of(&everything()).aimed_at(&url);
    let _ = project.run("apply -auto-approve").succeeds();
    server.signal("INT");
    let _ = server.wait().exits(0);
    let (server, url) = serve(&home, "-data kept -clock fast");
    let mut project = project;
    project.set("AWS_ENDPOINT_URL", &url);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let _ = project.run("destroy -auto-approve").succeeds();
    server.signal("TERM");
    let _ = server.wait().exits(0);
}

#[test]
fn without_a_folder_it_forgets() {
    let home = Project::new();
    let (server, url) = serve(&home, "-clock fast");
    let project = Project::of(&everything()).aimed_at(&url);
    let _ = project.run("apply -auto-approve").succeeds();
    server.signal("INT");
    let _ = server.wait().exits(0);
    assert_eq!(std::fs::read_dir(home.folder()).unwrap().count(), 0, "nothing is written");
}

#[test]
fn a_folder_serves_one_at_a_time() {
    let home = Project::new();
    let (server, _) = serve(&home, "-data kept");
    let _ = home
        .run("local-aws -listen 127.0.0.1:0 -data kept")
        .fails()
        .says("The embedded AWS cannot start");
    server.signal("INT");
    let _ = server.wait().exits(0);
    let _ = home.run("local-aws -listen nonsense").fails().says("cannot listen");
}
