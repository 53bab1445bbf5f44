//! The cloud as a whole: `/_local/health`, `/_local/inferred`, `/_local/quotas`
//! and `/_local/reset`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::{Order, Refusal, present, told};
use crate::quota::{Quotas, published};
use crate::request::Service;

pub(super) fn health(order: &Order<'_>) -> Result<Value, Refusal> {
    let requests = order.cloud.request_count();
    let services = Service::ALL.map(Service::as_str);
    Ok(json!({ "status": "running", "services": services, "requests": requests }))
}

pub(super) fn inferred(order: &Order<'_>) -> Result<Value, Refusal> {
    Ok(told(order.cloud.lock().world.texts.records()))
}

pub(super) fn replace_inferred(order: &Order<'_>) -> Result<Value, Refusal> {
    let texts = order.document()?;
    order.cloud.lock().world.texts = texts;
    inferred(order)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotasInput {
    #[serde(deserialize_with = "present")]
    scale: Option<f64>,
}

pub(super) fn quotas(order: &Order<'_>) -> Result<Value, Refusal> {
    let inner = order.cloud.lock();
    Ok(json!({
        "scale": inner.quotas.scale(),
        "refused": inner.quotas.refused(),
        "remaining": inner.quotas.remainders(),
        "published": published(),
    }))
}

pub(super) fn set_quotas(order: &Order<'_>) -> Result<Value, Refusal> {
    let QuotasInput { scale } = order.document()?;
    if scale.is_some_and(|scale| scale <= 0.0) {
        return Err(Refusal::bad("the scale is more than 0, or null for no quotas"));
    }
    order.cloud.lock().quotas = Quotas::new(scale);
    quotas(order)
}

pub(super) fn reset(order: &Order<'_>) -> Result<Value, Refusal> {
    let mut inner = order.cloud.lock();
    inner.world.clear();
    inner.quotas = Quotas::new(inner.quotas.scale());
    inner.save(order.cloud.now())?;
    Ok(json!({}))
}
