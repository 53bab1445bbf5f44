//! Errors of the cloud and of types, told as diagnostics.

use meridian_graph::InstanceAddress;
use meridian_lang::Diagnostic;
use meridian_resource::{Call, CloudError, ErrorClass, Problem};
use meridian_state::StateError;

/// What a type found, about an instance.
pub(crate) fn problem(address: &InstanceAddress, problem: Problem) -> Diagnostic {
    let mut error = Diagnostic::error(problem.summary, problem.detail).about(address.to_string());
    error.help = problem.help;
    error
}

/// What the cloud answered to a call, about an instance.
pub(crate) fn cloud_error(
    address: &InstanceAddress,
    call: &Call,
    error: &CloudError,
) -> Diagnostic {
    let place = in_region(&call.region);
    let summary = format!("{} {} failed{place}", call.service.prefix(), call.operation);
    let mut told = Diagnostic::error(summary, error.to_string()).about(address.to_string());
    told.help = advice(call, error);
    told
}

/// The Region as the end of a phrase; nothing for what lives in none.
fn in_region(region: &str) -> String {
    if region.is_empty() { String::new() } else { format!(" in {region}") }
}

fn advice(call: &Call, error: &CloudError) -> Option<String> {
    if let Some(advice) = error.advice {
        return Some(advice.to_owned());
    }
    Some(match error.class {
        ErrorClass::Denied => {
            let needed: Vec<String> = call
                .permissions
                .iter()
                .map(|it| {
                    format!("{} on {}{}", it.action, it.resource, in_region(&it.region))
                })
                .collect();
            if needed.is_empty() {
                format!("allow {}:{} to these credentials", call.service.prefix(), call.operation)
            } else {
                format!("the call needs {}", needed.join(", "))
            }
        }
        ErrorClass::Unavailable => {
            "check the network and the endpoint, and run the command again: it goes on from where \
             it is"
                .into()
        }
        ErrorClass::Credentials => {
            "check the credentials: AWS_PROFILE, AWS_ACCESS_KEY_ID, the provider block".into()
        }
        ErrorClass::LimitExceeded => {
            "a quota of the account is full: raise it in Service Quotas, or remove what is not needed"
                .into()
        }
        ErrorClass::Throttled => {
            "the service refuses the rate of calls: apply again later, or with a lower -parallelism"
                .into()
        }
        ErrorClass::OutcomeUnknown => {
            "whether it was done is not known yet; the journal remembers it, and the next apply \
             finds out"
                .into()
        }
        _ => return None,
    })
}

/// A call made more than was seen of it at first.
pub(crate) fn stray(address: &InstanceAddress, name: &str) -> Diagnostic {
    Diagnostic::warning(
        "A call whose answer was lost has created an object",
        format!("{name} was created for {address} and appeared late. It is in the state now."),
    )
    .about(address.to_string())
    .help("plan again: the next apply destroys it if another has taken its place")
}

/// The state could not be written or read.
pub(crate) fn state_error(error: &StateError) -> Diagnostic {
    Diagnostic::error("The state cannot be used", error.to_string())
}
