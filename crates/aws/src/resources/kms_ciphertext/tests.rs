use super::*;
use crate::resources::testing::{answer, operations, place, text, wanted};

fn ciphertext(plaintext: &str) -> Value {
    let plaintext = text(plaintext).mark(Marks::SENSITIVE);
    wanted(&KmsCiphertext::new(), [("key_id", text("k1")), ("plaintext", plaintext)])
}

fn encrypted() -> Object {
    let kind = KmsCiphertext::new();
    let here = place("us-east-1");
    let asked = ciphertext("hunter2");
    let Next::Call(call) = kind.next(&here, None, Some(&asked)) else { panic!("a call") };
    assert_eq!(call.input.get_str("Plaintext"), Some("aHVudGVyMg=="));
    assert!(call.input.get("Plaintext").is_some_and(Value::is_sensitive));
    let answer = answer([
        ("CiphertextBlob", text("AQIC")),
        ("EncryptedAt", text("2026-11-22T08:03:10.065Z")),
    ]);
    kind.after(&here, None, Some(&asked), &call, Some(&answer)).expect("a ciphertext")
}

#[test]
fn it_is_encrypted_once_and_kept() {
    let kind = KmsCiphertext::new();
    let here = place("us-east-1");
    let object = encrypted();
    assert_eq!(object.text("ciphertext_blob"), Some("AQIC"));
    assert_eq!(object.text("id"), Some("2026-11-22 08:03:10.065 +0000 UTC"));
    assert!(kind.reads(&here, &object).is_empty());
    assert_eq!(kind.observe(&here, &object, &[]), Ok(Some(object.clone())));
    let attributes = object.attributes.clone();
    assert!(operations(&kind, &here, Some(object.clone()), Some(&attributes)).is_empty());
    assert!(operations(&kind, &here, Some(object), None).is_empty());
    let unknown = ciphertext("x").with("plaintext", Value::unknown(Type::String));
    assert_eq!(operations(&kind, &here, None, Some(&unknown)), ["Encrypt"]);
}

#[test]
fn every_argument_replaces_and_the_text_is_secret() {
    let kind = KmsCiphertext::new();
    for name in ["context", "key_id", "plaintext"] {
        assert!(kind.schema().attribute(name).is_some_and(|it| it.replaces), "{name}");
    }
    let check = kind.schema().attribute("plaintext").and_then(|it| it.check).expect("a check");
    let long = "hunter2".repeat(600);
    let refused = check("plaintext", &text(&long)).expect_err("too long");
    assert!(!refused.contains("hunter2") && refused.contains("(1 - 4096), got 4200"), "{refused}");
    assert!(check("plaintext", &text("")).is_err() && check("plaintext", &text("x")).is_ok());
    let problem = kind.import(&place("us-east-1"), "x").expect_err("there is nothing to import");
    assert_eq!(problem.summary, "resource aws_kms_ciphertext doesn't support import");
}
