//! Expressions as they are lowered, written out with brackets around everything.

use std::path::Path;

use meridian_config::{Loaded, parse};
use meridian_lang::{Expr, ExprKind, Subject, TemplatePart};

fn load(expression: &str) -> Loaded {
    let text = format!("locals {{\n  x = {expression}\n}}\n");
    parse(Path::new("."), vec![("main.tf".into(), text)])
}

fn lowered(expression: &str) -> String {
    let loaded = load(expression);
    match loaded.diagnostics.iter().next() {
        Some(problem) => format!("{}: {}", problem.summary, problem.detail),
        None => show(&loaded.config.root().locals[0].expr),
    }
}

fn show(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(value) => format!("{value:?}"),
        ExprKind::Reference(subject) => show_subject(subject),
        ExprKind::Template(parts) => format!("template({})", show_parts(parts)),
        ExprKind::Attribute(source, name) => format!("{}.{name}", show(source)),
        ExprKind::Index(source, key) => format!("{}[{}]", show(source), show(key)),
        ExprKind::Splat { source, element, each } => {
            format!("splat({} as {element}: {})", show(source), show(each))
        }
        ExprKind::Call { name, arguments, expand, .. } => {
            format!("{name}({}{})", show_all(arguments), if *expand { "..." } else { "" })
        }
        ExprKind::Unary(operator, operand) => format!("{operator:?}({})", show(operand)),
        ExprKind::Binary(operator, left, right) => {
            format!("{operator:?}({}, {})", show(left), show(right))
        }
        ExprKind::Conditional(condition, yes, no) => {
            format!("if({}, {}, {})", show(condition), show(yes), show(no))
        }
        ExprKind::Tuple(items) => format!("[{}]", show_all(items)),
        ExprKind::Object(items) => {
            let item = |item: &meridian_lang::ObjectItem| {
                format!("{} = {}", show(&item.key), show(&item.value))
            };
            format!("{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(", "))
        }
        ExprKind::For(each) => {
            let key = each.key.as_ref().map(|key| format!("{} => ", show(key))).unwrap_or_default();
            let group = if each.group { "..." } else { "" };
            let condition =
                each.condition.as_ref().map(|it| format!(" if {}", show(it))).unwrap_or_default();
            let names = each.key_name.iter().chain([&each.value_name]).map(|name| &**name);
            let names: Vec<_> = names.collect();
            let collection = show(&each.collection);
            let value = show(&each.value);
            format!("for({} in {collection}: {key}{value}{group}{condition})", names.join(", "))
        }
        ExprKind::Parentheses(inner) => format!("({})", show(inner)),
    }
}

fn show_subject(subject: &Subject) -> String {
    match subject {
        Subject::Bound(name) => format!("<{name}>"),
        other => format!("{other:?}"),
    }
}

fn show_all(exprs: &[Expr]) -> String {
    exprs.iter().map(show).collect::<Vec<_>>().join(", ")
}

fn show_parts(parts: &[TemplatePart]) -> String {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Literal(text) => format!("{text:?}"),
        TemplatePart::Interpolation(expr) => show(expr),
        TemplatePart::If { condition, yes, no } => {
            format!("if({}, [{}], [{}])", show(condition), show_parts(yes), show_parts(no))
        }
        TemplatePart::For { value, collection, body, .. } => {
            format!("for({value} in {}: [{}])", show(collection), show_parts(body))
        }
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn check(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(lowered(expression), *expected, "{expression}");
    }
}

#[test]
fn literals_and_operators() {
    check(&[
        ("null", "null"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("-1.5", "Negate(1.5)"),
        ("1 + 2 * 3", "Add(1, Multiply(2, 3))"),
        ("10 - 2 - 3", "Subtract(Subtract(10, 2), 3)"),
        ("!true == false", "Equal(Not(true), false)"),
        ("true ? 1 : false ? 2 : 3", "if(true, 1, if(false, 2, 3))"),
        ("(1)", "(1)"),
        ("[1, \"a\",]", "[1, \"a\"]"),
        ("max([1, 2]...)", "max([1, 2]...)"),
        ("core::max(1)", "core::max(1)"),
    ]);
}

#[test]
fn keys_of_objects() {
    check(&[
        ("{ a = 1, \"b\" : 2 }", "{\"a\" = 1, \"b\" = 2}"),
        ("{ true = 1, null = 2, 3 = 4 }", "{\"true\" = 1, \"null\" = 2, 3 = 4}"),
        ("{ (var.a) = 1 }", "{(Variable(\"a\")) = 1}"),
        ("{ \"${var.a}\" = 1 }", "{Variable(\"a\") = 1}"),
    ]);
    assert!(lowered("{ var.a = 1 }").starts_with("Ambiguous attribute key: "));
}

#[test]
fn references_are_resolved_and_bound_names_come_first() {
    check(&[
        ("var.a.b", "Variable(\"a\").b"),
        ("local.a[0]", "Local(\"a\")[0]"),
        ("aws_kms_key.k[\"x\"].arn", "Resource(\"aws_kms_key\", \"k\")[\"x\"].arn"),
        ("resource.a.b.c", "Resource(\"a\", \"b\").c"),
        ("data.a.b.c", "Data(\"a\", \"b\").c"),
        ("module.m.out", "Module(\"m\").out"),
        ("each.value.x", "Repetition(EachValue).x"),
        ("count.index", "Repetition(CountIndex)"),
        ("path.module", "Path(Module)"),
        ("terraform.workspace", "Workspace"),
        ("self.id", "SelfObject.id"),
        ("a.b.0.c", "Resource(\"a\", \"b\")[0].c"),
        ("a.b[var.i]", "Resource(\"a\", \"b\")[Variable(\"i\")]"),
        ("[for var in var.a : var.b]", "for(var in Variable(\"a\"): <var>.b)"),
        (
            "{for k, v in var.a : k => v... if v}",
            "for(k, v in Variable(\"a\"): <k> => <v>... if <v>)",
        ),
        ("[for x in [1] : x][0]", "for(x in [1]: <x>)[0]"),
    ]);
}

#[test]
fn references_to_nothing() {
    let resource = "Invalid reference: A reference to a resource type must be followed by at \
        least one attribute access, specifying the resource name.";
    check(&[
        ("foo", resource),
        ("foo[0]", resource),
        ("foo.*.a", resource),
        (
            "each",
            "Invalid reference: The \"each\" object cannot be accessed directly. Instead, access \
             one of its attributes.",
        ),
        ("var[\"a\"]", "Invalid reference: The \"var\" object does not support this operation."),
        (
            "path.modul",
            "Invalid \"path\" attribute: The \"path\" object does not have an attribute named \
             \"modul\". Did you mean \"module\"?",
        ),
    ]);
}

#[test]
fn splats() {
    check(&[
        ("a.b[*].c[0].d", "splat(Resource(\"a\", \"b\") as *0: <*0>.c[0].d)"),
        ("a.b.*.c[0]", "splat(Resource(\"a\", \"b\") as *0: <*0>.c)[0]"),
        ("a.b.*.c.0.d", "splat(Resource(\"a\", \"b\") as *0: <*0>.c[0].d)"),
        ("a.b[*].c[*].d", "splat(Resource(\"a\", \"b\") as *0: splat(<*0>.c as *1: <*1>.d))"),
    ]);
}

#[test]
fn templates() {
    check(&[
        ("\"${var.a}\"", "Variable(\"a\")"),
        ("\"${~ var.a ~}\"", "Variable(\"a\")"),
        ("\"x ${var.a}\"", "template(\"x \", Variable(\"a\"))"),
        ("\"$${a} %%{b} \\u00e9\\t\\\"\"", "\"${a} %{b} é\\t\\\"\""),
        ("\"a  ${~ var.a ~}  b\"", "template(\"a\", Variable(\"a\"), \"b\")"),
        (
            "\"%{ if var.a }\\n%{ else }n$${x}%{ endif }\"",
            "template(if(Variable(\"a\"), [\"\\n\"], [\"n${x}\"]))",
        ),
        (
            "\"%{ for x in var.a }${x},%{ endfor }\"",
            "template(for(x in Variable(\"a\"): [<x>, \",\"]))",
        ),
    ]);
}

#[test]
fn heredocs() {
    check(&[
        ("<<EOT\n  a\\n$${b}\nEOT", "\"  a\\\\n${b}\\n\""),
        ("<<EOT\nEOT", "\"\""),
        ("<<-EOT\n    a\n\n      b\n  \n    EOT", "\"a\\n\\n  b\\n  \\n\""),
        ("<<-EOT\n    ${1}\n      b\n  EOT", "template(1, \"\\n  b\\n\")"),
        ("<<-EOT\n${1}\n  b\n  EOT", "template(1, \"\\n  b\\n\")"),
        // The end of the line goes with the marker, so that the next line does not begin anew.
        ("<<-EOT\n    a ${1 ~}\n    b\n  EOT", "template(\"a \", 1, \"    b\\n\")"),
    ]);
}

#[test]
fn two_empty_heredocs_stay_apart() {
    let text = "locals {\n  a = <<EOT\nEOT\n  b = <<EOT\nEOT\n}\n";
    let loaded = parse(Path::new("."), vec![("main.tf".into(), text.into())]);
    assert!(loaded.diagnostics.is_empty());
    assert_eq!(loaded.config.root().locals.len(), 2);
}

#[test]
fn spans_cover_the_source_of_each_part() {
    let loaded = load("[var.a.b, upper(\"x${local.y}\")]");
    let mut texts = Vec::new();
    loaded.config.root().locals[0]
        .expr
        .walk(&mut |expr| texts.push(loaded.config.sources.excerpt(expr.span)));
    assert_eq!(
        texts,
        [
            "[var.a.b, upper(\"x${local.y}\")]",
            "var.a.b",
            "var.a",
            "upper(\"x${local.y}\")",
            "\"x${local.y}\"",
            "local.y",
        ]
    );
}
