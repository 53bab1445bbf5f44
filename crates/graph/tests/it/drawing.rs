//! Graphs as they are drawn.

use std::path::Path;
use std::sync::Arc;

use meridian_config::{Config, Module};
use meridian_graph::{ConfigResource, Graph, ModulePath, ResourceMode};
use meridian_lang::Diagnostics;

use crate::support::{config, graph};

fn stored(name: &str) -> ConfigResource {
    ConfigResource {
        module: ModulePath::root(),
        mode: ResourceMode::Managed,
        type_name: "t_box".into(),
        name: name.into(),
    }
}

#[test]
fn the_resources_and_what_they_lean_on_are_drawn() {
    let text = r#"
        resource "t_box" "b" { name = local.via }
        locals { via = t_box.a.id }
        resource "t_box" "a" { }
        output "o" { value = t_box.b.id }
    "#;
    let expected = r#"digraph G {
  rankdir = "RL";
  node [shape = rect, fontname = "sans-serif"];
  "t_box.a" [label="t_box.a"];
  "t_box.b" [label="t_box.b"];
  "t_box.left" [label="t_box.left"];
  "t_box.b" -> "t_box.a";
}
"#;
    assert_eq!(graph(text).drawing([stored("left"), stored("a")]).to_dot(), expected);
}

#[test]
fn what_follows_from_other_arrows_is_left_out() {
    let text = r#"
        provider "t" {
          name = t_box.first.id
        }
        resource "p_box" "other" { name = [t_box.a.id, t_box.b.id, t_box.c.id] }
        resource "t_box" "c" { name = [t_box.b.id, t_box.a.id] }
        resource "t_box" "b" { name = t_box.a.id }
        resource "t_box" "a" { }
        resource "p_box" "first" { }
    "#;
    let text = text.replace("t_box.first", "p_box.first");
    let drawn = graph(&text).drawing([]).to_dot();
    let arrows: Vec<&str> = drawn.lines().filter(|line| line.contains("->")).collect();
    assert_eq!(
        arrows,
        [
            r#"  "p_box.other" -> "t_box.c";"#,
            r#"  "t_box.a" -> "p_box.first";"#,
            r#"  "t_box.b" -> "t_box.a";"#,
            r#"  "t_box.c" -> "t_box.b";"#,
        ]
    );
}

#[test]
fn a_configuration_without_resources_says_so() {
    let drawn = graph("output \"o\" { value = 1 }").drawing([]).to_dot();
    assert!(drawn.contains("/* This configuration does not contain any resources.         */"));
}

#[test]
fn modules_are_boxes_around_their_resources() {
    let mut config: Config =
        config("resource \"t_box\" \"a\" { name = t_box.b.id }\nresource \"t_box\" \"b\" { }");
    let inner: Arc<Module> = config.modules[&ModulePath::root()].clone();
    config.modules.insert(ModulePath::root().child("m"), inner.clone());
    config.modules.insert(ModulePath::root().child("m-a"), inner.clone());
    config.modules.insert(ModulePath::root().child("m").child("n"), inner);
    let drawing = Graph::build(&config).expect("a graph").drawing([]);
    let dot = drawing.to_dot();
    let boxes: Vec<&str> = dot.lines().filter(|line| line.contains("subgraph")).collect();
    // As terraform graph orders them.
    assert_eq!(
        boxes,
        [
            "  subgraph \"cluster_module.m\" {",
            "  subgraph \"cluster_module.m-a\" {",
            "  subgraph \"cluster_module.m.module.n\" {",
        ]
    );
    assert!(dot.contains("    \"module.m.module.n.t_box.a\" [label=\"t_box.a\"];\n"), "{dot}");
    let mermaid = drawing.to_mermaid();
    assert!(
        mermaid.starts_with("flowchart RL\n  r0[\"t_box.a\"]\n  r1[\"t_box.b\"]\n"),
        "{mermaid}"
    );
    assert!(mermaid.contains("  subgraph m3[\"module.m.module.n\"]\n    r6["), "{mermaid}");
    assert!(mermaid.ends_with("  r6 --> r7\n"), "{mermaid}");
}

#[test]
fn cycles_are_drawn_in_red() {
    let text = r#"
        resource "t_box" "a" { name = t_box.b.id }
        resource "t_box" "b" { name = t_box.a.id }
        resource "t_box" "c" { name = t_box.a.id }
    "#;
    let config = config(text);
    assert!(Graph::build(&config).is_err());
    let dot = Graph::dot_with_cycles(&config).expect("a drawing");
    let red: Vec<&str> = dot.lines().filter(|line| line.contains("red")).map(str::trim).collect();
    let style = "[color = \"red\", penwidth = \"2.0\"]";
    assert_eq!(
        red,
        [
            format!("\"[root] t_box.a\" -> \"[root] t_box.b\" {style}"),
            format!("\"[root] t_box.b\" -> \"[root] t_box.a\" {style}"),
        ]
    );
    assert!(dot.contains("\"[root] t_box.c\" -> \"[root] t_box.a\"\n"), "{dot}");
}

#[test]
fn references_of_a_lone_expression_are_checked() {
    let config = config("variable \"x\" {}\nresource \"t_box\" \"a\" { }");
    let graph = Graph::build(&config).expect("a graph");
    let checked = |expression: &str| -> Diagnostics {
        let text = format!("locals {{\n  e = {expression}\n}}\n");
        let loaded = meridian_config::parse(Path::new("."), vec![("e.tf".into(), text)]);
        let expr = &loaded.config.root().locals[0].expr;
        graph.check_references(&config, &ModulePath::root(), expr)
    };
    assert!(checked("[var.x, t_box.a, [for e in var.x : e]]").is_empty());
    let wrong = checked("[var.y, t_box.b, count.index, self]");
    let summaries: Vec<&str> = wrong.iter().map(|it| it.summary.as_str()).collect();
    assert_eq!(
        summaries,
        [
            "Reference to undeclared input variable",
            "Reference to undeclared resource",
            "Reference to \"count\" in non-counted context",
            "Invalid \"self\" reference",
        ]
    );
}
