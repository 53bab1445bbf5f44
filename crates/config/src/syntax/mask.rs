//! A text as the parser should see it.
//!
//! The parser misreads a few well-formed things. They are replaced by others of the same length
//! that it reads rightly, so that every place stays where it is; what numbers and names mean is
//! taken from the original text afterwards.

use std::borrow::Cow;

use super::tokens::{Kind, Token};

/// Replaces heredocs without content, which the parser lets run on to the next closing mark, and
/// numbers with exponents, some of which are too large for it.
pub(super) fn mask<'t>(text: &'t str, tokens: &[Token]) -> Cow<'t, str> {
    let mut masked = Cow::Borrowed(text);
    for (at, token) in tokens.iter().enumerate() {
        let place = token.place.clone();
        let (place, instead, filler) = match token.kind {
            Kind::OpenHeredoc => match tokens.get(at + 1) {
                Some(next) if next.kind == Kind::CloseHeredoc => {
                    (place.start..next.place.end, "\"\"", " ")
                }
                _ => continue,
            },
            Kind::Number if text[place.clone()].contains(['e', 'E']) => (place, "", "0"),
            _ => continue,
        };
        let fill = filler.repeat(place.len() - instead.len());
        masked.to_mut().replace_range(place, &format!("{instead}{fill}"));
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::mask;

    #[test]
    fn places_stay_where_they_are() {
        let cases = [
            ("a = <<EOT\nEOT\nb = 1", "a = \"\"       \nb = 1"),
            ("a = <<-EOT\n  EOT\n", "a = \"\"          \n"),
            ("a = <<EOT\nx\nEOT\n", "a = <<EOT\nx\nEOT\n"),
            ("a = 1e400 + 2", "a = 00000 + 2"),
            ("a = \"1e400\"", "a = \"1e400\""),
        ];
        for (text, expected) in cases {
            assert_eq!(mask(text, &scan(text)), expected);
        }
    }
}
