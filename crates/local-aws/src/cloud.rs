//! The state machine: request bytes in, response bytes out.

use std::mem;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use uuid::Uuid;

use crate::clock::{Clock, CloudClock, Timestamp};
use crate::error::ApiError;
use crate::fault::{FaultAction, Faults, Subject, truncate};
use crate::iam::{self, Attempt, Authorizer, Permission, Withheld};
use crate::identity::{Account, Caller, Place};
use crate::lag::Lag;
use crate::quota::Quotas;
use crate::request::{Request, Scope, Service, parameters, target};
use crate::request_log::{RequestLog, RequestRecord};
use crate::response::{Output, Response, render};
use crate::settings::Settings;
use crate::signature::{self, Credentials, Secret};
use crate::store::{OpenError, Store};
use crate::vault::Vault;
use crate::world::{Call, World};
use crate::{kms, secrets, sts};

/// A whole AWS, every Region and account of it.
#[derive(Debug)]
pub struct Cloud {
    clock: CloudClock,
    inner: Mutex<Inner>,
}

/// What a cloud is, but for its clock.
#[derive(Debug)]
pub(crate) struct Inner {
    pub world: World,
    pub faults: Faults,
    pub lag: Lag,
    pub log: RequestLog,
    pub quotas: Quotas,
    /// What determines the chance of faults and of lag.
    pub seed: u64,
    pub store: Option<Store>,
    authorizer: Option<Authorizer>,
    credentials: Option<Credentials>,
    /// Another one after each change of the world.
    pub revision: u64,
    /// Whether the time that a request comes at must be kept, even if nothing changes.
    keeps_time: bool,
}

/// The number in the world's `meta` table that tells how far the clock was moved.
pub(crate) const CLOCK_AHEAD: &str = "clock_ahead";
/// The same for the last time that it has shown, both in milliseconds.
pub(crate) const LAST_TIME: &str = "last_time";

/// What a cloud was told to make of requests, other than to carry them out.
pub(crate) struct Rules {
    authorizer: Option<Authorizer>,
    credentials: Option<Credentials>,
    faults: Faults,
    quotas: Quotas,
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
        let number = |name: &str| world.meta.get(&name.to_owned()).copied().unwrap_or_default();
        let last_time = Timestamp::from_milliseconds(number(LAST_TIME));
        let clock = CloudClock::resume(clock, number(CLOCK_AHEAD), last_time);
        let mut faults = Faults::new(settings.seed);
        for fault in settings.faults {
            faults.add(fault);
        }
        let inner = Inner {
            world,
            faults,
            lag: Lag::new(settings.lag, settings.seed),
            log: RequestLog::default(),
            quotas: Quotas::new(settings.quotas),
            seed: settings.seed,
            store,
            authorizer: settings.iam.map(Authorizer::new),
            credentials: settings.verify_signatures,
            revision: 0,
            keeps_time: clock.stands_still(),
        };
        Self { clock, inner: Mutex::new(inner) }
    }

    /// The last requests, oldest first.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.lock().log.records()
    }

    /// How many requests there have been since this cloud was opened.
    pub fn request_count(&self) -> usize {
        self.lock().log.count()
    }

    /// The permissions that requests have been checked for since this cloud was
    /// opened, each once; none if the cloud was not told who may do what.
    pub fn used_permissions(&self) -> Vec<Permission> {
        self.lock().authorizer.as_ref().map(Authorizer::asked).unwrap_or_default()
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
        inner.keep_past(now);
        let fault = scope.as_ref().ok().and_then(|scope| inner.fault(service, operation, scope));
        let outcome = match &fault {
            Some(FaultAction::DropBeforeExecution) => None,
            fault => {
                let outcome = scope.and_then(|scope| {
                    inner.refuse(service, operation, &scope, fault.as_ref())?;
                    let service = service.ok_or_else(ApiError::unknown_operation)?;
                    inner.authenticate(request, service, &scope, now)?;
                    let members = parameters(request);
                    inner.execute(service, operation, &scope, members, now, fault.as_ref())
                });
                let speaks_query = service.is_some_and(Service::speaks_query);
                Some(outcome.map_err(|error| match speaks_query {
                    true => error.in_query_protocol(),
                    false => error,
                }))
            }
        };
        let error_code = match &outcome {
            Some(Err(error)) => Some(error.short_code().to_owned()),
            _ => None,
        };
        let response = outcome.map(|outcome| render(service, outcome, &request_id));
        let response = match fault {
            Some(FaultAction::DropAfterExecution) => None,
            Some(FaultAction::TruncatedBody) => response.and_then(truncate),
            _ => response,
        };
        let number = inner.log.count() + 1;
        inner.log.push(RequestRecord {
            number,
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

    /// Lets everybody do everything, without faults, until the rules are back.
    pub(crate) fn suspend_rules(&self) -> Rules {
        let mut inner = self.lock();
        let no_faults = Faults::new(inner.seed);
        Rules {
            authorizer: inner.authorizer.take(),
            credentials: inner.credentials.take(),
            faults: mem::replace(&mut inner.faults, no_faults),
            quotas: mem::replace(&mut inner.quotas, Quotas::new(None)),
        }
    }

    /// Puts back what was suspended.
    pub(crate) fn resume_rules(&self, rules: Rules) {
        let mut inner = self.lock();
        inner.authorizer = rules.authorizer;
        inner.credentials = rules.credentials;
        inner.faults = rules.faults;
        inner.quotas = rules.quotas;
    }

    /// Whether a request is being carried out at this moment.
    pub(crate) fn is_busy(&self) -> bool {
        self.inner.try_lock().is_err()
    }

    /// The clock.
    pub(crate) fn clock(&self) -> &CloudClock {
        &self.clock
    }

    /// All but the clock, for as long as nobody else needs it.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no operation panics")
    }
}

impl Inner {
    /// Lets happen what is due. What cannot be written down now is with the next request.
    pub fn settle(&mut self, now: Timestamp) {
        self.keep_past(now);
        self.world.settle(now);
        let _ = self.save(now);
    }

    /// Remembers as much of the past as a read may be answered from.
    fn keep_past(&mut self, now: Timestamp) {
        let lag = self.lag.longest().unwrap_or_default();
        self.world.keep_past(lag.max(self.faults.longest_look_back()), now);
    }

    /// The fault that acts on a request.
    fn fault(
        &mut self,
        service: Option<Service>,
        operation: &str,
        scope: &Scope,
    ) -> Option<FaultAction> {
        let account = self.world.caller(&scope.access_key).account;
        let region = scope.region.as_str();
        self.faults.take(&Subject { service, operation, region, account })
    }

    /// Refuses a request, if its fault does so.
    fn refuse(
        &self,
        service: Option<Service>,
        operation: &str,
        scope: &Scope,
        fault: Option<&FaultAction>,
    ) -> Result<(), ApiError> {
        let principal = || self.world.caller(&scope.access_key).arn(scope.region);
        let refusal = fault.and_then(|fault| fault.refusal(service, operation, principal));
        refusal.map_or(Ok(()), |error| Err(error.in_words_of(&self.world.texts)))
    }

    /// Verifies the signature, if this cloud was told to.
    fn authenticate(
        &self,
        request: &Request,
        service: Service,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let Some(credentials) = &self.credentials else {
            return Ok(());
        };
        let access_key = &scope.access_key;
        let secret = match self.world.sessions.get(access_key) {
            Some(session) => session.credentials(&self.world.vault, access_key),
            None => credentials
                .secret_of(access_key)
                .map(|secret| Secret { key: secret.to_owned(), token: None }),
        };
        let secret = secret.ok_or_else(signature::unknown_token)?;
        signature::verify(request, service, &secret, now)
    }

    /// Brings the world up to date, runs the operation and keeps the result.
    ///
    /// An operation checks first and changes afterwards, so a refused one has
    /// changed nothing and needs no undoing.
    fn execute(
        &mut self,
        service: Service,
        operation: &str,
        scope: &Scope,
        body: &[u8],
        now: Timestamp,
        fault: Option<&FaultAction>,
    ) -> Result<Output, ApiError> {
        self.world.settle(now);
        let outcome = self.perform(service, operation, scope, body, now, fault);
        self.save(now).map_err(|error| {
            let code = match service {
                Service::Kms => "KMSInternalException",
                Service::SecretsManager => "InternalServiceError",
                Service::Iam | Service::Sts => "InternalFailure",
            };
            ApiError::new(code, error.to_string()).with_status(500)
        })?;
        outcome.map_err(|error| error.in_words_of(&self.world.texts))
    }

    fn perform(
        &mut self,
        service: Service,
        operation: &str,
        scope: &Scope,
        body: &[u8],
        now: Timestamp,
        fault: Option<&FaultAction>,
    ) -> Result<Output, ApiError> {
        let caller = &self.world.caller(&scope.access_key);
        if let Some(session) = &caller.session {
            session.require_unexpired(now)?;
        }
        let place = Place { account: caller.account, region: scope.region };
        self.quotas.charge(&self.world, place, (service, operation), body, now)?;
        let access_key = &scope.access_key;
        let world = &mut self.world;
        let withheld = &match &mut self.authorizer {
            Some(authorizer) => authorizer.authorize(&Attempt {
                world,
                caller,
                access_key,
                place,
                now,
                service,
                operation,
                body,
            })?,
            None => Withheld::default(),
        };
        let past = self.lag.moment(service, operation, now, fault);
        let mut call = Call { world, caller, access_key, place, now, fault, withheld };
        let run = |call: &mut Call<'_>| match service {
            Service::Iam => iam::call(call, operation, body),
            Service::Kms => kms::call(call, operation, body),
            Service::SecretsManager => secrets::call(call, operation, body),
            Service::Sts => sts::call(call, operation, body),
        };
        let outcome = match past {
            Some(moment) => call.at(moment, run),
            None => run(&mut call),
        };
        if fault == Some(&FaultAction::DuplicateDelivery) {
            // Only the first answer finds its way to the sender.
            let _ = run(&mut call);
        }
        if outcome.is_ok() && operation == "CreateKey" {
            self.world.ensure_multi_region_role(place.account, now);
        }
        outcome
    }

    /// Writes down what changed, and the time, which must not go back when the
    /// directory is opened again.
    pub fn save(&mut self, now: Timestamp) -> Result<(), OpenError> {
        if self.store.is_some() && (self.keeps_time || self.world.has_changes()) {
            self.note(LAST_TIME, now.milliseconds());
        }
        self.revision += u64::from(self.world.has_changes());
        match &mut self.store {
            Some(store) => store.save(&mut self.world),
            None => {
                self.world.forget_changes();
                Ok(())
            }
        }
    }

    /// A number that was noted about the cloud itself.
    pub fn noted(&self, name: &str) -> Option<i64> {
        self.world.meta.get(&name.to_owned()).copied()
    }

    /// Notes a number about the cloud itself, if it is a new one.
    pub fn note(&mut self, name: &str, number: i64) {
        if self.noted(name) != Some(number) {
            self.world.meta.insert(name.to_owned(), number);
        }
    }
}

impl World {
    /// The principal that an access key belongs to. A key that is an account's
    /// number belongs to that account; any other to the default one.
    pub fn caller(&self, access_key: &str) -> Caller {
        match self.sessions.get(&access_key.to_owned()) {
            Some(session) => Caller { account: session.account, session: Some(session.clone()) },
            None => {
                let account = Account::parse(access_key).unwrap_or(Account::DEFAULT);
                Caller { account, session: None }
            }
        }
    }
}
