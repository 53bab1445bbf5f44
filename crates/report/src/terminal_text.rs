//! The last look at text before it goes to a terminal.
//!
//! Names, tags and errors come from files and from the cloud. Whatever part of the program they
//! went through, none of them may steer the terminal: move the cursor, rewrite a line that was
//! read already, hide text, or turn the direction of writing.

use std::borrow::Cow;

use crate::quote::{is_hidden, push_visible};

/// The text with whatever could steer a terminal spelled out. Colours stay if there are any to be.
pub fn terminal_text(text: &str, colour: bool) -> Cow<'_, str> {
    let Some(first) = text.find(steers) else { return Cow::Borrowed(text) };
    let mut shown = String::with_capacity(text.len() + 16);
    let (before, mut rest) = text.split_at(first);
    shown.push_str(before);
    while let Some(character) = rest.chars().next() {
        if let Some(length) = colour.then(|| colour_at(rest)).flatten() {
            shown.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        match steers(character) && !rest.starts_with("\r\n") {
            true => push_visible(&mut shown, character),
            false => shown.push(character),
        }
        rest = &rest[character.len_utf8()..];
    }
    Cow::Owned(shown)
}

/// JSON with every character that could steer a terminal in JSON's own escapes: the same data.
/// JSON itself asks for that of the first 32 characters only.
pub fn terminal_json(json: &str) -> Cow<'_, str> {
    // Outside of texts JSON has no such character.
    let steers = |c: char| !c.is_ascii_control() && is_hidden(c) || c == '\u{7f}';
    if !json.contains(steers) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if steers(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Unusual spaces stay: they are seen as what they are.
fn steers(character: char) -> bool {
    !matches!(character, '\n' | '\t') && is_hidden(character) && !is_plain_space(character)
}

fn is_plain_space(character: char) -> bool {
    character.is_whitespace()
        && !character.is_control()
        && !matches!(character, '\u{2028}' | '\u{2029}')
}

/// The length of the sequence that the text begins with, if it is one of those that this program
/// sets colours with.
fn colour_at(text: &str) -> Option<usize> {
    let body = text.strip_prefix("\u{1b}[")?;
    let digits = body.find(|c: char| !c.is_ascii_digit())?;
    let is_end = body[digits..].starts_with('m');
    let is_known =
        matches!(body[..digits].parse::<u8>(), Ok(0 | 1 | 2 | 3 | 4 | 22 | 31..=36 | 39 | 90..=96));
    (is_end && (is_known || digits == 0)).then_some(2 + digits + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        for (text, shown) in [
            ("plain é \u{a0} text\n\tline\r\n", "plain é \u{a0} text\n\tline\r\n"),
            ("\u{1b}[2J", "\\x1b[2J"),
            ("\u{1b}]8;;http://a\u{1b}\\b", "\\x1b]8;;http://a\\x1b\\b"),
            ("\u{1b}]52;c;AAAA\u{7}", "\\x1b]52;c;AAAA\\x07"),
            ("\u{9b}2J", "\\x9b2J"),
            ("yes\rno", "yes\\x0dno"),
            ("a\u{8}b\u{7f}", "a\\x08b\\x7f"),
            ("a\u{202e}b\u{2066}\u{200b}", "a\\u202eb\\u2066\\u200b"),
            ("a\u{2028}b", "a\\u2028b"),
        ] {
            assert_eq!(terminal_text(text, true), shown);
            assert_eq!(terminal_text(text, false), shown);
        }
        let bold = "\u{1b}[1ma\u{1b}[0m";
        assert_eq!(terminal_text(bold, true), bold);
        assert_eq!(terminal_text(bold, false), "\\x1b[1ma\\x1b[0m");
        assert_eq!(terminal_text("\u{1b}[8mhidden", true), "\\x1b[8mhidden");
        assert_eq!(terminal_text("\u{1b}[", true), "\\x1b[");
    }

    #[test]
    fn json_stays_the_same_data() {
        let data = serde_json::json!({ "a\u{202e}": "\u{9b}2J\u{7f}\u{e0041}é" });
        let text = terminal_json(&data.to_string()).into_owned();
        assert_eq!(text, r#"{"a\u202e":"\u009b2J\u007f\udb40\udc41é"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), data);
    }

    proptest! {
        #[test]
        fn no_text_keeps_what_steers(text in any::<String>(), colour in any::<bool>()) {
            let shown = terminal_text(&text, colour);
            let kept: Vec<char> = shown.chars().filter(|c| steers(*c)).collect();
            prop_assert!(kept.iter().all(|c| *c == '\r' || (*c == '\u{1b}' && colour)), "{kept:?}");
            prop_assert!(terminal_text(&shown, colour) == shown);
        }
    }
}
