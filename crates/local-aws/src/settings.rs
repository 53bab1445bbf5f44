//! What a cloud can be told when it is opened.

use crate::iam::Policies;
use crate::inferred::Texts;
use crate::signature::Credentials;

/// How a cloud shall differ from one that is open to all and never fails.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Who may do what; without them everybody may do everything.
    pub iam: Option<Policies>,
    /// Other texts in place of those that nobody has recorded from AWS.
    pub texts: Texts,
    /// The credentials that signatures are verified with; without them any
    /// signature will do.
    pub verify_signatures: Option<Credentials>,
}
