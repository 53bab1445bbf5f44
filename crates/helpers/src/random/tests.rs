//! Values that are drawn once and then kept.

use meridian_lang::Value;
use meridian_resource::{DataError, Object};

use super::password::EphemeralPassword;
use crate::testing::{Bench, map, number, observed, text};

mod properties;
mod values;

const SPECIAL: &str = "!@#$%&*()-_=+[]{}<>:?";

fn result(object: &Object) -> &str {
    object.text("result").expect("a result")
}

fn count(text: &str, class: impl Fn(char) -> bool) -> usize {
    text.chars().filter(|character| class(*character)).count()
}

#[test]
fn a_password_is_secret_and_hashed() {
    let bench = Bench::new("random_password");
    let object = bench.create([("length", number(20))]);
    let password = result(&object);
    assert_eq!(password.len(), 20);
    assert!(password.chars().all(|it| it.is_ascii_alphanumeric() || SPECIAL.contains(it)));
    assert!(object.attribute("result").is_sensitive());
    assert!(object.attribute("bcrypt_hash").is_sensitive());
    let hash = object.text("bcrypt_hash").expect("a hash");
    assert!(hash.starts_with("$2a$"), "{hash}");
    assert!(bcrypt::verify(password, hash).unwrap());
    assert_eq!(object.text("id"), Some("none"));
    assert!(!format!("{object:?}").contains(password));
    bench.assert_settled(&object, [("length", number(20))]);
    let other = bench.create([("length", number(20))]);
    assert_ne!(result(&other), password);
    assert_eq!(bench.refreshed(&object), Ok(Some(object.clone())));
    assert_eq!(bench.apply(Some(object), None), Ok((vec!["Forget"], None)));
}

#[test]
fn only_the_first_72_bytes_are_hashed() {
    let bench = Bench::new("random_password");
    let object = bench.create([("length", number(100))]);
    let hash = object.text("bcrypt_hash").expect("a hash");
    assert!(bcrypt::verify(&result(&object)[..72], hash).unwrap());
    assert!(!bcrypt::verify(&result(&object)[..71], hash).unwrap());
}

#[test]
fn a_string_is_no_secret_and_its_own_id() {
    let bench = Bench::new("random_string");
    let off = || Value::bool(false);
    let arguments =
        [("length", number(64)), ("special", off()), ("upper", off()), ("numeric", off())];
    let object = bench.create(arguments.clone());
    assert_eq!(count(result(&object), |it| it.is_ascii_lowercase()), 64);
    assert_eq!(object.text("id"), Some(result(&object)));
    assert!(object.attributes.deep_marks().is_none());
    assert_eq!(object.attribute("number"), off());
    bench.assert_settled(&object, arguments);
}

#[test]
fn number_and_numeric_are_one() {
    let bench = Bench::new("random_string");
    let (yes, no) = (Value::bool(true), Value::bool(false));
    let null = Value::null(meridian_lang::Type::Bool);
    let unknown = Value::unknown(meridian_lang::Type::Bool);
    for (number, numeric, expected) in [
        (&null, &null, &yes),
        (&no, &null, &no),
        (&null, &no, &no),
        (&no, &no, &no),
        (&yes, &yes, &yes),
        (&unknown, &null, &unknown),
    ] {
        let config = [("number", number.clone()), ("numeric", numeric.clone())];
        let planned = bench.planned(None, &bench.config(config));
        assert_eq!(planned.get("numeric"), Some(expected));
        assert_eq!(planned.get("number"), Some(expected));
    }
}

#[test]
fn rules_are_checked_in_the_providers_words() {
    let value = "Invalid Attribute Value";
    let combination = "Invalid Attribute Combination";
    let off = || Value::bool(false);
    for name in ["random_password", "random_string"] {
        let bench = Bench::new(name);
        let one = |wrong: Vec<(String, String)>, summary: &str, detail: &str| {
            assert_eq!(wrong, [(summary.to_owned(), detail.to_owned())]);
        };
        one(
            bench.wrong([("length", number(0))]),
            value,
            "Attribute length value must be at least 1, got: 0",
        );
        one(
            bench.wrong([("length", number(1 << 21))]),
            value,
            "Attribute length value must be at most 1048576, got: 2097152",
        );
        one(
            bench.wrong([
                ("length", number(3)),
                ("min_lower", number(2)),
                ("min_upper", number(2)),
            ]),
            value,
            "Attribute length value must be at least sum of min_upper + min_lower + min_numeric + \
             min_special, got: 3",
        );
        one(
            bench.wrong([("length", number(3)), ("min_lower", number(-1))]),
            value,
            "Attribute min_lower value must be at least 0, got: -1",
        );
        one(
            bench.wrong([
                ("length", number(3)),
                ("lower", off()),
                ("upper", off()),
                ("numeric", off()),
                ("special", off()),
            ]),
            combination,
            "At least one attribute out of [special,upper,lower,numeric] must be specified as true",
        );
        one(
            bench.wrong([("length", number(3)), ("numeric", off()), ("number", Value::bool(true))]),
            "Number and numeric are both configured with different values",
            "Number is deprecated, use numeric instead",
        );
        assert_eq!(bench.wrong([("length", number(1))]), []);
    }
}

#[test]
fn other_rules_and_keepers_replace() {
    let bench = Bench::new("random_password");
    let arguments = [("length", number(8)), ("override_special", text(""))];
    let object = bench.create(arguments);
    let replacing = |config: Value| {
        let planned = bench.planned(Some(&object), &config);
        bench.replacing(&object, &planned)
    };
    let length = || ("length", number(8));
    assert_eq!(replacing(bench.config([("length", number(9))])), ["length"]);
    assert_eq!(replacing(bench.config([length(), ("special", Value::bool(false))])), ["special"]);
    let number_off = bench.config([length(), ("number", Value::bool(false))]);
    assert_eq!(replacing(number_off), ["number", "numeric"]);
    assert_eq!(replacing(bench.config([length(), ("keepers", map(&[("a", "1")]))])), ["keepers"]);
    let special = bench.config([length(), ("override_special", text("!"))]);
    assert_eq!(replacing(special), ["override_special"]);
    assert_eq!(replacing(bench.config([length()])), Vec::<String>::new());
    let empty = bench.config([length(), ("keepers", map(&[]))]);
    assert_eq!(replacing(empty.clone()), Vec::<String>::new());
    let planned = bench.planned(Some(&object), &empty);
    let (operations, changed) = bench.apply(Some(object.clone()), Some(&planned)).unwrap();
    assert_eq!(operations, ["Record"]);
    assert_eq!(changed.expect("an object").attribute("result"), object.attribute("result"));
}

#[test]
fn texts_are_imported_as_they_are() {
    let bench = Bench::new("random_password");
    let object = bench.imported("hunter2").expect("an object");
    assert_eq!(result(&object), "hunter2");
    assert!(object.attribute("result").is_sensitive());
    let hash = object.text("bcrypt_hash").expect("a hash");
    assert!(bcrypt::verify("hunter2", hash).unwrap());
    assert_eq!(object.attribute("length"), number(7));
    bench.assert_settled(&object, [("length", number(7))]);
    let bench = Bench::new("random_string");
    let object = bench.imported("abc").expect("an object");
    assert_eq!(object.text("id"), Some("abc"));
    bench.assert_settled(&object, [("length", number(3))]);
}

#[test]
fn an_ephemeral_password_keeps_to_the_rules() {
    let bench = Bench::new("random_password");
    let kind = EphemeralPassword::new();
    let arguments = [("length", number(30)), ("min_special", number(25))];
    let object = observed(&bench, &kind, &arguments).expect("a password");
    let password = object.get_str("result").expect("a result");
    assert_eq!(password.len(), 30);
    assert!(count(password, |it| SPECIAL.contains(it)) >= 25);
    assert!(object.get("result").is_some_and(Value::is_sensitive));
    assert!(bcrypt::verify(password, object.get_str("bcrypt_hash").unwrap()).unwrap());
    assert_eq!(object.get("upper"), Some(&Value::bool(true)));
    let error = observed(&bench, &kind, &[("length", number(-1))]).expect_err("no length");
    assert!(matches!(error, DataError::Cloud(_)));
}
