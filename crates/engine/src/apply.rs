//! Works through the operations of a plan.
//!
//! One task, this one, knows the schedule and the values; it starts pieces of work and takes in
//! their ends. Each piece runs by itself and shares nothing but the ledger. What fails stops only
//! what depends on it.

mod endings;
mod outcome;
mod outputs;
mod reading;
mod skipping;
mod tasks;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use meridian_config::{Config, Repetition, Resource};
use meridian_graph::{Graph, InstanceAddress, InstanceKey, Outcome, ResourceAddress};
use meridian_lang::{Diagnostic, Value};
use meridian_plan::{
    Declared, DeletionDates, Hidden, Operation as Piece, OperationKind, Operations, Owned,
    PendingConditions, Plan, ResourceChange, Values, Viewpoint, combined, operations,
};
use meridian_resource::{Object, Place, ProviderKey};
use meridian_state::{RunId, Sealer};
use tokio::task::JoinSet;

pub use self::outcome::{Applied, Skipped};
use crate::reconcile::{Context, Ending, Run, Task, reconcile};
use crate::record::adjustments;
use crate::{Cause, Event, Ledger, Operation, strays, tell};

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

/// Carries a plan out and gives the ledger back.
pub async fn apply(
    context: &Arc<Context>,
    work: Work<'_>,
    ledger: Ledger,
    sealer: Sealer,
) -> (Applied, Ledger) {
    let run = Arc::new(Run::new(work.run, ledger, sealer));
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
        owned: Owned::of_plan(work.plan, &context.registry),
        hidden: Hidden::of_plan(work.plan, &context.registry),
        applied: Applied::default(),
    };
    applier.take_over().await;
    applier.know_what_is_read();
    applier.work_through().await;
    applier.look_for_strays().await;
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
    /// What the objects set of each other.
    owned: Owned<'a>,
    /// What the objects show of each other's secrets.
    hidden: Hidden,
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

    /// Takes into the state what calls have made whose answers were lost and that were repeated.
    async fn look_for_strays(&mut self) {
        let (work, ledger) = (self.work, &self.run.ledger);
        match strays::take_in(self.context, ledger, work.places, work.graph).await {
            Ok(warnings) => self.applied.diagnostics.extend(warnings),
            Err(error) => self.applied.diagnostics.push(tell::state_error(&error)),
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
            id: task.start.as_ref().and_then(Object::open_id).map(str::to_owned),
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
}

fn not_in_configuration(address: &InstanceAddress) -> Diagnostic {
    Diagnostic::error(
        "The plan no longer holds",
        format!("{address} is in the plan but not in the configuration that came with it."),
    )
    .about(address.to_string())
    .help("plan again")
}
