//! Tokens, as far as the search for errors tells them apart.

use std::ops::Range;

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    Number,
    Newline,
    OpenQuote,
    CloseQuote,
    OpenHeredoc,
    CloseHeredoc,
    /// Text in a quoted string or heredoc.
    Text,
    /// The end of a line within a quoted string.
    QuotedNewline,
    /// `${`
    Interpolation,
    /// `%{`
    Directive,
    /// The `}` that ends an interpolation or directive.
    SequenceEnd,
    /// An operator or punctuation mark.
    Symbol(&'static str),
    /// What the language has no use for.
    Stray,
    /// The end of the text.
    End,
}

impl Kind {
    pub(super) const OPEN_BRACE: Kind = Kind::Symbol("{");
    pub(super) const CLOSE_BRACE: Kind = Kind::Symbol("}");
    pub(super) const OPEN_BRACKET: Kind = Kind::Symbol("[");
    pub(super) const CLOSE_BRACKET: Kind = Kind::Symbol("]");
    pub(super) const OPEN_PAREN: Kind = Kind::Symbol("(");
    pub(super) const CLOSE_PAREN: Kind = Kind::Symbol(")");
    pub(super) const EQUAL: Kind = Kind::Symbol("=");
    pub(super) const COMMA: Kind = Kind::Symbol(",");
    pub(super) const COLON: Kind = Kind::Symbol(":");
    pub(super) const DOT: Kind = Kind::Symbol(".");
    pub(super) const STAR: Kind = Kind::Symbol("*");

    /// What opens the bracket that this closes.
    pub(crate) fn opener(self) -> Option<Kind> {
        match self {
            Kind::CLOSE_BRACE => Some(Kind::OPEN_BRACE),
            Kind::CLOSE_BRACKET => Some(Kind::OPEN_BRACKET),
            Kind::CLOSE_PAREN => Some(Kind::OPEN_PAREN),
            Kind::CloseQuote => Some(Kind::OpenQuote),
            Kind::CloseHeredoc => Some(Kind::OpenHeredoc),
            Kind::SequenceEnd => Some(Kind::Interpolation),
            _ => None,
        }
    }

    /// Whether this opens a bracket of any sort.
    pub(crate) fn opens(self) -> bool {
        matches!(
            self,
            Kind::OPEN_BRACE
                | Kind::OPEN_BRACKET
                | Kind::OPEN_PAREN
                | Kind::OpenQuote
                | Kind::OpenHeredoc
                | Kind::Interpolation
                | Kind::Directive
        )
    }
}

/// A token and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) place: Range<usize>,
}
