//! The arguments and attributes of a resource type.

use meridian_lang::{Type, Value};

/// Who gives an attribute its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The configuration must.
    Required,
    /// The configuration may; otherwise it is the default, or null.
    Optional,
    /// The cloud does; the configuration may not.
    Computed,
    /// The configuration may; otherwise the cloud does.
    OptionalComputed,
}

/// Checks a known, non-null value of an attribute; the message says what is wrong with it.
pub type Check = fn(attribute: &str, value: &Value) -> Result<(), String>;

/// An argument or attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// Who gives it its value.
    pub presence: Presence,
    /// Whether its value is a secret.
    pub sensitive: bool,
    /// Whether its value is used by apply and never kept.
    pub write_only: bool,
    /// Whether a change leads to a new object.
    pub replaces: bool,
    /// Whether its value changes by itself and says nothing about drift, such as a time of use.
    pub volatile: bool,
    /// What stands for it when the configuration leaves it out.
    pub default: Option<Value>,
    /// Checks a value.
    pub check: Option<Check>,
    /// Whether two known values mean the same, where that is more than equality. Then the
    /// prior value is kept and nothing changes.
    pub equivalent: Option<fn(&Value, &Value) -> bool>,
    /// Why it should no longer be given, if that is so: what the provider says of it.
    pub deprecated: Option<&'static str>,
    /// Whether it is no part of the schema that JSON output follows: it is left out there while it
    /// is null.
    pub supplementary: bool,
}

impl Attribute {
    fn new(name: &'static str, ty: Type, presence: Presence) -> Attribute {
        Attribute {
            name,
            ty,
            presence,
            sensitive: false,
            write_only: false,
            replaces: false,
            volatile: false,
            default: None,
            check: None,
            equivalent: None,
            deprecated: None,
            supplementary: false,
        }
    }

    /// An argument that must be there.
    pub fn required(name: &'static str, ty: Type) -> Attribute {
        Attribute::new(name, ty, Presence::Required)
    }

    /// An argument that may be left out.
    pub fn optional(name: &'static str, ty: Type) -> Attribute {
        Attribute::new(name, ty, Presence::Optional)
    }

    /// An attribute that the cloud fills in.
    pub fn computed(name: &'static str, ty: Type) -> Attribute {
        Attribute::new(name, ty, Presence::Computed)
    }

    /// An argument that the cloud fills in when it is left out.
    pub fn optional_computed(name: &'static str, ty: Type) -> Attribute {
        Attribute::new(name, ty, Presence::OptionalComputed)
    }

    /// The same, holding a secret.
    #[must_use]
    pub fn sensitive(mut self) -> Attribute {
        self.sensitive = true;
        self
    }

    /// The same, which should no longer be given; whoever gives it is warned with this text.
    #[must_use]
    pub fn deprecated(mut self, why: &'static str) -> Attribute {
        self.deprecated = Some(why);
        self
    }

    /// The same, left out of JSON output while it is null.
    #[must_use]
    pub fn supplementary(mut self) -> Attribute {
        self.supplementary = true;
        self
    }

    /// The same, used by apply and never kept.
    #[must_use]
    pub fn write_only(mut self) -> Attribute {
        self.write_only = true;
        self
    }

    /// The same, whose change leads to a new object.
    #[must_use]
    pub fn replaces(mut self) -> Attribute {
        self.replaces = true;
        self
    }

    /// The same, changing by itself.
    #[must_use]
    pub fn volatile(mut self) -> Attribute {
        self.volatile = true;
        self
    }

    /// The same, with a default.
    #[must_use]
    pub fn default(mut self, value: Value) -> Attribute {
        self.default = Some(value);
        self
    }

    /// The same, with a check.
    #[must_use]
    pub fn check(mut self, check: Check) -> Attribute {
        self.check = Some(check);
        self
    }

    /// The same, compared by meaning.
    #[must_use]
    pub fn equivalent(mut self, equivalent: fn(&Value, &Value) -> bool) -> Attribute {
        self.equivalent = Some(equivalent);
        self
    }

    /// Whether the cloud may give it a value.
    pub fn is_computed(&self) -> bool {
        matches!(self.presence, Presence::Computed | Presence::OptionalComputed)
    }
}

/// How often a nested block may stand there, and how its values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most once: an object, or null.
    Single,
    /// In order: a list of objects.
    List,
    /// Without order: a set of objects.
    Set,
}

/// A nested block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// Its type's name.
    pub name: &'static str,
    /// How its values are kept.
    pub nesting: Nesting,
    /// How many there may be at most; 0 for any number.
    pub max: usize,
    /// Its arguments and blocks.
    pub schema: Schema,
    /// For sets: the attribute by which elements of prior and new are told to be the same one,
    /// such as the Region of a replica.
    pub key: Option<&'static str>,
    /// Whether it holds settings of the engine (`timeouts`) and is no attribute of the object.
    pub settings: bool,
}

/// The arguments, attributes and nested blocks of a resource type or provider.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Version of the form in which objects are kept.
    pub version: u32,
    /// Arguments and attributes, in alphabetical order.
    pub attributes: Vec<Attribute>,
    /// Nested blocks, in alphabetical order.
    pub blocks: Vec<NestedBlock>,
}

impl Schema {
    /// The attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The nested block of that name.
    pub fn block(&self, name: &str) -> Option<&NestedBlock> {
        self.blocks.iter().find(|block| block.name == name)
    }

    /// The type of an object of this schema: attributes, and blocks as attributes.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|it| (it.name, it.ty.clone()));
        let blocks = self.blocks.iter().map(|block| (block.name, block.ty()));
        Type::object(attributes.chain(blocks))
    }

    /// An object of this schema in which everything is null and every collection of blocks empty.
    pub fn empty(&self) -> Value {
        let attributes = self.attributes.iter().map(|it| (it.name, Value::null(it.ty.clone())));
        let blocks = self.blocks.iter().map(|block| (block.name, block.none()));
        Value::object(attributes.chain(blocks))
    }
}

impl NestedBlock {
    /// The type of the attribute that holds such blocks.
    pub fn ty(&self) -> Type {
        match self.nesting {
            Nesting::Single => self.schema.ty(),
            Nesting::List => Type::list(self.schema.ty()),
            Nesting::Set => Type::set(self.schema.ty()),
        }
    }

    /// The value that stands for no such block.
    pub fn none(&self) -> Value {
        match self.nesting {
            Nesting::Single => Value::null(self.schema.ty()),
            Nesting::List => Value::list(self.schema.ty(), []),
            Nesting::Set => Value::set(self.schema.ty(), []),
        }
    }
}
