use std::sync::Mutex;

use meridian_resource::Service;

use super::*;

fn quota(family: &'static str, per_second: f64, count: f64) -> Quota {
    let (account, region) = ("aws".into(), "eu-central-1".to_owned());
    Quota { bucket: Bucket { account, service: Service::Kms, region, family }, per_second, count }
}

async fn turn(quotas: &Quotas, drawn: &[Quota]) {
    quotas.turn(drawn, std::future::ready(())).await;
}

/// A cloud's side of a quota: tokens that fill as time passes, at most one second's worth.
struct Bouncer {
    rate: f64,
    state: Mutex<(f64, Instant)>,
}

impl Bouncer {
    fn new(rate: f64) -> Bouncer {
        Bouncer { rate, state: Mutex::new((rate, Instant::now())) }
    }

    fn refuses(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let now = Instant::now();
        let filled = state.0 + now.duration_since(state.1).as_secs_f64() * self.rate;
        *state = (filled.min(self.rate), now);
        let refuses = state.0 < 1.0;
        if !refuses {
            state.0 -= 1.0;
        }
        refuses
    }
}

/// How it went with calls that are made as fast as they may.
struct Course {
    refused: usize,
    /// When each one was accepted.
    accepted: Vec<Instant>,
    begun: Instant,
}

impl Course {
    fn seconds(&self) -> f64 {
        self.accepted.iter().max().map_or(0.0, |end| (*end - self.begun).as_secs_f64())
    }
}

/// Makes `calls` calls, `at_once` of them at a time, until each is accepted.
async fn drive(calls: usize, at_once: usize, documented: f64, granted: f64) -> Course {
    let quotas = Arc::new(Quotas::default());
    let bouncer = Arc::new(Bouncer::new(granted));
    let (refused, accepted) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(Vec::new())));
    let permits = Arc::new(tokio::sync::Semaphore::new(at_once));
    let begun = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..calls {
        let (quotas, bouncer, permits) = (quotas.clone(), bouncer.clone(), permits.clone());
        let (refused, accepted) = (refused.clone(), accepted.clone());
        running.spawn(async move {
            let drawn = [quota("CreateKey", documented, 1.0)];
            loop {
                let is_its_turn = quotas.first_used_up(&drawn).is_some();
                let _permit = quotas.turn(&drawn, permits.acquire()).await.unwrap();
                if !is_its_turn && quotas.first_used_up(&drawn).is_some() {
                    continue;
                }
                let sent = Instant::now();
                let is_refused = bouncer.refuses();
                tokio::time::sleep(Duration::from_millis(20)).await;
                quotas.learn(&drawn, sent, is_refused);
                if !is_refused {
                    accepted.lock().unwrap().push(Instant::now());
                    return;
                }
                *refused.lock().unwrap() += 1;
            }
        });
    }
    running.join_all().await;
    let (refused, accepted) = (*refused.lock().unwrap(), accepted.lock().unwrap().clone());
    Course { refused, accepted, begun }
}

#[tokio::test(start_paused = true)]
async fn without_a_refusal_nothing_waits() {
    let course = drive(50, 50, 5.0, 1_000.0).await;
    assert_eq!((course.refused, course.seconds()), (0, 0.02));
}

#[tokio::test(start_paused = true)]
async fn after_the_first_refusal_calls_keep_to_the_quota() {
    let course = drive(200, 10, 5.0, 5.0).await;
    // 10 at first, of which 5 are refused, and now and then one that tries for more.
    assert!(course.refused <= 25, "{} refused", course.refused);
    // 5 at once and 195 at 5 a second are 39 seconds.
    assert!(course.seconds() < 50.0, "{} seconds", course.seconds());
}

#[tokio::test(start_paused = true)]
async fn no_second_has_more_than_what_is_documented_and_a_little() {
    let course = drive(100, 10, 5.0, 5.0).await;
    let mut times = course.accepted.clone();
    times.sort();
    for (position, begin) in times.iter().enumerate().skip(5) {
        let second = *begin + Duration::from_secs(1);
        let within = times[position..].iter().take_while(|time| **time < second).count();
        assert!(within <= 7, "{within} calls in a second");
    }
}

#[tokio::test(start_paused = true)]
async fn who_was_granted_more_gets_there() {
    let course = drive(1_000, 10, 5.0, 50.0).await;
    // At the documented rate it would take more than three minutes.
    assert!(course.seconds() < 100.0, "{} seconds", course.seconds());
    assert!(course.refused < 30, "{} refused", course.refused);
}

#[tokio::test(start_paused = true)]
async fn who_gets_less_slows_down_and_does_not_hammer() {
    let course = drive(50, 10, 5.0, 1.0).await;
    assert!(course.refused < 80, "{} refused", course.refused);
    assert!(course.seconds() < 90.0, "{} seconds", course.seconds());
}

#[tokio::test(start_paused = true)]
async fn each_quota_has_its_own_pace() {
    let quotas = Quotas::default();
    let (slow, free) = (quota("CreateKey", 5.0, 1.0), quota("CreateAlias", 5.0, 1.0));
    let begun = Instant::now();
    quotas.learn(std::slice::from_ref(&slow), begun, true);
    assert!(quotas.are_used_up());
    for _ in 0..10 {
        turn(&quotas, std::slice::from_ref(&free)).await;
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(quotas.first_used_up(&[free, slow.clone()]), Some(&slow));
    // One that counts as two requests takes twice the time.
    let double = Quota { count: 2.0, ..slow };
    turn(&quotas, std::slice::from_ref(&double)).await;
    assert_eq!(begun.elapsed().as_millis(), 200);
    turn(&quotas, &[double]).await;
    assert_eq!(begun.elapsed().as_millis(), 600);
}

#[tokio::test(start_paused = true)]
async fn whoever_leaves_the_queue_holds_up_nobody() {
    let quotas = Quotas::default();
    let slow = [quota("CreateKey", 1.0, 1.0)];
    let begun = Instant::now();
    quotas.learn(&slow, begun, true);
    let impatient = tokio::time::timeout(Duration::from_millis(500), turn(&quotas, &slow)).await;
    assert!(impatient.is_err());
    turn(&quotas, &slow).await;
    assert_eq!(begun.elapsed().as_millis(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn refusals_of_one_burst_count_once() {
    let quotas = Quotas::default();
    let slow = [quota("CreateKey", 5.0, 1.0)];
    let sent = Instant::now();
    for _ in 0..10 {
        quotas.learn(&slow, sent, true);
    }
    turn(&quotas, &slow).await;
    turn(&quotas, &slow).await;
    assert_eq!(sent.elapsed().as_millis(), 400);
}
