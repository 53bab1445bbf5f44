//! What a plan says. It is data: it can be kept in a file, shown, judged and carried out.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_graph::{InstanceAddress, ResourceAddress};
use meridian_lang::{Diagnostic, Diagnostics, Path, Value};
use meridian_resource::{Call, Notice, Object, ProviderKey};

use crate::Options;

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
}

/// What refresh found to differ from the state.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// The instance.
    pub address: InstanceAddress,
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

/// What is destroyed, or brought about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Make the cloud as the configuration says.
    #[default]
    Normal,
    /// Destroy everything in the state.
    Destroy,
    /// Only take what was read into the state.
    RefreshOnly,
}

/// A data source that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct DataObject {
    /// The instance.
    pub address: InstanceAddress,
    /// The provider configuration that was asked.
    pub provider: ProviderKey,
    /// Arguments and attributes.
    pub value: Value,
}

/// What conditions can be attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckKind {
    /// A resource or data source.
    Resource,
    /// An output.
    Output,
    /// A `check` block.
    Check,
    /// A variable.
    Variable,
}

/// Whether conditions hold, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckStatus {
    /// All of them do.
    Pass,
    /// Some cannot be decided yet.
    Unknown,
    /// Some do not.
    Fail,
    /// Some could not be evaluated.
    Error,
}

/// What the conditions of one object say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// What the conditions are attached to.
    pub kind: CheckKind,
    /// The block, without instance keys.
    pub block: String,
    /// The instance; none for a block of which no instance was looked at.
    pub address: Option<String>,
    /// Whether they hold.
    pub status: CheckStatus,
    /// The messages of those that do not.
    pub problems: Vec<String>,
}

/// An object of the state that is gone and that nothing wants any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The instance.
    pub address: InstanceAddress,
    /// Its key, if a replacement had left it behind.
    pub deposed: Option<Arc<str>>,
}

/// A plan.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Normal or destroy.
    pub mode: Mode,
    /// Every instance that is in the configuration or the state, by address; `NoOp` included.
    pub changes: Vec<ResourceChange>,
    /// Data sources that have been read, by address.
    pub data: Vec<DataObject>,
    /// Instances that are left alone by `-target` or `-exclude`, with what is known of them.
    pub untouched: Vec<(InstanceAddress, Value)>,
    /// Blocks of which there is no instance at all.
    pub empty: Vec<ResourceAddress>,
    /// What conditions say.
    pub checks: Vec<CheckResult>,
    /// Which part of the configuration was planned.
    pub options: Options,
    /// Every output, `NoOp` included.
    pub outputs: Vec<OutputChange>,
    /// What changed outside since the state was written.
    pub drift: Vec<Drift>,
    /// Objects that the state is to forget: no call is needed for that.
    pub gone: Vec<Gone>,
    /// Values of the root module's variables, marks included.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
    /// Identity and serial of the state that it was made from.
    pub basis: Basis,
}

/// The state that a plan was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// The state's identity.
    pub lineage: String,
    /// Its serial at that time.
    pub serial: u64,
}

/// How many objects are added, changed and destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Created, replacements included.
    pub add: usize,
    /// Changed in place.
    pub change: usize,
    /// Deleted, replacements included.
    pub destroy: usize,
    /// Taken over.
    pub import: usize,
    /// No longer managed, but left as they are.
    pub forget: usize,
}

impl ResourceChange {
    /// Whether it changes an object, or where the state has it.
    pub fn is_change(&self) -> bool {
        let moves = self.previous_address.is_some() || self.importing.is_some();
        moves || !matches!(self.action, Action::NoOp | Action::Open)
    }
}

impl Plan {
    /// Whether anything is to be done to objects, or to what the state has of them.
    pub fn has_resource_changes(&self) -> bool {
        self.changes.iter().any(ResourceChange::is_change)
    }

    /// Whether an apply would change anything: objects, outputs, or, where nothing else is asked
    /// for, what the state has of them.
    pub fn has_changes(&self) -> bool {
        self.has_resource_changes()
            || (self.mode == Mode::RefreshOnly && !self.drift.is_empty())
            || self.outputs.iter().any(|output| output.action != Action::NoOp)
    }

    /// The warnings in the order of their places, to be shown.
    pub fn warnings(&self) -> Diagnostics {
        self.warnings.iter().cloned().collect::<Diagnostics>().by_place()
    }

    /// How many objects are added, changed and destroyed.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.changes {
            counts.import += usize::from(change.importing.is_some());
            counts.forget += usize::from(change.action == Action::Forget);
            match change.action {
                Action::Create => counts.add += 1,
                Action::Update => counts.change += 1,
                Action::Delete => counts.destroy += 1,
                Action::Replace => {
                    counts.add += 1;
                    counts.destroy += 1;
                }
                Action::NoOp | Action::Forget | Action::Read | Action::Open => {}
            }
        }
        counts
    }
}
