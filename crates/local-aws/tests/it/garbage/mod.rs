//! Requests that make no sense, or nearly do: none may break the cloud.

mod input;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use meridian_local_aws::{Clock, Cloud, ManualClock, Request, control};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::raw::{aws, local};
use input::{Names, bodies};

/// A cloud with something in it that requests can be about.
fn furnished() -> (Cloud, ManualClock, Names) {
    let (clock, handle) = Clock::manual();
    let cloud = Cloud::in_memory(clock);
    let call = |region: &str, target: &str, body: Value| {
        let (status, answer) = aws(&cloud, region, target, &body);
        assert_eq!(status, 200, "{target}: {answer}");
        answer
    };
    let key = |body: Value| {
        let created = call("eu-west-1", "TrentService.CreateKey", body);
        created["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    };
    let keys = vec![
        key(json!({ "MultiRegion": true })),
        key(json!({ "Origin": "EXTERNAL" })),
        key(json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY" })),
        key(json!({ "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC" })),
        "alias/app".to_owned(),
    ];
    let alias = json!({ "AliasName": "alias/app", "TargetKeyId": keys[0] });
    call("eu-west-1", "TrentService.CreateAlias", alias);
    let replica = json!({ "KeyId": keys[0], "ReplicaRegion": "us-east-1" });
    call("eu-west-1", "TrentService.ReplicateKey", replica);
    let secret = json!({
        "Name": "app", "SecretString": "a", "AddReplicaRegions": [{ "Region": "us-east-1" }],
        "ClientRequestToken": "00000000-0000-4000-8000-000000000000",
    });
    call("eu-west-1", "secretsmanager.CreateSecret", secret);
    (cloud, handle, Names { keys })
}

/// A cloud that was copied and opened again still tells all it has.
fn assert_loadable(cloud: &Cloud) {
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy");
    cloud.snapshot(&copy).unwrap();
    let again = Cloud::open(&copy, Clock::manual().0).unwrap();
    let state = |cloud: &Cloud| {
        let (status, mut state) = local(cloud, "GET", "/_local/state", &Value::Null);
        assert_eq!(status, 200, "{state}");
        // How often something has changed is told since the cloud was opened.
        state["revision"] = Value::Null;
        state
    };
    assert_eq!(state(cloud), state(&again));
}

fn signed(region: &str, target: &str, body: Vec<u8>) -> Request {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20260101/{region}/kms/aws4_request, Signature=0"
    );
    http::Request::post("/")
        .header("Authorization", authorization)
        .header("X-Amz-Target", target)
        .body(body.into())
        .unwrap()
}

fn is_answer(status: u16) -> bool {
    status == 200 || (400..500).contains(&status)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Inputs that follow the models more or less, one after the other, while
    /// time passes.
    #[test]
    fn no_input_breaks_the_cloud(
        seeds in prop::collection::vec((any::<u64>(), 0..3_u32), 1..40),
    ) {
        let (cloud, clock, names) = furnished();
        for (seed, days) in seeds {
            let (target, body) = bodies(seed, &names);
            let region = if seed % 5 == 0 { "us-east-1" } else { "eu-west-1" };
            let response = cloud.handle(&signed(region, &target, body.clone())).response.unwrap();
            let told = String::from_utf8_lossy(response.body()).into_owned();
            let asked = String::from_utf8_lossy(&body).into_owned();
            prop_assert!(is_answer(response.status().as_u16()), "{target} {asked}: {told}");
            clock.advance_days(days * 5);
        }
        assert_loadable(&cloud);
        clock.advance_days(40);
        assert_loadable(&cloud);
    }

    #[test]
    fn no_bytes_break_the_cloud(
        target in prop_oneof![
            Just("TrentService.CreateKey".to_owned()),
            Just("secretsmanager.CreateSecret".to_owned()),
            "[ -~]{0,40}",
        ],
        authorization in prop_oneof![
            Just("AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/kms/aws4_request".to_owned()),
            "AWS4-HMAC-SHA256 Credential=[ -~]{0,60}",
            "[ -~]{0,60}",
        ],
        token in "[ -~]{0,20}",
        query in "[!-~&&[^#]]{0,40}",
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "(Action|Version|Name|[=&%+a-zA-Z0-9.-]){0,40}".prop_map(String::into_bytes),
            "[\\[\\]{}\",:a-z0-9]{0,60}".prop_map(String::into_bytes),
        ],
        has_target in any::<bool>(),
    ) {
        let (clock, _) = Clock::manual();
        let cloud = Cloud::in_memory(clock);
        let mut request = http::Request::post(format!("/?{query}"))
            .header("Authorization", authorization)
            .header("X-Amz-Security-Token", token)
            .header("X-Amz-Date", "20260101T000000Z");
        if has_target {
            request = request.header("X-Amz-Target", target);
        }
        let Ok(request) = request.body(body.into()) else {
            return Ok(());
        };
        let response = cloud.handle(&request).response.unwrap();
        prop_assert!(is_answer(response.status().as_u16()), "{response:?}");
    }

    #[test]
    fn nothing_breaks_the_control_endpoint(
        orders in prop::collection::vec(
            (any::<prop::sample::Index>(), input::document(), "[a-z=&0-9%]{0,20}"), 1..20,
        ),
    ) {
        let (cloud, _, _) = furnished();
        let (_, routes) = local(&cloud, "GET", "/_local/", &Value::Null);
        let routes = routes.as_array().unwrap();
        for (route, body, query) in orders {
            let route = route.get(routes);
            let path = format!("{}?{query}", route["path"].as_str().unwrap());
            let request = http::Request::builder()
                .method(route["method"].as_str().unwrap())
                .uri(path)
                .header("Content-Type", "application/json")
                .body(body.clone().into())
                .unwrap();
            let response = control(&cloud, &request);
            prop_assert!(is_answer(response.status().as_u16()), "{route} {body}: {response:?}");
        }
        // Rules may have been set by which requests go wrong, but nothing is broken.
        local(&cloud, "DELETE", "/_local/faults", &Value::Null);
        local(&cloud, "POST", "/_local/quotas", &json!({ "scale": null }));
        prop_assert_eq!(aws(&cloud, "eu-west-1", "TrentService.CreateKey", &json!({})).0, 200);
        assert_loadable(&cloud);
    }
}

#[test]
fn what_is_very_deep_or_very_long_is_refused() {
    let (cloud, _, names) = furnished();
    let key = &names.keys[0];
    let deep =
        |open: &str, close: &str| format!("{}{}", open.repeat(200_000), close.repeat(200_000));
    let tags: Vec<Value> =
        (0..10_000).map(|n| json!({ "TagKey": n.to_string(), "TagValue": "" })).collect();
    let policy = format!("\"{}\"", "[".repeat(30_000));
    let bodies = [
        ("TrentService.CreateKey", deep("[", "]")),
        ("TrentService.CreateKey", deep("{\"a\":", "}")),
        ("TrentService.CreateKey", format!(r#"{{"Policy":{policy}}}"#)),
        ("TrentService.TagResource", json!({ "KeyId": key, "Tags": tags }).to_string()),
        ("TrentService.TagResource", format!(r#"{{"KeyId":"{key}","Tags":{}}}"#, deep("[", "]"))),
        ("TrentService.ListKeys", r#"{"Limit":1e999}"#.to_owned()),
        ("TrentService.ListKeys", format!(r#"{{"Limit":{}}}"#, "9".repeat(500))),
        ("secretsmanager.CreateSecret", format!(r#"{{"Name":"{}"}}"#, "n".repeat(900_000))),
        (
            "secretsmanager.PutResourcePolicy",
            format!(r#"{{"SecretId":"app","ResourcePolicy":{policy}}}"#),
        ),
    ];
    for (target, body) in bodies {
        let request = signed("eu-west-1", target, body.into_bytes());
        let response = catch_unwind(AssertUnwindSafe(|| cloud.handle(&request))).unwrap();
        assert_eq!(response.response.unwrap().status(), 400, "{target}");
    }
    cloud.advance(Duration::from_secs(1)).unwrap();
    assert_loadable(&cloud);
}
