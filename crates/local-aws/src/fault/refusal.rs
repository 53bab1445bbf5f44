//! Refusals that come of faults, as each service words them (AWS KMS API
//! reference, "Common Errors"; Secrets Manager API reference, the same).

use crate::error::ApiError;
use crate::fault::FaultAction;
use crate::inferred;
use crate::request::Service;

/// The refusal of a request that came too soon after others.
pub(crate) fn throttling(service: Service) -> ApiError {
    match service {
        Service::Kms => ApiError::new(
            "ThrottlingException",
            "You have exceeded the rate at which you may call KMS. Reduce the frequency of your \
             calls.",
        ),
        Service::SecretsManager => ApiError::inferred(&inferred::THROTTLING, Vec::new()),
        _ => ApiError::inferred(&inferred::THROTTLING_IN_QUERY, Vec::new()),
    }
}

fn server_error(service: Service, status: u16) -> ApiError {
    let error = match (service, status) {
        (Service::Kms, 503) => &inferred::FAULT_KMS_TIMEOUT,
        (Service::Kms, _) => &inferred::FAULT_KMS_INTERNAL,
        (_, 503) => &inferred::FAULT_UNAVAILABLE,
        (Service::SecretsManager, _) => &inferred::FAULT_SECRETS_INTERNAL,
        _ => &inferred::FAULT_INTERNAL,
    };
    ApiError::inferred(error, Vec::new())
}

fn access_denied(service: Service, operation: &str, principal: String) -> ApiError {
    let action = format!("{}:{operation}", service.as_str());
    let parameters = vec![("principal", principal), ("action", action)];
    match service {
        Service::Kms | Service::SecretsManager => {
            ApiError::inferred(&inferred::FAULT_ACCESS_DENIED, parameters)
        }
        _ => {
            ApiError::inferred(&inferred::FAULT_ACCESS_DENIED_IN_QUERY, parameters).with_status(403)
        }
    }
}

impl FaultAction {
    /// The refusal that this is, if it is one.
    pub(crate) fn refusal(
        &self,
        service: Option<Service>,
        operation: &str,
        principal: impl FnOnce() -> String,
    ) -> Option<ApiError> {
        // A request for no service at all is answered as KMS would.
        let service = service.unwrap_or(Service::Kms);
        match self {
            Self::Error { status, code, message } => {
                Some(ApiError::injected(error_status(*status), code, message))
            }
            Self::Throttling => Some(throttling(service)),
            Self::ServerError { status } => {
                Some(server_error(service, *status).with_status(error_status(*status)))
            }
            Self::AccessDenied => Some(access_denied(service, operation, principal())),
            Self::ClockSkew => Some(ApiError::inferred(&inferred::FAULT_CLOCK_SKEW, Vec::new())),
            _ => None,
        }
    }
}

/// A status that no error can have would leave no answer to give.
fn error_status(status: u16) -> u16 {
    if (400..=599).contains(&status) { status } else { 500 }
}
