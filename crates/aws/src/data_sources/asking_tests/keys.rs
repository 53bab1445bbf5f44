//! What is read of keys, and by them.

use super::*;

#[test]
fn a_key_is_told_with_the_set_that_it_is_of() {
    let related = |region: &str| object([("Arn", text(region)), ("Region", text(region))]);
    let metadata = object([
        ("Arn", text(KEY)),
        ("KeyId", text("mrk-0123")),
        ("CreationDate", text("2026-11-22T07:57:54.734Z")),
        ("ValidTo", text("2027-01-02T03:04:05Z")),
        ("Enabled", Value::bool(true)),
        ("MultiRegion", Value::bool(true)),
        ("PendingDeletionWindowInDays", Value::number(9)),
        (
            "MultiRegionConfiguration",
            object([
                ("MultiRegionKeyType", text("REPLICA")),
                ("PrimaryKey", related("eu-central-1")),
                ("ReplicaKeys", Value::tuple([related("eu-west-1"), related("us-east-1")])),
            ]),
        ),
        ("XksKeyConfiguration", object([("Id", text("hsm-1"))])),
    ]);
    let source = source("aws_kms_key");
    let arguments = [("key_id", text("alias/app")), ("grant_tokens", list([]))];
    let key = observed(&*source, &arguments, &[Ok(object([("KeyMetadata", metadata)]))]);
    let key = key.expect("a key");
    for (name, expected) in [
        ("id", Some("mrk-0123")),
        ("key_id", Some("alias/app")),
        ("creation_date", Some("2026-11-22T07:57:54Z")),
        ("valid_to", Some("2027-01-02T03:04:05Z")),
        ("deletion_date", None),
        ("description", Some("")),
    ] {
        assert_eq!(key.get_str(name), expected, "{name}");
    }
    assert_eq!(key.get("pending_deletion_window_in_days"), Some(&Value::number(9)));
    assert!(key.get("grant_tokens").is_some_and(Value::is_null), "an empty list is none");
    let set = key.get("multi_region_configuration").and_then(Value::as_elements).expect("a set");
    assert_eq!(set[0].get_str("multi_region_key_type"), Some("REPLICA"));
    assert_eq!(set[0].get("replica_keys").map(|it| it.children().count()), Some(2));
    let xks = key.get("xks_key_configuration").and_then(Value::as_elements).expect("one");
    assert_eq!(xks[0].get_str("id"), Some("hsm-1"));
    assert_eq!(key.ty(), source.schema().ty());
}

#[test]
fn an_alias_leads_to_a_key_that_stays() {
    let source = source("aws_kms_alias");
    let described = |state: &str| {
        let key =
            object([("Arn", text(KEY)), ("KeyId", text("mrk-0123")), ("KeyState", text(state))]);
        Ok(object([("KeyMetadata", key)]))
    };
    let arguments = [("name", text("alias/app"))];
    let alias = observed(&*source, &arguments, &[described("Disabled")]).expect("an alias");
    assert_eq!(alias.get_str("arn"), Some("arn:aws:kms:eu-west-1:123456789012:alias/app"));
    assert_eq!(alias.get("id"), alias.get("arn"));
    assert_eq!(alias.get_str("target_key_arn"), Some(KEY));
    let gone = observed(&*source, &arguments, &[described("PendingDeletion")]);
    assert_eq!(summary(gone), "reading KMS Key (alias/app): PendingDeletion");
}

fn secrets<const N: usize>(source: &dyn DataSource, blocks: [&[(&str, Value)]; N]) -> Value {
    let schema = &source.schema().block("secret").expect("a block").schema;
    let block = |arguments: &[(&str, Value)]| {
        let with = |all: Value, (name, value): &(&str, Value)| all.with(name, value.clone());
        arguments.iter().fold(schema.empty(), with)
    };
    Value::set(schema.ty(), blocks.map(block))
}

#[test]
fn ciphertexts_are_decrypted_by_name() {
    let data = source("aws_kms_secrets");
    let blocks = secrets(
        &*data,
        [
            &[("name", text("a")), ("payload", text("aG\nk="))],
            &[("name", text("b")), ("payload", text("aGk=")), ("key_id", text("mrk-0123"))],
        ],
    );
    let arguments = [("secret", blocks)];
    let expected = [
        "kms:Decrypt in eu-west-1 [CiphertextBlob=aGk= KeyId=mrk-0123] needs kms:Decrypt on \
         arn:aws:kms:eu-west-1:*:key/mrk-0123",
        "kms:Decrypt in eu-west-1 [CiphertextBlob=aGk=] needs kms:Decrypt on *",
    ];
    let mut asked = calls(&*data, &arguments);
    asked.sort();
    assert_eq!(asked, expected);
    let plain = |encoded: &str| Ok(object([("Plaintext", text(encoded).mark(Marks::SENSITIVE))]));
    let read = observed(&*data, &arguments, &[plain("eA=="), plain("eQ==")]).expect("plaintexts");
    let plaintext = read.get("plaintext").expect("a map");
    assert!(plaintext.is_sensitive());
    let mut texts: Vec<_> = plaintext.children().filter_map(Value::as_str).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["x", "y"]);
    assert_eq!(read.ty(), data.schema().ty());
    let refused = failed(ErrorClass::Other, "InvalidCiphertextException", "");
    let answers = [Err(refused.clone()), Err(refused)];
    let told = summary(observed(&*data, &arguments, &answers));
    assert!(told.starts_with("decrypting KMS Secret ("), "{told}");
    assert!(told.ends_with("): InvalidCiphertextException"), "{told}");
}

#[test]
fn what_is_wrong_with_ciphertexts_is_said_before_they_leave() {
    let hidden = text("hunter2").mark(Marks::SENSITIVE);
    for source in [source("aws_kms_secrets"), opened("aws_kms_secrets")] {
        let problems = |blocks: Value| -> Vec<String> {
            let config = source.schema().empty().with("secret", blocks);
            source.validate(&config).into_iter().map(|problem| problem.summary).collect()
        };
        let good = ("payload", text("aGk="));
        let duplicate = secrets(
            &*source,
            [
                &[("name", text("a")), good.clone()],
                &[("name", text("a")), ("payload", text("aGl="))],
            ],
        );
        assert_eq!(problems(duplicate), ["Duplicate name of a secret"]);
        let wrong = secrets(&*source, [&[("name", text("a")), ("payload", hidden.clone())]]);
        let told = problems(wrong).concat();
        assert!(told.ends_with("illegal base64 data at input byte 4"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
        let secret = secrets(&*source, [&[("name", hidden.clone()), ("payload", text("!"))]]);
        assert!(!problems(secret).concat().contains("hunter2"));
        let open = Value::unknown(source.schema().block("secret").expect("a block").ty());
        assert_eq!(problems(open), Vec::<String>::new(), "how many there are is not known");
    }
    let kind = opened("aws_kms_secrets");
    let algorithm = ("encryption_algorithm", text("ROT13"));
    let blocks = secrets(&*kind, [&[("name", text("a")), ("payload", text("aGk=")), algorithm]]);
    let problems = kind.validate(&kind.schema().empty().with("secret", blocks));
    assert_eq!(problems[0].summary, "Invalid String Enum Value");
}
