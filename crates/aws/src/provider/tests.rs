use super::*;

fn key() -> ProviderKey {
    ProviderKey::parse("aws")
}

fn config<const N: usize>(arguments: [(&str, Value); N]) -> Value {
    let empty = schema().empty();
    arguments.into_iter().fold(empty, |config, (name, value)| config.with(name, value))
}

#[test]
fn the_region_is_written_or_ambient() {
    let provider = AwsProvider::new(Some("eu-west-1".into()));
    let written = config([("region", Value::string("us-west-2"))]);
    let region = |config| provider.place(&key(), &config).map(|place| place.region);
    assert_eq!(region(written), Ok("us-west-2".to_owned()));
    assert_eq!(region(config([])), Ok("eu-west-1".to_owned()));
}

#[test]
fn a_wrong_or_missing_region_is_a_problem() {
    let provider = AwsProvider::new(None);
    let wrong = config([("region", Value::string("us-esat-1"))]);
    let problems = provider.place(&key(), &wrong).expect_err("no such Region");
    assert_eq!(problems[0].summary, "Invalid AWS Region: us-esat-1");
    let help = problems[0].help.as_deref();
    assert_eq!(help, Some("Did you mean \"us-east-1\"?"));
    let skipped = wrong.with("skip_region_validation", Value::bool(true));
    assert!(provider.place(&key(), &skipped).is_ok());
    let problems = provider.place(&key(), &config([])).expect_err("no Region");
    assert_eq!(problems[0].summary, "Missing region configuration");
}

#[test]
fn tags_of_the_blocks_are_taken_over() {
    let provider = AwsProvider::new(Some("eu-west-1".into()));
    let map = Value::map(Type::String, [("Team", Value::string("core"))]);
    let keys = Value::set(Type::String, [Value::string("Auto")]);
    let block = |name: &str, value: Value| {
        let element = Value::object([(name, value)]);
        Value::list(element.ty(), [element])
    };
    let config =
        config([("default_tags", block("tags", map)), ("ignore_tags", block("keys", keys))]);
    let place = provider.place(&key(), &config).expect("a good configuration");
    assert_eq!(place.default_tags["Team"], "core");
    assert_eq!(place.ignored_tag_keys, ["Auto"]);
}

#[test]
fn tags_of_the_blocks_win_over_those_of_the_environment() {
    let ambient = AmbientTags::from_environment([
        ("TF_AWS_DEFAULT_TAGS_Team".to_owned(), "environment".to_owned()),
        ("TF_AWS_DEFAULT_TAGS_Stage".to_owned(), "test".to_owned()),
        ("TF_AWS_IGNORE_TAGS_KEYS".to_owned(), "Auto".to_owned()),
    ]);
    let provider = AwsProvider::new(Some("eu-west-1".into())).with_ambient_tags(ambient);
    let tags = Value::map(Type::String, [("Team", Value::string("block"))]);
    let block = Value::object([("tags", tags)]);
    let config = config([("default_tags", Value::list(block.ty(), [block]))]);
    let place = provider.place(&key(), &config).expect("a good configuration");
    let tags: Vec<_> = place.default_tags.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(tags, [("Stage", "test"), ("Team", "block")]);
    assert_eq!(place.ignored_tag_keys, ["Auto"]);
}

#[test]
fn the_schema_is_in_order() {
    let schema = schema();
    assert!(schema.attributes.is_sorted_by_key(|attribute| attribute.name));
    assert_eq!(schema.attributes.len(), 28);
    assert_eq!(schema.block("endpoints").map(|it| it.schema.attributes.len()), Some(303));
}
