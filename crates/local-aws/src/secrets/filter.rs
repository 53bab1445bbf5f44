//! The filters of ListSecrets and BatchGetSecretValue (their service model, `Filter`).

use serde::Deserialize;

use crate::error::ApiError;
use crate::identity::Place;
use crate::inferred;
use crate::secrets::describe::primary_region;
use crate::secrets::secret::{Secret, SecretAddress};
use crate::world::World;

/// One filter: an attribute, and what it may begin with.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Filter {
    #[serde(default)]
    key: String,
    #[serde(default)]
    values: Vec<String>,
}

/// Refuses filters without an attribute or without values.
pub(crate) fn check(filters: &[Filter]) -> Result<(), ApiError> {
    if filters.iter().all(|filter| !filter.key.is_empty() && !filter.values.is_empty()) {
        return Ok(());
    }
    Err(ApiError::inferred(&inferred::SECRET_FILTER, Vec::new()))
}

impl World {
    /// The secrets of a place that all of the filters let through, by name.
    pub fn filtered_secrets<'a>(
        &'a self,
        place: Place,
        filters: &'a [Filter],
    ) -> impl Iterator<Item = (&'a SecretAddress, &'a Secret)> {
        self.secrets
            .range(SecretAddress::new(place, "")..)
            .take_while(move |(address, _)| address.place == place)
            .filter(move |(address, secret)| {
                filters.iter().all(|filter| filter.lets_through(address, secret))
            })
    }
}

impl Filter {
    /// Whether one of the values fits; a value that begins with `!` fits where
    /// the rest of it does not.
    fn lets_through(&self, address: &SecretAddress, secret: &Secret) -> bool {
        let texts = self.texts(address, secret);
        self.values.iter().any(|value| match value.strip_prefix('!') {
            Some(unwanted) => !self.fits(unwanted, &texts),
            None => self.fits(value, &texts),
        })
    }

    /// Most attributes are compared from their beginning and letter by letter.
    /// Case does not matter in descriptions, and `all` compares word by word.
    fn fits(&self, value: &str, texts: &[&str]) -> bool {
        match self.key.as_str() {
            "description" => {
                let value = value.to_lowercase();
                texts.iter().any(|text| text.to_lowercase().starts_with(&value))
            }
            "all" => {
                let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
                let begins_with = |word: &str| {
                    texts.iter().any(|text| text.starts_with(word))
                        || texts.iter().flat_map(|text| words(text)).any(|it| it.starts_with(word))
                };
                value.to_lowercase().split_whitespace().all(begins_with)
            }
            _ => texts.iter().any(|text| text.starts_with(value)),
        }
    }

    fn texts<'a>(&self, address: &'a SecretAddress, secret: &'a Secret) -> Vec<&'a str> {
        let is_wanted = |key: &str| self.key == key || self.key == "all";
        let mut texts = Vec::new();
        if is_wanted("name") {
            texts.push(address.name.as_str());
        }
        if is_wanted("description") {
            texts.push(&secret.description);
        }
        if is_wanted("tag-key") {
            texts.extend(secret.tags.keys().map(String::as_str));
        }
        if is_wanted("tag-value") {
            texts.extend(secret.tags.values().map(String::as_str));
        }
        if is_wanted("primary-region") {
            texts.extend(primary_region(address, secret).map(|region| region.as_str()));
        }
        texts
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}
