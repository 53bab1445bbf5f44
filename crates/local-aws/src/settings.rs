//! What a cloud can be told when it is opened.

use std::time::Duration;

use crate::fault::Fault;
use crate::iam::Policies;
use crate::inferred::Texts;
use crate::signature::Credentials;

/// How a cloud shall differ from one that is open to all and never fails.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Rules by which requests go wrong.
    pub faults: Vec<Fault>,
    /// Who may do what; without them everybody may do everything.
    pub iam: Option<Policies>,
    /// How far reads may lag behind writes, by the cloud's time; not at all, if
    /// none is given.
    pub lag: Option<Duration>,
    /// How many times the published request rates are granted, more than 0; no
    /// request is one too many, if none is given.
    pub quotas: Option<f64>,
    /// What determines the chance of faults and of lag.
    pub seed: u64,
    /// Other texts in place of those that nobody has recorded from AWS.
    pub texts: Texts,
    /// The credentials that signatures are verified with; without them any
    /// signature will do.
    pub verify_signatures: Option<Credentials>,
}
