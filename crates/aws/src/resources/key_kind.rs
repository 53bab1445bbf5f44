//! What one type of keys has alone; [`super::key_type`] has the rest.

use std::fmt::Debug;

use meridian_lang::{Path, Value};
use meridian_resource::{Answer, Call, CloudError, Object, Place, Problem, Schema};

use super::key_settings::KeySettings;

/// The part that keys of a type play in their sets, as long as nobody promotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// They lead, or stand alone.
    Primary {
        /// The type of what follows them.
        replicas: &'static str,
    },
    /// They follow.
    Replica,
}

/// What one type of keys has alone.
pub trait KeyKind: Debug + Send + Sync + 'static {
    /// Its name in configuration.
    const NAME: &'static str;
    /// The part that its keys play.
    const ROLE: Role;
    /// Whether the material of its keys is imported.
    const IMPORTED: bool;
    /// What can be changed of its keys, as its attributes call it.
    const SETTINGS: KeySettings;

    /// Its arguments and attributes.
    fn schema() -> Schema;

    /// The first call for a new key.
    fn creation(place: &Place, wanted: &Value) -> Call;

    /// The attributes of a new key as far as they can be foreseen.
    fn expected(wanted: &Value) -> Value;

    /// The facts of a new key as far as they can be foreseen.
    fn expected_facts(wanted: &Value) -> Value;

    /// The attributes of a new key, with what the answer to its creation tells.
    fn answered(attributes: Value, metadata: &Value) -> Value;

    /// The key that the answers to its reads show.
    ///
    /// # Errors
    /// It could not be read, or is no key of this type.
    fn observe(
        schema: &Schema,
        place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError>;

    /// Checks that a schema cannot express.
    fn validate(config: &Value) -> Vec<Problem> {
        let _ = config;
        Vec::new()
    }

    /// What is planned, beyond what holds for all keys.
    fn plan(prior: Option<&Object>, config: &Value, planned: Value) -> Value {
        let _ = (prior, config);
        planned
    }

    /// Paths whose change leads to a new key, beyond what the schema marks so.
    fn replaced_by(prior: &Object, planned: &Value) -> Vec<Path> {
        let _ = (prior, planned);
        Vec::new()
    }
}
