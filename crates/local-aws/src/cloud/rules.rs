//! Rules that are set aside, while a seed is carried out.

use std::mem;

use crate::cloud::Cloud;
use crate::fault::Faults;
use crate::iam::Authorizer;
use crate::quota::Quotas;
use crate::signature::Credentials;

/// What a cloud was told to make of requests, other than to carry them out.
pub(crate) struct Rules {
    authorizer: Option<Authorizer>,
    credentials: Option<Credentials>,
    faults: Faults,
    quotas: Quotas,
}

impl Cloud {
    /// Lets everybody do everything, without faults, until the rules are back.
    pub(crate) fn suspend_rules(&self) -> Rules {
        let mut inner = self.lock();
        let no_faults = Faults::new(inner.seed);
        Rules {
            authorizer: inner.authorizer.take(),
            credentials: inner.credentials.take(),
            faults: mem::replace(&mut inner.faults, no_faults),
            quotas: mem::replace(&mut inner.quotas, Quotas::new(None)),
        }
    }

    /// Puts back what was suspended.
    pub(crate) fn resume_rules(&self, rules: Rules) {
        let mut inner = self.lock();
        inner.authorizer = rules.authorizer;
        inner.credentials = rules.credentials;
        inner.faults = rules.faults;
        inner.quotas = rules.quotas;
    }
}
