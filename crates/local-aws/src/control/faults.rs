//! Fault rules: `/_local/faults`.

use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::control::{Refusal, document, number, parameters, told};
use crate::fault::Fault;
use crate::request::Request;

pub(super) fn list(cloud: &Cloud, request: &Request) -> Result<Value, Refusal> {
    let [] = parameters(request, [])?;
    Ok(told(cloud.faults()))
}

pub(super) fn add(cloud: &Cloud, request: &Request) -> Result<Value, Refusal> {
    // Whether it is one or many shows in the first character; to try the one
    // form after the other would hide what is wrong.
    let is_list = request.body().trim_ascii_start().starts_with(b"[");
    let faults: Vec<Fault> = if is_list { document(request)? } else { vec![document(request)?] };
    let ids: Vec<u64> = faults.into_iter().map(|fault| cloud.inject(fault)).collect();
    Ok(json!({ "ids": ids }))
}

pub(super) fn remove(cloud: &Cloud, request: &Request) -> Result<Value, Refusal> {
    let [id] = parameters(request, ["id"])?;
    match number("id", id.as_deref())? {
        None => cloud.clear_faults(),
        Some(id) if cloud.remove_fault(id) => {}
        Some(id) => return Err(Refusal::bad(format!("there is no fault rule {id}"))),
    }
    Ok(told(cloud.faults()))
}
