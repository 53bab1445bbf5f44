use std::hash::{Hash, Hasher};

use super::*;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
}

#[test]
fn arithmetic_is_exact_where_decimals_are() {
    type Operation = fn(&Number, &Number) -> Option<Number>;
    let cases: [(&str, Operation, &str, Option<&str>); 18] = [
        ("0.1", Number::add, "0.2", Some("0.3")),
        ("9223372036854775807", Number::add, "1", Some("9223372036854775808")),
        ("-9223372036854775808", Number::sub, "1", Some("-9223372036854775809")),
        ("9223372036854775808", Number::sub, "1", Some("9223372036854775807")),
        ("1e200", Number::mul, "1e-200", Some("1")),
        ("-9223372036854775808", Number::mul, "-1", Some("9223372036854775808")),
        ("7", Number::div, "2", Some("3.5")),
        ("-9223372036854775808", Number::div, "-1", Some("9223372036854775808")),
        ("1", Number::div, "0", Some("+Inf")),
        ("-1", Number::div, "0", Some("-Inf")),
        ("0", Number::div, "0", None),
        ("-7", Number::rem, "3", Some("-1")),
        ("2.5", Number::rem, "0.75", Some("0.25")),
        ("5", Number::rem, "0", Some("5")),
        ("0", Number::mul, "-1", Some("-0")),
        ("2", Number::pow, "10", Some("1024")),
        ("2", Number::pow, "0.5", Some("1.4142135623730951")),
        ("-1", Number::pow, "0.5", None),
    ];
    for (a, operation, b, expected) in cases {
        let result = operation(&number(a), &number(b)).map(|result| result.to_string());
        assert_eq!(result.as_deref(), expected, "{a} and {b}");
    }
}

#[test]
fn numbers_round_to_whole_ones() {
    let cases = [("1.5", "1", "2"), ("-1.5", "-2", "-1"), ("3", "3", "3"), ("0.2", "0", "1")];
    for (text, floor, ceil) in cases {
        assert_eq!(number(text).floor(), number(floor), "{text}");
        assert_eq!(number(text).ceil(), number(ceil), "{text}");
    }
}

#[test]
fn both_zeros_are_one_number() {
    let hash = |number: &Number| {
        let mut hasher = std::hash::DefaultHasher::new();
        number.hash(&mut hasher);
        hasher.finish()
    };
    let (zero, negative) = (Number::ZERO, Number::ZERO.neg());
    assert_eq!(zero, negative);
    assert_eq!(hash(&zero), hash(&negative));
    assert_eq!(negative.to_string(), "-0");
    assert_eq!(negative.to_i64(), Some(0));
}

#[test]
fn numbers_are_ordered_across_their_forms() {
    let infinity = number("1").div(&Number::ZERO).expect("a quotient");
    let mut numbers =
        ["2", "-1e30", "0.5", "1e30", "-3", "9223372036854775807"].map(number).to_vec();
    numbers.extend([infinity.clone(), infinity.neg()]);
    numbers.sort();
    let texts: Vec<String> = numbers.iter().map(Number::to_string).collect();
    let large = format!("1{}", "0".repeat(30));
    let expected =
        ["-Inf", &format!("-{large}"), "-3", "0.5", "2", "9223372036854775807", &large, "+Inf"];
    assert_eq!(texts, expected);
}

#[test]
fn other_bases_are_read_and_written() {
    assert_eq!(Number::parse_radix("ff", 16), Some(number("255")));
    assert_eq!(Number::parse_radix("-10", 2), Some(number("-2")));
    assert_eq!(Number::parse_radix("Z", 62), Some(number("61")));
    assert_eq!(Number::parse_radix("9", 8), None);
    assert_eq!(Number::parse_radix("", 10), None);
    assert_eq!(number("-255").to_radix(16).as_deref(), Some("-ff"));
    assert_eq!(number("1.5").to_radix(10), None);
}
