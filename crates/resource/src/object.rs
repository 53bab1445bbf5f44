//! What is known of one object in the cloud.

use meridian_lang::{Type, Value};

/// The fact that holds a word for people on what goes on by itself after a call, such as the date
/// of a deletion. Like all facts whose names begin with `run_`, it holds for one run.
pub const NOTE: &str = "run_note";

/// The fact by which an object tells that it lives in another Region than its configuration says.
pub const REGION: &str = "region";

/// The fact that holds when an object was created, in RFC 3339, where the cloud tells it.
pub const CREATED_AT: &str = "created_at";

/// The fact that an object is to be replaced because someone said so. It holds until the object has
/// been replaced, or until someone takes it back.
pub const TAINTED: &str = "tainted";

/// The fact, of an object that is looked for after a lost answer, that objects with these identities
/// ([`crate::ResourceType::identity`]) belong to others.
pub const TAKEN: &str = "taken";

/// An object as it was observed, or as the last answer left it.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// The attributes of its schema.
    pub attributes: Value,
    /// What its type wants to remember beyond the schema, such as a key's state. An object value.
    pub facts: Value,
}

impl Object {
    /// An object without further facts.
    pub fn new(attributes: Value) -> Object {
        Object { attributes, facts: Value::object::<&str>([]) }
    }

    /// An attribute; null of an open type if there is none.
    pub fn attribute(&self, name: &str) -> Value {
        self.attributes.get(name).cloned().unwrap_or_else(|| Value::null(Type::Dynamic))
    }

    /// An attribute's text, if it is known and a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get_str(name)
    }

    /// Its id, if it is known and not sensitive.
    pub fn open_id(&self) -> Option<&str> {
        self.attributes.get("id").filter(|id| !id.is_sensitive()).and_then(Value::as_str)
    }

    /// A fact's text.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.get_str(name)
    }

    /// Whether the object is to be replaced because someone said so.
    pub fn is_tainted(&self) -> bool {
        self.facts.get(TAINTED).and_then(Value::as_bool) == Some(true)
    }

    /// The same object with one attribute changed.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Object {
        self.attributes = self.attributes.with(name, value);
        self
    }

    /// The same object with one fact changed.
    #[must_use]
    pub fn with_fact(mut self, name: &str, value: Value) -> Object {
        self.facts = self.facts.with(name, value);
        self
    }
}
