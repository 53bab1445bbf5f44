//! What lines are laid out of.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use crate::syntax::{Kind, Token};

/// A token with the spaces before it.
pub(super) struct Piece<'t> {
    pub(super) kind: Kind,
    pub(super) text: Cow<'t, str>,
    pub(super) spaces: usize,
}

/// The tokens of a text. A comment that runs to the end of its line includes it.
pub(super) fn pieces<'t>(text: &'t str, tokens: &[Token]) -> Vec<Piece<'t>> {
    let mut pieces = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        let mut place = token.place.clone();
        if token.kind == Kind::Comment && !text[place.clone()].starts_with("/*") {
            let end = tokens.next_if(|next| next.kind == Kind::Newline);
            place.end = end.map_or(place.end, |end| end.place.end);
        }
        if token.kind != Kind::End {
            pieces.push(Piece::new(token.kind, &text[place]));
        }
    }
    pieces
}

impl<'t> Piece<'t> {
    pub(super) fn new(kind: Kind, text: impl Into<Cow<'t, str>>) -> Piece<'t> {
        Piece { kind, text: text.into(), spaces: 0 }
    }

    /// Whether a line ends with it.
    pub(super) fn ends_line(&self) -> bool {
        match self.kind {
            Kind::Newline => true,
            Kind::Comment => self.text.ends_with('\n'),
            _ => false,
        }
    }

    /// By how much it changes the number of open brackets.
    pub(super) fn nesting(&self) -> isize {
        nesting(self.kind)
    }

    /// Its width with the spaces before it, in characters as people see them.
    pub(super) fn columns(&self) -> usize {
        let simple = self.text.is_ascii() && !self.text.contains('\r');
        let width = if simple { self.text.len() } else { self.text.graphemes(true).count() };
        self.spaces + width
    }
}

/// By how much a token changes the number of open brackets. Quotes are none.
pub(super) fn nesting(kind: Kind) -> isize {
    match kind {
        Kind::OpenQuote | Kind::OpenHeredoc | Kind::CloseQuote | Kind::CloseHeredoc => 0,
        kind if kind.opens() => 1,
        kind if kind.opener().is_some() => -1,
        _ => 0,
    }
}
