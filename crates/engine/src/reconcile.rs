//! One object, from what is to what should be.
//!
//! The type says what comes next, the journal is written, the call leaves, its answer changes
//! what is known, the state is written, and the type is asked again. When it has nothing more to
//! ask for, the object is read once more: only what the cloud itself shows counts as done.

mod patience;
mod trouble;
mod turn;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostic, Kind, Value};
use meridian_plan::kept_secrets;
use meridian_resource::{
    Call, Cloud, CloudError, ErrorClass, Next, Object, Occurrence, Place, Presence, Registry,
    ResourceType, Schema,
};
use meridian_state::{Change, IntentId, NewIntent, RunId, Sealer, StateError};
use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::pace::Pace;
use crate::quota::Quotas;
use crate::record::{Entry, hide_secrets};
use crate::refresh::{marked_as_planned, read, remark};
use crate::{Event, Ledger, Stop, request, tell};

/// What all work on objects shares.
pub struct Context {
    /// The resource types.
    pub registry: Registry,
    /// What carries calls out.
    pub cloud: Arc<dyn Cloud>,
    /// Who is told what happens.
    pub events: Box<dyn Fn(Event) + Send + Sync>,
    /// Whether the user asked to stop.
    pub stop: Stop,
    /// How many objects are worked on at once; whoever waits lets others work.
    pub permits: Arc<Semaphore>,
    /// Which quotas of the cloud were used up.
    pub quotas: Arc<Quotas>,
    /// How long an object is waited for; as long as its type says if none is given.
    pub timeout: Option<Duration>,
}

impl Context {
    /// Tells whoever listens.
    pub fn tell(&self, event: Event) {
        (self.events)(event);
    }
}

/// A run that changes things: its state and its identity there.
pub(crate) struct Run {
    pub(crate) id: RunId,
    pub(crate) ledger: Ledger,
    pub(crate) sealer: Sealer,
    /// What was found after lost answers in this run, and for whom.
    pub(crate) found: Found,
}

/// The ids of objects that were found after lost answers, by type, each with whose it is.
#[derive(Default)]
pub(crate) struct Found(Mutex<BTreeMap<(String, String), InstanceAddress>>);

impl Found {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<(String, String), InstanceAddress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the object to the instance, unless another one has it.
    fn claim(&self, id: &str, address: &InstanceAddress) -> bool {
        let key = (address.resource.type_name.to_string(), id.to_owned());
        *self.entries().entry(key).or_insert_with(|| address.clone()) == *address
    }

    /// The ids of the objects of the same type that other instances have.
    fn taken(&self, address: &InstanceAddress) -> Vec<String> {
        let entries = self.entries();
        let others = entries.iter().filter(|((type_name, _), holder)| {
            **type_name == *address.resource.type_name && *holder != address
        });
        others.map(|((_, id), _)| id.clone()).collect()
    }
}

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

/// The member of a journalled request that holds fingerprints of secrets. It is not sent.
pub(crate) const KEPT: &str = "meridian:kept";

/// What the journal calls the Region of an object that a call creates.
pub(crate) const HOME: &str = "meridian:region";

/// How long the cloud may show something old after a change.
const LAG: Duration = Duration::from_secs(180);
/// After what time a change that does not show is asked for once more.
const INSIST: Duration = Duration::from_secs(10);
/// How long throttled calls are tried again.
pub(crate) const THROTTLED: Duration = Duration::from_secs(300);
/// How long a service that cannot be reached is tried again.
const UNAVAILABLE: Duration = Duration::from_secs(60);

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

/// The wanted blocks of a list, in which what was left out stays as it was read if that is nothing,
/// too: no text, or 0.
fn over_nothing(wanted: &Value, seen: &Value) -> Value {
    match (wanted.kind(), seen.kind()) {
        (Kind::Null(_), Kind::String(text)) if text.is_empty() => seen.clone(),
        (Kind::Null(_), Kind::Number(number)) if number.is_zero() => seen.clone(),
        (Kind::List(ty, these), Kind::List(_, those)) if these.len() == those.len() => {
            let merged = these.iter().zip(those.iter()).map(|(a, b)| over_nothing(a, b));
            Value::list(ty.clone(), merged).mark(wanted.marks())
        }
        (Kind::Object(attributes), Kind::Object(_)) => {
            let merged = attributes.iter().map(|(name, value)| {
                let seen = seen.get(name);
                (name.clone(), seen.map_or_else(|| value.clone(), |it| over_nothing(value, it)))
            });
            Value::object(merged).mark(wanted.marks())
        }
        _ => wanted.clone(),
    }
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
        let intent = self.declare(&call).await?;
        let sent = request::marked(call, &intent.to_string());
        self.begun = true;
        self.context.tell(Event::Calling {
            address: self.address().clone(),
            call: format!("{}:{}", sent.service.prefix(), sent.operation),
            region: sent.region.clone(),
        });
        match self.context.cloud.call(&self.task.place.provider, &sent).await {
            Ok(answer) => {
                self.tries.remove(sent.operation);
                let wanted = self.task.wanted.as_ref();
                let place = &self.task.place;
                let known = self.known.as_ref();
                self.known = self.kind.after(place, known, wanted, &sent, Some(&answer));
                self.record(Some(intent)).await
            }
            Err(error) => {
                let message = hide_secrets(&sent.input, error.message);
                self.answer_error(intent, &sent, CloudError { message, ..error }).await
            }
        }
    }

    /// Writes into the journal that the call is about to leave.
    async fn declare(&self, call: &Call) -> Result<IntentId, Halt> {
        let intent = NewIntent {
            run: self.run.id,
            address: self.address().clone(),
            deposed: self.task.entry.deposed.clone(),
            service: call.service.prefix().to_owned(),
            operation: call.operation.to_owned(),
            region: call.region.clone(),
            provider: self.task.place.provider.to_string(),
            request: self.journalled(call),
        };
        Ok(self.run.ledger.with(move |store| store.record_sent(&intent)).await?)
    }

    /// What the journal has of a request. Of a creation it also has the fingerprints of secrets
    /// that the state will keep, so that an object that is found after a kill is known to hold the
    /// right ones.
    fn journalled(&self, call: &Call) -> Value {
        let creates = matches!(call.occurrence, Occurrence::Identity | Occurrence::Mark);
        match &self.task.wanted {
            Some(wanted) if creates => {
                let fingerprint = |context: &str, secret: &str| {
                    self.run.sealer.fingerprint(context, secret.as_bytes())
                };
                let kept = kept_secrets(self.schema(), self.address(), wanted, &fingerprint);
                let region = Value::string(&self.task.place.region);
                call.input.clone().with(KEPT, kept).with(HOME, region)
            }
            _ => call.input.clone(),
        }
    }

    /// Writes down that the call was carried out, if one was, and what is known now.
    async fn record(&mut self, intent: Option<IntentId>) -> Result<(), Halt> {
        let depose = self.task.depose && self.deposed.is_none() && self.known.is_some();
        let address = self.address().clone();
        let entry_deposed = self.task.entry.deposed.clone();
        let stored = self.known.as_ref().map(|object| self.stored(object, true));
        let work = move |store: &mut meridian_state::Store| {
            let key = if depose { Some(store.depose(&address)?) } else { None };
            let change = match &stored {
                Some(object) => Change::Put(object),
                None => Change::Remove { address: &address, deposed: entry_deposed.as_deref() },
            };
            match intent {
                Some(intent) => store.confirm(intent, None, &[change])?,
                None => store.change(&[change])?,
            }
            Ok::<_, StateError>(key)
        };
        if let Some(key) = self.run.ledger.with(work).await? {
            self.deposed = Some(key);
        }
        Ok(())
    }

    fn stored(&self, object: &Object, unfinished: bool) -> meridian_state::StoredObject {
        let object = self.with_marks(object.clone());
        let fingerprint =
            |context: &str, secret: &str| self.run.sealer.fingerprint(context, secret.as_bytes());
        self.task.entry.stored(&object, self.schema(), unfinished, &fingerprint)
    }

    /// What the configuration calls sensitive is so in the state too.
    fn with_marks(&self, object: Object) -> Object {
        let Some(wanted) = &self.task.wanted else {
            return object;
        };
        Object { attributes: marked_as_planned(wanted, object.attributes), ..object }
    }

    /// Reads the object again.
    async fn look(&mut self) -> Result<(), Halt> {
        let Some(known) = self.known.clone() else {
            return Ok(());
        };
        let cloud = &*self.context.cloud;
        match read(cloud, self.kind, &self.task.place, &known).await {
            Ok(Some(seen)) => {
                self.is_visible = true;
                self.known = Some(remark(seen, &known));
                Ok(())
            }
            // What was just created may not be visible yet; what is to go is gone.
            Ok(None) if self.task.wanted.is_some() => {
                self.is_visible = false;
                Ok(())
            }
            Ok(None) => {
                self.known = None;
                Ok(())
            }
            // Throttled reads are given up when the user asks to stop.
            Err((_, error))
                if error.class == ErrorClass::Throttled && self.context.stop.is_asked() =>
            {
                Err(Halt::Stopped)
            }
            Err((call, error)) => Err(tell::cloud_error(self.address(), &call, &error).into()),
        }
    }

    /// Takes over from what is wanted whatever no read can tell, such as settings that only a
    /// deletion uses.
    fn merge_wanted(&mut self) {
        let Some(wanted) = &self.task.wanted else { return };
        let Some(known) = self.known.take() else { return };
        let schema = self.kind.schema();
        let names = schema
            .attributes
            .iter()
            // What only the cloud decides may have changed with what was asked for.
            .filter(|attribute| !attribute.write_only && attribute.presence != Presence::Computed)
            .map(|attribute| attribute.name)
            .chain(schema.blocks.iter().map(|block| block.name));
        let merged = names.fold(known, |object, name| match wanted.get(name) {
            // AWS answers with an empty text for what was never set, and so does the provider.
            Some(value) if value.is_null() && object.text(name) == Some("") => object,
            Some(value) if value.is_wholly_known() => {
                let merged = match schema.block(name) {
                    Some(_) => over_nothing(value, &object.attribute(name)),
                    None => value.clone(),
                };
                object.with(name, merged)
            }
            _ => object,
        });
        self.known = Some(merged);
    }

    /// Writes the object down as it is at the end.
    async fn finish(&mut self) -> Result<(), Halt> {
        let stored = match (&self.known, &self.task.wanted) {
            (Some(object), Some(_)) => Some(self.stored(object, false)),
            _ => None,
        };
        let address = self.address().clone();
        let deposed = self.task.entry.deposed.clone();
        self.run
            .ledger
            .with(move |store| match &stored {
                Some(object) => store.put_object(object),
                None => store.remove_object(&address, deposed.as_deref()),
            })
            .await?;
        Ok(())
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

    fn never_settled(&self) -> Diagnostic {
        Diagnostic::error(
            "The cloud does not show what was asked for",
            "Every call was answered with success, but reading the object still shows something \
             else than what is wanted."
                .to_owned(),
        )
        .about(self.address().to_string())
        .help("something else may be changing the object; plan again to see the difference")
    }
}
