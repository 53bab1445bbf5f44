//! What is planned for one instance or output, and what was found of it.

use std::sync::Arc;

use meridian_graph::{InstanceAddress, ResourceAddress};
use meridian_lang::{Path, Value};
use meridian_resource::{Call, Notice, Object, ProviderKey};

use crate::Deletion;

/// What is done about a resource instance or an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// A new object.
    Create,
    /// The object is changed in place.
    Update,
    /// A new object takes the place of the old one.
    Replace,
    /// The object is deleted.
    Delete,
    /// The object is no longer in the state, but goes on to exist.
    Forget,
    /// A data source is read during apply.
    Read,
    /// An ephemeral resource is opened during apply.
    Open,
}

/// Why, for people; nothing is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An argument changed that cannot be changed in place.
    CannotUpdate,
    /// `replace_triggered_by`
    ReplaceTriggeredBy,
    /// The resource is no longer in the configuration.
    NoResourceConfig,
    /// It has moved to an address that is not in the configuration.
    NoMoveTarget,
    /// The instance's index is beyond `count`.
    CountIndex,
    /// The instance's key is not in `for_each`.
    EachKey,
    /// The resource is no longer repeated, or is repeated now.
    WrongRepetition,
    /// The object was deleted outside.
    DeletedOutside,
    /// An earlier apply left the replaced object behind.
    LeftOver,
    /// An earlier apply stopped before the object was as it should be.
    Unfinished,
    /// `-replace`
    Requested,
    /// Someone has marked the object as one to be replaced.
    Tainted,
    /// The module instance that it belonged to is no longer in the configuration.
    NoModule,
    /// A data source whose arguments are not known yet.
    ConfigUnknown,
    /// A data source that depends on what is still to be changed.
    DependencyPending,
}

/// What is planned for one resource instance.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceChange {
    /// The instance.
    pub address: InstanceAddress,
    /// For an object that an earlier replacement left behind: its key in the state.
    pub deposed: Option<Arc<str>>,
    /// The address that the state has it under, if it has moved since.
    pub previous_address: Option<InstanceAddress>,
    /// The identity by which it is taken over, if the state does not have it yet.
    pub importing: Option<String>,
    /// The resource block that was generated for it, if what is taken over had none.
    pub generated_config: Option<String>,
    /// The provider configuration that it belongs to.
    pub provider: ProviderKey,
    /// The Region that it lives in.
    pub region: String,
    /// What is done.
    pub action: Action,
    /// Why.
    pub reason: Option<Reason>,
    /// The object as it is, after refresh.
    pub before: Option<Object>,
    /// What it will be; unknown where only the cloud can say.
    pub after: Option<Value>,
    /// For a replacement: the parts whose change forces it.
    pub replace_paths: Vec<Path>,
    /// For a replacement: whether the new object is created before the old one is deleted.
    pub create_first: bool,
    /// For a replacement: whether the configuration itself asks for `create_before_destroy`
    /// (what Terraform's own spelling of the plan shows).
    pub configured_create_first: bool,
    /// The calls that lead there, in order. For a replacement, creation's and then deletion's.
    pub calls: Vec<Call>,
    /// Resources that this one refers to directly.
    pub dependencies: Vec<ResourceAddress>,
    /// Resources that the object referred to when it was last applied.
    pub prior_dependencies: Vec<ResourceAddress>,
    /// The provider configuration that the object as it is was made with, if there is one.
    pub prior_provider: Option<ProviderKey>,
    /// Whether nothing is to be done, but the state has the object otherwise than it is.
    pub stale: bool,
    /// What people should know of it beside what is done, the gravest first.
    pub notices: Vec<Notice>,
    /// The Region that it lived in, if it takes the place of another member of its set.
    pub former_region: Option<String>,
    /// When the object as it is goes, if the leader of its set does.
    pub deletion: Option<Deletion>,
}

/// What refresh found to differ from the state.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// The instance.
    pub address: InstanceAddress,
    /// Where the state has it, if it moves.
    pub previous_address: Option<InstanceAddress>,
    /// The Region that it lives in.
    pub region: String,
    /// As the state had it.
    pub before: Value,
    /// As it is; `None` if it is gone.
    pub after: Option<Value>,
}

/// What is planned for an output.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputChange {
    /// Its name.
    pub name: Arc<str>,
    /// What is done.
    pub action: Action,
    /// As the state has it.
    pub before: Option<Value>,
    /// What it will be.
    pub after: Option<Value>,
    /// Whether it is declared sensitive, and was.
    pub sensitive: bool,
    /// Whether it was sensitive in the state.
    pub was_sensitive: bool,
}

impl ResourceChange {
    /// Whether it changes an object, or where the state has it.
    pub fn is_change(&self) -> bool {
        let moves = self.previous_address.is_some() || self.importing.is_some();
        moves || !matches!(self.action, Action::NoOp | Action::Open)
    }
}
