//! What a pulled state leaves out is not lost when it is pushed again.

use meridian_lang::Value;
use meridian_state::StoredObject;

/// The pushed objects, with what the state knows beyond them: secrets where the file has none, and
/// what types remember of objects that are still the same.
pub fn keep_what_was_left_out(
    pushed: Vec<StoredObject>,
    here: &[StoredObject],
) -> Vec<StoredObject> {
    let known = |object: &StoredObject| {
        here.iter().find(|it| (&it.address, &it.deposed) == (&object.address, &object.deposed))
    };
    let merged = pushed.into_iter().map(|object| match known(&object) {
        Some(known) if is_same(known, &object) => merged(object, known),
        _ => object,
    });
    merged.collect()
}

fn is_same(a: &StoredObject, b: &StoredObject) -> bool {
    let id = |object: &StoredObject| object.attributes.get("id").map(Value::unmark_deep);
    a.type_name == b.type_name && id(a) == id(b)
}

fn merged(object: StoredObject, known: &StoredObject) -> StoredObject {
    let attributes = filled(object.attributes, &known.attributes);
    let facts = known.facts.as_entries().into_iter().flatten();
    let facts = facts.filter(|(name, _)| ***name != *meridian_resource::TAINTED);
    let facts = facts.fold(object.facts, |all, (name, fact)| match all.get(name) {
        Some(_) => all,
        None => all.with(name, fact.clone()),
    });
    let unfinished = object.unfinished || known.unfinished;
    StoredObject { attributes, facts, unfinished, ..object }
}

/// A value with its missing secrets put in, where both have the same shape.
fn filled(value: Value, known: &Value) -> Value {
    if value.is_null() && known.is_sensitive() {
        return known.clone();
    }
    let (Some(entries), Some(known)) = (value.as_entries().cloned(), known.as_entries()) else {
        return value;
    };
    entries.iter().fold(value, |all, (name, part)| match known.get(name) {
        Some(known) => all.with(name, filled(part.clone(), known)),
        None => all,
    })
}
