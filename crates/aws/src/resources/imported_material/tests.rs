use super::*;
use crate::resources::KmsExternalKey;
use crate::resources::testing::{place, text};
use meridian_resource::ResourceType;

/// 32 bytes.
const BYTES: &str = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY=";
const OTHER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const DATE: &str = "2027-01-01T00:00:00Z";

fn key<const N: usize>(state: &str, attributes: [(&str, Value); N]) -> Object {
    let empty = KmsExternalKey::new().schema().empty().with("id", text("1"));
    let object = attributes
        .into_iter()
        .fold(Object::new(empty), |object, (name, value)| object.with(name, value));
    object.with("key_state", text(state)).with_fact("key_state", text(state))
}

fn wanted<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    let empty = KmsExternalKey::new().schema().empty();
    attributes.into_iter().fold(empty, |all, (name, value)| all.with(name, value))
}

#[test]
fn only_what_can_be_material_is_taken() {
    let wrapped = format!("{}\n{}\r\n", &BYTES[..20], &BYTES[20..]);
    for good in ["", BYTES, &wrapped, "AAAAAAAAAAAAAAAAAAAAAA=="] {
        assert_eq!(check(MATERIAL, &text(good)), Ok(()), "{good:?}");
    }
    for (bad, message) in [
        ("hunter2!", "\"key_material_base64\" must be base64-encoded"),
        (
            "aHVudGVyMg==",
            "\"key_material_base64\" must hold 32 bytes (16 in the Regions of China), got 7",
        ),
    ] {
        assert_eq!(check(MATERIAL, &text(bad)), Err(message.to_owned()));
    }
    assert_eq!(check(MATERIAL, &Value::unknown(Type::String)), Ok(()));
}

#[test]
fn material_is_imported_when_it_is_missing_or_its_date_is_another() {
    let material = || (MATERIAL, text(BYTES));
    let date = |date: &str| ("valid_to", text(date));
    let cases = [
        (key("PendingImport", []), wanted([]), None),
        (key("PendingImport", [date(DATE)]), wanted([date(DATE)]), None),
        (key("PendingImport", []), wanted([(MATERIAL, text(""))]), None),
        (key("PendingImport", []), wanted([material()]), Some(DOES_NOT_EXPIRE)),
        (key("PendingImport", [material()]), wanted([material()]), Some(DOES_NOT_EXPIRE)),
        (key("PendingImport", [material()]), wanted([material(), date(DATE)]), Some(EXPIRES)),
        (key("Enabled", [material()]), wanted([material()]), None),
        (key("Enabled", [material(), date("")]), wanted([material()]), None),
        (key("Disabled", [material(), date(DATE)]), wanted([material(), date(DATE)]), None),
        (
            key("Enabled", [material(), date(DATE)]),
            wanted([material(), date("2027-01-01T01:00:00+01:00")]),
            None,
        ),
        (
            key("Enabled", [material(), date(DATE)]),
            wanted([material(), date("2027-01-01T00:00:00+01:00")]),
            Some(EXPIRES),
        ),
        (key("Enabled", [material(), date(DATE)]), wanted([material()]), Some(DOES_NOT_EXPIRE)),
        // What was imported into the state: KMS tells whether it is the same material.
        (key("Enabled", []), wanted([material()]), Some(DOES_NOT_EXPIRE)),
        (key("Enabled", []), wanted([]), None),
    ];
    for (observed, wanted, expected) in cases {
        let model = match next(&place("us-east-1"), &observed, &wanted) {
            None => None,
            Some(Next::Call(call)) => {
                assert_eq!(call.operation, "ImportKeyMaterial");
                let material = call.input.get("KeyMaterial").expect("material");
                assert_eq!(material.as_str(), Some(BYTES));
                assert!(material.is_sensitive());
                let after = imported(&observed, &wanted);
                assert_eq!(next(&place("us-east-1"), &after, &wanted), None, "once is enough");
                call.input.get_str("ExpirationModel").map(str::to_owned)
            }
            Some(other) => panic!("{other:?}"),
        };
        assert_eq!(model.as_deref(), expected, "{observed:?} {wanted:?}");
    }
}

#[test]
fn what_is_not_known_yet_is_imported_once() {
    let unknown = || Value::unknown(Type::String);
    let observed = key("PendingImport", []);
    let wanted = wanted([(MATERIAL, unknown()), ("valid_to", unknown())]);
    let Some(Next::Call(call)) = next(&place("us-east-1"), &observed, &wanted) else {
        panic!("an import is to be expected");
    };
    assert!(call.input.get("KeyMaterial").is_some_and(Value::is_sensitive));
    assert_eq!(next(&place("us-east-1"), &imported(&observed, &wanted), &wanted), None);
}

#[test]
fn an_import_waits_for_a_promotion() {
    let observed = key("Updating", [(MATERIAL, text(BYTES)), ("valid_to", text(DATE))]);
    let next = next(&place("us-east-1"), &observed, &wanted([(MATERIAL, text(BYTES))]));
    assert!(matches!(next, Some(Next::Wait { .. })), "{next:?}");
}

#[test]
fn a_date_alone_cannot_be_changed() {
    let observed = key("Enabled", [("valid_to", text(DATE))]);
    let other = wanted([("valid_to", text("2027-02-01T00:00:00Z"))]);
    match next(&place("us-east-1"), &observed, &other) {
        Some(Next::Fail(problem)) => {
            assert!(problem.detail.contains(DATE), "{}", problem.detail);
            assert_eq!(problem.path, Path::attribute("valid_to"));
        }
        other => panic!("{other:?}"),
    }
    // Whose material it is, his is the date.
    let planned = plan(&observed, &wanted([]), wanted([]));
    assert_eq!(planned.get_str("valid_to"), Some(DATE));
}

#[test]
fn other_material_is_another_key() {
    let material = |text: &str| (MATERIAL, Value::string(text).mark(Marks::SENSITIVE));
    let null = || wanted([(MATERIAL, Value::null(Type::String).mark(Marks::SENSITIVE))]);
    let cases = [
        (key("Enabled", [material(BYTES)]), wanted([material(BYTES)]), false),
        (key("PendingImport", [material(BYTES)]), wanted([material(BYTES)]), false),
        (key("Enabled", [material(BYTES)]), wanted([material(OTHER)]), true),
        (key("PendingImport", [material(BYTES)]), wanted([material(OTHER)]), true),
        (key("Enabled", [material(BYTES)]), null(), true),
        (key("Enabled", [material("")]), null(), false),
        (key("PendingImport", []), wanted([material(BYTES)]), true),
        (key("Enabled", []), wanted([material(BYTES)]), false),
        (
            key("Enabled", [material(BYTES)]),
            wanted([(MATERIAL, Value::unknown(Type::String))]),
            true,
        ),
    ];
    for (prior, planned, expected) in cases {
        let paths = replaced_by(&prior, &planned);
        assert_eq!(!paths.is_empty(), expected, "{prior:?} {planned:?}");
    }
    // Its creation was not finished, and the material has been put right since.
    for (had_material, expected) in [(false, 0), (true, 1)] {
        let prior = key("PendingImport", [material(OTHER)]);
        let prior = prior.with_fact(HAD_MATERIAL, Value::bool(had_material));
        assert_eq!(replaced_by(&prior, &wanted([material(BYTES)])).len(), expected);
    }
}

#[test]
fn a_new_import_of_the_same_is_planned_with_what_it_changes() {
    let gone = key("PendingImport", [(MATERIAL, text(BYTES)), ("enabled", Value::bool(false))]);
    let same = wanted([(MATERIAL, text(BYTES)), ("valid_to", text(DATE))]);
    for (enabled, state) in [(None, "Enabled"), (Some(true), "Enabled"), (Some(false), "Disabled")]
    {
        let enabled = enabled.map_or(Value::null(Type::Bool), Value::bool);
        let config = same.clone().with("enabled", enabled.clone());
        let proposed = match enabled.is_null() {
            true => config.clone().with("enabled", gone.attribute("enabled")),
            false => config.clone(),
        };
        let planned = plan(&gone, &config, proposed);
        assert_eq!(planned.get_str("key_state"), Some(state));
        assert_eq!(planned.get("enabled"), Some(&Value::bool(state == "Enabled")));
        assert_eq!(planned.get_str("expiration_model"), Some(EXPIRES));
    }
    let there = key("Enabled", [(MATERIAL, text(BYTES)), ("valid_to", text(DATE))]);
    let planned = plan(&there, &same, same.clone());
    assert_eq!(planned, same, "of what is there nothing changes");
}
