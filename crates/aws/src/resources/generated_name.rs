//! Names that are made of a prefix and a unique suffix.

/// Length of the suffix: date and time to a tenth of a millisecond, and eight hexadecimal digits.
const SUFFIX: usize = 26;

/// The prefix of a name that looks generated; empty for any other.
pub fn prefix(name: &str) -> &str {
    let Some(at) = name.len().checked_sub(SUFFIX) else {
        return "";
    };
    let is_hexadecimal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    match name.split_at_checked(at) {
        Some((prefix, suffix)) if suffix.bytes().all(is_hexadecimal) => prefix,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_generated_suffix_leaves_a_prefix() {
        assert_eq!(prefix("app-20260121204528452100000002"), "app-");
        assert_eq!(prefix("app-database"), "");
        assert_eq!(prefix("a-name-that-is-long-enough-but-not-generated"), "");
    }
}
