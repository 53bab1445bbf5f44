//! What the environment says of tags, for all configurations of the provider.

use std::collections::BTreeMap;

/// Default tags, each in a variable of its own.
const DEFAULT: &str = "TF_AWS_DEFAULT_TAGS_";
/// Keys of tags to leave alone, with commas between them.
const IGNORED_KEYS: &str = "TF_AWS_IGNORE_TAGS_KEYS";
/// Prefixes of keys of tags to leave alone, with commas between them.
const IGNORED_PREFIXES: &str = "TF_AWS_IGNORE_TAGS_KEY_PREFIXES";

/// What the environment says of tags, for all configurations of the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AmbientTags {
    /// Default tags; those of a `default_tags` block win.
    pub defaults: BTreeMap<String, String>,
    /// Keys of tags to leave alone, beside those of an `ignore_tags` block.
    pub ignored_keys: Vec<String>,
    /// Prefixes of keys of tags to leave alone, beside those of an `ignore_tags` block.
    pub ignored_prefixes: Vec<String>,
}

impl AmbientTags {
    /// Reads `TF_AWS_DEFAULT_TAGS_<key>`, `TF_AWS_IGNORE_TAGS_KEYS` and
    /// `TF_AWS_IGNORE_TAGS_KEY_PREFIXES` among all variables.
    pub fn from_environment(variables: impl IntoIterator<Item = (String, String)>) -> AmbientTags {
        let mut tags = AmbientTags::default();
        for (name, value) in variables {
            match name.as_str() {
                IGNORED_KEYS => tags.ignored_keys = parts(&value),
                IGNORED_PREFIXES => tags.ignored_prefixes = parts(&value),
                _ => {
                    if let Some(key) = name.strip_prefix(DEFAULT) {
                        tags.defaults.insert(key.to_owned(), value);
                    }
                }
            }
        }
        tags
    }
}

fn parts(list: &str) -> Vec<String> {
    let parts = list.split(',').map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As hashicorp/aws 5.100.0 reads the same variables.
    #[test]
    fn variables_are_told_by_their_names() {
        let variables = [
            ("TF_AWS_DEFAULT_TAGS_Team", "core"),
            ("TF_AWS_DEFAULT_TAGS_lower", ""),
            ("TF_AWS_DEFAULT_TAG_No", "x"),
            ("TF_AWS_IGNORE_TAGS_KEYS", "A, B"),
            ("TF_AWS_IGNORE_TAGS_KEY_PREFIXES", "auto/,"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let tags = AmbientTags::from_environment(variables);
        let defaults = [("Team", "core"), ("lower", "")];
        let defaults = defaults.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(tags.defaults, BTreeMap::from(defaults));
        assert_eq!(tags.ignored_keys, ["A", "B"]);
        assert_eq!(tags.ignored_prefixes, ["auto/"]);
    }
}
