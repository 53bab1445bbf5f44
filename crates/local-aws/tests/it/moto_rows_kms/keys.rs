//! Rows about the life of keys and what they do.

use serde_json::{Value, json};

use super::replicas::grant;
use super::{Bench, HOME, Row, arn, has_code};
use crate::kms_requests::{Known, import_of, import_request};

pub const ROWS: &[Row] = &[
    (2, |bench| {
        let key = bench.key(json!({ "Origin": "EXTERNAL" }))?;
        let parameters = import_parameters(bench, &key)?;
        assert_eq!(parameters["KeyId"], arn(HOME, &key));
        assert!(!parameters["ImportToken"].as_str().unwrap().is_empty());
        assert!(!parameters["PublicKey"].as_str().unwrap().is_empty());
        let now = bench.stage.clock.now().milliseconds();
        let valid_to = parameters["ParametersValidTo"].as_f64().unwrap() * 1000.0;
        #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
        let valid_to = valid_to.round() as i64;
        assert_eq!(valid_to - now, 24 * 60 * 60 * 1000);
        Ok(())
    }),
    (3, |bench| {
        let key = imported(bench)?;
        assert_eq!(bench.describe(HOME, &key)?["KeyState"], "Enabled");
        Ok(())
    }),
    (4, |bench| {
        let key = imported(bench)?;
        bench.must(HOME, "DeleteImportedKeyMaterial", json!({ "KeyId": key }))?;
        assert_eq!(bench.describe(HOME, &key)?["KeyState"], "PendingImport");
        Ok(())
    }),
    (5, |bench| {
        let key = bench.key(json!({}))?;
        bench.must(HOME, "GetKeyLastUsage", json!({ "KeyId": key })).map(|_| ())
    }),
    (25, |bench| {
        let key = bench.key(json!({}))?;
        let input = json!({ "KeyId": key, "RotationPeriodInDays": 180 });
        bench.must(HOME, "EnableKeyRotation", input)?;
        let status = bench.must(HOME, "GetKeyRotationStatus", json!({ "KeyId": key }))?;
        assert_eq!(status["KeyId"], arn(HOME, &key));
        assert_eq!(status["RotationPeriodInDays"], 180);
        assert!(status["NextRotationDate"].is_number());
        Ok(())
    }),
    (28, |bench| {
        let key = bench.key(json!({}))?;
        let input = json!({ "KeyId": key, "PendingWindowInDays": 3 });
        has_code(&bench.refused(HOME, "ScheduleKeyDeletion", input)?, "ValidationException");
        assert_eq!(bench.describe(HOME, &key)?["KeyState"], "Enabled");
        Ok(())
    }),
    (29, |bench| {
        let key = bench.pending()?;
        invalid(bench, "ScheduleKeyDeletion", json!({ "KeyId": key }), &key, "pending deletion")
    }),
    (30, |bench| {
        let key = bench.key(json!({}))?;
        let reason = "not pending deletion (or pending replica deletion)";
        invalid(bench, "CancelKeyDeletion", json!({ "KeyId": key }), &key, reason)
    }),
    (31, |bench| {
        let key = bench.pending()?;
        let input = json!({ "KeyId": key, "Plaintext": "AAAA" });
        invalid(bench, "Encrypt", input, &key, "pending deletion")
    }),
    (32, |bench| {
        let key = bench.pending()?;
        let input = json!({ "KeyId": key, "Tags": [{ "TagKey": "a", "TagValue": "b" }] });
        invalid(bench, "TagResource", input, &key, "pending deletion")
    }),
    (33, |bench| {
        let key = bench.pending()?;
        invalid(bench, "EnableKey", json!({ "KeyId": key }), &key, "pending deletion")?;
        assert_eq!(bench.describe(HOME, &key)?["KeyState"], "PendingDeletion");
        Ok(())
    }),
    (34, |bench| {
        let key = bench.key(json!({}))?;
        let encrypt = json!({ "KeyId": key, "Plaintext": "AAAA" });
        let ciphertext = bench.must(HOME, "Encrypt", encrypt.clone())?["CiphertextBlob"].clone();
        bench.must(HOME, "DisableKey", json!({ "KeyId": key }))?;
        let disabled = format!("DisabledException: {} is disabled.", arn(HOME, &key));
        assert_eq!(bench.refused(HOME, "Encrypt", encrypt)?, disabled);
        let decrypt = json!({ "CiphertextBlob": ciphertext });
        assert_eq!(bench.refused(HOME, "Decrypt", decrypt)?, disabled);
        Ok(())
    }),
    (35, |bench| {
        let key = bench.key(json!({}))?;
        bench.must(HOME, "DisableKey", json!({ "KeyId": key }))?;
        let refused = bench.refused(HOME, "EnableKeyRotation", json!({ "KeyId": key }))?;
        has_code(&refused, "DisabledException");
        Ok(())
    }),
    (36, |bench| {
        let key = bench.key(json!({ "Origin": "EXTERNAL" }))?;
        assert_eq!(bench.describe(HOME, &key)?["KeyState"], "PendingImport");
        let input = json!({ "KeyId": key, "Plaintext": "AAAA" });
        invalid(bench, "Encrypt", input, &key, "pending import")
    }),
    (39, |bench| {
        let input = json!({ "KeySpec": "HMAC_256" });
        has_code(&bench.refused(HOME, "CreateKey", input)?, "ValidationException");
        Ok(())
    }),
    (40, |bench| {
        let key = bench.key(json!({}))?;
        let key = bench.describe(HOME, &key)?;
        assert_eq!(key["KeyUsage"], "ENCRYPT_DECRYPT");
        assert_eq!(key["MultiRegion"], false);
        Ok(())
    }),
    (51, |bench| {
        let (key, other) = (bench.key(json!({}))?, bench.key(json!({}))?);
        let context = json!({ "purpose": "test" });
        let input = json!({ "KeyId": key, "Plaintext": "AAAA", "EncryptionContext": context });
        let ciphertext = bench.must(HOME, "Encrypt", input)?["CiphertextBlob"].clone();
        let mut input = json!({ "CiphertextBlob": ciphertext, "EncryptionContext": context });
        input["KeyId"] = json!(other);
        assert_eq!(
            bench.refused(HOME, "Decrypt", input)?,
            "IncorrectKeyException: The key ID in the request does not identify a CMK that can \
             perform this operation."
        );
        let input = json!({ "CiphertextBlob": ciphertext });
        let reply = bench.ask(HOME, "Decrypt", input)?;
        assert_eq!(reply.body, json!({ "__type": "InvalidCiphertextException" }));
        Ok(())
    }),
    (52, |bench| {
        let key = bench.key(json!({}))?;
        let input = json!({ "KeyId": key, "Plaintext": "AAAA", "DryRun": true });
        assert_eq!(
            bench.refused(HOME, "Encrypt", input)?,
            "DryRunOperationException: The request would have succeeded, but the DryRun option \
             is set."
        );
        Ok(())
    }),
    (53, |bench| {
        let key = bench.key(json!({ "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC" }))?;
        let input = json!({ "KeyId": key, "Plaintext": "AAAA" });
        assert_eq!(
            bench.refused(HOME, "Encrypt", input)?,
            format!(
                "InvalidKeyUsageException: {} key usage is GENERATE_VERIFY_MAC which is not valid \
                 for Encrypt.",
                arn(HOME, &key)
            )
        );
        Ok(())
    }),
    (54, |bench| {
        let key = bench.key(json!({}))?;
        let output = bench.must(HOME, "Encrypt", json!({ "KeyId": key, "Plaintext": "AAAA" }))?;
        assert_eq!(output["EncryptionAlgorithm"], "SYMMETRIC_DEFAULT");
        Ok(())
    }),
    (55, |bench| {
        let key = bench.key(json!({}))?;
        let made = bench.must(HOME, "CreateGrant", grant(&key, None))?;
        let id = made["GrantId"].as_str().unwrap();
        assert_eq!(id.len(), 64);
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert!(made["GrantToken"].as_str().unwrap().len() > 64);
        Ok(())
    }),
];

fn invalid(bench: &Bench, operation: &str, input: Value, key: &str, reason: &str) -> Known<()> {
    assert_eq!(
        bench.refused(HOME, operation, input)?,
        format!("KMSInvalidStateException: {} is {reason}.", arn(HOME, key))
    );
    Ok(())
}

fn import_parameters(bench: &Bench, key: &str) -> Known<Value> {
    bench.must(HOME, "GetParametersForImport", import_request(key))
}

/// A key with material that was imported.
fn imported(bench: &Bench) -> Known<String> {
    let key = bench.key(json!({ "Origin": "EXTERNAL" }))?;
    let parameters = import_parameters(bench, &key)?;
    bench.must(HOME, "ImportKeyMaterial", import_of(&key, &parameters))?;
    Ok(key)
}
