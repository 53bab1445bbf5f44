//! The log of requests: `/_local/requests`.

use serde_json::{Value, json};

use crate::control::{Order, Refusal, number, told};
use crate::request_log::RequestRecord;

pub(super) fn list(order: &Order<'_>) -> Result<Value, Refusal> {
    let [operation, region, service, since, limit] =
        order.parameters(["operation", "region", "service", "since", "limit"])?;
    let since = number("since", since.as_deref())?.unwrap_or(0);
    let limit = number("limit", limit.as_deref())?.unwrap_or(usize::MAX);
    let is_wanted = |record: &&RequestRecord| {
        record.number > since
            && operation.as_deref().is_none_or(|wanted| record.operation == wanted)
            && region.as_deref().is_none_or(|wanted| record.region == Some(wanted))
            && service.as_deref().is_none_or(|wanted| record.service == Some(wanted))
    };
    let inner = order.cloud.lock();
    let mut records: Vec<&RequestRecord> =
        inner.log.iter().rev().filter(is_wanted).take(limit).collect();
    records.reverse();
    Ok(told(records))
}

pub(super) fn clear(order: &Order<'_>) -> Result<Value, Refusal> {
    let [] = order.parameters([])?;
    order.cloud.lock().log.clear();
    Ok(json!([]))
}
