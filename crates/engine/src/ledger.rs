//! The state, owned by one thread that writes for everyone.

use std::sync::mpsc;
use std::thread::JoinHandle;

use meridian_state::Store;
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&mut Store) + Send>;

/// A way to the thread that owns the state. Every write is on disk before its answer comes.
pub struct Ledger {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<Store>>,
}

impl Ledger {
    /// Hands the store to a thread of its own.
    pub fn new(mut store: Store) -> Ledger {
        let (sender, jobs) = mpsc::channel::<Job>();
        let thread = std::thread::spawn(move || {
            for job in jobs {
                job(&mut store);
            }
            store
        });
        Ledger { jobs: Some(sender), thread: Some(thread) }
    }

    /// Does something with the store and gives its answer.
    pub async fn with<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> R + Send + 'static,
    ) -> R {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |store| {
            // Whoever asked may have been dropped; the work was to be done all the same.
            let _ = answer.send(work(store));
        });
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send(job);
        }
        answered.await.expect("the thread of the state works until the ledger is closed")
    }

    /// Waits for everything that was handed over, and gives the store back.
    pub fn close(mut self) -> Store {
        self.jobs = None;
        let thread = self.thread.take().expect("a ledger is closed once");
        match thread.join() {
            Ok(store) => store,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}
