//! The order in which old and new objects live.

use std::collections::BTreeMap;

use meridian_plan::{Mode, Reason};
use meridian_resource::ErrorClass;

use crate::bench::*;
use crate::cloud::Fault;

fn pair(name: &str, flavor: &str) -> String {
    format!(
        r#"
        resource "fake_box" "key" {{
            name   = "{name}"
            flavor = "{flavor}"
        }}
        resource "fake_box" "user" {{
            name   = "user"
            parent = fake_box.key.id
        }}
    "#
    )
}

/// Mutating calls, each with the name of its box.
fn story(bench: &Bench) -> Vec<String> {
    let calls = bench.cloud.calls();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut made = 0;
    let changes = calls.iter().filter(|call| call.is_mutating());
    let told = changes.map(|call| {
        let name = call.input.get_str("name").map(str::to_owned);
        let name = name.unwrap_or_else(|| names[call.input.get_str("id").expect("an id")].clone());
        if call.operation == "CreateBox" {
            made += 1;
            names.insert(format!("box-{made:03}"), name.clone());
        }
        format!("{} {name}", call.operation)
    });
    told.collect()
}

#[tokio::test]
async fn the_new_one_comes_its_users_move_and_the_old_one_goes() {
    let mut bench = Bench::new();
    bench.converge(&pair("old", "f")).await;
    let before = story(&bench).len();
    let applied = bench.converge(&pair("new", "f")).await;
    assert_eq!(story(&bench)[before..], ["CreateBox new", "UpdateBox user", "DeleteBox old"]);
    assert_eq!((applied.counts.add, applied.counts.change, applied.counts.destroy), (1, 1, 1));
}

#[tokio::test]
async fn what_cannot_live_beside_its_successor_goes_first() {
    let mut bench = Bench::new();
    bench.converge(&pair("key", "f")).await;
    let before = story(&bench).len();
    bench.converge(&pair("key", "g")).await;
    assert_eq!(story(&bench)[before..], ["DeleteBox key", "CreateBox key", "UpdateBox user"]);
}

#[tokio::test]
async fn users_move_from_a_resource_that_is_no_longer_written() {
    let mut bench = Bench::new();
    bench.converge(&pair("old", "f")).await;
    let before = story(&bench).len();
    let moved =
        pair("new", "f").replace("\"key\"", "\"key2\"").replace("box.key.id", "box.key2.id");
    bench.converge(&moved).await;
    assert_eq!(story(&bench)[before..], ["CreateBox new", "UpdateBox user", "DeleteBox old"]);
}

#[tokio::test]
async fn the_old_one_is_not_deleted_when_its_user_could_not_move() {
    let mut bench = Bench::new();
    bench.converge(&pair("old", "f")).await;
    bench.cloud.script("UpdateBox", "user", &[Fault::Refused(ErrorClass::Denied)]);
    let applied = bench.apply(&pair("new", "f")).await;
    assert_eq!(failures(&applied).len(), 1);
    assert_eq!(skipped(&applied), [("fake_box.key".into(), Some("fake_box.user".into()))]);
    let mut names = bench.cloud.names();
    names.sort();
    assert_eq!(names, ["new", "old", "user"]);
    let before = story(&bench).len();
    bench.converge(&pair("new", "f")).await;
    assert_eq!(story(&bench)[before..], ["UpdateBox user", "DeleteBox old"]);
}

#[tokio::test]
async fn while_both_live_the_state_knows_both() {
    let mut bench = Bench::on_disk();
    bench.converge(&pair("old", "f")).await;
    let (path, sealer) = (bench.path(), bench.sealer.clone());
    bench.cloud.before_each_change(move |call| {
        if call.operation != "DeleteBox" {
            return;
        }
        let store = meridian_state::Store::open_read_only(&path, sealer.clone());
        let snapshot = store.expect("a state").expect("a state").snapshot().expect("a snapshot");
        let named: Vec<_> = snapshot
            .objects
            .iter()
            .map(|it| (it.attributes.get_str("name").unwrap_or_default(), it.deposed.is_some()))
            .collect();
        assert_eq!(named, [("new", false), ("old", true), ("user", false)]);
    });
    bench.converge(&pair("new", "f")).await;
    assert_eq!(bench.addresses(), ["fake_box.key", "fake_box.user"]);
}

#[tokio::test]
async fn what_could_not_be_deleted_is_left_over_and_deleted_next_time() {
    let mut bench = Bench::new();
    bench.converge(&pair("old", "f")).await;
    bench.cloud.script("DeleteBox", "old", &[Fault::Refused(ErrorClass::Denied)]);
    let applied = bench.apply(&pair("new", "f")).await;
    assert_eq!(
        failures(&applied),
        [("fake_box.key".into(), "kms DeleteBox failed in home".into())]
    );
    let plan = bench.plan(Mode::Normal, &pair("new", "f")).await;
    let left: Vec<_> = plan.changes.iter().filter(|it| it.deposed.is_some()).collect();
    assert_eq!((left.len(), left[0].reason), (1, Some(Reason::LeftOver)));
    let applied = bench.converge(&pair("new", "f")).await;
    assert_eq!((applied.counts.add, applied.counts.change, applied.counts.destroy), (0, 0, 1));
    let mut names = bench.cloud.names();
    names.sort();
    assert_eq!(names, ["new", "user"]);
}

#[tokio::test]
async fn a_deletion_first_that_fails_keeps_the_old_one() {
    let mut bench = Bench::new();
    bench.converge(&pair("key", "f")).await;
    bench.cloud.script("DeleteBox", "key", &[Fault::Refused(ErrorClass::Denied)]);
    let applied = bench.apply(&pair("key", "g")).await;
    assert_eq!(failures(&applied).len(), 1);
    assert_eq!(bench.addresses(), ["fake_box.key", "fake_box.user"]);
    // And one whose creation fails leaves nothing that is not there.
    bench.cloud.script("CreateBox", "key", &[Fault::Refused(ErrorClass::Denied)]);
    bench.apply(&pair("key", "g")).await;
    assert_eq!(bench.addresses(), ["fake_box.user"]);
    bench.converge(&pair("key", "g")).await;
}

#[tokio::test]
async fn a_move_to_another_region_leaves_nothing_behind() {
    let mut bench = Bench::new();
    let text = |region: &str| {
        format!("provider \"fake\" {{ region = \"{region}\" }}\n{}", pair("key", "f"))
    };
    bench.converge(&text("east")).await;
    bench.converge(&text("west")).await;
    assert_eq!(bench.cloud.names().len(), 2);
    for name in ["key", "user"] {
        assert_eq!(bench.cloud.find(name).expect("a box").get_str("region"), Some("west"));
    }
}
