//! Custom key stores. There are none here, and none can be made: their key
//! material would be in hardware of the customer's.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::inferred;
use crate::validate;
use crate::world::Call;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CustomKeyStoreInput {
    custom_key_store_id: Option<String>,
    custom_key_store_name: Option<String>,
}

/// CreateCustomKeyStore.
pub(crate) fn create_custom_key_store(
    _: &mut Call<'_>,
    _: CustomKeyStoreInput,
) -> Result<Value, ApiError> {
    Err(ApiError::inferred(&inferred::CUSTOM_STORE_UNSUPPORTED, Vec::new()))
}

/// DescribeCustomKeyStores: none, unless one is named, which then is not found.
pub(crate) fn describe_custom_key_stores(
    _: &mut Call<'_>,
    input: CustomKeyStoreInput,
) -> Result<Value, ApiError> {
    match input.custom_key_store_id.or(input.custom_key_store_name) {
        Some(name) => Err(store_not_found(&name)),
        None => Ok(json!({ "CustomKeyStores": [], "Truncated": false })),
    }
}

/// What is done to a store that is there: ConnectCustomKeyStore and its like.
pub(crate) fn manage_custom_key_store(
    _: &mut Call<'_>,
    input: CustomKeyStoreInput,
) -> Result<Value, ApiError> {
    let id = validate::required("customKeyStoreId", input.custom_key_store_id)?;
    Err(store_not_found(&id))
}

/// The refusal of a custom key store that does not exist.
pub(crate) fn store_not_found(name: &str) -> ApiError {
    ApiError::inferred(&inferred::CUSTOM_STORE_NOT_FOUND, vec![("store", name.to_owned())])
}
