//! Colours and width.

use std::fmt::Display;

use anstyle::AnsiColor;
use unicode_width::UnicodeWidthStr;

/// Whether text is coloured, and how wide it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to write colours.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// Without colours, and as wide as a terminal of old.
impl Default for Style {
    fn default() -> Style {
        Style { colour: false, width: 78 }
    }
}

/// What a piece of text is, for the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// It comes into being, or it went well.
    Added,
    /// It changes, or deserves a look.
    Changed,
    /// It goes away.
    Removed,
    /// It is removed, and that should not be overlooked.
    Grave,
    /// It can be passed over.
    Faint,
    /// It is what the line is about.
    Bold,
    /// It is about something that happened elsewhere.
    Note,
    /// It went well, and that is the end.
    Success,
}

impl Tone {
    fn style(self) -> anstyle::Style {
        match self {
            Tone::Added => AnsiColor::Green.on_default(),
            Tone::Changed => AnsiColor::Yellow.on_default(),
            Tone::Removed => AnsiColor::Red.on_default(),
            Tone::Grave => AnsiColor::Red.on_default().bold(),
            Tone::Faint => AnsiColor::BrightBlack.on_default(),
            Tone::Bold => anstyle::Style::new().bold(),
            Tone::Note => AnsiColor::Cyan.on_default().bold(),
            Tone::Success => AnsiColor::Green.on_default().bold(),
        }
    }
}

impl Style {
    pub(crate) fn paint(self, tone: Tone, text: impl Display) -> String {
        if !self.colour {
            return text.to_string();
        }
        let style = tone.style();
        format!("{style}{text}{style:#}")
    }

    /// A line across the terminal.
    pub(crate) fn rule(self) -> String {
        "─".repeat(self.width.saturating_sub(1))
    }

    /// The text with its lines broken between words. A line that begins with a space is laid
    /// out already and stays as it is.
    pub(crate) fn wrap(self, text: &str) -> String {
        let lines: Vec<String> = text.split('\n').map(|line| self.wrap_line(line)).collect();
        lines.join("\n")
    }

    fn wrap_line(self, line: &str) -> String {
        if line.starts_with(' ') {
            return line.to_owned();
        }
        let mut wrapped = String::with_capacity(line.len() + 8);
        let mut column = 0;
        for word in line.split(' ') {
            let width = word.width();
            if column > 0 && column + 1 + width >= self.width {
                wrapped.push('\n');
                column = 0;
            } else if column > 0 {
                wrapped.push(' ');
                column += 1;
            }
            wrapped.push_str(word);
            column += width;
        }
        wrapped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_one_column_before_the_edge() {
        let style = Style { colour: false, width: 11 };
        assert_eq!(style.wrap("aaaa bbbbb cc dd"), "aaaa bbbbb\ncc dd");
        assert_eq!(style.wrap("aaaa bbbbbb cc"), "aaaa\nbbbbbb cc");
        assert_eq!(style.wrap("a\n  kept as it is laid out"), "a\n  kept as it is laid out");
    }

    #[test]
    fn only_coloured_text_is_painted() {
        let plain = Style::default();
        assert_eq!(plain.paint(Tone::Added, "+"), "+");
        let coloured = Style { colour: true, ..plain };
        assert_eq!(coloured.paint(Tone::Added, "+"), "\u{1b}[32m+\u{1b}[0m");
    }
}
