use meridian_lang::Type;

use super::*;

fn config(arguments: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::object(arguments)
}

#[test]
fn a_block_is_read_with_its_roles_in_order() {
    let role = |arn: &str| {
        Value::object([
            ("role_arn", Value::string(arn)),
            ("duration", Value::string("1h30m")),
            ("external_id", Value::null(Type::String)),
        ])
    };
    let settings = ProviderSettings::from_config(&config([
        ("region", Value::string("eu-west-1")),
        ("profile", Value::string("")),
        ("max_retries", Value::number(3)),
        ("assume_role", Value::tuple([role("first"), role("second")])),
        ("endpoints", Value::tuple([config([("kms", Value::string("http://localhost:1"))])])),
    ]))
    .unwrap();
    assert_eq!(settings.region.as_deref(), Some("eu-west-1"));
    assert_eq!(settings.profile, None);
    assert_eq!(settings.max_retries, Some(3));
    let arns: Vec<_> = settings.assume_role.iter().map(|role| role.role_arn.as_str()).collect();
    assert_eq!(arns, ["first", "second"]);
    assert_eq!(settings.assume_role[0].duration, Some(Duration::from_secs(5400)));
    assert_eq!(settings.endpoints.kms.as_deref(), Some("http://localhost:1"));
}

#[test]
fn every_problem_is_told_with_its_place() {
    let problems = ProviderSettings::from_config(&config([
        ("region", Value::unknown(Type::String)),
        ("access_key", Value::string("AKIA")),
        ("insecure", Value::bool(true)),
        ("max_retries", Value::number(-1)),
        ("assume_role", Value::tuple([config([("duration", Value::string("soon"))])])),
    ]))
    .unwrap_err();
    let mut places: Vec<String> = problems.iter().map(|it| it.path.to_string()).collect();
    places.sort();
    let expected = [
        "access_key",
        "assume_role[0].duration",
        "assume_role[0].role_arn",
        "insecure",
        "max_retries",
        "region",
    ];
    assert_eq!(places, expected);
}

#[test]
fn debug_does_not_show_the_secret_key() {
    let settings = ProviderSettings::from_config(&config([
        ("access_key", Value::string("AKIA")),
        ("secret_key", Value::string("hunter2")),
        ("token", Value::string("hunter3")),
    ]))
    .unwrap();
    assert!(!format!("{settings:?}").contains("hunter"));
}
