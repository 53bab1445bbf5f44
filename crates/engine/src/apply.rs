//! Works through the operations of a plan.
//!
//! One task, this one, knows the schedule and the values; it starts pieces of work and takes in
//! their ends. Each piece runs by itself and shares nothing but the ledger. What fails stops only
//! what depends on it.

mod outputs;
mod reading;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use meridian_config::{Config, Repetition, Resource};
use meridian_graph::{Graph, InstanceAddress, InstanceKey, Node, Outcome, ResourceAddress};
use meridian_lang::{Diagnostic, Diagnostics, Marks, Severity, Value};
use meridian_plan::{
    Action, Counts, Declared, DeletionDates, Operation as Piece, OperationKind, Operations,
    PendingConditions, Plan, REGION, ResourceChange, Values, Viewpoint, check_postconditions,
    combined, expand, operations, wanted,
};
use meridian_resource::{NOTE, Object, Place, ProviderKey};
use meridian_state::{RunId, Sealer, StoredOutput};
use tokio::task::JoinSet;

use crate::reconcile::{Context, Ending, Found, Run, Task, reconcile};
use crate::record::{Entry, adjustments};
use crate::refresh::marked_as_planned;
use crate::{Cause, Event, Ledger, Operation, tell};

/// What is to be carried out, and with what.
pub struct Work<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The configuration that it was made from.
    pub config: &'a Config,
    /// What depends on what in it.
    pub graph: &'a Graph,
    /// Values of variables; those of resources are filled in on the way.
    pub values: &'a Values<'a>,
    /// Provider configurations.
    pub places: &'a BTreeMap<ProviderKey, Place>,
    /// The run.
    pub run: RunId,
}

/// A piece of work that was not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The instance.
    pub address: InstanceAddress,
    /// What failed; none if the user asked to stop.
    pub because: Option<Cause>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Applied {
    /// What was added, changed and destroyed.
    pub counts: Counts,
    /// What failed, and why.
    pub failures: Vec<(InstanceAddress, Diagnostic)>,
    /// What was stopped half way. It is in the state, and the next apply goes on with it.
    pub unfinished: Vec<InstanceAddress>,
    /// What was not begun.
    pub skipped: Vec<Skipped>,
    /// Whether the user asked to stop before everything was done.
    pub interrupted: bool,
    /// Errors that belong to no instance.
    pub diagnostics: Diagnostics,
    /// The outputs as they are now.
    pub outputs: BTreeMap<Arc<str>, StoredOutput>,
}

impl Applied {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty()
            && self.skipped.is_empty()
            && !self.interrupted
            && !self.diagnostics.has_errors()
    }
}

/// Carries a plan out and gives the ledger back.
pub async fn apply(
    context: &Arc<Context>,
    work: Work<'_>,
    ledger: Ledger,
    sealer: Sealer,
) -> (Applied, Ledger) {
    let run = Arc::new(Run { id: work.run, ledger, sealer, found: Found::default() });
    let Operations { list, schedule } = operations(work.plan);
    let mut applier = Applier {
        context,
        work: &work,
        run: run.clone(),
        declared: Declared::of(work.config),
        conditions: PendingConditions::new(work.config, work.graph, work.values),
        list,
        schedule,
        running: JoinSet::new(),
        results: HashMap::new(),
        viewpoint: HashMap::new(),
        deposed: HashMap::new(),
        dates: DeletionDates::default(),
        applied: Applied::default(),
    };
    applier.take_over().await;
    applier.know_what_is_read();
    applier.work_through().await;
    applier.check_the_rest();
    applier.set_outputs().await;
    applier.applied.diagnostics.extend(applier.conditions.take_diagnostics());
    let applied = applier.applied;
    drop(applier.run);
    // All pieces have ended, so nobody else holds the run.
    let run = Arc::into_inner(run).expect("every piece of work has ended");
    (applied, run.ledger)
}

/// The end of a piece of work.
struct End {
    piece: usize,
    ending: Ending,
    deposed: Option<Arc<str>>,
    elapsed: Duration,
}

struct Applier<'a> {
    context: &'a Arc<Context>,
    work: &'a Work<'a>,
    run: Arc<Run>,
    declared: Declared<'a>,
    conditions: PendingConditions<'a>,
    list: Vec<Piece>,
    schedule: meridian_graph::Schedule,
    running: JoinSet<End>,
    /// Attributes of instances as they are now.
    results: HashMap<ResourceAddress, BTreeMap<Option<InstanceKey>, Value>>,
    /// What each instance of a repeated resource sees of its repetition.
    viewpoint: HashMap<ResourceAddress, HashMap<Option<InstanceKey>, Viewpoint>>,
    /// Keys under which replaced objects were kept aside, by the index of their change.
    deposed: HashMap<usize, Arc<str>>,
    /// When members of sets go whose deletion was asked for.
    dates: DeletionDates,
    applied: Applied,
}

/// How many pieces may be under way at once, those that wait included: what has begun holds
/// memory, so it is bounded too.
const UNDER_WAY: usize = 512;

impl<'a> Applier<'a> {
    /// Takes into the state what the plan changes in it by itself.
    async fn take_over(&mut self) {
        let plan = self.work.plan;
        let adjustments = adjustments(plan, &self.context.registry, &self.run.sealer);
        let counts = plan.counts();
        self.applied.counts.import = counts.import;
        self.applied.counts.forget = counts.forget;
        if adjustments.is_empty() {
            return;
        }
        let done = self.run.ledger.with(move |store| adjustments.carry_out(store)).await;
        if let Err(error) = done {
            self.applied.diagnostics.push(tell::state_error(&error));
        }
    }

    fn result(&mut self, address: &InstanceAddress, value: Value) {
        let instances = self.results.entry(address.resource.clone()).or_default();
        instances.insert(address.key.clone(), value);
    }

    async fn work_through(&mut self) {
        loop {
            while self.running.len() < UNDER_WAY && !self.context.stop.is_asked() {
                let Some(piece) = self.schedule.start() else {
                    break;
                };
                self.start(piece);
            }
            match self.running.join_next().await {
                Some(Ok(end)) => self.end(end),
                Some(Err(panic)) => std::panic::resume_unwind(panic.into_panic()),
                None if self.schedule.is_complete() => return,
                None if self.context.stop.is_asked() => return self.stop_early(),
                None => {}
            }
        }
    }

    fn change(&self, piece: usize) -> &'a ResourceChange {
        &self.work.plan.changes[self.list[piece].change]
    }

    fn resource(&self, address: &ResourceAddress) -> Option<&'a Resource> {
        self.declared.get(&address.config())
    }

    fn start(&mut self, piece: usize) {
        let change = self.change(piece);
        if let Some(broken) = self.broken_condition(piece) {
            return self.leave(piece, Cause::Condition(broken));
        }
        match self.list[piece].kind {
            OperationKind::Ready => {
                self.publish(&change.address.resource);
                self.schedule.finish(piece, Outcome::Done);
            }
            OperationKind::Gone => {
                self.schedule.finish(piece, Outcome::Done);
            }
            OperationKind::Keep => self.keep(piece, change),
            OperationKind::Read | OperationKind::Open => {
                if let Err(diagnostics) = self.read(piece, change) {
                    self.fail(piece, diagnostics);
                }
            }
            OperationKind::Create | OperationKind::Update => match self.task(change) {
                Ok(task) => self.spawn(piece, task),
                Err(diagnostics) => self.fail(piece, diagnostics),
            },
            OperationKind::Delete => match self.deletion(piece, change) {
                Some(task) => self.spawn(piece, task),
                None => {
                    self.schedule.finish(piece, Outcome::Done);
                }
            },
        }
    }

    /// Nothing is done about this instance; what refers to it needs its attributes.
    fn keep(&mut self, piece: usize, change: &ResourceChange) {
        if let Some(before) = &change.before {
            // The planned value is the same, with the marks of the configuration.
            let value = change.after.clone().unwrap_or_else(|| before.attributes.clone());
            self.result(&change.address, value);
        }
        self.schedule.finish(piece, Outcome::Done);
    }

    /// Gives what refers to a resource the attributes of all its instances.
    fn publish(&mut self, address: &ResourceAddress) {
        let repetition =
            self.resource(address).map_or(&Repetition::Single, |resource| &resource.repetition);
        let values = self.results.get(address).cloned().unwrap_or_default();
        if !values.is_empty() || !matches!(repetition, Repetition::Single) {
            self.work.values.set_resource(address.clone(), combined(repetition, values));
        }
    }

    fn viewpoint(&mut self, change: &ResourceChange) -> Result<Viewpoint, Diagnostics> {
        let address = &change.address.resource;
        if !self.viewpoint.contains_key(address) {
            let Some(resource) = self.resource(address) else {
                return Ok(Viewpoint::default());
            };
            let outer = Viewpoint::of(address.module.clone());
            let instances = expand(&resource.repetition, self.work.values, &outer)?;
            self.viewpoint.insert(address.clone(), instances.into_iter().collect());
        }
        let of_resource = self.viewpoint.get(address);
        let viewpoint = of_resource.and_then(|instances| instances.get(&change.address.key));
        Ok(viewpoint.cloned().unwrap_or_default())
    }

    fn task(&mut self, change: &'a ResourceChange) -> Result<Task, Diagnostics> {
        let viewpoint = self.viewpoint(change)?;
        let missing = || Diagnostics::from(not_in_configuration(&change.address));
        let resource = self.resource(&change.address.resource).ok_or_else(missing)?;
        let kind = self
            .context
            .registry
            .resource_type(&change.address.resource.type_name)
            .ok_or_else(missing)?;
        let place = self.work.places.get(&change.provider).ok_or_else(missing)?;
        let place = Place { region: change.region.clone(), ..place.clone() };
        let wanted = wanted(self.work.values, resource, kind, &place, &viewpoint, change)?;
        self.sound_values()?;
        let replaces = change.action == Action::Replace;
        Ok(Task {
            entry: Entry::of(change),
            place,
            start: if replaces { None } else { change.before.clone() },
            wanted: Some(wanted),
            depose: replaces && change.create_first,
        })
    }

    /// Locals, variables and outputs of modules that cannot be evaluated, now that more is known.
    fn sound_values(&self) -> Result<(), Diagnostics> {
        self.work.values.take_diagnostics().check().map(|_| ())
    }

    fn deletion(&self, piece: usize, change: &'a ResourceChange) -> Option<Task> {
        // An object is deleted as whoever it was made.
        let provider = change.prior_provider.as_ref().unwrap_or(&change.provider);
        let place = self.work.places.get(provider)?;
        let mut entry = Entry::of(change);
        if let Some(key) = self.deposed.get(&self.list[piece].change) {
            entry.deposed = Some(key.clone());
        }
        let region = change
            .before
            .as_ref()
            .and_then(|object| object.fact(REGION).map(str::to_owned))
            .unwrap_or_else(|| change.region.clone());
        let place = Place { region, ..place.clone() };
        Some(Task { entry, place, start: change.before.clone(), wanted: None, depose: false })
    }

    fn operation(&self, piece: usize) -> Operation {
        match self.list[piece].kind {
            OperationKind::Create => Operation::Create,
            OperationKind::Update => Operation::Update,
            OperationKind::Delete => Operation::Delete,
            OperationKind::Read => Operation::Read,
            OperationKind::Open => Operation::Open,
            OperationKind::Keep | OperationKind::Ready | OperationKind::Gone => Operation::Record,
        }
    }

    fn spawn(&mut self, piece: usize, task: Task) {
        let address = task.entry.address.clone();
        self.context.tell(Event::Started {
            address: address.clone(),
            operation: self.operation(piece),
            id: task.start.as_ref().and_then(|object| object.text("id")).map(str::to_owned),
        });
        let (context, run) = (self.context.clone(), self.run.clone());
        let started = Instant::now();
        self.running.spawn(async move {
            let known = context.registry.resource_type(&address.resource.type_name);
            let (ending, deposed) = match known {
                Some(kind) => reconcile(&context, &run, kind, task).await,
                None => (Ending::Failed(Box::new(not_in_configuration(&address))), None),
            };
            End { piece, ending, deposed, elapsed: started.elapsed() }
        });
    }

    fn end(&mut self, end: End) {
        let End { piece, ending, deposed, elapsed } = end;
        let change = self.change(piece);
        if let Some(key) = deposed {
            self.deposed.insert(self.list[piece].change, key);
        }
        match ending {
            Ending::Done(object) => self.done(piece, change, object, elapsed),
            Ending::Failed(diagnostic) => self.fail(piece, (*diagnostic).into()),
            Ending::Stopped { begun } => {
                self.applied.interrupted = true;
                let address = change.address.clone();
                if begun {
                    self.context.tell(Event::Interrupted { address: address.clone() });
                    self.applied.unfinished.push(address);
                } else {
                    self.skip(address, None);
                }
                self.skip_behind(piece, None);
            }
        }
    }

    fn done(
        &mut self,
        piece: usize,
        change: &'a ResourceChange,
        object: Option<Object>,
        elapsed: Duration,
    ) {
        let operation = self.operation(piece);
        match operation {
            Operation::Create => self.applied.counts.add += 1,
            Operation::Update => self.applied.counts.change += 1,
            Operation::Delete => self.applied.counts.destroy += 1,
            Operation::Record | Operation::Read | Operation::Open => {}
        }
        let shown = object.as_ref().or(change.before.as_ref());
        let going = object.as_ref().filter(|_| operation == Operation::Delete);
        let date = going.and_then(|object| self.date_of_deletion(change, object));
        let note = object.as_ref().and_then(|object| object.fact(NOTE));
        let note = date.or_else(|| note.map(str::to_owned));
        let id = shown.and_then(|object| object.attributes.get("id"));
        let id = id.filter(|id| !id.is_sensitive()).and_then(Value::as_str);
        self.context.tell(Event::Finished {
            address: change.address.clone(),
            operation,
            id: id.map(str::to_owned),
            elapsed,
            note,
        });
        if let Some(object) = object
            && operation != Operation::Delete
        {
            let value = with_planned_marks(change, object);
            let broken = self.broken_postconditions(change, &value);
            self.result(&change.address, value);
            if broken.has_errors() {
                return self.fail(piece, broken);
            }
        }
        self.schedule.finish(piece, Outcome::Done);
    }

    /// When what leads a set goes, once the ends of those that follow it are known.
    fn date_of_deletion(&mut self, change: &ResourceChange, object: &Object) -> Option<String> {
        let kind = self.context.registry.resource_type(&change.address.resource.type_name)?;
        let (set, period) = (kind.set_identity(object)?, kind.waiting_period(object)?);
        let region = object.fact(REGION).unwrap_or(&change.region);
        let ends = self.dates.note(&set, region, &period, None)?;
        (!period.begins_after.is_empty()).then(|| {
            let (on, days) = (ends.date(), period.days);
            format!("will be deleted on {on}, {days} days after the last of its replicas")
        })
    }

    fn broken_postconditions(&mut self, change: &ResourceChange, value: &Value) -> Diagnostics {
        let Some(resource) = self.resource(&change.address.resource) else {
            return Diagnostics::new();
        };
        if resource.lifecycle.postconditions.is_empty() {
            return Diagnostics::new();
        }
        let viewpoint = self.viewpoint(change).unwrap_or_default();
        check_postconditions(resource, &change.address, self.work.values, &viewpoint, value)
            .diagnostics
    }

    fn fail(&mut self, piece: usize, diagnostics: Diagnostics) {
        let address = self.change(piece).address.clone();
        let place = self.resource(&address.resource).map(|resource| resource.span);
        for mut diagnostic in diagnostics {
            diagnostic.span = diagnostic.span.or(place);
            if diagnostic.severity == Severity::Warning {
                self.applied.diagnostics.push(diagnostic);
                continue;
            }
            self.context.tell(Event::Failed {
                address: address.clone(),
                operation: self.operation(piece),
                diagnostic: Box::new(diagnostic.clone()),
            });
            self.applied.failures.push((address.clone(), diagnostic));
        }
        self.skip_behind(piece, Some(&Cause::Instance(address)));
    }

    /// The variable or output that forbids to begin with a piece. What goes away needs none.
    fn broken_condition(&mut self, piece: usize) -> Option<String> {
        match self.list[piece].kind {
            OperationKind::Create
            | OperationKind::Update
            | OperationKind::Keep
            | OperationKind::Read
            | OperationKind::Open => {}
            OperationKind::Delete | OperationKind::Ready | OperationKind::Gone => return None,
        }
        let address = &self.change(piece).address.resource;
        self.conditions.in_the_way(&Node::Resource(address.config()), &address.module)
    }

    /// Does not begin with a piece, nor with what depends on it.
    fn leave(&mut self, piece: usize, cause: Cause) {
        if self.is_visible(piece) {
            self.skip(self.change(piece).address.clone(), Some(cause.clone()));
        }
        self.skip_behind(piece, Some(&cause));
    }

    /// Ends a piece badly. The other half of the same replacement is not told apart.
    fn skip_behind(&mut self, piece: usize, because: Option<&Cause>) {
        let change = self.list[piece].change;
        let mut behind = self.schedule.finish(piece, Outcome::Failed).skipped;
        behind.retain(|other| self.list[*other].change != change);
        self.skip_all(behind, because);
    }

    fn skip_all(&mut self, pieces: impl IntoIterator<Item = usize>, because: Option<&Cause>) {
        for piece in pieces {
            if self.is_visible(piece) {
                let address = self.change(piece).address.clone();
                self.skip(address, because.cloned());
            }
        }
    }

    /// Whether people think of a piece as work.
    fn is_visible(&self, piece: usize) -> bool {
        self.operation(piece) != Operation::Record
    }

    fn skip(&mut self, address: InstanceAddress, because: Option<Cause>) {
        if self.applied.skipped.iter().any(|skipped| skipped.address == address) {
            return;
        }
        self.context.tell(Event::Skipped { address: address.clone(), because: because.clone() });
        self.applied.skipped.push(Skipped { address, because });
    }

    /// The user asked to stop and everything that ran has ended.
    fn stop_early(&mut self) {
        while let Some(piece) = self.schedule.start() {
            // What ended in time counts.
            if !self.is_visible(piece) {
                self.start(piece);
                continue;
            }
            self.applied.interrupted = true;
            let rest = self.schedule.finish(piece, Outcome::Failed).skipped;
            self.skip_all(std::iter::once(piece).chain(rest), None);
        }
    }
}

/// What the configuration marks as sensitive is so for whoever refers to it.
fn with_planned_marks(change: &ResourceChange, object: Object) -> Value {
    let Some(planned) = &change.after else {
        return object.attributes;
    };
    let value = marked_as_planned(planned, object.attributes);
    match change.action {
        Action::Open => value.mark(Marks::EPHEMERAL),
        _ => value,
    }
}

fn not_in_configuration(address: &InstanceAddress) -> Diagnostic {
    Diagnostic::error(
        "The plan no longer holds",
        format!("{address} is in the plan but not in the configuration that came with it."),
    )
    .about(address.to_string())
    .help("plan again")
}
