//! The spaces between neighbours on a line.

use super::line::Line;
use super::piece::{Piece, nesting};
use crate::syntax::Kind;

/// Puts one space or none between the pieces of each cell.
pub(super) fn space(pieces: &mut [Piece<'_>], lines: &[Line]) {
    for line in lines {
        for cell in [&line.lead, &line.assignment] {
            let cell = &mut pieces[cell.clone()];
            for at in 1..cell.len() {
                let before = at.checked_sub(2).map(|at| cell[at].kind);
                cell[at].spaces = usize::from(is_apart(before, &cell[at - 1], cell[at].kind));
            }
        }
    }
}

/// Whether there is a space between `left` and what is to its right. `before` is what `left`
/// follows in its cell.
fn is_apart(before: Option<Kind>, left: &Piece<'_>, right: Kind) -> bool {
    match (left.kind, right) {
        (_, Kind::Newline) => false,
        (Kind::Name, Kind::OPEN_PAREN | Kind::COLONS) | (Kind::COLONS, Kind::Name) => false,
        (Kind::DOT, _) | (_, Kind::DOT | Kind::COMMA | Kind::ELLIPSIS) => false,
        (Kind::COMMA, _) => true,
        (Kind::Text | Kind::OpenQuote | Kind::OpenHeredoc, _)
        | (_, Kind::Text | Kind::CloseQuote | Kind::CloseHeredoc) => false,
        // `[for x in [1]: x]` would look like an index into something called `in`.
        (Kind::Name, _) if left.text == "in" && before == Some(Kind::Name) => true,
        (Kind::Name | Kind::Number, Kind::OPEN_BRACKET) => false,
        (left, Kind::OPEN_BRACKET) if nesting(left) < 0 => false,
        (Kind::BANG, _) => false,
        (Kind::MINUS, _) => before.is_some_and(ends_operand),
        (Kind::OPEN_BRACE, Kind::CLOSE_BRACE) => false,
        (Kind::OPEN_BRACE, _) | (_, Kind::CLOSE_BRACE) => true,
        // Braces right within a template sequence are kept apart from its own.
        (Kind::Interpolation | Kind::Directive, Kind::OPEN_BRACE)
        | (Kind::CLOSE_BRACE, Kind::SequenceEnd) => true,
        (Kind::SequenceEnd, Kind::Interpolation | Kind::Directive) => false,
        (left, right) => nesting(left) <= 0 && nesting(right) >= 0,
    }
}

/// Whether a minus after this is a subtraction, as far as that can be told from one token. At the
/// beginning of a template sequence it is taken for one, which is wrong but canonical.
fn ends_operand(before: Kind) -> bool {
    !matches!(
        before,
        Kind::OPEN_PAREN
            | Kind::OPEN_BRACE
            | Kind::OPEN_BRACKET
            | Kind::Symbol(
                "=" | ":"
                    | ","
                    | "?"
                    | "+"
                    | "*"
                    | "/"
                    | "%"
                    | "-"
                    | "=="
                    | "!="
                    | ">"
                    | ">="
                    | "<"
                    | "<="
                    | "&&"
                    | "||"
                    | "!"
            )
    )
}
