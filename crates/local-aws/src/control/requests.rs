//! The log of requests: `/_local/requests`.

use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::control::{Refusal, number, parameters, told};
use crate::request::Request;
use crate::request_log::RequestRecord;

pub(super) fn list(cloud: &Cloud, request: &Request) -> Result<Value, Refusal> {
    let [operation, region, service, since, limit] =
        parameters(request, ["operation", "region", "service", "since", "limit"])?;
    let since = number("since", since.as_deref())?.unwrap_or(0);
    let limit = number("limit", limit.as_deref())?.unwrap_or(usize::MAX);
    let is_wanted = |record: &&RequestRecord| {
        record.number > since
            && operation.as_deref().is_none_or(|wanted| record.operation == wanted)
            && region.as_deref().is_none_or(|wanted| record.region == Some(wanted))
            && service.as_deref().is_none_or(|wanted| record.service == Some(wanted))
    };
    let inner = cloud.lock();
    let mut records: Vec<&RequestRecord> =
        inner.log.iter().rev().filter(is_wanted).take(limit).collect();
    records.reverse();
    Ok(told(records))
}

pub(super) fn clear(cloud: &Cloud, request: &Request) -> Result<Value, Refusal> {
    let [] = parameters(request, [])?;
    cloud.lock().log.clear();
    Ok(json!([]))
}
