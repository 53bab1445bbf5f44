//! Rows about names, policies, tags and lists.

use serde_json::json;

use super::{AWAY, HOME, Row, arn, has_code};

pub const ROWS: &[Row] = &[
    (37, |bench| {
        let statement = json!({
            "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
        });
        let locked_out = json!({ "Statement": [statement] }).to_string();
        for policy in ["junk", &locked_out] {
            let refused = bench.refused(HOME, "CreateKey", json!({ "Policy": policy }))?;
            has_code(&refused, "MalformedPolicyDocumentException");
        }
        Ok(())
    }),
    (38, |bench| {
        let tag = |key: &str| json!({ "TagKey": key, "TagValue": "x" });
        for tags in [json!([tag("a"), tag("a")]), json!([tag("aws:a")]), json!([tag("AWS:a")])] {
            has_code(&bench.refused(HOME, "CreateKey", json!({ "Tags": tags }))?, "TagException");
        }
        Ok(())
    }),
    (41, |bench| {
        let key = bench.replicated()?;
        let input = json!({ "KeyId": arn(AWAY, &key) });
        assert_eq!(
            bench.refused(HOME, "DescribeKey", input)?,
            format!("NotFoundException: Invalid arn {AWAY}")
        );
        Ok(())
    }),
    (42, |bench| {
        let unknown = "mrk-1234abcd12ab34cd56ef1234567890ab";
        assert_eq!(
            bench.refused(HOME, "DescribeKey", json!({ "KeyId": unknown }))?,
            format!("NotFoundException: Key '{}' does not exist", arn(HOME, unknown))
        );
        let key = bench.key(json!({ "MultiRegion": true }))?;
        let digits = key.strip_prefix("mrk-").unwrap();
        assert_eq!(digits.len(), 32);
        assert!(digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        Ok(())
    }),
    (43, |bench| {
        let key = bench.key(json!({}))?;
        let told = bench.must(HOME, "GetKeyPolicy", json!({ "KeyId": key }))?;
        assert_eq!(told["PolicyName"], "default");
        let input = json!({ "KeyId": key, "Policy": told["Policy"] });
        bench.must(HOME, "PutKeyPolicy", input)?;
        assert_eq!(bench.must(HOME, "GetKeyPolicy", json!({ "KeyId": key }))?, told);
        Ok(())
    }),
    (44, |bench| {
        for _ in 0..3 {
            bench.key(json!({}))?;
        }
        let first = bench.must(HOME, "ListKeys", json!({ "Limit": 2 }))?;
        assert_eq!(
            (first["Keys"].as_array().unwrap().len(), &first["Truncated"]),
            (2, &json!(true))
        );
        let input = json!({ "Limit": 2, "Marker": first["NextMarker"] });
        let rest = bench.must(HOME, "ListKeys", input)?;
        assert_eq!(
            (rest["Keys"].as_array().unwrap().len(), &rest["Truncated"]),
            (1, &json!(false))
        );
        let refused = bench.refused(HOME, "ListKeys", json!({ "Marker": "junk" }))?;
        has_code(&refused, "InvalidMarkerException");
        Ok(())
    }),
    (45, |bench| {
        let key = bench.key(json!({}))?;
        let alias = json!({ "AliasName": "alias/app", "TargetKeyId": key });
        bench.must(HOME, "CreateAlias", alias)?;
        let listed = bench.must(HOME, "ListAliases", json!({ "KeyId": key }))?;
        let alias = &listed["Aliases"][0];
        assert!(alias["CreationDate"].is_number() && alias["LastUpdatedDate"].is_number());
        Ok(())
    }),
    (46, |bench| {
        let key = bench.key(json!({}))?;
        let input = json!({ "AliasName": "app", "TargetKeyId": key });
        assert_eq!(
            bench.refused(HOME, "CreateAlias", input)?,
            "ValidationException: Alias must start with the prefix \"alias/\". Please see \
             https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
        );
        Ok(())
    }),
    (47, |bench| {
        let key = bench.key(json!({}))?;
        let input = json!({ "AliasName": "alias/aws/foo", "TargetKeyId": key });
        bench.refused(HOME, "CreateAlias", input).map(|_| ())
    }),
    (48, |bench| {
        let key = bench.pending()?;
        let input = json!({ "AliasName": "alias/app", "TargetKeyId": key });
        has_code(&bench.refused(HOME, "CreateAlias", input)?, "KMSInvalidStateException");
        Ok(())
    }),
    (49, |bench| {
        let key = bench.key(json!({}))?;
        let input = json!({ "AliasName": "alias/app", "TargetKeyId": key });
        bench.must(HOME, "CreateAlias", input)?;
        let mac = json!({ "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC" });
        let input = json!({ "AliasName": "alias/app", "TargetKeyId": bench.key(mac)? });
        bench.refused(HOME, "UpdateAlias", input)?;
        assert_eq!(bench.describe(HOME, "alias/app")?["KeyId"], json!(key));
        Ok(())
    }),
];
