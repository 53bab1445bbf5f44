//! What holds for any arguments.

use meridian_lang::Value;
use proptest::prelude::*;

use super::{SPECIAL, count, result};
use crate::testing::{Bench, number, text};

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
