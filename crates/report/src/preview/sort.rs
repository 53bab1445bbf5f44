//! The order in which people look for things.

use std::cmp::Ordering;

use meridian_plan::{Action, ResourceChange};

/// Compares names as people count: `key[2]` stands before `key[10]`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) else {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number, rest) = digits(left);
            let (other, other_rest) = digits(right);
            let (number, other) = (number.trim_start_matches('0'), other.trim_start_matches('0'));
            match number.len().cmp(&other.len()).then_with(|| number.cmp(other)) {
                Ordering::Equal => (left, right) = (rest, other_rest),
                different => return different,
            }
        } else if x == y {
            (left, right) = (&left[x.len_utf8()..], &right[y.len_utf8()..]);
        } else {
            return x.cmp(&y);
        }
    }
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// How much a reviewer must look at a change: what destroys comes first.
fn weight(action: Action) -> u8 {
    match action {
        Action::Delete => 0,
        Action::Replace => 1,
        Action::Forget => 2,
        Action::Update => 3,
        Action::Create => 4,
        Action::NoOp => 5,
        Action::Read | Action::Open => 6,
    }
}

/// The changes in the order in which they are shown: what destroys first, then by Region and name.
pub(super) fn by_weight(changes: &mut [&ResourceChange]) {
    changes.sort_by(|a, b| {
        let weights = weight(a.action).cmp(&weight(b.action));
        let regions = a.region.cmp(&b.region);
        let names = natural(&a.address.to_string(), &b.address.to_string());
        weights.then(regions).then(names).then_with(|| a.deposed.cmp(&b.deposed))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_counted() {
        let mut names = ["k[10]", "k[2]", "k", "k[1].a", "k[02]", "b"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["b", "k", "k[1].a", "k[02]", "k[2]", "k[10]"]);
    }
}
