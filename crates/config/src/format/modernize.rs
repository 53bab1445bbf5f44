//! Old spellings that have a better one today.
//!
//! - `"${var.x}"` as the whole of an argument is `var.x`.
//! - The type of a variable: `"string"` is `string`, `"list"` is `list(string)`, `list` is
//!   `list(any)`, and likewise for maps and sets.
//! - Labels of blocks are quoted, without comments between them and without needless escapes.
//!
//! The way through the file needs no more than the nesting of brackets, since its syntax has been
//! checked.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::label::quoted;
use super::piece::Piece;
use super::unwrap::unwrap;
use crate::syntax::Kind;

/// Gives pieces in today's spelling.
pub(super) fn modernize(pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let written = Vec::with_capacity(pieces.len());
    let pieces = pieces.into_iter().peekable();
    let mut modernizer = Modernizer { pieces, written, depth: 0, in_variable: false };
    modernizer.body();
    modernizer.written
}

struct Modernizer<'t> {
    pieces: Peekable<IntoIter<Piece<'t>>>,
    written: Vec<Piece<'t>>,
    /// How many blocks are open.
    depth: usize,
    /// Whether the outermost of them declares a variable.
    in_variable: bool,
}

impl<'t> Modernizer<'t> {
    /// The file's body, and those of the blocks in it.
    fn body(&mut self) {
        while let Some(piece) = self.pieces.next() {
            match piece.kind {
                Kind::Name => self.item(piece),
                Kind::CLOSE_BRACE => {
                    self.depth = self.depth.saturating_sub(1);
                    self.written.push(piece);
                }
                _ => self.written.push(piece),
            }
        }
    }

    /// An argument, or a block up to its opening brace.
    fn item(&mut self, name: Piece<'t>) {
        let is_type = self.depth == 1 && self.in_variable && name.text == "type";
        let is_variable = name.text == "variable";
        self.written.push(name);
        let comments = self.comments();
        if let Some(equals) = self.pieces.next_if(|next| next.kind == Kind::EQUAL) {
            self.written.extend(comments);
            self.written.push(equals);
            self.argument(is_type);
            return;
        }
        if self.depth == 0 {
            self.in_variable = is_variable;
        }
        self.depth += 1;
        self.header(comments);
    }

    fn argument(&mut self, is_type: bool) {
        let comments = self.comments();
        self.written.extend(comments);
        let mut expression = self.expression();
        let comments = expression.iter().rev().take_while(|piece| piece.kind == Kind::Comment);
        let comments = expression.split_off(expression.len() - comments.count());
        let expression = if is_type { today_type(expression) } else { unwrap(expression) };
        self.written.extend(expression);
        self.written.extend(comments);
    }

    fn comments(&mut self) -> Vec<Piece<'t>> {
        let next = || self.pieces.next_if(|next| next.kind == Kind::Comment);
        std::iter::from_fn(next).collect()
    }

    /// Everything up to the end of the line, or to the brace that closes the block, outside of
    /// all brackets of the expression itself.
    fn expression(&mut self) -> Vec<Piece<'t>> {
        let mut expression = Vec::new();
        let mut open = 0_usize;
        while let Some(piece) = self
            .pieces
            .next_if(|next| open > 0 || !(next.ends_line() || next.kind == Kind::CLOSE_BRACE))
        {
            if piece.kind.opens() {
                open += 1;
            } else if piece.kind.opener().is_some() {
                open = open.saturating_sub(1);
            }
            expression.push(piece);
        }
        expression
    }

    /// The labels of a block, and its opening brace. Comments before the first label and between
    /// labels have no place in the canonical form.
    fn header(&mut self, comments: Vec<Piece<'t>>) {
        let mut behind = comments;
        while let Some(piece) = self.pieces.next() {
            match piece.kind {
                Kind::Comment => behind.push(piece),
                Kind::Name => {
                    behind.clear();
                    self.written.extend(quoted(piece.text));
                }
                Kind::OpenQuote => {
                    behind.clear();
                    let texts =
                        std::iter::from_fn(|| self.pieces.next_if(|it| it.kind == Kind::Text));
                    let label = texts.map(|text| text.text).reduce(|label, more| label + more);
                    self.pieces.next();
                    self.written.extend(quoted(label.unwrap_or_default()));
                }
                _ => {
                    self.written.append(&mut behind);
                    self.written.push(piece);
                    return;
                }
            }
        }
    }
}

/// A variable's type, with the types that older versions wrote differently.
fn today_type(expression: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let kinds: Vec<Kind> = expression.iter().map(|piece| piece.kind).collect();
    let (name, element) = match kinds[..] {
        [Kind::Name] => match &*expression[0].text {
            "list" => ("list", Some("any")),
            "map" => ("map", Some("any")),
            "set" => ("set", Some("any")),
            _ => return expression,
        },
        [Kind::OpenQuote, Kind::Text, Kind::CloseQuote] => match &*expression[1].text {
            "string" => ("string", None),
            "list" => ("list", Some("string")),
            "map" => ("map", Some("string")),
            _ => return expression,
        },
        _ => return expression,
    };
    let mut today = vec![Piece::new(Kind::Name, name)];
    if let Some(element) = element {
        today.push(Piece::new(Kind::OPEN_PAREN, "("));
        today.push(Piece::new(Kind::Name, element));
        today.push(Piece::new(Kind::CLOSE_PAREN, ")"));
    }
    today
}
