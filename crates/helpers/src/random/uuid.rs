//! `random_uuid`: an identity in the form of a UUID.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, Call, Object, Problem, Schema};

use crate::arguments::{is_open, member};
use crate::calls;
use crate::keepers;
use crate::recipe::Recipe;

/// The type.
pub(crate) struct RandomUuid;

/// Whether a text has the form of a UUID: 32 hexadecimal digits in five groups.
fn is_uuid(text: &str) -> bool {
    let groups = text
        .split('-')
        .map(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(group.len()));
    groups.eq([8, 4, 4, 4, 12].map(Some))
}

impl Recipe for RandomUuid {
    fn name(&self) -> &'static str {
        "random_uuid"
    }

    fn schema(&self) -> Schema {
        let attributes =
            vec![super::id(), super::keepers(), Attribute::computed("result", Type::String)];
        Schema { attributes, ..Schema::default() }
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        keepers::replacing(prior, planned, "keepers")
    }

    fn create(&self, _wanted: &Value) -> Call {
        calls::make(calls::GENERATE_UUID, [])
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        if !is_open(&wanted, "result") {
            return wanted;
        }
        let uuid = member(answer, "uuid");
        wanted.with("id", uuid.clone()).with("result", uuid)
    }

    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        if !is_uuid(id) {
            return Some(Err(Problem::new(
                "Import Random UUID Error",
                "There was an error during the parsing of the UUID.",
            )));
        }
        let uuid = Value::string(id.to_ascii_lowercase());
        Some(Ok(Object::new(empty.with("id", uuid.clone()).with("result", uuid))))
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        (call.operation == calls::GENERATE_UUID).then_some("Create Random UUID error")
    }
}
