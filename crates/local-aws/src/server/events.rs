//! A stream that tells a page when there is something new (server-sent events).

use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use hyper::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::Server;
use super::body::Content;
use crate::cloud::Cloud;
use crate::control::Refusal;
use crate::overview::Pulse;

/// How often the stream looks. What happens in between is told at once.
const TICK: Duration = Duration::from_millis(400);
/// After how many ticks without news the stream says that it still lives.
const SILENCE: u32 = 40;

/// An endless body of events, until the server stops.
#[derive(Debug)]
pub(super) struct Events {
    cloud: Arc<Cloud>,
    stopping: watch::Receiver<()>,
    tick: Interval,
    told: Option<Pulse>,
    silence: u32,
    _place: OwnedSemaphorePermit,
}

impl Events {
    /// The next bytes, or none if the server stops.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        loop {
            ready!(self.tick.poll_tick(context));
            if self.stopping.has_changed().is_err() {
                return Poll::Ready(None);
            }
            let pulse = if self.cloud.is_busy() { self.told } else { Some(self.cloud.pulse()) };
            if let Some(pulse) = pulse.filter(|_| pulse != self.told) {
                (self.told, self.silence) = (Some(pulse), 0);
                let data = serde_json::to_string(&pulse).expect("a pulse is plain data");
                return Poll::Ready(Some(format!("event: change\ndata: {data}\n\n").into()));
            }
            self.silence += 1;
            if self.silence == SILENCE {
                self.silence = 0;
                return Poll::Ready(Some(Bytes::from_static(b": quiet\n\n")));
            }
        }
    }
}

/// Begins a stream, unless too many are open.
pub(super) fn events(server: &Server) -> http::Response<Content> {
    let Ok(place) = Arc::clone(&server.viewers).try_acquire_owned() else {
        let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many pages are watching");
        return refusal.respond().map(Content::from);
    };
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let events = Events {
        cloud: Arc::clone(&server.cloud),
        stopping: server.stopping.clone(),
        tick,
        told: None,
        silence: 0,
        _place: place,
    };
    http::Response::builder()
        .header(CONTENT_TYPE, "text/event-stream")
        .header(CACHE_CONTROL, "no-store")
        .body(Content::Events(events))
        .expect("the headers are valid")
}
