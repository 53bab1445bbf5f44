//! GetKeyLastUsage: when and for what a key has last worked. Related
//! multi-Region keys keep this apart.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::kms::key::KeyAddress;
use crate::kms::properties::KeyInput;
use crate::world::Call;

/// Work of the same kind is noted anew after this many milliseconds: each note
/// is a row to be written.
const GRANULARITY: i64 = 60 * 60 * 1000;

/// The last work of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LastUsage {
    operation: String,
    time: Timestamp,
    event_id: String,
}

impl Call<'_> {
    /// Notes that a key has worked.
    pub(super) fn note_use(&mut self, address: &KeyAddress, operation: &str) {
        let (now, hour) = (self.now, |time: Timestamp| time.milliseconds() / GRANULARITY);
        let is_noted =
            |last: &LastUsage| last.operation == operation && hour(last.time) == hour(now);
        if self.world.key(address).last_usage.as_ref().is_some_and(is_noted) {
            return;
        }
        let (operation, event_id) = (operation.to_owned(), Uuid::new_v4().to_string());
        self.world.key_mut(address).last_usage = Some(LastUsage { operation, time: now, event_id });
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetKeyLastUsageOutput {
    key_id: String,
    key_last_usage: KeyLastUsageData,
    tracking_start_date: Timestamp,
    key_creation_date: Timestamp,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyLastUsageData {
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_trail_event_id: Option<String>,
}

/// All keys here are younger than the tracking, which begins when they do.
pub(crate) fn get_key_last_usage(
    call: &mut Call<'_>,
    input: KeyInput,
) -> Result<GetKeyLastUsageOutput, ApiError> {
    let address = call.find_key(input.key_id)?;
    let key = call.world.key(&address);
    let data = |last: &LastUsage| KeyLastUsageData {
        operation: Some(last.operation.clone()),
        timestamp: Some(last.time),
        cloud_trail_event_id: Some(last.event_id.clone()),
    };
    Ok(GetKeyLastUsageOutput {
        key_id: address.id,
        key_last_usage: key.last_usage.as_ref().map(data).unwrap_or_default(),
        tracking_start_date: key.created,
        key_creation_date: key.created,
    })
}
