use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_smithy_types::base64;
use meridian_lang::{Marks, Value};
use meridian_resource::{Call, Service};

use super::*;
use crate::script::{Reply, Script, error, ok};

/// 32 bytes.
const MATERIAL: &str = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY=";
const DONE: &str = r#"{"KeyId":"arn:1","KeyMaterialId":"m1"}"#;

fn import() -> Call {
    let text = |text: &str| Value::string(text);
    let input = [
        ("KeyId", text("1")),
        ("KeyMaterial", text(MATERIAL).mark(Marks::SENSITIVE)),
        ("ExpirationModel", text("KEY_MATERIAL_EXPIRES")),
        ("ValidTo", text("2026-12-31T01:00:00+01:00")),
    ];
    Call::change(Service::Kms, "ImportKeyMaterial", "eu-west-1", input)
}

/// A key pair, and the answer that gives out its public half.
fn wrapping_key() -> (PrivateDecryptingKey, Reply) {
    let private = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
    let der: PublicKeyX509Der<'_> = private.public_key().as_der().unwrap();
    let public = base64::encode(der.as_ref());
    let answer = format!(r#"{{"KeyId":"arn:1","ImportToken":"dG9rZW4=","PublicKey":"{public}"}}"#);
    (private, ok(answer.leak()))
}

#[tokio::test]
async fn material_leaves_only_wrapped() {
    let (private, parameters) = wrapping_key();
    let script = Script::new([parameters, ok(DONE)]);
    let answer = script.answer(&import()).await.unwrap();
    assert_eq!(answer.get_str("KeyMaterialId"), Some("m1"));

    let [asked, imported] = &script.sent()[..] else { panic!("two requests") };
    assert_eq!(asked.target, "TrentService.GetParametersForImport");
    let expected = serde_json::json!({
        "KeyId": "1", "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_3072",
    });
    assert_eq!(asked.json(), expected);
    assert_eq!(imported.target, "TrentService.ImportKeyMaterial");
    assert!(!imported.body.contains(MATERIAL));
    let body = imported.json();
    let rest = ["KeyId", "ImportToken", "ExpirationModel", "ValidTo"].map(|it| body[it].clone());
    let token = "dG9rZW4=";
    let model = "KEY_MATERIAL_EXPIRES";
    assert_eq!(serde_json::json!(rest), serde_json::json!(["1", token, model, 1_798_675_200]));

    let wrapped = base64::decode(body["EncryptedKeyMaterial"].as_str().unwrap()).unwrap();
    let key = OaepPrivateDecryptingKey::new(private).unwrap();
    let mut plain = vec![0; key.min_output_size()];
    let plain = key.decrypt(&OAEP_SHA256_MGF1SHA256, &wrapped, &mut plain, None).unwrap();
    assert_eq!(base64::encode(&*plain), MATERIAL);
}

#[tokio::test]
async fn an_import_has_happened_at_most_when_the_material_had_left() {
    let script = Script::new([Reply::ConnectionLost]);
    let lost = script.answer(&import()).await.unwrap_err();
    assert_eq!(lost.class, ErrorClass::Unavailable);
    let script = Script::new([wrapping_key().1, Reply::ConnectionLost]);
    let lost = script.answer(&import()).await.unwrap_err();
    assert_eq!(lost.class, ErrorClass::OutcomeUnknown);
    let refused = error(400, r#"{"__type":"IncorrectKeyMaterialException","message":"other"}"#);
    let script = Script::new([wrapping_key().1, refused]);
    let refused = script.answer(&import()).await.unwrap_err();
    assert_eq!(refused.code, "IncorrectKeyMaterialException");
}

#[tokio::test]
async fn what_cannot_be_wrapped_does_not_leave() {
    let bad = |member: &str, value: &str| {
        let call = import();
        Call { input: call.input.clone().with(member, Value::string(value)), ..call }
    };
    for (call, message) in [
        (bad("KeyMaterial", "hunter2!"), "KeyMaterial of ImportKeyMaterial is not base64"),
        (bad("ValidTo", "tomorrow"), "ValidTo of ImportKeyMaterial is not a date"),
        (bad("ImportType", "NEW"), "ImportKeyMaterial has no member ImportType"),
    ] {
        let script = Script::new([]);
        let refused = script.answer(&call).await.unwrap_err();
        assert_eq!(refused.message, message);
    }
    for key in
        [r#"{"ImportToken":"dG9rZW4="}"#, r#"{"ImportToken":"dG9rZW4=","PublicKey":"bm9uZQ=="}"#]
    {
        let script = Script::new([ok(key)]);
        let refused = script.answer(&import()).await.unwrap_err();
        assert_eq!(refused.class, ErrorClass::Invalid);
        assert_eq!(script.sent().len(), 1);
    }
}

#[tokio::test]
async fn imported_material_is_deleted_by_its_id() {
    let script = Script::new([ok(DONE)]);
    let input = [("KeyId", Value::string("1")), ("KeyMaterialId", Value::string("m1"))];
    let call = Call::change(Service::Kms, "DeleteImportedKeyMaterial", "eu-west-1", input);
    let answer = script.answer(&call).await.unwrap();
    assert_eq!(answer.get_str("KeyId"), Some("arn:1"));
    assert_eq!(script.sent()[0].json(), serde_json::json!({ "KeyId": "1", "KeyMaterialId": "m1" }));
}
