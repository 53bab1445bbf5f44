//! DeleteCustomKeyStore.

use crate::error::ApiError;
use crate::inferred;
use crate::kms::custom_store::connection::StoreInput;
use crate::kms::custom_store::{ConnectionState, Nothing};
use crate::world::Call;

/// A key that waits for its deletion is still in its store.
pub(crate) fn delete_custom_key_store(
    call: &mut Call<'_>,
    input: StoreInput,
) -> Result<Nothing, ApiError> {
    let (address, store) = call.find_store(input.custom_key_store_id)?;
    store.require_connection(&address.id, &[ConnectionState::Disconnected])?;
    if call.world.keys_in_store(&address).next().is_some() {
        let parameters = vec![("store", address.id)];
        return Err(ApiError::inferred(&inferred::STORE_HAS_KEYS, parameters));
    }
    call.world.custom_key_stores.remove(&address);
    Ok(Nothing {})
}
