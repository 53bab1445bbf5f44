//! Request quotas.

use meridian_local_aws::{Clock, Cloud, ManualClock, Settings};
use serde_json::{Value, json};

use crate::raw::{aws, request};

struct Limited {
    cloud: Cloud,
    clock: ManualClock,
}

fn limited(scale: f64) -> Limited {
    let (clock, handle) = Clock::manual();
    let settings = Settings { quotas: Some(scale), ..Settings::default() };
    Limited { cloud: Cloud::in_memory_with(clock, settings), clock: handle }
}

impl Limited {
    /// How many of so many requests in a row are granted.
    fn granted(&self, count: usize, region: &str, target: &str, body: &Value) -> usize {
        let grant = |_: &usize| aws(&self.cloud, region, target, body).1["__type"] != THROTTLED;
        (0..count).filter(grant).count()
    }

    fn key(&self, region: &str, body: &Value) -> String {
        let (_, created) = aws(&self.cloud, region, "TrentService.CreateKey", body);
        created["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    }

    fn pass(&self, milliseconds: u64) {
        self.clock.advance(std::time::Duration::from_millis(milliseconds));
    }
}

const THROTTLED: &str = "ThrottlingException";
const CREATE_KEY: &str = "TrentService.CreateKey";

#[test]
fn one_second_of_requests_passes_at_once_and_then_as_many_as_time_brings() {
    let limited = limited(1.0);
    let create = |count| limited.granted(count, "eu-west-1", CREATE_KEY, &json!({}));
    assert_eq!(create(8), 5);
    let (status, refused) = aws(&limited.cloud, "eu-west-1", CREATE_KEY, &json!({}));
    let message = "You have exceeded the rate at which you may call KMS. Reduce the frequency of \
                   your calls.";
    assert_eq!((status, refused), (400, json!({ "__type": THROTTLED, "message": message })));
    let (_, keys) = aws(&limited.cloud, "eu-west-1", "TrentService.ListKeys", &json!({}));
    assert_eq!(keys["Keys"].as_array().unwrap().len(), 5);
    limited.pass(199);
    assert_eq!(create(1), 0);
    limited.pass(1);
    assert_eq!(create(2), 1);
    limited.pass(3_600_000);
    assert_eq!(create(8), 5);
}

#[test]
fn accounts_and_regions_have_quotas_of_their_own() {
    let limited = limited(1.0);
    assert_eq!(limited.granted(6, "eu-west-1", CREATE_KEY, &json!({})), 5);
    assert_eq!(limited.granted(6, "us-east-1", CREATE_KEY, &json!({})), 5);
    let theirs = request("000000000042", "eu-west-1", CREATE_KEY, &json!({}));
    assert_eq!(limited.cloud.handle(&theirs).response.unwrap().status(), 200);
}

#[test]
fn a_replica_counts_as_two_keys_in_its_region() {
    let limited = limited(1.0);
    let keys = [(); 3].map(|()| limited.key("eu-west-1", &json!({ "MultiRegion": true })));
    let replicate = |key: &str, region: &str| {
        let body = json!({ "KeyId": key, "ReplicaRegion": region });
        limited.granted(1, "eu-west-1", "TrentService.ReplicateKey", &body) == 1
    };
    assert_eq!(keys.each_ref().map(|key| replicate(key, "us-east-1")), [true, true, false]);
    // The refused request has counted nowhere: one key of five is left there.
    assert_eq!(limited.granted(2, "us-east-1", CREATE_KEY, &json!({})), 1);
    assert_eq!(keys.each_ref().map(|key| replicate(key, "us-west-2")), [true, true, false]);
    assert!(replicate(&keys[2], "us-east-2"));
    assert!(!replicate(&keys[2], "ap-south-1"), "there are five in a second from one Region");
}

#[test]
fn a_change_of_the_primary_counts_in_both_regions() {
    let limited = limited(1.0);
    let change = |region: &str, other: &str| {
        let body = json!({ "KeyId": "mrk-0", "PrimaryRegion": other });
        limited.granted(6, region, "TrentService.UpdatePrimaryRegion", &body)
    };
    assert_eq!(change("eu-west-1", "us-east-1"), 5);
    assert_eq!(change("us-east-1", "sa-east-1"), 0);
    assert_eq!(change("sa-east-1", "us-west-2"), 5);
}

#[test]
fn operations_of_secrets_share_their_quotas() {
    let limited = limited(0.1);
    let body = json!({ "SecretId": "none" });
    let call = |operation: &str| {
        limited.granted(4, "eu-west-1", &format!("secretsmanager.{operation}"), &body)
    };
    assert_eq!((call("UpdateSecret"), call("PutSecretValue")), (4, 1));
    assert_eq!((call("TagResource"), call("UntagResource")), (4, 1));
    assert_eq!(call("RestoreSecret"), 4);
    let (_, refused) = aws(&limited.cloud, "eu-west-1", "secretsmanager.UpdateSecret", &body);
    assert_eq!(refused, json!({ "__type": THROTTLED, "Message": "Rate exceeded" }));
}

#[test]
fn a_small_scale_grants_a_request_now_and_then() {
    let limited = limited(0.1);
    let import = || {
        let body = json!({ "KeyId": "none" });
        limited.granted(1, "eu-west-1", "TrentService.GetParametersForImport", &body)
    };
    assert_eq!((import(), import()), (1, 0));
    limited.pass(9_900);
    assert_eq!(import(), 0);
    limited.pass(100);
    assert_eq!(import(), 1);
    let key = limited.key("eu-west-1", &json!({ "MultiRegion": true }));
    let body = json!({ "KeyId": key, "ReplicaRegion": "us-east-1" });
    assert_eq!(limited.granted(2, "eu-west-1", "TrentService.ReplicateKey", &body), 1);
}

#[test]
fn cryptography_is_counted_by_region_and_type_of_key() {
    let limited = limited(0.001);
    let body = |spec: &str, usage: &str| json!({ "KeySpec": spec, "KeyUsage": usage });
    let rsa = limited.key("eu-central-1", &body("RSA_2048", "SIGN_VERIFY"));
    let call = |region: &str, operation: &str, key: &str| {
        let target = format!("TrentService.{operation}");
        limited.granted(200, region, &target, &json!({ "KeyId": key }))
    };
    assert_eq!(call("eu-west-1", "GenerateDataKey", "none"), 100);
    assert_eq!(call("eu-central-1", "Decrypt", "none"), 20);
    assert_eq!(call("eu-north-1", "Encrypt", "none"), 10);
    assert_eq!(call("eu-north-1", "Decrypt", "none"), 0);
    assert_eq!(call("eu-central-1", "Sign", &rsa), 1);
}
