//! A passphrase becomes a key.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::KEY_LEN;
use super::record::Stretching;
use crate::StateError;

/// Fewer characters than this are guessed too soon, whatever each guess costs.
pub const SHORTEST_PASSPHRASE: usize = 12;

const ALGORITHM: &str = "argon2id";
/// What RFC 9106 (section 4) recommends where memory is limited, in one lane: some tenths of a
/// second.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
const SALT_LEN: usize = 16;

/// A file that anyone may have written must neither exhaust this machine nor talk it into a key
/// that is cheap to guess.
const ALLOWED_MEMORY_KIB: std::ops::RangeInclusive<u32> = 32 * 1024..=1024 * 1024;
const ALLOWED_PASSES: std::ops::RangeInclusive<u32> = 2..=16;
const ALLOWED_LANES: std::ops::RangeInclusive<u32> = 1..=16;

impl Stretching {
    /// The way of today, with a salt of its own.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn fresh() -> Result<Stretching, StateError> {
        let mut salt = [0; SALT_LEN];
        SystemRandom::new().fill(&mut salt).map_err(|_| StateError::NoRandomness)?;
        Ok(Stretching {
            algorithm: ALGORITHM.to_owned(),
            salt: BASE64.encode(salt),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
        })
    }

    /// The key that a passphrase becomes. Takes some tenths of a second.
    ///
    /// # Errors
    /// [`StateError::WeakPassphrase`], or the parameters are none that this program would choose.
    pub fn stretch(&self, passphrase: &str) -> Result<Zeroizing<[u8; KEY_LEN]>, StateError> {
        if passphrase.chars().count() < SHORTEST_PASSPHRASE {
            return Err(StateError::WeakPassphrase);
        }
        let refused = |why: &str| StateError::malformed("The record of the key", why);
        let is_allowed = self.algorithm == ALGORITHM
            && ALLOWED_MEMORY_KIB.contains(&self.memory_kib)
            && ALLOWED_PASSES.contains(&self.passes)
            && ALLOWED_LANES.contains(&self.lanes);
        if !is_allowed {
            return Err(refused("a passphrase is not stretched in this way"));
        }
        let salt = BASE64.decode(&self.salt).ok().filter(|salt| salt.len() >= SALT_LEN);
        let salt = salt.ok_or_else(|| refused("it has no salt"))?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY_LEN))
            .map_err(|error| refused(&error.to_string()))?;
        let mut key = Zeroizing::new([0; KEY_LEN]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, &mut *key)
            .map_err(|error| refused(&error.to_string()))?;
        Ok(key)
    }
}
