//! Copies of the cloud, and the way back: `/_local/snapshot` and `/_local/restore`.

use std::path::PathBuf;

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::{Order, Refusal};
use crate::snapshot::SnapshotError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SnapshotInput {
    /// The name of the snapshot in the directory that the server was given.
    path: String,
}

pub(super) fn snapshot(order: &Order<'_>) -> Result<Value, Refusal> {
    let path = path(order)?;
    order.cloud.snapshot(&path)?;
    Ok(json!({ "path": path }))
}

pub(super) fn restore(order: &Order<'_>) -> Result<Value, Refusal> {
    let path = path(order)?;
    order.cloud.restore(&path)?;
    Ok(json!({ "path": path }))
}

/// The path that is meant. It is one name: nothing outside of the directory can be meant.
fn path(order: &Order<'_>) -> Result<PathBuf, Refusal> {
    let Some(directory) = order.snapshots else {
        let reason = "the server was started without a directory for snapshots";
        return Err(Refusal::new(StatusCode::FORBIDDEN, reason));
    };
    let name = order.document::<SnapshotInput>()?.path;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.bytes().all(is_allowed)
    {
        let reason = "the path should be one name of letters, digits, '-', '_' and '.'";
        return Err(Refusal::bad(reason));
    }
    Ok(directory.join(name))
}

impl From<SnapshotError> for Refusal {
    fn from(error: SnapshotError) -> Self {
        Self::new(StatusCode::CONFLICT, error.to_string())
    }
}
