//! What a provider sees when it looks at all that is planned together.

use meridian_lang::{InstanceAddress, ResourceAddress, Value};

use crate::{Object, Problem};

/// What is planned for one instance.
#[derive(Clone, Copy, Debug)]
pub struct Reviewed<'a> {
    /// The instance.
    pub address: &'a InstanceAddress,
    /// The Region that it lives in.
    pub region: &'a str,
    /// The object as it is; nothing for a new one.
    pub before: Option<&'a Object>,
    /// What it will be; nothing if it goes.
    pub after: Option<&'a Value>,
    /// Resources that it refers to.
    pub references: &'a [ResourceAddress],
    /// Whether the object is otherwise than the state has it, so that nobody was told yet.
    pub is_news: bool,
}

/// Something that people should know of an instance beside what is done about it. It hinders
/// nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which of the instances that were looked at.
    pub subject: usize,
    /// What it is. The summary is a line without an end mark, which the plan shows at the
    /// instance.
    pub problem: Problem,
}
