//! Tags, under the rules that all services share.

use std::collections::{BTreeMap, BTreeSet};

/// The tags of a resource.
pub(crate) type Tags = BTreeMap<String, String>;

const MOST_TAGS: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// What is wrong with tags. Each service has its own words for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TagProblem {
    Duplicate,
    TooMany,
    Reserved,
    KeyLength { index: usize, key: String, bound: LengthBound },
    ValueLength { index: usize, value: String },
}

/// The bound that a tag's key breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LengthBound {
    AtLeast(usize),
    AtMost(usize),
}

/// The tags of a resource after more were put on it.
pub(crate) fn merge(
    existing: &Tags,
    added: impl IntoIterator<Item = (String, String)>,
) -> Result<Tags, TagProblem> {
    let mut tags = existing.clone();
    let mut seen = BTreeSet::new();
    for (index, (key, value)) in added.into_iter().enumerate() {
        check_lengths(index + 1, &key, &value)?;
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

fn check_lengths(index: usize, key: &str, value: &str) -> Result<(), TagProblem> {
    let broken = match key.chars().count() {
        0 => Some(LengthBound::AtLeast(1)),
        1..=LONGEST_KEY => None,
        _ => Some(LengthBound::AtMost(LONGEST_KEY)),
    };
    if let Some(bound) = broken {
        return Err(TagProblem::KeyLength { index, key: key.to_owned(), bound });
    }
    if value.chars().count() > LONGEST_VALUE {
        return Err(TagProblem::ValueLength { index, value: value.to_owned() });
    }
    Ok(())
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
        assert!(matches!(put(&[("", "")]), Err(TagProblem::KeyLength { .. })));
        assert!(matches!(put(&[("a", &"v".repeat(257))]), Err(TagProblem::ValueLength { .. })));
        let keys: Vec<String> = (0..51).map(|number| number.to_string()).collect();
        let many: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "")).collect();
        assert_eq!(put(&many), Err(TagProblem::TooMany));
    }
}
