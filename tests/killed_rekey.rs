//! `state rekey`, killed at any time: the state is under one of the two keys, as a whole.

use std::fs;
use std::time::Instant;

use crate::support::{Project, Server};

const PASSPHRASE: &str = "correct horse battery staple";
/// How many kills of each kind, from before the command has begun until after its end.
const KILLS: u32 = 16;

const TEXT: &str = r#"
provider "aws" {
  region = "eu-central-1"
}

resource "random_password" "made" {
  length = 24
}

resource "aws_secretsmanager_secret" "app" {
  name = "app"
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = random_password.made.result
}

output "made" {
  value     = random_password.made.result
  sensitive = true
}
"#;

fn applied(server: &Server) -> (Project, String) {
    let project = Project::of(TEXT).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    let made = project.run("output -raw made").succeeds().out;
    (project, made)
}

/// Kills the command in copies of the project, each a little later. Gives the copies.
fn killed_all_along(project: &Project, server: &Server, line: &str) -> Vec<Project> {
    let whole = project.duplicate().at(server);
    let begun = Instant::now();
    let _ = whole.run(line).succeeds();
    // A little longer than it took, as it takes a little longer now and then.
    let pause = begun.elapsed() * 5 / 4 / KILLS;
    let killed = (0..KILLS).map(|kill| {
        let copy = project.duplicate().at(server);
        let running = copy.start(line);
        std::thread::sleep(pause * kill);
        running.kill();
        copy
    });
    killed.chain([whole]).collect()
}

#[test]
fn another_key_file() {
    let server = Server::new();
    let (project, made) = applied(&server);
    let key = |project: &Project| {
        fs::read(project.root().join("home/.config/meridian/state.key")).expect("a key")
    };
    let mut changed = 0;
    for copy in killed_all_along(&project, &server, "state rekey -key-file") {
        changed += u32::from(key(&copy) != key(&project));
        let _ = copy.run("plan -detailed-exitcode").exits(0).says("No changes.");
        assert_eq!(copy.run("output -raw made").succeeds().out, made);
        // And it can be done again.
        let _ = copy.run("state rekey -key-file").succeeds();
        assert_eq!(copy.run("output -raw made").succeeds().out, made);
    }
    assert!((1..=KILLS).contains(&changed), "kills before and after the change: {changed}");
}

#[test]
fn a_passphrase_in_the_place_of_the_key_file() {
    let server = Server::new();
    let (mut project, made) = applied(&server);
    project.set("MERIDIAN_NEW_STATE_KEY", PASSPHRASE);
    let mut changed = 0;
    for mut copy in killed_all_along(&project, &server, "state rekey -passphrase") {
        let before = copy.run("output -raw made");
        copy.set("MERIDIAN_STATE_KEY", PASSPHRASE);
        let after = copy.run("output -raw made");
        let opened = [&before, &after].map(|ran| ran.code == Some(0) && ran.out == made);
        assert!(opened[0] != opened[1], "{}\n{}", before.all(), after.all());
        changed += u32::from(opened[1]);
    }
    assert!((1..=KILLS).contains(&changed), "kills before and after the change: {changed}");
}
