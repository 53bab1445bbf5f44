//! From a request to its answer, with the faults that come between them.

use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::cloud::{Cloud, Delivery, Inner};
use crate::error::ApiError;
use crate::fault::{FaultAction, Subject, replace_body, truncate};
use crate::request::{Request, Scope, Service, parameters, target};
use crate::request_log::RequestRecord;
use crate::response::{Output, render};
use crate::signature::{self, Secret};

/// What comes of a request before it is rendered; nothing, if it was dropped.
type Outcome = Option<Result<Output, ApiError>>;

/// A request, and what its head tells.
struct Address<'a> {
    request: &'a Request,
    service: Option<Service>,
    operation: String,
    scope: Result<Scope, ApiError>,
}

impl<'a> Address<'a> {
    fn of(request: &'a Request) -> Self {
        let target = target(request);
        let service = target.as_ref().map(|(service, _)| *service);
        let operation = target.map(|(_, operation)| operation).unwrap_or_default();
        Self { request, service, operation, scope: Scope::of(request) }
    }

    fn region(&self) -> Option<&'static str> {
        self.scope.as_ref().ok().map(|scope| scope.region.as_str())
    }
}

impl Cloud {
    /// Carries out a request.
    ///
    /// If this program fails at it, it is answered with HTTP 500 and has changed
    /// nothing.
    pub fn handle(&self, request: &Request) -> Delivery {
        let request_id = Uuid::new_v4().to_string();
        let address = &Address::of(request);
        let mut inner = self.lock();
        let now = self.clock.now();
        let attempt = AssertUnwindSafe(|| inner.attempt(address, now));
        let (outcome, fault) = panic::catch_unwind(attempt).unwrap_or_else(|_| {
            inner.world.undo_changes();
            (Some(Err(ApiError::internal(address.service, "this program has failed"))), None)
        });
        let error_code = match &outcome {
            Some(Err(error)) => Some(error.short_code().to_owned()),
            _ => None,
        };
        let response = outcome.map(|outcome| render(address.service, outcome, &request_id));
        let response = match fault {
            Some(FaultAction::DropAfterExecution) => None,
            Some(FaultAction::TruncatedBody) => response.and_then(truncate),
            Some(FaultAction::WrongBody { ref body }) => response.map(|it| replace_body(it, body)),
            _ => response,
        };
        let number = inner.log.count() + 1;
        inner.log.push(RequestRecord {
            number,
            time: now,
            region: address.region(),
            service: address.service.map(Service::as_str),
            operation: address.operation.clone(),
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
}

impl Inner {
    /// Carries out a request, as far as its fault lets it; tells the fault, too.
    fn attempt(&mut self, address: &Address<'_>, now: Timestamp) -> (Outcome, Option<FaultAction>) {
        self.keep_past(now);
        let fault = self.fault(address);
        if fault == Some(FaultAction::DropBeforeExecution) {
            return (None, fault);
        }
        let outcome = self.answer(address, now, fault.as_ref());
        let speaks_query = address.service.is_some_and(Service::speaks_query);
        let outcome = outcome.map_err(|error| match speaks_query {
            true => error.in_query_protocol(),
            false => error,
        });
        (Some(outcome), fault)
    }

    fn answer(
        &mut self,
        address: &Address<'_>,
        now: Timestamp,
        fault: Option<&FaultAction>,
    ) -> Result<Output, ApiError> {
        let scope = address.scope.as_ref().map_err(ApiError::clone)?;
        self.refuse(address, scope, fault)?;
        let service = address.service.ok_or_else(ApiError::unknown_operation)?;
        self.authenticate(address.request, service, scope, now)?;
        let members = parameters(address.request);
        self.execute(service, &address.operation, scope, members, now, fault)
    }

    /// The fault that acts on a request.
    fn fault(&mut self, address: &Address<'_>) -> Option<FaultAction> {
        let scope = address.scope.as_ref().ok()?;
        let account = self.world.caller(&scope.access_key).account;
        let (service, region) = (address.service, scope.region.as_str());
        self.faults.take(&Subject { service, operation: &address.operation, region, account })
    }

    /// Refuses a request, if its fault does so.
    fn refuse(
        &self,
        address: &Address<'_>,
        scope: &Scope,
        fault: Option<&FaultAction>,
    ) -> Result<(), ApiError> {
        let principal = || self.world.caller(&scope.access_key).arn(scope.region);
        let refusal =
            fault.and_then(|fault| fault.refusal(address.service, &address.operation, principal));
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
}
