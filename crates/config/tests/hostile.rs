//! Texts that are made to break a reader: nested, chained, endless, no text at all.

use std::path::Path;
use std::thread;

use meridian_config::parse;
use meridian_lang::{Diagnostic, Scope, Span, Subject, Value, evaluate};

/// Deep enough that recursion without a bound cannot survive it.
const DEPTH: usize = 20_000;

/// The stack of a thread that nobody has given more.
const STACK: usize = 2 << 20;

struct Nothing;

impl Scope for Nothing {
    fn value(&self, _: &Subject, span: Span) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error("Nothing", "There is nothing here.").at(span))
    }
}

/// What is said about a text, read, evaluated, copied and dropped on a small stack.
fn problems(name: &'static str, text: String) -> Vec<Diagnostic> {
    let work = move || {
        let length = text.len();
        let loaded = parse(Path::new("."), vec![(name.to_owned(), text)]);
        for local in &loaded.config.root().locals {
            let _ = evaluate(&local.expr, &Nothing);
            let _ = local.expr.references();
        }
        for diagnostic in &loaded.diagnostics {
            let span = diagnostic.span.expect("a place");
            assert!(span.start <= span.end && span.end as usize <= length, "{diagnostic:?}");
        }
        drop(loaded.config.clone());
        loaded.diagnostics.into_iter().collect()
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread");
    thread.join().expect("no panic")
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("locals {{\n  a = {}{inner}{}\n}}\n", open.repeat(depth), close.repeat(depth))
}

/// Forms that nest or chain, each at a given depth.
const FORMS: [(&str, &str, &str, &str); 24] = [
    ("brackets", "[", "", "]"),
    ("parentheses", "(", "1", ")"),
    ("braces", "{a=", "1", "}"),
    ("braces with a colon", "{\"a\":", "1", "}"),
    ("templates", "\"${", "1", "}\""),
    ("directives", "\"%{if true}", "x", "%{endif}\""),
    ("directives in one string", "%{if true}", "x", "%{endif}"),
    ("minus", "-", "1", ""),
    ("not", "!", "true", ""),
    ("conditions in the third place", "true ? 1 : ", "1", ""),
    ("conditions in the second place", "true ? ", "1", " : 1"),
    ("conditions in the first place", "(", "true", " ? true : false)"),
    ("sums", "1 + ", "1", ""),
    ("sums to the right", "1 + (", "1", ")"),
    ("mixed operators", "1 + 2 * 3 - 4 == 5 && ", "true", ""),
    ("calls", "f(", "1", ")"),
    ("for expressions", "[for x in ", "[]", " : x]"),
    ("for values", "[for x in [1] : ", "1", "]"),
    ("attributes", "", "var.x", ".a"),
    ("indexes", "", "var.x", "[0]"),
    ("indexes in indexes", "var.x[", "0", "]"),
    ("legacy indexes", "", "var.x", ".0"),
    ("splats", "", "var.x", "[*].a"),
    ("attribute splats", "", "var.x", ".*.a"),
];

#[test]
fn nesting_is_bounded() {
    for (what, open, inner, close) in FORMS {
        let found = problems("main.tf", nested(open, inner, close, DEPTH));
        assert!(found.iter().any(Diagnostic::is_error), "{what}");
    }
}

#[test]
fn the_same_without_an_end() {
    for (what, open, _, _) in FORMS {
        if !open.is_empty() {
            let found = problems("main.tf", format!("locals {{\n a = {}", open.repeat(DEPTH)));
            assert!(found.iter().any(Diagnostic::is_error), "{what}");
        }
    }
    for (what, _, _, close) in FORMS {
        if !close.is_empty() {
            let found = problems("main.tf", format!("locals {{\n a = 1{}", close.repeat(DEPTH)));
            assert!(found.iter().any(Diagnostic::is_error), "{what}");
        }
    }
}

#[test]
fn what_is_accepted_can_be_walked() {
    let mut accepted = 0;
    for (_, open, inner, close) in FORMS {
        let mut deepest = 0;
        for depth in (1..64).chain((64..300).step_by(6)) {
            let found = problems("main.tf", nested(open, inner, close, depth));
            let deep = found.iter().any(|it| it.summary == "Expression nested too deeply");
            if !deep {
                deepest = depth;
            }
        }
        accepted += usize::from(deepest >= 20);
    }
    assert_eq!(accepted, FORMS.len());
}

#[test]
fn blocks_and_heredocs_are_bounded_too() {
    let heredocs = "a = \"${<<EOT\n${".repeat(DEPTH);
    for text in [
        "a {\n".repeat(DEPTH),
        format!("{}{}", "a {\n".repeat(DEPTH), "}\n".repeat(DEPTH)),
        format!("locals {{\n{heredocs}"),
        "<<".repeat(DEPTH),
        "/*".repeat(DEPTH),
        "\"".repeat(DEPTH),
        "a = <<-".repeat(DEPTH),
    ] {
        assert!(problems("main.tf", text).iter().any(Diagnostic::is_error));
    }
}

#[test]
fn json_is_bounded_too() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]"), ("[", ""), ("{", "")] {
        for (before, behind) in [("", ""), ("{\"locals\":{\"a\":", "}}")] {
            let (open, close) = (open.repeat(DEPTH), close.repeat(DEPTH));
            let found = problems("main.tf.json", format!("{before}{open}1{close}{behind}"));
            assert!(found.iter().any(Diagnostic::is_error), "{before}");
        }
    }
    for (what, open, inner, close) in FORMS {
        let (open, close) = (open.repeat(DEPTH), close.repeat(DEPTH));
        let expression = format!("${{{open}{inner}{close}}}").replace('"', "\\\"");
        let text = format!("{{\"locals\":{{\"a\":\"{expression}\"}}}}");
        let found = problems("main.tf.json", text);
        assert!(found.iter().any(Diagnostic::is_error), "{what}");
    }
}

#[test]
fn json_that_is_accepted_can_be_walked() {
    for depth in 1..120 {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"${\\\"a\\\"}\":", "}]")] {
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            let found = problems(
                "main.tf.json",
                format!("{{\"locals\":{{\"a\":{open}\"${{[[1]]}}\"{close}}}}}"),
            );
            assert!(depth > 40 || found.is_empty(), "{found:?}");
        }
    }
}

/// The parser by itself would take longer than anyone lives for these.
#[test]
fn what_is_deep_and_wrong_is_not_tried_in_every_way() {
    for (part, rest) in [
        ("4-4[4/4-4[4-4.4==", ""),
        ("4-4[4/4-4[4-4.4==", "]"),
        ("a[b(c{", ""),
        ("(1 ? [", ""),
        ("{ a = [for b in c : \"${", ""),
        ("\"%{ if a }${b[", "]}"),
    ] {
        let text = format!("{}{}", part.repeat(20), rest.repeat(40));
        let json = serde_json::json!({ "locals": { "a": format!("${{{text}}}") } });
        for (name, text) in [
            ("main.tf", format!("locals {{\n  a = {text}\n}}\n")),
            ("main.tf.json", json.to_string()),
        ] {
            let loaded = parse(Path::new("."), vec![(name.to_owned(), text)]);
            assert!(loaded.diagnostics.has_errors(), "{name}: {part}");
        }
    }
}
