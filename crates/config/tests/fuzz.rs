//! Texts that nobody would write: whatever they are, reading them ends, without a panic, and
//! what is said of them points into them. `PROPTEST_CASES` sets how many are tried.

use std::path::Path;

use meridian_config::{VariableOption, parse, variables};
use meridian_lang::{Diagnostic, Diagnostics, Scope, Sources, Span, Subject, Value, evaluate};
use proptest::prelude::*;
use proptest::sample::{Index, select};

const NATIVE: [&str; 12] = [
    include_str!("seeds/dynamic_replicas.tf"),
    include_str!("seeds/for_each_secrets.tf"),
    include_str!("seeds/grants.tf"),
    include_str!("seeds/heredoc.tf"),
    include_str!("seeds/lifecycle_var.tf"),
    include_str!("seeds/mrk_three_regions.tf"),
    include_str!("seeds/optional_defaults.tf"),
    include_str!("seeds/sensitive.tf"),
    include_str!("seeds/splat_null.tf"),
    include_str!("seeds/template_directive_no_strip.tf"),
    include_str!("seeds/validation_failure.tf"),
    include_str!("../../../examples/quickstart/variables.tf"),
];

const JSON: [&str; 2] =
    [include_str!("seeds/resources.tf.json"), include_str!("seeds/values.tf.json")];

const TOKENS: [&str; 76] = [
    "a",
    "b",
    "x1",
    "_",
    "-",
    "for",
    "in",
    "if",
    "else",
    "endif",
    "endfor",
    "true",
    "null",
    "var.a",
    "local.a",
    "self",
    "each.key",
    "resource",
    "variable",
    "locals",
    "output",
    "terraform",
    "provider",
    "lifecycle",
    "dynamic",
    "module",
    "data",
    "type",
    "default",
    "depends_on",
    "count",
    "0",
    "1.5",
    "1e9",
    "9e999999999",
    "0.",
    "\"",
    "\"a\"",
    "\"${",
    "${",
    "%{",
    "$${",
    "%%{",
    "~}",
    "${~",
    "\\",
    "\\n",
    "\\u12",
    "\\\"",
    "<<EOT\n",
    "<<-EOT\n",
    "\nEOT\n",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "[*]",
    ".*",
    ".",
    "..",
    "...",
    "=",
    "==",
    "=>",
    "?",
    ":",
    "::",
    ",",
    "\n",
    "\r\n",
    "#",
    "/*",
    "é",
    "\u{feff}",
];

const JSON_TOKENS: [&str; 34] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"//\"",
    "\"locals\"",
    "\"variable\"",
    "\"resource\"",
    "\"output\"",
    "\"value\"",
    "\"type\"",
    "\"default\"",
    "\"lifecycle\"",
    "\"depends_on\"",
    "\"dynamic\"",
    "\"provider\"",
    "\"list(string)\"",
    "\"${var.a}\"",
    "\"${1 +}\"",
    "\"%{if\"",
    "\"\\u00e9\\n${x}\"",
    "\"\\ud83d\\ude00${[}\"",
    "1",
    "-0.5e3",
    "01",
    "true",
    "null",
    "nul",
    " ",
    "\n",
];

struct Nothing;

impl Scope for Nothing {
    fn value(&self, _: &Subject, span: Span) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error("Nothing", "There is nothing here.").at(span))
    }
}

fn check_places(sources: &Sources, diagnostics: &Diagnostics) {
    for diagnostic in diagnostics {
        let places = diagnostic.labels.iter().map(|(span, _)| *span).chain(diagnostic.span);
        for span in places {
            let text = sources.text(span.file);
            let range = span.start as usize..span.end as usize;
            assert!(text.get(range).is_some(), "{diagnostic:?} does not point into the text");
        }
    }
}

/// Reads a text under a name, evaluates what can be, and gives it to a variable as a value.
fn read(name: &str, text: &str) {
    let files = vec![(name.to_owned(), text.to_owned())];
    let loaded = parse(Path::new("."), files);
    check_places(&loaded.config.sources, &loaded.diagnostics);
    for expr in loaded.config.root().locals.iter().map(|local| &local.expr) {
        if let Err(errors) = evaluate(expr, &Nothing) {
            check_places(&loaded.config.sources, &errors);
        }
    }
    let declared = vec![("main.tf".to_owned(), "variable \"v\" {\n  type = any\n}\n".to_owned())];
    let mut config = parse(Path::new("/nonexistent"), declared).config;
    let option = VariableOption::Value(format!("v={text}"));
    let given = variables(&mut config, &[], &[option]);
    check_places(&config.sources, &given.diagnostics);
}

/// A change to a text, at places that are chosen when the text is known.
#[derive(Clone, Debug)]
enum Mutation {
    Delete(Index, usize),
    Repeat(Index, usize),
    Insert(Index, &'static str),
    Swap(Index, Index),
    Truncate(Index),
    Splice(Index, usize, Index),
}

fn boundary(text: &str, at: &Index) -> usize {
    let mut at = at.index(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn end(text: &str, start: usize, length: usize) -> usize {
    let mut end = (start + length).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    end
}

fn mutate(text: &mut String, other: &str, mutation: &Mutation) {
    match mutation {
        Mutation::Delete(at, length) => {
            let start = boundary(text, at);
            text.replace_range(start..end(text, start, *length), "");
        }
        Mutation::Repeat(at, length) => {
            let start = boundary(text, at);
            let part = text[start..end(text, start, *length)].to_owned();
            text.insert_str(start, &part);
        }
        Mutation::Insert(at, token) => text.insert_str(boundary(text, at), token),
        Mutation::Swap(a, b) => {
            let (a, b) = (boundary(text, a), boundary(text, b));
            let (first, second) = (a.min(b), a.max(b));
            let middle = text[first..second].to_owned();
            text.replace_range(first..second, "");
            text.push_str(&middle);
        }
        Mutation::Truncate(at) => text.truncate(boundary(text, at)),
        Mutation::Splice(at, length, from) => {
            let start = boundary(other, from);
            let part = &other[start..end(other, start, *length)];
            text.insert_str(boundary(text, at), part);
        }
    }
}

fn mutation(tokens: &'static [&'static str]) -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => (any::<Index>(), 1_usize..40).prop_map(|(at, length)| Mutation::Delete(at, length)),
        2 => (any::<Index>(), 1_usize..200).prop_map(|(at, length)| Mutation::Repeat(at, length)),
        6 => (any::<Index>(), select(tokens)).prop_map(|(at, token)| Mutation::Insert(at, token)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Mutation::Swap(a, b)),
        1 => any::<Index>().prop_map(Mutation::Truncate),
        2 => (any::<Index>(), 1_usize..120, any::<Index>())
            .prop_map(|(at, length, from)| Mutation::Splice(at, length, from)),
    ]
}

fn soup(tokens: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = (select(tokens), select(&["", "", " "][..]));
    proptest::collection::vec(piece, 0..80)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(token, gap)| [token, gap]).collect())
}

fn mutated(
    seeds: &'static [&'static str],
    tokens: &'static [&'static str],
) -> impl Strategy<Value = String> {
    let changes = proptest::collection::vec(mutation(tokens), 1..8);
    (select(seeds), select(seeds), changes).prop_map(|(seed, other, changes)| {
        let mut text = seed.to_owned();
        for change in &changes {
            mutate(&mut text, other, change);
        }
        text
    })
}

/// A JSON value, well-formed, of names and texts that mean something or nearly so.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        select(&JSON_TOKENS[6..][..])
            .prop_filter("a value", |token| !token.contains(['{', ',']) || token.starts_with('"')),
        select(&["1", "null", "true", "\"\"", "\"${var.a}\"", "\"a.b[0]\""][..]),
    ];
    let leaf = leaf.prop_map(str::to_owned);
    leaf.prop_recursive(6, 40, 5, |inner| {
        let name = select(&JSON_TOKENS[7..20][..]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec((name, inner), 0..5).prop_map(|members| {
                let members: Vec<_> =
                    members.into_iter().map(|(name, value)| format!("{name}:{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn token_soup(text in soup(&TOKENS)) {
        read("main.tf", &text);
        read("main.tf", &format!("locals {{\n  a = {text}\n}}\n"));
    }

    #[test]
    fn configurations_with_changes(text in mutated(&NATIVE, &TOKENS)) {
        read("main.tf", &text);
        read("override.tf", &text);
    }

    #[test]
    fn json_soup(text in soup(&JSON_TOKENS)) {
        read("main.tf.json", &text);
    }

    #[test]
    fn json_values(text in json()) {
        read("main.tf.json", &text);
        read("main.tf.json", &format!("{{\"resource\":{{\"a\":{{\"b\":{text}}}}}}}"));
    }

    #[test]
    fn json_with_changes(text in mutated(&JSON, &JSON_TOKENS)) {
        read("main.tf.json", &text);
        read("override.tf.json", &text);
    }

    #[test]
    fn templates_in_json(text in soup(&TOKENS)) {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        read("main.tf.json", &format!("{{\"locals\":{{\"a\":\"{}\"}}}}", text.replace('\r', "\\r")));
    }

    #[test]
    fn any_text(text in any::<String>()) {
        read("main.tf", &text);
        read("main.tf.json", &text);
    }
}
