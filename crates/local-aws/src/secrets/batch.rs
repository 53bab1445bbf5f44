//! BatchGetSecretValue: the current values of many secrets at once.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::paging::{Page, page};
use crate::secrets::filter::{self, Filter};
use crate::secrets::foreign;
use crate::secrets::get::{GetSecretValueOutput, current_value};
use crate::secrets::list::invalid_token;
use crate::secrets::secret::SecretAddress;
use crate::world::Call;

const MOST_SECRETS: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BatchGetSecretValueInput {
    #[serde(default)]
    secret_id_list: Vec<String>,
    #[serde(default)]
    filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// An answer with values. It has no `Debug` on purpose.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BatchGetSecretValueOutput {
    secret_values: Vec<GetSecretValueOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    errors: Vec<SecretError>,
}

/// Why one of the secrets could not be read.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SecretError {
    secret_id: String,
    error_code: String,
    message: String,
}

pub(crate) fn batch_get_secret_value(
    call: &mut Call<'_>,
    input: BatchGetSecretValueInput,
) -> Result<BatchGetSecretValueOutput, ApiError> {
    if input.secret_id_list.is_empty() == input.filters.is_empty() {
        return Err(ApiError::inferred(&inferred::BATCH_CHOICE, Vec::new()));
    }
    if input.max_results.is_some() && input.filters.is_empty() {
        return Err(ApiError::inferred(&inferred::BATCH_PAGE_SIZE, Vec::new()));
    }
    let limit = input.max_results.unwrap_or(MOST_SECRETS);
    filter::check(&input.filters)?;
    let mut output = BatchGetSecretValueOutput::default();
    if input.filters.is_empty() {
        for id in input.secret_id_list {
            let found = foreign::admit(call, "GetSecretValue", &id)
                .and_then(|()| call.readable_secret(&id));
            output.read(call, id, found);
        }
        return Ok(output);
    }
    let secrets = call
        .world
        .filtered_secrets(call.place, &input.filters)
        .filter(|(_, secret)| !secret.is_marked_for_deletion())
        .map(|(address, _)| address.clone());
    let page = page(secrets, |address| &address.name, limit, input.next_token.as_deref());
    let Page { items, next } = page.map_err(invalid_token)?;
    for address in items {
        let arn = call.world.secret_arn(&address);
        output.read(call, arn, Ok(address));
    }
    output.next_token = next;
    Ok(output)
}

impl BatchGetSecretValueOutput {
    /// Adds the current value of a secret, or why there is none.
    fn read(
        &mut self,
        call: &mut Call<'_>,
        secret_id: String,
        found: Result<SecretAddress, ApiError>,
    ) {
        let permitted = found.and_then(|address| {
            call.withheld.check_secret(&address)?;
            Ok(address)
        });
        match permitted.and_then(|address| current_value(call, &address)) {
            Ok(value) => self.secret_values.push(value),
            Err(error) => {
                let error = error.in_words_of(&call.world.texts);
                self.errors.push(SecretError {
                    secret_id,
                    error_code: error.short_code().to_owned(),
                    message: error.message,
                });
            }
        }
    }
}
