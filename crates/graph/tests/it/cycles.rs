//! Cycles, told as paths.

use meridian_graph::Graph;

use crate::support::*;

#[test]
fn a_cycle_is_told_whole_with_every_place() {
    let (error, place) = error(
        r#"
        resource "t_box" "a" { name = local.first }
        locals {
            first  = local.second
            second = "<${t_box.b.id}>"
        }
        resource "t_box" "b" { name = t_box.a.id }
    "#,
    );
    let members = ["local.first", "local.second", "t_box.a", "t_box.b"];
    let mut named: Vec<&str> =
        error.summary.strip_prefix("Cycle: ").expect("a cycle").split(", ").collect();
    named.sort_unstable();
    assert_eq!(named, members);
    let path: Vec<&str> = error
        .detail
        .split_once(": ")
        .expect("a path")
        .1
        .trim_end_matches('.')
        .split(" -> ")
        .collect();
    assert_eq!(path.first(), path.last(), "{path:?}");
    let steps: Vec<String> =
        path.windows(2).map(|pair| format!("{} refers to {}", pair[0], pair[1])).collect();
    let mut expected = [
        "t_box.a refers to local.first",
        "local.first refers to local.second",
        "local.second refers to t_box.b",
        "t_box.b refers to t_box.a",
    ];
    expected.sort_unstable();
    let sorted = |mut list: Vec<String>| {
        list.sort_unstable();
        list
    };
    assert_eq!(sorted(steps), expected);
    let labels = error.labels.iter().map(|(_, text)| text.clone()).collect();
    assert_eq!(sorted(labels), expected, "each step has its place");
    assert!(members.contains(&&*place), "{place}");
    assert!(error.help.is_some());
}

#[test]
fn the_shortest_way_round_is_told() {
    let (error, _) =
        error("locals {\n a = [local.b, local.c]\n b = local.a\n c = local.d\n d = local.a\n}");
    assert_eq!(error.labels.len(), 2, "{error:#?}");
}

#[test]
fn each_cycle_is_told_and_other_errors_too() {
    let found = errors(
        r#"
        locals {
            a = local.b
            b = local.a
            c = local.d
            d = local.c
            e = var.nowhere
        }
    "#,
    );
    let summaries: Vec<&str> = found.iter().map(|(error, _)| &*error.summary).collect();
    assert_eq!(summaries.len(), 3, "{summaries:?}");
    assert_eq!(summaries.iter().filter(|it| it.starts_with("Cycle: ")).count(), 2);
    assert!(summaries.contains(&"Reference to undeclared input variable"));
}

/// `count` locals in a row; with `closed` the first refers to the last.
fn row(count: usize, closed: bool) -> String {
    let line = |at: usize| match at {
        0 if closed => format!(" l0 = local.l{}\n", count - 1),
        0 => " l0 = 1\n".to_owned(),
        at => format!(" l{at} = local.l{}\n", at - 1),
    };
    format!("locals {{\n{}}}\n", (0..count).map(line).collect::<String>())
}

#[test]
fn depth_is_no_matter() {
    const DEEP: usize = 20_000;
    let last = format!("resource \"t_box\" \"a\" {{ name = local.l{} }}\n", DEEP - 1);
    let first = "resource \"t_box\" \"b\" { }\n";
    let text = row(DEEP, false).replacen("l0 = 1", "l0 = t_box.b.id", 1) + &last + first;
    let graph = graph(&text);
    assert_eq!(graph.in_order().count(), DEEP + 3);
    let found = graph.resource_dependencies(&node(&graph, "t_box.a"));
    assert_eq!(found.keys().map(ToString::to_string).collect::<Vec<_>>(), ["t_box.b"]);
}

#[test]
fn a_deep_cycle_is_told_in_time() {
    let config = config(&row(3_000, true));
    let started = std::time::Instant::now();
    let errors = Graph::build(&config).expect_err("a cycle");
    assert_eq!(errors.iter().next().map(|error| error.labels.len()), Some(3_000));
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}
