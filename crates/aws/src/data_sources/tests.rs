use meridian_lang::Type;
use meridian_resource::{CloudError, ErrorClass, with_marks_of_arguments};

use super::*;
use crate::resources::testing::{answer, place, text};

fn source(name: &str) -> Box<dyn DataSource> {
    all().into_iter().find(|source| source.name() == name).expect("a data source of that name")
}

fn config<const N: usize>(source: &dyn DataSource, arguments: [(&str, &str); N]) -> Value {
    let empty = source.schema().empty();
    arguments.into_iter().fold(empty, |config, (name, value)| config.with(name, text(value)))
}

fn observed<const N: usize>(
    region: &str,
    name: &str,
    arguments: [(&str, &str); N],
) -> Result<Value, Problem> {
    let source = source(name);
    let config = config(source.as_ref(), arguments);
    match source.observe(&place(region), &config, &[]) {
        Ok(value) => Ok(value),
        Err(DataError::Problem(problem)) => Err(*problem),
        Err(DataError::Cloud(error)) => panic!("no one was called: {error}"),
    }
}

fn texts(value: &Value, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| value.get_str(name).unwrap_or("(none)").to_owned()).collect()
}

#[test]
fn sources_and_attributes_are_in_alphabetical_order() {
    let all = all();
    assert!(all.is_sorted_by_key(|source| source.name()));
    for source in &all {
        assert!(source.schema().attributes.is_sorted_by_key(|it| it.name), "{}", source.name());
    }
}

/// What hashicorp/aws 5.100.0 answers.
#[test]
fn regions_by_name_by_endpoint_or_of_the_provider() {
    let cases = [
        ([("name", "eu-west-1")].as_slice(), "eu-west-1", "Europe (Ireland)", "amazonaws.com"),
        (&[], "eu-central-1", "Europe (Frankfurt)", "amazonaws.com"),
        (&[("id", "us-east-1")], "eu-central-1", "Europe (Frankfurt)", "amazonaws.com"),
        (
            &[("endpoint", "ec2.cn-north-1.amazonaws.com.cn")],
            "cn-north-1",
            "China (Beijing)",
            "amazonaws.com.cn",
        ),
        (
            &[("endpoint", "ec2.us-gov-west-1.amazonaws.com"), ("name", "us-gov-west-1")],
            "us-gov-west-1",
            "AWS GovCloud (US-West)",
            "amazonaws.com",
        ),
        (&[("name", "us-iso-west-1")], "us-iso-west-1", "US ISO WEST", "c2s.ic.gov"),
        (&[("name", "us-isob-east-1")], "us-isob-east-1", "US ISOB East (Ohio)", "sc2s.sgov.gov"),
        (&[("name", "sa-east-1")], "sa-east-1", "South America (Sao Paulo)", "amazonaws.com"),
    ];
    let source = source("aws_region");
    for (arguments, name, description, domain) in cases {
        let config = arguments
            .iter()
            .fold(source.schema().empty(), |config, (name, value)| config.with(name, text(value)));
        let region = source.observe(&place("eu-central-1"), &config, &[]).expect("a Region");
        let endpoint = format!("ec2.{name}.{domain}");
        let expected = [name, name, description, endpoint.as_str()];
        assert_eq!(texts(&region, &["id", "name", "description", "endpoint"]), expected);
    }
}

/// What hashicorp/aws 5.100.0 refuses.
#[test]
fn regions_that_are_not_there() {
    let endpoint = ("endpoint", "ec2.us-west-1.amazonaws.com");
    let cases = [
        ([("name", "us-west-9")].as_slice(), "finding Region by name (us-west-9)"),
        (&[("name", "")], "finding Region by name ()"),
        (&[("endpoint", "eu-west-1")], "finding Region by endpoint (eu-west-1)"),
        (&[("name", "nonsense"), endpoint], "finding Region by name (nonsense)"),
        (&[("name", "nonsense"), ("endpoint", "x")], "finding Region by endpoint (x)"),
        (&[("name", "eu-west-1"), endpoint], "multiple Regions matched"),
    ];
    let source = source("aws_region");
    for (arguments, summary) in cases {
        let config = arguments
            .iter()
            .fold(source.schema().empty(), |config, (name, value)| config.with(name, text(value)));
        let Err(DataError::Problem(problem)) = source.observe(&place("eu-west-1"), &config, &[])
        else {
            panic!("{arguments:?} names no Region");
        };
        assert_eq!(problem.summary, summary);
    }
    let problem = observed("zz-mars-1", "aws_region", []).expect_err("no such Region");
    assert_eq!(problem.summary, "finding Region by name (zz-mars-1)");
    assert_eq!(problem.detail, "couldn't find resource");
}

#[test]
fn the_partition_is_that_of_the_region() {
    let cases = [
        ("eu-west-1", ["aws", "amazonaws.com", "com.amazonaws"]),
        ("cn-north-1", ["aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"]),
        ("us-gov-west-1", ["aws-us-gov", "amazonaws.com", "com.amazonaws"]),
        ("us-iso-east-1", ["aws-iso", "c2s.ic.gov", "gov.ic.c2s"]),
        ("us-isob-east-1", ["aws-iso-b", "sc2s.sgov.gov", "gov.sgov.sc2s"]),
        ("eu-isoe-west-1", ["aws-iso-e", "cloud.adc-e.uk", "uk.adc-e.cloud"]),
        ("us-isof-south-1", ["aws-iso-f", "csp.hci.ic.gov", "gov.ic.hci.csp"]),
        ("eusc-de-east-1", ["aws-eusc", "amazonaws.eu", "eu.amazonaws"]),
    ];
    for (region, expected) in cases {
        let partition = observed(region, "aws_partition", []).expect("a partition");
        assert_eq!(texts(&partition, &["id", "dns_suffix", "reverse_dns_prefix"]), expected);
        assert_eq!(partition.get("partition"), partition.get("id"));
    }
}

#[test]
fn principals_of_services() {
    let cases = [
        ("kms", "eu-west-1", "amazonaws.com"),
        ("logs", "eu-west-1", "amazonaws.com"),
        ("logs", "cn-north-1", "amazonaws.com.cn"),
        ("codedeploy", "cn-north-1", "amazonaws.com.cn"),
        ("elasticmapreduce", "cn-north-1", "amazonaws.com.cn"),
        ("ec2", "cn-north-1", "amazonaws.com"),
        ("logs", "us-gov-west-1", "amazonaws.com"),
        ("workspaces", "us-iso-east-1", "c2s.ic.gov"),
        ("states", "us-iso-east-1", "amazonaws.com"),
        ("dms", "us-isob-east-1", "sc2s.sgov.gov"),
        ("logs", "us-isof-south-1", "amazonaws.com"),
        ("", "eu-west-1", "amazonaws.com"),
    ];
    for (service, region, suffix) in cases {
        let arguments = [("service_name", service), ("region", region)];
        let principal = observed("eu-central-1", "aws_service_principal", arguments);
        let principal = principal.expect("a principal");
        let (id, name) = (format!("{service}.{region}.{suffix}"), format!("{service}.{suffix}"));
        let expected = [id.as_str(), name.as_str(), region, suffix];
        assert_eq!(texts(&principal, &["id", "name", "region", "suffix"]), expected);
    }
    let own = observed("eu-central-1", "aws_service_principal", [("service_name", "kms")]);
    assert_eq!(texts(&own.expect("a principal"), &["region"]), ["eu-central-1"]);
    let arguments = [("service_name", "kms"), ("region", "nonsense")];
    let problem = observed("eu-central-1", "aws_service_principal", arguments);
    let problem = problem.expect_err("no such Region");
    assert_eq!(problem.summary, "finding Region by name (nonsense)");
}

#[test]
fn arns_are_taken_apart() {
    let cases = [
        ("arn:aws:kms:us-east-1:12:key/mrk-0", ["aws", "kms", "us-east-1", "12", "key/mrk-0"]),
        ("arn:aws:s3:::bucket/a:b:c", ["aws", "s3", "", "", "bucket/a:b:c"]),
        ("arn:::::", ["", "", "", "", ""]),
    ];
    for (written, expected) in cases {
        let arn = observed("eu-west-1", "aws_arn", [("arn", written)]).expect("an ARN");
        let names = ["partition", "service", "region", "account", "resource"];
        assert_eq!(texts(&arn, &names), expected);
        assert_eq!(arn.get_str("id"), Some(written));
    }
    for written in ["key/1", "", "arn:aws:a:b:c"] {
        let problem = observed("eu-west-1", "aws_arn", [("arn", written)]).expect_err("no ARN");
        assert_eq!(problem.summary, "Invalid ARN Value");
        let detail = "The provided value cannot be parsed as an ARN.\n\nPath: arn\nValue: ";
        assert_eq!(problem.detail, format!("{detail}{written}"));
    }
}

#[test]
fn default_tags_are_those_of_the_place_without_ignored_ones() {
    let mut place = place("us-gov-west-1");
    for (key, value) in [("A", "b"), ("Team", "x"), ("auto/y", "z"), ("aws:x", "y")] {
        place.default_tags.insert(key.to_owned(), value.to_owned());
    }
    place.ignored_tag_keys.push("A".to_owned());
    place.ignored_tag_prefixes.push("auto/".to_owned());
    let source = source("aws_default_tags");
    let value = source.observe(&place, &source.schema().empty(), &[]).expect("tags");
    assert_eq!(value.get_str("id"), Some("aws-us-gov"));
    let tags = value.get("tags").and_then(Value::as_entries).expect("a map");
    let tags: Vec<_> = tags.iter().map(|(key, value)| (&**key, value.as_str())).collect();
    assert_eq!(tags, [("Team", Some("x"))]);
}

#[test]
fn the_identity_is_asked_of_sts() {
    let source = source("aws_caller_identity");
    let (here, config) = (place("eu-west-1"), source.schema().empty());
    let reads = source.reads(&here, &config);
    let reads: Vec<String> = reads.iter().map(ToString::to_string).collect();
    assert_eq!(reads, ["sts:GetCallerIdentity in eu-west-1"]);
    let arn = "arn:aws:iam::123456789012:user/me";
    let identity =
        answer([("Account", text("123456789012")), ("Arn", text(arn)), ("UserId", text("AIDA"))]);
    let value = source.observe(&here, &config, &[Ok(identity)]).expect("an identity");
    let expected = ["123456789012", "123456789012", arn, "AIDA"];
    assert_eq!(texts(&value, &["account_id", "id", "arn", "user_id"]), expected);
    let error = CloudError {
        class: ErrorClass::Credentials,
        code: "ExpiredToken".to_owned(),
        message: String::new(),
        request_id: None,
        advice: None,
    };
    let answer = source.observe(&here, &config, &[Err(error.clone())]);
    assert_eq!(answer, Err(DataError::Cloud(error)));
}

/// Names and values of filters.
type Filters = &'static [(&'static str, &'static [&'static str])];

fn regions(region: &str, all: Option<bool>, filters: Filters) -> Result<Value, Problem> {
    let source = source("aws_regions");
    let filter = |(name, values): &(&str, &[&str])| {
        let values = Value::set(Type::String, values.iter().map(|value| text(value)));
        Value::object([("name", text(name)), ("values", values)])
    };
    let element = source.schema().block("filter").map(|block| block.schema.ty());
    let filters = Value::set(element.expect("a block"), filters.iter().map(filter));
    let all = all.map_or_else(|| Value::null(Type::Bool), Value::bool);
    let config = source.schema().empty().with("all_regions", all).with("filter", filters);
    match source.observe(&place(region), &config, &[]) {
        Ok(value) => Ok(value),
        Err(DataError::Problem(problem)) => Err(*problem),
        Err(DataError::Cloud(error)) => panic!("no one was called: {error}"),
    }
}

#[test]
fn regions_that_do_not_depend_on_the_account_are_listed() {
    let names = |answer: Result<Value, Problem>| {
        let value = answer.expect("an answer");
        let names = value.get("names").and_then(Value::as_elements).map(<[Value]>::to_vec);
        names.unwrap_or_default().iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect()
    };
    let china: Vec<String> = names(regions("cn-north-1", Some(true), &[]));
    assert_eq!(china, ["cn-north-1", "cn-northwest-1"]);
    let without_choice: Vec<String> =
        names(regions("eu-west-1", None, &[("opt-in-status", &["opt-in-not-required"])]));
    assert_eq!(without_choice.len(), 17);
    assert!(!without_choice.contains(&"af-south-1".to_owned()));
    let all: Vec<String> = names(regions("eu-west-1", Some(true), &[]));
    assert_eq!(all.len(), 34);
    let filters: Filters =
        &[("region-name", &["eu-*", "us-east-1"]), ("endpoint", &["ec2.*-1.amazonaws.com"])];
    let filtered: Vec<String> = names(regions("eu-west-1", Some(true), filters));
    let expected = ["eu-central-1", "eu-north-1", "eu-south-1", "eu-west-1", "us-east-1"];
    assert_eq!(filtered, expected);
}

#[test]
fn regions_that_depend_on_the_account_are_refused() {
    let summary = "Regions of the account are not known";
    let cases: [(Option<bool>, Filters); 3] = [
        (None, &[]),
        (Some(false), &[("region-name", &["eu-*"])]),
        (Some(true), &[("opt-in-status", &["opted-in", "opt-in-not-required"])]),
    ];
    for (all, filters) in cases {
        let problem = regions("eu-west-1", all, filters).expect_err("not to be known");
        assert_eq!(problem.summary, summary);
    }
    let problem = regions("eu-west-1", Some(true), &[("colour", &["red"])]).expect_err("no filter");
    assert_eq!(problem.summary, "The filter 'colour' is invalid");
}

/// For each data source: an argument, and what shows it. Everything else is from the cloud alone.
#[test]
fn what_shows_a_sensitive_argument_is_sensitive() {
    let document = ["id", "json", "minified_json"];
    let cases: [(&str, &str, &[&str]); 28] = [
        ("aws_arn", "arn", &["account", "id", "partition", "region", "resource", "service"]),
        ("aws_default_tags", "id", &["tags"]),
        ("aws_iam_policy_document", "statement", &document),
        ("aws_iam_policy_document", "source_policy_documents", &document),
        ("aws_kms_alias", "name", &["arn", "id"]),
        ("aws_kms_ciphertext", "plaintext", &[]),
        ("aws_kms_ciphertext", "context", &[]),
        ("aws_kms_ciphertext", "key_id", &["id"]),
        ("aws_kms_custom_key_store", "custom_key_store_id", &["id"]),
        ("aws_kms_custom_key_store", "custom_key_store_name", &[]),
        ("aws_kms_key", "grant_tokens", &[]),
        ("aws_kms_key", "key_id", &["arn", "id"]),
        ("aws_kms_public_key", "key_id", &["arn", "id"]),
        ("aws_kms_secrets", "secret", &["plaintext"]),
        ("aws_region", "endpoint", &["description", "id", "name"]),
        ("aws_region", "name", &["description", "endpoint", "id"]),
        ("aws_regions", "filter", &["id", "names"]),
        ("aws_secretsmanager_random_password", "exclude_characters", &[]),
        ("aws_secretsmanager_secret", "arn", &["id", "name"]),
        ("aws_secretsmanager_secret", "name", &["arn", "id"]),
        ("aws_secretsmanager_secret_rotation", "secret_id", &["id"]),
        ("aws_secretsmanager_secret_version", "secret_id", &["arn", "id"]),
        ("aws_secretsmanager_secret_version", "version_id", &["id"]),
        ("aws_secretsmanager_secret_version", "version_stage", &["id", "version_stages"]),
        ("aws_secretsmanager_secret_versions", "secret_id", &["arn", "name"]),
        ("aws_secretsmanager_secrets", "filter", &["arns", "names"]),
        ("aws_service_principal", "region", &["id", "name", "suffix"]),
        ("aws_service_principal", "service_name", &["id", "name", "region", "suffix"]),
    ];
    for (name, argument, expected) in cases {
        let source = source(name);
        let secret = text("hunter2").mark(meridian_lang::Marks::SENSITIVE);
        let config = source.schema().empty().with(argument, secret);
        let object = source.schema().empty();
        let marked = with_marks_of_arguments(source.as_ref(), object, &config);
        let attributes = source.schema().attributes.iter().map(|attribute| attribute.name);
        let found: Vec<&str> =
            attributes.filter(|name| marked.get(name).is_some_and(Value::is_sensitive)).collect();
        assert_eq!(found, expected, "{name}.{argument}");
    }
}

#[test]
fn a_sensitive_argument_is_not_quoted() {
    let source = source("aws_arn");
    let wrong = text("hunter2").mark(meridian_lang::Marks::SENSITIVE);
    let config = source.schema().empty().with("arn", wrong);
    let problem = source.observe(&place("eu-west-1"), &config, &[]);
    assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
}
