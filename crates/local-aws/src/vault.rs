//! Sealing of secret values: they are in clear only while a request is answered.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The length of a master key.
pub(crate) const MASTER_KEY_LENGTH: usize = 32;

/// Bytes that only the vault which sealed them can read.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed(Vec<u8>);

impl Sealed {
    /// Sealed bytes that were handed out and came back; opening them tells whose they are.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The sealed bytes, to be handed out.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealed(..)")
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(de::Error::custom)
    }
}

/// A master key in clear.
pub(crate) type MasterKey = [u8; MASTER_KEY_LENGTH];

/// The master keys and what they do. The first one seals; the others open what
/// came from other clouds.
pub(crate) struct Vault {
    keys: Vec<(MasterKey, LessSafeKey)>,
    random: SystemRandom,
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Vault(..)")
    }
}

impl Vault {
    pub fn new(master_key: &MasterKey) -> Self {
        let mut vault = Self { keys: Vec::new(), random: SystemRandom::new() };
        vault.trust(&[*master_key]);
        vault
    }

    /// Opens from now on also what was sealed under other keys.
    pub fn trust(&mut self, master_keys: &[MasterKey]) {
        for master_key in master_keys {
            if self.keys.iter().all(|(known, _)| known != master_key) {
                let key = UnboundKey::new(&AES_256_GCM, master_key);
                let key = LessSafeKey::new(key.expect("an AES-256 key has 32 bytes"));
                self.keys.push((*master_key, key));
            }
        }
    }

    /// The master keys in clear, for the file that keeps them.
    pub fn master_keys(&self) -> Vec<MasterKey> {
        self.keys.iter().map(|(master_key, _)| *master_key).collect()
    }

    /// A master key that nothing else knows.
    pub fn random_key() -> MasterKey {
        let mut key = [0; MASTER_KEY_LENGTH];
        fill(&SystemRandom::new(), &mut key);
        key
    }

    /// Seals bytes for one purpose; they open for no other.
    pub fn seal(&self, purpose: &str, clear: &[u8]) -> Sealed {
        let mut nonce = [0; NONCE_LEN];
        fill(&self.random, &mut nonce);
        let mut sealed = clear.to_vec();
        let aad = Aad::from(purpose.as_bytes());
        let tag = self.keys[0]
            .1
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .expect("a secret value is far below the cipher's limit");
        sealed.extend_from_slice(tag.as_ref());
        sealed.extend_from_slice(&nonce);
        Sealed(sealed)
    }

    /// The bytes that were sealed, unless the key, the purpose or the bytes are wrong.
    pub fn open(&self, purpose: &str, sealed: &Sealed) -> Option<Vec<u8>> {
        let (ciphertext, nonce) = sealed.0.split_last_chunk::<NONCE_LEN>()?;
        self.keys.iter().find_map(|(_, key)| {
            let mut clear = ciphertext.to_vec();
            let aad = Aad::from(purpose.as_bytes());
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let length = key.open_in_place(nonce, aad, &mut clear).ok()?.len();
            clear.truncate(length);
            Some(clear)
        })
    }

    /// Random bytes.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        fill(&self.random, &mut bytes);
        bytes
    }

    /// Random choices from an alphabet, each letter as likely as the next.
    pub fn random_letters<'a, T>(&self, alphabet: &'a [T], count: usize) -> Vec<&'a T> {
        (0..count).map(|_| &alphabet[self.random_below(alphabet.len())]).collect()
    }

    /// A random number below a limit, without the bias of a plain remainder.
    pub fn random_below(&self, limit: usize) -> usize {
        let limit = limit as u64;
        let usable = u64::MAX - u64::MAX % limit;
        loop {
            let number = u64::from_le_bytes(self.random_bytes());
            if number < usable {
                return usize::try_from(number % limit).expect("below a limit that is a usize");
            }
        }
    }
}

fn fill(random: &SystemRandom, bytes: &mut [u8]) {
    random.fill(bytes).expect("the system gives random bytes");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_only_for_its_purpose_and_under_its_key() {
        let vault = Vault::new(&Vault::random_key());
        let sealed = vault.seal("version-1", b"correct horse");
        assert_eq!(vault.open("version-1", &sealed).unwrap(), b"correct horse");
        assert!(vault.open("version-2", &sealed).is_none());
        assert!(Vault::new(&Vault::random_key()).open("version-1", &sealed).is_none());
    }

    #[test]
    fn a_vault_opens_under_each_key_that_it_trusts() {
        let (old, mut new) = (Vault::new(&Vault::random_key()), Vault::new(&Vault::random_key()));
        let sealed = old.seal("v", b"correct horse");
        new.trust(&old.master_keys());
        new.trust(&old.master_keys());
        assert_eq!(new.open("v", &sealed).unwrap(), b"correct horse");
        assert_eq!(new.master_keys().len(), 2);
        assert!(old.open("v", &new.seal("v", b"correct horse")).is_none());
    }

    #[test]
    fn nothing_of_a_value_shows() {
        let vault = Vault::new(&Vault::random_key());
        let sealed = vault.seal("v", b"correct horse");
        assert_eq!(format!("{sealed:?} {vault:?}"), "Sealed(..) Vault(..)");
        assert!(!sealed.0.windows(7).any(|window| window == b"correct"));
    }
}
