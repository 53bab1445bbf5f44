//! The calls of the service [`Service::Machine`].
//!
//! All of them can be repeated without loss: what they make lives in the state, or in a file
//! whose content the configuration has.

use meridian_lang::Value;
use meridian_resource::{Call, Service};

/// Draws a text from an alphabet: `length`, the classes `lower`, `numeric`, `special` and
/// `upper` with a least number `min_…` of each, `override_special`; `hash` asks for its bcrypt
/// hash too, and makes both secret. Answers `result` and `bcrypt_hash`.
pub(crate) const GENERATE_TEXT: &str = "GenerateText";
/// Draws `length` bytes. Answers `base64`, which is secret if `secret` is set.
pub(crate) const GENERATE_BYTES: &str = "GenerateBytes";
/// Draws a name of `length` words with `separator` between. Answers `name`.
pub(crate) const GENERATE_NAME: &str = "GenerateName";
/// Draws a whole number from `min` to `max`, always the same one for a `seed`. Answers `result`.
pub(crate) const GENERATE_NUMBER: &str = "GenerateNumber";
/// Draws an identity. Answers `uuid`.
pub(crate) const GENERATE_UUID: &str = "GenerateUuid";
/// Draws orders of the elements of `input` until there are `result_count`, always the same for a
/// `seed`. Answers `result`.
pub(crate) const SHUFFLE: &str = "Shuffle";
/// Hashes `text` with bcrypt. Answers `bcrypt_hash`.
pub(crate) const HASH: &str = "Hash";
/// Moves `base` (or the present) by years, months, days, hours, minutes or seconds, or takes
/// `until`. Answers `base`, the `moment` and its parts.
pub(crate) const TELL_TIME: &str = "TellTime";
/// Waits for `duration`. Answers as [`TELL_TIME`] does.
pub(crate) const SLEEP: &str = "Sleep";
/// Writes `content`, `content_base64` or the content of the file `source` to `filename`.
/// Answers its checksums.
pub(crate) const WRITE_FILE: &str = "WriteFile";
/// Reads `filename`. Answers its checksums and, if `with_content` is set, `content` and
/// `content_base64`.
pub(crate) const READ_FILE: &str = "ReadFile";
/// Removes `filename` if the SHA-1 of its content is still `sha1`.
pub(crate) const REMOVE_FILE: &str = "RemoveFile";
/// Does nothing: the state is where it happens.
pub(crate) const RECORD: &str = "Record";
/// Does nothing: the state is where it happens.
pub(crate) const FORGET: &str = "Forget";

/// A call that makes something.
pub(crate) fn make(
    operation: &'static str,
    input: impl IntoIterator<Item = (&'static str, Value)>,
) -> Call {
    Call::change(Service::Machine, operation, "", input)
}

/// A call that only looks.
pub(crate) fn look(
    operation: &'static str,
    input: impl IntoIterator<Item = (&'static str, Value)>,
) -> Call {
    Call::read(Service::Machine, operation, "", input)
}

/// The step in which the state takes over new arguments.
pub(crate) fn record() -> Call {
    make(RECORD, [])
}

/// The step in which the state lets go of an object.
pub(crate) fn forget() -> Call {
    make(FORGET, [])
}
