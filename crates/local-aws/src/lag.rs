//! Reads that lag behind writes, as they may in AWS ("Eventual consistency" in
//! the AWS KMS developer guide and in the Secrets Manager API reference).

use std::time::Duration;

use crate::clock::Timestamp;
use crate::fault::FaultAction;
use crate::random::Random;
use crate::request::Service;

/// How far reads may lag, and the chance that decides how far each does.
#[derive(Debug)]
pub(crate) struct Lag {
    longest: Option<Duration>,
    random: Random,
}

/// Keeps the chance of reads apart from that of faults.
const STREAM: u64 = u64::MAX;

impl Lag {
    /// A lag of at most so long; none at all, if none is given.
    pub fn new(longest: Option<Duration>, seed: u64) -> Self {
        Self { longest, random: Random::new(seed, STREAM) }
    }

    /// The longest lag.
    pub fn longest(&self) -> Option<Duration> {
        self.longest
    }

    /// The moment in the past that a request is answered from, or none if it
    /// sees the present.
    pub fn moment(
        &mut self,
        service: Service,
        operation: &str,
        now: Timestamp,
        fault: Option<&FaultAction>,
    ) -> Option<Timestamp> {
        if !is_read(service, operation) {
            return None;
        }
        if let Some(FaultAction::StaleRead { milliseconds }) = fault {
            return Some(now.before(Duration::from_millis(*milliseconds)));
        }
        let lag = self.random.up_to(self.longest?);
        (!lag.is_zero()).then(|| now.before(lag))
    }
}

/// Whether an operation only tells what is. Its name says so, but for those that
/// make what they give.
fn is_read(service: Service, operation: &str) -> bool {
    const VERBS: [&str; 4] = ["BatchGet", "Describe", "Get", "List"];
    const MAKERS: [&str; 2] = ["GetParametersForImport", "GetRandomPassword"];
    service != Service::Sts
        && VERBS.iter().any(|verb| operation.starts_with(verb))
        && !MAKERS.contains(&operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_known_by_their_names() {
        for operation in ["DescribeKey", "GetKeyPolicy", "ListKeys"] {
            assert!(is_read(Service::Kms, operation), "{operation}");
        }
        assert!(is_read(Service::SecretsManager, "BatchGetSecretValue"));
        for operation in ["CreateKey", "GenerateDataKey", "GetParametersForImport", "Decrypt"] {
            assert!(!is_read(Service::Kms, operation), "{operation}");
        }
        assert!(!is_read(Service::Sts, "GetCallerIdentity"));
    }

    #[test]
    fn a_seed_determines_the_moments() {
        let now = Timestamp::from_milliseconds(1_000_000);
        let moments = |seed| {
            let mut lag = Lag::new(Some(Duration::from_secs(2)), seed);
            [(); 8].map(|()| lag.moment(Service::Kms, "ListKeys", now, None))
        };
        assert_eq!(moments(1), moments(1));
        assert_ne!(moments(1), moments(2));
        let earliest = now.before(Duration::from_secs(2));
        assert!(moments(1).into_iter().flatten().all(|moment| (earliest..now).contains(&moment)));
    }
}
