//! Everything that an apply needs, around a fake cloud.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use meridian_engine::*;
use meridian_lang::{Diagnostic, Diagnostics};
use meridian_plan::{Mode, Plan, PriorObject};
use meridian_state::{Intent, Sealer, Snapshot, Store};
use tempfile::TempDir;

use crate::cloud::FakeCloud;
use crate::fake;
use crate::project::{Project, World};

pub struct Bench {
    pub cloud: Arc<FakeCloud>,
    pub stop: Stop,
    pub sealer: Sealer,
    pub context: Arc<Context>,
    events: Arc<Mutex<Vec<Event>>>,
    store: Option<Store>,
    folder: Option<TempDir>,
}

impl Bench {
    /// A bench whose state is in memory.
    pub fn new() -> Bench {
        Bench::with_permits(10)
    }

    /// The same, where so many objects are worked on at once.
    pub fn with_permits(permits: usize) -> Bench {
        let sealer = Sealer::from_bytes([7; 32]);
        let store = Store::in_memory(sealer.clone()).expect("a store");
        Bench::around(store, sealer, permits, None)
    }

    /// The same, where an object is waited for so long at most.
    pub fn with_timeout(mut self, timeout: Option<Duration>) -> Bench {
        let context = Arc::get_mut(&mut self.context).expect("nobody else has it yet");
        context.timeout = timeout;
        self
    }

    /// A bench whose state is in a file that others can look into.
    pub fn on_disk() -> Bench {
        let folder = tempfile::tempdir().expect("a folder");
        let sealer = Sealer::from_bytes([7; 32]);
        let store = Store::open(&folder.path().join("state.db"), sealer.clone()).expect("a store");
        Bench::around(store, sealer, 10, Some(folder))
    }

    fn around(store: Store, sealer: Sealer, permits: usize, folder: Option<TempDir>) -> Bench {
        let (cloud, stop) = (Arc::new(FakeCloud::default()), Stop::default());
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = events.clone();
        let context = Arc::new(Context::new(
            fake::registry(),
            cloud.clone(),
            Box::new(move |event| heard.lock().expect("unlocked").push(event)),
            stop.clone(),
            permits,
        ));
        Bench { cloud, stop, sealer, context, events, store: Some(store), folder }
    }

    /// As if the program were started again.
    pub fn begin_another_run(&mut self) {
        let (cloud, stop) = (self.cloud.clone(), self.stop.clone());
        let context = Context::new(fake::registry(), cloud, Box::new(|_| {}), stop, 10);
        self.context = Arc::new(context);
    }

    /// The state file.
    pub fn path(&self) -> PathBuf {
        self.folder.as_ref().expect("a state on disk").path().join("state.db")
    }

    pub fn store(&mut self) -> &mut Store {
        self.store.as_mut().expect("a store")
    }

    pub fn snapshot(&self) -> Snapshot {
        self.store.as_ref().expect("a store").snapshot().expect("a snapshot")
    }

    /// The addresses of the objects in the state.
    pub fn addresses(&self) -> Vec<String> {
        self.snapshot().objects.iter().map(|it| it.address.to_string()).collect()
    }

    pub fn open_intents(&self) -> Vec<Intent> {
        self.store.as_ref().expect("a store").unresolved().expect("intents")
    }

    pub fn events(&self) -> Vec<Event> {
        self.events.lock().expect("unlocked").clone()
    }

    /// Reads a configuration; its secrets have the fingerprints of this bench.
    pub fn project(&self, text: &str) -> Project {
        let mut project = Project::new(text);
        let sealer = self.sealer.clone();
        let fingerprint =
            move |context: &str, secret: &str| sealer.fingerprint(context, secret.as_bytes());
        project.surroundings.fingerprint = Box::new(fingerprint);
        project
    }

    pub async fn refresh(&self, text: &str) -> Result<Vec<PriorObject>, Diagnostics> {
        let objects = prior_objects(&self.snapshot());
        let project = self.project(text);
        let places = project.places(&objects);
        let moved = meridian_plan::moved(&project.config, &objects);
        Ok(refresh(&self.context, objects, &places, &moved).await?.objects)
    }

    pub async fn plan(&self, mode: Mode, text: &str) -> Plan {
        let objects = self.refresh(text).await.expect("all objects can be read");
        let outputs = prior_outputs(&self.snapshot());
        self.project(text).plan(mode, World { objects, outputs }).expect("a plan")
    }

    /// Carries a plan out.
    pub async fn carry_out(&mut self, text: &str, plan: &Plan) -> Applied {
        let project = self.project(text);
        let places = project.places(&prior_objects(&self.snapshot()));
        let mut store = self.store.take().expect("a store");
        let run = store.begin_run("apply").expect("a run");
        let values = project.values();
        let (config, graph) = (&project.config, &project.graph);
        let work = Work { plan, config, graph, values: &values, places: &places, run };
        let ledger = Ledger::new(store);
        let (applied, ledger) = apply(&self.context, work, ledger, self.sealer.clone()).await;
        self.store = Some(ledger.close());
        applied
    }

    /// Finds out what an earlier run left open.
    pub async fn recover(&mut self, text: &str) -> Result<(), Box<Diagnostic>> {
        let project = self.project(text);
        let places = project.places(&prior_objects(&self.snapshot()));
        let ledger = Ledger::new(self.store.take().expect("a store"));
        let recovered = recover(&self.context, &ledger, &places, &project.graph).await;
        self.store = Some(ledger.close());
        recovered.map(|_| ())
    }

    /// Recover, refresh, plan, apply.
    pub async fn apply(&mut self, text: &str) -> Applied {
        self.recover(text).await.expect("recovery");
        let plan = self.plan(Mode::Normal, text).await;
        self.carry_out(text, &plan).await
    }

    /// The same, where everything must succeed and then hold.
    pub async fn converge(&mut self, text: &str) -> Applied {
        let applied = self.apply(text).await;
        assert!(applied.is_complete(), "{applied:#?}");
        self.assert_settled(text).await;
        applied
    }

    /// Nothing is left to do, and nothing is left open.
    pub async fn assert_settled(&self, text: &str) {
        let plan = self.plan(Mode::Normal, text).await;
        assert!(!plan.has_changes(), "{plan:#?}");
        assert_eq!(plan.drift, []);
        assert_eq!(self.open_intents(), []);
        assert!(self.snapshot().objects.iter().all(|it| !it.unfinished && it.deposed.is_none()));
    }
}

/// What failed: address and summary.
pub fn failures(applied: &Applied) -> Vec<(String, String)> {
    let failures = applied.failures.iter();
    failures.map(|(address, told)| (address.to_string(), told.summary.clone())).collect()
}

/// What was not begun, and because of what.
pub fn skipped(applied: &Applied) -> Vec<(String, Option<String>)> {
    let skipped = applied.skipped.iter();
    skipped
        .map(|it| (it.address.to_string(), it.because.as_ref().map(ToString::to_string)))
        .collect()
}
