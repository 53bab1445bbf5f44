//! A text as the parser should see it.
//!
//! The parser misreads a few well-formed things. They are replaced by others of the same length
//! that it reads rightly, so that every place stays where it is; what numbers and names mean is
//! taken from the original text afterwards.

use std::borrow::Cow;

use super::tokens::{Kind, Token};

/// Replaces heredocs without content, which the parser lets run on to the next closing mark,
/// numbers with exponents, some of which are too large for it, and ends of lines that mean nothing,
/// at some of which it stops.
pub(super) fn mask<'t>(text: &'t str, tokens: &[Token]) -> Cow<'t, str> {
    let mut masked = Cow::Borrowed(text);
    // Of each open bracket, whether lines may end anywhere within it.
    let mut brackets = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.kind.opens() {
            brackets.push(ignores_newlines(text, &tokens[at..]));
        } else if token.kind.opener().is_some() {
            brackets.pop();
        }
        let place = token.place.clone();
        let (place, instead, filler) = match token.kind {
            Kind::OpenHeredoc => match tokens.get(at + 1) {
                Some(next) if next.kind == Kind::CloseHeredoc => {
                    (place.start..next.place.end, "\"\"", " ")
                }
                _ => continue,
            },
            Kind::Newline if brackets.last() == Some(&true) && at > 0 => {
                // What is left out between tokens are comments. The mark that closes a heredoc
                // stands on a line of its own.
                match &tokens[at - 1] {
                    before if before.kind == Kind::CloseHeredoc => continue,
                    before => (before.place.end..place.end, "", " "),
                }
            }
            Kind::Number if text[place.clone()].contains(['e', 'E']) => (place, "", "0"),
            _ => continue,
        };
        let fill = filler.repeat(place.len() - instead.len());
        masked.to_mut().replace_range(place, &format!("{instead}{fill}"));
    }
    masked
}

/// Whether the ends of lines mean nothing within the bracket that the first token opens. In braces
/// that holds for a `for` expression only.
fn ignores_newlines(text: &str, tokens: &[Token]) -> bool {
    match tokens[0].kind {
        Kind::OPEN_BRACKET | Kind::OPEN_PAREN | Kind::Interpolation | Kind::Directive => true,
        Kind::OPEN_BRACE => {
            let mut inside = tokens[1..].iter().filter(|token| token.kind != Kind::Newline);
            let mut next = || inside.next().map(|token| (token.kind, &text[token.place.clone()]));
            // A block may have an argument of this name.
            matches!(next(), Some((Kind::Name, "for")))
                && matches!(next(), Some((Kind::Name, _)))
                && matches!(next(), Some((_, "in" | ",")))
        }
        _ => false,
    }
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
            ("a = (1 # é\n+ 2)\n", "a = (1      + 2)\n"),
            ("a = [\r\n]\r\n", "a = [  ]\r\n"),
            ("a = \"${\nb}\"\n", "a = \"${ b}\"\n"),
            ("a = {\nfor k in b : k =>\n1\n}", "a = { for k in b : k => 1 }"),
            ("a = { b = 1\nc = [{\nd = 1 },\n] }", "a = { b = 1\nc = [{\nd = 1 }, ] }"),
            ("a {\nfor = 1\n}", "a {\nfor = 1\n}"),
            ("a = [<<E\nx\nE\n, 1\n]", "a = [<<E\nx\nE\n, 1 ]"),
        ];
        for (text, expected) in cases {
            assert_eq!(mask(text, &scan(text)), expected);
        }
    }
}
