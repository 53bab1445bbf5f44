//! Lists in another order.

use meridian_lang::{Type, Value};
use meridian_resource::CloudError;

use super::draw::Draw;
use super::{amount, invalid};
use crate::arguments::member;

/// So many elements of a list in an order that is drawn: all of it once, then all of it once
/// more, and so on. No count, or 0, stands for the length of the list.
pub(super) fn shuffle(input: &Value, draw: &mut Draw<'_>) -> Result<Value, CloudError> {
    let list = member(input, "input");
    let elements = list.as_elements().ok_or_else(|| invalid("there is no list to shuffle"))?;
    let asked =
        if member(input, "result_count").is_null() { 0 } else { amount(input, "result_count")? };
    let count = if asked == 0 { elements.len() } else { asked };
    let mut result: Vec<Value> = Vec::with_capacity(count);
    while result.len() < count && !elements.is_empty() {
        let mut round = elements.to_vec();
        draw.shuffle(&mut round)?;
        round.truncate(count - result.len());
        result.append(&mut round);
    }
    let result = Value::list(Type::String, result).mark(list.marks());
    Ok(Value::object([("result", result)]))
}
