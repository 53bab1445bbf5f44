//! Pauses between tries.

use std::time::Duration;

/// Pauses that grow from a tenth of a second to five seconds.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    next: Duration,
}

const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

impl Pace {
    pub(crate) fn new() -> Pace {
        Pace { next: SHORTEST }
    }

    /// How long to pause now.
    pub(crate) fn step(&mut self) -> Duration {
        let now = self.next;
        self.next = (now * 3 / 2).min(LONGEST);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit() {
        let mut pace = Pace::new();
        let pauses: Vec<Duration> = (0..20).map(|_| pace.step()).collect();
        assert_eq!(pauses[0], SHORTEST);
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(pauses[19], LONGEST);
    }
}
