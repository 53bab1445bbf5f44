//! What one type is: how its value is made, and what follows from the answer.

use meridian_lang::{Path, Value};
use meridian_resource::{Answer, Call, CloudError, Object, Problem, ReplacementOrder, Schema};

use crate::calls;

/// A type of this crate. [`crate::kept::Kept`] makes a resource type of it.
pub(crate) trait Recipe: Send + Sync {
    /// Its name in configuration.
    fn name(&self) -> &'static str;

    /// Its arguments and attributes.
    fn schema(&self) -> Schema;

    /// Checks that a schema cannot express.
    fn validate(&self, config: &Value) -> Vec<Problem> {
        let _ = config;
        Vec::new()
    }

    /// Adjusts what is proposed.
    fn plan(&self, prior: Option<&Object>, config: &Value, proposed: Value) -> Value {
        let _ = (prior, config);
        proposed
    }

    /// Paths whose change leads to a new object, beyond what the schema marks so.
    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        let _ = (prior, planned);
        Vec::new()
    }

    /// In which order a replacement runs. What lives in the state only can be there twice.
    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        let _ = (prior, planned);
        ReplacementOrder::CreateFirst
    }

    /// The call that makes it.
    fn create(&self, wanted: &Value) -> Call;

    /// The call of a change in place.
    fn update(&self, observed: &Object, wanted: &Value) -> Call {
        let _ = (observed, wanted);
        calls::record()
    }

    /// The call that ends it.
    fn remove(&self, observed: &Object) -> Call {
        let _ = observed;
        calls::forget()
    }

    /// What is wanted, with the attributes that the answer to a creation or change gives.
    fn fill(&self, wanted: Value, answer: &Value) -> Value;

    /// The calls that read it.
    fn reads(&self, object: &Object) -> Vec<Call> {
        let _ = object;
        Vec::new()
    }

    /// What the answers say. What nobody can be asked about is as it was.
    ///
    /// # Errors
    /// The first error that is not an answer in itself.
    fn observe(&self, prior: &Object, answers: &[Answer]) -> Result<Option<Object>, CloudError> {
        let _ = answers;
        Ok(Some(prior.clone()))
    }

    /// An object out of a state of Terraform.
    fn taken_over(&self, object: Object) -> Object {
        object
    }

    /// The object of an import id, made of one in which all is null; nothing if this type knows
    /// no import.
    ///
    /// # Errors
    /// The id is none of this type.
    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        let _ = (empty, id);
        None
    }

    /// The summary under which a refused call is reported.
    fn failure(&self, call: &Call) -> Option<&'static str> {
        let _ = call;
        None
    }
}
