//! What the engine does, as it does it. The human view, the log and tests are consumers.

use std::fmt;
use std::time::Duration;

use meridian_graph::InstanceAddress;
use meridian_lang::Diagnostic;
use meridian_plan::Action;

/// Half of a replacement, or the whole of another action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A new object.
    Create,
    /// A change in place.
    Update,
    /// The deletion of an object, or the scheduling of it.
    Delete,
    /// A data source is read.
    Read,
    /// An ephemeral resource is opened.
    Open,
    /// Nothing in the cloud; the state changes.
    Record,
}

impl From<Action> for Operation {
    fn from(action: Action) -> Operation {
        match action {
            Action::Create | Action::Replace => Operation::Create,
            Action::Update => Operation::Update,
            Action::Delete => Operation::Delete,
            Action::Read => Operation::Read,
            Action::Open => Operation::Open,
            Action::NoOp | Action::Forget => Operation::Record,
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Objects of the state are read again.
    RefreshStarted {
        /// How many there are.
        objects: usize,
    },
    /// One object is being read.
    Refreshing {
        /// The instance.
        address: InstanceAddress,
        /// Its `id`, if it has one.
        id: Option<String>,
    },
    /// An object that the state does not have yet is looked for.
    Importing {
        /// The instance that it is to become.
        address: InstanceAddress,
        /// The identity by which it is looked for.
        id: String,
    },
    /// All objects have been read.
    RefreshFinished {
        /// How long it took.
        elapsed: Duration,
    },
    /// An intent of an earlier run was resolved.
    Recovered {
        /// The instance.
        address: InstanceAddress,
        /// What was found, as a sentence.
        message: String,
    },
    /// Work on an instance began.
    Started {
        /// The instance.
        address: InstanceAddress,
        /// The work.
        operation: Operation,
        /// Its `id`, if it has one.
        id: Option<String>,
    },
    /// A call is about to leave.
    Calling {
        /// The instance.
        address: InstanceAddress,
        /// Service and operation, such as `kms:ReplicateKey`.
        call: String,
        /// The Region.
        region: String,
    },
    /// Something is being waited for.
    Waiting {
        /// The instance.
        address: InstanceAddress,
        /// What is waited for, as a phrase.
        what: String,
        /// Since the work on the instance began.
        elapsed: Duration,
    },
    /// Work on an instance ended well.
    Finished {
        /// The instance.
        address: InstanceAddress,
        /// The work.
        operation: Operation,
        /// Its `id`.
        id: Option<String>,
        /// How long it took.
        elapsed: Duration,
        /// A word on what goes on by itself, such as the date of a deletion.
        note: Option<String>,
    },
    /// Work on an instance failed.
    Failed {
        /// The instance.
        address: InstanceAddress,
        /// The work.
        operation: Operation,
        /// Why.
        diagnostic: Box<Diagnostic>,
    },
    /// Work on an instance was stopped half way, because the user asked to stop.
    Interrupted {
        /// The instance.
        address: InstanceAddress,
    },
    /// Work on an instance was not begun.
    Skipped {
        /// The instance.
        address: InstanceAddress,
        /// What failed; none if the run was interrupted.
        because: Option<Cause>,
    },
    /// The user asked to stop: what runs is let finish, nothing new begins.
    Stopping,
}

/// Why something is not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Work on an instance failed.
    Instance(InstanceAddress),
    /// A condition of this variable or output does not hold.
    Condition(String),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Instance(address) => address.fmt(f),
            Cause::Condition(name) => f.write_str(name),
        }
    }
}
