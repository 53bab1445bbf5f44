//! Cuts a text into tokens; every text has some.

use unicode_ident::{is_xid_continue, is_xid_start};

use super::tokens::{Kind, Token};

/// Longest first, so that the first that fits is right.
const SYMBOLS: [&str; 34] = [
    "...", "=>", "==", "!=", "<=", ">=", "&&", "||", "::", "{", "}", "[", "]", "(", ")", "=", ",",
    ":", ".", "*", "/", "%", "+", "-", "!", "<", ">", "?", "&", "|", "^", "~", ";", "`",
];

/// What the scanner is inside of.
enum Mode {
    /// Code, with the number of braces open in it; in a template, one more ends it.
    Code {
        braces: usize,
        in_template: bool,
    },
    Quoted,
    Heredoc {
        marker: String,
    },
}

/// Cuts a text into tokens, the last of which is its end. Comments are left out.
pub(super) fn scan(text: &str) -> Vec<Token> {
    let mut tokens = scan_with_comments(text);
    tokens.retain(|token| token.kind != Kind::Comment);
    tokens
}

/// Cuts a text into tokens, the last of which is its end.
pub(super) fn scan_with_comments(text: &str) -> Vec<Token> {
    scan_in(text, Mode::Code { braces: 0, in_template: false })
}

/// Cuts a text that is a template as a whole. Comments are left out.
pub(super) fn scan_template(text: &str) -> Vec<Token> {
    // No line can equal this marker, so the text ends where it ends.
    let mut tokens = scan_in(text, Mode::Heredoc { marker: "\n".into() });
    tokens.retain(|token| token.kind != Kind::Comment);
    tokens
}

fn scan_in(text: &str, mode: Mode) -> Vec<Token> {
    let mut scanner =
        Scanner { text, at: 0, tokens: Vec::new(), modes: vec![mode], comments_end: true };
    while scanner.at < text.len() {
        match scanner.modes.last_mut() {
            Some(Mode::Quoted) => scanner.quoted(),
            Some(Mode::Heredoc { marker }) => {
                let marker = std::mem::take(marker);
                scanner.heredoc(marker);
            }
            _ => scanner.code(),
        }
    }
    scanner.push(Kind::End, 0);
    scanner.tokens
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    modes: Vec<Mode>,
    /// Whether there may be a `*/` in what is left. A text without one is searched only once.
    comments_end: bool,
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.tokens.push(Token { kind, place: self.at..self.at + length });
        self.at += length;
    }

    /// Length of the longest prefix of characters that satisfy `wanted`.
    fn run(&self, wanted: impl Fn(char) -> bool) -> usize {
        self.rest().find(|character| !wanted(character)).unwrap_or(self.rest().len())
    }

    fn code(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return;
        };
        if first == ' ' || first == '\t' {
            self.at += self.run(|c| matches!(c, ' ' | '\t'));
        } else if first == '\n' {
            self.push(Kind::Newline, 1);
        } else if rest.starts_with("\r\n") {
            self.push(Kind::Newline, 2);
        } else if first == '#' || rest.starts_with("//") {
            let line =
                rest.split_once('\n').map(|(line, _)| line.strip_suffix('\r').unwrap_or(line));
            self.push(Kind::Comment, line.unwrap_or(rest).len());
        } else if let Some(length) = self.enclosed_comment() {
            self.push(Kind::Comment, length);
        } else if first == '"' {
            self.push(Kind::OpenQuote, 1);
            self.modes.push(Mode::Quoted);
        } else if let Some((length, marker)) = heredoc_start(rest) {
            self.push(Kind::OpenHeredoc, length);
            self.modes.push(Mode::Heredoc { marker });
        } else if is_name_start(first) {
            self.push(Kind::Name, self.run(is_name_part));
        } else if first.is_ascii_digit() {
            self.push(Kind::Number, number_length(rest));
        } else {
            self.symbol(first);
        }
    }

    /// Length of the comment from `/*` to `*/` that begins here.
    fn enclosed_comment(&mut self) -> Option<usize> {
        let inside = self.rest().strip_prefix("/*").filter(|_| self.comments_end)?;
        let end = inside.find("*/");
        self.comments_end = end.is_some();
        Some(end? + "/**/".len())
    }

    fn symbol(&mut self, first: char) {
        let rest = self.rest();
        if let Some(Mode::Code { braces, in_template }) = self.modes.last_mut() {
            let ends = *in_template && *braces == 0;
            match first {
                '{' => *braces += 1,
                '}' if !ends => *braces = braces.saturating_sub(1),
                _ => {}
            }
            if ends && (first == '}' || rest.starts_with("~}")) {
                self.push(Kind::SequenceEnd, if first == '}' { 1 } else { 2 });
                self.modes.pop();
                return;
            }
        }
        match SYMBOLS.into_iter().find(|symbol| rest.starts_with(*symbol)) {
            Some(symbol @ ("&" | "|" | "^" | "~" | ";" | "`")) => {
                self.push(Kind::Stray, symbol.len());
            }
            Some(symbol) => self.push(Kind::Symbol(symbol), symbol.len()),
            None => self.push(Kind::Stray, first.len_utf8()),
        }
    }

    fn quoted(&mut self) {
        let rest = self.rest();
        if rest.starts_with('"') {
            self.push(Kind::CloseQuote, 1);
            self.modes.pop();
        } else if rest.starts_with(['\n', '\r']) {
            self.push(Kind::QuotedNewline, self.run(|c| matches!(c, '\n' | '\r')));
        } else if !self.sequence_start() {
            let length = text_length(rest, |at| rest[at..].starts_with(['"', '\n', '\r']), true);
            self.push(Kind::Text, length);
        }
    }

    fn heredoc(&mut self, marker: String) {
        let rest = self.rest();
        let line = rest.split_inclusive('\n').next().unwrap_or(rest);
        let at_line_start = self.text[..self.at].ends_with('\n');
        let closes = at_line_start && line.trim() == marker;
        if let Some(line) = line.strip_suffix('\n').filter(|_| closes) {
            self.push(Kind::CloseHeredoc, line.strip_suffix('\r').unwrap_or(line).len());
            self.modes.pop();
            return;
        }
        if let Some(Mode::Heredoc { marker: kept }) = self.modes.last_mut() {
            *kept = marker;
        }
        if !self.sequence_start() {
            let length = text_length(line, |_| false, false);
            self.push(Kind::Text, length);
        }
    }

    /// Takes the beginning of an interpolation or directive, if there is one here.
    fn sequence_start(&mut self) -> bool {
        let rest = self.rest();
        let kind = match rest.get(..2) {
            Some("${") => Kind::Interpolation,
            Some("%{") => Kind::Directive,
            _ => return false,
        };
        self.push(kind, if rest[2..].starts_with('~') { 3 } else { 2 });
        self.modes.push(Mode::Code { braces: 0, in_template: true });
        true
    }
}

fn is_name_start(character: char) -> bool {
    is_xid_start(character) || character == '_'
}

pub(crate) fn is_name_part(character: char) -> bool {
    is_xid_continue(character) || character == '-'
}

/// Length of `<<MARKER` with its newline, and the marker.
fn heredoc_start(rest: &str) -> Option<(usize, String)> {
    let after = rest.strip_prefix("<<")?;
    let name = after.strip_prefix('-').unwrap_or(after);
    let marker = &name[..name.find(|c| !is_name_part(c)).unwrap_or(name.len())];
    let end = &name[marker.len()..];
    let end = end.strip_prefix('\r').unwrap_or(end).strip_prefix('\n')?;
    marker.starts_with(is_name_start).then(|| (rest.len() - end.len(), marker.to_owned()))
}

/// Length of a number. Like Terraform's scanner, this takes what looks like numbers run together
/// as one; whether it means something is another question.
fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let (mut at, mut length) = (0, 0);
    loop {
        match bytes.get(at) {
            Some(b'0'..=b'9') => at += 1,
            Some(b'.') => {
                at += 1;
                continue;
            }
            Some(b'e' | b'E') if is_digit(at + 1) => at += 2,
            Some(b'e' | b'E')
                if matches!(bytes.get(at + 1), Some(b'+' | b'-')) && is_digit(at + 2) =>
            {
                at += 3;
            }
            _ => return length,
        }
        length = at;
    }
}

/// Length of the text up to a sequence or to where `ends` says; at least one character.
fn text_length(text: &str, ends: impl Fn(usize) -> bool, escapes: bool) -> usize {
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let here = &text[at..];
        if here.starts_with("$${") || here.starts_with("%%{") {
            at += 3;
            continue;
        }
        if at > 0 && (here.starts_with("${") || here.starts_with("%{")) || ends(at) {
            break;
        }
        at += character.len_utf8();
        if escapes && character == '\\' && !text[at..].starts_with(['\n', '\r']) {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    at
}
