//! Labels of blocks.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::piece::Piece;
use crate::syntax::Kind;

/// A label between quotes. It is given as it stood between quotes, or as a bare name.
pub(super) fn quoted(label: Cow<'_, str>) -> impl Iterator<Item = Piece<'_>> {
    let label = canonical(label);
    let text = (!label.is_empty()).then(|| Piece::new(Kind::Text, label));
    let open = Piece::new(Kind::OpenQuote, "\"");
    let close = Piece::new(Kind::CloseQuote, "\"");
    std::iter::once(open).chain(text).chain(std::iter::once(close))
}

/// A label with only the escapes that it needs. Terraform loses some labels with `$` and `%` in
/// them; they stay as they are here.
fn canonical(label: Cow<'_, str>) -> Cow<'_, str> {
    let is_plain = |c: char| matches!(c, ' '..='~') && c != '\\';
    if label.contains(['$', '%']) || label.chars().all(is_plain) {
        return label;
    }
    match unescaped(&label) {
        Some(text) => Cow::Owned(escaped(&text)),
        None => label,
    }
}

/// What a label means; nothing if it has an escape without meaning.
fn unescaped(label: &str) -> Option<String> {
    let mut text = String::with_capacity(label.len());
    let mut rest = label;
    while let Some((plain, after)) = rest.split_once('\\') {
        text.push_str(plain);
        let selector = after.chars().next()?;
        let mut code = |digits: usize| {
            let code = u32::from_str_radix(after.get(1..=digits)?, 16).ok()?;
            text.push(char::from_u32(code)?);
            Some(digits)
        };
        let digits = match selector {
            'u' => code(4)?,
            'U' => code(8)?,
            _ => {
                text.push(match selector {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    '"' | '\\' => selector,
                    _ => return None,
                });
                0
            }
        };
        rest = &after[selector.len_utf8() + digits..];
    }
    text.push_str(rest);
    Some(if is_nfc(&text) { text } else { text.nfc().collect() })
}

fn escaped(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => label.push_str("\\n"),
            '\r' => label.push_str("\\r"),
            '\t' => label.push_str("\\t"),
            '"' => label.push_str("\\\""),
            '\\' => label.push_str("\\\\"),
            _ if is_printable(character) => label.push(character),
            _ if u32::from(character) < 0x10000 => {
                label.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => label.push_str(&format!("\\U{:08x}", u32::from(character))),
        }
    }
    label
}

/// Whether a character is more than white space or a control code. Within a string, Rust escapes
/// those that are not for debugging.
fn is_printable(character: char) -> bool {
    let within = ['a', character].iter().collect::<String>();
    !within.escape_debug().any(|part| part == '\\')
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn labels_keep_only_the_escapes_that_they_need() {
        let cases = [
            (r"plain", r"plain"),
            ("a\tb", r"a\tb"),
            (r"\u0061\U00000062", r"ab"),
            (r#"\n\t\r\"\\"#, r#"\n\t\r\"\\"#),
            ("e\u{301}", "\u{e9}"),
            (r"\u200b", r"\u200b"),
            ("\u{200b}\u{a0}", r"\u200b\u00a0"),
            ("\u{e0001}", r"\U000e0001"),
            ("a\u{300}\u{20}\u{1f600}", "\u{e0} \u{1f600}"),
            ("$\\u0061", "$\\u0061"),
            (r"\q", r"\q"),
        ];
        for (label, expected) in cases {
            assert_eq!(canonical(label.into()), expected, "{label:?}");
        }
    }
}
