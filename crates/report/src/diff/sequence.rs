//! Which elements of two sequences are the same.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use meridian_lang::{Value, to_json};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::Sides;
use super::value::Shape;

/// Positions in the old and the new sequence.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// Pairs the elements of two ordered sequences.
///
/// Sequences of equal length are compared place by place, unless they hold the same elements
/// in another order: then, and where the lengths differ, the longest common subsequence stays
/// in its place.
pub(super) fn pair_elements(before: &[Value], after: &[Value]) -> Vec<Pair> {
    let old = fingerprints(before, "old");
    let new = fingerprints(after, "new");
    let is_reordered = || old.iter().collect::<HashSet<_>>() == new.iter().collect();
    if before.len() == after.len() && !is_reordered() {
        return (0..before.len()).map(|at| (Some(at), Some(at))).collect();
    }
    let mut pairs = Vec::with_capacity(before.len().max(after.len()));
    for operation in capture_diff_slices(algorithm(&old, &new), &old, &new) {
        match operation {
            DiffOp::Equal { old_index, new_index, len } => {
                pairs.extend((0..len).map(|at| (Some(old_index + at), Some(new_index + at))));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                pairs.extend((old_index..old_index + old_len).map(|at| (Some(at), None)));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                pairs.extend((new_index..new_index + new_len).map(|at| (None, Some(at))));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let old = old_index..old_index + old_len;
                let new = new_index..new_index + new_len;
                pairs.extend(pair_replaced(before, old, after, new));
            }
        }
    }
    pairs
}

/// Pairs what is in the place of each other: an object in the place of an object is that
/// object, changed.
fn pair_replaced(
    before: &[Value],
    old: Range<usize>,
    after: &[Value],
    mut new: Range<usize>,
) -> Vec<Pair> {
    let is_object = |value: &Value| Shape::of(value) == Shape::Object;
    let mut pairs = Vec::with_capacity(old.len() + new.len());
    for (at, value) in old.clone().zip(&before[old]) {
        let is_changed = is_object(value) && after[new.clone()].first().is_some_and(is_object);
        pairs.push((Some(at), if is_changed { new.next() } else { None }));
    }
    pairs.extend(new.map(|at| (None, Some(at))));
    pairs
}

/// Up to this many comparisons the longest common subsequence is found with a table of them.
const LARGEST_TABLE: usize = 1 << 20;

fn algorithm(old: &[String], new: &[String]) -> Algorithm {
    if old.len().saturating_mul(new.len()) <= LARGEST_TABLE {
        Algorithm::Lcs
    } else {
        Algorithm::Myers
    }
}

/// Pairs the members of two sets: those that are in both, then what only the new one holds.
pub(super) fn pair_members<'a>(before: &'a [Value], after: &'a [Value]) -> Vec<Sides<'a>> {
    let mut new: HashMap<String, &Value> =
        fingerprints(after, "new").into_iter().zip(after).collect();
    let old = fingerprints(before, "old").into_iter().zip(before);
    let mut pairs: Vec<Sides> =
        old.map(|(print, member)| Sides::new(Some(member), new.remove(&print))).collect();
    let is_left = |(print, _): &(String, &Value)| new.contains_key(print);
    let left = fingerprints(after, "new").into_iter().zip(after).filter(is_left);
    pairs.extend(left.map(|(_, member)| Sides::created(member)));
    pairs
}

/// Texts that are equal where the values are. What is not known yet is equal to nothing.
fn fingerprints(values: &[Value], side: &str) -> Vec<String> {
    let fingerprint = |(at, value): (usize, &Value)| {
        if value.is_wholly_known() {
            to_json(value).to_string()
        } else {
            format!("unknown {side} {at}")
        }
    };
    values.iter().enumerate().map(fingerprint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(before: &str, after: &str) -> String {
        let values = |text: &str| -> Vec<Value> {
            text.chars().map(|letter| Value::string(letter.to_string())).collect()
        };
        let spell = |(old, new): Pair| match (old, new) {
            (Some(old), Some(new)) if before[old..=old] == after[new..=new] => {
                before[old..=old].to_owned()
            }
            (Some(old), Some(new)) => format!("{}>{}", &before[old..=old], &after[new..=new]),
            (Some(old), None) => format!("-{}", &before[old..=old]),
            (None, Some(new)) => format!("+{}", &after[new..=new]),
            (None, None) => String::new(),
        };
        let pairs = pair_elements(&values(before), &values(after));
        pairs.into_iter().map(spell).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn equal_lengths_are_compared_place_by_place() {
        assert_eq!(pairs("abc", "bcd"), "a>b b>c c>d");
        assert_eq!(pairs("abc", "axy"), "a b>x c>y");
        assert_eq!(pairs("abcd", "bacx"), "a>b b>a c d>x");
    }

    #[test]
    fn what_is_only_moved_is_shown_as_moved() {
        assert_eq!(pairs("abc", "cab"), "+c a b -c");
        assert_eq!(pairs("abcde", "bcdea"), "-a b c d e +a");
        assert_eq!(pairs("ab", "ba"), "-a b +a");
        assert_eq!(pairs("aab", "abb"), "a -a b +b");
    }

    #[test]
    fn other_lengths_keep_what_they_have_in_common() {
        assert_eq!(pairs("abcde", "acxdef"), "a -b c +x d e +f");
        assert_eq!(pairs("a", "bc"), "-a +b +c");
        assert_eq!(pairs("ab", "c"), "-a -b +c");
    }
}
