//! Faults that tests put in the way of requests.

use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultAction {
    /// The request is refused and changes nothing.
    Error {
        /// The HTTP status of the answer.
        status: u16,
        /// The error code, as in `__type`.
        code: String,
        /// The error message.
        message: String,
    },
    /// The request is carried out, but its answer is lost.
    DropAfterExecution,
    /// The request is lost before it is carried out.
    DropBeforeExecution,
    /// The replica key that the request makes stays in `Creating`.
    StuckCreating,
    /// The secret replication that the request starts ends as `Failed`.
    FailReplication {
        /// The status message of the replica.
        message: String,
    },
    /// The answer is late.
    Delay(Duration),
}

/// A rule: the next requests of one operation go wrong in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The operation's name, such as `ReplicateKey`.
    pub operation: String,
    /// The Region that the request is sent to; any, if none is given.
    pub region: Option<String>,
    /// What goes wrong.
    pub action: FaultAction,
    /// For how many requests.
    pub times: u32,
}

/// The rules that are still to act, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// The action of the oldest rule for this request. One rule acts at a time.
    pub fn take(&mut self, operation: &str, region: &str) -> Option<FaultAction> {
        let matches = |fault: &Fault| {
            fault.times > 0
                && fault.operation == operation
                && fault.region.as_deref().is_none_or(|wanted| wanted == region)
        };
        let index = self.0.iter().position(matches)?;
        let fault = &mut self.0[index];
        fault.times -= 1;
        let action = fault.action.clone();
        self.0.retain(|fault| fault.times > 0);
        Some(action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_acts_as_often_as_it_says_and_where_it_says() {
        let mut faults = Faults::default();
        faults.add(Fault {
            operation: "CreateKey".to_owned(),
            region: Some("eu-west-1".to_owned()),
            action: FaultAction::DropBeforeExecution,
            times: 2,
        });
        assert_eq!(faults.take("CreateKey", "us-east-1"), None);
        assert_eq!(faults.take("CreateKey", "eu-west-1"), Some(FaultAction::DropBeforeExecution));
        assert_eq!(faults.take("CreateKey", "eu-west-1"), Some(FaultAction::DropBeforeExecution));
        assert_eq!(faults.take("CreateKey", "eu-west-1"), None);
    }
}
