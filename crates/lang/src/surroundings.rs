//! What functions can see of the world beside values: files, the clock and chance.

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// Anything else, as messages name it: "a device node".
    Other(&'static str),
}

/// Where the results of functions come from that give another one each time.
pub trait Impure {
    /// The present time as an RFC 3339 timestamp of UTC in seconds.
    fn now(&self) -> String;

    /// Bytes that nobody can foretell.
    fn random(&self) -> [u8; 16];
}
