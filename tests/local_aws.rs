//! The embedded AWS as a server of its own.

#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpStream;

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
    let _ =
        home.run("local-aws -listen nonsense").fails().says("cannot listen").says("another port");
}

/// One request on a connection of its own; gives the status and the body.
fn ask(url: &str, line: &str, body: &str) -> (u16, String) {
    send(url, line, "", body)
}

fn kms(url: &str, operation: &str, body: &str) -> (u16, String) {
    send(url, "POST /", &format!("X-Amz-Target: TrentService.{operation}\r\n"), body)
}

fn send(url: &str, line: &str, target: &str, body: &str) -> (u16, String) {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{target}\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20260101/eu-west-1/kms/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn it_begins_as_its_files_say() {
    let home = Project::new();
    home.write("seed.json", r#"{"keys": [{"region": "eu-west-1", "aliases": ["alias/app"]}]}"#);
    home.write("faults.json", r#"[{"operation": "ListKeys", "action": "throttling", "times": 1}]"#);
    home.write("texts.json", r#"{"Alias.NotFound": {"message": "no {alias} here"}}"#);
    home.write(
        "policy.json",
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["kms:ListKeys", "kms:DescribeKey"], "Resource": "*"}]}"#,
    );
    let files = "-seed seed.json -faults faults.json -texts texts.json -iam policy.json";
    let (server, url) = serve(&home, &format!("{files} -clock manual -quotas=0.5"));
    assert!(kms(&url, "ListKeys", "{}").1.contains("ThrottlingException"));
    assert_eq!(kms(&url, "ListKeys", "{}").0, 200);
    assert!(kms(&url, "DescribeKey", r#"{"KeyId": "alias/app"}"#).1.contains("Enabled"));
    let missing = kms(&url, "DescribeKey", r#"{"KeyId": "alias/none"}"#).1;
    assert!(missing.contains("no arn:aws:kms:eu-west-1:123456789012:alias/none here"), "{missing}");
    assert!(kms(&url, "CreateKey", "{}").1.contains("AccessDeniedException"));
    let before = ask(&url, "GET /_local/clock", "").1;
    assert_eq!(before, ask(&url, "GET /_local/clock", "").1, "the clock stands still");
    assert_eq!(ask(&url, "POST /_local/clock", r#"{"advance": "30d"}"#).0, 200);
    assert_ne!(before, ask(&url, "GET /_local/clock", "").1);
    assert!(ask(&url, "GET /_local/quotas", "").1.contains("\"scale\":0.5"));
    server.signal("TERM");
    let _ = server.wait().exits(0);
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let home = Project::new();
    home.write("bad.json", r#"{"keys": [{"region": "nowhere"}]}"#);
    for option in ["-seed", "-faults", "-texts", "-iam", "-verify-signatures"] {
        for file in ["bad.json", "missing.json"] {
            let _ = home
                .run(&format!("local-aws -listen 127.0.0.1:0 {option} {file}"))
                .fails()
                .says("The embedded AWS cannot start")
                .says(file);
        }
    }
    let _ = home.run("local-aws -tls").fails().says("-tls=ca.pem").says("-data=aws");
    let _ = home.run("local-aws -lag 2").fails().says("500ms");
    let _ = home.run("local-aws -restore nowhere").fails().says("nowhere");
}

#[test]
fn an_address_that_others_can_reach_is_warned_of() {
    let home = Project::new();
    let mut server = home.start("local-aws -listen 0.0.0.0:0");
    let _ = server.until_said("Ctrl-C ends it.");
    server.signal("INT");
    let _ = server.wait().exits(0).says("Warning").says("can be reached from other machines");
    let mut server = home.start("local-aws -listen 127.0.0.1:0");
    let _ = server.until_said("Ctrl-C ends it.");
    server.signal("INT");
    let _ = server.wait().exits(0).never_says("Warning");
}

#[test]
fn a_snapshot_is_where_another_begins() {
    let home = Project::new();
    let (server, url) = serve(&home, "-snapshot snapshots");
    assert_eq!(kms(&url, "CreateKey", r#"{"Description": "kept"}"#).0, 200);
    assert_eq!(ask(&url, "POST /_local/snapshot", r#"{"path": "one"}"#).0, 200);
    server.kill();
    let (server, url) = serve(&home, "-restore snapshots/one");
    assert!(ask(&url, "GET /_local/state", "").1.contains("kept"));
    server.kill();
}
