//! `terraform` blocks: versions, providers, what concerns only Terraform.

mod common;

use std::path::Path;

use meridian_config::parse;

#[test]
fn wrong_configurations_are_told_as_terraform_tells_them() {
    common::check(include_str!("wrong/terraform_block.txt"));
}

#[test]
fn what_is_required_is_kept_as_written() {
    let text = r#"
terraform {
  required_version = ">= 1.3, < 2.0"
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = "~> 5.0"
      configuration_aliases = [aws.west, aws.east]
    }
    random = "~> 3.0"
  }
}
"#;
    let loaded = parse(Path::new("."), vec![("main.tf".into(), text.into())]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let module = loaded.config.root();
    assert_eq!(module.required_versions[0].0, ">= 1.3, < 2.0");
    let [aws, random] = &module.required_providers[..] else { panic!("two providers") };
    assert_eq!(
        (aws.source.as_deref(), aws.version.as_deref()),
        (Some("hashicorp/aws"), Some("~> 5.0"))
    );
    let aliases: Vec<_> = aws.aliases.iter().map(ToString::to_string).collect();
    assert_eq!(aliases, ["aws.west", "aws.east"]);
    assert_eq!((random.source.as_deref(), random.version.as_deref()), (None, Some("~> 3.0")));
}

#[test]
fn the_language_that_is_implemented_is_named() {
    let text = "terraform {\n  required_version = \">= 2.0\"\n}\n";
    let loaded = parse(Path::new("."), vec![("main.tf".into(), text.into())]);
    let problem = loaded.diagnostics.iter().next().expect("a diagnostic");
    assert!(problem.detail.contains("Meridian implements the language of Terraform 1.11"));
}
