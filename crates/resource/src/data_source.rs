//! What is only read.

use meridian_lang::Value;

use crate::{Answer, Call, CloudError, Place, Problem, Schema};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum DataError {
    /// The cloud refused one of the calls.
    Cloud(CloudError),
    /// What was found, or what was asked for, makes no sense.
    Problem(Box<Problem>),
}

/// A data source, or a type of ephemeral resource: from arguments to attributes by reading. Pure.
pub trait DataSource: Send + Sync {
    /// Its name in configuration, such as `aws_caller_identity`.
    fn name(&self) -> &'static str;

    /// Its arguments and attributes.
    fn schema(&self) -> &Schema;

    /// Checks that a schema cannot express, on configuration that may still be unknown in parts.
    fn validate(&self, config: &Value) -> Vec<Problem> {
        let _ = config;
        Vec::new()
    }

    /// Where it is read: in the Region of the provider configuration, unless its arguments say
    /// another one.
    fn home(&self, place: &Place, config: &Value) -> Place {
        let _ = config;
        place.clone()
    }

    /// The calls that read it, independent of each other. Without any, the answer follows from
    /// the arguments alone, and no one need be asked.
    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let _ = (place, config);
        Vec::new()
    }

    /// The object: arguments, with the attributes that the answers give. `config` is wholly known.
    ///
    /// # Errors
    /// Why there is none.
    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError>;
}
