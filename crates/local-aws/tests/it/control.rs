//! The control endpoint.

use std::sync::Arc;
use std::time::Duration;

use meridian_local_aws::{Clock, Cloud, control, serve};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::iam;
use crate::raw::{aws, document, local};

fn cloud() -> Cloud {
    Cloud::in_memory(Clock::manual().0)
}

fn get(cloud: &Cloud, path: &str) -> Value {
    let (status, told) = local(cloud, "GET", path, &Value::Null);
    assert_eq!(status, 200, "{told}");
    told
}

fn post(cloud: &Cloud, path: &str, body: &Value) -> Value {
    let (status, told) = local(cloud, "POST", path, body);
    assert_eq!(status, 200, "{told}");
    told
}

/// The sentence by which a request is refused, with its status.
fn refusal(cloud: &Cloud, method: &str, path: &str, body: &Value) -> (u16, String) {
    let (status, told) = local(cloud, method, path, body);
    (status, told["error"].as_str().unwrap().to_owned())
}

fn create_key(cloud: &Cloud) -> String {
    let (_, created) = aws(cloud, "eu-west-1", "TrentService.CreateKey", &json!({}));
    created["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

fn describe_key(cloud: &Cloud, key: &str) -> (u16, Value) {
    aws(cloud, "eu-west-1", "TrentService.DescribeKey", &json!({ "KeyId": key }))
}

#[test]
fn a_window_of_thirty_days_passes_under_every_clock() {
    for (kind, clock) in
        [("real", Clock::Real), ("fast", Clock::Fast), ("manual", Clock::manual().0)]
    {
        let cloud = Cloud::in_memory(clock);
        let key = create_key(&cloud);
        let body = json!({ "KeyId": key, "PendingWindowInDays": 30 });
        let (_, scheduled) = aws(&cloud, "eu-west-1", "TrentService.ScheduleKeyDeletion", &body);
        let told = get(&cloud, "/_local/clock");
        assert_eq!((&told["clock"], &told["pending"]), (&json!(kind), &json!(1)));
        assert_eq!(told["next_due"], scheduled["DeletionDate"]);
        post(&cloud, "/_local/clock", &json!({ "advance": "29d23h" }));
        assert_eq!(describe_key(&cloud, &key).0, 200);
        let told = post(&cloud, "/_local/clock", &json!({ "advance_seconds": 3600.5 }));
        assert_eq!(told["pending"], json!(0), "{told}");
        assert_eq!(describe_key(&cloud, &key).0, 400);
    }
}

#[test]
fn the_clock_tells_the_time_and_goes_forward_only() {
    let cloud = cloud();
    let told = get(&cloud, "/_local/clock");
    assert_eq!(told["time"], "2026-01-01T00:00:00Z");
    assert_eq!(told["now"], json!(1_767_225_600.0));
    let wrong = [
        json!({ "advance": "soon" }),
        json!({ "advance_seconds": -1 }),
        json!({ "advance": "999999w" }),
        json!({ "advance": "1d", "advance_seconds": 1 }),
        json!({ "back": "1d" }),
        json!(null),
    ];
    for body in wrong {
        let (status, reason) = refusal(&cloud, "POST", "/_local/clock", &body);
        assert_eq!(status, 400, "{reason}");
    }
    assert_eq!(get(&cloud, "/_local/clock"), told);
}

#[test]
fn time_goes_on_where_it_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let open = |clock| Cloud::open(directory.path(), clock).unwrap();
    let cloud = open(Clock::manual().0);
    post(&cloud, "/_local/clock", &json!({ "advance": "40d" }));
    let key = create_key(&cloud);
    let now = cloud.now();
    drop(cloud);

    // A request that changes nothing is remembered too.
    let (clock, handle) = Clock::manual();
    let cloud = open(clock);
    assert_eq!(cloud.now(), now);
    handle.advance_days(1);
    assert_eq!(describe_key(&cloud, &key).0, 200);
    drop(cloud);
    assert_eq!(open(Clock::manual().0).now(), now.after_days(1));

    let cloud = open(Clock::Real);
    let century = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    let future = cloud.now().after(century);
    cloud.advance(century).unwrap();
    drop(cloud);
    assert!(open(Clock::Fast).now() >= future);
    assert!(open(Clock::manual().0).now() >= future);
}

#[test]
fn fault_rules_come_act_and_go() {
    let cloud = cloud();
    let rules = json!([
        { "operation": "CreateKey", "action": "throttling", "times": 2 },
        { "operation": "kms:*", "skip": 1, "action": { "server_error": { "status": 503 } } },
    ]);
    assert_eq!(post(&cloud, "/_local/faults", &rules), json!({ "ids": [1, 2] }));
    let rule = json!({ "operation": "*", "region": "us-east-1", "action": "clock_skew" });
    assert_eq!(post(&cloud, "/_local/faults", &rule), json!({ "ids": [3] }));
    let code =
        || aws(&cloud, "eu-west-1", "TrentService.CreateKey", &json!({})).1["__type"].clone();
    assert_eq!(code(), "ThrottlingException");
    let told = get(&cloud, "/_local/faults");
    assert_eq!(
        told[0],
        json!({
            "id": 1, "operation": "CreateKey", "action": "throttling", "times": 2,
            "remaining": 1, "matched": 1, "acted": 1,
        })
    );
    assert_eq!(code(), "ThrottlingException");
    assert_eq!(code(), Value::Null);
    assert_eq!(code(), "DependencyTimeoutException");
    let (status, left) = local(&cloud, "DELETE", "/_local/faults?id=2", &Value::Null);
    assert_eq!((status, left.as_array().unwrap().len()), (200, 2));
    assert_eq!(code(), Value::Null);
    assert_eq!(refusal(&cloud, "DELETE", "/_local/faults?id=2", &Value::Null).0, 400);
    assert_eq!(local(&cloud, "DELETE", "/_local/faults", &Value::Null), (200, json!([])));

    let wrong = json!([{ "operation": "CreateKey", "action": "explode" }]);
    let (status, reason) = refusal(&cloud, "POST", "/_local/faults", &wrong);
    assert!(status == 400 && reason.contains("explode"), "{reason}");
    assert_eq!(get(&cloud, "/_local/faults"), json!([]));
}

#[test]
fn requests_are_told_by_what_they_were() {
    let cloud = cloud();
    let key = create_key(&cloud);
    describe_key(&cloud, &key);
    aws(&cloud, "us-east-1", "TrentService.ListKeys", &json!({}));
    aws(&cloud, "us-east-1", "secretsmanager.ListSecrets", &json!({}));
    let numbers = |query: &str| -> Vec<u64> {
        let told = get(&cloud, &format!("/_local/requests{query}"));
        told.as_array().unwrap().iter().map(|record| record["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(""), [1, 2, 3, 4]);
    assert_eq!(numbers("?operation=DescribeKey"), [2]);
    assert_eq!(numbers("?region=us-east-1"), [3, 4]);
    assert_eq!(numbers("?service=kms&limit=2"), [2, 3]);
    assert_eq!(numbers("?since=3"), [4]);
    assert_eq!(refusal(&cloud, "GET", "/_local/requests?since=x", &Value::Null).0, 400);
    assert_eq!(refusal(&cloud, "GET", "/_local/requests?regoin=x", &Value::Null).0, 400);
    local(&cloud, "DELETE", "/_local/requests", &Value::Null);
    describe_key(&cloud, &key);
    assert_eq!(numbers(""), [5]);
}

#[test]
fn quotas_lag_and_texts_are_set_while_the_cloud_runs() {
    let cloud = cloud();
    post(&cloud, "/_local/quotas", &json!({ "scale": 0.2 }));
    let key = create_key(&cloud);
    let create = || aws(&cloud, "eu-west-1", "TrentService.CreateKey", &json!({})).0;
    assert_eq!(create(), 400);
    let told = get(&cloud, "/_local/quotas");
    assert_eq!((&told["scale"], &told["refused"]), (&json!(0.2), &json!(1)));
    assert_eq!(told["remaining"][0]["quota"], "CreateKey");
    assert!(told["published"].as_array().unwrap().len() > 40);
    assert_eq!(refusal(&cloud, "POST", "/_local/quotas", &json!({ "scale": 0 })).0, 400);
    assert_eq!(refusal(&cloud, "POST", "/_local/quotas", &json!({})).0, 400);
    post(&cloud, "/_local/quotas", &json!({ "scale": null }));
    assert_eq!(create(), 200);

    post(&cloud, "/_local/lag", &json!({ "milliseconds": 60_000, "seed": 1 }));
    assert_eq!(get(&cloud, "/_local/lag"), json!({ "milliseconds": 60_000 }));
    aws(&cloud, "eu-west-1", "TrentService.DisableKey", &json!({ "KeyId": key }));
    assert_eq!(describe_key(&cloud, &key).1["KeyMetadata"]["Enabled"], json!(true));
    post(&cloud, "/_local/lag", &json!({ "milliseconds": null }));
    assert_eq!(describe_key(&cloud, &key).1["KeyMetadata"]["Enabled"], json!(false));

    let replicas = || {
        post(
            &cloud,
            "/_local/faults",
            &json!({ "operation": "*", "action": "throttling", "times": 1 }),
        );
        aws(&cloud, "eu-west-1", "secretsmanager.ListSecrets", &json!({})).1["Message"].clone()
    };
    assert_eq!(replicas(), "Rate exceeded");
    let told =
        post(&cloud, "/_local/inferred", &json!({ "Throttling": { "message": "slow down" } }));
    let throttling =
        told.as_array().unwrap().iter().find(|text| text["name"] == "Throttling").unwrap();
    assert_eq!(throttling["message"], "Rate exceeded");
    assert_eq!(throttling["replacement"], json!({ "message": "slow down" }));
    assert_eq!(replicas(), "slow down");
    assert_eq!(refusal(&cloud, "POST", "/_local/inferred", &json!({ "Nonsense": {} })).0, 400);
    post(&cloud, "/_local/inferred", &json!({}));
    assert_eq!(replicas(), "Rate exceeded");
}

#[test]
fn a_key_is_put_into_a_state_and_all_is_removed() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = Cloud::open(directory.path(), Clock::Fast).unwrap();
    let key = create_key(&cloud);
    let put = |state: &str, region: &str| {
        let body = json!({ "key_id": key, "region": region, "state": state });
        local(&cloud, "POST", "/_local/keys", &body)
    };
    let (status, told) = put("Unavailable", "eu-west-1");
    assert_eq!((status, &told["state"]), (200, &json!("Unavailable")));
    assert_eq!(describe_key(&cloud, &key).1["KeyMetadata"]["KeyState"], "Unavailable");
    assert_eq!(put("PendingDeletion", "eu-west-1").0, 400);
    assert_eq!(put("Broken", "eu-west-1").0, 400);
    assert_eq!(put("Enabled", "us-east-1").0, 400);
    assert_eq!(put("Enabled", "eu-west-1").0, 200);
    drop(cloud);

    let cloud = Cloud::open(directory.path(), Clock::Fast).unwrap();
    assert_eq!(describe_key(&cloud, &key).1["KeyMetadata"]["KeyState"], "Enabled");
    post(&cloud, "/_local/reset", &json!({}));
    assert_eq!(describe_key(&cloud, &key).0, 400);
    drop(cloud);
    let cloud = Cloud::open(directory.path(), Clock::Fast).unwrap();
    assert_eq!(describe_key(&cloud, &key).0, 400);
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    let cloud = cloud();
    let help = get(&cloud, "/_local/");
    assert_eq!(help, get(&cloud, "/_local"));
    let paths: Vec<&str> =
        help.as_array().unwrap().iter().map(|line| line["path"].as_str().unwrap()).collect();
    for path in ["health", "state", "log", "events", "snapshot", "restore", "permissions"] {
        assert!(paths.contains(&format!("/_local/{path}").as_str()), "{path}");
    }
    let health = get(&cloud, "/_local/health");
    assert_eq!(health["status"], "running");
    assert_eq!(health["services"], json!(["iam", "kms", "secretsmanager", "sts"]));
    let (status, told) = local(&cloud, "GET", "/_local/nonsense", &Value::Null);
    assert_eq!((status, &told["endpoints"]), (404, &help));
    let (status, reason) = refusal(&cloud, "DELETE", "/_local/clock", &Value::Null);
    assert_eq!((status, reason.as_str()), (405, "/_local/clock has no DELETE, only GET, POST"));
}

#[test]
fn what_only_a_server_can_do_is_refused_without_one() {
    let cloud = cloud();
    create_key(&cloud);
    assert_eq!(get(&cloud, "/_local/state")["keys"].as_array().unwrap().len(), 1);
    assert_eq!(get(&cloud, "/_local/log")["count"], 1);
    assert_eq!(refusal(&cloud, "GET", "/_local/events", &Value::Null).0, 400);
    let body = json!({ "path": "one" });
    assert_eq!(refusal(&cloud, "POST", "/_local/snapshot", &body).0, 403);
}

#[test]
fn the_permissions_that_were_needed_are_told_and_forgotten() {
    let nobody = cloud();
    assert_eq!(refusal(&nobody, "GET", "/_local/permissions", &Value::Null).0, 409);
    assert_eq!(refusal(&nobody, "DELETE", "/_local/permissions", &Value::Null).0, 409);

    let policies = json!({ "default": iam::document(&[iam::allow(&["*"])]) });
    let cloud = iam::stage(policies).cloud;
    create_key(&cloud);
    let told = get(&cloud, "/_local/permissions");
    let used = json!({
        "action": "kms:CreateKey", "resource": "*", "region": "eu-west-1", "allowed": true,
    });
    assert_eq!(told, json!([used]));
    local(&cloud, "DELETE", "/_local/permissions", &Value::Null);
    assert_eq!(get(&cloud, "/_local/permissions"), json!([]));
}

#[test]
fn pages_of_other_sites_are_kept_out() {
    let cloud = cloud();
    let send = |method: &str, headers: &[(&str, &str)]| {
        let request = http::Request::builder().method(method).uri("/_local/lag");
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let body = r#"{"milliseconds":1}"#.into();
        let response = control(&cloud, &request.body(body).unwrap());
        assert_eq!(response.status() == 200, document(&response)["error"].is_null());
        response.status().as_u16()
    };
    let (host, json) = (("Host", "127.0.0.1:4599"), ("Content-Type", "application/json"));
    assert_eq!(send("POST", &[host, json]), 200);
    assert_eq!(send("POST", &[host, json, ("Origin", "http://127.0.0.1:4599")]), 200);
    for origin in ["http://evil.example", "http://127.0.0.1:80", "null"] {
        assert_eq!(send("POST", &[host, json, ("Origin", origin)]), 403);
        assert_eq!(send("GET", &[host, ("Origin", origin)]), 403);
    }
    assert_eq!(send("POST", &[host]), 415);
    assert_eq!(send("POST", &[host, ("Content-Type", "text/plain")]), 415);
    assert_eq!(send("GET", &[host]), 200);
}

#[tokio::test]
async fn the_server_hands_on_what_is_for_the_control_endpoint() {
    let cloud = Arc::new(cloud());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(serve(Arc::clone(&cloud), listener, std::future::pending()));
    let start = cloud.now();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /_local/clock HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
         Content-Type: application/json\r\nContent-Length: 17\r\nConnection: close\r\n\r\n\
         {{\"advance\": \"1d\"}}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#""time":"2026-01-02T00:00:00Z""#), "{answer}");
    assert_eq!(cloud.now(), start.after_days(1));
    assert!(cloud.requests().is_empty(), "it is no request to AWS");
    server.abort();
}
