//! One sweep over all objects.

use meridian_engine::{Event, prior_objects};
use meridian_lang::{Marks, Value};
use meridian_resource::{ErrorClass, ProviderKey};

use crate::bench::*;
use crate::cloud::Fault::Refused;

fn many(count: usize) -> String {
    format!("resource \"fake_box\" \"a\" {{\n count = {count}\n name = \"a${{count.index}}\"\n}}")
}

async fn bench_of(count: usize) -> Bench {
    let mut bench = Bench::new();
    bench.converge(&many(count)).await;
    bench
}

#[tokio::test]
async fn every_object_is_read_once() {
    let bench = bench_of(150).await;
    bench.cloud.meddle("a7", |it| Some(it.with("label", Value::string("theirs"))));
    bench.cloud.meddle("a100", |_| None);
    let before = bench.cloud.calls().len();
    let objects = bench.refresh(&many(150)).await.expect("all can be read");
    let calls = bench.cloud.calls();
    assert_eq!(calls.len() - before, 150);
    assert!(calls[before..].iter().all(|call| call.operation == "DescribeBox"));
    let addresses: Vec<String> = objects.iter().map(|it| it.address.to_string()).collect();
    assert_eq!(addresses, bench.addresses(), "in the order of the state");
    for object in &objects {
        let name = object.stored.text("name").expect("a name");
        match (name, &object.observed) {
            ("a100", seen) => assert!(seen.is_none()),
            ("a7", Some(seen)) => assert_eq!(seen.text("label"), Some("theirs")),
            (_, Some(seen)) => assert_eq!(seen.attributes, object.stored.attributes),
            (name, None) => panic!("{name} is there"),
        }
    }
    let events = bench.events();
    let started = |it: &&Event| matches!(it, Event::RefreshStarted { objects: 150 });
    assert_eq!(events.iter().filter(started).count(), 2, "once to settle and once now");
}

#[tokio::test]
async fn all_that_cannot_be_read_is_told() {
    let bench = bench_of(5).await;
    for name in ["a1", "a3"] {
        bench.cloud.script("DescribeBox", name, &[Refused(ErrorClass::Denied)]);
    }
    let errors = bench.refresh(&many(5)).await.expect_err("two cannot be read");
    let mut told: Vec<_> = errors.iter().filter_map(|it| it.address.clone()).collect();
    told.sort();
    assert_eq!(told, ["fake_box.a[1]", "fake_box.a[3]"]);
    assert!(errors.iter().all(|it| it.summary == "kms DescribeBox failed in home"));
}

#[tokio::test]
async fn missing_credentials_are_told_once() {
    let bench = bench_of(200).await;
    for index in 0..200 {
        let refused = [Refused(ErrorClass::Credentials)];
        bench.cloud.script("DescribeBox", &format!("a{index}"), &refused);
    }
    let before = bench.cloud.calls().len();
    let errors = bench.refresh(&many(200)).await.expect_err("nobody can read");
    let tries = bench.cloud.calls().len() - before;
    assert!(tries < 200, "the rest would not fare better");
    assert_eq!(errors.iter().count(), 1, "{errors:#?}");
    assert_eq!(errors.iter().next().and_then(|it| it.address.clone()), None);
}

#[tokio::test]
async fn what_was_sensitive_still_is() {
    let mut bench = Bench::new();
    let text = "variable \"v\" {\n default = \"hush\"\n sensitive = true\n}\n\
                resource \"fake_box\" \"a\" {\n name = \"a\"\n label = var.v\n tags = { t = var.v, u = \"open\" }\n}";
    bench.converge(text).await;
    bench.cloud.meddle("a", |it| Some(it.with("label", Value::string("theirs"))));
    let objects = bench.refresh(text).await.expect("it can be read");
    let seen = objects[0].observed.as_ref().expect("it is there");
    assert_eq!(seen.text("label"), Some("theirs"));
    let paths = seen.attributes.marked_paths(Marks::SENSITIVE);
    let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
    assert_eq!(paths, ["label", "tags[\"t\"]"]);
}

#[tokio::test]
async fn an_object_is_never_left_out_silently() {
    let bench = bench_of(1).await;
    let mut objects = prior_objects(&bench.snapshot());
    objects[0].provider = ProviderKey::parse("fake.elsewhere");
    let places = bench.project(&many(1)).places(&[]);
    let refreshed =
        meridian_engine::refresh(&bench.context, objects, &places, &Default::default()).await;
    let errors = refreshed.err().expect("nobody knows where to look");
    assert!(errors.iter().any(|it| it.detail.contains("fake.elsewhere")), "{errors:#?}");
}

#[tokio::test]
async fn an_object_of_an_unknown_type_is_told() {
    let bench = bench_of(1).await;
    let mut objects = prior_objects(&bench.snapshot());
    objects[0].address = meridian_graph::InstanceAddress::parse("fake_jar.a").expect("an address");
    let places = bench.project(&many(1)).places(&[]);
    let refreshed =
        meridian_engine::refresh(&bench.context, objects, &places, &Default::default()).await;
    let errors = refreshed.err().expect("no such type");
    assert_eq!(
        errors.iter().next().map(|it| &*it.summary),
        Some("Unknown resource type in the state")
    );
}

#[tokio::test]
async fn an_object_that_moves_is_told_of_by_its_new_address() {
    let mut bench = Bench::new();
    bench.converge("resource \"fake_box\" \"old\" { name = \"a\" }").await;
    let text = "resource \"fake_box\" \"new\" { name = \"a\" }\nmoved {\n from = fake_box.old\n to = \
                fake_box.new\n}";
    let objects = bench.refresh(text).await.expect("it can be read");
    assert_eq!(objects[0].address.to_string(), "fake_box.old", "the planner moves it");
    let events = bench.events();
    let told = events.iter().rev().find_map(|event| match event {
        Event::Refreshing { address, .. } => Some(address.to_string()),
        _ => None,
    });
    assert_eq!(told.as_deref(), Some("fake_box.new"));
}
