//! GetRandomPassword.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::world::Call;

const LOWERCASE: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPERCASE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NUMBERS: &str = "0123456789";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const DEFAULT_LENGTH: usize = 32;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct GetRandomPasswordInput {
    password_length: usize,
    exclude_characters: String,
    exclude_numbers: bool,
    exclude_punctuation: bool,
    exclude_uppercase: bool,
    exclude_lowercase: bool,
    include_space: bool,
    require_each_included_type: bool,
}

impl Default for GetRandomPasswordInput {
    fn default() -> Self {
        Self {
            password_length: DEFAULT_LENGTH,
            exclude_characters: String::new(),
            exclude_numbers: false,
            exclude_punctuation: false,
            exclude_uppercase: false,
            exclude_lowercase: false,
            include_space: false,
            require_each_included_type: true,
        }
    }
}

/// A password in clear. It has no `Debug` on purpose.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetRandomPasswordOutput {
    random_password: String,
}

pub(crate) fn get_random_password(
    call: &mut Call<'_>,
    input: GetRandomPasswordInput,
) -> Result<GetRandomPasswordOutput, ApiError> {
    let length = input.password_length;
    let kinds = input.kinds();
    let all: Vec<char> = kinds.iter().flatten().copied().collect();
    if all.is_empty() {
        return Err(ApiError::inferred(&inferred::PASSWORD_EMPTY, Vec::new()));
    }
    let vault = &call.world.vault;
    let mut password: Vec<char> = Vec::with_capacity(length);
    if input.require_each_included_type {
        if kinds.len() > length {
            return Err(ApiError::inferred(&inferred::PASSWORD_TOO_SHORT, Vec::new()));
        }
        for kind in &kinds {
            password.extend(vault.random_letters(kind, 1));
        }
    }
    password.extend(vault.random_letters(&all, length - password.len()));
    // The required characters stand first: shuffle (Fisher and Yates).
    for last in (1..password.len()).rev() {
        password.swap(last, vault.random_below(last + 1));
    }
    Ok(GetRandomPasswordOutput { random_password: password.into_iter().collect() })
}

impl GetRandomPasswordInput {
    /// The types of characters that may be used, each with something left in it.
    fn kinds(&self) -> Vec<Vec<char>> {
        [
            (LOWERCASE, !self.exclude_lowercase),
            (UPPERCASE, !self.exclude_uppercase),
            (NUMBERS, !self.exclude_numbers),
            (PUNCTUATION, !self.exclude_punctuation),
            (" ", self.include_space),
        ]
        .into_iter()
        .filter(|(_, is_included)| *is_included)
        .map(|(kind, _)| {
            kind.chars().filter(|letter| !self.exclude_characters.contains(*letter)).collect()
        })
        .filter(|kind: &Vec<char>| !kind.is_empty())
        .collect()
    }
}
