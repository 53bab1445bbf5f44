//! What a page watches: `/_local/state` and `/_local/log`.

use serde_json::Value;

use crate::control::{Order, Refusal, number, told};

pub(super) fn state(order: &Order<'_>) -> Result<Value, Refusal> {
    let [] = order.parameters([])?;
    Ok(told(order.cloud.overview()))
}

pub(super) fn log(order: &Order<'_>) -> Result<Value, Refusal> {
    let [after] = order.parameters(["after"])?;
    let seen = number("after", after.as_deref())?.unwrap_or(0);
    Ok(told(order.cloud.log_since(seen)))
}
