//! Chance that repeats: a generator of numbers that a seed determines.

use std::time::Duration;

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and good enough for chance.
/// Nothing secret may come from it.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The generator of a seed; each stream of a seed gives other numbers.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut streams = Self(seed);
        let first = streams.next();
        Self(first ^ Self(stream).next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Whether something happens whose probability is given, from 0 to 1.
    pub fn happens(&mut self, probability: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "both numbers are below 2 to the 53rd")]
        let drawn = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < probability
    }

    /// A duration of whole milliseconds, none and the longest included.
    pub fn up_to(&mut self, longest: Duration) -> Duration {
        let choices = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        Duration::from_millis(self.next() % choices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_determines_the_numbers_and_a_stream_parts_them() {
        let draw = |seed, stream| {
            let mut random = Random::new(seed, stream);
            [random.next(), random.next()]
        };
        assert_eq!(draw(7, 1), draw(7, 1));
        assert_ne!(draw(7, 1), draw(7, 2));
        assert_ne!(draw(7, 1), draw(8, 1));
    }

    #[test]
    fn chance_keeps_to_its_bounds() {
        let mut random = Random::new(0, 0);
        let happened = (0..1000).filter(|_| random.happens(0.25)).count();
        assert!((200..300).contains(&happened), "{happened}");
        assert!((0..100).all(|_| random.happens(1.0) && !random.happens(0.0)));
        let longest = Duration::from_millis(3);
        let drawn: Vec<_> = (0..100).map(|_| random.up_to(longest)).collect();
        assert!(drawn.contains(&Duration::ZERO) && drawn.contains(&longest));
        assert!(drawn.iter().all(|duration| *duration <= longest));
    }
}
