//! What holds for every expression: properties of random ones.

use std::collections::BTreeMap;
use std::path::Path;

use meridian_config::parse;
use meridian_lang::{
    Diagnostic, Diagnostics, Expr, Field, Kind, Marks, Range, Scope, Span, Subject, Type, Value,
    convert, evaluate, unify,
};
use proptest::prelude::*;

/// Variables by name.
struct Variables(BTreeMap<&'static str, Value>);

impl Scope for Variables {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        let missing = || Diagnostic::error("Reference to undeclared input variable", "").at(span);
        match subject {
            Subject::Variable(name) => self.0.get(&**name).cloned().ok_or_else(missing),
            _ => Err(missing()),
        }
    }
}

fn text(value: &str) -> Value {
    Value::string(value)
}

/// The variables that random expressions refer to, in one of two versions of the same types.
fn variables(version: bool) -> BTreeMap<&'static str, Value> {
    let number = |a: i64, b: i64| Value::number(if version { a } else { b });
    let string = |a: &str, b: &str| text(if version { a } else { b });
    BTreeMap::from([
        ("n", number(1, 2)),
        ("s", string("a", "b-c")),
        ("b", Value::bool(version)),
        ("l", Value::list(Type::String, [string("a", "x"), text("b")])),
        ("m", Value::map(Type::Number, [("a", number(1, 5)), ("b", number(2, 2))])),
        ("o", Value::object([("a", number(0, 1)), ("b", string("x", "y"))])),
        ("t", Value::tuple([number(1, 2), string("a", "b")])),
    ])
}

fn lowered(expression: &str) -> Result<Expr, Diagnostics> {
    let source = format!("locals {{\n  e = {expression}\n}}\n");
    let loaded = parse(Path::new("."), vec![("e.tf".into(), source)]);
    loaded.diagnostics.check()?;
    Ok(loaded.config.root().locals[0].expr.clone())
}

/// Expressions in which most things are of the right type.
fn expression() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        prop::sample::select(vec![
            "0", "1", "2.5", "-1", "\"a\"", "\"\"", "\"1\"", "true", "false", "null", "[]", "{}",
        ]),
        prop::sample::select(vec![
            "var.n",
            "var.s",
            "var.b",
            "var.l",
            "var.m",
            "var.o",
            "var.t",
            "var.o.a",
            "var.o.b",
            "var.m.a",
            "var.l[0]",
            "var.t[1]",
            "var.l[*]",
            "var.m[\"b\"]",
        ]),
    ]
    .prop_map(str::to_owned);
    atom.prop_recursive(5, 40, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||",
        ]);
        let two = (inner.clone(), inner.clone());
        let three = (inner.clone(), inner.clone(), inner.clone());
        prop_oneof![
            (inner.clone(), operator, inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            three.clone().prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("(({a} == {b}) ? {b} : {c})")),
            two.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
            two.clone().prop_map(|(a, b)| format!("{{a = {a}, b = {b}}}")),
            two.clone().prop_map(|(a, b)| format!("{{(\"k${{{a}}}\") = {b}}}")),
            inner.clone().prop_map(|a| format!("({a})[0]")),
            two.clone().prop_map(|(a, b)| format!("({a})[{b}]")),
            inner.clone().prop_map(|a| format!("({a}).a")),
            inner.clone().prop_map(|a| format!("({a})[*]")),
            inner.clone().prop_map(|a| format!("({a})[*].a")),
            inner.clone().prop_map(|a| format!("(!{a})")),
            inner.clone().prop_map(|a| format!("(-{a})")),
            two.clone().prop_map(|(a, b)| format!("\"x-${{{a}}}-${{{b}}}\"")),
            two.clone().prop_map(|(a, b)| format!("\"%{{ if {a} }}y${{{b}}}%{{ endif }}\"")),
            inner.clone().prop_map(|a| format!("\"%{{ for v in {a} }}${{v}},%{{ endfor }}\"")),
            two.clone().prop_map(|(a, b)| format!("[for v in {a} : [v, {b}]]")),
            two.clone().prop_map(|(a, b)| format!("[for k, v in {a} : v if v == {b}]")),
            two.clone().prop_map(|(a, b)| format!("{{for k, v in {a} : k => {b}}}")),
            two.prop_map(|(a, b)| format!("{{for k, v in {a} : \"${{v}}\" => {b}...}}")),
            inner.clone().prop_map(|a| format!("tolist({a})")),
            inner.clone().prop_map(|a| format!("tomap({a})")),
            inner.clone().prop_map(|a| format!("tostring({a})")),
            inner.prop_map(|a| format!("upper({a})")),
        ]
    })
}

/// Whether an unknown value (or one with unknown parts) can turn out to be this one.
fn may_become(unknown: &Value, known: &Value) -> bool {
    match (unknown.kind(), known.kind()) {
        (Kind::Unknown(it), _) => {
            let not_null = !it.not_null || !known.is_null();
            let range = known.is_null()
                || match &it.range {
                    Range::Any => true,
                    Range::Prefix(prefix) => {
                        known.as_str().is_none_or(|text| text.starts_with(&**prefix))
                    }
                    Range::Number(least, greatest) => known.as_number().is_none_or(|number| {
                        least.as_ref().is_none_or(|bound| bound.at <= *number)
                            && greatest.as_ref().is_none_or(|bound| bound.at >= *number)
                    }),
                    Range::Length(least, greatest) => {
                        let (fewest, most) = known.length_bounds();
                        *least <= fewest && most <= *greatest
                    }
                };
            not_null && range && allows(&it.ty, &known.ty())
        }
        (Kind::Tuple(a), Kind::Tuple(b)) | (Kind::List(_, a), Kind::List(_, b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| may_become(a, b))
        }
        (Kind::Object(a), Kind::Object(b)) | (Kind::Map(_, a), Kind::Map(_, b)) => {
            a.keys().eq(b.keys()) && a.values().zip(b.values()).all(|(a, b)| may_become(a, b))
        }
        (a, b) => a == b,
    }
}

fn allows(constraint: &Type, ty: &Type) -> bool {
    match (constraint, ty) {
        (Type::Dynamic, _) => true,
        (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => allows(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| allows(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.keys().eq(b.keys()) && a.values().zip(b.values()).all(|(a, b)| allows(&a.ty, &b.ty))
        }
        _ => constraint == ty,
    }
}

/// The value with null in the place of whatever is marked.
fn visible(value: &Value) -> Value {
    if !value.marks().is_none() {
        return Value::null(Type::Dynamic);
    }
    match value.kind() {
        Kind::List(_, elements) | Kind::Tuple(elements) => {
            Value::tuple(elements.iter().map(visible))
        }
        Kind::Map(_, entries) | Kind::Object(entries) => {
            Value::object(entries.iter().map(|(key, value)| (key.clone(), visible(value))))
        }
        _ => value.clone(),
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::bool),
        (-3_i64..100).prop_map(Value::number),
        prop::sample::select(vec!["", "a", "1", "true", "é"]).prop_map(text),
        Just(Value::null(Type::Dynamic)),
        Just(Value::null(Type::String)),
        Just(Value::unknown(Type::String)),
        Just(Value::unknown_with_prefix("p-")),
        Just(Value::unknown(Type::Dynamic)),
    ];
    leaf.prop_recursive(3, 20, 3, |inner| {
        let names = prop::sample::select(vec!["a", "b", "c"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::tuple),
            prop::collection::btree_map(names, inner.clone(), 0..3).prop_map(Value::object::<&str>),
            inner.prop_map(|value| value.mark(Marks::SENSITIVE)),
        ]
    })
}

fn ty() -> impl Strategy<Value = Type> {
    let leaf = prop::sample::select(vec![Type::Dynamic, Type::Bool, Type::Number, Type::String]);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let names = prop::sample::select(vec!["a", "b", "c"]);
        let field = (inner.clone(), any::<bool>()).prop_map(|(ty, optional)| Field {
            ty,
            optional,
            default: None,
        });
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            prop::collection::vec(inner, 0..3).prop_map(|types| Type::Tuple(types.into())),
            prop::collection::btree_map(names.prop_map(Into::into), field, 0..3)
                .prop_map(|fields| Type::Object(fields.into())),
        ]
    })
}

const NAMES: [&str; 7] = ["n", "s", "b", "l", "m", "o", "t"];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(2000),
        ..ProptestConfig::default()
    })]

    /// What is decided while something is unknown stays so once it is known.
    #[test]
    fn what_is_unknown_never_turns_out_otherwise(source in expression(), at in 0..NAMES.len()) {
        let Ok(expr) = lowered(&source) else { return Ok(()) };
        let known = variables(true);
        let mut unknown = known.clone();
        let ty = known[NAMES[at]].ty();
        unknown.insert(NAMES[at], Value::unknown_not_null(ty));
        let Ok(known) = evaluate(&expr, &Variables(known)) else { return Ok(()) };
        match evaluate(&expr, &Variables(unknown)) {
            Ok(unknown) => {
                prop_assert!(may_become(&unknown, &known), "{source}: {unknown:?}, then {known:?}");
            }
            Err(errors) => prop_assert!(false, "{source} is {known:?}, but before: {errors:?}"),
        }
    }

    /// Nothing that is not marked tells what a marked variable holds.
    #[test]
    fn no_mark_is_lost(source in expression(), at in 0..NAMES.len()) {
        let Ok(expr) = lowered(&source) else { return Ok(()) };
        let name = NAMES[at];
        let outcome = |version: bool| {
            let mut all = variables(true);
            all.insert(name, variables(version)[name].clone().mark(Marks::SENSITIVE));
            evaluate(&expr, &Variables(all))
        };
        if let (Ok(a), Ok(b)) = (outcome(true), outcome(false)) {
            prop_assert_eq!(visible(&a), visible(&b), "{}", source);
        }
    }

    /// Converting once more changes nothing.
    #[test]
    fn conversion_is_idempotent(value in value(), ty in ty()) {
        if let Ok(once) = convert(&value, &ty) {
            prop_assert_eq!(convert(&once, &ty), Ok(once.clone()), "{:?} to {}", value, ty);
            prop_assert_eq!(once.marks(), once.marks() | value.marks());
        }
    }

    /// Types that are brought together are brought to one that each can become.
    #[test]
    fn unification_holds_each_type(a in value(), b in value()) {
        let (a_ty, b_ty) = (a.ty(), b.ty());
        prop_assert_eq!(unify(&[a_ty.clone(), a_ty.clone()]), Some(a_ty.clone()));
        let one = unify(&[a_ty.clone(), b_ty.clone()]);
        let other = unify(&[b_ty, a_ty]);
        prop_assert_eq!(one.is_some(), other.is_some());
    }

    /// Any text is read and evaluated without a panic.
    #[test]
    fn nothing_panics(parts in prop::collection::vec(prop::sample::select(vec![
        "1", "a", "\"", "${", "%{", "}", "{", "[", "]", "(", ")", ".", "*", "[*]", ",", "=", "=>", ":",
        "?", "for", "in", "if", "endfor", "endif", "else", "...", "+", "-", "!", "==", "&&", "null",
        "true", "var.n", "var.l", "\n", " ", "<<EOT\n", "\nEOT\n", "~", "\\", "é", "1e9", "upper", "::",
    ]), 0..20)) {
        if let Ok(expr) = lowered(&parts.concat()) {
            let _ = evaluate(&expr, &Variables(variables(true)));
        }
    }
}
