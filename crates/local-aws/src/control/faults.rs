//! Fault rules: `/_local/faults`.

use serde_json::{Value, json};

use crate::control::{Order, Refusal, number, told};
use crate::fault::Fault;

pub(super) fn list(order: &Order<'_>) -> Result<Value, Refusal> {
    let [] = order.parameters([])?;
    Ok(told(order.cloud.faults()))
}

pub(super) fn add(order: &Order<'_>) -> Result<Value, Refusal> {
    // Whether it is one or many shows in the first character; to try the one
    // form after the other would hide what is wrong.
    let is_list = order.request.body().trim_ascii_start().starts_with(b"[");
    let faults: Vec<Fault> = if is_list { order.document()? } else { vec![order.document()?] };
    let ids: Vec<u64> = faults.into_iter().map(|fault| order.cloud.inject(fault)).collect();
    Ok(json!({ "ids": ids }))
}

pub(super) fn remove(order: &Order<'_>) -> Result<Value, Refusal> {
    let [id] = order.parameters(["id"])?;
    match number("id", id.as_deref())? {
        None => order.cloud.clear_faults(),
        Some(id) if order.cloud.remove_fault(id) => {}
        Some(id) => return Err(Refusal::bad(format!("there is no fault rule {id}"))),
    }
    Ok(told(order.cloud.faults()))
}
