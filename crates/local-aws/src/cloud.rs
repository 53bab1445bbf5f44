//! The state machine: request bytes in, response bytes out.

use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use uuid::Uuid;

use crate::clock::{Clock, Timestamp};
use crate::error::ApiError;
use crate::fault::{Fault, FaultAction, Faults};
use crate::identity::{Account, Caller, Place};
use crate::request::{Request, Scope, Service, target};
use crate::request_log::{RequestLog, RequestRecord};
use crate::response::{Output, Response, render};
use crate::settings::Settings;
use crate::store::{OpenError, Store};
use crate::vault::Vault;
use crate::world::{Call, World};
use crate::{kms, secrets, sts};

/// A whole AWS, every Region and account of it.
#[derive(Debug)]
pub struct Cloud {
    clock: Clock,
    inner: Mutex<Inner>,
}

/// What a cloud holds, for one thread at a time.
#[derive(Debug)]
pub(crate) struct Inner {
    pub world: World,
    pub store: Option<Store>,
    faults: Faults,
    pub log: RequestLog,
    /// Another one after each change of the world.
    pub revision: u64,
}

/// What comes back for a request.
#[derive(Debug)]
pub struct Delivery {
    /// The answer, or none if the connection breaks instead.
    pub response: Option<Response>,
    /// How long the answer is on its way.
    pub delay: Duration,
}

impl Cloud {
    /// A cloud that is gone with the process.
    pub fn in_memory(clock: Clock) -> Self {
        Self::in_memory_with(clock, Settings::default())
    }

    /// A cloud that is gone with the process, with settings.
    pub fn in_memory_with(clock: Clock, settings: Settings) -> Self {
        let world = World::empty(clock.delays(), Vault::new(&Vault::random_key()));
        Self::new(clock, world, None, settings)
    }

    /// A cloud that lives in a directory. Secret values are sealed there under
    /// a key in a file of its own.
    ///
    /// # Errors
    ///
    /// If another process has the directory open, or its files cannot be used.
    pub fn open(directory: &Path, clock: Clock) -> Result<Self, OpenError> {
        Self::open_with(directory, clock, Settings::default())
    }

    /// A cloud that lives in a directory, with settings.
    ///
    /// # Errors
    ///
    /// If another process has the directory open, or its files cannot be used.
    pub fn open_with(
        directory: &Path,
        clock: Clock,
        settings: Settings,
    ) -> Result<Self, OpenError> {
        let (store, world) = Store::open(directory, clock.delays())?;
        Ok(Self::new(clock, world, Some(store), settings))
    }

    fn new(clock: Clock, mut world: World, store: Option<Store>, settings: Settings) -> Self {
        world.texts = settings.texts;
        let inner = Inner {
            world,
            store,
            faults: Faults::default(),
            log: RequestLog::default(),
            revision: 0,
        };
        Self { clock, inner: Mutex::new(inner) }
    }

    /// Makes the next requests of an operation go wrong.
    pub fn inject(&self, fault: Fault) {
        self.lock().faults.add(fault);
    }

    /// The last requests, oldest first.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.lock().log.records()
    }

    /// How many requests there have been since this cloud was opened.
    pub fn request_count(&self) -> usize {
        self.lock().log.count()
    }

    /// Carries out a request.
    pub fn handle(&self, request: &Request) -> Delivery {
        let request_id = Uuid::new_v4().to_string();
        let target = target(request);
        let scope = Scope::of(request);
        let service = target.as_ref().map(|(service, _)| *service);
        let operation = target.as_ref().map_or("", |(_, operation)| operation);
        let region = scope.as_ref().ok().map(|scope| scope.region.as_str());

        let mut inner = self.lock();
        let now = self.clock.now();
        let fault = region.and_then(|region| inner.faults.take(operation, region));
        let outcome = match &fault {
            Some(FaultAction::DropBeforeExecution) => None,
            Some(FaultAction::Error { status, code, message }) => {
                Some(Err(ApiError::injected(*status, code, message)))
            }
            fault => Some(scope.and_then(|scope| {
                let service = service.ok_or_else(ApiError::unknown_operation)?;
                inner.execute(service, operation, &scope, request.body(), now, fault.as_ref())
            })),
        };
        let error_code = match &outcome {
            Some(Err(error)) => Some(error.short_code().to_owned()),
            _ => None,
        };
        let response = outcome
            .filter(|_| fault != Some(FaultAction::DropAfterExecution))
            .map(|outcome| render(service, outcome, &request_id));
        inner.log.push(RequestRecord {
            time: now,
            region,
            service: service.map(Service::as_str),
            operation: operation.to_owned(),
            status: response.as_ref().map(|response| response.status().as_u16()),
            error_code,
            request_id,
        });
        let delay = match fault {
            Some(FaultAction::Delay(delay)) => delay,
            _ => Duration::ZERO,
        };
        Delivery { response, delay }
    }

    /// Whether a request is being carried out at this moment.
    pub(crate) fn is_busy(&self) -> bool {
        self.inner.try_lock().is_err()
    }

    /// What the clock shows.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no operation panics")
    }
}

impl Inner {
    /// Brings the world up to date, runs the operation and keeps the result.
    ///
    /// An operation checks first and changes afterwards, so a refused one has
    /// changed nothing and needs no undoing.
    fn execute(
        &mut self,
        service: Service,
        operation: &str,
        scope: &Scope<'_>,
        body: &[u8],
        now: Timestamp,
        fault: Option<&FaultAction>,
    ) -> Result<Output, ApiError> {
        self.world.settle(now);
        let caller = self.world.caller(scope.access_key);
        let place = Place { account: caller.account, region: scope.region };
        let mut call = Call { world: &mut self.world, caller: &caller, place, now, fault };
        let outcome = match service {
            Service::Kms => kms::call(&mut call, operation, body),
            Service::SecretsManager => secrets::call(&mut call, operation, body),
            Service::Sts => sts::call(&mut call, operation, body),
        };
        self.save(service)?;
        outcome.map_err(|error| error.in_words_of(&self.world.texts))
    }

    /// Brings the world up to date. What cannot be written now is with the next request.
    pub fn settle(&mut self, now: Timestamp) {
        self.world.settle(now);
        let _ = self.save(Service::Sts);
    }

    fn save(&mut self, service: Service) -> Result<(), ApiError> {
        self.revision += u64::from(self.world.has_changes());
        let Some(store) = &mut self.store else {
            self.world.forget_changes();
            return Ok(());
        };
        store.save(&mut self.world).map_err(|error| {
            let code = match service {
                Service::Kms => "KMSInternalException",
                Service::SecretsManager => "InternalServiceError",
                Service::Sts => "InternalFailure",
            };
            ApiError::new(code, error.to_string()).with_status(500)
        })
    }
}

impl World {
    /// The principal that an access key belongs to. A key that is an account's
    /// number belongs to that account; any other to the default one.
    fn caller(&self, access_key: &str) -> Caller {
        match self.sessions.get(&access_key.to_owned()) {
            Some(session) => Caller { account: session.account, session: Some(session.clone()) },
            None => {
                let account = Account::parse(access_key).unwrap_or(Account::DEFAULT);
                Caller { account, session: None }
            }
        }
    }
}
