//! Files in the canonical form: that of Terraform, whose answers are in `format/`.

// Helpers are test code too.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use meridian_lang::{Diagnostics, Sources};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn format(text: &str) -> Result<String, Diagnostics> {
    let mut sources = Sources::default();
    let file = sources.add("main.tf", text.strip_prefix('\u{feff}').unwrap_or(text));
    meridian_config::format(&sources, file)
}

#[track_caller]
fn formatted(text: &str) -> String {
    format(text).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"))
}

/// What `terraform fmt` 1.11.4 was given, and where what it wrote is.
fn pairs() -> Vec<(PathBuf, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let given = names.filter(|path| path.to_str().unwrap().contains(".in."));
    given
        .map(|path| (path.clone(), path.to_str().unwrap().replace(".in.", ".out.").into()))
        .collect()
}

#[test]
fn files_are_written_as_terraform_writes_them() {
    let pairs = pairs();
    assert!(pairs.len() > 40);
    for (given, expected) in pairs {
        let text = fs::read_to_string(&given).unwrap();
        let expected = fs::read_to_string(expected).unwrap();
        assert_eq!(formatted(&text), expected, "{}", given.display());
    }
}

#[test]
fn canonical_files_stay_as_they_are() {
    for (_, canonical) in pairs() {
        let text = fs::read_to_string(&canonical).unwrap();
        assert_eq!(formatted(&text), text, "{}", canonical.display());
    }
}

#[test]
fn what_terraform_would_break_or_lose_is_kept() {
    let cases = [
        // Terraform writes something that is not one expression any more.
        ("a = \"${ # why\n  x }\"\n", "a = ( # why\nx)\n"),
        ("a = \"${x ? # why\n  1 : 2}\"\n", "a = (x ? # why\n1 : 2)\n"),
        ("a = \"${(x)\n  + (y)}\"\n", "a = ((x)\n+ (y))\n"),
        // Terraform drops these labels and these indexes.
        ("foo \"a$b\" \"50%\" {}\n", "foo \"a$b\" \"50%\" {}\n"),
        ("a = x[null]\n", "a = x[null]\n"),
        ("a = x[true]\n", "a = x[true]\n"),
    ];
    for (text, expected) in cases {
        assert_eq!(formatted(text), expected);
        assert_eq!(formatted(expected), expected);
    }
}

#[test]
fn an_interpolation_in_an_interpolation_comes_off_one_at_a_time() {
    assert_eq!(formatted("a = \"${\"${x}\"}\"\n"), "a = \"${x}\"\n");
    assert_eq!(formatted("a = \"${x}\"\n"), "a = x\n");
}

#[test]
fn files_with_wrong_syntax_are_not_formatted() {
    let cases = [
        ("a = = b\n", "Invalid expression"),
        ("a = 1 \r b\n", "Invalid character"),
        ("a {\n", "Unclosed configuration block"),
        ("a { b = 1\n}\n", "Invalid single-argument block definition"),
        ("a = 1\na = 2\n", "Attribute redefined"),
        ("a = <<EOT\nx\nEOT", "Unterminated template string"),
        ("a = \"x\n\"\n", "Invalid multi-line string"),
        ("a = 1.2.3\n", "Invalid number literal"),
        ("a = 1e3e4\n", "Invalid number literal"),
        ("a = 1e3.5\n", "Invalid number literal"),
        ("a = b.0.1\n", "Invalid legacy index syntax"),
        ("a = b[*\n]\n", "Missing close bracket on splat index"),
        ("a\u{b2} = 1\n", "Argument or block definition required"),
    ];
    for (text, summary) in cases {
        let errors = format(text).expect_err(text);
        assert!(errors.iter().any(|error| error.summary == summary), "{text}\n{errors:?}");
    }
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = |open: &str, middle: &str, close: &str| {
        format!("a = {}{middle}{}\n", open.repeat(100_000), close.repeat(100_000))
    };
    let texts = [
        deep("[", "", "]"),
        deep("[\n", "", "]\n"),
        deep("(", "1", ")"),
        deep("{a=", "1", "}"),
        deep("f(", "1", ")"),
        deep("\"${", "1", "}\""),
        deep("%{if ", "1", "}"),
        deep("\"%{if ", "1", "}\""),
        deep("x?1:", "1", ""),
        deep("a[", "1", "]"),
        deep("[for x in ", "1", ":x]"),
        deep("[", "", ""),
        deep("(", "", "]"),
        format!("{}{}", "a {\n".repeat(100_000), "}\n".repeat(100_000)),
    ];
    for text in texts {
        assert!(format(&text).is_err(), "{}", &text[..20]);
    }
    for (open, kept) in [("!", "a = !!!"), ("-", "a = ---"), ("1+", "a = 1 + 1 + 1")] {
        assert!(formatted(&deep(open, "1", "")).starts_with(kept));
    }
}

#[test]
fn reading_never_starts_over() {
    // With time in proportion to the square of their size, these would take very long.
    let long = 300_000;
    let texts = [
        ("/*".repeat(long), false),
        ("<<a".repeat(long), false),
        ("\"\n".repeat(long), false),
        (format!("a = [{}]\n", "b,".repeat(long)), true),
        (format!("a = \"{}\"\n", "${b}".repeat(long)), true),
        (format!("a = <<E\n{}E\n", "${b} c\n".repeat(long / 4)), true),
        ((0..long / 8).map(|count| format!("a{count}=1 # c\n")).collect(), true),
        ("a{}\n".repeat(long / 4), true),
    ];
    for (text, good) in texts {
        assert_eq!(format(&text).is_ok(), good, "{}", &text[..20]);
    }
}

/// Words of the language, among them those that formatting is about.
const WORDS: [&str; 60] = [
    "a",
    "in",
    "for",
    "if",
    "type",
    "variable",
    "list",
    "é",
    "x-y",
    "1",
    "0.5",
    "1e3",
    "\"s\"",
    "\"\"",
    "\"${x}\"",
    "\"a ${ f( x ) } b\"",
    "\"%{ if x }y%{ endif }\"",
    "=",
    "==",
    "=>",
    "!",
    "-",
    "+",
    "*",
    "/",
    "?",
    ":",
    "::",
    ".",
    "...",
    ",",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\n",
    "\n",
    "\r\n",
    " ",
    "  ",
    "\t",
    "# c\n",
    "// é\n",
    "/* c */",
    "/* a\nb */",
    "<<EOT\n",
    "<<-EOT\n",
    "EOT\n",
    "${",
    "%{",
    "~}",
    "\"",
    "\\",
    "$${",
    "\r",
    "\u{feff}",
    "&&",
    "||",
];

/// An expression on one line, or on several where `lines` are allowed. None is only an
/// interpolation.
fn expression() -> impl Strategy<Value = String> {
    let names = vec!["a", "bb", "var.ccc", "1", "-1", "\"d ${ e } f\"", "\"é\"", "null", "x[0].*"];
    let leaf = select(names).prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let space = select(vec!["", " ", "   ", "\t", "/* c */"]);
        let line = select(vec!["", " ", "\n", " # c\n", "\n\n  ", "\r\n"]);
        prop_oneof![
            (inner.clone(), space, select(vec!["+", "-", "==", "&&"]), inner.clone())
                .prop_map(|(a, s, o, b)| format!("{a}{s} {o}{s}{b}")),
            (vec(inner.clone(), 0..4), line.clone()).prop_map(|(items, line)| format!(
                "[{line}{}]",
                items.iter().map(|item| format!("{item}{line},{line}")).collect::<String>()
            )),
            (vec(inner.clone(), 0..4), line.clone()).prop_map(|(items, line)| {
                let line = if line.contains('\n') { line } else { "\n" };
                let items = items.iter().map(|item| format!("k = {item}{line}"));
                format!("{{{line}{}}}", items.collect::<String>())
            }),
            (inner.clone(), line).prop_map(|(a, line)| format!("f({line}{a}{line})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("[for x in {a} : x if {b}]")),
        ]
    })
}

/// A file in which nothing is spelled in an old way.
fn file() -> impl Strategy<Value = String> {
    let end = select(vec!["\n", "\n\n", " # c\n", "   \n", "\r\n", "\n# own line\n"]);
    let indent = select(vec!["", "  ", "\t", "      "]);
    let argument = (indent, expression(), end).prop_map(|(i, e, end)| (i, format!("=[{e}]{end}")));
    let block =
        select(vec![(true, "b{\n", "}\n"), (true, "b \"x\"  {# c\n", "  }\n"), (false, "", "")]);
    vec((block, vec(argument, 0..5)), 0..4).prop_map(|blocks| {
        let mut text = String::new();
        let mut count = 0;
        for ((_, open, close), arguments) in blocks {
            text.push_str(open);
            for (indent, rest) in arguments {
                count += 1;
                text.push_str(&format!("{indent}{}{count}{rest}", "n".repeat(count % 7 + 1)));
            }
            text.push_str(close);
        }
        text
    })
}

fn without_white_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #[test]
    fn only_white_space_changes_and_only_once(text in file()) {
        let once = formatted(&text);
        prop_assert_eq!(without_white_space(&once), without_white_space(&text));
        prop_assert_eq!(once.lines().count(), text.lines().count());
        prop_assert_eq!(formatted(&once), once);
    }

    #[test]
    fn anything_is_read_without_panic(words in vec(select(&WORDS[..]), 0..60)) {
        let text = words.concat();
        let _ = format(&text);
        if let Ok(canonical) = format(&format!("a = [{text}\n]\n")) {
            prop_assert_eq!(formatted(&canonical), canonical);
        }
    }

    #[test]
    fn any_characters_are_read_without_panic(text in "\\PC{0,40}") {
        let _ = format(&text);
        let _ = format(&format!("a = \"{text}\"\nb \"{text}\" {{}}\n"));
    }
}
