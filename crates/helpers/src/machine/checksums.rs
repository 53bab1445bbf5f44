//! The checksums of a content.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use meridian_lang::Value;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512};

/// A content that is being summed up, part by part.
pub(super) struct Checksums {
    md5: Md5,
    sha1: Context,
    sha256: Context,
    sha512: Context,
}

impl Checksums {
    /// Of nothing yet.
    pub(super) fn new() -> Checksums {
        Checksums {
            md5: Md5::new(),
            sha1: Context::new(&SHA1_FOR_LEGACY_USE_ONLY),
            sha256: Context::new(&SHA256),
            sha512: Context::new(&SHA512),
        }
    }

    /// Of a whole content.
    pub(super) fn of(content: &[u8]) -> Checksums {
        let mut sums = Checksums::new();
        sums.update(content);
        sums
    }

    /// Adds a part.
    pub(super) fn update(&mut self, part: &[u8]) {
        self.md5.update(part);
        self.sha1.update(part);
        self.sha256.update(part);
        self.sha512.update(part);
    }

    /// The members of an answer.
    pub(super) fn members(self) -> [(&'static str, Value); 6] {
        let (sha1, sha256, sha512) =
            (self.sha1.finish(), self.sha256.finish(), self.sha512.finish());
        [
            ("content_md5", hexadecimal(&self.md5.finalize())),
            ("content_sha1", hexadecimal(sha1.as_ref())),
            ("content_sha256", hexadecimal(sha256.as_ref())),
            ("content_base64sha256", Value::string(STANDARD.encode(sha256.as_ref()))),
            ("content_sha512", hexadecimal(sha512.as_ref())),
            ("content_base64sha512", Value::string(STANDARD.encode(sha512.as_ref()))),
        ]
    }
}

fn hexadecimal(bytes: &[u8]) -> Value {
    Value::string(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
