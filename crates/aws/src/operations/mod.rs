//! The API operations, each from a call's input to the SDK's request and from the SDK's output to
//! an answer.

mod cryptography;
mod custom_key_stores;
mod grants;
mod input;
mod key_material;
mod key_metadata;
mod key_reads;
mod kms;
mod output;
mod secret_reads;
mod secret_rotation;
mod secretsmanager;
mod sts;

use meridian_resource::{Answer, CloudError, ErrorClass};

pub(crate) use input::Input;

use crate::clients::Client;
use crate::error::local_error;

/// Carries out an operation of the client's service.
pub(crate) async fn perform(client: &Client, operation: &str, input: Input) -> Answer {
    match client {
        Client::Kms(client) => kms::perform(client, operation, input).await,
        Client::SecretsManager(client) => secretsmanager::perform(client, operation, input).await,
        Client::Sts(client) => sts::perform(client, operation, input).await,
    }
}

/// The answer of an operation that tells nothing.
fn nothing() -> Answer {
    Ok(output::Output::new().into_value())
}

fn unknown_operation(service: &str, operation: &str) -> CloudError {
    let message = format!("{operation} is not an operation of {service} that can be called here");
    local_error(ErrorClass::Invalid, message)
}

#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod tests;
