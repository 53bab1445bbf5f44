//! Values that are drawn once and then kept.

use meridian_lang::Value;
use meridian_resource::{DataError, Object};
use proptest::prelude::*;

use super::password::EphemeralPassword;
use crate::testing::{Bench, map, number, observed, text};

const SPECIAL: &str = "!@#$%&*()-_=+[]{}<>:?";

fn result(object: &Object) -> &str {
    object.text("result").expect("a result")
}

fn count(text: &str, class: impl Fn(char) -> bool) -> usize {
    text.chars().filter(|character| class(*character)).count()
}

fn list(elements: &[&str]) -> Value {
    Value::list(meridian_lang::Type::String, elements.iter().map(|it| text(it)))
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

#[test]
fn an_id_has_five_spellings() {
    let bench = Bench::new("random_id");
    let arguments = [("byte_length", number(8)), ("prefix", text("p-"))];
    let object = bench.create(arguments.clone());
    let hex = object.text("hex").and_then(|hex| hex.strip_prefix("p-")).expect("a prefix");
    assert_eq!(hex.len(), 16);
    let dec = object.text("dec").and_then(|dec| dec.strip_prefix("p-")).expect("a prefix");
    assert_eq!(dec.parse::<u64>().ok(), u64::from_str_radix(hex, 16).ok());
    assert_eq!(object.text("b64_url"), Some(&*format!("p-{}", object.text("id").unwrap())));
    bench.assert_settled(&object, arguments);
    let imported = bench.imported(&format!("p-,{}", object.text("id").unwrap()));
    assert_eq!(imported.expect("an object").attributes, object.attributes);

    let object = bench.imported("p-9hUg").expect("an object");
    assert_eq!(object.text("hex"), Some("a7ef6152"));
    assert_eq!(object.text("dec"), Some("2817483090"));
    assert_eq!(object.text("b64_std"), Some("p+9hUg=="));
    assert_eq!(object.text("b64_url"), Some("p-9hUg"));
    assert_eq!(object.attribute("byte_length"), number(4));
    assert!(object.attribute("prefix").is_null());
    let problem = bench.imported("p+9hUg==").expect_err("not for URLs");
    assert_eq!(problem.summary, "Import Random ID Error");
}

#[test]
fn bytes_are_secret() {
    let bench = Bench::new("random_bytes");
    let object = bench.create([("length", number(32))]);
    assert_eq!(object.text("hex").map(str::len), Some(64));
    assert!(object.attribute("hex").is_sensitive() && object.attribute("base64").is_sensitive());
    assert_eq!(object.text("id"), Some("none"));
    bench.assert_settled(&object, [("length", number(32))]);
    let imported = bench.imported(object.text("base64").unwrap()).expect("an object");
    assert_eq!(imported.attributes, object.attributes);
    let problem = bench.imported("???").expect_err("no base64");
    assert_eq!(problem.summary, "Import Random bytes Error");
}

#[test]
fn a_uuid_has_its_form() {
    let bench = Bench::new("random_uuid");
    let object = bench.create([]);
    let groups: Vec<usize> = result(&object).split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12]);
    assert_eq!(object.attribute("id"), object.attribute("result"));
    bench.assert_settled(&object, []);
    let upper = result(&object).to_uppercase();
    assert_eq!(bench.imported(&upper).expect("an object").attributes, object.attributes);
    for id in ["", "aabbccdd-eeff-0011-2233-44556677889", "zabbccdd-eeff-0011-2233-445566778899"] {
        assert_eq!(bench.imported(id).expect_err("no UUID").summary, "Import Random UUID Error");
    }
}

#[test]
fn a_pet_has_so_many_words() {
    let bench = Bench::new("random_pet");
    let words = |object: &Object, separator: &str| {
        object.text("id").expect("a name").split(separator).map(str::to_owned).collect::<Vec<_>>()
    };
    let object = bench.create([]);
    assert_eq!(words(&object, "-").len(), 2);
    bench.assert_settled(&object, []);
    for (length, expected) in [(1, 1), (3, 3), (5, 5), (0, 2), (-1, 2)] {
        let object = bench.create([("length", number(length)), ("separator", text("_"))]);
        let words = words(&object, "_");
        assert_eq!(words.len(), expected);
        assert!(words.iter().all(|it| it.bytes().all(|byte| byte.is_ascii_lowercase())));
    }
    let object = bench.create([("prefix", text("Mr")), ("length", number(1))]);
    assert!(object.text("id").is_some_and(|id| id.starts_with("Mr-")));
    let planned = bench.planned(Some(&object), &bench.config([("length", number(1))]));
    assert_eq!(bench.replacing(&object, &planned), ["prefix"]);
    assert_eq!(bench.wrong([("length", number(1 << 40))]).len(), 1);
}

#[test]
fn an_integer_keeps_to_its_range_and_its_seed() {
    let bench = Bench::new("random_integer");
    let arguments = [("min", number(-2)), ("max", number(2)), ("seed", text("s"))];
    let object = bench.create(arguments.clone());
    let drawn = object.attribute("result");
    assert!((-2..=2).contains(&drawn.as_i64().expect("a number")));
    assert_eq!(object.text("id"), Some(&*drawn.to_string_of_number()));
    assert_eq!(bench.create(arguments.clone()).attributes, object.attributes);
    bench.assert_settled(&object, arguments);
    let widest = [("min", number(i64::MIN)), ("max", number(i64::MAX))];
    bench.create(widest);
    let wrong = bench.wrong([("min", number(2)), ("max", number(1))]);
    assert_eq!(wrong[0].0, "Create Random Integer Error");
    assert_eq!(bench.wrong([("min", number(1)), ("max", number(1))]), []);

    let object = bench.imported("15,1,99,a,b");
    assert_eq!(object.expect_err("too many").summary, "Import Random Integer Error");
    let object = bench.imported("15,1,99,a").expect("an object");
    assert_eq!(object.text("seed"), Some("a"));
    bench.assert_settled(&object, [("min", number(1)), ("max", number(99)), ("seed", text("a"))]);
    let object = bench.imported("15,1,99").expect("an object");
    assert!(object.attribute("seed").is_null());
    for (id, what) in [("x,1,2", "The value"), ("1,x,2", "The min"), ("1,1,x", "The max")] {
        let problem = bench.imported(id).expect_err("no number");
        assert!(problem.detail.starts_with(what), "{problem:?}");
    }
}

#[test]
fn a_shuffle_has_every_element_once_a_round() {
    let bench = Bench::new("random_shuffle");
    let input = list(&["a", "b", "c", "d", "e", "f", "g"]);
    let arguments = [("input", input.clone()), ("seed", text("s"))];
    let object = bench.create(arguments.clone());
    let shuffled = object.attribute("result");
    let texts = |value: &Value| -> Vec<String> {
        value.children().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut sorted = texts(&shuffled);
    assert_ne!(sorted, texts(&input));
    sorted.sort();
    assert_eq!(sorted, texts(&input));
    assert_eq!(object.text("id"), Some("-"));
    assert_eq!(bench.create(arguments.clone()).attributes, object.attributes);
    bench.assert_settled(&object, arguments);
    for (count, expected) in [(3, 3), (10, 10), (0, 7)] {
        let object = bench.create([("input", input.clone()), ("result_count", number(count))]);
        let shuffled = texts(&object.attribute("result"));
        assert_eq!(shuffled.len(), expected);
        for letter in texts(&input) {
            let times = shuffled.iter().filter(|it| **it == letter).count();
            assert!(times >= expected / 7 && times <= expected.div_ceil(7), "{shuffled:?}");
        }
    }
    let object = bench.create([("input", list(&[])), ("result_count", number(5))]);
    assert_eq!(object.attribute("result"), list(&[]));
}

trait Digits {
    fn to_string_of_number(&self) -> String;
}

impl Digits for Value {
    fn to_string_of_number(&self) -> String {
        self.as_number().expect("a number").to_string()
    }
}

prop_compose! {
    fn rules()(
        least in proptest::array::uniform4(0_i64..6),
        rest in 0_i64..40,
        flags in proptest::array::uniform4(any::<bool>()),
        special in proptest::option::of("[.,;~ßé]{1,5}"),
    ) -> Vec<(&'static str, Value)> {
        let [lower, numeric, special_flag, upper] = flags;
        let [min_lower, min_numeric, min_special, min_upper] = least;
        let upper = upper || !(lower || numeric || special_flag);
        let length = (min_lower + min_numeric + min_special + min_upper + rest).max(1);
        let mut rules = vec![
            ("length", number(length)),
            ("lower", Value::bool(lower)),
            ("numeric", Value::bool(numeric)),
            ("special", Value::bool(special_flag)),
            ("upper", Value::bool(upper)),
            ("min_lower", number(min_lower)),
            ("min_numeric", number(min_numeric)),
            ("min_special", number(min_special)),
            ("min_upper", number(min_upper)),
        ];
        rules.extend(special.map(|it| ("override_special", text(&it))));
        rules
    }
}

proptest! {
    #[test]
    fn any_valid_rules_are_kept(rules in rules()) {
        let bench = Bench::new("random_string");
        let config = rules.iter().fold(bench.config([]), |all, (name, value)| {
            all.with(name, value.clone())
        });
        prop_assert_eq!(bench.kind().validate(&config), []);
        let wanted = bench.planned(None, &config);
        let (_, object) = bench.apply(None, Some(&wanted)).unwrap();
        let object = object.unwrap();
        let drawn = result(&object);
        let given = config.get_str("override_special").unwrap_or(SPECIAL).to_owned();
        let whole = |name: &str| config.get(name).and_then(Value::as_i64).unwrap() as usize;
        prop_assert_eq!(drawn.chars().count(), whole("length"));
        let is_on = |name: &str| config.get(name).and_then(Value::as_bool).unwrap();
        type Class<'c> = Box<dyn Fn(char) -> bool + 'c>;
        let classes: [(&str, &str, Class<'_>); 4] = [
            ("lower", "min_lower", Box::new(|it: char| it.is_ascii_lowercase())),
            ("numeric", "min_numeric", Box::new(|it: char| it.is_ascii_digit())),
            ("special", "min_special", Box::new(|it: char| given.contains(it))),
            ("upper", "min_upper", Box::new(|it: char| it.is_ascii_uppercase())),
        ];
        let mut sum = 0;
        for (name, least, class) in classes {
            let found = count(drawn, class);
            prop_assert!(found >= whole(least), "{name} in {drawn}");
            prop_assert!(is_on(name) || found == whole(least), "{name} in {drawn}");
            sum += found;
        }
        prop_assert_eq!(sum, whole("length"));
    }

    #[test]
    fn any_range_is_kept(a in any::<i64>(), b in any::<i64>(), seed in "[a-z]{0,3}") {
        let bench = Bench::new("random_integer");
        let (min, max) = (a.min(b), a.max(b));
        let object =
            bench.create([("min", number(min)), ("max", number(max)), ("seed", text(&seed))]);
        let drawn = object.attribute("result").as_i64().unwrap();
        prop_assert!((min..=max).contains(&drawn));
    }

    #[test]
    fn no_import_id_is_too_strange(id in ".*") {
        for name in
            ["random_bytes", "random_id", "random_integer", "random_string", "random_uuid"]
        {
            let bench = Bench::new(name);
            let _ = bench.kind().import(&bench.place(), &id);
        }
    }
}
