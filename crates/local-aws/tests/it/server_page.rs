//! The page and what it is made of.

use meridian_local_aws::{Fault, FaultAction, ServerOptions};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Server, start};
use crate::stage::{kms, secrets};

/// Sends a request and gives its answer, head and body.
async fn ask(server: &Server, method: &str, path: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: \
         {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn get(server: &Server, path: &str) -> String {
    ask(server, "GET", path, "Host: localhost\r\n", "").await
}

fn document(answer: &str) -> Value {
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere_and_is_told_so() {
    let server = start(ServerOptions::default()).await;
    let page = get(&server, "/").await;
    let (head, body) = page.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-security-policy: default-src 'none'; script-src 'sha256-"));
    assert!(head.contains("x-content-type-options: nosniff"));
    assert!(!head.contains("unsafe"));
    for elsewhere in ["http://", "https://", "src=", "{style}", "{script}", "innerHTML"] {
        assert!(!body.contains(elsewhere), "{elsewhere}");
    }
}

#[tokio::test]
async fn only_the_own_names_show_the_page_but_any_name_serves_aws() {
    let server = start(ServerOptions::default()).await;
    for path in ["/", "/_local/state", "/_local/events", "/_local/requests"] {
        for headers in ["Host: evil.example\r\n", "", "Host: localhost\r\nOrigin: http://evil\r\n"]
        {
            let answer = ask(&server, "GET", path, headers, "").await;
            assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert!(answer.contains("\r\n\r\n{\"error\":"), "{answer}");
        }
    }
    let aws = "Host: evil.example\r\nX-Amz-Target: TrentService.ListKeys\r\nAuthorization: \
               AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/kms/aws4_request, \
               Signature=0\r\n";
    assert!(ask(&server, "POST", "/", aws, "{}").await.starts_with("HTTP/1.1 200"));
    assert!(get(&server, "/_local/nothing").await.starts_with("HTTP/1.1 404"));
    let presigned = get(&server, "/?Action=GetCallerIdentity&Version=2011-06-15").await;
    assert!(presigned.contains("MissingAuthenticationToken"), "{presigned}");
}

#[tokio::test]
async fn the_state_tells_relations_and_no_values() {
    let server = start(ServerOptions::default()).await;
    let client = kms(server.cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    let key = client.create_key().multi_region(true).send().await.unwrap().key_metadata.unwrap();
    let id = key.key_id();
    client.create_alias().alias_name("alias/app").target_key_id(id).send().await.unwrap();
    client.replicate_key().key_id(id).replica_region("us-east-1").send().await.unwrap();
    client.schedule_key_deletion().key_id(id).send().await.unwrap();
    let vault = secrets(server.cloud.http_client(), "eu-west-1", None);
    vault.create_secret().name("app").secret_string("correct horse").send().await.unwrap();

    let answer = get(&server, "/_local/state").await;
    assert!(!answer.contains("correct horse") && !answer.contains("sealed"));
    let state = document(&answer);
    let keys = state["keys"].as_array().unwrap();
    let (managed, keys): (Vec<_>, Vec<_>) =
        keys.iter().partition(|key| key["is_managed_by_aws"].as_bool().unwrap());
    assert_eq!((keys.len(), managed.len()), (2, 1));
    assert_eq!(managed[0]["aliases"][0], "alias/aws/secretsmanager");
    assert_eq!(
        (&keys[0]["region"], &keys[0]["aliases"][0]),
        (&"eu-west-1".into(), &"alias/app".into())
    );
    assert_eq!(keys[0]["state"], "PendingReplicaDeletion");
    assert_eq!(keys[0]["deletion_window_days"], 30);
    assert_eq!(keys[1]["primary_region"], "eu-west-1");
    assert_eq!(state["secrets"][0]["name"], "app");
    assert_eq!(state["secrets"][0]["versions"][0]["stages"][0], "AWSCURRENT");
}

#[tokio::test]
async fn the_log_goes_on_where_its_reader_was() {
    let server = start(ServerOptions::default()).await;
    let client = kms(server.cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    client.create_key().send().await.unwrap();
    client.list_keys().send().await.unwrap();
    let all = document(&get(&server, "/_local/log").await);
    assert_eq!((&all["count"], all["records"].as_array().unwrap().len()), (&2.into(), 2));
    let new = document(&get(&server, "/_local/log?after=1").await);
    assert_eq!(new["records"][0]["operation"], "ListKeys");
    assert_eq!(new["records"].as_array().unwrap().len(), 1);
    assert!(get(&server, "/_local/log?after=x").await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn an_event_tells_each_change_until_the_server_stops() {
    let server = start(ServerOptions::default()).await;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let request = "GET /_local/events HTTP/1.0\r\nHost: localhost\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut seen = String::new();
    let mut until = async |text: &str| {
        while !seen.contains(text) {
            seen.push(char::from(stream.read_u8().await.unwrap()));
        }
    };
    until("data: {\"revision\":0,\"requests\":0,").await;
    let client = kms(server.cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    client.create_key().send().await.unwrap();
    until("data: {\"revision\":1,\"requests\":1,").await;
    client.list_keys().send().await.unwrap();
    until("data: {\"revision\":1,\"requests\":2,").await;
    until("\"faults\":0,\"iam\":false,\"lag\":null,\"quotas\":null,\"signatures\":false}}").await;
    server.cloud.inject(Fault::new("*", FaultAction::ClockSkew));
    until("\"faults\":1,").await;
    server.stop.send(()).unwrap();
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn snapshots_by_http_stay_in_their_directory() {
    let server = start(ServerOptions::default()).await;
    let post = async |server: &Server, path, body| {
        let headers = "Host: localhost\r\nContent-Type: application/json\r\n";
        ask(server, "POST", path, headers, body).await
    };
    let refused = post(&server, "/_local/snapshot", r#"{"path":"one"}"#).await;
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");

    let directory = tempfile::tempdir().unwrap();
    let snapshots = Some(directory.path().join("snapshots"));
    let server = start(ServerOptions { snapshots, ..ServerOptions::default() }).await;
    let client = kms(server.cloud.http_client(), "eu-west-1", "AKIDLOCAL", None);
    client.create_key().send().await.unwrap();
    document(&post(&server, "/_local/snapshot", r#"{"path":"one"}"#).await);
    client.create_key().send().await.unwrap();
    document(&post(&server, "/_local/restore", r#"{"path":"one"}"#).await);
    assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 1);

    let again = post(&server, "/_local/snapshot", r#"{"path":"one"}"#).await;
    assert!(again.starts_with("HTTP/1.1 409"), "{again}");
    for body in
        [r#"{"path":"../two"}"#, r#"{"path":"/two"}"#, r#"{"path":".."}"#, r#"{"path":""}"#, "{}"]
    {
        let refused = post(&server, "/_local/snapshot", body).await;
        assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}
