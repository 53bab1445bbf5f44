use super::*;
use crate::Path;

#[test]
fn debug_never_shows_a_sensitive_value() {
    let secret = Value::string("hunter2").mark(Marks::SENSITIVE);
    let object = Value::object([("password", secret), ("user", Value::string("app"))]);
    let shown = format!("{object:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("app"), "{shown}");
}

#[test]
fn a_set_is_sorted_unique_and_takes_over_the_marks_of_its_elements() {
    let set = Value::set(
        Type::String,
        ["b", "a", "b"].map(|text| Value::string(text).mark(Marks::SENSITIVE)),
    );
    assert!(set.is_sensitive());
    let texts: Vec<_> = set.children().filter_map(Value::as_str).collect();
    assert_eq!(texts, ["a", "b"]);
    assert!(set.children().all(|value| value.marks().is_none()));
}

#[test]
fn strings_are_normalised() {
    assert_eq!(Value::string("e\u{301}"), Value::string("\u{e9}"));
}

#[test]
fn marked_paths_name_the_outermost_marked_parts() {
    let inner = Value::object([("x", Value::bool(true).mark(Marks::SENSITIVE))]);
    let value = Value::object([("a", Value::tuple([inner])), ("b", Value::bool(false))]);
    let paths: Vec<String> =
        value.marked_paths(Marks::SENSITIVE).iter().map(Path::to_string).collect();
    assert_eq!(paths, ["a[0].x"]);
}
