//! Pacing: calls leave as fast as they come until the cloud refuses one for its rate. From then on
//! those of the same quota leave one after the other, at the rate that the cloud documents.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use meridian_resource::{Bucket, Quota};
use tokio::time::Instant;

/// By which part of the documented rate it grows with each call that is accepted: fast up to the
/// documented rate, and slowly beyond, for accounts that were granted more.
const RECOVERY: f64 = 0.1;
const GROWTH: f64 = 0.01;
/// The least that is left of the documented rate, however much others use of the quota.
const LEAST: f64 = 0.1;
/// How much a turn may come early to make up for turns that came late: timers are not exact.
const SLACK: Duration = Duration::from_millis(20);

/// The quotas that were used up in this run. All work on objects shares them.
#[derive(Debug, Default)]
pub struct Quotas {
    /// Whether any was used up: as long as none was, nothing is looked up.
    any: AtomicBool,
    gates: Mutex<HashMap<Bucket, Arc<Gate>>>,
}

/// A quota that was used up.
#[derive(Debug)]
struct Gate {
    /// Who waits, in the order of their coming.
    queue: tokio::sync::Mutex<()>,
    flow: Mutex<Flow>,
}

#[derive(Debug)]
struct Flow {
    /// Requests a second that the cloud documents.
    documented: f64,
    /// Requests a second that are sent.
    rate: f64,
    /// When the next one may leave.
    next: Instant,
    /// When the rate was last lowered.
    lowered: Instant,
}

impl Quotas {
    /// Whether any quota was used up, so that calls may have to wait.
    pub(crate) fn are_used_up(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// The first of these quotas that was used up.
    pub(crate) fn first_used_up<'q>(&self, quotas: &'q [Quota]) -> Option<&'q Quota> {
        let gates = locked(&self.gates);
        quotas.iter().find(|quota| gates.contains_key(&quota.bucket))
    }

    /// Ends when a call may leave that counts against these quotas: at once, unless one of them was
    /// used up. `ready` is whatever else must be there first: it is waited for at the head of the
    /// queue, so that those behind do not all leave together.
    pub(crate) async fn turn<T>(&self, quotas: &[Quota], ready: impl Future<Output = T>) -> T {
        let gates: Vec<(Arc<Gate>, f64)> = {
            let gates = locked(&self.gates);
            let used_up = quotas.iter().filter_map(|it| Some((gates.get(&it.bucket)?, it.count)));
            used_up.map(|(gate, count)| (gate.clone(), count)).collect()
        };
        let Some(((last, count), others)) = gates.split_last() else { return ready.await };
        for (gate, count) in others {
            gate.pass(*count, std::future::ready(())).await;
        }
        last.pass(*count, ready).await
    }

    /// Learns from the answer to a call that left at `sent`.
    pub(crate) fn learn(&self, quotas: &[Quota], sent: Instant, is_refused: bool) {
        let mut gates = locked(&self.gates);
        for quota in quotas {
            match gates.get(&quota.bucket) {
                Some(gate) if is_refused => locked(&gate.flow).lower(sent, quota.count),
                Some(gate) => locked(&gate.flow).raise(),
                // Which of several quotas was meant the cloud does not tell.
                None if is_refused => {
                    gates.insert(quota.bucket.clone(), Arc::new(Gate::new(quota)));
                    self.any.store(true, Ordering::Release);
                }
                None => {}
            }
        }
    }
}

impl Gate {
    fn new(quota: &Quota) -> Gate {
        let now = Instant::now();
        let mut flow =
            Flow { documented: quota.per_second, rate: quota.per_second, next: now, lowered: now };
        flow.next += flow.interval(quota.count);
        Gate { queue: tokio::sync::Mutex::default(), flow: Mutex::new(flow) }
    }

    async fn pass<T>(&self, count: f64, ready: impl Future<Output = T>) -> T {
        let _place = self.queue.lock().await;
        loop {
            // It may move on while it is waited for.
            let next = locked(&self.flow).next;
            if next <= Instant::now() {
                break;
            }
            tokio::time::sleep_until(next).await;
        }
        let ready = ready.await;
        let mut flow = locked(&self.flow);
        let earliest = Instant::now().checked_sub(SLACK).unwrap_or(flow.next);
        flow.next = flow.next.max(earliest) + flow.interval(count);
        ready
    }
}

impl Flow {
    /// How long after a call that counts as so many requests the next one may leave.
    fn interval(&self, count: f64) -> Duration {
        Duration::try_from_secs_f64(count / self.rate).unwrap_or(Duration::from_secs(1))
    }

    /// A call was refused. Those that had left before the rate was lowered say nothing new.
    fn lower(&mut self, sent: Instant, count: f64) {
        if sent <= self.lowered {
            return;
        }
        let lower = if self.rate > self.documented { self.documented } else { self.rate / 2.0 };
        self.rate = lower.max(self.documented * LEAST);
        self.lowered = Instant::now();
        self.next = self.next.max(self.lowered + self.interval(count));
    }

    /// A call was accepted.
    fn raise(&mut self) {
        let part = if self.rate < self.documented { RECOVERY } else { GROWTH };
        self.rate += self.documented * part;
    }
}

/// What was learned is whole between any two steps, so a panic elsewhere leaves it sound.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
