//! The functions of the language.

mod argument;
mod collection;
mod conversion;
mod encoding;
mod format;
mod lists;
mod maps;
mod numeric;
mod sets;
mod signature;
mod text;

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(crate) use signature::{Function, FunctionError};

/// Functions whose arguments are expressions, evaluated only as they are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lazy {
    /// `can(expression)`
    Can,
    /// `try(expressions…)`
    Try,
}

/// What a name in a call stands for.
pub(crate) enum Name {
    /// A function of evaluated arguments.
    Function(&'static Function),
    /// A function of expressions.
    Lazy(Lazy),
    /// A function of Terraform's that is not here.
    NotSupported,
    /// No function.
    Unknown,
}

static TABLE: LazyLock<BTreeMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let families = [
        collection::FUNCTIONS,
        conversion::FUNCTIONS,
        encoding::FUNCTIONS,
        format::FUNCTIONS,
        lists::FUNCTIONS,
        maps::FUNCTIONS,
        numeric::FUNCTIONS,
        sets::FUNCTIONS,
        text::FUNCTIONS,
    ];
    families.into_iter().flatten().map(|function| (function.name, function)).collect()
});

const LAZY: [(&str, Lazy); 2] = [("can", Lazy::Can), ("try", Lazy::Try)];

/// Names that Terraform knows and this crate does not.
const NOT_SUPPORTED: [&str; 45] = [
    "abspath",
    "base64gzip",
    "base64sha256",
    "base64sha512",
    "basename",
    "bcrypt",
    "cidrhost",
    "cidrnetmask",
    "cidrsubnet",
    "cidrsubnets",
    "csvdecode",
    "dirname",
    "ephemeralasnull",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "fileexists",
    "filemd5",
    "fileset",
    "filesha1",
    "filesha256",
    "filesha512",
    "formatdate",
    "log",
    "md5",
    "pathexpand",
    "plantimestamp",
    "regex",
    "regexall",
    "rsadecrypt",
    "sha1",
    "sha256",
    "sha512",
    "templatefile",
    "templatestring",
    "textdecodebase64",
    "textencodebase64",
    "timeadd",
    "timecmp",
    "timestamp",
    "type",
    "uuid",
    "uuidv5",
    "yamldecode",
    "yamlencode",
];

/// What a name stands for; every function goes by `core::` and its name as well.
pub(crate) fn find(name: &str) -> Name {
    let name = name.strip_prefix("core::").unwrap_or(name);
    if let Some(function) = TABLE.get(name) {
        return Name::Function(function);
    }
    if let Some((_, lazy)) = LAZY.iter().find(|(lazy, _)| *lazy == name) {
        return Name::Lazy(*lazy);
    }
    if NOT_SUPPORTED.contains(&name) { Name::NotSupported } else { Name::Unknown }
}

/// The names of all functions that can be called, in order.
pub fn function_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = TABLE.keys().copied().chain(LAZY.map(|(name, _)| name)).collect();
    names.sort_unstable();
    names
}

/// The names that one can have meant: those that can be called and those that are not here yet.
pub(crate) fn all_names() -> impl Iterator<Item = &'static str> {
    function_names().into_iter().chain(NOT_SUPPORTED)
}

#[cfg(test)]
mod tests;
