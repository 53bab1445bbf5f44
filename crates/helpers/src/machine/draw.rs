//! Numbers from random bytes, each as likely as any other.

use zeroize::{Zeroize, Zeroizing};

use super::chance::{Chance, NoChance};

/// Bytes that are taken from the source at a time.
const POOL: usize = 512;
/// A draw is in vain with a chance of less than a half, so this many in vain are none.
const MOST_IN_VAIN: usize = 200;

/// A hand that draws from a source of chance.
pub(super) struct Draw<'c> {
    chance: &'c dyn Chance,
    pool: Zeroizing<[u8; POOL]>,
    used: usize,
}

impl<'c> Draw<'c> {
    /// A hand for this source.
    pub(super) fn new(chance: &'c dyn Chance) -> Draw<'c> {
        Draw { chance, pool: Zeroizing::new([0; POOL]), used: POOL }
    }

    fn word(&mut self) -> Result<u64, NoChance> {
        if self.used == POOL {
            self.chance.fill(&mut *self.pool)?;
            self.used = 0;
        }
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.pool[self.used..self.used + 8]);
        self.used += 8;
        let word = u64::from_le_bytes(bytes);
        bytes.zeroize();
        Ok(word)
    }

    /// A number from 0 to `last`. Words beyond the greatest multiple of the number of choices
    /// are drawn anew: with them the smaller choices would be likelier.
    fn up_to(&mut self, last: u64) -> Result<u64, NoChance> {
        let Some(choices) = last.checked_add(1) else { return self.word() };
        let beyond = (u64::MAX % choices + 1) % choices;
        for _ in 0..MOST_IN_VAIN {
            let word = self.word()?;
            if word <= u64::MAX - beyond {
                return Ok(word % choices);
            }
        }
        Err(NoChance)
    }

    /// An index into something of this length, which is not 0.
    pub(super) fn index(&mut self, length: usize) -> Result<usize, NoChance> {
        let last = u64::try_from(length.saturating_sub(1)).unwrap_or(u64::MAX);
        self.up_to(last).map(|index| usize::try_from(index).unwrap_or_default())
    }

    /// A number from `min` to `max`; `min` if `max` is less.
    pub(super) fn between(&mut self, min: i64, max: i64) -> Result<i64, NoChance> {
        let drawn = self.up_to(if max < min { 0 } else { min.abs_diff(max) })?;
        Ok(min.wrapping_add_unsigned(drawn))
    }

    /// Brings elements into an order of which each is as likely as any other.
    pub(super) fn shuffle<T>(&mut self, elements: &mut [T]) -> Result<(), NoChance> {
        for last in (1..elements.len()).rev() {
            let other = self.index(last + 1)?;
            elements.swap(last, other);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::SeededChance;
    use std::collections::HashMap;
    use std::hash::Hash;

    /// The sum of squared deviations, over what is expected (Pearson).
    fn chi_square<T: Hash + Eq>(drawn: impl Iterator<Item = T>, choices: usize) -> f64 {
        let mut counts: HashMap<T, f64> = HashMap::new();
        let mut total = 0.0;
        for it in drawn {
            *counts.entry(it).or_default() += 1.0;
            total += 1.0;
        }
        assert!(counts.len() <= choices, "{} of {choices}", counts.len());
        let expected = total / choices as f64;
        let missing = (choices - counts.len()) as f64 * expected;
        counts.values().map(|count| (count - expected).powi(2) / expected).sum::<f64>() + missing
    }

    #[test]
    fn every_number_is_as_likely_as_any_other() {
        let chance = SeededChance::new("numbers");
        let mut draw = Draw::new(&chance);
        // Quantiles of the chi-square distribution at 99.9 per cent.
        for (choices, quantile) in [(2, 10.83), (7, 22.46), (52, 86.66), (94, 138.3)] {
            let drawn = (0..choices * 500).map(|_| draw.index(choices).unwrap());
            let chi = chi_square(drawn, choices);
            assert!(chi < quantile, "{choices}: {chi}");
        }
    }

    #[test]
    fn every_order_is_as_likely_as_any_other() {
        let chance = SeededChance::new("orders");
        let mut draw = Draw::new(&chance);
        let orders = (0..24 * 300).map(|_| {
            let mut elements = [1, 2, 3, 4];
            draw.shuffle(&mut elements).unwrap();
            elements
        });
        // 23 degrees of freedom at 99.9 per cent.
        let chi = chi_square(orders, 24);
        assert!(chi < 49.73, "{chi}");
    }

    #[test]
    fn bounds_are_kept_even_the_widest() {
        let chance = SeededChance::new("bounds");
        let mut draw = Draw::new(&chance);
        for _ in 0..200 {
            assert!((-1..=1).contains(&draw.between(-1, 1).unwrap()));
            assert_eq!(draw.between(5, 5), Ok(5));
            assert_eq!(draw.between(5, 4), Ok(5));
            draw.between(i64::MIN, i64::MAX).unwrap();
            assert!(draw.between(i64::MAX - 1, i64::MAX).unwrap() >= i64::MAX - 1);
        }
        assert_eq!(draw.index(0), Ok(0));
    }

    /// What must be drawn anew is drawn anew: with two thirds of the range as choices, taking
    /// the remainder would favour the lower half.
    #[test]
    fn a_word_beyond_is_drawn_anew_and_a_broken_source_ends() {
        struct Broken;
        impl Chance for Broken {
            fn fill(&self, bytes: &mut [u8]) -> Result<(), NoChance> {
                bytes.fill(0xFF);
                Ok(())
            }
        }
        let choices = u64::MAX / 3 * 2;
        assert_eq!(Draw::new(&Broken).up_to(choices), Err(NoChance));
        assert_eq!(Draw::new(&Broken).up_to(u64::MAX), Ok(u64::MAX));
    }
}
