//! What the conditions of a configuration say.

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
