//! What holds for all providers and types.

use meridian_lang::Value;
use meridian_resource::{Call, Cloud, Occurrence, ProviderKey, Registry, Service};

use crate::testing::{Bench, block_on};

const TYPES: [(&str, u32); 16] = [
    ("local_file", 0),
    ("local_sensitive_file", 0),
    ("null_resource", 0),
    ("random_bytes", 0),
    ("random_id", 0),
    ("random_integer", 0),
    ("random_password", 3),
    ("random_pet", 0),
    ("random_shuffle", 0),
    ("random_string", 2),
    ("random_uuid", 0),
    ("terraform_data", 0),
    ("time_offset", 0),
    ("time_rotating", 0),
    ("time_sleep", 0),
    ("time_static", 0),
];

#[test]
fn all_types_are_there_in_order() {
    let registry = Registry::new(crate::providers());
    let types = registry.providers().iter().flat_map(|it| it.resource_types());
    let found: Vec<_> = types.map(|it| (it.name(), it.schema().version)).collect();
    assert_eq!(found, TYPES);
    let sources = ["local_file", "local_sensitive_file", "null_data_source"];
    assert_eq!(registry.data_source_names(), sources);
    assert!(registry.ephemeral_resource("random_password").is_some());
    for provider in registry.providers() {
        assert!(registry.provider_of_source(provider.source()).is_some());
        assert!(provider.schema().attributes.is_empty());
    }
    assert!(registry.provider_of_source("hashicorp/random").is_some());
    assert!(registry.provider_of_source("terraform.io/builtin/terraform").is_some());
}

#[test]
fn every_schema_is_in_order_and_secrets_are_computed_or_given() {
    for provider in crate::providers() {
        let kinds = provider.resource_types().iter().map(|it| it.schema());
        let sources = provider.data_sources().iter().map(|it| it.schema());
        let ephemeral = provider.ephemeral_resources().iter().map(|it| it.schema());
        for schema in kinds.chain(sources).chain(ephemeral) {
            let names: Vec<_> = schema.attributes.iter().map(|it| it.name).collect();
            assert!(names.is_sorted(), "{names:?}");
            let mut unique = names.clone();
            unique.dedup();
            assert_eq!(names, unique);
        }
    }
}

/// The arguments and attributes that the providers' own schemas have.
#[test]
fn the_schemas_are_the_providers() {
    let cases = [
        ("terraform_data", "id input output triggers_replace"),
        ("null_resource", "id triggers"),
        ("random_bytes", "base64 hex id keepers length"),
        ("random_id", "b64_std b64_url byte_length dec hex id keepers prefix"),
        ("random_integer", "id keepers max min result seed"),
        (
            "random_password",
            "bcrypt_hash id keepers length lower min_lower min_numeric min_special min_upper \
             number numeric override_special result special upper",
        ),
        ("random_pet", "id keepers length prefix separator"),
        ("random_shuffle", "id input keepers result result_count seed"),
        (
            "random_string",
            "id keepers length lower min_lower min_numeric min_special min_upper number numeric \
             override_special result special upper",
        ),
        ("random_uuid", "id keepers result"),
        (
            "time_offset",
            "base_rfc3339 day hour id minute month offset_days offset_hours offset_minutes \
             offset_months offset_seconds offset_years rfc3339 second triggers unix year",
        ),
        (
            "time_rotating",
            "day hour id minute month rfc3339 rotation_days rotation_hours rotation_minutes \
             rotation_months rotation_rfc3339 rotation_years second triggers unix year",
        ),
        ("time_sleep", "create_duration destroy_duration id triggers"),
        ("time_static", "day hour id minute month rfc3339 second triggers unix year"),
        (
            "local_file",
            "content content_base64 content_base64sha256 content_base64sha512 content_md5 \
             content_sha1 content_sha256 content_sha512 directory_permission file_permission \
             filename id sensitive_content source",
        ),
        (
            "local_sensitive_file",
            "content content_base64 content_base64sha256 content_base64sha512 content_md5 \
             content_sha1 content_sha256 content_sha512 directory_permission file_permission \
             filename id source",
        ),
    ];
    for (name, expected) in cases {
        let bench = Bench::new(name);
        let attributes = bench.kind().schema().attributes.iter();
        let names: Vec<_> = attributes.map(|it| it.name).collect();
        assert_eq!(names.join(" "), expected, "{name}");
    }
    let secret = |name| {
        let bench = Bench::new(name);
        let attributes = bench.kind().schema().attributes.iter();
        attributes.filter(|it| it.sensitive).map(|it| it.name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(secret("random_password"), "bcrypt_hash result");
    assert_eq!(secret("random_bytes"), "base64 hex");
    assert_eq!(secret("random_string"), "");
    assert_eq!(secret("local_file"), "sensitive_content");
    assert_eq!(secret("local_sensitive_file"), "content content_base64");
}

#[test]
fn every_call_stays_on_this_machine_and_can_be_repeated() {
    for (name, _) in TYPES {
        let bench = Bench::new(name);
        let place = bench.place();
        assert_eq!(place.region, "");
        let wanted = bench.planned(None, &bench.config([]));
        let kind = bench.kind();
        let meridian_resource::Next::Call(call) = kind.next(&place, None, Some(&wanted)) else {
            panic!("{name} must be made");
        };
        assert_eq!(call.service, Service::Machine);
        assert_eq!(call.occurrence, Occurrence::Declarative);
        assert!(call.permissions.is_empty());
        assert_eq!(bench.foreseen(None, None), Vec::<&str>::new());
        let object = kind.after(&place, None, Some(&wanted), &call, None).expect("an object");
        assert_eq!(bench.foreseen(Some(object.clone()), Some(&wanted)), Vec::<&str>::new());
        assert_eq!(bench.foreseen(Some(object), None).len(), 1, "{name}");
    }
}

#[test]
fn calls_of_a_cloud_are_handed_on() {
    let bench = Bench::new("null_resource");
    let key = ProviderKey::of_root("aws", None);
    let call = Call::read(Service::Kms, "ListKeys", "eu-west-1", []);
    let answer = block_on(bench.machine.call(&key, &call)).expect("an answer");
    assert_eq!(answer.get_str("echo"), Some("ListKeys"));
    let call = Call::read(Service::Machine, "ListKeys", "", []);
    let error = block_on(bench.machine.call(&key, &call)).expect_err("no such operation");
    assert_eq!(error.to_string(), "this machine knows no operation ListKeys");
    assert_eq!(call.to_string(), "machine:ListKeys");
}

#[test]
fn only_some_types_can_be_imported() {
    for name in ["null_resource", "random_pet", "random_shuffle", "local_file"] {
        let problem = Bench::new(name).imported("x").expect_err("no import");
        assert_eq!(problem.summary, "Resource Import Not Implemented", "{name}");
    }
}

/// What is not known while planning is no reason for a problem or a panic.
#[test]
fn arguments_that_are_not_known_yet_are_no_problem() {
    for (name, _) in TYPES {
        let bench = Bench::new(name);
        let attributes = &bench.kind().schema().attributes;
        let config = attributes.iter().fold(bench.config([]), |all, it| match it.presence {
            meridian_resource::Presence::Computed => all,
            _ => all.with(it.name, Value::unknown(it.ty.clone())),
        });
        assert_eq!(bench.kind().validate(&config), [], "{name}");
        let planned = bench.planned(None, &config);
        assert_eq!(bench.foreseen(None, Some(&planned)).len(), 1, "{name}");
        let prior = meridian_resource::Object::new(bench.kind().schema().empty());
        bench.planned(Some(&prior), &config);
    }
}
