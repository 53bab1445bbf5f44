//! Sealing: what must be kept but not shown is encrypted under a key that is not in the file.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::{StateError, private_file};

/// Bytes of a key.
const KEY_LEN: usize = 32;
/// Bytes that identify a key.
const KEY_ID_LEN: usize = 8;
/// The first byte of what is sealed. Other ways to seal get other numbers.
const VERSION: u8 = 1;
/// The length of a text is hidden up to a multiple of this many bytes.
const PADDING: usize = 64;

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
    id: [u8; KEY_ID_LEN],
}

/// What became of opening something sealed.
pub(crate) enum Opened {
    /// The text.
    Text(Zeroizing<Vec<u8>>),
    /// It is sealed under another key.
    OtherKey,
}

impl Sealer {
    /// A sealer with the key in a file. The file is made, with a random key and readable for
    /// its owner only, if there is none.
    ///
    /// # Errors
    /// The file cannot be made or read, or holds something else.
    pub fn from_key_file(path: &Path) -> Result<Sealer, StateError> {
        if let Some(sealer) = Sealer::from_existing_key_file(path)? {
            return Ok(sealer);
        }
        let key = random_key()?;
        let text = Zeroizing::new(format!("{}\n", *encode_key(&key)));
        private_file::publish_if_missing(path, text.as_bytes())?;
        // Another process may have been quicker: the key in the file is the one that counts.
        Sealer::from_existing_key_file(path)?.ok_or_else(|| invalid(path.display()))
    }

    /// A sealer with the key in a file, if there is such a file: for commands that only read.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub fn from_existing_key_file(path: &Path) -> Result<Option<Sealer>, StateError> {
        match fs::read_to_string(path).map(Zeroizing::new) {
            Ok(text) => Ok(Some(Sealer::from_text(&text).map_err(|_| invalid(path.display()))?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(private_file::failed(path)(error)),
        }
    }

    /// A sealer with a key as key files spell it: 32 bytes in base64.
    ///
    /// # Errors
    /// The text is something else.
    pub fn from_text(text: &str) -> Result<Sealer, StateError> {
        let bytes = BASE64.decode(text.trim()).map(Zeroizing::new);
        let key = bytes.ok().and_then(|bytes| <[u8; KEY_LEN]>::try_from(bytes.as_slice()).ok());
        key.map(Sealer::from_bytes).ok_or_else(|| invalid("The given text"))
    }

    /// A sealer with this key.
    pub fn from_bytes(key: [u8; KEY_LEN]) -> Sealer {
        let key = Zeroizing::new(key);
        let master = hmac::Key::new(hmac::HMAC_SHA256, &*key);
        let derived = |purpose: &str| hmac::sign(&master, purpose.as_bytes());
        let derived_hmac = |purpose| hmac::Key::new(hmac::HMAC_SHA256, derived(purpose).as_ref());
        let mut id = [0; KEY_ID_LEN];
        id.copy_from_slice(&derived("meridian key id").as_ref()[..KEY_ID_LEN]);
        let seal = UnboundKey::new(&AES_256_GCM, derived("meridian seal").as_ref())
            .expect("HMAC-SHA256 gives as many bytes as AES-256 takes");
        Sealer {
            seal: LessSafeKey::new(seal),
            nonce: derived_hmac("meridian nonce"),
            fingerprint: derived_hmac("meridian fingerprint"),
            id,
        }
    }

    /// A sealer with a random key that is gone with it: what it seals no other can open.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn ephemeral() -> Result<Sealer, StateError> {
        Ok(Sealer::from_bytes(*random_key()?))
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn invalid(origin: impl fmt::Display) -> StateError {
    StateError::InvalidKey { origin: origin.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(sealer: &Sealer, context: &str, sealed: &str) -> Option<String> {
        match sealer.open(context.as_bytes(), sealed)? {
            Opened::Text(text) => Some(String::from_utf8_lossy(&text).trim_end().to_owned()),
            Opened::OtherKey => None,
        }
    }

    #[test]
    fn what_is_sealed_opens_in_its_context_only() {
        let sealer = Sealer::from_bytes([7; 32]);
        let sealed = sealer.seal(b"here", b"\"hunter2\"".to_vec());
        assert_eq!(opened(&sealer, "here", &sealed).as_deref(), Some("\"hunter2\""));
        assert_eq!(opened(&sealer, "there", &sealed), None);
        assert!(sealer.can_open(&sealed));

        let other = Sealer::from_bytes([8; 32]);
        assert!(!other.can_open(&sealed));
        assert!(matches!(other.open(b"here", &sealed), Some(Opened::OtherKey)));
    }

    #[test]
    fn what_was_tampered_with_does_not_open() {
        let sealer = Sealer::from_bytes([7; 32]);
        let sealed = BASE64.decode(sealer.seal(b"here", b"1".to_vec())).unwrap();
        for position in (0..sealed.len()).filter(|position| !(1..=KEY_ID_LEN).contains(position)) {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(sealer.open(b"here", &BASE64.encode(changed)).is_none(), "{position}");
        }
        assert!(sealer.open(b"here", &BASE64.encode(&sealed[..20])).is_none());
    }

    #[test]
    fn sealing_is_repeatable_and_hides_the_length() {
        let sealer = Sealer::from_bytes([7; 32]);
        let seal = |context: &str, text: &str| sealer.seal(context.as_bytes(), text.into());
        assert_eq!(seal("a", "1"), seal("a", "1"));
        assert_ne!(seal("a", "1"), seal("b", "1"));
        assert_ne!(seal("a", "1"), seal("a", "2"));
        assert_eq!(seal("a", "1").len(), seal("a", &"x".repeat(60)).len());
    }

    #[test]
    fn fingerprints_depend_on_key_and_context() {
        let sealer = Sealer::from_bytes([7; 32]);
        let print = sealer.fingerprint("a", b"secret");
        assert_eq!(print.len(), 64);
        assert_eq!(print, sealer.fingerprint("a", b"secret"));
        assert_ne!(print, sealer.fingerprint("b", b"secret"));
        assert_ne!(print, sealer.fingerprint("as", b"ecret"));
        assert_ne!(print, Sealer::from_bytes([8; 32]).fingerprint("a", b"secret"));
    }

    #[test]
    fn a_key_file_is_made_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/state.key");
        assert!(Sealer::from_existing_key_file(&path).unwrap().is_none());
        let first = Sealer::from_key_file(&path).unwrap();
        let second = Sealer::from_key_file(&path).unwrap();
        assert_eq!(first.key_id(), second.key_id());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(path.parent().unwrap()), 0o700);
        }
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(Sealer::from_key_file(&path), Err(StateError::InvalidKey { .. })));
    }
}
