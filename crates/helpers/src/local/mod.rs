//! The provider `local`: files of this machine.

mod data;
mod file;

use meridian_lang::{Marks, Value};

use crate::arguments::member;
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

/// The attributes with marks on the hashes of the content. They have no salt: whoever has one can
/// try out what the secret is.
fn hide_hashes(attributes: Value) -> Value {
    CHECKSUMS.into_iter().chain(["id"]).fold(attributes, |attributes, name| {
        let hash = member(&attributes, name).mark(Marks::SENSITIVE);
        attributes.with(name, hash)
    })
}

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
