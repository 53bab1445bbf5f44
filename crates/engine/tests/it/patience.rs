//! How long objects are waited for.

use std::time::Duration;

use tokio::time::Instant;

use crate::bench::*;

const NEVER: usize = 1_000_000;

fn one(more: &str) -> String {
    format!("resource \"fake_box\" \"a\" {{\n  name = \"a\"\n  {more}\n}}")
}

/// What is told of a box that is never ready, and after how many seconds.
async fn told(timeout: Option<u64>, more: &str) -> (String, String, u64) {
    let mut bench = Bench::new().with_timeout(timeout.map(Duration::from_secs));
    bench.cloud.pending("a", NEVER);
    let begun = Instant::now();
    let applied = bench.apply(&one(more)).await;
    let seconds = begun.elapsed().as_secs();
    assert!(bench.snapshot().objects[0].unfinished, "nothing is lost");
    let (_, error) = &applied.failures[0];
    assert_eq!(error.summary, "Waited too long");
    (error.detail.clone(), error.help.clone().unwrap_or_default(), seconds)
}

#[tokio::test(start_paused = true)]
async fn the_type_the_user_or_the_configuration_says_how_long() {
    let block = "timeouts {\n    create = \"30s\"\n  }";
    for (timeout, more, said, advice, seconds) in [
        (None, "", "After 1 minute the wait", "with -timeout=DURATION", 60),
        (Some(10), "", "After 10 seconds the wait", "with -timeout=DURATION", 10),
        (Some(7_200), "", "After 2 hours the wait", "with -timeout=DURATION", 7_200),
        (None, block, "After 30 seconds the wait", "in its timeouts block", 30),
        (Some(10), block, "After 30 seconds the wait", "in its timeouts block", 30),
        (Some(0), "", "There was no wait for the box", "with -timeout=DURATION", 0),
    ] {
        let (detail, help, took) = told(timeout, more).await;
        assert!(detail.starts_with(said), "{detail}");
        assert!(help.starts_with("apply again") && help.contains(advice), "{help}");
        assert!((seconds..seconds + 10).contains(&took), "{said}: {took} seconds");
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_longer_gets_there() {
    let mut bench = Bench::new().with_timeout(Some(Duration::from_secs(3_600)));
    // At five seconds a look, this takes far more than the minute of the type.
    bench.cloud.pending("a", 100);
    let _ = bench.converge(&one("")).await;
}

/// A `timeouts` block is about the creation.
#[tokio::test(start_paused = true)]
async fn the_next_apply_has_the_usual_patience() {
    let mut bench = Bench::new();
    let text = one("label = \"l\"\n  timeouts {\n    create = \"1s\"\n  }");
    bench.cloud.pending("a", NEVER);
    assert_eq!(bench.apply(&text).await.failures.len(), 1);
    let begun = Instant::now();
    assert_eq!(bench.apply(&text).await.failures.len(), 1);
    assert!(begun.elapsed().as_secs() >= 60, "{:?}", begun.elapsed());
    assert_eq!(bench.cloud.changes(), ["CreateBox"]);
}
