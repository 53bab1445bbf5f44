//! Identities, bytes, names, numbers and orders.

use meridian_lang::Value;
use meridian_resource::Object;

use super::result;
use crate::testing::{Bench, number, text};

fn list(elements: &[&str]) -> Value {
    Value::list(meridian_lang::Type::String, elements.iter().map(|it| text(it)))
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
