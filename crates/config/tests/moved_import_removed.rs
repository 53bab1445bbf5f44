//! `moved`, `import` and `removed` blocks.

mod common;

use std::path::Path;

use meridian_config::{Loaded, parse};

#[test]
fn wrong_configurations_are_told_as_terraform_tells_them() {
    common::check(include_str!("wrong/moved_import_removed.txt"));
}

fn load(text: &str) -> Loaded {
    let loaded = parse(Path::new("."), vec![("main.tf".into(), text.into())]);
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
    loaded
}

#[test]
fn addresses_are_read_as_they_are_written() {
    for (from, to) in [
        ("terraform_data.a", "terraform_data.b[0]"),
        ("terraform_data.a[\"x.y\"]", "module.m.terraform_data.a"),
        ("module.a", "module.b[\"k\"].module.c[3]"),
        ("module.a[0].terraform_data.b[\"k\"]", "terraform_data.c"),
    ] {
        let loaded = load(&format!("moved {{\n  from = {from}\n  to   = {to}\n}}\n"));
        let moved = &loaded.config.root().moved[0];
        assert_eq!((moved.from.to_string(), moved.to.to_string()), (from.into(), to.into()));
    }
}

#[test]
fn what_is_removed_is_destroyed_unless_it_says_otherwise() {
    for (lifecycle, destroy) in
        [("", true), ("lifecycle {}", true), ("lifecycle {\n    destroy = false\n  }", false)]
    {
        let loaded = load(&format!("removed {{\n  from = module.a.x_y.z\n  {lifecycle}\n}}\n"));
        let removed = &loaded.config.root().removed[0];
        assert_eq!(removed.from.to_string(), "module.a.x_y.z");
        assert_eq!(removed.destroy, destroy, "{lifecycle}");
    }
}

#[test]
fn the_target_of_an_import_is_taken_apart() {
    let loaded = load(
        r#"
import {
  for_each = { a = "x" }
  to       = x_y.z[each.key]
  id       = each.value
}
resource "x_y" "z" {
  for_each = {}
}
"#,
    );
    let config = &loaded.config;
    let import = &config.root().imports[0];
    let target = import.target().expect("a target");
    assert_eq!(target.config().to_string(), "x_y.z");
    let key = target.key.expect("a key");
    assert_eq!(config.sources.excerpt(key.span), "each.key");
    assert!(import.for_each.is_some() && target.modules.is_empty());

    let files = [
        (
            "main.tf",
            "module \"m\" {\n  source = \"./m\"\n  count = 1\n}\nimport {\n  to = module.m[0].x_y.z[\"k\"]\n  id = \"i\"\n}\n",
        ),
        ("m/main.tf", "resource \"x_y\" \"z\" {\n  for_each = {}\n}\n"),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec();
    let loaded = parse(Path::new("."), files);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let target = loaded.config.root().imports[0].target().expect("a target");
    assert_eq!(target.config().to_string(), "module.m.x_y.z");
    assert!(target.modules[0].1.is_some() && target.key.is_some());
}
