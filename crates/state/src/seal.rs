//! Sealing: what must be kept but not shown is encrypted under a key that is not in the file.

mod key_file;
mod passphrase;
mod record;

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::{Extent, StateError};

pub use key_file::NewKeyFile;
pub use passphrase::SHORTEST_PASSPHRASE;
pub use record::{DataKey, KeyOrigin, KeyRecord, LINEAGE_CONTEXT, Stretching};

/// Bytes of a key.
const KEY_LEN: usize = 32;
/// Bytes that identify a key.
const KEY_ID_LEN: usize = 8;
/// The first byte of what is sealed. Other ways to seal get other numbers.
const VERSION: u8 = 1;
/// The length of a text is hidden up to a multiple of this many bytes.
const PADDING: usize = 64;
/// What the sealed key of fingerprints is bound to.
const FINGERPRINT_CONTEXT: &[u8] = b"fingerprint key";

/// Seals and opens sensitive values with AES-256-GCM.
///
/// The nonce is not random but a keyed hash of the context and the text, so that the same
/// value in the same place seals to the same bytes: what did not change is not written again,
/// and a plan made twice is the same twice. Someone without the key learns from it only
/// whether a value in one place changed.
#[derive(Clone)]
pub struct Sealer {
    seal: LessSafeKey,
    nonce: hmac::Key,
    fingerprint: hmac::Key,
    fingerprint_key: Zeroizing<[u8; KEY_LEN]>,
    id: [u8; KEY_ID_LEN],
    /// None for a key file's own key, which is found without.
    record: Option<Arc<KeyRecord>>,
    /// How much of a state is sealed that is made with it.
    extent: Extent,
}

/// What became of opening something sealed.
pub(crate) enum Opened {
    /// The text.
    Text(Zeroizing<Vec<u8>>),
    /// It is sealed under another key.
    OtherKey,
}

impl Sealer {
    /// A sealer with a key as key files spell it: 32 bytes in base64.
    ///
    /// # Errors
    /// The text is something else.
    pub fn from_text(text: &str) -> Result<Sealer, StateError> {
        Sealer::from_encoded(text, KeyOrigin::File)
    }

    /// A sealer with a key in base64, which comes from there.
    ///
    /// # Errors
    /// The text is no key.
    pub fn from_encoded(text: &str, origin: KeyOrigin) -> Result<Sealer, StateError> {
        let key = decode_key(text).ok_or_else(|| invalid("The given text"))?;
        Ok(Sealer::new(key, origin))
    }

    /// A sealer with the key that a passphrase becomes. Takes some tenths of a second.
    ///
    /// # Errors
    /// Those of [`Stretching::stretch`].
    pub fn from_passphrase(text: &str, stretching: Stretching) -> Result<Sealer, StateError> {
        Ok(Sealer::new(stretching.stretch(text)?, KeyOrigin::Passphrase(stretching)))
    }

    /// A sealer with this key, which lies in a file.
    pub fn from_bytes(key: [u8; KEY_LEN]) -> Sealer {
        Sealer::new(Zeroizing::new(key), KeyOrigin::File)
    }

    /// A sealer with this key, which comes from there.
    pub fn new(key: Zeroizing<[u8; KEY_LEN]>, origin: KeyOrigin) -> Sealer {
        let master = hmac::Key::new(hmac::HMAC_SHA256, &*key);
        let derived = |purpose: &str| hmac::sign(&master, purpose.as_bytes());
        let mut id = [0; KEY_ID_LEN];
        id.copy_from_slice(&derived("meridian key id").as_ref()[..KEY_ID_LEN]);
        let seal = UnboundKey::new(&AES_256_GCM, derived("meridian seal").as_ref())
            .expect("HMAC-SHA256 gives as many bytes as AES-256 takes");
        let mut fingerprint_key = Zeroizing::new([0; KEY_LEN]);
        fingerprint_key.copy_from_slice(derived("meridian fingerprint").as_ref());
        let record = match origin {
            KeyOrigin::File => None,
            origin => Some(KeyRecord { id: hex(&id), origin, fingerprint_key: None }.into()),
        };
        Sealer {
            seal: LessSafeKey::new(seal),
            nonce: hmac::Key::new(hmac::HMAC_SHA256, derived("meridian nonce").as_ref()),
            fingerprint: hmac::Key::new(hmac::HMAC_SHA256, &*fingerprint_key),
            fingerprint_key,
            id,
            record,
            extent: Extent::Sensitive,
        }
    }

    /// The same, for states of this extent. A new one becomes so. If it is [`Extent::Whole`],
    /// [`Store::open`](crate::Store::open) refuses a state that is there and is not.
    #[must_use]
    pub fn for_extent(self, extent: Extent) -> Sealer {
        Sealer { extent, ..self }
    }

    /// How much of a state is sealed that is made with it.
    pub(crate) fn extent(&self) -> Extent {
        self.extent
    }

    /// This sealer as a file knows it: with the fingerprints of an earlier key, if it has such.
    /// None if the record is of another key.
    ///
    /// # Errors
    /// The record was tampered with.
    pub fn as_recorded(self, record: &KeyRecord) -> Result<Option<Sealer>, StateError> {
        if record.id != self.key_id() {
            return Ok(None);
        }
        if record.origin == KeyOrigin::File && record.fingerprint_key.is_none() {
            return Ok(Some(self));
        }
        let damaged = || StateError::malformed("The record of the key", "it was tampered with");
        let mut sealer = Sealer { record: Some(Arc::new(record.clone())), ..self };
        if let Some(sealed) = &record.fingerprint_key {
            let Some(Opened::Text(text)) = sealer.open(FINGERPRINT_CONTEXT, sealed) else {
                return Err(damaged());
            };
            let text = serde_json::from_slice::<&str>(&text).map_err(|_| damaged())?;
            sealer.set_fingerprint_key(decode_key(text).ok_or_else(damaged)?);
        }
        Ok(Some(sealer))
    }

    /// The same key, with the fingerprints of another one: what it makes of a secret stays what it
    /// was. The key of fingerprints goes into the record, sealed.
    #[must_use]
    pub fn with_fingerprints_of(mut self, former: &Sealer) -> Sealer {
        self.set_fingerprint_key(former.fingerprint_key.clone());
        let text = Zeroizing::new(format!("\"{}\"", *encode_key(&self.fingerprint_key)));
        let sealed = self.seal(FINGERPRINT_CONTEXT, text.as_bytes().to_vec());
        let origin = self.record.as_ref().map_or(KeyOrigin::File, |record| record.origin.clone());
        let record = KeyRecord { id: self.key_id(), origin, fingerprint_key: Some(sealed) };
        Sealer { record: Some(Arc::new(record)), ..self }
    }

    fn set_fingerprint_key(&mut self, key: Zeroizing<[u8; KEY_LEN]>) {
        self.fingerprint = hmac::Key::new(hmac::HMAC_SHA256, &*key);
        self.fingerprint_key = key;
    }

    /// What a file must keep so that the key can be had again; none for a key file's own key.
    pub fn record(&self) -> Option<&KeyRecord> {
        self.record.as_deref()
    }

    /// The same for files that name their key in any case.
    pub fn full_record(&self) -> KeyRecord {
        self.record().cloned().unwrap_or_else(|| KeyRecord {
            id: self.key_id(),
            origin: KeyOrigin::File,
            fingerprint_key: None,
        })
    }

    /// A sealer with a random key that is gone with it: what it seals no other can open.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn ephemeral() -> Result<Sealer, StateError> {
        Ok(Sealer::new(random_key()?, KeyOrigin::File))
    }

    /// Identifies the key without giving it away.
    pub fn key_id(&self) -> String {
        hex(&self.id)
    }

    /// Whether this base64 text was sealed with this key.
    pub fn can_open(&self, sealed: &str) -> bool {
        BASE64.decode(sealed).is_ok_and(|bytes| bytes.get(1..=KEY_ID_LEN) == Some(&self.id))
    }

    /// A keyed hash, in hexadecimal, by which to tell later whether something changed that must
    /// not be kept. Without the key it cannot be tried out; different contexts give different
    /// hashes of the same bytes.
    pub fn fingerprint(&self, context: &str, bytes: &[u8]) -> String {
        hex(tag(&self.fingerprint, context.as_bytes(), bytes).as_ref())
    }

    /// Seals a JSON text, in base64. It opens in the same context only.
    pub(crate) fn seal(&self, context: &[u8], mut text: Vec<u8>) -> String {
        // JSON does not mind blanks at its end.
        text.resize(text.len().next_multiple_of(PADDING), b' ');
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&tag(&self.nonce, context, &text).as_ref()[..NONCE_LEN]);
        let mut sealed = Vec::with_capacity(1 + KEY_ID_LEN + NONCE_LEN + text.len() + MAX_TAG_LEN);
        sealed.push(VERSION);
        sealed.extend(self.id);
        sealed.extend(nonce);
        self.seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                &mut text,
            )
            .expect("AES-GCM takes any text of less than 64 GiB");
        sealed.extend(text);
        BASE64.encode(sealed)
    }

    /// Opens what [`Sealer::seal`] sealed; none if it was tampered with or moved.
    pub(crate) fn open(&self, context: &[u8], sealed: &str) -> Option<Opened> {
        let sealed = BASE64.decode(sealed).ok()?;
        let (&VERSION, rest) = sealed.split_first()? else {
            return None;
        };
        let (id, rest) = rest.split_first_chunk::<KEY_ID_LEN>()?;
        if *id != self.id {
            return Some(Opened::OtherKey);
        }
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>()?;
        let mut text = Zeroizing::new(text.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self.seal.open_in_place(nonce, Aad::from(context), &mut text).ok()?.len();
        text.truncate(length);
        Some(Opened::Text(text))
    }
}

/// Shows which key it is, never the key.
impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("key_id", &self.key_id()).finish_non_exhaustive()
    }
}

/// A keyed hash of two texts, of which none can pass for a part of the other.
fn tag(key: &hmac::Key, context: &[u8], text: &[u8]) -> hmac::Tag {
    let mut hash = hmac::Context::with_key(key);
    hash.update(&(context.len() as u64).to_be_bytes());
    hash.update(context);
    hash.update(text);
    hash.sign()
}

fn random_key() -> Result<Zeroizing<[u8; KEY_LEN]>, StateError> {
    let mut key = Zeroizing::new([0; KEY_LEN]);
    SystemRandom::new().fill(&mut *key).map_err(|_| StateError::NoRandomness)?;
    Ok(key)
}

fn encode_key(key: &[u8; KEY_LEN]) -> Zeroizing<String> {
    Zeroizing::new(BASE64.encode(key))
}

fn decode_key(text: &str) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    let bytes = Zeroizing::new(BASE64.decode(text.trim()).ok()?);
    <[u8; KEY_LEN]>::try_from(bytes.as_slice()).ok().map(Zeroizing::new)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn invalid(origin: impl fmt::Display) -> StateError {
    StateError::InvalidKey { origin: origin.to_string() }
}

#[cfg(test)]
mod tests;
