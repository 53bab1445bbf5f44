//! The permissions that requests have needed: `/_local/permissions`.

use http::StatusCode;
use serde_json::{Value, json};

use crate::control::{Order, Refusal, told};
use crate::iam::Authorizer;

pub(super) fn list(order: &Order<'_>) -> Result<Value, Refusal> {
    let [] = order.parameters([])?;
    with_authorizer(order, |authorizer| told(authorizer.asked()))
}

pub(super) fn clear(order: &Order<'_>) -> Result<Value, Refusal> {
    let [] = order.parameters([])?;
    with_authorizer(order, |authorizer| {
        authorizer.forget();
        json!([])
    })
}

fn with_authorizer(
    order: &Order<'_>,
    action: impl FnOnce(&mut Authorizer) -> Value,
) -> Result<Value, Refusal> {
    let mut inner = order.cloud.lock();
    let nobody = "no permissions are checked: the cloud was not told who may do what";
    let authorizer = inner.authorizer.as_mut();
    authorizer.map(action).ok_or_else(|| Refusal::new(StatusCode::CONFLICT, nobody))
}
