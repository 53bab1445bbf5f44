//! What a mistyped name may have meant.

/// The candidate closest to `wanted`, if one is close enough to be worth naming.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (wanted.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (distance(wanted, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance: insertions, deletions and substitutions.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_found_and_strangers_are_not() {
        let names = ["aws_kms_key", "aws_kms_alias", "aws_secretsmanager_secret"];
        assert_eq!(nearest("aws_kms_keys", names), Some("aws_kms_key"));
        assert_eq!(nearest("aws_secretmanager_secret", names), Some("aws_secretsmanager_secret"));
        assert_eq!(nearest("google_kms_crypto_key", names), None);
    }
}
