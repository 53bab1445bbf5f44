//! The provider `local`: files of this machine.

mod data;
mod file;

use crate::family::Family;
use crate::kept::Kept;

/// The checksums of a file, as attributes and as members of answers.
const CHECKSUMS: [&str; 6] = [
    "content_base64sha256",
    "content_base64sha512",
    "content_md5",
    "content_sha1",
    "content_sha256",
    "content_sha512",
];

/// The provider.
pub(crate) fn provider() -> Family {
    Family::new(
        "local",
        "registry.terraform.io/hashicorp/local",
        vec![Kept::boxed(file::LocalFile::PLAIN), Kept::boxed(file::LocalFile::SENSITIVE)],
    )
    .with_data_sources(vec![
        Box::new(data::FileContent::plain()),
        Box::new(data::FileContent::sensitive()),
    ])
}

#[cfg(test)]
mod tests;
