//! Where chance comes from.

use std::sync::atomic::{AtomicU64, Ordering};

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

/// There is no chance to be had: the operating system refused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoChance;

impl std::fmt::Display for NoChance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the operating system gives no random bytes")
    }
}

impl std::error::Error for NoChance {}

/// A source of random bytes that nobody can foresee.
pub trait Chance: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// There are none to be had.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoChance>;
}

/// The operating system's source.
#[derive(Clone, Debug)]
pub struct SystemChance(SystemRandom);

impl Default for SystemChance {
    fn default() -> SystemChance {
        SystemChance(SystemRandom::new())
    }
}

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoChance> {
        self.0.fill(bytes).map_err(|_| NoChance)
    }
}

/// A source that a seed determines: SHA-256 of the seed's own hash and a counter. It is as good
/// as chance for whoever does not know the seed.
pub struct SeededChance {
    key: [u8; 32],
    counter: AtomicU64,
}

impl SeededChance {
    /// The source of a seed.
    pub fn new(seed: &str) -> SeededChance {
        SeededChance { key: sha256(seed.as_bytes()), counter: AtomicU64::new(0) }
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoChance> {
        for part in bytes.chunks_mut(32) {
            let count = self.counter.fetch_add(1, Ordering::Relaxed);
            let mut block = [0; 40];
            block[..32].copy_from_slice(&self.key);
            block[32..].copy_from_slice(&count.to_be_bytes());
            part.copy_from_slice(&sha256(&block)[..part.len()]);
        }
        Ok(())
    }
}
