//! The cloud as a whole: `/_local/health`, `/_local/inferred`, `/_local/quotas`
//! and `/_local/reset`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::control::{Refusal, document, present, told};
use crate::quota::{Quotas, published};
use crate::request::{Request, Service};

pub(super) fn health(cloud: &Cloud, _request: &Request) -> Result<Value, Refusal> {
    let services = [Service::Kms, Service::SecretsManager, Service::Sts].map(Service::as_str);
    Ok(json!({ "status": "running", "services": services, "requests": cloud.request_count() }))
}

pub(super) fn inferred(cloud: &Cloud, _request: &Request) -> Result<Value, Refusal> {
    Ok(told(cloud.lock().world.texts.records()))
}

pub(super) fn replace_inferred(cloud: &Cloud, request: &Request) -> Result<Value, Refusal> {
    let texts = document(request)?;
    cloud.lock().world.texts = texts;
    inferred(cloud, request)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotasInput {
    #[serde(deserialize_with = "present")]
    scale: Option<f64>,
}

pub(super) fn quotas(cloud: &Cloud, _request: &Request) -> Result<Value, Refusal> {
    let inner = cloud.lock();
    Ok(json!({
        "scale": inner.quotas.scale(),
        "refused": inner.quotas.refused(),
        "remaining": inner.quotas.remainders(),
        "published": published(),
    }))
}

pub(super) fn set_quotas(cloud: &Cloud, request: &Request) -> Result<Value, Refusal> {
    let QuotasInput { scale } = document(request)?;
    if scale.is_some_and(|scale| scale <= 0.0) {
        return Err(Refusal::bad("the scale is more than 0, or null for no quotas"));
    }
    cloud.lock().quotas = Quotas::new(scale);
    quotas(cloud, request)
}

pub(super) fn reset(cloud: &Cloud, _request: &Request) -> Result<Value, Refusal> {
    let mut inner = cloud.lock();
    inner.world.clear();
    inner.quotas = Quotas::new(inner.quotas.scale());
    inner.save(cloud.now())?;
    Ok(json!({}))
}
