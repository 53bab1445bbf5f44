//! Rows about multi-Region keys.

use serde_json::json;

use super::{AWAY, Bench, HOME, Row, arn, has_code};
use crate::kms_requests::Known;

pub const ROWS: &[Row] = &[
    (1, |bench| {
        let key = bench.replicated()?;
        let input = json!({ "KeyId": key, "PrimaryRegion": AWAY });
        let reply = bench.ask(HOME, "UpdatePrimaryRegion", input)?;
        assert_eq!((reply.status, reply.body.is_null()), (200, true));
        assert_eq!(bench.describe(AWAY, &key)?["KeyState"], "Updating");
        bench.stage.pass(2);
        assert_eq!(kind(bench, AWAY, &key)?, "PRIMARY");
        assert_eq!(kind(bench, HOME, &key)?, "REPLICA");
        Ok(())
    }),
    (6, |bench| {
        let tag = json!([{ "TagKey": "team", "TagValue": "red" }]);
        let key = bench.key(json!({ "MultiRegion": true, "Description": "first", "Tags": tag }))?;
        let plain = bench.must(
            HOME,
            "ReplicateKey",
            json!({ "KeyId": key, "ReplicaRegion": "us-west-2" }),
        )?;
        assert_eq!(plain["ReplicaKeyMetadata"]["Description"], "");
        assert!(plain.get("ReplicaTags").is_none());
        assert!(plain["ReplicaPolicy"].as_str().unwrap().contains("key-default-1"));
        let statement =
            json!({ "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*" });
        let policy = json!({ "Id": "own", "Statement": [statement] }).to_string();
        let tags = json!([{ "TagKey": "team", "TagValue": "blue" }]);
        let own = bench.must(
            HOME,
            "ReplicateKey",
            json!({
                "KeyId": key, "ReplicaRegion": AWAY, "Description": "second", "Tags": tags,
                "Policy": policy,
            }),
        )?;
        assert_eq!(own["ReplicaKeyMetadata"]["Description"], "second");
        assert_eq!(own["ReplicaTags"], tags);
        assert!(own["ReplicaPolicy"].as_str().unwrap().contains("\"own\""));
        Ok(())
    }),
    (7, |bench| {
        let replica = fresh_replica(bench)?;
        assert_eq!(
            (&replica["KeyState"], &replica["Enabled"]),
            (&json!("Creating"), &json!(false))
        );
        Ok(())
    }),
    (8, |bench| {
        let replica = fresh_replica(bench)?;
        assert_eq!(replica["MultiRegionConfiguration"]["MultiRegionKeyType"], "REPLICA");
        Ok(())
    }),
    (9, |bench| {
        let key = bench.replicated()?;
        assert_eq!(kind(bench, AWAY, &key)?, "REPLICA");
        assert_eq!(kind(bench, HOME, &key)?, "PRIMARY");
        Ok(())
    }),
    (10, |bench| {
        let key = bench.replicated()?;
        has_code(&replicate(bench, HOME, &key, AWAY)?, "AlreadyExistsException");
        Ok(())
    }),
    (11, |bench| {
        let key = bench.replicated()?;
        let input = json!({ "KeyId": key, "Description": "edited" });
        bench.must(AWAY, "UpdateKeyDescription", input)?;
        bench.must(AWAY, "DisableKey", json!({ "KeyId": key }))?;
        replicate(bench, HOME, &key, AWAY)?;
        let replica = bench.describe(AWAY, &key)?;
        assert_eq!(
            (&replica["Description"], &replica["KeyState"]),
            (&json!("edited"), &json!("Disabled"))
        );
        Ok(())
    }),
    (12, |bench| {
        let key = bench.key(json!({ "MultiRegion": true }))?;
        replicate(bench, HOME, &key, HOME)?;
        let key = bench.describe(HOME, &key)?;
        assert_eq!(key["MultiRegionConfiguration"]["ReplicaKeys"], json!([]));
        Ok(())
    }),
    (13, |bench| {
        let key = bench.key(json!({ "MultiRegion": true }))?;
        let input = json!({ "KeyId": arn(HOME, &key), "ReplicaRegion": AWAY });
        bench.must(HOME, "ReplicateKey", input).map(|_| ())
    }),
    (14, |bench| {
        let key = bench.key(json!({}))?;
        has_code(&replicate(bench, HOME, &key, AWAY)?, "UnsupportedOperationException");
        assert_eq!(bench.must(AWAY, "ListKeys", json!({}))?["Keys"], json!([]));
        Ok(())
    }),
    (15, |bench| {
        let key = bench.replicated()?;
        assert_eq!(
            replicate(bench, AWAY, &key, "us-west-2")?,
            format!(
                "UnsupportedOperationException: {} is not a multi-region primary key.",
                arn(AWAY, &key)
            )
        );
        Ok(())
    }),
    (16, |bench| {
        let key = bench.key(json!({ "MultiRegion": true }))?;
        replicate(bench, HOME, &key, "cn-north-1").map(|_| ())
    }),
    (17, |bench| {
        let key = bench.key(json!({ "MultiRegion": true }))?;
        has_code(&replicate(bench, HOME, &key, "mars-1")?, "ValidationException");
        Ok(())
    }),
    (18, |bench| {
        let key = bench.key(json!({ "MultiRegion": true }))?;
        bench.must(HOME, "DisableKey", json!({ "KeyId": key }))?;
        has_code(&replicate(bench, HOME, &key, AWAY)?, "DisabledException");
        Ok(())
    }),
    (19, |bench| {
        let key = bench.pending()?;
        has_code(&replicate(bench, HOME, &key, AWAY)?, "KMSInvalidStateException");
        Ok(())
    }),
    (20, |bench| {
        let key = bench.replicated()?;
        let alias = json!({ "AliasName": "alias/app", "TargetKeyId": key });
        bench.must(HOME, "CreateAlias", alias.clone())?;
        let listed = bench.must(AWAY, "ListAliases", json!({ "KeyId": key }))?;
        assert_eq!(listed["Aliases"], json!([]));
        bench.must(AWAY, "CreateAlias", alias).map(|_| ())
    }),
    (21, |bench| {
        let key = bench.replicated()?;
        bench.must(HOME, "CreateGrant", grant(&key, None))?;
        let listed = |region| bench.must(region, "ListGrants", json!({ "KeyId": key }));
        assert_eq!(listed(HOME)?["Grants"].as_array().unwrap().len(), 1);
        assert_eq!(listed(AWAY)?["Grants"], json!([]));
        Ok(())
    }),
    (22, |bench| {
        let key = bench.key(json!({}))?;
        let first = bench.must(HOME, "CreateGrant", grant(&key, Some("app")))?;
        let second = bench.must(HOME, "CreateGrant", grant(&key, Some("app")))?;
        assert_eq!(first["GrantId"], second["GrantId"]);
        Ok(())
    }),
    (23, |bench| {
        let key = bench.replicated()?;
        bench.must(HOME, "EnableKeyRotation", json!({ "KeyId": key }))?;
        bench.stage.pass(10);
        let status = bench.must(AWAY, "GetKeyRotationStatus", json!({ "KeyId": key }))?;
        assert_eq!(status["KeyRotationEnabled"], true);
        Ok(())
    }),
    (24, |bench| {
        let key = bench.replicated()?;
        let refused = bench.refused(AWAY, "EnableKeyRotation", json!({ "KeyId": key }))?;
        has_code(&refused, "UnsupportedOperationException");
        Ok(())
    }),
    (26, |bench| {
        let key = bench.replicated()?;
        let before = bench.describe(AWAY, &key)?["CurrentKeyMaterialId"].clone();
        bench.must(HOME, "RotateKeyOnDemand", json!({ "KeyId": key }))?;
        bench.stage.pass(600);
        for region in [HOME, AWAY] {
            let after = bench.describe(region, &key)?["CurrentKeyMaterialId"].clone();
            assert_ne!(before, after);
            let listed = bench.must(region, "ListKeyRotations", json!({ "KeyId": key }))?;
            let rotations = listed["Rotations"].as_array().unwrap();
            assert_eq!(rotations.len(), 1);
            assert_eq!(rotations[0]["RotationType"], "ON_DEMAND");
            assert_eq!(rotations[0]["KeyMaterialId"].as_str().unwrap().len(), 64);
        }
        Ok(())
    }),
    (27, |bench| {
        let key = bench.replicated()?;
        let input = json!({ "KeyId": key, "PendingWindowInDays": 7 });
        let scheduled = bench.must(HOME, "ScheduleKeyDeletion", input)?;
        assert_eq!(
            scheduled,
            json!({
                "KeyId": arn(HOME, &key), "KeyState": "PendingReplicaDeletion",
                "PendingWindowInDays": 7,
            })
        );
        Ok(())
    }),
    (50, |bench| {
        let key = bench.replicated()?;
        let input = json!({ "KeyId": key, "Plaintext": "AAAA" });
        let ciphertext = bench.must(HOME, "Encrypt", input)?["CiphertextBlob"].clone();
        for region in [HOME, AWAY] {
            let input = json!({ "CiphertextBlob": ciphertext });
            let output = bench.must(region, "Decrypt", input)?;
            assert_eq!(output["Plaintext"], "AAAA");
            assert_eq!(output["KeyId"], arn(region, &key));
        }
        Ok(())
    }),
    (56, |bench| {
        let key = bench.replicated()?;
        let input = json!({ "KeyId": key, "Description": "home" });
        bench.must(HOME, "UpdateKeyDescription", input)?;
        let tags = json!([{ "TagKey": "a", "TagValue": "b" }]);
        bench.must(HOME, "TagResource", json!({ "KeyId": key, "Tags": tags }))?;
        assert_eq!(bench.describe(AWAY, &key)?["Description"], "");
        let listed = bench.must(AWAY, "ListResourceTags", json!({ "KeyId": key }))?;
        assert_eq!(listed["Tags"], json!([]));
        Ok(())
    }),
];

fn replicate(bench: &Bench, region: &str, key: &str, to: &str) -> Known<String> {
    bench.refused(region, "ReplicateKey", json!({ "KeyId": key, "ReplicaRegion": to }))
}

/// The metadata in the answer of ReplicateKey.
fn fresh_replica(bench: &Bench) -> Known<serde_json::Value> {
    let key = bench.key(json!({ "MultiRegion": true }))?;
    let input = json!({ "KeyId": key, "ReplicaRegion": AWAY });
    Ok(bench.must(HOME, "ReplicateKey", input)?["ReplicaKeyMetadata"].take())
}

fn kind(bench: &Bench, region: &str, key: &str) -> Known<String> {
    let key = bench.describe(region, key)?;
    let kind = &key["MultiRegionConfiguration"]["MultiRegionKeyType"];
    Ok(kind.as_str().unwrap().to_owned())
}

/// The input of CreateGrant.
pub fn grant(key: &str, name: Option<&str>) -> serde_json::Value {
    json!({
        "KeyId": key, "Name": name, "Operations": ["Decrypt"],
        "GranteePrincipal": "arn:aws:iam::123456789012:role/app",
    })
}
