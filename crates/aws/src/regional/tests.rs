use meridian_lang::{Marks, Value};
use meridian_resource::{DataError, DataSource, Presence, ResourceType};

use super::{GLOBAL, data_sources, parted, resource_types};
use crate::resources::testing::place;
use crate::{data_sources as sources, resources};

fn kind(name: &str) -> Box<dyn ResourceType> {
    let mut all = resource_types(resources::all()).into_iter();
    all.find(|kind| kind.name() == name).expect("a type of that name")
}

fn source(name: &str) -> Box<dyn DataSource> {
    let mut all = data_sources(sources::all()).into_iter();
    all.find(|kind| kind.name() == name).expect("a data source of that name")
}

/// A method that is not handed on would silently do what the trait does by itself.
#[test]
fn everything_that_a_type_can_do_is_handed_on() {
    let methods = |source: &str| -> Vec<String> {
        let lines = source.lines().filter_map(|line| line.strip_prefix("    fn "));
        lines.filter_map(|line| Some(line.split_once(['(', '<'])?.0.to_owned())).collect()
    };
    let pairs = [
        (include_str!("../../../resource/src/resource_type.rs"), include_str!("resource.rs")),
        (include_str!("../../../resource/src/data_source.rs"), include_str!("data.rs")),
    ];
    for (declared, handed_on) in pairs {
        let handed_on = methods(handed_on);
        let declared = methods(declared);
        assert!(declared.len() > 5);
        for method in declared {
            assert!(handed_on.contains(&method), "{method}");
        }
    }
}

#[test]
fn all_that_is_in_a_region_has_the_argument() {
    for kind in resource_types(resources::all()) {
        let schema = kind.schema();
        let Some(argument) = schema.attribute("region") else { panic!("{}", kind.name()) };
        assert_eq!(argument.presence, Presence::Optional);
        assert!(argument.replaces && argument.supplementary, "{}", kind.name());
        assert!(schema.attributes.is_sorted_by_key(|it| it.name), "{}", kind.name());
    }
    let read = data_sources(sources::all()).into_iter().chain(data_sources(sources::ephemeral()));
    for kind in read {
        let argument = kind.schema().attribute("region").filter(|it| it.supplementary);
        assert_eq!(argument.is_none(), GLOBAL.contains(&kind.name()), "{}", kind.name());
    }
}

#[test]
fn an_object_lives_where_the_argument_says() {
    let key = kind("aws_kms_key");
    let here = place("eu-central-1");
    let text = Value::string;
    let home = |region: Value| key.home(&here, &region).map(|place| place.region);
    assert_eq!(home(super::nothing()), Ok("eu-central-1".to_owned()));
    assert_eq!(home(text("eu-west-1")), Ok("eu-west-1".to_owned()));
    let refused = [
        (text("eu-west-1").mark(Marks::SENSITIVE), "cannot be sensitive"),
        (Value::unknown(meridian_lang::Type::String), "cannot be determined until apply"),
        (
            text("cn-north-1"),
            "partition (aws-cn) for per-resource Region (cn-north-1) is not the provider's \
             configured partition (aws)",
        ),
    ];
    for (region, detail) in refused {
        let problem = home(region).expect_err(detail);
        assert_eq!(problem.summary, "Invalid Region Value");
        assert!(problem.detail.contains(detail), "{problem:?}");
    }
}

#[test]
fn what_is_no_region_is_told_once_and_with_advice() {
    let key = kind("aws_kms_key");
    let config = key.schema().empty().with("region", Value::string("us-esat-1"));
    let problems = key.validate(&config);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].detail, "AWS has no Region \"us-esat-1\".");
    assert_eq!(problems[0].help.as_deref(), Some("Did you mean \"us-east-1\"?"));
    assert!(key.home(&place("eu-west-1"), &Value::string("us-esat-1")).is_ok());
    let secret = config.with("region", Value::string("hunter2").mark(Marks::SENSITIVE));
    let problems = key.validate(&secret);
    assert!(!problems[0].detail.contains("hunter2"), "{problems:?}");
}

#[test]
fn a_region_may_stand_behind_an_id() {
    let cases = [
        ("alias/app@eu-west-1", ("alias/app", Some("eu-west-1"))),
        ("a@b@us-east-1", ("a@b", Some("us-east-1"))),
        ("user@example", ("user@example", None)),
        ("@us-east-1", ("@us-east-1", None)),
        ("mrk-1", ("mrk-1", None)),
    ];
    for (id, expected) in cases {
        assert_eq!(parted(id), expected, "{id}");
    }
    let alias = kind("aws_kms_alias");
    let stub = alias.import(&place("eu-west-1"), "alias/app@eu-west-1").expect("an alias");
    assert_eq!((stub.text("id"), stub.text("region")), (Some("alias/app"), Some("eu-west-1")));
}

#[test]
fn data_is_read_where_the_argument_says() {
    let alias = source("aws_kms_alias");
    let config = alias.schema().empty().with("name", Value::string("alias/app"));
    let regions = |config: &Value| {
        let reads = alias.reads(&place("eu-central-1"), config);
        reads.into_iter().map(|call| call.region).collect::<Vec<_>>()
    };
    assert_eq!(regions(&config), ["eu-central-1"]);
    assert_eq!(regions(&config.clone().with("region", Value::string("eu-west-1"))), ["eu-west-1"]);
    let far = config.with("region", Value::string("cn-north-1"));
    assert!(regions(&far).is_empty(), "credentials of one partition are not tried in another");
    let Err(DataError::Problem(problem)) = alias.observe(&place("eu-central-1"), &far, &[]) else {
        panic!("it cannot be read");
    };
    assert_eq!(problem.summary, "Invalid Region Value");
}
