//! What a cloud can be told when it is opened.

use crate::inferred::Texts;

/// How a cloud shall differ from one that is open to all and never fails.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Other texts in place of those that nobody has recorded from AWS.
    pub texts: Texts,
}
