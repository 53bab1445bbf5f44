//! Which requests the SDK may repeat. Those that change something it never repeats: after a lost
//! answer only the journal can tell whether to. Nor does it repeat what is throttled.

use std::time::Duration;

use aws_sdk_kms::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::timeout::TimeoutConfig;
use meridian_resource::ErrorClass;

use crate::error::class_of;

const ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(90);
const RETRY_TOKENS: usize = 10_000;

/// How requests that only read are repeated.
pub(crate) fn of_reads(max_retries: Option<u32>) -> RetryConfig {
    let attempts = max_retries.map_or(ATTEMPTS, |retries| retries.saturating_add(1));
    RetryConfig::standard().with_max_attempts(attempts).with_initial_backoff(FIRST_PAUSE)
}

/// How long an attempt, and a request with all its attempts, may take.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// An allowance of retries of its own. The SDK's default one is shared by all accounts of the
/// process and runs dry after a hundred throttled requests.
pub(crate) fn partition(name: String) -> RetryPartition {
    RetryPartition::custom(name).token_bucket(TokenBucket::new(RETRY_TOKENS)).build()
}

/// Forbids to repeat what is refused for its rate, which the engine paces, and what failed with
/// `LimitExceededException`: the SDK takes it for throttling, but with KMS and Secrets Manager it is
/// a full quota. Asks to repeat what was answered with success that cannot be read.
#[derive(Debug)]
pub(crate) struct Refusals;

impl ClassifyRetry for Refusals {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response() else { return RetryAction::NoActionIndicated };
        // Success that cannot be read is no answer of AWS's: whoever may ask again does so.
        let is_unreadable = context.output_or_error().is_some_and(|it| it.is_err());
        if response.status().is_success() && is_unreadable {
            return RetryAction::transient_error();
        }
        let code = response.body().bytes().and_then(error_code).unwrap_or_default();
        match class_of(&code, response.status().as_u16()) {
            ErrorClass::Throttled | ErrorClass::LimitExceeded => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "refusals"
    }
}

/// The code in a JSON answer. The typed error cannot be asked: each operation has its own.
fn error_code(body: &[u8]) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_slice(body).ok()?;
    let code = answer.get("__type")?.as_str()?;
    // It may stand behind a namespace.
    Some(code.rsplit('#').next().unwrap_or(code).to_owned())
}
