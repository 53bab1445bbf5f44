//! The rules at work: which one acts on a request, and how often each did.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use crate::fault::{Fault, FaultAction};
use crate::identity::Account;
use crate::random::Random;
use crate::request::Service;

/// A rule and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FaultRecord {
    /// The number by which the rule can be removed.
    pub id: u64,
    /// The rule.
    #[serde(flatten)]
    pub fault: Fault,
    /// For how many requests it is still to act, if it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u32>,
    /// How many requests of its kind came to it.
    pub matched: u64,
    /// On how many of them it acted.
    pub acted: u64,
}

#[derive(Debug)]
struct Rule {
    record: FaultRecord,
    random: Random,
}

/// What of a request decides whether a rule is for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub service: Option<Service>,
    pub operation: &'a str,
    pub region: &'a str,
    pub account: Account,
}

/// How many of the rules that have done their work are still listed.
const MOST_SPENT: usize = 64;

/// The rules that are still to act, oldest first, and the last that are not.
#[derive(Debug)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    spent: VecDeque<FaultRecord>,
    next_id: u64,
    seed: u64,
}

impl Faults {
    /// No rules. The seed determines the chance of those to come.
    pub fn new(seed: u64) -> Self {
        Self { rules: Vec::new(), spent: VecDeque::new(), next_id: 1, seed }
    }

    /// Takes up a rule; gives its number.
    pub fn add(&mut self, fault: Fault) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        // Rules of one seed would otherwise act on the same requests.
        let random = Random::new(self.seed ^ fault.seed.unwrap_or_default(), id);
        let record = FaultRecord { id, remaining: fault.times, fault, matched: 0, acted: 0 };
        if record.remaining == Some(0) {
            self.retire(record);
        } else {
            self.rules.push(Rule { record, random });
        }
        id
    }

    /// Forgets a rule, if there is one of this number.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len() + self.spent.len();
        self.rules.retain(|rule| rule.record.id != id);
        self.spent.retain(|record| record.id != id);
        self.rules.len() + self.spent.len() < before
    }

    /// Forgets all rules.
    pub fn clear(&mut self) {
        self.rules.clear();
        self.spent.clear();
    }

    /// All rules, oldest first.
    pub fn records(&self) -> Vec<FaultRecord> {
        let active = self.rules.iter().map(|rule| &rule.record);
        let mut records: Vec<FaultRecord> = active.chain(&self.spent).cloned().collect();
        records.sort_by_key(|record| record.id);
        records
    }

    /// How many rules are still to act.
    pub fn active(&self) -> usize {
        self.rules.len()
    }

    /// How far back the rules look that let reads be stale.
    pub fn longest_look_back(&self) -> Duration {
        let look_back = |rule: &Rule| match rule.record.fault.action {
            FaultAction::StaleRead { milliseconds } => Duration::from_millis(milliseconds),
            _ => Duration::ZERO,
        };
        self.rules.iter().map(look_back).max().unwrap_or_default()
    }

    /// The action of the oldest rule that acts on this request. One rule acts at
    /// a time; those after it do not see the request.
    pub fn take(&mut self, subject: &Subject<'_>) -> Option<FaultAction> {
        let index = self.rules.iter_mut().position(|rule| rule.acts_on(subject))?;
        let record = &mut self.rules[index].record;
        let action = record.fault.action.clone();
        record.acted += 1;
        record.remaining = record.remaining.map(|remaining| remaining - 1);
        if record.remaining == Some(0) {
            let rule = self.rules.remove(index);
            self.retire(rule.record);
        }
        Some(action)
    }

    fn retire(&mut self, record: FaultRecord) {
        if self.spent.len() == MOST_SPENT {
            self.spent.pop_front();
        }
        self.spent.push_back(record);
    }
}

impl Rule {
    fn acts_on(&mut self, subject: &Subject<'_>) -> bool {
        let Self { record, random } = self;
        let fault = &record.fault;
        let is_meant = covers(&fault.operation, subject)
            && fault.region.as_deref().is_none_or(|region| region == subject.region)
            && fault.account.is_none_or(|account| account == subject.account);
        if !is_meant {
            return false;
        }
        record.matched += 1;
        record.matched > u64::from(fault.skip)
            && fault.probability.is_none_or(|probability| random.happens(probability))
    }
}

fn covers(pattern: &str, subject: &Subject<'_>) -> bool {
    let (service, operation) = match pattern.split_once(':') {
        Some((service, operation)) => (Some(service), operation),
        None => (None, pattern),
    };
    (operation == "*" || operation == subject.operation)
        && service.is_none_or(|wanted| subject.service.is_some_and(|it| it.as_str() == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject<'a>(service: Service, operation: &'a str, region: &'a str) -> Subject<'a> {
        Subject { service: Some(service), operation, region, account: Account::DEFAULT }
    }

    const LOST: FaultAction = FaultAction::DropBeforeExecution;

    #[test]
    fn a_rule_acts_as_often_as_it_says_and_where_it_says() {
        let mut faults = Faults::new(0);
        faults.add(Fault::new("CreateKey", LOST).in_region("eu-west-1").times(2));
        let here = subject(Service::Kms, "CreateKey", "eu-west-1");
        assert_eq!(faults.take(&subject(Service::Kms, "CreateKey", "us-east-1")), None);
        assert_eq!(faults.take(&here), Some(LOST));
        assert_eq!(faults.take(&here), Some(LOST));
        assert_eq!(faults.take(&here), None);
        let record = &faults.records()[0];
        assert_eq!((record.remaining, record.matched, record.acted), (Some(0), 2, 2));
    }

    #[test]
    fn a_service_and_an_account_narrow_a_rule() {
        let mut faults = Faults::new(0);
        let other = Account::parse("000000000042").unwrap();
        let first = faults.add(Fault::new("kms:*", LOST));
        faults.add(Fault::new("*", FaultAction::Throttling).in_account(other));
        let tag = |service| subject(service, "TagResource", "eu-west-1");
        assert_eq!(faults.take(&tag(Service::Kms)), Some(LOST));
        assert_eq!(faults.take(&tag(Service::SecretsManager)), None);
        let theirs = Subject { account: other, ..tag(Service::SecretsManager) };
        assert_eq!(faults.take(&theirs), Some(FaultAction::Throttling));
        assert!(faults.remove(first) && !faults.remove(first));
        assert_eq!(faults.take(&tag(Service::Kms)), None);
        faults.clear();
        assert_eq!(faults.records(), []);
    }

    #[test]
    fn a_rule_waits_and_takes_its_chance_by_its_seed() {
        let pattern = |seed| {
            let mut faults = Faults::new(seed);
            faults.add(Fault::new("*", LOST).after(3).with_probability(0.5, 7));
            let one = subject(Service::Kms, "CreateKey", "eu-west-1");
            let acted = |_| faults.take(&one).is_some();
            (0..64).map(acted).collect::<Vec<bool>>()
        };
        assert_eq!(pattern(1), pattern(1));
        assert_ne!(pattern(1), pattern(2));
        assert_eq!(pattern(1)[..3], [false; 3]);
        assert!((16..48).contains(&pattern(1).iter().filter(|acted| **acted).count()));
    }

    #[test]
    fn spent_rules_are_not_kept_for_ever() {
        let mut faults = Faults::new(0);
        for _ in 0..100 {
            faults.add(Fault::new("*", LOST).once());
            faults.take(&subject(Service::Kms, "CreateKey", "eu-west-1"));
        }
        assert_eq!(faults.records().len(), MOST_SPENT);
    }
}
