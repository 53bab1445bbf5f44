//! What people should know of an object beside what is done about it. It hinders nothing.

use std::sync::Arc;

use meridian_lang::{InstanceAddress, ResourceAddress, Value};

use crate::{Object, Problem};

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// What the attributes do not show. It stands at the object and nowhere else.
    Remark,
    /// Something is not as it should be, or will not be: a warning besides.
    Warning,
    /// The plan leads to a loss that nothing makes good: a warning besides.
    Danger,
}

impl Gravity {
    /// Its name in the plan's JSON.
    pub fn name(self) -> &'static str {
        match self {
            Gravity::Remark => "remark",
            Gravity::Warning => "warning",
            Gravity::Danger => "danger",
        }
    }
}

/// Something that people should know of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub gravity: Gravity,
    /// What it is. The summary is a line without an end mark, which the plan shows at the object.
    pub problem: Problem,
}

impl Notice {
    /// A line that stands at the object.
    pub fn remark(line: impl Into<String>) -> Notice {
        Notice { gravity: Gravity::Remark, problem: Problem::new(line, "") }
    }

    /// Something to look at.
    pub fn warning(problem: Problem) -> Notice {
        Notice { gravity: Gravity::Warning, problem }
    }

    /// A loss to prevent.
    pub fn danger(problem: Problem) -> Notice {
        Notice { gravity: Gravity::Danger, problem }
    }

    /// The summary, which says of a danger that it is one.
    pub fn line(&self) -> String {
        match self.gravity {
            Gravity::Danger => format!("DANGER: {}", self.problem.summary),
            Gravity::Remark | Gravity::Warning => self.problem.summary.clone(),
        }
    }
}

/// What is planned for one instance, for a provider that looks at all of them together.
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
    /// The arguments that its configuration sets, without those that it leaves to others by
    /// `ignore_changes`.
    pub sets: &'a [Arc<str>],
    /// Resources that it refers to.
    pub references: &'a [ResourceAddress],
    /// Whether the object is otherwise than the state has it, so that nobody was told yet.
    pub is_news: bool,
}
