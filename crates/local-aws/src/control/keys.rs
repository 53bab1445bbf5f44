//! Keys in states that no client could put them into: `/_local/keys`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::{Order, Refusal};
use crate::identity::{Account, Place};
use crate::kms::{KeyState, Naming};
use crate::region::Region;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyInput {
    /// The key's id or ARN, or an alias of it.
    key_id: String,
    region: Region,
    account: Option<Account>,
    state: KeyState,
}

/// The key stays in its state until something changes it again.
pub(super) fn put_into_state(order: &Order<'_>) -> Result<Value, Refusal> {
    let KeyInput { key_id, region, account, state } = order.document()?;
    if state.is_pending_deletion() {
        return Err(Refusal::bad("a key comes to wait for its deletion by ScheduleKeyDeletion"));
    }
    let place = Place { account: account.unwrap_or(Account::DEFAULT), region };
    let mut inner = order.cloud.lock();
    let now = order.cloud.now();
    inner.settle(now);
    let address = inner
        .world
        .find_key(place, &key_id, Naming::KeyOrAlias)
        .map_err(|error| Refusal::bad(error.message))?;
    let key = inner.world.key_mut(&address);
    key.state = state;
    key.deletion = None;
    inner.save(now)?;
    Ok(json!({ "arn": address.arn(), "state": state }))
}
