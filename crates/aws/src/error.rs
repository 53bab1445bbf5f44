//! What an error of the SDK means for the one who called.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_kms::operation::RequestId;
use aws_smithy_http::endpoint::ResolveEndpointError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use meridian_resource::{CloudError, ErrorClass};

/// What is said of credentials that nobody gave.
const NO_CREDENTIALS: &str = "no AWS credentials were found";

/// What to do where the request's time is refused.
const SET_THE_CLOCK: &str =
    "set the clock of this machine, by NTP for instance, and run the command again";

/// How messages begin that refuse a signature for its time and not for its key (AWS General
/// Reference, "Troubleshooting Signature Version 4").
const OUT_OF_TIME: [&str; 2] = ["Signature expired", "Signature not yet current"];

/// Where credentials come from.
const CREDENTIALS_ADVICE: &str = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and \
    AWS_SECRET_ACCESS_KEY, or sign in with `aws sso login`";

/// Classifies by what kind of error it is and by the service's code, never by its message.
pub(crate) fn cloud_error<E>(error: SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let request_id = error.request_id().map(str::to_owned);
    let cloud_error = match &error {
        SdkError::ServiceError(answer) => {
            service_error(answer.err().meta(), answer.raw().status().as_u16())
        }
        SdkError::DispatchFailure(failure) => failure
            .as_connector_error()
            .map_or_else(|| without_answer(ErrorClass::OutcomeUnknown, &error), dispatch_failure),
        SdkError::ConstructionFailure(_) => without_answer(ErrorClass::Invalid, &error),
        _ => without_answer(ErrorClass::OutcomeUnknown, &error),
    };
    CloudError { request_id, ..cloud_error }
}

/// An error that is no answer of a service.
pub(crate) fn local_error(class: ErrorClass, message: impl Into<String>) -> CloudError {
    CloudError {
        class,
        code: String::new(),
        message: message.into(),
        request_id: None,
        advice: None,
    }
}

/// Credentials that cannot be had.
pub(crate) fn credentials_error(error: &CredentialsError) -> CloudError {
    let message = match error {
        CredentialsError::CredentialsNotLoaded(_) => {
            format!("{NO_CREDENTIALS}; {CREDENTIALS_ADVICE}")
        }
        // The error itself only says that there was one.
        other => with_causes(other.source().unwrap_or(other)),
    };
    local_error(ErrorClass::Credentials, message)
}

/// Credentials that none of the usual places has, of which the last one said this. `profile` is the
/// one that `AWS_PROFILE` names.
pub(crate) fn nowhere(error: CloudError, profile: Option<&str>) -> CloudError {
    let last = Some(error.message).filter(|message| !message.starts_with(NO_CREDENTIALS));
    let profile = profile.map(|name| format!("AWS_PROFILE is {name}"));
    let known: Vec<String> = profile.into_iter().chain(last).collect();
    let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join("; ")) };
    let message = format!("{NO_CREDENTIALS}{known}; {CREDENTIALS_ADVICE}");
    CloudError { message, ..error }
}

/// What an error says, and what the errors below it say.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    for text in causes(error).map(ToString::to_string) {
        if texts.last().is_none_or(|above| !above.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

fn service_error(answer: &aws_smithy_types::error::ErrorMetadata, status: u16) -> CloudError {
    let code = answer.code().unwrap_or_default();
    let message = answer.message().unwrap_or_default();
    let is_of_time = OUT_OF_TIME.iter().any(|beginning| message.starts_with(beginning));
    let advice = match credentials_advice(code) {
        Some(_) if is_of_time => Some(SET_THE_CLOCK),
        advice => advice,
    };
    let message = match code.is_empty() && message.is_empty() {
        true => format!("the answer (HTTP {status}) cannot be understood"),
        false => message.to_owned(),
    };
    CloudError {
        class: class_of(code, status),
        code: code.to_owned(),
        message,
        request_id: None,
        advice,
    }
}

pub(crate) fn class_of(code: &str, status: u16) -> ErrorClass {
    match code {
        "NotFoundException" | "ResourceNotFoundException" => ErrorClass::NotFound,
        "AlreadyExistsException"
        | "ResourceExistsException"
        | "CustomKeyStoreNameInUseException" => ErrorClass::AlreadyExists,
        "AccessDeniedException" | "AccessDenied" | "NotAuthorized" | "NotAuthorizedException" => {
            ErrorClass::Denied
        }
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "SlowDown" => ErrorClass::Throttled,
        "LimitExceededException" => ErrorClass::LimitExceeded,
        "KMSInvalidStateException"
        | "InvalidRequestException"
        | "ConflictException"
        | "PreconditionNotMetException"
        | "EncryptionFailure"
        | "DecryptionFailure"
        | "CustomKeyStoreInvalidStateException"
        | "CloudHsmClusterInvalidConfigurationException" => ErrorClass::InvalidState,
        "DisabledException" => ErrorClass::Disabled,
        "MalformedPolicyDocumentException"
        | "MalformedPolicyDocument"
        | "PublicPolicyException" => ErrorClass::MalformedPolicy,
        "ValidationException"
        | "ValidationError"
        | "InvalidParameterException"
        | "InvalidArnException"
        | "InvalidAliasNameException"
        | "InvalidKeyUsageException"
        | "InvalidMarkerException"
        | "InvalidNextTokenException"
        | "TagException"
        | "UnsupportedOperationException"
        | "CustomKeyStoreNotFoundException"
        | "XksKeyAlreadyInUseException"
        | "XksKeyInvalidConfigurationException"
        | "XksKeyNotFoundException"
        | "SerializationException"
        | "UnknownOperationException"
        | "MalformedHttpRequestException"
        | "RequestEntityTooLargeException"
        | "RegionDisabledException" => ErrorClass::Invalid,
        "RequestTimeout" | "RequestTimeoutException" | "RequestAbortedException" => {
            ErrorClass::OutcomeUnknown
        }
        _ if credentials_advice(code).is_some() => ErrorClass::Credentials,
        _ => match status {
            429 => ErrorClass::Throttled,
            400..500 => ErrorClass::Other,
            // KMSInternalException, InternalServiceError, DependencyTimeoutException, a proxy's
            // failure, or success in an answer that cannot be read.
            _ => ErrorClass::OutcomeUnknown,
        },
    }
}

/// What to do about an answer that refuses the signature.
fn credentials_advice(code: &str) -> Option<&'static str> {
    let advice = match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            "the credentials have expired: get new ones, for instance with `aws sso login`"
        }
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidAccessKeyId" => {
            "check AWS_PROFILE and the access key, and that the account has enabled the Region"
        }
        "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "IncompleteSignatureException" => {
            "check that the secret access key belongs to the access key"
        }
        "RequestTimeTooSkewed" => SET_THE_CLOCK,
        "MissingAuthenticationToken" | "MissingAuthenticationTokenException" | "AuthFailure" => {
            "check that the credentials are complete"
        }
        "OptInRequired" => "the account must enable the Region or the service first",
        _ => return None,
    };
    Some(advice)
}

fn dispatch_failure(failure: &ConnectorError) -> CloudError {
    if let Some(error) = cause::<CredentialsError>(failure) {
        return credentials_error(error);
    }
    if let Some(error) = cause::<ResolveEndpointError>(failure) {
        return without_answer(ErrorClass::Invalid, error);
    }
    // Without a connection nothing has left; after that no one can know.
    let never_connected = cause::<hyper_util::client::legacy::Error>(failure)
        .is_some_and(hyper_util::client::legacy::Error::is_connect);
    let class = if never_connected { ErrorClass::Unavailable } else { ErrorClass::OutcomeUnknown };
    // The failure itself only says of which kind it is, and often `other`.
    without_answer(class, failure.source().unwrap_or(failure))
}

fn without_answer(class: ErrorClass, error: &(dyn Error + 'static)) -> CloudError {
    local_error(class, with_causes(error))
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|error| error.downcast_ref())
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    #[test]
    fn a_signature_that_is_refused_for_its_time_is_about_the_clock() {
        let told = |message: &str| {
            let answer = ErrorMetadata::builder().code("InvalidSignatureException");
            service_error(&answer.message(message).build(), 400)
        };
        for message in
            ["Signature expired: 1 is now earlier than 2", "Signature not yet current: 3"]
        {
            let error = told(message);
            assert_eq!(error.class, ErrorClass::Credentials);
            assert_eq!((&*error.message, error.advice), (message, Some(SET_THE_CLOCK)));
        }
        let other = told("The request signature we calculated does not match.");
        assert_eq!(
            other.advice,
            Some("check that the secret access key belongs to the access key")
        );
    }
}
