//! Cuts a JSON text into tokens.

use std::ops::Range;

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    Equals,
    Keyword,
    String,
    Number,
    Invalid,
    End,
}

/// A token and its place.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) place: Range<usize>,
}

/// The tokens of a text, one after another; at the end, the end without end.
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    next: Option<Token>,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Tokens<'t> {
        Tokens { text, at: 0, next: None }
    }

    pub(super) fn peek(&mut self) -> Token {
        if let Some(next) = &self.next {
            return next.clone();
        }
        let token = self.cut();
        self.next = Some(token.clone());
        token
    }

    pub(super) fn read(&mut self) -> Token {
        let token = self.peek();
        self.next = None;
        token
    }

    fn cut(&mut self) -> Token {
        let white = |character: char| matches!(character, ' ' | '\t' | '\r' | '\n');
        let rest = self.text[self.at..].trim_start_matches(white);
        self.at = self.text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return Token { kind: Kind::End, place: self.at..self.at };
        };
        let run = |wanted: fn(char) -> bool| {
            rest.find(|character| !wanted(character)).unwrap_or(rest.len())
        };
        let (kind, length) = match first {
            '{' => (Kind::OpenBrace, 1),
            '}' => (Kind::CloseBrace, 1),
            '[' => (Kind::OpenBracket, 1),
            ']' => (Kind::CloseBracket, 1),
            ',' => (Kind::Comma, 1),
            ':' => (Kind::Colon, 1),
            '=' => (Kind::Equals, 1),
            '"' => (Kind::String, string_length(rest)),
            '-' | '+' | '.' | '0'..='9' => {
                (Kind::Number, run(|c| matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9')))
            }
            'a'..='z' | 'A'..='Z' => (Kind::Keyword, run(|c| c.is_ascii_alphabetic())),
            other => (Kind::Invalid, other.len_utf8()),
        };
        let place = self.at..self.at + length;
        self.at = place.end;
        Token { kind, place }
    }
}

/// Length with both quotes; up to the end of the line if the closing one is missing.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'\n' => return at,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
