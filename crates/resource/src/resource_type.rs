//! The reconciler of one type.

use std::time::Duration;

use meridian_lang::{Path, Value};

use crate::{Answer, Call, CloudError, Notice, Object, Place, Schema};

/// Something that a type found, mostly wrong, for the planner or the engine to put an address and
/// a place to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The part of the configuration that it is about; the root for the whole.
    pub path: Path,
    /// One line.
    pub summary: String,
    /// What exactly is wrong.
    pub detail: String,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// A problem with the whole object.
    pub fn new(summary: impl Into<String>, detail: impl Into<String>) -> Problem {
        let (summary, detail) = (summary.into(), detail.into());
        Problem { path: Path::root(), summary, detail, help: None }
    }

    /// The same problem, with this part of the configuration.
    #[must_use]
    pub fn at(mut self, path: Path) -> Problem {
        self.path = path;
        self
    }

    /// The same problem with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }
}

/// What an object sets of another object, whose attributes then show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownElsewhere {
    /// The types of which the other object may be.
    pub types: &'static [&'static str],
    /// Its id, its ARN or its key id.
    pub id: String,
    /// Attributes, or elements of them.
    pub paths: Vec<Path>,
}

/// What leads from what is towards what should be.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Nothing more: it is as it should be.
    Done,
    /// This call.
    Call(Box<Call>),
    /// Nothing can be called yet: read again until something else is answered.
    Wait {
        /// What is waited for, as a phrase: "replica key in eu-west-1 to be Enabled".
        what: String,
        /// How long at most.
        at_most: Duration,
    },
    /// It cannot get there.
    Fail(Box<Problem>),
}

/// What to do about an error answer to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Send it again after a pause, for at most this long since the first time.
    Retry(Duration),
    /// It is as if it had succeeded; read the object and decide anew.
    Reread,
    /// Give up on this object, and say this.
    Fail(Box<Problem>),
}

/// In which order an object and its replacement live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplacementOrder {
    /// The new one is there, and what uses the old one has moved, before the old one goes.
    CreateFirst,
    /// Both cannot exist at once: the old one goes first.
    DeleteFirst,
}

/// What a key is to something that may be encrypted under it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyUse {
    /// Whether any part is encrypted under it now.
    pub is_used: bool,
    /// What would be lost with it once the object is as wanted, one phrase each.
    pub lost: Vec<String>,
}

/// How long an object stays after its deletion was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaitingPeriod {
    /// When it ends, in RFC 3339, if the cloud has told that already.
    pub ends: Option<String>,
    /// How long it is, in days.
    pub days: u16,
    /// The Regions of those members of the object's set that go first: it begins when the last of
    /// them is gone.
    pub begins_after: Vec<String>,
}

/// How to find what a call may have created when its answer was lost.
#[derive(Clone, Debug, PartialEq)]
pub enum Recovery {
    /// It creates nothing.
    None,
    /// Read this: it holds enough for [`ResourceType::reads`].
    Read(Box<Object>),
    /// List with this call, then read each object that [`ResourceType::candidates`] makes of the
    /// answer, and take the one that carries the mark as a tag.
    Search(Box<Call>),
}

/// A type of resource: its schema and the way from what is to what should be. Pure.
pub trait ResourceType: Send + Sync {
    /// Its name in configuration, such as `aws_kms_replica_key`.
    fn name(&self) -> &'static str;

    /// Its arguments and attributes.
    fn schema(&self) -> &Schema;

    /// Checks that a schema cannot express, on configuration that may still be unknown in parts.
    fn validate(&self, config: &Value) -> Vec<Problem> {
        let _ = config;
        Vec::new()
    }

    /// The argument by which an object says its Region, where it need not be in that of its provider
    /// configuration.
    fn region_argument(&self) -> Option<&'static str> {
        None
    }

    /// Where an object lives whose [`ResourceType::region_argument`] has this value: in the place of
    /// its provider configuration if it is null.
    ///
    /// # Errors
    /// What is wrong with the value; what [`ResourceType::validate`] finds is not told again.
    fn home(&self, place: &Place, region: &Value) -> Result<Place, Box<Problem>> {
        let _ = region;
        Ok(place.clone())
    }

    /// Adjusts what is proposed before it is shown: `proposed` holds configuration, defaults,
    /// prior values of computed attributes, and unknowns for what only the cloud can say.
    fn plan(
        &self,
        place: &Place,
        prior: Option<&Object>,
        config: &Value,
        proposed: Value,
    ) -> Value {
        let _ = (place, prior, config);
        proposed
    }

    /// Paths whose change leads to a new object, beyond what the schema marks so.
    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        let _ = (prior, planned);
        Vec::new()
    }

    /// In which order a replacement must run.
    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder;

    /// The calls that read an object. They are independent of each other.
    fn reads(&self, place: &Place, object: &Object) -> Vec<Call>;

    /// What the answers to [`ResourceType::reads`] say: the object, or `None` if it is gone.
    /// Values that mean the same as those in `prior` keep the spelling of `prior`.
    ///
    /// # Errors
    /// The first error that is not an answer in itself.
    fn observe(
        &self,
        place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError>;

    /// The next step from what is towards what should be (`None`: towards its absence).
    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next;

    /// What is after a call. With `answer` absent, what can be expected: the planner uses this to
    /// show the way, so waiting is taken as over and what only the cloud can say is unknown.
    fn after(
        &self,
        place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        call: &Call,
        answer: Option<&Value>,
    ) -> Option<Object>;

    /// What to do about an error answer, where it is not what its class suggests.
    fn reaction(&self, place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        let _ = (place, call, error);
        None
    }

    /// How long its configuration lets the creation of an object take, where it says so in a
    /// `timeouts` block.
    fn create_timeout(&self, wanted: &Value) -> Option<Duration> {
        let _ = wanted;
        None
    }

    /// What `import` needs to begin with: enough of an object for [`ResourceType::reads`].
    ///
    /// # Errors
    /// The id is none of this type, or its objects cannot be imported.
    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        let _ = (place, id);
        Err(Box::new(Problem::new(
            "Resource Import Not Implemented",
            format!("Objects of type {} cannot be imported.", self.name()),
        )))
    }

    /// The Region that an id given to `import` names itself.
    fn region_of_import(&self, id: &str) -> Option<String> {
        let _ = id;
        None
    }

    /// An object out of a state of Terraform, with what its type remembers beyond the schema.
    fn taken_over(&self, object: Object) -> Object {
        object
    }

    /// What another object shows of what this one sets.
    fn shown_elsewhere(&self, object: &Object) -> Option<ShownElsewhere> {
        let _ = object;
        None
    }

    /// The operations that create objects of this type.
    fn creating_operations(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether an object that stands in the way of a creation is verifiably what that call would
    /// have created, so that it may be taken over in its place.
    fn is_adoptable(&self, call: &Call, found: &Object) -> bool {
        let _ = (call, found);
        false
    }

    /// What may be there already of an object that the state does not have: enough of it for
    /// [`ResourceType::reads`]. Only for what AWS keeps under an identity that is known beforehand
    /// and cannot belong to anything else.
    fn existing(&self, place: &Place, planned: &Value) -> Option<Object> {
        let _ = (place, planned);
        None
    }

    /// For objects of which each Region has one under the same identity: what its members share,
    /// without the Region.
    fn set_identity(&self, object: &Object) -> Option<String> {
        let _ = object;
        None
    }

    /// For members of such a set: enough of the member in another place to read it, with all that
    /// belongs to the resource and not to the member.
    fn member_at(&self, place: &Place, object: &Object) -> Option<Object> {
        let _ = (place, object);
        None
    }

    /// For members of such a set: whether the object leads it; `None` for what has no role.
    fn leads(&self, object: &Object) -> Option<bool> {
        let _ = object;
        None
    }

    /// For members of such a set: the object, which is to lead it or to follow from now on.
    fn with_role(&self, object: Object, leads: bool) -> Object {
        let _ = leads;
        object
    }

    /// For what joins a set when it is made: the set, as [`ResourceType::set_identity`] has it.
    fn joins(&self, planned: &Value) -> Option<String> {
        let _ = planned;
        None
    }

    /// For what joins a set when it is made, if what it names as the leader leads no longer: what is
    /// planned instead, and what to say of that. `member` is any member of the set as it was read.
    fn led_by(&self, planned: &Value, member: &Object) -> Option<(Value, Notice)> {
        let _ = (planned, member);
        None
    }

    /// How long the object stays after its deletion was asked for; `None` if it goes at once.
    fn waiting_period(&self, object: &Object) -> Option<WaitingPeriod> {
        let _ = object;
        None
    }

    /// What people should know of the object beside what is done about it, as far as it shows on
    /// this object alone: [`crate::Provider::review`] sees them together. `before` is absent for a
    /// new object, also for one that takes the place of another. `config` is what is written, with
    /// what is ignored as it is; absent if the object goes.
    fn notices(
        &self,
        place: &Place,
        before: Option<&Object>,
        config: Option<&Value>,
    ) -> Vec<Notice> {
        let _ = (place, before, config);
        Vec::new()
    }

    /// For a key: the name by which what is encrypted under it knows it.
    fn provides_key(&self, place: &Place, object: &Object) -> Option<String> {
        let _ = (place, object);
        None
    }

    /// For what is encrypted under keys: the object, to be read with the keys of its parts.
    fn with_keys_in_use(&self, object: &Object) -> Option<Object> {
        let _ = object;
        None
    }

    /// What a key is to an object that was read with the keys of its parts. The key goes by the
    /// name that it provides.
    fn use_of_key(&self, place: &Place, object: &Object, wanted: &Value, key: &str) -> KeyUse {
        let _ = (place, object, wanted, key);
        KeyUse::default()
    }

    /// Whether what was read asks for a second reading, of the object as it is now.
    fn asks_for_another_look(&self, observed: &Object) -> bool {
        let _ = observed;
        false
    }

    /// How to find what a call of this type may have created.
    fn recovery(&self, place: &Place, call: &Call) -> Recovery {
        let _ = (place, call);
        Recovery::None
    }

    /// Whether an object that was found can be what this call created. When it was created is
    /// compared by the engine, from the fact [`crate::CREATED_AT`]. A type with an
    /// [`ResourceType::identity`] is also asked about calls of other instances.
    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        let _ = (call, found);
        true
    }

    /// What tells an object from all others of its type in its Region, in all accounts and however
    /// the configuration spells it. After lost answers the engine gives no object to two
    /// instances. `None` where a mark or a token in the call tells whose an object is, and where
    /// several instances may have one.
    fn identity(&self, object: &Object) -> Option<String> {
        let _ = object;
        None
    }

    /// What the answer to [`Recovery::Search`] may hold, newest first where that is known.
    fn candidates(&self, answer: &Value) -> Vec<Object> {
        let _ = answer;
        Vec::new()
    }
}
