//! Objects that are alike: after lost answers each instance has its own.

use std::collections::BTreeSet;

use meridian_lang::Value;
use meridian_resource::{Call, Occurrence, Service};

use crate::bench::*;
use crate::cloud::Fault::{self, Late, LostDone, LostUndone};
use crate::recovery::left_open;

/// So many boxes that are alike.
fn twins(count: usize) -> String {
    format!("resource \"fake_twin\" \"a\" {{\n count = {count}\n name = \"a\"\n}}")
}

/// The ids that the state has, one for each instance.
fn ids(bench: &Bench) -> Vec<String> {
    let objects = bench.snapshot().objects;
    objects.iter().filter_map(|it| Some(it.attributes.get_str("id")?.to_owned())).collect()
}

#[track_caller]
fn each_has_its_own(bench: &Bench, count: usize, what: &str) {
    let ids = ids(bench);
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (count, count), "{what}: {ids:?}");
    assert_eq!(bench.cloud.names().len(), count, "{what}: nothing is left over");
}

#[tokio::test(start_paused = true)]
async fn each_instance_has_its_own_after_lost_and_late_answers() {
    let cases: [&[Fault]; 9] = [
        &[LostDone],
        &[LostUndone],
        // The first one looks and sees what the second one's call has made, too.
        &[LostDone, Late],
        &[LostUndone, Late],
        &[Late, LostDone],
        &[LostDone, LostDone],
        &[LostDone, LostUndone],
        &[LostDone, Late, LostDone, LostUndone, Late],
        &[LostDone, LostDone, LostDone, LostDone, Late],
    ];
    for faults in cases {
        for permits in [1, 2, 10] {
            for count in [2, 3, 5] {
                let mut bench = Bench::with_permits(permits);
                bench.cloud.script("CreateTwin", "a", faults);
                bench.converge(&twins(count)).await;
                each_has_its_own(&bench, count, &format!("{faults:?}, {permits} at once"));
            }
        }
    }
}

/// Two intents of a killed run, alike; both calls were carried out, or one.
#[tokio::test(start_paused = true)]
async fn each_instance_has_its_own_after_a_kill() {
    let members = [("name", Value::string("a")), ("size", Value::number(1))];
    let call =
        Call::change(Service::Kms, "CreateTwin", "home", members).found_by(Occurrence::Identity);
    for carried_out in 0..=2 {
        let mut bench = Bench::new();
        for instance in 0..2 {
            left_open(&mut bench, &format!("fake_twin.a[{instance}]"), &call, true);
        }
        for _ in 0..carried_out {
            bench.cloud.plant(&call);
        }
        bench.recover(&twins(2)).await.expect("recovery");
        let ids = ids(&bench);
        let distinct: BTreeSet<&String> = ids.iter().collect();
        assert_eq!((ids.len(), distinct.len()), (carried_out, carried_out), "{ids:?}");
        bench.converge(&twins(2)).await;
        each_has_its_own(&bench, 2, &format!("{carried_out} carried out"));
    }
}

/// Under one name there can be one box. Whoever made it has it, and the other one is told.
#[tokio::test(start_paused = true)]
async fn what_has_a_name_of_its_own_is_not_given_to_two() {
    let boxes = "resource \"fake_box\" \"a\" {\n count = 2\n name = \"a\"\n}";
    for faults in [&[LostDone][..], &[LostUndone], &[LostDone, LostUndone], &[LostUndone, LostDone]]
    {
        let mut bench = Bench::new();
        bench.cloud.script("CreateBox", "a", faults);
        let applied = bench.apply(boxes).await;
        assert_eq!(applied.failures.len(), 1, "{faults:?}: {applied:#?}");
        assert_eq!(ids(&bench).len(), 1, "{faults:?}");
        assert_eq!(bench.cloud.names(), ["a"], "{faults:?}");
    }
}
