//! `resource`, `data` and `ephemeral` blocks.

mod common;

use std::path::Path;

use meridian_config::{Repetition, parse};
use meridian_lang::ResourceMode;

#[test]
fn wrong_configurations_are_told_as_terraform_tells_them() {
    common::check(include_str!("wrong/data_blocks.txt"));
}

#[test]
fn the_three_kinds_of_blocks_differ_only_in_their_mode() {
    let text = r#"
resource "a_b" "c" {
  count = 2
}
data "a_b" "c" {
  for_each   = {}
  provider   = a.west
  depends_on = [a_b.c]
  x          = 1
  lifecycle {
    precondition {
      condition     = var.x
      error_message = "no"
    }
    postcondition {
      condition     = self.x == 1
      error_message = "no"
    }
  }
  _ {
    count = 5
  }
}
ephemeral "a_b" "c" {
  x = 1
}
"#;
    let loaded = parse(Path::new("."), vec![("main.tf".into(), text.into())]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let resources = &loaded.config.root().resources;
    let modes: Vec<_> = resources.iter().map(|it| it.mode).collect();
    assert_eq!(modes, [ResourceMode::Managed, ResourceMode::Data, ResourceMode::Ephemeral]);
    let data = &resources[1];
    assert!(matches!(data.repetition, Repetition::ForEach(_)));
    let provider = data.provider.as_ref().expect("a provider");
    assert_eq!(provider.to_string(), "a.west");
    assert_eq!(data.depends_on.len(), 1);
    assert_eq!(data.lifecycle.preconditions.len(), 1);
    assert_eq!(data.lifecycle.postconditions.len(), 1);
    let arguments: Vec<_> = data.body.attributes.iter().map(|it| &*it.name).collect();
    assert_eq!(arguments, ["x", "count"]);
}

#[test]
fn override_files_are_laid_over_data_blocks() {
    let files = [
        ("main.tf", "data \"a_b\" \"c\" {\n  x = 1\n}\n"),
        ("main_override.tf", "data \"a_b\" \"c\" {\n  x = 2\n}\n"),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec();
    let loaded = parse(Path::new("."), files);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let value = &loaded.config.root().resources[0].body.attributes[0].expr;
    assert_eq!(loaded.config.sources.excerpt(value.span), "2");
}
