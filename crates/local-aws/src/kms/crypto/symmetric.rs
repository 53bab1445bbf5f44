//! Ciphertexts of symmetric encryption keys: AES-256-GCM under a header that
//! tells the key and its material, so that Decrypt need not be told.
//!
//! The header names no Region: a related multi-Region key has the same id and
//! the same material, and so decrypts what another has encrypted.

use std::collections::BTreeMap;
use std::ops::Range;
use std::str;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

use super::{Broken, Clear};

/// An encryption context. Its order says nothing, so it is kept sorted.
pub(crate) type EncryptionContext = BTreeMap<String, String>;

/// What the ciphertexts of AWS KMS begin with (`AQICAH` in base64).
const MAGIC: &[u8] = &[1, 2, 2, 0, 0x78];
/// The version of what follows.
const VERSION: u8 = 1;

const KEY_ID: Range<usize> = 6..42;
const MATERIAL_ID: Range<usize> = 42..106;
const NONCE: Range<usize> = 106..106 + NONCE_LEN;
const TAG_LENGTH: usize = 16;

/// A ciphertext, taken apart but not yet decrypted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ciphertext<'a> {
    /// The id of the key, in whatever Region.
    pub key_id: &'a str,
    /// The id of the material under which it was encrypted.
    pub material_id: &'a str,
    header: &'a [u8],
    nonce: &'a [u8],
    sealed: &'a [u8],
}

impl<'a> Ciphertext<'a> {
    /// Takes a ciphertext apart; none if it is not one of ours.
    pub fn parse(blob: &'a [u8]) -> Option<Self> {
        let header = blob.get(..NONCE.start)?;
        let is_ours = header.starts_with(MAGIC) && header[MAGIC.len()] == VERSION;
        is_ours.then_some(())?;
        Some(Self {
            key_id: str::from_utf8(&header[KEY_ID]).ok()?,
            material_id: str::from_utf8(&header[MATERIAL_ID]).ok()?,
            header,
            nonce: blob.get(NONCE)?,
            sealed: &blob[NONCE.end..],
        })
    }

    /// The plaintext, unless the material or the context is another, or a byte was changed.
    pub fn decrypt(&self, material: &[u8], context: &EncryptionContext) -> Option<Clear> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, material).ok()?;
        let nonce = Nonce::try_assume_unique_for_key(self.nonce).ok()?;
        let mut clear = Zeroizing::new(self.sealed.to_vec());
        let aad = Aad::from(authenticated(self.header, context));
        let length = key.open_in_place(nonce, aad, &mut clear).ok()?.len();
        clear.truncate(length);
        Some(clear)
    }
}

/// Encrypts under a material of a key. The nonce is drawn by the library.
pub(crate) fn encrypt(
    key_id: &str,
    material_id: &str,
    material: &[u8],
    context: &EncryptionContext,
    clear: &[u8],
) -> Result<Vec<u8>, Broken> {
    if key_id.len() != KEY_ID.len() || material_id.len() != MATERIAL_ID.len() {
        return Err(Broken);
    }
    let header = [MAGIC, &[VERSION], key_id.as_bytes(), material_id.as_bytes()].concat();
    let key = RandomizedNonceKey::new(&AES_256_GCM, material)?;
    // The capacity is enough for the tag: a buffer that grew would leave a clear copy behind.
    let mut sealed = Vec::with_capacity(clear.len() + TAG_LENGTH);
    sealed.extend_from_slice(clear);
    let aad = Aad::from(authenticated(&header, context));
    let nonce = key.seal_in_place_append_tag(aad, &mut sealed)?;
    Ok([&header[..], nonce.as_ref(), &sealed].concat())
}

/// What is authenticated but not encrypted. Each text comes after its length,
/// so that no two contexts look the same.
fn authenticated(header: &[u8], context: &EncryptionContext) -> Vec<u8> {
    let mut bytes = header.to_vec();
    for text in context.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

    fn context(pairs: &[(&str, &str)]) -> EncryptionContext {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn sealed(context: &EncryptionContext) -> Vec<u8> {
        encrypt(KEY, &"ab".repeat(32), &[7; 32], context, b"correct horse").unwrap()
    }

    #[test]
    fn a_ciphertext_tells_its_key_and_opens_under_its_material_only() {
        let blob = sealed(&EncryptionContext::new());
        let ciphertext = Ciphertext::parse(&blob).unwrap();
        assert_eq!((ciphertext.key_id, ciphertext.material_id), (KEY, &*"ab".repeat(32)));
        let clear = ciphertext.decrypt(&[7; 32], &EncryptionContext::new()).unwrap();
        assert_eq!(*clear, b"correct horse");
        assert!(ciphertext.decrypt(&[8; 32], &EncryptionContext::new()).is_none());
        assert_ne!(blob, sealed(&EncryptionContext::new()));
    }

    #[test]
    fn no_byte_can_be_changed_and_none_left_out() {
        let none = EncryptionContext::new();
        let blob = sealed(&none);
        for index in 0..blob.len() {
            let mut changed = blob.clone();
            changed[index] ^= 1;
            let opened = Ciphertext::parse(&changed).and_then(|it| it.decrypt(&[7; 32], &none));
            assert!(opened.is_none(), "byte {index}");
            let short = Ciphertext::parse(&blob[..index]);
            assert!(short.and_then(|it| it.decrypt(&[7; 32], &none)).is_none(), "{index} bytes");
        }
    }

    #[test]
    fn contexts_that_only_look_alike_are_told_apart() {
        let blob = sealed(&context(&[("a", "bc"), ("d", "")]));
        let ciphertext = Ciphertext::parse(&blob).unwrap();
        assert!(ciphertext.decrypt(&[7; 32], &context(&[("d", ""), ("a", "bc")])).is_some());
        for other in [&[("a", "b"), ("cd", "")][..], &[("ab", "c"), ("d", "")], &[("a", "bc")], &[]]
        {
            assert!(ciphertext.decrypt(&[7; 32], &context(other)).is_none(), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn any_plaintext_comes_back(
            clear in prop::collection::vec(any::<u8>(), 0..5000),
            context in prop::collection::btree_map(".{0,9}", ".{0,9}", 0..4),
        ) {
            let blob = encrypt(KEY, &"ab".repeat(32), &[7; 32], &context, &clear).unwrap();
            let opened = Ciphertext::parse(&blob).unwrap().decrypt(&[7; 32], &context);
            prop_assert_eq!(&*opened.unwrap(), &clear);
        }

        #[test]
        fn foreign_bytes_are_no_ciphertext(
            is_marked in any::<bool>(),
            rest in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let start = if is_marked { &[1, 2, 2, 0, 0x78, VERSION][..] } else { &[] };
            let blob = [start, &rest].concat();
            let opened = Ciphertext::parse(&blob)
                .and_then(|it| it.decrypt(&[7; 32], &EncryptionContext::new()));
            prop_assert!(opened.is_none());
        }
    }
}
