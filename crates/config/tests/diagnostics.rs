//! What is said about configurations that are wrong, and on which line.

use std::path::Path;

use meridian_config::{Loaded, parse};

fn load(files: &[(&str, &str)]) -> Loaded {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    parse(Path::new("."), files)
}

/// Line and summary of each diagnostic, in the order of the lines.
fn problems(text: &str) -> Vec<(usize, String)> {
    let loaded = load(&[("main.tf", text)]);
    let line = |span| loaded.config.sources.position(span).line;
    let mut problems: Vec<_> = loaded
        .diagnostics
        .iter()
        .map(|problem| (problem.span.map_or(0, line), problem.summary.clone()))
        .collect();
    problems.sort();
    problems
}

fn check(cases: &[(&str, &[(usize, &str)])]) {
    for (text, expected) in cases {
        let expected: Vec<_> =
            expected.iter().map(|(line, summary)| (*line, (*summary).to_owned())).collect();
        assert_eq!(problems(text), expected, "{text}");
    }
}

#[test]
fn syntax_errors_are_where_terraform_finds_them() {
    const MULTI_LINE: &str = "Invalid multi-line string";
    check(&[
        ("resource \"a\" \"b\" {\n  x = 1\n", &[(1, "Unclosed configuration block")]),
        ("resource \"a\" \"b\" {\n  x = \n}\n", &[(2, "Invalid expression")]),
        ("resource \"a\" \"b\" {\n  x\n}\n", &[(2, "Argument or block definition required")]),
        ("resource \"a\" \"b\" {\n  \"x\" = 1\n}\n", &[(2, "Invalid argument name")]),
        ("resource \"a\" \"b\" {\n  x = 1 y = 2\n}\n", &[(2, "Missing newline after argument")]),
        ("resource \"a\" \"b\" {\n  x = 1,\n}\n", &[(2, "Unexpected comma after argument")]),
        ("resource \"a\" \"b\" {} locals {}\n", &[(1, "Missing newline after block definition")]),
        ("resource \"a\" \"b\"\n{\n}\n", &[(1, "Invalid block definition")]),
        ("locals {\n  a = 1\n  a = 2\n}\n", &[(3, "Attribute redefined")]),
        ("locals {\n  a = [1 2]\n}\n", &[(2, "Missing item separator")]),
        ("locals {\n  a = f(1 2)\n}\n", &[(2, "Missing argument separator")]),
        ("locals {\n  a = { b 1 }\n}\n", &[(2, "Missing key/value separator")]),
        (
            "locals {\n  a = \"${b\"\n}\n",
            &[(2, MULTI_LINE), (2, "Unclosed template interpolation sequence"), (3, MULTI_LINE)],
        ),
        ("locals {\n  a = \"\\q\"\n}\n", &[(2, "Invalid escape sequence")]),
        ("locals {\n  a = 'b'\n}\n", &[(2, "Invalid character"), (2, "Invalid expression")]),
        ("locals {\n  a = <<EOT\nb\n}\n", &[(5, "Unterminated template string")]),
        (
            "locals {\n  a = \"b\n  c = { d = \"e\" }\n}\n",
            &[
                (2, MULTI_LINE),
                (2, "Unterminated template string"),
                (3, MULTI_LINE),
                (4, MULTI_LINE),
            ],
        ),
        ("locals {\n  a = \"b\n c\"\n}\n", &[(2, MULTI_LINE), (2, "Unterminated template string")]),
    ]);
}

#[test]
fn errors_in_several_blocks_are_all_reported() {
    let text = "locals {\n  a = [1,,2]\n}\nlocals {\n  b = 1 +\n}\nlocals {\n  c = 1\n}\n";
    check(&[(text, &[(2, "Invalid expression"), (5, "Invalid expression")])]);
}

#[test]
fn blocks_must_be_known_and_have_their_labels() {
    check(&[
        ("resorce \"a\" \"b\" {}\n", &[(1, "Unsupported block type")]),
        ("x = 1\n", &[(1, "Unsupported argument")]),
        ("resource \"a\" {}\n", &[(1, "Missing name for resource")]),
        ("output \"a\" \"b\" {\n  value = 1\n}\n", &[(1, "Extraneous label for output")]),
        ("output \"a\" {}\n", &[(1, "Missing required argument")]),
        ("output \"1a\" {\n  value = 1\n}\n", &[(1, "Invalid output name")]),
        ("variable \"count\" {}\n", &[(1, "Invalid variable name")]),
        (
            "resource \"a\" \"b\" {\n  dynamic \"c\" {\n    for_each = []\n  }\n}\n",
            &[(2, "Missing dynamic content block")],
        ),
        ("terraform {\n  backend \"s3\" {}\n}\n", &[(2, "Backend configuration ignored")]),
    ]);
}

#[test]
fn nothing_is_declared_twice() {
    let text = "resource \"aws_kms_key\" \"a\" {}\nresource \"aws_kms_key\" \"a\" {}\n";
    let loaded = load(&[("main.tf", text)]);
    let problem = loaded.diagnostics.iter().next().expect("a diagnostic");
    assert_eq!(problem.summary, "Duplicate resource \"aws_kms_key\" configuration");
    assert_eq!(
        problem.detail,
        "A aws_kms_key resource named \"a\" was already declared at main.tf:1,1-27. Resource \
         names must be unique per type in each module."
    );
    check(&[
        ("variable \"a\" {}\nvariable \"a\" {}\n", &[(2, "Duplicate variable declaration")]),
        ("provider \"a\" {}\nprovider \"a\" {}\n", &[(2, "Duplicate provider configuration")]),
        (
            "locals {\n  a = 1\n}\nlocals {\n  a = 1\n}\n",
            &[(5, "Duplicate local value definition")],
        ),
    ]);
}

#[test]
fn meta_arguments_are_checked() {
    check(&[
        (
            "resource \"a\" \"b\" {\n  count = 1\n  for_each = {}\n}\n",
            &[(3, "Invalid combination of \"count\" and \"for_each\"")],
        ),
        (
            "resource \"a\" \"b\" {\n  lifecycle {\n    prevent_destroy = var.x\n  }\n}\n",
            &[(3, "Variables not allowed")],
        ),
        ("resource \"a\" \"b\" {\n  depends_on = 1\n}\n", &[(2, "Invalid expression")]),
        (
            "resource \"a\" \"b\" {\n  depends_on = [\"c.d\"]\n}\n",
            &[(2, "Quoted references are deprecated")],
        ),
        (
            "resource \"a\" \"b\" {\n  provider = c[\"d\"]\n}\n",
            &[(2, "Invalid provider configuration reference")],
        ),
    ]);
}

#[test]
fn types_and_defaults_of_variables() {
    let variable = |content: &str| format!("variable \"v\" {{\n{content}\n}}\n");
    let cases = [
        ("type = list(string)", None),
        ("type = list", None),
        ("type = \"string\"", Some("Invalid quoted type constraints")),
        ("type = foo", Some("Invalid type specification")),
        ("type = list(string, string)", Some("Invalid type specification")),
        ("type = optional(string)", Some("Invalid type specification")),
        ("type = object({ a = optional(number, 5), b = tuple([any]) })", None),
        (
            "type = object({ a = optional(number, []) })",
            Some("Invalid default value for optional attribute"),
        ),
        ("type = bool\ndefault = \"x\"", Some("Invalid default value for variable")),
        ("default = null\nnullable = false", Some("Invalid default value for variable")),
        ("default = upper(\"x\")", Some("Function calls not allowed")),
    ];
    for (content, expected) in cases {
        let found = problems(&variable(content));
        assert_eq!(found.first().map(|(_, summary)| &**summary), expected, "{content}");
    }
}

#[test]
fn override_files_are_laid_over_the_others() {
    let base = r#"
locals {
  a = 1
  b = 2
}
resource "x" "y" {
  p = 1
  q = 1
  n {}
  lifecycle {
    prevent_destroy = true
  }
}
"#;
    let over = r#"
locals {
  a = 10
}
resource "x" "y" {
  p = 2
  count = 3
  n {}
  n {}
  lifecycle {
    create_before_destroy = true
  }
}
"#;
    let loaded = load(&[("a_override.tf", over), ("main.tf", base)]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let config = &loaded.config;
    let text = |expr: &meridian_lang::Expr| config.sources.excerpt(expr.span).to_owned();
    let locals: Vec<_> = config.root().locals.iter().map(|local| text(&local.expr)).collect();
    assert_eq!(locals, ["10", "2"]);
    let body = &config.root().resources[0].body;
    let arguments: Vec<_> = body.attributes.iter().map(|argument| text(&argument.expr)).collect();
    assert_eq!(arguments, ["2", "1"]);
    assert_eq!(body.blocks.len(), 2);
    let lifecycle = &config.root().resources[0].lifecycle;
    assert!(lifecycle.prevent_destroy && lifecycle.create_before_destroy == Some(true));
    assert!(matches!(config.root().resources[0].repetition, meridian_config::Repetition::Count(_)));

    let orphan = load(&[("override.tf", "variable \"v\" {}\n")]);
    let problem = orphan.diagnostics.iter().next().expect("a diagnostic");
    assert_eq!(problem.summary, "Missing base variable declaration to override");
}
