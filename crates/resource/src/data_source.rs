//! What is only read.

use meridian_lang::Value;

use crate::{Answer, Attribute, Call, CloudError, Place, Presence, Problem, Schema};

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

    /// Whether an attribute shows what an argument says: it is then as sensitive as the argument.
    /// What the cloud alone tells shows none, and neither does what it has encrypted.
    fn shows(&self, attribute: &str, argument: &str) -> bool {
        let _ = (attribute, argument);
        true
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

/// The object with the marks of its arguments on the attributes that show them. `config` has the
/// arguments with their marks.
pub fn with_marks_of_arguments(kind: &dyn DataSource, object: Value, config: &Value) -> Value {
    let is_given = |name: &str| config.get(name).is_some_and(|value| !value.is_null());
    let is_answer = |attribute: &&Attribute| match attribute.presence {
        Presence::Computed => true,
        Presence::OptionalComputed => !is_given(attribute.name),
        Presence::Required | Presence::Optional => false,
    };
    let arguments: Vec<_> = config.as_entries().into_iter().flatten().collect();
    kind.schema().attributes.iter().filter(is_answer).fold(object, |object, attribute| {
        let Some(value) = object.get(attribute.name).cloned() else { return object };
        let shown = arguments.iter().filter(|(name, _)| kind.shows(attribute.name, name));
        let marked = shown.fold(value, |value, (_, argument)| value.mark(argument.deep_marks()));
        object.with(attribute.name, marked)
    })
}
