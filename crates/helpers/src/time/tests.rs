//! Moments that are taken once and then kept.

use std::time::Duration;

use meridian_lang::{Type, Value};
use meridian_resource::Object;
use proptest::prelude::*;
use time::macros::datetime;

use crate::testing::{Bench, map, number, text};

const NOW: &str = "2026-01-31T10:11:12Z";

/// The parts of a moment, from years to seconds.
fn parts(object: &Value) -> Vec<Option<i64>> {
    let names = ["year", "month", "day", "hour", "minute", "second"];
    names.iter().map(|name| object.get(name)?.as_i64()).collect()
}

fn numbers(numbers: [i64; 6]) -> Vec<Option<i64>> {
    numbers.into_iter().map(Some).collect()
}

fn wrong(bench: &Bench, arguments: &[(&str, Value)]) -> Vec<String> {
    let config =
        arguments.iter().fold(bench.config([]), |all, (name, value)| all.with(name, value.clone()));
    bench.kind().validate(&config).into_iter().map(|problem| problem.summary).collect()
}

#[test]
fn a_moment_is_taken_once() {
    let bench = Bench::new("time_static");
    let object = bench.create([]);
    assert_eq!(object.text("rfc3339"), Some(NOW));
    assert_eq!(object.text("id"), Some(NOW));
    assert_eq!(object.attribute("unix"), number(1_769_854_272));
    assert_eq!(parts(&object.attributes), numbers([2026, 1, 31, 10, 11, 12]));
    bench.clock.set(datetime!(2030-01-01 00:00 UTC));
    assert_eq!(bench.refreshed(&object), Ok(Some(object.clone())));
    bench.assert_settled(&object, []);
    let config = bench.config([("triggers", map(&[("a", "1")]))]);
    let planned = bench.planned(Some(&object), &config);
    assert_eq!(bench.replacing(&object, &planned), ["triggers"]);
    assert_eq!(bench.apply(Some(object), None), Ok((vec!["Forget"], None)));
}

#[test]
fn a_moment_that_is_given_is_known_while_planning() {
    let bench = Bench::new("time_static");
    let given = || ("rfc3339", text("2020-02-12T06:36:13+01:00"));
    let planned = bench.planned(None, &bench.config([given()]));
    assert!(planned.is_wholly_known());
    assert_eq!(parts(&planned), numbers([2020, 2, 12, 6, 36, 13]));
    assert_eq!(planned.get_str("id"), Some("2020-02-12T06:36:13+01:00"));
    let object = bench.create([given()]);
    assert_eq!(object.attributes, planned);
    let other = bench.config([("rfc3339", text("2021-02-12T06:36:13Z"))]);
    let planned = bench.planned(Some(&object), &other);
    assert_eq!(bench.replacing(&object, &planned), ["rfc3339"]);
    assert_eq!(wrong(&bench, &[("rfc3339", text("today"))]), ["Invalid RFC3339 String Value"]);
    let imported = bench.imported("2020-02-12T06:36:13Z").expect("an object");
    assert_eq!(imported.attribute("year"), number(2020));
    bench.assert_settled(&imported, []);
    let problem = bench.imported("today").expect_err("no moment");
    assert_eq!(problem.summary, "Import time static error");
}

#[test]
fn an_offset_moves_in_place_with_its_arguments() {
    let bench = Bench::new("time_offset");
    let object = bench.create([("offset_days", number(7))]);
    assert_eq!(object.text("base_rfc3339"), Some(NOW));
    assert_eq!(object.text("id"), Some(NOW));
    assert_eq!(object.text("rfc3339"), Some("2026-02-07T10:11:12Z"));
    bench.assert_settled(&object, [("offset_days", number(7))]);
    bench.clock.set(datetime!(2030-01-01 00:00 UTC));
    let planned = bench.planned(Some(&object), &bench.config([("offset_years", number(-1))]));
    assert_eq!(planned.get_str("rfc3339"), Some("2025-01-31T10:11:12Z"));
    assert_eq!(bench.replacing(&object, &planned), Vec::<String>::new());
    let (operations, changed) = bench.apply(Some(object.clone()), Some(&planned)).unwrap();
    assert_eq!(operations, ["TellTime"]);
    let changed = changed.expect("an object");
    assert_eq!(changed.attributes, planned);
    assert_eq!(changed.text("base_rfc3339"), Some(NOW));

    let unknown = bench.config([("offset_days", Value::unknown(Type::Number))]);
    let planned = bench.planned(Some(&object), &unknown);
    assert!(!planned.get("rfc3339").expect("a moment").is_known());
    assert_eq!(bench.foreseen(Some(object), Some(&planned)), ["TellTime"]);
}

#[test]
fn an_offset_of_a_given_base_is_known_while_planning() {
    let bench = Bench::new("time_offset");
    let base = |text: &str| ("base_rfc3339", Value::string(text));
    let arguments = [base("2020-01-31T00:00:00Z"), ("offset_months", number(1))];
    let planned = bench.planned(None, &bench.config(arguments.clone()));
    assert_eq!(parts(&planned), numbers([2020, 3, 2, 0, 0, 0]));
    let object = bench.create(arguments);
    assert_eq!(object.attributes, planned);
    let moved = bench.config([base("2021-01-31T00:00:00Z"), ("offset_months", number(1))]);
    let planned = bench.planned(Some(&object), &moved);
    assert_eq!(bench.replacing(&object, &planned), Vec::<String>::new());
    assert_eq!(planned.get_str("rfc3339"), Some("2021-03-03T00:00:00Z"));
}

#[test]
fn offsets_are_checked_and_imported() {
    let bench = Bench::new("time_offset");
    assert_eq!(wrong(&bench, &[]), ["Missing Attribute Configuration"]);
    let base = ("base_rfc3339", text("x"));
    let wrong_base = wrong(&bench, &[base, ("offset_days", number(1))]);
    assert_eq!(wrong_base, ["Invalid RFC3339 String Value"]);
    let object = bench.imported("2020-02-12T06:36:13Z,,,7,,,").expect("an object");
    assert_eq!(object.text("rfc3339"), Some("2020-02-19T06:36:13Z"));
    bench.assert_settled(&object, [("offset_days", number(7))]);
    for (id, summary) in [
        ("2020-02-12T06:36:13Z,,,,,,", "Unexpected Format of ID"),
        ("2020-02-12T06:36:13Z,1", "Unexpected Format of ID"),
        (",1,,,,,", "Unexpected Format of ID"),
        ("", "Unexpected Format of ID"),
        ("2020-02-12T06:36:13Z,x,,,,,", "Import time offset error"),
        ("today,1,,,,,", "Import time offset error"),
    ] {
        assert_eq!(bench.imported(id).expect_err("a strange id").summary, summary, "{id}");
    }
}

#[test]
fn an_offset_beyond_the_calendar_is_refused() {
    let bench = Bench::new("time_offset");
    let config = bench.config([("offset_years", number(i64::MAX))]);
    let wanted = bench.planned(None, &config);
    let stuck = bench.apply(None, Some(&wanted)).expect_err("no such year");
    let crate::testing::Stuck::Cloud(call, error) = stuck else { panic!("an error answer") };
    let reaction = bench.kind().reaction(&bench.place(), &call, &error).expect("a reaction");
    let meridian_resource::Reaction::Fail(problem) = reaction else { panic!("{reaction:?}") };
    assert_eq!(problem.summary, "Create time offset error");
}

#[test]
fn a_rotation_is_gone_once_its_time_has_passed() {
    let bench = Bench::new("time_rotating");
    let arguments = [("rotation_days", number(30))];
    let object = bench.create(arguments.clone());
    assert_eq!(object.text("rotation_rfc3339"), Some("2026-03-02T10:11:12Z"));
    assert_eq!(object.text("rfc3339"), Some(NOW));
    assert_eq!(parts(&object.attributes), numbers([2026, 3, 2, 10, 11, 12]));
    bench.assert_settled(&object, arguments);
    bench.clock.set(datetime!(2026-03-02 10:11:12 UTC));
    assert_eq!(bench.refreshed(&object), Ok(Some(object.clone())));
    bench.clock.set(datetime!(2026-03-02 10:11:13 UTC));
    assert_eq!(bench.refreshed(&object), Ok(None));
}

/// A run that makes one of the past does not wait for it to be there.
#[test]
fn a_rotation_of_the_past_is_there_for_the_run_that_made_it() {
    let bench = Bench::new("time_rotating");
    let base = ("rfc3339", text("2020-01-01T00:00:00Z"));
    let config = bench.config([base, ("rotation_hours", number(1))]);
    let wanted = bench.planned(None, &config);
    assert!(wanted.is_wholly_known());
    let (_, object) = bench.apply(None, Some(&wanted)).unwrap();
    let object = object.expect("an object");
    assert_eq!(bench.refreshed(&object), Ok(Some(object.clone())));
    assert_eq!(bench.refreshed(&bench.later(object)), Ok(None));
}

#[test]
fn a_rotation_moves_in_place_with_its_arguments() {
    let bench = Bench::new("time_rotating");
    let object = bench.create([("rotation_days", number(30))]);
    let planned = bench.planned(Some(&object), &bench.config([("rotation_years", number(1))]));
    assert_eq!(bench.replacing(&object, &planned), Vec::<String>::new());
    assert_eq!(planned.get_str("rotation_rfc3339"), Some("2027-01-31T10:11:12Z"));
    let (operations, changed) = bench.apply(Some(object.clone()), Some(&planned)).unwrap();
    assert_eq!(operations, ["TellTime"]);
    assert_eq!(changed.expect("an object").attributes, planned);
    let until = ("rotation_rfc3339", text("2026-05-01T00:00:00Z"));
    let planned = bench.planned(Some(&object), &bench.config([until]));
    assert_eq!(parts(&planned), numbers([2026, 5, 1, 0, 0, 0]));
    let base = ("rfc3339", text("2026-01-01T00:00:00Z"));
    let config = bench.config([base, ("rotation_days", number(30))]);
    let planned = bench.planned(Some(&object), &config);
    assert_eq!(bench.replacing(&object, &planned), ["rfc3339"]);
}

#[test]
fn rotations_are_checked_and_imported() {
    let bench = Bench::new("time_rotating");
    assert_eq!(wrong(&bench, &[]), ["Missing Attribute Configuration"]);
    assert_eq!(wrong(&bench, &[("rotation_days", number(0))]), ["Invalid Attribute Value"]);
    let days = bench.imported("2026-01-01T00:00:00Z,,,60,,").expect("an object");
    assert_eq!(days.text("rotation_rfc3339"), Some("2026-03-02T00:00:00Z"));
    bench.assert_settled(&days, [("rotation_days", number(60))]);
    let until = "2026-01-01T00:00:00Z,2027-01-01T00:00:00Z";
    let until = bench.imported(until).expect("an object");
    assert_eq!(until.text("rotation_rfc3339"), Some("2027-01-01T00:00:00Z"));
    for (id, summary) in [
        ("", "Unexpected Format of ID"),
        ("2026-01-01T00:00:00Z,", "Unexpected Format of ID"),
        ("2026-01-01T00:00:00Z,,,,,", "Unexpected Format of ID"),
        ("2026-01-01T00:00:00Z,1,2", "Unexpected Format of ID"),
        ("2026-01-01T00:00:00Z,today", "Import time rotating error"),
        ("2026-01-01T00:00:00Z,x,,,,", "Import time rotating error"),
    ] {
        assert_eq!(bench.imported(id).expect_err("a strange id").summary, summary, "{id}");
    }
}

#[test]
fn a_pause_comes_before_and_after() {
    let bench = Bench::new("time_sleep");
    let arguments = [("create_duration", text("30s")), ("destroy_duration", text("1.5m"))];
    let object = bench.create(arguments.clone());
    assert_eq!(object.text("id"), Some(NOW));
    assert_eq!(*bench.clock.pauses.lock().unwrap(), [Duration::from_secs(30)]);
    bench.assert_settled(&object, arguments);
    let config = bench.config([("create_duration", text("1h"))]);
    let planned = bench.planned(Some(&object), &config);
    assert_eq!(bench.replacing(&object, &planned), Vec::<String>::new());
    let (operations, _) = bench.apply(Some(object.clone()), Some(&planned)).unwrap();
    assert_eq!(operations, ["Record"]);
    assert_eq!(bench.apply(Some(object), None), Ok((vec!["Sleep"], None)));
    let pauses = [Duration::from_secs(30), Duration::from_secs(90)];
    assert_eq!(*bench.clock.pauses.lock().unwrap(), pauses);

    let object = bench.create([("destroy_duration", text("0s"))]);
    assert_eq!(bench.clock.pauses.lock().unwrap().len(), 2);
    let triggers =
        bench.config([("destroy_duration", text("0s")), ("triggers", map(&[("a", "1")]))]);
    let planned = bench.planned(Some(&object), &triggers);
    assert_eq!(bench.replacing(&object, &planned), ["triggers"]);
}

#[test]
fn pauses_are_checked_and_imported() {
    let bench = Bench::new("time_sleep");
    assert_eq!(wrong(&bench, &[]), ["Invalid Attribute Combination"]);
    let found = bench.wrong([("create_duration", text("1 hour"))]);
    assert_eq!(found[0].0, "Invalid Attribute Value Match");
    let detail = "Attribute create_duration must be a number immediately followed by ms \
                  (milliseconds), s (seconds), m (minutes), or h (hours). For example, \"30s\" for \
                  30 seconds., got: 1 hour";
    assert_eq!(found[0].1, detail);
    let object: Object = bench.imported("30s,,key=value").expect("an object");
    assert_eq!(object.text("create_duration"), Some("30s"));
    assert!(object.attribute("destroy_duration").is_null());
    assert_eq!(object.attribute("triggers"), map(&[("key", "value")]));
    assert_eq!(object.text("id"), Some(NOW));
    for (id, summary) in [
        ("30s", "Unexpected Format of ID"),
        (",", "Unexpected Format of ID"),
        ("x,", "Import time sleep error"),
        ("30s,,a", "Trigger import error"),
        ("30s,,a=b=c", "Trigger import error"),
    ] {
        assert_eq!(bench.imported(id).expect_err("a strange id").summary, summary, "{id}");
    }
}

proptest! {
    /// Any offset is told or refused, and one of days is so many days away.
    #[test]
    fn any_offset_is_told_or_refused(days in any::<i64>(), small in -100_000_i64..100_000) {
        let bench = Bench::new("time_offset");
        let wanted = bench.planned(None, &bench.config([("offset_days", number(days))]));
        let _ = bench.apply(None, Some(&wanted));
        prop_assume!(small != 0);
        let object = bench.create([("offset_days", number(small))]);
        let unix = object.attribute("unix").as_i64().unwrap();
        prop_assert_eq!(unix, 1_769_854_272 + small * 86400);
    }

    #[test]
    fn no_import_id_is_too_strange(id in ".*", list in "[0-9A-Z:,=+-]*") {
        for name in ["time_offset", "time_rotating", "time_sleep", "time_static"] {
            let bench = Bench::new(name);
            for id in [&id, &list] {
                let _ = bench.kind().import(&bench.place(), id);
            }
        }
    }
}
