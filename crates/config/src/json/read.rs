//! From tokens to values. After an error the text is read on from where that makes sense.

use std::ops::Range;

use meridian_lang::{Diagnostic, Diagnostics, FileId, Sources, Span};

use super::tokens::{Kind as Token, Token as Found, Tokens};
use super::{Json, Kind, Name, Property};

/// How deep values may be nested. The tree is walked by recursion, in debug builds too.
const MAX_DEPTH: usize = 100;

const START_OF_VALUE: &str =
    "A JSON value must start with a brace, a bracket, a number, a string, or a keyword.";

/// Reads a whole file, which must be an object or an array of objects.
pub(crate) fn read(sources: &Sources, file: FileId) -> Result<Json, Diagnostics> {
    let text = sources.text(file);
    let mut reader = Reader {
        text,
        file,
        tokens: Tokens::new(text),
        depth: 0,
        found: Vec::new(),
        gave_up: false,
    };
    let value = reader.value();
    let next = reader.tokens.peek();
    if reader.found.is_empty() && next.kind != Token::End {
        reader.report(
            next.place,
            "Extraneous data after value",
            "Extra characters appear after the JSON value.",
        );
    }
    match value {
        Some(value) if reader.found.is_empty() => Ok(value),
        _ => Err(reader.found.into_iter().collect()),
    }
}

pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    file: FileId,
    pub(super) tokens: Tokens<'t>,
    depth: usize,
    found: Vec<Diagnostic>,
    /// Whether nothing more is to be said.
    gave_up: bool,
}

impl<'t> Reader<'t> {
    pub(super) fn report(&mut self, place: Range<usize>, summary: &str, detail: impl Into<String>) {
        if self.gave_up {
            return;
        }
        let span = Span::new(self.file, place.start, place.end);
        self.found.push(Diagnostic::error(summary, detail).at(span));
    }

    /// A value; nothing if something was wrong with it.
    fn value(&mut self) -> Option<Json> {
        let token = self.tokens.peek();
        match token.kind {
            Token::OpenBrace => self.nested(Reader::object),
            Token::OpenBracket => self.nested(Reader::array),
            Token::Number => self.number(),
            Token::String => {
                let name = self.string()?;
                Some(Json { place: name.place, kind: Kind::String(name.text) })
            }
            Token::Keyword => self.keyword(),
            Token::CloseBrace => {
                self.report(token.place, "Missing JSON value", START_OF_VALUE);
                None
            }
            Token::CloseBracket => {
                self.report(token.place, "Missing array element value", START_OF_VALUE);
                None
            }
            Token::End => {
                self.report(token.place, "Missing value", "The JSON data ends prematurely.");
                None
            }
            _ => {
                self.report(token.place, "Invalid start of value", START_OF_VALUE);
                None
            }
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Option<Json>) -> Option<Json> {
        if self.depth == MAX_DEPTH {
            let token = self.tokens.peek();
            let detail = format!("Values can be nested at most {MAX_DEPTH} levels deep.");
            self.report(token.place, "Value nested too deeply", detail);
            // What follows is of no use, and what is around it would only seem unclosed.
            while self.tokens.read().kind != Token::End {}
            self.gave_up = true;
            return None;
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Reads on to what seems to be the end of the object or array around `token`.
    fn recover(&mut self, mut token: Found, open: Token, close: Token) {
        let mut depth = 1_usize;
        loop {
            if token.kind == open {
                depth += 1;
            } else if token.kind == close {
                depth -= 1;
                if depth <= 1 {
                    return;
                }
            } else if token.kind == Token::End {
                return;
            }
            token = self.tokens.read();
        }
    }

    fn object(&mut self) -> Option<Json> {
        let open = self.tokens.read();
        let mut properties = Vec::new();
        while self.tokens.peek().kind != Token::CloseBrace {
            let start = self.tokens.peek();
            let key = self.value();
            let Some(Json { place, kind: Kind::String(text) }) = key else {
                if start.kind != Token::String {
                    self.report(
                        start.place,
                        "Invalid object property name",
                        "A JSON object property name must be a string",
                    );
                }
                return None;
            };
            let name = Name { text, place };
            let colon = self.tokens.read();
            if colon.kind != Token::Colon {
                self.recover(colon.clone(), Token::OpenBrace, Token::CloseBrace);
                let (summary, detail) = match colon.kind {
                    Token::CloseBrace | Token::Comma => (
                        "Missing object value",
                        "A JSON object attribute must have a value, introduced by a colon.",
                    ),
                    Token::Equals => (
                        "Missing property value colon",
                        "JSON uses a colon as its name/value delimiter, not an equals sign.",
                    ),
                    _ => (
                        "Missing property value colon",
                        "A colon must appear between an object property's name and its value.",
                    ),
                };
                self.report(colon.place, summary, detail);
                return None;
            }
            properties.push(Property { name, value: self.value()? });
            let next = self.tokens.peek();
            match next.kind {
                Token::CloseBrace => {}
                Token::Comma => {
                    self.tokens.read();
                    if self.tokens.peek().kind == Token::CloseBrace {
                        self.report(
                            next.place,
                            "Trailing comma in object",
                            "JSON does not permit a trailing comma after the final property in an \
                             object.",
                        );
                        self.tokens.read();
                        return None;
                    }
                }
                Token::End => {
                    self.report(
                        open.place,
                        "Unclosed object",
                        "No closing brace was found for this JSON object.",
                    );
                    return None;
                }
                Token::CloseBracket => {
                    self.tokens.read();
                    self.report(
                        next.place,
                        "Mismatched braces",
                        "A JSON object must be closed with a brace, not a bracket.",
                    );
                    return None;
                }
                _ => {
                    let bad = self.tokens.read();
                    self.recover(bad, Token::OpenBrace, Token::CloseBrace);
                    self.report(
                        next.place,
                        "Missing attribute seperator comma",
                        "A comma must appear between each property definition in an object.",
                    );
                    return None;
                }
            }
        }
        let close = self.tokens.read();
        let place = open.place.start..close.place.end;
        Some(Json { place, kind: Kind::Object(properties) })
    }

    fn array(&mut self) -> Option<Json> {
        let open = self.tokens.read();
        let mut elements = Vec::new();
        while self.tokens.peek().kind != Token::CloseBracket {
            elements.push(self.value()?);
            let next = self.tokens.peek();
            match next.kind {
                Token::CloseBracket => {}
                Token::Comma => {
                    self.tokens.read();
                    if self.tokens.peek().kind == Token::CloseBracket {
                        self.report(
                            next.place,
                            "Trailing comma in array",
                            "JSON does not permit a trailing comma after the final value in an \
                             array.",
                        );
                        self.tokens.read();
                        return None;
                    }
                }
                Token::End => {
                    self.report(
                        open.place,
                        "Unclosed object",
                        "No closing bracket was found for this JSON array.",
                    );
                    return None;
                }
                Token::CloseBrace => {
                    let bad = self.tokens.read();
                    self.recover(bad, Token::OpenBracket, Token::CloseBracket);
                    self.report(
                        next.place,
                        "Mismatched brackets",
                        "A JSON array must be closed with a bracket, not a brace.",
                    );
                    return None;
                }
                _ => {
                    let bad = self.tokens.read();
                    self.recover(bad, Token::OpenBracket, Token::CloseBracket);
                    self.report(
                        next.place,
                        "Missing attribute seperator comma",
                        "A comma must appear between each value in an array.",
                    );
                    return None;
                }
            }
        }
        let close = self.tokens.read();
        Some(Json { place: open.place.start..close.place.end, kind: Kind::Array(elements) })
    }
}
