use super::*;
use crate::Marks;

fn text(value: &str) -> Value {
    Value::string(value)
}

fn number(value: i64) -> Value {
    Value::number(value)
}

fn optional(ty: Type, default: Option<Value>) -> Field {
    Field { ty, optional: true, default }
}

#[test]
fn values_convert() {
    let any_list = Type::list(Type::Dynamic);
    let cases = [
        (number(5), Type::String, text("5")),
        (Value::bool(true), Type::String, text("true")),
        (text("1e3"), Type::Number, number(1000)),
        (text("0"), Type::Bool, Value::bool(false)),
        (
            Value::tuple([number(1), text("a"), Value::bool(true)]),
            any_list.clone(),
            Value::list(Type::String, ["1", "a", "true"].map(text)),
        ),
        (Value::tuple([]), any_list.clone(), Value::list(Type::Dynamic, [])),
        (
            Value::tuple([text("b"), text("a"), text("b")]),
            Type::set(Type::Dynamic),
            Value::set(Type::String, ["a", "b"].map(text)),
        ),
        (
            Value::object([("a", number(1)), ("b", text("x"))]),
            Type::map(Type::Dynamic),
            Value::map(Type::String, [("a", text("1")), ("b", text("x"))]),
        ),
        (Value::null(Type::Dynamic), Type::String, Value::null(Type::String)),
        (
            Value::unknown_not_null(Type::Dynamic),
            Type::Number,
            Value::unknown_not_null(Type::Number),
        ),
        (
            Value::tuple([text("a"), Value::null(Type::Dynamic)]),
            any_list,
            Value::list(Type::String, [text("a"), Value::null(Type::String)]),
        ),
    ];
    for (value, ty, expected) in cases {
        assert_eq!(convert(&value, &ty), Ok(expected), "{value:?} to {ty}");
    }
}

#[test]
fn objects_lose_what_is_not_declared_and_gain_defaults_at_every_depth() {
    let inner = Type::Object(Arc::new(BTreeMap::from([(
        Arc::from("e"),
        optional(Type::Bool, Some(Value::bool(true))),
    )])));
    let ty = Type::Object(Arc::new(BTreeMap::from([
        (Arc::from("a"), Field::required(Type::String)),
        (Arc::from("b"), optional(Type::Number, Some(number(5)))),
        (Arc::from("c"), optional(Type::String, None)),
        (Arc::from("d"), optional(inner, Some(Value::object::<&str>([])))),
    ])));
    let value = Value::object([
        ("a", text("x").mark(Marks::SENSITIVE)),
        ("b", Value::null(Type::Dynamic)),
        ("extra", text("dropped")),
    ]);
    let expected = Value::object([
        ("a", text("x").mark(Marks::SENSITIVE)),
        ("b", number(5)),
        ("c", Value::null(Type::String)),
        ("d", Value::object([("e", Value::bool(true))])),
    ]);
    assert_eq!(convert(&value, &ty), Ok(expected));
}

#[test]
fn errors_say_where_and_what() {
    let object = |names: &[&str]| Type::object(names.iter().map(|name| (*name, Type::String)));
    let cases = [
        (text("a"), Type::Number, "a number is required"),
        (text("maybe"), Type::Bool, "a bool is required"),
        (
            text("TRUE"),
            Type::Bool,
            "a bool is required; to convert from string, use lowercase \"true\"",
        ),
        (Value::bool(true), Type::Number, "number required"),
        (number(1), Type::Bool, "bool required"),
        (Value::tuple([]), Type::String, "string required"),
        (text("a"), Type::list(Type::String), "list of string required"),
        (Value::object::<&str>([]), object(&["x"]), "attribute \"x\" is required"),
        (Value::object::<&str>([]), object(&["x", "y"]), "attributes \"x\" and \"y\" are required"),
        (
            Value::tuple([number(1), Value::tuple([text("a")])]),
            Type::list(Type::Dynamic),
            "all list elements must have the same type",
        ),
        (
            Value::object([("a", Value::tuple([text("no")]))]),
            Type::object([("a", Type::list(Type::Number))]),
            "a[0]: a number is required",
        ),
    ];
    for (value, ty, expected) in cases {
        let error = convert(&value, &ty).expect_err("no conversion");
        assert_eq!(error.to_string(), expected, "{value:?} to {ty}");
    }
}

#[test]
fn types_unify() {
    let tuple = |types: &[Type]| Type::Tuple(types.into());
    let a = |ty: Type| Type::object([("a", ty)]);
    let b = |ty: Type| Type::object([("b", ty)]);
    let cases = [
        (vec![Type::Number, Type::String], Some(Type::String)),
        (vec![Type::Number, Type::Bool], None),
        (vec![Type::Dynamic, Type::Bool], Some(Type::Bool)),
        (vec![a(Type::Number), b(Type::Number)], Some(Type::map(Type::Number))),
        (vec![a(Type::Number), a(Type::String)], Some(a(Type::String))),
        (
            vec![tuple(&[Type::Number]), tuple(&[Type::String, Type::String])],
            Some(Type::list(Type::String)),
        ),
        (vec![tuple(&[]), Type::list(Type::String)], Some(Type::list(Type::String))),
        (vec![tuple(&[Type::Number]), a(Type::Number)], None),
        (vec![tuple(&[Type::Number]), Type::list(Type::String)], Some(Type::list(Type::String))),
        (vec![Type::set(Type::String), Type::list(Type::Number)], Some(Type::list(Type::Number))),
        (vec![a(Type::Number), Type::map(Type::String)], Some(Type::map(Type::String))),
    ];
    for (types, expected) in cases {
        assert_eq!(unify(&types), expected, "{types:?}");
    }
}

#[test]
fn marks_stay_where_they_were() {
    let secret = text("s").mark(Marks::SENSITIVE);
    let tuple = Value::tuple([secret.clone(), text("t")]);
    let list = convert(&tuple, &Type::list(Type::String)).expect("a list");
    assert!(!list.is_sensitive());
    assert_eq!(list.as_elements().map(|elements| elements[0].clone()), Some(secret));
    let set = convert(&tuple, &Type::set(Type::String)).expect("a set");
    assert!(set.is_sensitive());
}

#[test]
fn errors_do_not_tell_the_keys_of_what_is_sensitive() {
    let map = Value::map(Type::Number, [("a key", number(1))]);
    let wanted = Type::map(Type::list(Type::String));
    let open = convert(&map, &wanted).expect_err("no lists");
    assert_eq!(open.path.to_string(), "[\"a key\"]");
    let hidden = convert(&map.mark(Marks::SENSITIVE), &wanted).expect_err("no lists");
    assert_eq!((hidden.path, hidden.message), (Path::root(), open.message));
}
