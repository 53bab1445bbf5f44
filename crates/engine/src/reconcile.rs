//! One object, from what is to what should be.
//!
//! The type says what comes next, the journal is written, the call leaves, its answer changes
//! what is known, the state is written, and the type is asked again. When it has nothing more to
//! ask for, the object is read once more: only what the cloud itself shows counts as done.

mod claims;
mod context;
mod given_up;
mod journal;
mod known;
mod lost;
mod obstacle;
mod patience;
mod stored;
mod trouble;
mod turn;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostic, Path, Value};
use meridian_resource::{Call, CloudError, Next, Object, Occurrence, Place, ResourceType, Schema};
use meridian_state::{IntentId, StateError};
use time::OffsetDateTime;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

pub use self::context::Context;
pub(crate) use self::context::Run;
pub(crate) use self::journal::{HOME, KEPT};
#[cfg(debug_assertions)]
use crate::kill_point;
use crate::pace::Pace;
use crate::record::Entry;
use crate::secrecy::hide_secrets;
use crate::{Event, request, tell};

/// An object, and what should become of it.
pub(crate) struct Task {
    pub(crate) entry: Entry,
    pub(crate) place: Place,
    /// What is; nothing for a new object.
    pub(crate) start: Option<Object>,
    /// What should be; nothing for a deletion.
    pub(crate) wanted: Option<Value>,
    /// Whether the object that the state has under this address must be kept aside first: it is
    /// being replaced and goes last.
    pub(crate) depose: bool,
    /// The parts of it that other objects set: they stay as they are.
    pub(crate) parts_of_others: Vec<Path>,
    /// The parts of it that show secrets of other objects.
    pub(crate) hidden: Vec<Path>,
}

/// How work on an object ended.
pub(crate) enum Ending {
    /// As wanted.
    Done(Option<Object>),
    /// Not as wanted. What is known of the object is in the state.
    Failed(Box<Diagnostic>),
    /// The user asked to stop.
    Stopped {
        /// Whether any call had left.
        begun: bool,
    },
}

/// How long the cloud may show something old after a change.
const LAG: Duration = Duration::from_secs(180);
/// After what time a change that does not show is asked for once more.
const INSIST: Duration = Duration::from_secs(10);
/// How long throttled calls are tried again.
pub(crate) const THROTTLED: Duration = Duration::from_secs(300);
/// How long a service that cannot be reached is tried again.
pub(crate) const UNAVAILABLE: Duration = Duration::from_secs(60);

enum Halt {
    Failed(Box<Diagnostic>),
    Stopped,
}

impl From<Diagnostic> for Halt {
    fn from(diagnostic: Diagnostic) -> Halt {
        Halt::Failed(Box::new(diagnostic))
    }
}

impl From<StateError> for Halt {
    fn from(error: StateError) -> Halt {
        tell::state_error(&error).into()
    }
}

pub(crate) struct Reconciler<'a> {
    context: &'a Context,
    run: &'a Run,
    kind: &'a dyn ResourceType,
    task: Task,
    /// What is known of the object now.
    known: Option<Object>,
    started: Instant,
    /// Whether the key under which the old object is kept aside is known yet.
    deposed: Option<Arc<str>>,
    /// Since when calls of an operation have been tried in vain.
    tries: HashMap<&'static str, (Instant, Pace)>,
    /// Operations that were called once more because their effect did not show.
    insisted: HashSet<&'static str>,
    /// Whether the last read showed the object at all.
    is_visible: bool,
    /// When the last call left.
    sent_at: OffsetDateTime,
    /// When the first call left whose answer was lost.
    lost_since: Option<OffsetDateTime>,
    /// The intent of a creation that was not answered and whose object was not found.
    unanswered: Option<IntentId>,
    /// Whether any call has left.
    begun: bool,
    permit: Option<OwnedSemaphorePermit>,
}

/// Carries one object from what is to what should be. Gives the ending, and the key under which a
/// replaced object was kept aside.
pub(crate) async fn reconcile(
    context: &Context,
    run: &Run,
    kind: &dyn ResourceType,
    task: Task,
) -> (Ending, Option<Arc<str>>) {
    let known = task.start.clone();
    let mut reconciler = Reconciler {
        context,
        run,
        kind,
        task,
        known,
        started: Instant::now(),
        deposed: None,
        tries: HashMap::new(),
        insisted: HashSet::new(),
        is_visible: false,
        sent_at: OffsetDateTime::now_utc(),
        lost_since: None,
        unanswered: None,
        begun: false,
        permit: None,
    };
    let ending = match reconciler.work().await {
        Ok(()) => Ending::Done(reconciler.known.take()),
        Err(Halt::Failed(diagnostic)) => Ending::Failed(diagnostic),
        Err(Halt::Stopped) => Ending::Stopped { begun: reconciler.begun },
    };
    (ending, reconciler.deposed)
}

impl Reconciler<'_> {
    fn schema(&self) -> &Schema {
        self.kind.schema()
    }

    fn address(&self) -> &InstanceAddress {
        &self.task.entry.address
    }

    async fn work(&mut self) -> Result<(), Halt> {
        let mut touched = false;
        if self.task.wanted.is_none() && self.task.entry.deposed.is_some() {
            // What replaces it may have taken something from it, such as a label.
            self.look().await?;
        }
        let mut settling: Option<(Instant, Pace)> = None;
        let mut waiting: Option<(String, Instant, Pace)> = None;
        loop {
            self.leave_what_others_set();
            let next =
                self.kind.next(&self.task.place, self.known.as_ref(), self.task.wanted.as_ref());
            match next {
                Next::Call(call) if settling.is_some() && !self.insists(&settling, &call) => {
                    // The call was answered, but reads do not show it yet.
                    let (since, pace) =
                        settling.get_or_insert_with(|| (Instant::now(), Pace::new()));
                    if since.elapsed() > LAG {
                        return Err(self.never_settled().into());
                    }
                    let pause = pace.step();
                    self.pause(pause, "the change to be visible everywhere").await?;
                    self.look().await?;
                }
                Next::Call(call) => {
                    (waiting, settling) = (None, None);
                    self.call(*call).await?;
                    touched = true;
                }
                Next::Wait { what, at_most } => {
                    let at_most = self.patience(at_most);
                    let same = waiting.as_ref().is_some_and(|(before, ..)| *before == what);
                    if !same {
                        waiting = Some((what.clone(), Instant::now(), Pace::new()));
                    }
                    let (_, since, pace) =
                        waiting.get_or_insert_with(|| (what.clone(), Instant::now(), Pace::new()));
                    if since.elapsed() > at_most {
                        return Err(self.waited_too_long(&what, at_most).into());
                    }
                    let pause = pace.step();
                    self.pause(pause, &what).await?;
                    self.look().await?;
                }
                Next::Fail(problem) => return Err(tell::problem(self.address(), *problem).into()),
                Next::Done => {
                    self.merge_wanted();
                    let settled = settling.is_some() && self.is_visible;
                    if !touched || settled || self.task.wanted.is_none() {
                        return self.finish().await;
                    }
                    let first = settling.is_none();
                    let (since, pace) =
                        settling.get_or_insert_with(|| (Instant::now(), Pace::new()));
                    if since.elapsed() > LAG {
                        return Err(self.never_settled().into());
                    }
                    if !first {
                        let pause = pace.step();
                        self.pause(pause, "the object to be visible").await?;
                    }
                    self.look().await?;
                }
            }
        }
    }

    /// Whether to make a call once more whose effect does not show after a while. One that can be
    /// repeated without harm heals what got lost on the cloud's side.
    fn insists(&mut self, settling: &Option<(Instant, Pace)>, call: &Call) -> bool {
        let is_due = settling.as_ref().is_some_and(|(since, _)| since.elapsed() > INSIST);
        is_due && call.occurrence == Occurrence::Declarative && self.insisted.insert(call.operation)
    }

    /// Whether the call creates the object, which is not there as far as is known.
    fn creates(&self, call: &Call) -> bool {
        let creates = matches!(call.occurrence, Occurrence::Identity | Occurrence::Mark);
        creates && self.known.is_none()
    }

    /// Makes one call and takes in its answer.
    async fn call(&mut self, call: Call) -> Result<(), Halt> {
        if self.context.stop.is_asked() {
            return Err(Halt::Stopped);
        }
        self.begin(&call).await?;
        // It may have been asked while others had the permits.
        if self.context.stop.is_asked() {
            return Err(Halt::Stopped);
        }
        self.sent_at = OffsetDateTime::now_utc();
        let call = request::named(call, self.sent_at);
        #[cfg(debug_assertions)]
        let numbered = kill_point::next_call();
        #[cfg(debug_assertions)]
        numbered.reach_with(kill_point::Instant::BeforeIntent, &call.input);
        let intent = self.declare(&call).await?;
        #[cfg(debug_assertions)]
        numbered.reach_with(kill_point::Instant::BeforeSend, &call.input);
        let sent = request::marked(call, &intent.to_string());
        self.begun = true;
        self.context.tell(Event::Calling {
            address: self.address().clone(),
            call: format!("{}:{}", sent.service.prefix(), sent.operation),
            region: sent.region.clone(),
        });
        let context = self.context;
        let _until_written = context.under_way.send(self.address(), &sent);
        let run = self.run;
        let under_way =
            self.creates(&sent).then(|| run.claims.send(self.kind, &self.task.place.region, &sent));
        let answer = self.context.cloud.call(&self.task.place.provider, &sent).await;
        #[cfg(debug_assertions)]
        numbered.reach_with(kill_point::Instant::BeforeCommit, &sent.input);
        let taken_in = match answer {
            Ok(answer) => {
                self.tries.remove(sent.operation);
                let wanted = self.task.wanted.as_ref();
                let place = &self.task.place;
                let known = self.known.as_ref();
                self.known = self.kind.after(place, known, wanted, &sent, Some(&answer));
                if let (Some(under_way), Some(made)) = (under_way, &self.known) {
                    under_way.made(self.kind, made, self.address());
                }
                self.record(Some(intent)).await
            }
            Err(error) => {
                drop(under_way);
                let message = hide_secrets(&sent.input, error.message);
                self.answer_error(intent, &sent, CloudError { message, ..error }).await
            }
        };
        #[cfg(debug_assertions)]
        numbered.reach_with(kill_point::Instant::AfterCommit, &sent.input);
        taken_in
    }

    async fn take_permit(&mut self) {
        if self.permit.is_none() {
            let permit = self.context.permits.clone().acquire_owned().await;
            // The semaphore is never closed, so a permit always comes.
            self.permit = permit.ok();
        }
    }

    /// Waits, and lets others work meanwhile.
    async fn pause(&mut self, pause: Duration, what: &str) -> Result<(), Halt> {
        self.permit = None;
        self.context.tell(Event::Waiting {
            address: self.address().clone(),
            what: what.to_owned(),
            elapsed: self.started.elapsed(),
        });
        tokio::select! {
            () = tokio::time::sleep(pause) => Ok(()),
            () = self.context.stop.asked() => Err(Halt::Stopped),
        }
    }
}
