//! The embedded AWS, killed while clients write to it: what it acknowledged is there.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Project, Running};

const CLIENTS: usize = 4;
const ROUNDS: usize = 4;
/// How much must be acknowledged before a round may end.
const LOAD: usize = 60;

/// What a client was told is done.
#[derive(Debug, Default)]
struct Acknowledged {
    /// Keys, each with its last acknowledged description.
    keys: BTreeMap<String, String>,
    /// Secrets, each with its last acknowledged value.
    secrets: BTreeMap<String, String>,
    /// The last change of each, if its answer never came: it may be there or not.
    unanswered: BTreeMap<String, String>,
}

fn serve(home: &Project) -> (Running, String) {
    let mut server = home.start("local-aws -listen 127.0.0.1:0 -data kept -clock fast");
    let line = server.until_said("http://127.0.0.1:");
    let address = line[line.find("http://").unwrap() + 7..].split_whitespace().next().unwrap();
    (server, address.to_owned())
}

/// One request on a connection of its own; none if the server went away before it answered.
fn ask(address: &str, target: &str, body: &Value) -> Option<(u16, Value)> {
    let service = if target.starts_with("Trent") { "kms" } else { "secretsmanager" };
    let body = body.to_string();
    let mut stream = TcpStream::connect(address).ok()?;
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nX-Amz-Target: {target}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20260101/eu-west-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=0\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, document) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(document).unwrap_or(Value::Null)))
}

/// Makes and changes things until the server goes away.
fn load(address: &str, client: usize, round: usize, stop: &AtomicBool) -> Acknowledged {
    let mut done = Acknowledged::default();
    for number in 0.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let Some((200, made)) = ask(address, "TrentService.CreateKey", &json!({})) else { break };
        let id = made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
        done.keys.insert(id.clone(), String::new());
        let description = format!("{round} {client} {number}");
        let body = json!({ "KeyId": id, "Description": description });
        done.unanswered.insert(id.clone(), description.clone());
        let Some((200, _)) = ask(address, "TrentService.UpdateKeyDescription", &body) else {
            break;
        };
        done.unanswered.clear();
        done.keys.insert(id, description);

        let name = format!("app/{client}/{}", number % 3);
        let value = format!("value {round} {number}");
        let token = format!("{round:016}-{client:015}-{number:015}");
        let (target, body) = if done.secrets.contains_key(&name) || round > 0 {
            let body =
                json!({ "SecretId": name, "SecretString": value, "ClientRequestToken": token });
            ("secretsmanager.PutSecretValue", body)
        } else {
            let body = json!({ "Name": name, "SecretString": value, "ClientRequestToken": token });
            ("secretsmanager.CreateSecret", body)
        };
        done.unanswered.insert(name.clone(), value.clone());
        match ask(address, target, &body) {
            Some((200, _)) => {
                done.unanswered.clear();
                done.secrets.insert(name, value);
            }
            // A round that was cut short may have left out the creation.
            Some(_) => done.unanswered.clear(),
            None => break,
        }
    }
    done
}

/// Asserts that a thing is as it was acknowledged, or as its unanswered change made it.
fn holds(done: &Acknowledged, name: &str, told: &Value, acknowledged: &str) {
    let told = told.as_str();
    let pending = done.unanswered.get(name).map(String::as_str);
    let holds = told == Some(acknowledged) || (told.is_some() && told == pending);
    assert!(holds, "{name} is {told:?}; acknowledged was {acknowledged:?}, asked for {pending:?}");
}

#[test]
fn nothing_that_was_acknowledged_is_lost_when_it_is_killed() {
    let home = Project::new();
    for round in 0..ROUNDS {
        let (server, address) = serve(&home);
        let stop = AtomicBool::new(false);
        let done: Vec<Acknowledged> = thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    let (address, stop) = (&address, &stop);
                    scope.spawn(move || load(address, client, round, stop))
                })
                .collect();
            let deadline = Instant::now() + Duration::from_secs(60);
            while log_length(&address) < LOAD && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(5));
            }
            server.kill();
            stop.store(true, Ordering::SeqCst);
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        let acknowledged: usize = done.iter().map(|done| done.keys.len()).sum();
        assert!(acknowledged >= LOAD / 8, "only {acknowledged} keys were acknowledged");

        let (server, address) = serve(&home);
        for done in &done {
            for (id, description) in &done.keys {
                let body = json!({ "KeyId": id });
                let (status, told) = ask(&address, "TrentService.DescribeKey", &body).unwrap();
                assert_eq!(status, 200, "{id} is lost: {told}");
                holds(done, id, &told["KeyMetadata"]["Description"], description);
            }
            for (name, value) in &done.secrets {
                let body = json!({ "SecretId": name });
                let (_, told) = ask(&address, "secretsmanager.GetSecretValue", &body).unwrap();
                holds(done, name, &told["SecretString"], value);
            }
        }
        server.kill();
    }
}

/// How many requests the server has answered.
fn log_length(address: &str) -> usize {
    let Ok(mut stream) = TcpStream::connect(address) else { return 0 };
    let request =
        format!("GET /_local/requests HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    if stream.write_all(request.as_bytes()).is_err() || stream.read_to_string(&mut answer).is_err()
    {
        return 0;
    }
    answer.matches("\"operation\"").count()
}
