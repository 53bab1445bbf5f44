//! Malformed arguments, and what Terraform says of each and where.

use std::path::Path;

use meridian_config::parse;

/// What stands in a `locals` block, and the messages about it as `line:column summary`.
const CASES: [(&str, &[&str]); 80] = [
    ("a = ", &["2:7 Invalid expression"]),
    ("a", &["2:3 Argument or block definition required"]),
    ("\"a\" = 1", &["2:3 Invalid argument name"]),
    ("a = 1 b = 2", &["2:9 Missing newline after argument"]),
    ("a = 1,", &["2:8 Unexpected comma after argument"]),
    ("a = [1 2]", &["2:10 Missing item separator"]),
    ("a = [1,,2]", &["2:10 Invalid expression"]),
    ("a = [", &["3:1 Invalid expression"]),
    ("a = (1", &["3:1 Unbalanced parentheses"]),
    ("a = )", &["2:7 Invalid expression"]),
    ("a = {b 1}", &["2:10 Missing key/value separator"]),
    ("a = {b = }", &["2:12 Invalid expression"]),
    ("a = {b = 1", &["1:8 Unclosed configuration block"]),
    ("a = {= 1}", &["2:8 Invalid expression"]),
    ("a = f(1 2)", &["2:11 Missing argument separator"]),
    ("a = f(", &["3:1 Invalid expression"]),
    ("a = f(1,,2)", &["2:11 Invalid expression"]),
    ("a = 1 +", &["2:10 Invalid expression"]),
    ("a = * 1", &["2:7 Invalid expression"]),
    ("a = 1 ++ ", &["2:10 Invalid expression"]),
    (
        "a = \"x",
        &[
            "2:9 Invalid multi-line string",
            "2:9 Unterminated template string",
            "3:2 Invalid multi-line string",
        ],
    ),
    (
        "a = \"${x\"",
        &[
            "2:8 Unclosed template interpolation sequence",
            "2:12 Invalid multi-line string",
            "3:2 Invalid multi-line string",
        ],
    ),
    (
        "a = \"${\"",
        &[
            "2:11 Invalid multi-line string",
            "2:11 Unterminated template string",
            "3:2 Invalid multi-line string",
        ],
    ),
    ("a = \"${}\"", &["2:10 Invalid expression"]),
    ("a = \"%{if x}\"", &["2:15 Unexpected end of template"]),
    ("a = \"%{foo}\"", &["2:10 Invalid template control keyword"]),
    ("a = <<EOT\nx", &["5:1 Unterminated template string"]),
    ("a = <<EOT", &["4:1 Unterminated template string"]),
    ("a = <<", &["2:7 Invalid expression"]),
    ("a = \"\\q\"", &["2:8 Invalid escape sequence"]),
    ("a = \"\\u12\"", &["2:8 Invalid escape sequence"]),
    ("a = 'x'", &["2:7 Invalid character", "2:7 Invalid expression"]),
    ("a = `x`", &["2:7 Invalid character", "2:7 Invalid expression"]),
    ("a = x;", &["2:8 Invalid character", "2:8 Missing newline after argument"]),
    ("a = 1 & 2", &["2:9 Missing newline after argument", "2:9 Unsupported operator"]),
    ("a = 1 | 2", &["2:9 Missing newline after argument", "2:9 Unsupported operator"]),
    ("a = ~1", &["2:7 Invalid expression", "2:7 Unsupported operator"]),
    ("a = x ? y", &["2:12 Missing false expression in conditional"]),
    ("a = x ? : z", &["2:11 Invalid expression"]),
    ("a = x ? y :", &["2:14 Invalid expression"]),
    ("a = x.", &["2:9 Invalid attribute name"]),
    ("a = x..y", &["2:9 Invalid attribute name"]),
    ("a = x[", &["3:1 Invalid expression"]),
    ("a = x[]", &["2:9 Invalid expression"]),
    ("a = x[1", &["4:1 Missing close bracket on index"]),
    ("a = [for x]", &["2:13 Invalid 'for' expression"]),
    ("a = [for x in]", &["2:16 Invalid expression"]),
    ("a = [for x in y]", &["2:18 Invalid 'for' expression"]),
    ("a = [for x in y : ]", &["2:21 Invalid expression"]),
    ("a = {for x in y : x => y", &["1:8 Unclosed configuration block"]),
    ("a = 1.", &["2:9 Invalid attribute name"]),
    ("a = 1e", &["2:8 Missing newline after argument"]),
    ("a = 0x1", &["2:8 Missing newline after argument"]),
    ("a = .5", &["2:7 Invalid expression"]),
    ("a = @", &["2:7 Invalid character", "2:7 Invalid expression"]),
    ("a = /* x", &["2:7 Invalid expression"]),
    ("a = x::y", &["2:11 Missing open parenthesis"]),
    ("a = x::", &["2:10 Missing function name"]),
    ("a = f(x...)", &["2:9 Invalid reference"]),
    ("a = f(x..., y)", &["2:10 Missing closing parenthesis"]),
    ("a = [x...]", &["2:9 Missing item separator"]),
    ("a = !", &["2:8 Invalid expression"]),
    ("a = -", &["2:8 Invalid expression"]),
    ("a = 1 == ", &["2:12 Invalid expression"]),
    ("a = true.", &["2:12 Invalid attribute name"]),
    ("a = \"a\" \"b\"", &["2:11 Missing newline after argument"]),
    ("a = “x”", &["2:7 Invalid character", "2:7 Invalid expression", "2:9 Invalid character"]),
    ("a = $x", &["2:7 Invalid character", "2:7 Invalid expression"]),
    ("a = ${x}", &["2:7 Invalid character", "2:7 Invalid expression"]),
    ("a = [\n1\n2\n]", &["4:1 Missing item separator"]),
    ("a = {\nb = 1 c = 2\n}", &["3:7 Missing attribute separator"]),
    ("}", &["3:1 Argument or block definition required"]),
    ("= 1", &["2:3 Argument or block definition required"]),
    ("1 = 2", &["2:3 Argument or block definition required"]),
    ("[x]", &["2:3 Argument or block definition required"]),
    ("a = <<-EOT\nx\n EOT y\n", &["7:1 Unterminated template string"]),
    ("a = x.0.y.", &["2:13 Invalid attribute name"]),
    ("a = x[*", &["4:1 Missing close bracket on splat index"]),
    (
        "a = \"$${x}",
        &[
            "2:13 Invalid multi-line string",
            "2:13 Unterminated template string",
            "3:2 Invalid multi-line string",
        ],
    ),
    ("a = \"a\nb\"", &["2:9 Invalid multi-line string", "2:9 Unterminated template string"]),
];

#[test]
fn errors_are_those_of_terraform_and_where_it_finds_them() {
    for (argument, expected) in CASES {
        let text = format!("locals {{\n  {argument}\n}}\n");
        let loaded = parse(Path::new("."), vec![("main.tf".to_owned(), text)]);
        let mut problems: Vec<_> = loaded.diagnostics.iter().collect();
        let start = |span| loaded.config.sources.position(span);
        problems.sort_by_key(|problem| {
            let place = start(problem.span.expect("a place"));
            (place.line, place.column, problem.summary.clone())
        });
        let told: Vec<_> = problems
            .iter()
            .map(|problem| {
                let place = start(problem.span.expect("a place"));
                format!("{}:{} {}", place.line, place.column, problem.summary)
            })
            .collect();
        assert_eq!(told, expected, "{argument}");
    }
}
