//! The functions of the language.

mod argument;
mod character_sets;
mod collection;
mod conversion;
mod csv;
mod decryption;
mod encoding;
mod files;
mod format;
mod hashes;
mod lists;
mod maps;
mod network;
mod numeric;
mod regex;
mod sets;
mod settings;
mod signature;
mod templates;
mod text;
mod times;
mod uuids;
mod yaml;

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
    /// No function.
    Unknown,
}

static TABLE: LazyLock<BTreeMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let families = [
        character_sets::FUNCTIONS,
        collection::FUNCTIONS,
        conversion::FUNCTIONS,
        csv::FUNCTIONS,
        decryption::FUNCTIONS,
        encoding::FUNCTIONS,
        files::FUNCTIONS,
        format::FUNCTIONS,
        hashes::FUNCTIONS,
        lists::FUNCTIONS,
        maps::FUNCTIONS,
        network::FUNCTIONS,
        numeric::FUNCTIONS,
        regex::FUNCTIONS,
        sets::FUNCTIONS,
        settings::FUNCTIONS,
        templates::FUNCTIONS,
        text::FUNCTIONS,
        times::FUNCTIONS,
        uuids::FUNCTIONS,
        yaml::FUNCTIONS,
    ];
    families.into_iter().flatten().map(|function| (function.name, function)).collect()
});

const LAZY: [(&str, Lazy); 2] = [("can", Lazy::Can), ("try", Lazy::Try)];

/// What a name stands for; every function goes by `core::` and its name as well.
pub(crate) fn find(name: &str) -> Name {
    let name = name.strip_prefix("core::").unwrap_or(name);
    if let Some(function) = TABLE.get(name) {
        return Name::Function(function);
    }
    if let Some((_, lazy)) = LAZY.iter().find(|(lazy, _)| *lazy == name) {
        return Name::Lazy(*lazy);
    }
    Name::Unknown
}

/// The names of all functions that can be called, in order; those of the built-in provider
/// begin with `provider::terraform::`.
pub fn function_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = TABLE.keys().copied().chain(LAZY.map(|(name, _)| name)).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests;
