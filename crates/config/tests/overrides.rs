//! Override files: what they change, in either syntax, and what they may not hold.

use std::path::Path;

use meridian_config::{Loaded, parse};

const BASE: &str = r#"terraform {
  required_version = ">= 1.0"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
    x   = { source = "a/x" }
  }
}
locals {
  a = 1
}
variable "v" {
  default     = "x"
  description = "d"
}
output "o" {
  value       = local.a
  description = "first"
}
provider "aws" {
  region = "one"
  assume_role {}
}
resource "r" "r" {
  p = 1
  q = 1
  n {}
  dynamic "m" {}
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [p]
  }
}
"#;

fn laid_over(files: &[(&str, &str)]) -> Loaded {
    let files = std::iter::once(&("main.tf", BASE)).chain(files);
    let files = files.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    parse(Path::new("."), files)
}

#[test]
fn what_cannot_be_overridden_is_refused() {
    let cases = [
        ("moved {}", "Cannot override 'moved' blocks"),
        ("import {}", "Cannot override 'import' blocks"),
        ("check \"c\" {}", "Can't override check blocks"),
        ("locals {\n c = 1\n}", "Missing base local value definition to override"),
        ("variable \"w\" {}", "Missing base variable declaration to override"),
        ("output \"w\" {\n value = 1\n}", "Missing base output definition to override"),
        ("resource \"r\" \"s\" {}", "Missing resource to override"),
        ("data \"r\" \"s\" {}", "Missing data resource to override"),
        ("module \"m\" {}", "Missing module call to override"),
        (
            "provider \"aws\" {\n alias = \"x\"\n}",
            "Missing base provider configuration for override",
        ),
        ("variable \"v\" {\n validation {}\n}", "Can't override validation blocks"),
        ("output \"o\" {\n precondition {}\n}", "Can't override precondition blocks"),
        ("output \"o\" {\n depends_on = [r.r]\n}", "Unsupported override"),
        ("resource \"r\" \"r\" {\n depends_on = [r.r]\n}", "Unsupported override"),
        (
            "resource \"r\" \"r\" {\n lifecycle {\n postcondition {}\n }\n}",
            "Can't override postcondition blocks",
        ),
        ("resource \"r\" \"r\" {\n lifecycle {}\n lifecycle {}\n}", "Duplicate lifecycle block"),
    ];
    for (text, expected) in cases {
        let loaded = laid_over(&[("x_override.tf", text)]);
        let found = loaded.diagnostics.iter().any(|problem| {
            let file = problem.span.map(|span| loaded.config.sources.name(span.file).to_owned());
            problem.summary == expected && file.as_deref() == Some("x_override.tf")
        });
        assert!(found, "{text}: {:?}", loaded.diagnostics);
    }
    let loaded = laid_over(&[("override.tf.json", r#"{"moved":{"from":"a.b","to":"a.c"}}"#)]);
    let first = loaded.diagnostics.iter().next().expect("a diagnostic");
    assert_eq!(first.summary, "Cannot override 'moved' blocks");
}

#[test]
fn both_syntaxes_are_laid_over_the_base() {
    let native = r#"
        terraform {
          required_version = "~> 1.5"
          required_providers {
            aws = { source = "hashicorp/aws", version = "~> 6.0" }
          }
        }
        locals {
          a = 2
        }
        variable "v" {
          default = "y"
        }
        output "o" {
          value = 3
        }
        provider "aws" {
          region = "two"
        }
        resource "r" "r" {
          p = 2
          n {}
          n {}
          m {}
          lifecycle {
            prevent_destroy = true
          }
        }
    "#;
    let json = r#"{
        "terraform": {
          "required_version": "~> 1.5",
          "required_providers": {"aws": {"source": "hashicorp/aws", "version": "~> 6.0"}}
        },
        "locals": {"a": 2},
        "variable": {"v": {"default": "y"}},
        "output": {"o": {"value": 3}},
        "provider": {"aws": {"region": "two"}},
        "resource": {"r": {"r": {
          "p": 2, "n": [{}, {}], "m": {}, "lifecycle": {"prevent_destroy": true}
        }}}
    }"#;
    for (name, text) in [("override.tf", native), ("override.tf.json", json)] {
        let loaded = laid_over(&[(name, text)]);
        assert!(loaded.diagnostics.is_empty(), "{name}: {:?}", loaded.diagnostics);
        let config = &loaded.config;
        let text = |span| config.sources.excerpt(span).trim_matches('"').to_owned();
        let versions: Vec<_> =
            config.root().required_versions.iter().map(|(it, _)| &**it).collect();
        assert_eq!(versions, ["~> 1.5"]);
        let providers: Vec<_> =
            config.root().required_providers.iter().map(|it| it.version.as_deref()).collect();
        assert_eq!(providers, [Some("~> 6.0"), None]);
        assert_eq!(text(config.root().locals[0].expr.span), "2");
        let variable = &config.root().variables[0];
        assert_eq!(variable.default.as_ref().and_then(|it| it.as_str()), Some("y"));
        assert_eq!(variable.description.as_deref(), Some("d"));
        assert_eq!(text(config.root().outputs[0].value.span), "3");
        assert_eq!(config.root().outputs[0].description.as_deref(), Some("first"));
        let provider = &config.root().providers[0].body;
        assert_eq!(text(provider.attributes[0].expr.span), "two");
        assert_eq!(provider.blocks.len(), 1);
        let resource = &config.root().resources[0];
        let lifecycle = &resource.lifecycle;
        assert!(lifecycle.prevent_destroy && lifecycle.create_before_destroy == Some(true));
        let attribute = |name| resource.body.attribute(name).map(|it| text(it.expr.span));
        assert_eq!((attribute("p"), attribute("q")), (Some("2".into()), Some("1".into())));
        let blocks = resource.body.blocks.iter().map(|it| &*it.name).collect::<Vec<_>>();
        if name.ends_with(".json") {
            // Only the schema can tell what these are; the blocks of the base are gone.
            assert_eq!(attribute("n"), Some("[{}, {}]".into()));
            assert_eq!(blocks, Vec::<&str>::new());
        } else {
            assert_eq!(blocks, ["n", "n", "m"]);
        }
    }
}

#[test]
fn later_override_files_win() {
    let a = "resource \"r\" \"r\" {\n  p = 10\n}\n";
    let b = "resource \"r\" \"r\" {\n  p = 20\n}\n";
    let loaded = laid_over(&[("a_override.tf", a), ("b_override.tf", b)]);
    let attribute = loaded.config.root().resources[0].body.attribute("p").expect("an argument");
    assert_eq!(loaded.config.sources.excerpt(attribute.expr.span), "20");
}

#[test]
fn required_providers_stand_once_in_the_primary_files() {
    let loaded = laid_over(&[("other.tf", "terraform {\n  required_providers {}\n}\n")]);
    let summary = "Duplicate required providers configuration";
    assert!(loaded.diagnostics.iter().any(|problem| problem.summary == summary));
}
