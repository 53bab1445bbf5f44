use std::collections::BTreeMap;

use super::*;
use crate::{
    BinaryOperator, FileId, ForExpr, Marks, ObjectItem, Severity, TemplatePart, UnaryOperator,
};

/// Variables by name.
struct Variables(BTreeMap<&'static str, Value>);

impl Scope for Variables {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        let Subject::Variable(name) = subject else {
            return Err(Diagnostic::error("Not a variable", "").at(span));
        };
        let missing =
            || Diagnostic::error("Reference to undeclared input variable", &**name).at(span);
        self.0.get(&**name).cloned().ok_or_else(missing)
    }
}

fn scope() -> Variables {
    Variables(BTreeMap::from([
        ("secret", Value::string("hunter2").mark(Marks::SENSITIVE)),
        ("unknown", Value::unknown(Type::String)),
        ("id", Value::unknown_not_null(Type::String)),
        ("dynamic", Value::unknown(Type::Dynamic)),
        ("flag", Value::unknown_not_null(Type::Bool)),
        ("ids", Value::unknown_not_null(Type::list(Type::String))),
        ("null", Value::null(Type::String)),
        ("map", Value::map(Type::Number, [("a", n(1))])),
        ("object", Value::object([("name", s("x"))])),
    ]))
}

/// An expression of a kind; its place does not matter.
fn expr(kind: ExprKind) -> Expr {
    Expr { span: Span::new(FileId(0), 0, 0), kind }
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn n(value: i64) -> Value {
    Value::number(value)
}

fn lit(value: Value) -> Expr {
    expr(ExprKind::Literal(value))
}

fn null() -> Expr {
    lit(Value::null(Type::Dynamic))
}

fn var(name: &str) -> Expr {
    expr(ExprKind::Reference(Subject::Variable(name.into())))
}

fn bound(name: &str) -> Expr {
    expr(ExprKind::Reference(Subject::Bound(name.into())))
}

fn tuple<const N: usize>(elements: [Expr; N]) -> Expr {
    expr(ExprKind::Tuple(elements.into()))
}

fn object<const N: usize>(items: [(Expr, Expr); N]) -> Expr {
    expr(ExprKind::Object(
        items.into_iter().map(|(key, value)| ObjectItem { key, value }).collect(),
    ))
}

fn attribute(source: Expr, name: &str) -> Expr {
    expr(ExprKind::Attribute(Box::new(source), name.into()))
}

fn index(source: Expr, key: Expr) -> Expr {
    expr(ExprKind::Index(Box::new(source), Box::new(key)))
}

fn splat(source: Expr, each: Expr) -> Expr {
    expr(ExprKind::Splat { source: Box::new(source), element: "*".into(), each: Box::new(each) })
}

fn call<const N: usize>(name: &str, arguments: [Expr; N]) -> Expr {
    let name_span = Span::new(FileId(0), 0, 0);
    expr(ExprKind::Call {
        name: name.into(),
        name_span,
        arguments: arguments.into(),
        expand: false,
    })
}

fn binary(left: Expr, operator: BinaryOperator, right: Expr) -> Expr {
    expr(ExprKind::Binary(operator, Box::new(left), Box::new(right)))
}

fn conditional(condition: Expr, yes: Expr, no: Expr) -> Expr {
    expr(ExprKind::Conditional(Box::new(condition), Box::new(yes), Box::new(no)))
}

fn template<const N: usize>(parts: [TemplatePart; N]) -> Expr {
    expr(ExprKind::Template(parts.into()))
}

fn text(literal: &str) -> TemplatePart {
    TemplatePart::Literal(literal.into())
}

/// `for value in collection`, giving the value itself.
fn each(collection: Expr) -> ForExpr {
    ForExpr {
        key_name: None,
        value_name: "v".into(),
        collection,
        key: None,
        value: bound("v"),
        group: false,
        condition: None,
    }
}

fn for_expr(each: ForExpr) -> Expr {
    expr(ExprKind::For(Box::new(each)))
}

fn value_of(expr: &Expr) -> Value {
    evaluate(expr, &scope()).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn summaries(expr: &Expr) -> Vec<String> {
    match evaluate(expr, &scope()) {
        Ok(value) => panic!("{value:?} is no error"),
        Err(errors) => errors.into_iter().map(|error| error.summary).collect(),
    }
}

#[test]
fn operators() {
    use BinaryOperator::{Add, And, Divide, Equal, Less, NotEqual, Remainder};
    let cases = [
        (binary(lit(s("5")), Add, lit(n(1))), n(6)),
        (binary(lit(n(-7)), Remainder, lit(n(3))), n(-1)),
        (binary(lit(n(1)), Equal, lit(s("1"))), Value::bool(false)),
        (binary(null(), Equal, var("null")), Value::bool(true)),
        (binary(lit(n(1)), Less, lit(s("2"))), Value::bool(true)),
        (binary(var("id"), NotEqual, null()), Value::bool(true)),
        (binary(var("unknown"), NotEqual, null()), Value::unknown_not_null(Type::Bool)),
        (binary(var("flag"), And, lit(Value::bool(false))), Value::unknown_not_null(Type::Bool)),
        (binary(var("dynamic"), Add, lit(n(1))), Value::unknown_not_null(Type::Number)),
        (
            binary(tuple([var("secret")]), Equal, tuple([lit(s("x"))])),
            Value::bool(false).mark(Marks::SENSITIVE),
        ),
        (expr(ExprKind::Unary(UnaryOperator::Not, Box::new(lit(s("true"))))), Value::bool(false)),
        (expr(ExprKind::Unary(UnaryOperator::Negate, Box::new(lit(s("5"))))), n(-5)),
    ];
    for (expr, expected) in cases {
        assert_eq!(value_of(&expr), expected, "{expr:?}");
    }
    assert_eq!(summaries(&binary(lit(s("a")), Less, lit(s("b")))), ["Invalid operand"; 2]);
    assert_eq!(summaries(&binary(null(), Add, lit(n(1)))), ["Operation failed"]);
    assert_eq!(summaries(&binary(lit(n(0)), Divide, lit(n(0)))), ["Operation failed"]);
}

#[test]
fn conditionals() {
    let yes = || lit(Value::bool(true));
    let wrong = || call("tonumber", [lit(s("x"))]);
    let cases = [
        (conditional(yes(), lit(n(1)), lit(s("a"))), s("1")),
        (conditional(yes(), null(), lit(s("x"))), Value::null(Type::String)),
        (conditional(lit(s("false")), wrong(), lit(s("a"))), s("a")),
        (conditional(yes(), tuple([lit(n(1))]), tuple([])), Value::list(Type::Number, [n(1)])),
        (conditional(var("flag"), lit(s("a")), lit(n(1))), Value::unknown_not_null(Type::String)),
        (conditional(var("flag"), null(), lit(n(1))), Value::unknown(Type::Number)),
        (
            conditional(
                binary(var("secret"), BinaryOperator::Equal, lit(s("x"))),
                lit(n(1)),
                lit(n(2)),
            ),
            n(2).mark(Marks::SENSITIVE),
        ),
    ];
    for (expr, expected) in cases {
        assert_eq!(value_of(&expr), expected, "{expr:?}");
    }
    let cases = [
        (conditional(null(), lit(n(1)), lit(n(2))), "Null condition"),
        (conditional(lit(s("a")), lit(n(1)), lit(n(2))), "Incorrect condition type"),
        (
            conditional(yes(), tuple([lit(n(1))]), object([(lit(s("a")), lit(n(1)))])),
            "Inconsistent conditional result types",
        ),
        (conditional(yes(), wrong(), lit(n(2))), "Invalid function argument"),
    ];
    for (expr, expected) in cases {
        assert_eq!(summaries(&expr), [expected], "{expr:?}");
    }
}

#[test]
fn attributes_and_indexes() {
    let list = || tuple([lit(s("a")), lit(s("b"))]);
    let cases = [
        (attribute(var("object"), "name"), s("x")),
        (attribute(var("map"), "a"), n(1)),
        (index(list(), lit(s("1"))), s("b")),
        (index(var("ids"), lit(n(0))), Value::unknown(Type::String)),
        (attribute(var("dynamic"), "x"), Value::unknown(Type::Dynamic)),
    ];
    for (expr, expected) in cases {
        assert_eq!(value_of(&expr), expected, "{expr:?}");
    }
    let cases = [
        (attribute(var("object"), "nmae"), "Unsupported attribute"),
        (attribute(var("map"), "b"), "Missing map element"),
        (attribute(null(), "x"), "Attempt to get attribute from null value"),
        (attribute(lit(s("x")), "y"), "Unsupported attribute"),
        (index(list(), lit(n(2))), "Invalid index"),
        (index(list(), lit(n(-1))), "Invalid index"),
        (index(list(), null()), "Invalid index"),
        (index(null(), lit(n(0))), "Attempt to index null value"),
        (index(var("map"), lit(s("b"))), "Invalid index"),
    ];
    for (expr, expected) in cases {
        assert_eq!(summaries(&expr), [expected], "{expr:?}");
    }
    let errors = evaluate(&attribute(var("object"), "nam"), &scope()).expect_err("no attribute");
    let error = errors.iter().next().expect("an error");
    assert_eq!(error.detail, "This object does not have an attribute named \"nam\".");
    assert_eq!(error.help.as_deref(), Some("Did you mean \"name\"?"));
    assert_eq!(error.severity, Severity::Error);
}

#[test]
fn splats() {
    let objects = || tuple([var("object"), var("object")]);
    let cases = [
        (splat(objects(), attribute(bound("*"), "name")), Value::tuple([s("x"), s("x")])),
        (splat(null(), attribute(bound("*"), "name")), Value::tuple([])),
        (splat(lit(s("a")), bound("*")), Value::tuple([s("a")])),
        (splat(var("ids"), bound("*")), Value::unknown_not_null(Type::list(Type::String))),
        (splat(var("unknown"), bound("*")), Value::unknown(Type::Dynamic)),
        (splat(var("id"), bound("*")), Value::tuple([Value::unknown_not_null(Type::String)])),
    ];
    for (expr, expected) in cases {
        assert_eq!(value_of(&expr), expected, "{expr:?}");
    }
}

#[test]
fn iterations() {
    let twice = || tuple([lit(s("a")), lit(s("b")), lit(s("a"))]);
    let keyed = |group| ForExpr { key: Some(bound("v")), group, ..each(twice()) };
    let filtered = |condition| ForExpr { condition: Some(condition), ..each(twice()) };
    let not_a = binary(bound("v"), BinaryOperator::NotEqual, lit(s("a")));
    let cases = [
        (for_expr(each(twice())), Value::tuple([s("a"), s("b"), s("a")])),
        (for_expr(each(call("toset", [twice()]))), Value::tuple([s("a"), s("b")])),
        (
            for_expr(ForExpr { key_name: Some("k".into()), value: bound("k"), ..each(var("map")) }),
            Value::tuple([s("a")]),
        ),
        (
            for_expr(keyed(true)),
            Value::object([("a", Value::tuple([s("a"), s("a")])), ("b", Value::tuple([s("b")]))]),
        ),
        (for_expr(filtered(not_a)), Value::tuple([s("b")])),
        (for_expr(filtered(var("flag"))), Value::unknown(Type::Dynamic)),
        (for_expr(each(var("ids"))), Value::unknown(Type::Dynamic)),
        (for_expr(each(tuple([var("unknown")]))), Value::tuple([Value::unknown(Type::String)])),
        (
            for_expr(ForExpr { key: Some(bound("v")), ..each(tuple([var("unknown")])) }),
            Value::unknown(Type::Dynamic),
        ),
    ];
    for (expr, expected) in cases {
        assert_eq!(value_of(&expr), expected, "{expr:?}");
    }
    let cases = [
        (for_expr(keyed(false)), "Duplicate object key"),
        (for_expr(each(null())), "Iteration over null value"),
        (for_expr(each(lit(n(5)))), "Iteration over non-iterable value"),
        (for_expr(filtered(null())), "Condition is null"),
        (for_expr(ForExpr { key: Some(null()), ..each(twice()) }), "Invalid object key"),
    ];
    for (expr, expected) in cases {
        assert_eq!(summaries(&expr), [expected], "{expr:?}");
    }
}

#[test]
fn templates() {
    let part = TemplatePart::Interpolation;
    let choice = TemplatePart::If {
        condition: lit(Value::bool(false)),
        yes: vec![text("y")],
        no: vec![text("n")],
    };
    let repeated = TemplatePart::For {
        key: Some("k".into()),
        value: "v".into(),
        collection: tuple([lit(s("a")), lit(s("b"))]),
        body: vec![part(bound("k")), text("="), part(bound("v")), text(";")],
    };
    let cases = [
        (template([text("a"), part(lit(n(1))), choice]), s("a1n")),
        (template([repeated]), s("0=a;1=b;")),
        (template([text("a"), part(var("unknown"))]), Value::unknown_not_null(Type::String)),
        (template([part(var("secret")), text("!")]), s("hunter2!").mark(Marks::SENSITIVE)),
    ];
    for (expr, expected) in cases {
        assert_eq!(value_of(&expr), expected, "{expr:?}");
    }
    let invalid = "Invalid template interpolation value";
    assert_eq!(summaries(&template([text("a"), part(null())])), [invalid]);
    assert_eq!(summaries(&template([text("a"), part(tuple([]))])), [invalid]);
}

#[test]
fn constructors() {
    let last_wins = object([(lit(s("a")), lit(n(1))), (lit(s("a")), lit(n(2)))]);
    assert_eq!(value_of(&last_wins), Value::object([("a", n(2))]));
    let marked = value_of(&object([(var("secret"), lit(n(1)))]));
    assert!(marked.is_sensitive());
    assert_eq!(value_of(&object([(var("unknown"), lit(n(1)))])), Value::unknown(Type::Dynamic));
    assert_eq!(summaries(&object([(null(), lit(n(1)))])), ["Null value as key"]);
    assert_eq!(summaries(&object([(tuple([]), lit(n(1)))])), ["Incorrect key type"]);
}

#[test]
fn calls() {
    let wrong = || call("tonumber", [lit(s("x"))]);
    let cases = [
        (call("upper", [lit(Value::bool(true))]), s("TRUE")),
        (call("core::upper", [lit(s("a"))]), s("A")),
        (call("try", [wrong(), lit(s("b"))]), s("b")),
        (call("try", [var("unknown"), lit(s("b"))]), Value::unknown(Type::Dynamic)),
        (call("can", [wrong()]), Value::bool(false)),
        (call("can", [var("unknown")]), Value::unknown_not_null(Type::Bool)),
    ];
    for (expr, expected) in cases {
        assert_eq!(value_of(&expr), expected, "{expr:?}");
    }
    let cases = [
        (call("nosuch", []), "Call to unknown function"),
        (call("provider::aws::nosuch", []), "Unknown provider function"),
        (call("nosuch::nosuch", []), "Unknown provider function"),
        (call("abs", []), "Not enough function arguments"),
        (call("abs", [lit(n(1)), lit(n(2))]), "Too many function arguments"),
        (call("abs", [null()]), "Invalid function argument"),
        (call("max", []), "Error in function call"),
        (call("try", [wrong()]), "Error in function call"),
    ];
    for (expr, expected) in cases {
        assert_eq!(summaries(&expr), [expected], "{expr:?}");
    }
}

#[test]
fn the_last_argument_can_be_spread() {
    let spread = |last: Expr| {
        expr(ExprKind::Call {
            name: "max".into(),
            name_span: Span::new(FileId(0), 0, 0),
            arguments: vec![lit(n(1)), last],
            expand: true,
        })
    };
    assert_eq!(value_of(&spread(tuple([lit(n(5)), lit(n(3))]))), n(5));
    assert_eq!(value_of(&spread(var("ids"))), Value::unknown(Type::Dynamic));
    assert_eq!(summaries(&spread(lit(n(1)))), ["Invalid expanding argument value"]);
}

#[test]
fn all_that_is_wrong_is_reported() {
    let wrong = tuple([var("nope"), attribute(var("object"), "x"), call("nosuch", [])]);
    let expected = [
        "Reference to undeclared input variable",
        "Unsupported attribute",
        "Call to unknown function",
    ];
    assert_eq!(summaries(&wrong), expected);
}

#[test]
fn no_diagnostic_shows_what_is_sensitive() {
    let secret = || var("secret");
    let wrong = [
        call("tonumber", [secret()]),
        call("tobool", [secret()]),
        call("parseint", [secret(), lit(n(10))]),
        call("jsondecode", [secret()]),
        call("base64decode", [secret()]),
        call("file", [secret()]),
        call("lookup", [var("object"), secret()]),
        call("format", [secret(), lit(n(1))]),
        call("try", [call("tonumber", [secret()])]),
        binary(secret(), BinaryOperator::Add, lit(n(1))),
        index(var("map"), secret()),
        conditional(secret(), lit(n(1)), lit(n(2))),
        for_expr(ForExpr { key: Some(bound("v")), ..each(tuple([secret(), secret()])) }),
        for_expr(ForExpr { condition: Some(secret()), ..each(tuple([lit(n(1))])) }),
    ];
    for expr in wrong {
        let errors = evaluate(&expr, &scope()).expect_err("an error");
        assert!(!format!("{errors:?}").contains("hunter2"), "{errors:?}");
    }
}
