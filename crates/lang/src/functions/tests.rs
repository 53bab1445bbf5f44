use super::*;
use crate::{Diagnostic, FileKind, Marks, Number, Scope, Span, Subject, Type, Value, convert};

struct Files;

impl Scope for Files {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error("No value", format!("{subject:?}")).at(span))
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "text" => Ok(b"content".to_vec()),
            "bytes" => Ok(vec![0xff]),
            _ => Err("no such file".to_owned()),
        }
    }

    fn file_kind(&self, path: &str) -> Result<Option<FileKind>, String> {
        Ok(matches!(path, "text" | "bytes").then_some(FileKind::File))
    }

    fn list_folder(&self, _: &str) -> Result<Vec<(String, FileKind)>, String> {
        Ok(vec![("a".repeat(200), FileKind::File)])
    }
}

fn call(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let Name::Function(function) = find(name) else {
        panic!("{name} is a function");
    };
    let converted: Vec<Value> = arguments
        .iter()
        .enumerate()
        .map(|(at, value)| {
            let parameter = function.parameter(at).expect("not too many arguments");
            convert(value, &parameter.shape.to_type()).expect("an argument of the right type")
        })
        .collect();
    function.apply(&converted, &Files).map_err(|error| error.message)
}

fn check(cases: &[(&str, Vec<Value>, Value)]) {
    for (name, arguments, expected) in cases {
        assert_eq!(call(name, arguments).as_ref(), Ok(expected), "{name}({arguments:?})");
    }
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn n(value: i64) -> Value {
    Value::number(value)
}

fn tuple<const N: usize>(elements: [Value; N]) -> Value {
    Value::tuple(elements)
}

fn strings<const N: usize>(texts: [&str; N]) -> Value {
    Value::list(Type::String, texts.map(Value::string))
}

fn numbers<const N: usize>(values: [i64; N]) -> Value {
    Value::list(Type::Number, values.map(Value::number))
}

fn object<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    Value::object(attributes)
}

fn secret(text: &str) -> Value {
    Value::string(text).mark(Marks::SENSITIVE)
}

fn decimal(text: &str) -> Value {
    Value::number(Number::parse(text).expect("a number"))
}

#[test]
fn every_name_of_terraforms_is_known_once() {
    let names = function_names();
    let distinct: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), distinct.len());
    // Terraform 1.11 has 118 functions, and three of its built-in provider.
    assert_eq!(names.len(), 118 + 3);
    assert!(matches!(find("core::upper"), Name::Function(_)));
    assert!(matches!(find("core::try"), Name::Lazy(Lazy::Try)));
    assert!(matches!(find("nosuch"), Name::Unknown));
}

#[test]
fn functions_of_numbers() {
    check(&[
        ("abs", vec![n(-3)], n(3)),
        ("ceil", vec![decimal("-1.2")], n(-1)),
        ("floor", vec![decimal("-1.2")], n(-2)),
        ("max", vec![n(1), n(3), n(2)], n(3)),
        ("min", vec![n(1), s("-3")], n(-3)),
        ("parseint", vec![s("ff"), n(16)], n(255)),
        ("pow", vec![n(0), n(0)], n(1)),
        ("signum", vec![n(-7)], n(-1)),
        ("sum", vec![tuple([n(1), s("2"), decimal("3.5")])], decimal("6.5")),
    ]);
    assert_eq!(call("max", &[]), Err("must pass at least one number".into()));
    assert_eq!(call("sum", &[tuple([])]), Err("cannot sum an empty list".into()));
    let error = call("parseint", &[s("9"), n(8)]);
    assert_eq!(error, Err("cannot parse \"9\" as a base 8 integer".into()));
}

#[test]
fn functions_of_text() {
    check(&[
        ("chomp", vec![s("a\r\n\n")], s("a")),
        ("endswith", vec![s("abc"), s("bc")], Value::bool(true)),
        ("startswith", vec![s("abc"), s("")], Value::bool(true)),
        ("strcontains", vec![s("abc"), s("x")], Value::bool(false)),
        ("indent", vec![n(2), s("a\nb\n\nc")], s("a\n  b\n  \n  c")),
        ("join", vec![s("-"), strings(["a", "b"]), strings(["c"])], s("a-b-c")),
        ("lower", vec![s("ÀB")], s("àb")),
        ("upper", vec![s("straße")], s("STRAßE")),
        ("replace", vec![s("a.b.c"), s("."), s("-")], s("a-b-c")),
        ("split", vec![s("|"), s("a||b")], strings(["a", "", "b"])),
        ("split", vec![s(""), s("ab")], strings(["a", "b"])),
        ("split", vec![s(","), s("")], strings([""])),
        ("strrev", vec![s("ab👨‍👩‍👧")], s("👨‍👩‍👧ba")),
        ("substr", vec![s("hello"), n(-3), n(2)], s("ll")),
        ("substr", vec![s("hello"), n(3), n(100)], s("lo")),
        ("substr", vec![s("hello"), n(1), n(-1)], s("ello")),
        ("title", vec![s("hello wORLD foo-bar")], s("Hello WORLD Foo-Bar")),
        ("trim", vec![s("?!hi?!"), s("!?")], s("hi")),
        ("trimprefix", vec![s("aab"), s("a")], s("ab")),
        ("trimsuffix", vec![s("abb"), s("b")], s("ab")),
        ("trimspace", vec![s(" \t\nx\n ")], s("x")),
    ]);
    let nulls = tuple([s("a"), Value::null(Type::Dynamic)]);
    let error = call("join", &[s(","), nulls]);
    assert_eq!(error, Err("element 1 is null; cannot concatenate null values".into()));
    assert_eq!(call("replace", &[s("caat"), s("/a+/"), s("o")]), Ok(s("cot")));
}

#[test]
fn functions_that_format() {
    let cases = [
        (
            "%5.1f|%-5d|%05d|%+d",
            vec![decimal("3.14159"), n(42), n(42), n(42)],
            "  3.1|42   |00042|+42",
        ),
        ("%x %X %#x %o %b", vec![n(255), n(255), n(255), n(8), n(5)], "ff FF 0xff 10 101"),
        ("%e %g %g", vec![decimal("12345.678"), n(1_000_000), n(5)], "1.234568e+04 1e+06 5"),
        ("%08.3f %.3g", vec![decimal("-3.14159"), decimal("1234.5")], "-003.142 1.23e+03"),
        (
            "%s %q %t %v %%",
            vec![decimal("1.5"), s("é\n\""), Value::bool(true), tuple([n(1)])],
            "1.5 \"é\\n\\\"\" true [1] %",
        ),
        ("%#v %v", vec![object([("a", n(1))]), Value::null(Type::String)], "{\"a\":1} null"),
        ("%[2]s %[1]s", vec![s("a"), s("b")], "b a"),
        ("%4s|%-4s|%.2s", vec![s("é"), s("b"), s("abc")], "   é|b   |ab"),
    ];
    for (format, arguments, expected) in cases {
        let arguments: Vec<Value> = [s(format)].into_iter().chain(arguments).collect();
        assert_eq!(call("format", &arguments), Ok(s(expected)), "{format}");
    }
    let errors = [
        (
            vec![s("%d"), decimal("1.5")],
            "unsupported value for \"%d\" at 0: an integer is required",
        ),
        (vec![s("%s")], "not enough arguments for \"%s\" at 0: need index 1 but have 0 total"),
        (vec![s("x"), n(1)], "too many arguments; no verbs in format string"),
        (vec![s("%s"), n(1), n(2)], "too many arguments; only 1 used by format string"),
    ];
    for (arguments, expected) in errors {
        assert_eq!(call("format", &arguments), Err(expected.into()));
    }
    check(&[
        ("formatlist", vec![s("%s-%s"), strings(["a", "b"]), s("x")], strings(["a-x", "b-x"])),
        ("formatlist", vec![s("x")], strings(["x"])),
    ]);
}

#[test]
fn functions_of_sequences() {
    let abc = || strings(["a", "b", "c"]);
    check(&[
        (
            "chunklist",
            vec![abc(), n(2)],
            Value::list(Type::list(Type::String), [strings(["a", "b"]), strings(["c"])]),
        ),
        ("compact", vec![tuple([s("a"), s(""), Value::null(Type::Dynamic)])], strings(["a"])),
        ("concat", vec![tuple([s("a")]), tuple([n(1)])], tuple([s("a"), n(1)])),
        ("concat", vec![strings(["a"]), numbers([1])], strings(["a", "1"])),
        ("distinct", vec![tuple([s("a"), s("b"), s("a")])], strings(["a", "b"])),
        ("element", vec![abc(), n(4)], s("b")),
        (
            "flatten",
            vec![tuple([strings(["a"]), tuple([s("b"), tuple([s("c")])])])],
            tuple([s("a"), s("b"), s("c")]),
        ),
        ("index", vec![abc(), s("b")], n(1)),
        ("matchkeys", vec![abc(), strings(["x", "y", "x"]), strings(["x"])], strings(["a", "c"])),
        ("range", vec![n(4), n(1)], numbers([4, 3, 2])),
        ("range", vec![decimal("1.5")], numbers([0, 1])),
        ("range", vec![n(10), n(1), n(-3)], numbers([10, 7, 4])),
        ("reverse", vec![tuple([s("a"), n(1)])], tuple([n(1), s("a")])),
        ("slice", vec![abc(), n(1), n(1)], strings([])),
        ("sort", vec![tuple([n(2), n(10), n(1)])], strings(["1", "10", "2"])),
        ("sort", vec![strings(["é", "z", "Z"])], strings(["Z", "z", "é"])),
    ]);
    assert!(call("range", &[n(2000)]).is_err());
    assert!(call("element", &[abc(), n(-1)]).is_err());
    assert!(call("slice", &[abc(), n(1), n(9)]).is_err());
}

#[test]
fn functions_of_collections() {
    let null = || Value::null(Type::Dynamic);
    check(&[
        ("alltrue", vec![tuple([s("true"), Value::bool(true)])], Value::bool(true)),
        ("alltrue", vec![tuple([null()])], Value::bool(false)),
        ("anytrue", vec![tuple([])], Value::bool(false)),
        ("coalesce", vec![null(), s(""), s("b")], s("b")),
        ("coalesce", vec![null(), n(1)], n(1)),
        ("coalescelist", vec![tuple([]), tuple([s("a")])], tuple([s("a")])),
        ("contains", vec![tuple([n(1)]), s("1")], Value::bool(false)),
        ("length", vec![s("👨‍👩‍👧")], n(1)),
        ("one", vec![tuple([])], null()),
        ("one", vec![tuple([s("a")])], s("a")),
        ("keys", vec![Value::map(Type::Number, [("b", n(1)), ("a", n(2))])], strings(["a", "b"])),
        ("values", vec![object([("b", n(1)), ("a", s("x"))])], tuple([s("x"), n(1)])),
        ("lookup", vec![object([("a", n(1))]), s("b"), s("x")], s("x")),
        (
            "merge",
            vec![object([("a", n(1))]), null(), object([("a", n(3)), ("b", n(2))])],
            object([("a", n(3)), ("b", n(2))]),
        ),
        ("merge", vec![], object([])),
        ("zipmap", vec![strings(["a", "a"]), tuple([n(1), n(2)])], object([("a", n(2))])),
        (
            "transpose",
            vec![object([("a", strings(["1", "2"])), ("b", strings(["2"]))])],
            Value::map(
                Type::list(Type::String),
                [("1", strings(["a"])), ("2", strings(["a", "b"]))],
            ),
        ),
        (
            "setintersection",
            vec![tuple([s("a"), s("b")]), tuple([s("b")])],
            Value::set(Type::String, [s("b")]),
        ),
        (
            "setsubtract",
            vec![tuple([s("a"), s("b")]), tuple([s("b")])],
            Value::set(Type::String, [s("a")]),
        ),
        (
            "setunion",
            vec![tuple([s("a")]), tuple([n(1)])],
            Value::set(Type::String, [s("1"), s("a")]),
        ),
        (
            "setproduct",
            vec![tuple([s("a")]), tuple([])],
            Value::list(Type::Tuple([Type::String, Type::Dynamic].into()), []),
        ),
    ]);
    assert_eq!(
        call("length", &[n(5)]),
        Err("argument must be a string, a collection type, or a structural type".into())
    );
    assert_eq!(
        call("lookup", &[object([("a", n(1))]), s("b")]),
        Err("the given object has no attribute \"b\"".into())
    );
    assert_eq!(call("coalesce", &[s("")]), Err("no non-null, non-empty-string arguments".into()));
}

#[test]
fn functions_that_encode_and_convert() {
    check(&[
        ("base64encode", vec![s("héllo")], s("aMOpbGxv")),
        ("base64decode", vec![s("aGk=")], s("hi")),
        ("urlencode", vec![s("a b&c*~é")], s("a+b%26c%2A~%C3%A9")),
        (
            "jsonencode",
            vec![object([("b", n(1)), ("a", tuple([Value::null(Type::Dynamic)]))])],
            s("{\"a\":[null],\"b\":1}"),
        ),
        ("jsondecode", vec![s("{\"a\":1.50}")], object([("a", decimal("1.5"))])),
        ("file", vec![s("text")], s("content")),
        ("tonumber", vec![s("1e3")], n(1000)),
        ("tolist", vec![tuple([n(1), s("a")])], strings(["1", "a"])),
        ("nonsensitive", vec![secret("x")], s("x")),
        ("issensitive", vec![secret("x")], Value::bool(true)),
    ]);
    let errors = [
        (
            "tonumber",
            "cannot convert \"0x10\" to number; given string must be a decimal representation of a number",
        ),
        (
            "tobool",
            "cannot convert \"0x10\" to bool; only the strings \"true\" or \"false\" are allowed",
        ),
        ("tolist", "cannot convert string to list of any single type"),
        ("filemd5", "open 0x10: no such file or directory"),
    ];
    for (name, expected) in errors {
        assert_eq!(call(name, &[s("0x10")]), Err(expected.into()), "{name}");
    }
    let missing = call("file", &[s("0x10")]).expect_err("no file");
    assert!(missing.starts_with("no file exists at \"0x10\""), "{missing}");
    let binary = call("base64decode", &[s("/w==")]);
    assert_eq!(binary, Err("the result of decoding the provided string is not valid UTF-8".into()));
    assert!(call("file", &[s("bytes")]).is_err());
}

#[test]
fn marks_and_unknowns_travel_through_functions() {
    let unknown = || Value::unknown(Type::String);
    check(&[
        ("upper", vec![secret("a")], secret("A")),
        ("length", vec![secret("abc")], n(3).mark(Marks::SENSITIVE)),
        ("length", vec![tuple([secret("a")])], n(1)),
        ("concat", vec![tuple([secret("a")]), tuple([s("b")])], tuple([secret("a"), s("b")])),
        ("jsonencode", vec![object([("a", secret("x"))])], secret("{\"a\":\"x\"}")),
        ("upper", vec![unknown()], Value::unknown_not_null(Type::String)),
        ("length", vec![tuple([unknown(), n(1)])], n(2)),
        ("keys", vec![object([("a", unknown())])], tuple([s("a")])),
        (
            "merge",
            vec![object([("a", unknown())]), object([("b", n(1))])],
            object([("a", unknown()), ("b", n(1))]),
        ),
        ("lookup", vec![object([("a", n(1)), ("b", unknown())]), s("a"), n(0)], n(1)),
        ("contains", vec![tuple([unknown(), s("a")]), s("a")], Value::bool(true)),
        ("contains", vec![tuple([unknown(), s("a")]), s("b")], Value::unknown_not_null(Type::Bool)),
        ("jsonencode", vec![tuple([unknown()])], Value::unknown_not_null(Type::String)),
    ]);
}

#[test]
fn what_would_explode_is_refused() {
    let long = s(&"ab\n".repeat(1 << 12));
    let wide = "%1048576s".repeat(400);
    let many: Vec<Value> = (0..400).map(n).collect();
    let bomb = (0..40).fold(String::from("a0: &a0 [x]\n"), |text, level| {
        let next = level + 1;
        format!("{text}a{next}: &a{next} [{}*a{level}]\n", format!("*a{level}, ").repeat(9))
    });
    let list = numbers::<1000>(std::array::from_fn(|at| i64::try_from(at).unwrap_or(0)));
    let cases = [
        ("indent", vec![n(1 << 30), long.clone()]),
        ("replace", vec![long.clone(), s("b"), s(&"x".repeat(1 << 20))]),
        ("replace", vec![long.clone(), s("/b/"), s(&"x".repeat(1 << 20))]),
        ("join", vec![s(&"-".repeat(1 << 20)), tuple([s(""); 1]), list.clone()]),
        ("format", [s(&wide)].into_iter().chain(many).collect()),
        ("setproduct", vec![list.clone(), list.clone(), list.clone(), list]),
        ("range", vec![n(0), decimal("1e300"), decimal("1e-300")]),
        ("regex", vec![s("((x{1000}){1000}){1000}"), s("x")]),
        ("regex", vec![s(&"(".repeat(100_000)), s("x")]),
        ("yamldecode", vec![s(&bomb)]),
        ("yamldecode", vec![s(&"[".repeat(100_000))]),
        ("jsondecode", vec![s(&"[".repeat(100_000))]),
        ("cidrsubnets", [s("10.0.0.0/24")].into_iter().chain(vec![n(8); 300]).collect()),
        ("fileset", vec![s("."), s(&("*{a,b}".repeat(90) + "c"))]),
    ];
    for (name, arguments) in cases {
        let result = call(name, &arguments);
        assert!(result.is_err(), "{name}: {result:?}");
    }
}

mod properties;
