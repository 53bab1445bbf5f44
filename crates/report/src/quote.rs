//! Text in quotes, and names that need them.

use std::fmt::Write;

/// The text in quotes, with escapes for whatever a terminal would not show as itself.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => push_visible(&mut quoted, other),
        }
    }
    quoted.push('"');
    quoted
}

/// A name of an attribute: as it is where the language allows that, else in quotes.
pub(crate) fn name(text: &str) -> String {
    let mut characters = text.chars();
    let is_first = |c: char| c.is_alphabetic() || c == '_';
    let is_later = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if characters.next().is_some_and(is_first) && characters.all(is_later) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A line of a longer text, in which nothing can steer the terminal.
pub(crate) fn visible(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for character in line.chars() {
        match character {
            '\t' => shown.push('\t'),
            other => push_visible(&mut shown, other),
        }
    }
    shown
}

pub(crate) fn push_visible(out: &mut String, character: char) {
    if !is_hidden(character) {
        out.push(character);
        return;
    }
    let code = u32::from(character);
    // Writing to a string cannot fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Whether a character has no shape of its own: controls, unusual spaces, and the format
/// characters that can reorder or hide what surrounds them.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_not_show_is_escaped() {
        assert_eq!(quoted("é\t\"\\${a}"), "\"é\\t\\\"\\\\${a}\"");
        assert_eq!(quoted("a\u{1b}[2J\u{202e}b"), "\"a\\x1b[2J\\u202eb\"");
        assert_eq!(visible("a\u{1b}\tb"), "a\\x1b\tb");
    }

    #[test]
    fn names_are_quoted_only_where_they_must_be() {
        assert_eq!(name("ключ-1"), "ключ-1");
        assert_eq!(name("odd key"), "\"odd key\"");
        assert_eq!(name("1st"), "\"1st\"");
        assert_eq!(name(""), "\"\"");
    }
}
