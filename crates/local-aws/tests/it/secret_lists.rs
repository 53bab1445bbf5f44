//! Lists of secrets, their filters and orders, and values in batches.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::{
    Filter, FilterNameStringType, ReplicaRegionType, SortByType, SortOrderType, Tag,
};

use crate::stage::{Stage, refusal};

fn filter(key: &str, values: &[&str]) -> Filter {
    let values = values.iter().map(ToString::to_string).collect();
    Filter::builder().key(FilterNameStringType::from(key)).set_values(Some(values)).build()
}

/// Three secrets, one of which is replicated.
async fn secrets(stage: &Stage) -> Client {
    let client = stage.secrets("eu-west-1");
    for (name, description, key, value) in [
        ("app/db", "Main database", "team", "red"),
        ("App/cache", "main cache of the shop", "Team", "Red wine"),
        ("web", "", "owner", "blue"),
    ] {
        let tag = Tag::builder().key(key).value(value).build();
        let create = client.create_secret().name(name).description(description).tags(tag);
        create.secret_string(name).send().await.unwrap();
        stage.pass(10);
    }
    let region = ReplicaRegionType::builder().region("us-east-1").build();
    let replicate = client.replicate_secret_to_regions().secret_id("web");
    replicate.add_replica_regions(region).send().await.unwrap();
    stage.pass(10);
    client
}

#[tokio::test]
async fn filters_let_through_what_begins_like_a_value() {
    let stage = Stage::new();
    let client = secrets(&stage).await;
    let (db, cache, web) = ("app/db", "App/cache", "web");
    for (filters, expected) in [
        (vec![filter("name", &["app"])], vec![db]),
        (vec![filter("name", &["App"])], vec![cache]),
        (vec![filter("name", &["pp"])], vec![]),
        (vec![filter("name", &["!app"])], vec![cache, web]),
        (vec![filter("name", &["app", "web"])], vec![db, web]),
        (vec![filter("description", &["MAIN"])], vec![db, cache]),
        (vec![filter("description", &["database"])], vec![]),
        (vec![filter("description", &["!main"])], vec![web]),
        (vec![filter("tag-key", &["team"])], vec![db]),
        (vec![filter("tag-key", &["!team"])], vec![cache, web]),
        (vec![filter("tag-value", &["Red"])], vec![cache]),
        (vec![filter("primary-region", &["eu-"])], vec![web]),
        (vec![filter("primary-region", &["!eu-"])], vec![db, cache]),
        (vec![filter("owning-service", &["rds"])], vec![]),
        (vec![filter("owning-service", &["!rds"])], vec![db, cache, web]),
        (vec![filter("all", &["red"])], vec![db, cache]),
        (vec![filter("all", &["DATA"])], vec![db]),
        (vec![filter("all", &["shop cache"])], vec![cache]),
        (vec![filter("all", &["shop nonsense"])], vec![]),
        (vec![filter("all", &["!main"])], vec![web]),
        (vec![filter("description", &["main"]), filter("tag-key", &["team"])], vec![db]),
    ] {
        let listed = client.list_secrets().set_filters(Some(filters.clone())).send().await;
        let listed = listed.unwrap();
        let names: Vec<&str> =
            listed.secret_list().iter().map(|entry| entry.name().unwrap()).collect();
        assert_eq!(names, expected, "{filters:?}");
    }
    let entry = &client.list_secrets().filters(filter("name", &["web"])).send().await.unwrap();
    assert_eq!(entry.secret_list()[0].primary_region(), Some("eu-west-1"));
}

#[tokio::test]
async fn lists_come_in_the_order_that_was_asked_for() {
    let stage = Stage::new();
    let client = secrets(&stage).await;
    client.get_secret_value().secret_id("app/db").send().await.unwrap();
    client.update_secret().secret_id("App/cache").description("x").send().await.unwrap();
    let (db, cache, web) = ("app/db", "App/cache", "web");
    for (by, order, expected) in [
        (None, None, [db, cache, web]),
        (None, Some("desc"), [web, cache, db]),
        (Some("created-date"), Some("asc"), [db, cache, web]),
        (Some("name"), None, [cache, db, web]),
        (Some("name"), Some("desc"), [web, db, cache]),
        (Some("last-changed-date"), Some("desc"), [cache, web, db]),
        (Some("last-accessed-date"), Some("desc"), [db, web, cache]),
    ] {
        let mut pages = client
            .list_secrets()
            .set_sort_by(by.map(SortByType::from))
            .set_sort_order(order.map(SortOrderType::from))
            .into_paginator()
            .page_size(1)
            .send();
        let mut names = Vec::new();
        while let Some(page) = pages.next().await {
            names.extend(page.unwrap().secret_list.unwrap().into_iter().map(|it| it.name.unwrap()));
        }
        assert_eq!(names, expected, "{by:?} {order:?}");
    }
    assert_eq!(
        refusal(client.list_secrets().next_token("junk").send().await),
        "InvalidNextTokenException: The NextToken value is invalid."
    );
}

#[tokio::test]
async fn secrets_marked_for_deletion_are_listed_on_demand() {
    let stage = Stage::new();
    let client = secrets(&stage).await;
    client.delete_secret().secret_id("app/db").send().await.unwrap();
    let names = |all: bool| {
        let list = client.list_secrets().include_planned_deletion(all);
        async { list.send().await.unwrap().secret_list().len() }
    };
    assert_eq!((names(false).await, names(true).await), (2, 3));
}

#[tokio::test]
async fn a_batch_tells_values_and_errors() {
    let stage = Stage::new();
    let client = secrets(&stage).await;
    client.create_secret().name("empty").send().await.unwrap();
    client.create_secret().name("gone").secret_string("x").send().await.unwrap();
    client.delete_secret().secret_id("gone").send().await.unwrap();
    let batch = client.batch_get_secret_value();
    let ids = ["app/db", "none", "web", "empty", "gone"];
    let batch = batch.set_secret_id_list(Some(ids.map(str::to_owned).into()));
    let batch = batch.send().await.unwrap();
    let values: Vec<_> =
        batch.secret_values().iter().map(|value| value.secret_string().unwrap()).collect();
    assert_eq!(values, ["app/db", "web"]);
    assert_eq!(batch.secret_values()[0].version_stages(), ["AWSCURRENT"]);
    let errors: Vec<_> = batch
        .errors()
        .iter()
        .map(|error| (error.secret_id().unwrap(), error.error_code().unwrap()))
        .collect();
    assert_eq!(
        errors,
        [
            ("none", "ResourceNotFoundException"),
            ("empty", "ResourceNotFoundException"),
            ("gone", "InvalidRequestException"),
        ]
    );
    assert_eq!(
        batch.errors()[0].message(),
        Some("Secrets Manager can't find the specified secret.")
    );
    let read = client.describe_secret().secret_id("web").send().await.unwrap();
    assert!(read.last_accessed_date().is_some());
}

#[tokio::test]
async fn a_batch_takes_a_list_or_filters() {
    let stage = Stage::new();
    let client = secrets(&stage).await;
    let batch = || client.batch_get_secret_value();
    for wrong in [
        batch(),
        batch().secret_id_list("web").filters(filter("name", &["web"])),
        batch().secret_id_list("web").max_results(2),
    ] {
        let refused = refusal(wrong.send().await);
        assert!(refused.starts_with("InvalidParameterException"), "{refused}");
    }
    let filtered = || batch().filters(filter("description", &["main"])).max_results(1);
    let first = filtered().send().await.unwrap();
    assert_eq!(first.secret_values()[0].name(), Some("App/cache"));
    let second = filtered().next_token(first.next_token().unwrap()).send().await.unwrap();
    assert_eq!(second.secret_values()[0].name(), Some("app/db"));
    assert!(second.next_token().is_none() && second.errors().is_empty());
    client.delete_secret().secret_id("app/db").send().await.unwrap();
    let rest = batch().filters(filter("description", &["main"])).send().await.unwrap();
    assert_eq!((rest.secret_values().len(), rest.errors().len()), (1, 0));
    let refused = filtered().next_token("junk").send().await;
    assert!(refusal(refused).starts_with("InvalidNextTokenException"));
}
