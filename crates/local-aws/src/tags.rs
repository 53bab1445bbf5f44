//! Tags, under the rules that all services share beyond their models.

use std::collections::{BTreeMap, BTreeSet};

/// The tags of a resource.
pub(crate) type Tags = BTreeMap<String, String>;

const MOST_TAGS: usize = 50;

/// What is wrong with tags. Each service has its own words for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TagProblem {
    Duplicate,
    TooMany,
    Reserved,
}

/// The tags of a resource after more were put on it.
pub(crate) fn merge(
    existing: &Tags,
    added: impl IntoIterator<Item = (String, String)>,
) -> Result<Tags, TagProblem> {
    let mut tags = existing.clone();
    let mut seen = BTreeSet::new();
    for (key, value) in added {
        if key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) {
            return Err(TagProblem::Reserved);
        }
        if !seen.insert(key.clone()) {
            return Err(TagProblem::Duplicate);
        }
        tags.insert(key, value);
    }
    if tags.len() > MOST_TAGS {
        return Err(TagProblem::TooMany);
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(tags: &[(&str, &str)]) -> Result<Tags, TagProblem> {
        merge(&Tags::new(), tags.iter().map(|(key, value)| (key.to_string(), value.to_string())))
    }

    #[test]
    fn later_tags_replace_earlier_ones_of_the_same_key() {
        let first = put(&[("team", "red")]).unwrap();
        let second = merge(&first, [("team".to_owned(), "blue".to_owned())]).unwrap();
        assert_eq!(second["team"], "blue");
    }

    #[test]
    fn broken_tags_are_refused() {
        assert_eq!(put(&[("a", ""), ("a", "")]), Err(TagProblem::Duplicate));
        assert_eq!(put(&[("AWS:x", "")]), Err(TagProblem::Reserved));
        let keys: Vec<String> = (0..51).map(|number| number.to_string()).collect();
        let many: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "")).collect();
        assert_eq!(put(&many), Err(TagProblem::TooMany));
    }
}
