//! Every reference becomes an edge, or a diagnostic.

use std::collections::HashMap;

use meridian_graph::Graph;

use crate::support::*;

const ALL: &str = r#"
    variable "prefix" { default = "p" }
    variable "size" {
        default = 1
        validation {
            condition     = var.size > 0 && var.prefix != ""
            error_message = "no"
        }
    }
    provider "t" {
        alias  = "west"
        region = local.region
    }
    locals {
        region = "west"
        name   = "${var.prefix}-${t_box.first.id}"
        twice  = [local.name, local.name]
    }
    resource "t_box" "first" { name = var.prefix }
    resource "t_box" "second" {
        provider = t.west
        for_each = { a = var.size }
        name     = "${each.key}${local.twice[0]}"
        nested { inner = [for it in t_box.third : it.id] }
        depends_on = [t_box.fourth]
        lifecycle {
            replace_triggered_by = [t_box.fifth]
            precondition {
                condition     = t_box.sixth.id != ""
                error_message = "no"
            }
        }
    }
    resource "t_box" "third" { count = 2 }
    resource "t_box" "fourth" { }
    resource "t_box" "fifth" { }
    resource "t_box" "sixth" { }
    output "all" {
        value      = t_box.second["a"].id
        depends_on = [t_box.third]
    }
"#;

fn dependencies(graph: &Graph, of: &str) -> Vec<String> {
    let mut found: Vec<String> =
        graph.dependencies(&node(graph, of)).map(|(it, _)| it.to_string()).collect();
    found.sort();
    found
}

#[test]
fn every_place_that_can_refer_is_looked_at() {
    let graph = graph(ALL);
    assert_eq!(
        dependencies(&graph, "t_box.second"),
        [
            "local.twice",
            "provider.t.west",
            "t_box.fifth",
            "t_box.fourth",
            "t_box.sixth",
            "t_box.third",
            "var.size"
        ]
    );
    assert_eq!(dependencies(&graph, "local.name"), ["t_box.first", "var.prefix"]);
    assert_eq!(dependencies(&graph, "local.twice"), ["local.name"]);
    assert_eq!(dependencies(&graph, "provider.t.west"), ["local.region"]);
    assert_eq!(dependencies(&graph, "output.all"), ["t_box.second", "t_box.third"]);
    assert_eq!(dependencies(&graph, "var.size"), ["var.prefix"], "and itself, which is no edge");
    assert_eq!(dependencies(&graph, "t_box.first"), ["provider.t", "var.prefix"]);
    let mut users: Vec<String> =
        graph.dependents(&node(&graph, "var.prefix")).map(|(it, _)| it.to_string()).collect();
    users.sort();
    assert_eq!(users, ["local.name", "t_box.first", "var.size"]);
}

#[test]
fn an_edge_knows_where_its_reference_stands() {
    let config = config(ALL);
    let graph = Graph::build(&config).expect("a graph");
    for node in graph.in_order() {
        for (dependency, span) in graph.dependencies(node) {
            match span {
                Some(span) => {
                    let text = config.sources.excerpt(span);
                    let name = dependency.to_string();
                    assert_eq!(text, name.strip_prefix("provider.").unwrap_or(&name));
                }
                None => assert_eq!(dependency.to_string(), "provider.t", "the default is unsaid"),
            }
        }
    }
}

#[test]
fn each_node_comes_after_what_it_depends_on() {
    let graph = graph(ALL);
    let position: HashMap<_, _> = graph.in_order().zip(0..).collect();
    assert_eq!(position.len(), graph.node_count());
    let mut edges = 0;
    for node in graph.in_order() {
        for (dependency, _) in graph.dependencies(node) {
            assert!(position[dependency] < position[node], "{dependency} before {node}");
            edges += 1;
        }
    }
    assert_eq!(edges, graph.edge_count());
}

#[test]
fn the_order_is_the_same_every_time() {
    let order = || -> Vec<String> { graph(ALL).in_order().map(ToString::to_string).collect() };
    let first = order();
    for _ in 0..20 {
        assert_eq!(order(), first);
    }
}

#[test]
fn values_are_found_up_to_the_next_resource() {
    let graph = graph(
        r#"
        variable "a" { default = 1 }
        variable "b" { default = 1 }
        locals { c = var.a }
        resource "t_box" "first" { size = var.b }
        data "t_box" "second" { size = [local.c, t_box.first.id] }
        output "o" { value = data.t_box.second.id }
        "#,
    );
    let of = |name: &str| -> Vec<String> {
        let node = node(&graph, name);
        let mut found: Vec<_> =
            graph.value_dependencies(&node).map(|(it, _)| it.to_string()).collect();
        found.sort();
        found
    };
    assert_eq!(of("output.o"), ["local.c", "var.a"], "what t_box.first needs has had its turn");
    assert_eq!(of("t_box.first"), ["var.b"]);
    assert!(of("var.a").is_empty());
}

#[test]
fn dependencies_among_resources_go_through_locals_and_no_further() {
    let graph = graph(ALL);
    let of = |name: &str| -> Vec<String> {
        let found = graph.resource_dependencies(&node(&graph, name));
        found.keys().map(ToString::to_string).collect()
    };
    assert_eq!(
        of("t_box.second"),
        ["t_box.fifth", "t_box.first", "t_box.fourth", "t_box.sixth", "t_box.third"]
    );
    assert_eq!(of("output.all"), ["t_box.second", "t_box.third"], "not what those depend on");
    assert!(of("t_box.first").is_empty());
}

#[test]
fn what_is_not_declared_is_said_with_a_suggestion() {
    for (reference, summary, advice) in [
        ("var.prefx", "Reference to undeclared input variable", "Did you mean \"prefix\"?"),
        (
            "var.zzz",
            "Reference to undeclared input variable",
            "can be declared with a variable \"zzz\" {} block",
        ),
        ("local.nane", "Reference to undeclared local value", "Did you mean \"name\"?"),
        ("t_box.frist", "Reference to undeclared resource", "did you mean t_box.first?"),
        (
            "data.t_box.first",
            "Reference to undeclared resource",
            "A data resource \"t_box\" \"first\"",
        ),
        ("module.net", "Reference to undeclared module", "module call named \"net\""),
    ] {
        let text = format!("{ALL}\noutput \"wrong\" {{ value = {reference}.id }}");
        let (error, place) = error(&text);
        assert_eq!(error.summary, summary);
        let told = format!("{} {}", error.detail, error.help.unwrap_or_default());
        assert!(told.contains(advice), "{reference}: {told}");
        assert_eq!(place, reference);
    }
}

#[test]
fn all_undeclared_names_are_told() {
    let found = errors("output \"a\" { value = [var.x, local.y, t_box.z] }");
    let places: Vec<&str> = found.iter().map(|(_, place)| &**place).collect();
    assert_eq!(places, ["var.x", "local.y", "t_box.z"]);
}

#[test]
fn names_of_a_repetition_have_their_place() {
    let count = "Reference to \"count\" in non-counted context";
    let each = "Reference to \"each\" in context without for_each";
    let own = "Invalid \"self\" reference";
    for (text, summary) in [
        ("resource \"t_box\" \"a\" { name = count.index }", count),
        ("resource \"t_box\" \"a\" {\n for_each = {}\n name = count.index\n}", count),
        ("resource \"t_box\" \"a\" {\n count = 1\n name = each.key\n}", each),
        ("resource \"t_box\" \"a\" { name = each.value }", each),
        ("resource \"t_box\" \"a\" {\n for_each = { a = each.key }\n}", each),
        ("locals { a = each.key }", each),
        ("output \"a\" { value = count.index }", count),
        ("resource \"t_box\" \"a\" { name = self.id }", own),
        ("output \"a\" { value = self.id }", own),
    ] {
        assert_eq!(error(text).0.summary, summary, "{text}");
    }
    graph("resource \"t_box\" \"a\" {\n count = 1\n name = count.index\n}");
    graph("resource \"t_box\" \"a\" {\n for_each = {}\n name = \"${each.key}${each.value}\"\n}");
    graph(
        "resource \"t_box\" \"a\" {\n lifecycle {\n postcondition {\n condition = self.id != \"\"\n \
         error_message = \"no\"\n }\n }\n}",
    );
}

#[test]
fn a_block_may_not_refer_to_itself() {
    let (told, place) = error("resource \"t_box\" \"a\" { name = t_box.a.id }");
    assert_eq!(told.summary, "Self-referential block");
    assert!(told.detail.contains("t_box.a"), "{}", told.detail);
    assert_eq!(place, "t_box.a");
    assert_eq!(error("locals { a = [local.a] }").0.summary, "Self-referential block");
}

#[test]
fn a_provider_that_is_named_must_be_there() {
    let (told, place) = error("resource \"t_box\" \"a\" { provider = t.east }");
    assert_eq!(told.summary, "Provider configuration not present");
    assert_eq!(place, "t.east");
    assert!(told.help.expect("advice").contains("alias = \"east\""));
}

#[test]
fn the_data_of_a_check_is_seen_by_that_check_only() {
    let check = r#"
        check "a" {
          data "t_box" "d" { }
          assert {
            condition     = data.t_box.d.id == "x"
            error_message = data.t_box.d.id
          }
        }
    "#;
    graph(check);
    for other in [
        "locals { a = data.t_box.d.id }",
        "resource \"t_box\" \"r\" { depends_on = [data.t_box.d] }",
        "check \"b\" {\n assert {\n condition = data.t_box.d.id == 1\n error_message = \"\"\n}\n}",
    ] {
        let (told, place) = error(&format!("{check}\n{other}"));
        assert_eq!(told.summary, "Reference to scoped resource", "{other}");
        assert_eq!(place, "data.t_box.d", "{other}");
    }
}

#[test]
fn what_is_imported_comes_after_what_its_identity_is_made_of() {
    let text = r#"
        locals { one = "a" }
        import {
          for_each = { k = local.one }
          to       = t_box.a[each.key]
          id       = "${each.value}${t_box.b.id}"
        }
        resource "t_box" "a" { for_each = {} }
        resource "t_box" "b" { }
    "#;
    let needed = dependencies(&graph(text), "t_box.a");
    assert!(needed.contains(&"local.one".to_owned()), "{needed:?}");
    assert!(needed.contains(&"t_box.b".to_owned()), "{needed:?}");
}
