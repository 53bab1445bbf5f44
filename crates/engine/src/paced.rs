//! The cloud with its quotas respected: reads wait for their turn and are tried again when they are
//! refused for their rate, and every answer teaches the pace. Calls that change something are
//! waited for before their intent is written down, so they wait elsewhere.
//!
//! Once something has been changed, reads are also patient with a network that is away: what they
//! look for may be what became of a lost call. Before that, whoever has no network is told at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use meridian_resource::{
    Answer, Call, Cloud, CloudError, CloudFuture, ErrorClass, ProviderKey, Quota, Registry,
};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::pace::Pace;
use crate::quota::Quotas;
use crate::reconcile::{Context, THROTTLED, UNAVAILABLE};
use crate::{Event, Stop, UnderWay};

impl Context {
    /// Work with this cloud, `parallelism` objects at once. From here on its quotas are respected.
    pub fn new(
        registry: Registry,
        cloud: Arc<dyn Cloud>,
        events: Box<dyn Fn(Event) + Send + Sync>,
        stop: Stop,
        parallelism: usize,
    ) -> Context {
        let quotas = Arc::new(Quotas::default());
        let cloud = Paced {
            inner: cloud,
            quotas: quotas.clone(),
            stop: stop.clone(),
            has_changed: AtomicBool::new(false),
        };
        let permits = Arc::new(Semaphore::new(parallelism));
        let (cloud, under_way) = (Arc::new(cloud), UnderWay::default());
        Context { registry, cloud, events, stop, permits, quotas, under_way, timeout: None }
    }

    /// The same, where an object is waited for so long at most; as long as its type says if none
    /// is given.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Option<Duration>) -> Context {
        self.timeout = timeout;
        self
    }
}

struct Paced {
    inner: Arc<dyn Cloud>,
    quotas: Arc<Quotas>,
    stop: Stop,
    /// Whether a call that changes something has left.
    has_changed: AtomicBool,
}

impl Cloud for Paced {
    fn call<'a>(&'a self, provider: &'a ProviderKey, call: &'a Call) -> CloudFuture<'a> {
        Box::pin(async move {
            if call.is_mutating() {
                self.has_changed.store(true, Ordering::Relaxed);
                self.send(provider, call).await
            } else {
                self.read(provider, call).await
            }
        })
    }

    fn quotas(&self, provider: &ProviderKey, call: &Call) -> Vec<Quota> {
        self.inner.quotas(provider, call)
    }
}

impl Paced {
    async fn send(&self, provider: &ProviderKey, call: &Call) -> Answer {
        let sent = Instant::now();
        let answer = self.inner.call(provider, call).await;
        let is_refused = answer.as_ref().is_err_and(|it| it.class == ErrorClass::Throttled);
        if is_refused || self.quotas.are_used_up() {
            self.quotas.learn(&self.inner.quotas(provider, call), sent, is_refused);
        }
        answer
    }

    async fn read(&self, provider: &ProviderKey, call: &Call) -> Answer {
        let begun = Instant::now();
        let mut pace = Pace::new();
        loop {
            if self.quotas.are_used_up() {
                let quotas = self.inner.quotas(provider, call);
                let turn = self.quotas.turn(&quotas, std::future::ready(()));
                self.unless_stopped(turn).await.ok_or_else(stopped)?;
            }
            let answer = self.send(provider, call).await;
            let patience = answer.as_ref().err().and_then(|error| self.patience(error));
            let (Err(error), Some(patience)) = (&answer, patience) else { return answer };
            let error = error.clone();
            let pause = tokio::time::sleep(pace.step());
            if begun.elapsed() > patience || self.unless_stopped(pause).await.is_none() {
                return Err(error);
            }
        }
    }

    /// How long a read is tried again that was answered so.
    fn patience(&self, error: &CloudError) -> Option<Duration> {
        match error.class {
            ErrorClass::Throttled => Some(THROTTLED),
            ErrorClass::Unavailable | ErrorClass::OutcomeUnknown
                if self.has_changed.load(Ordering::Relaxed) =>
            {
                Some(UNAVAILABLE)
            }
            _ => None,
        }
    }

    async fn unless_stopped<T>(&self, wait: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = wait => Some(done),
            () = self.stop.asked() => None,
        }
    }
}

fn stopped() -> CloudError {
    CloudError {
        class: ErrorClass::Throttled,
        code: String::new(),
        message: "it was not sent: the wait for its turn was interrupted".to_owned(),
        request_id: None,
        advice: None,
    }
}
