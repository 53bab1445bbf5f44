//! The encryption contexts that a grant asks for: as blocks, as a request has them, and what they
//! mean.

use std::collections::BTreeMap;

use meridian_lang::{Type, Value};

use super::super::members::answered;

pub(super) const EQUALS: &str = "encryption_context_equals";
pub(super) const SUBSET: &str = "encryption_context_subset";

/// What constraints mean, whatever blocks they are written in. A context without pairs is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Constraints {
    equals: BTreeMap<String, String>,
    subset: BTreeMap<String, String>,
}

/// The type of a `constraints` block.
pub(super) fn block_type() -> Type {
    let context = || Type::map(Type::String);
    Type::object([(EQUALS, context()), (SUBSET, context())])
}

fn pairs(context: &Value) -> BTreeMap<String, String> {
    let entries = context.as_entries().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    entries.map(|(name, value)| (name.to_string(), text(value))).collect()
}

fn map(pairs: &BTreeMap<String, String>) -> Value {
    Value::map(Type::String, pairs.iter().map(|(name, value)| (&**name, Value::string(value))))
}

impl Constraints {
    /// What blocks mean; nothing while they are not known.
    pub(super) fn of_blocks(blocks: &Value) -> Option<Constraints> {
        if !blocks.is_wholly_known() {
            return None;
        }
        let mut all = Constraints::default();
        for block in blocks.children() {
            all.equals.extend(pairs(&answered(block, EQUALS)));
            all.subset.extend(pairs(&answered(block, SUBSET)));
        }
        Some(all)
    }

    /// What the member `Constraints` of a request or an answer means.
    pub(super) fn of_answer(constraints: &Value) -> Constraints {
        Constraints {
            equals: pairs(&answered(constraints, "EncryptionContextEquals")),
            subset: pairs(&answered(constraints, "EncryptionContextSubset")),
        }
    }

    fn is_empty(&self) -> bool {
        self.equals.is_empty() && self.subset.is_empty()
    }

    /// The blocks that say so, as the provider reads them. Blocks that ask for nothing stay if they
    /// were there before.
    pub(super) fn blocks(&self, before: &Value) -> Value {
        if self.is_empty()
            && !before.is_null()
            && Constraints::of_blocks(before).as_ref() == Some(self)
        {
            return before.clone();
        }
        let block = Value::object([(EQUALS, map(&self.equals)), (SUBSET, map(&self.subset))]);
        Value::set(block_type(), (!self.is_empty()).then_some(block))
    }
}

/// The member `Constraints` of a request; none if nothing is asked for.
pub(super) fn request(blocks: &Value) -> Option<Value> {
    let marks = blocks.deep_marks();
    let Some(constraints) = Constraints::of_blocks(blocks) else {
        return Some(Value::unknown(Type::Dynamic).mark(marks));
    };
    let members = [
        ("EncryptionContextEquals", &constraints.equals),
        ("EncryptionContextSubset", &constraints.subset),
    ];
    let given = members.into_iter().filter(|(_, pairs)| !pairs.is_empty());
    let object = Value::object(given.map(|(name, pairs)| (name, map(pairs))));
    (!constraints.is_empty()).then(|| object.mark(marks))
}

/// The planned blocks, or those that are if both mean the same.
pub(super) fn kept(before: &Value, planned: &Value) -> Value {
    if before.unmark_deep() == planned.unmark_deep() || before.is_null() {
        return planned.clone();
    }
    match (Constraints::of_blocks(before), Constraints::of_blocks(planned)) {
        (Some(old), Some(new)) if old == new => before.clone(),
        _ => planned.clone(),
    }
}
