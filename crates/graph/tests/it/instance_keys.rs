//! References with and without the key of an instance.

use meridian_graph::Graph;

use crate::support::*;

#[test]
fn keys_are_named_where_there_are_any() {
    let blocks = r#"
        variable "k" { default = 0 }
        resource "t_box" "single" {}
        resource "t_box" "counted" { count = 2 }
        data "t_box" "each" { for_each = { x = 1 } }
    "#;
    const MISSING: &[&str] = &["Missing resource instance key"];
    const UNEXPECTED: &[&str] = &["Unexpected resource instance key"];
    for (expr, expected) in [
        ("t_box.counted.id", MISSING),
        ("try(t_box.counted.id, null)", MISSING),
        ("[for it in [1] : data.t_box.each.id]", MISSING),
        ("t_box.single[0].id", UNEXPECTED),
        ("t_box.single[\"x\"]", UNEXPECTED),
        ("t_box.single[var.k]", &[]),
        ("t_box.counted[0].id", &[]),
        ("t_box.counted[*].id", &[]),
        ("t_box.counted", &[]),
        ("data.t_box.each[\"x\"].id", &[]),
        ("t_box.single.id", &[]),
    ] {
        let text = format!("{blocks}\noutput \"o\" {{ value = {expr} }}");
        let found = Graph::build(&config(&text)).err().unwrap_or_default();
        let found: Vec<&str> = found.iter().map(|it| &*it.summary).collect();
        assert_eq!(found, expected, "{expr}");
    }
}
