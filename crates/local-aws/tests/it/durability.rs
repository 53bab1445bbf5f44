//! What was acknowledged survives a process that is killed in the middle of its work.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use meridian_local_aws::{Clock, Cloud, Request};
use serde_json::Value;

/// Names the directory to the process that is going to be killed.
const DIRECTORY: &str = "LOCAL_AWS_TEST_DIRECTORY";

fn call(cloud: &Cloud, operation: &str, body: String) -> Value {
    let authorization =
        "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/kms/aws4_request, Signature=0";
    let request: Request = http::Request::post("/")
        .header("Authorization", authorization)
        .header("X-Amz-Target", format!("TrentService.{operation}"))
        .body(body.into())
        .unwrap();
    let response = cloud.handle(&request).response.unwrap();
    assert_eq!(response.status(), 200, "{response:?}");
    serde_json::from_slice(response.body()).unwrap()
}

/// Not a test by itself: the process that makes keys until it is killed.
#[test]
#[ignore = "runs in a process of its own"]
fn make_keys_until_killed() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let cloud = Cloud::open(Path::new(&directory), Clock::Fast).unwrap();
    let mut told = std::io::stderr();
    loop {
        let created = call(&cloud, "CreateKey", "{}".to_owned());
        let id = created["KeyMetadata"]["KeyId"].as_str().unwrap();
        writeln!(told, "made {id}").unwrap();
    }
}

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::make_keys_until_killed", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let mut made = Vec::new();
    for line in lines.map_while(Result::ok) {
        made.extend(line.strip_prefix("made ").map(str::to_owned));
        if made.len() == 200 {
            process.kill().unwrap();
        }
    }
    process.wait().unwrap();
    assert!(made.len() >= 200);
    let cloud = Cloud::open(directory.path(), Clock::Fast).unwrap();
    for id in made {
        call(&cloud, "DescribeKey", format!(r#"{{"KeyId":"{id}"}}"#));
    }
}
