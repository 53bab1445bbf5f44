//! The resource and the data source that do nothing.

use super::*;
use crate::testing::{Bench, map, observed, text};

#[test]
fn its_id_is_a_number_that_stays() {
    let bench = Bench::new("null_resource");
    let object = bench.create([("triggers", map(&[("a", "1")]))]);
    let id = object.text("id").expect("an id");
    assert!(id.parse::<u64>().is_ok_and(|id| id <= i64::MAX as u64), "{id}");
    bench.assert_settled(&object, [("triggers", map(&[("a", "1")]))]);
    assert_eq!(bench.apply(Some(object), None), Ok((vec!["Forget"], None)));
}

#[test]
fn another_trigger_replaces_and_an_empty_one_is_recorded() {
    let bench = Bench::new("null_resource");
    let object = bench.create([]);
    let planned = bench.planned(Some(&object), &bench.config([("triggers", map(&[("a", "1")]))]));
    assert_eq!(bench.replacing(&object, &planned), ["triggers"]);
    let planned = bench.planned(Some(&object), &bench.config([("triggers", map(&[]))]));
    assert_eq!(bench.replacing(&object, &planned), Vec::<String>::new());
    let (operations, changed) = bench.apply(Some(object.clone()), Some(&planned)).unwrap();
    assert_eq!(operations, ["Record"]);
    let changed = changed.expect("an object");
    assert_eq!(changed.attribute("id"), object.attribute("id"));
    assert_eq!(changed.attribute("triggers"), map(&[]));
}

#[test]
fn the_data_source_gives_back_what_it_is_given() {
    let bench = Bench::new("null_resource");
    let source = NullDataSource::new();
    let inputs = map(&[("a", "1")]);
    let object = observed(&bench, &source, &[("inputs", inputs.clone())]).expect("an object");
    assert_eq!(object.get("outputs"), Some(&inputs));
    assert_eq!(object.get_str("has_computed_default"), Some("default"));
    assert_eq!(object.get_str("id"), Some("static"));
    assert!(object.get_str("random").is_some_and(|text| text.parse::<u64>().is_ok()));
    let given = [("has_computed_default", text("mine"))];
    let object = observed(&bench, &source, &given).expect("an object");
    assert_eq!(object.get_str("has_computed_default"), Some("mine"));
    assert!(object.get("outputs").is_some_and(Value::is_null));
}
