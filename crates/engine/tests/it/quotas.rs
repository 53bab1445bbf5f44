//! What happens when the cloud refuses calls for their rate.

use tokio::time::Instant;

use crate::bench::*;

fn many(count: usize) -> String {
    format!("resource \"fake_box\" \"a\" {{\n count = {count}\n name = \"a${{count.index}}\"\n}}")
}

fn created(bench: &Bench) -> usize {
    bench.cloud.changes().iter().filter(|it| *it == "CreateBox").count()
}

#[tokio::test(start_paused = true)]
async fn many_creations_within_a_quota_are_refused_seldom() {
    // While the journal is written, the clock of the test may run on: those who had their turn
    // before come at once, so they are no more than the quota takes at once.
    let mut bench = Bench::with_permits(4);
    bench.cloud.limit("CreateBox", 5.0);
    let applied = bench.apply(&many(200)).await;
    assert!(applied.is_complete(), "{:?}", failures(&applied));
    assert_eq!(applied.counts.add, 200);
    let refused = bench.cloud.too_fast();
    assert!(refused <= 25, "{refused} refused");
    assert_eq!(created(&bench), 200 + refused);
}

#[tokio::test(start_paused = true)]
async fn without_refusals_all_is_made_at_once() {
    let mut bench = Bench::with_permits(50);
    bench.cloud.limit("CreateBox", 50.0);
    bench.cloud.gate(50);
    let begun = Instant::now();
    let _ = bench.converge(&many(50)).await;
    assert_eq!((bench.cloud.too_fast(), bench.cloud.most_under_way()), (0, 50));
    assert!(begun.elapsed().as_millis() < 100, "{:?}", begun.elapsed());
}

/// One permit, and creations that wait for ages: a change goes by them.
#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_turn_lets_others_work() {
    let mut bench = Bench::with_permits(1);
    let other = |size: u32| {
        format!("resource \"fake_box\" \"x\" {{\n  name = \"x\"\n  size = {size}\n}}\n")
    };
    let _ = bench.converge(&other(1)).await;
    bench.cloud.limit("CreateBox", 0.000_001);
    let stop = bench.stop.clone();
    bench.cloud.before_each_change(move |call| {
        if call.operation == "UpdateBox" {
            stop.ask();
        }
    });
    let applied = bench.apply(&format!("{}\n{}", many(6), other(2))).await;
    assert!(applied.interrupted, "{:?}", failures(&applied));
    assert_eq!((applied.counts.add, applied.counts.change), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_turn_ends_when_it_is_asked_to() {
    let mut bench = Bench::new();
    bench.cloud.limit("CreateBox", 0.001);
    let (stop, begun) = (bench.stop.clone(), Instant::now());
    let asked = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_secs(30)).await;
        stop.ask();
    });
    let applied = bench.apply(&many(5)).await;
    asked.await.expect("it was asked");
    assert!(applied.interrupted);
    assert_eq!(failures(&applied), []);
    assert_eq!(begun.elapsed().as_secs(), 30);
    assert_eq!(bench.open_intents(), [], "what waits for its turn has not left");
}

#[tokio::test(start_paused = true)]
async fn throttled_reads_wait_for_their_turn_too() {
    let mut bench = Bench::new();
    let _ = bench.converge(&many(30)).await;
    bench.cloud.limit("DescribeBox", 2.0);
    let read = bench.refresh(&many(30)).await.expect("all can be read");
    assert_eq!(read.len(), 30);
    assert!(bench.cloud.too_fast() <= 100, "{} refused", bench.cloud.too_fast());
}
