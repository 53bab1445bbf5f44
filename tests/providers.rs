//! Where calls go and who makes them: the provider block, the environment and profile files.

use std::fs;

use crate::support::{Project, Server};

fn applied(project: &Project) -> String {
    let _ = project.run("apply -auto-approve").succeeds();
    project.run("output -raw arn").succeeds().out
}

/// A key of a provider with these arguments. In the embedded AWS an access key that is a number
/// belongs to the account of that number.
fn key(arguments: &str) -> String {
    format!(
        "provider \"aws\" {{\n{arguments}\n}}\nresource \"aws_kms_key\" \"app\" {{\n}}\n\
         output \"arn\" {{\n  value = aws_kms_key.app.arn\n}}\n"
    )
}

#[test]
fn the_block_tells_all() {
    let server = Server::new();
    let url = server.url();
    let project = Project::of(&key(&format!(
        "  region     = \"eu-west-1\"\n  access_key = \"111122223333\"\n  \
         secret_key = \"secret\"\n  endpoints {{\n    kms = \"{url}\"\n  }}"
    )));
    let arn = applied(&project);
    assert!(arn.starts_with("arn:aws:kms:eu-west-1:111122223333:key/"), "{arn}");
}

#[test]
fn the_environment_fills_in_what_the_block_leaves_open() {
    let server = Server::new();
    let mut project = Project::of(&key("")).at(&server);
    project.set("AWS_ACCESS_KEY_ID", "444455556666");
    project.set("AWS_REGION", "us-west-2");
    let arn = applied(&project);
    assert!(arn.starts_with("arn:aws:kms:us-west-2:444455556666:key/"), "{arn}");
}

/// Writes a profile `work` into the user's files.
fn write_profile(project: &Project) {
    let folder = project.root().join("home/.aws");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("config"), "[profile work]\nregion = eu-north-1\n").unwrap();
    let credentials = "[work]\naws_access_key_id = 777788889999\naws_secret_access_key = secret\n";
    fs::write(folder.join("credentials"), credentials).unwrap();
}

#[test]
fn a_profile_is_read_from_the_users_files() {
    let server = Server::new();
    let mut project = Project::of(&key(""));
    project.set("AWS_ENDPOINT_URL", &server.url());
    project.set("AWS_PROFILE", "work");
    write_profile(&project);
    let arn = applied(&project);
    assert!(arn.starts_with("arn:aws:kms:eu-north-1:777788889999:key/"), "{arn}");
}

#[test]
fn the_block_may_name_a_profile() {
    let server = Server::new();
    let mut project = Project::of(&key("  profile = \"work\""));
    project.set("AWS_ENDPOINT_URL", &server.url());
    write_profile(&project);
    let arn = applied(&project);
    assert!(arn.starts_with("arn:aws:kms:eu-north-1:777788889999:key/"), "{arn}");
}

#[test]
fn a_role_is_assumed() {
    let server = Server::new();
    let project = Project::of(&key("  region = \"eu-west-1\"\n  assume_role {\n    \
         role_arn = \"arn:aws:iam::222233334444:role/deploy\"\n  }"))
    .at(&server);
    let arn = applied(&project);
    assert!(arn.starts_with("arn:aws:kms:eu-west-1:222233334444:key/"), "{arn}");
}

#[test]
fn calls_that_go_elsewhere_are_told() {
    let server = Server::new();
    let project = Project::of(&key("  region = \"eu-west-1\"")).at(&server);
    let told = format!("Calls go to {} instead of AWS.", server.url());
    let _ = project.run("apply -auto-approve").succeeds().says(&told);
}

#[test]
fn a_server_that_does_not_answer_is_told() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let project = Project::of(&key("  region = \"eu-west-1\""));
    let server = Server::new();
    let project = project.at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let mut project = project;
    project.set("AWS_ENDPOINT_URL", &format!("http://{address}"));
    let ran = project.run("plan").fails();
    let _ = ran.says("aws_kms_key.app").says("eu-west-1");
}
