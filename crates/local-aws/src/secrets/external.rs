//! Secrets that a partner of AWS holds ("managed external secrets"). There are
//! no partners here, so what asks for one is refused, and nothing tells of one.

use serde::Deserialize;
use serde_json::Value;

use crate::error::ApiError;
use crate::inferred;

/// A member that only external secrets have.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct ExternalMember(Option<Value>);

/// Refuses a request that has one of these members.
pub(crate) fn refuse(members: &[&ExternalMember]) -> Result<(), ApiError> {
    let is_empty = |value: &Value| match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        other => other.is_null(),
    };
    if members.iter().all(|member| member.0.as_ref().is_none_or(is_empty)) {
        return Ok(());
    }
    Err(ApiError::inferred(&inferred::SECRET_EXTERNAL, Vec::new()))
}
