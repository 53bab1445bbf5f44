use super::*;
use crate::resources::testing::{answer, operations, place, text, wanted, way};
use meridian_lang::Marks;
use meridian_resource::ErrorClass;

fn credential(secret: &str) -> Value {
    let secret = Value::string(secret).mark(Marks::SENSITIVE);
    let block = Value::object([("access_key_id", text("ID")), ("raw_secret_access_key", secret)]);
    Value::list(block.ty(), [block])
}

fn external(name: &str, secret: &str) -> Value {
    wanted(
        &KmsCustomKeyStore::new(),
        [
            ("custom_key_store_name", text(name)),
            ("custom_key_store_type", text("EXTERNAL_KEY_STORE")),
            ("xks_proxy_connectivity", text("PUBLIC_ENDPOINT")),
            ("xks_proxy_uri_endpoint", text("https://xks.example.com")),
            ("xks_proxy_uri_path", text("/kms/xks/v1")),
            (proxy::CREDENTIAL, credential(secret)),
        ],
    )
}

fn cluster() -> Value {
    wanted(
        &KmsCustomKeyStore::new(),
        [
            ("custom_key_store_name", text("a")),
            ("cloud_hsm_cluster_id", text("cluster-aaaaaaaaaaa")),
            ("key_store_password", text("kmsPswd1").mark(Marks::SENSITIVE)),
            ("trust_anchor_certificate", text("CERTIFICATE\n")),
        ],
    )
}

fn store(more: Value) -> Value {
    let store = answer([
        ("CustomKeyStoreId", text("cks-1")),
        ("CustomKeyStoreName", text("a")),
        ("CreationDate", text("2026-11-22T00:00:00Z")),
        ("ConnectionState", text("DISCONNECTED")),
    ]);
    let more = more.as_entries().cloned().unwrap_or_default();
    more.into_iter().fold(store, |store, (name, value)| store.with(&name, value))
}

fn external_store() -> Value {
    let proxy = answer([
        ("Connectivity", text("PUBLIC_ENDPOINT")),
        ("AccessKeyId", text("ID")),
        ("UriEndpoint", text("https://xks.example.com")),
        ("UriPath", text("/kms/xks/v1")),
    ]);
    store(answer([
        ("CustomKeyStoreType", text("EXTERNAL_KEY_STORE")),
        ("XksProxyConfiguration", proxy),
    ]))
}

fn observed(prior: &Object, store: Value) -> Option<Object> {
    let answers = [Ok(answer([("CustomKeyStores", Value::tuple([store]))]))];
    KmsCustomKeyStore::new().observe(&place("us-east-1"), prior, &answers).expect("good answers")
}

/// The object after its creation was answered.
fn made(wanted: &Value) -> Object {
    let kind = KmsCustomKeyStore::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(wanted)) else { panic!("a call") };
    let answer = answer([("CustomKeyStoreId", text("cks-1"))]);
    kind.after(&here, None, Some(wanted), &call, Some(&answer)).expect("a store")
}

#[test]
fn both_types_are_made_and_read_to_the_same() {
    let kind = KmsCustomKeyStore::new();
    let here = place("us-east-1");
    let of_cluster = store(answer([
        ("CustomKeyStoreType", text("AWS_CLOUDHSM")),
        ("CloudHsmClusterId", text("cluster-aaaaaaaaaaa")),
        ("TrustAnchorCertificate", text("CERTIFICATE")),
    ]));
    for (asked, told) in [(external("a", "s"), external_store()), (cluster(), of_cluster)] {
        let object = made(&asked);
        assert_eq!(object.text("id"), Some("cks-1"));
        assert_eq!(object.text("xks_proxy_vpc_endpoint_service_name"), Some(""));
        let again = observed(&object, told).expect("it is listed");
        assert_eq!(again.attributes.unmark_deep(), object.attributes.unmark_deep());
        assert!(operations(&kind, &here, Some(again), Some(&asked)).is_empty());
    }
}

#[test]
fn one_call_changes_what_differs_and_nothing_else() {
    let kind = KmsCustomKeyStore::new();
    let here = place("us-east-1");
    let object = || observed(&made(&external("a", "s")), external_store());
    let cases = [
        (external("b", "s"), "NewCustomKeyStoreName"),
        (external("a", "t"), "XksProxyAuthenticationCredential"),
        (external("a", "s").with("xks_proxy_uri_path", text("/x")), "XksProxyUriPath"),
    ];
    for (asked, member) in cases {
        let (calls, end, _) = way(&kind, &here, object(), Some(&asked));
        assert_eq!((calls.len(), end), (1, Next::Done), "{member}");
        let members = calls[0].input.as_entries().into_iter().flatten();
        let members: Vec<_> = members.map(|(name, _)| &**name).collect();
        assert_eq!(members, ["CustomKeyStoreId", member]);
    }
    assert_eq!(operations(&kind, &here, object(), None), ["DeleteCustomKeyStore"]);
}

#[test]
fn an_import_sends_the_credential_that_nobody_can_read() {
    let kind = KmsCustomKeyStore::new();
    let here = place("us-east-1");
    let stub = kind.import(&here, "cks-1").expect("an id");
    let object = observed(&stub, external_store()).expect("it is listed");
    assert_eq!(object.text("xks_proxy_uri_path"), Some("/kms/xks/v1"));
    let (calls, ..) = way(&kind, &here, Some(object), Some(&external("a", "s")));
    let sent = calls[0].input.get("XksProxyAuthenticationCredential").expect("the credential");
    assert_eq!(sent.get_str("AccessKeyId"), Some("ID"));
    assert!(sent.get("RawSecretAccessKey").is_some_and(Value::is_sensitive));
    assert!(kind.import(&here, "x").is_err());
}

#[test]
fn a_store_of_that_name_is_ours_only_with_the_same_proxy() {
    let kind = KmsCustomKeyStore::new();
    let here = place("us-east-1");
    let Next::Call(call) = kind.next(&here, None, Some(&external("a", "s"))) else {
        panic!("a call")
    };
    let Recovery::Read(stub) = kind.recovery(&here, &call) else { panic!("it can be read") };
    assert_eq!(kind.reads(&here, &stub)[0].input.get_str("CustomKeyStoreName"), Some("a"));
    let found = observed(&stub, external_store()).expect("it is listed");
    assert!(kind.is_result_of(&call, &found));
    let theirs = found.with("xks_proxy_uri_endpoint", text("https://other.example.com"));
    assert!(!kind.is_result_of(&call, &theirs));
}

#[test]
fn errors_are_never_swallowed() {
    let kind = KmsCustomKeyStore::new();
    let here = place("us-east-1");
    let Next::Call(delete) = kind.next(&here, Some(&made(&cluster())), None) else {
        panic!("a call")
    };
    let error = |code: &str| CloudError {
        class: ErrorClass::Other,
        code: code.to_owned(),
        message: String::new(),
        request_id: None,
        advice: None,
    };
    for (code, help) in [
        ("CustomKeyStoreHasCMKsException", "waiting period"),
        ("CustomKeyStoreInvalidStateException", "aws kms disconnect-custom-key-store"),
    ] {
        let reaction = kind.reaction(&here, &delete, &error(code));
        let Some(Reaction::Fail(problem)) = reaction else { panic!("{code}: {reaction:?}") };
        assert!(problem.help.is_some_and(|told| told.contains(help)));
    }
    let gone = error("CustomKeyStoreNotFoundException");
    assert_eq!(kind.reaction(&here, &delete, &gone), Some(Reaction::Reread));
    let answers = [Err(gone)];
    assert_eq!(kind.observe(&here, &made(&cluster()), &answers), Ok(None));
}

#[test]
fn a_refused_password_is_not_shown() {
    let schema = arguments::schema();
    let check = schema.attribute("key_store_password").and_then(|it| it.check).expect("a check");
    assert_eq!(
        check("key_store_password", &text("abc")),
        Err("expected length of key_store_password to be in the range (7 - 32), got (sensitive \
             value)"
            .to_owned())
    );
}
