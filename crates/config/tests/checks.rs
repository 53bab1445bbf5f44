//! `check` blocks.

mod common;

use std::path::Path;

use meridian_config::parse;
use meridian_lang::ResourceMode;

#[test]
fn wrong_configurations_are_told_as_terraform_tells_them() {
    common::check(include_str!("wrong/checks.txt"));
}

#[test]
fn the_data_of_a_check_is_among_the_resources() {
    let text = r#"
check "health" {
  data "a_b" "c" {
    provider   = a.west
    depends_on = [a_b.d]
    x          = 1
  }
  assert {
    condition     = data.a_b.c.x == 1
    error_message = "no"
  }
  assert {
    condition     = data.a_b.c.y == 1
    error_message = "no"
  }
}
"#;
    let loaded = parse(Path::new("."), vec![("main.tf".into(), text.into())]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let module = loaded.config.root();
    assert_eq!(&*module.checks[0].name.text, "health");
    assert_eq!(module.checks[0].assertions.len(), 2);
    let data = &module.resources[0];
    assert_eq!((data.mode, data.check.as_deref()), (ResourceMode::Data, Some("health")));
    assert!(data.provider.is_some() && data.depends_on.len() == 1);
}
