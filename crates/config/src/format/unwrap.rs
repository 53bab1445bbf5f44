//! Arguments that are nothing but one interpolation.

use super::piece::Piece;
use crate::syntax::Kind;

/// Takes the quotes and the marks of an interpolation off an expression, if that is all it is.
///
/// Like Terraform, this puts parentheses around what has several lines. Unlike Terraform, it does
/// so wherever the result would not be one expression any more.
pub(super) fn unwrap(mut expression: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let [open, start, inside @ .., end, close] = &expression[..] else {
        return expression;
    };
    let kinds = [open.kind, start.kind, end.kind, close.kind];
    let wanted = [Kind::OpenQuote, Kind::Interpolation, Kind::SequenceEnd, Kind::CloseQuote];
    if kinds != wanted || inside.is_empty() || !is_whole(inside) {
        return expression;
    }
    expression.truncate(expression.len() - 2);
    expression.drain(..2);
    let is_newline = |piece: &Piece<'_>| piece.kind == Kind::Newline;
    let end = expression.iter().rposition(|piece| !is_newline(piece)).map_or(0, |last| last + 1);
    expression.truncate(end);
    let start = expression.iter().take_while(|piece| is_newline(piece)).count();
    expression.drain(..start);

    let within_parentheses = expression.len() > 1
        && expression.first().is_some_and(|first| first.kind == Kind::OPEN_PAREN)
        && expression.last().is_some_and(|last| last.kind == Kind::CLOSE_PAREN);
    let has_lines = expression.iter().any(is_newline) && !within_parentheses;
    if has_lines || is_broken(&expression) {
        expression.insert(0, Piece::new(Kind::OPEN_PAREN, "("));
        expression.push(Piece::new(Kind::CLOSE_PAREN, ")"));
    }
    expression
}

/// Whether no other sequence begins or ends here, but in strings within.
fn is_whole(inside: &[Piece<'_>]) -> bool {
    let mut quotes = 0_usize;
    for piece in inside {
        match piece.kind {
            Kind::OpenQuote => quotes += 1,
            Kind::CloseQuote => quotes = quotes.saturating_sub(1),
            Kind::Interpolation | Kind::SequenceEnd if quotes == 0 => return false,
            _ => {}
        }
    }
    true
}

/// Whether a line ends within an expression outside of all brackets.
fn is_broken(expression: &[Piece<'_>]) -> bool {
    let mut open = 0_usize;
    let within = expression.split_last().map_or(expression, |(_, within)| within);
    within.iter().any(|piece| {
        if piece.kind.opens() {
            open += 1;
        } else if piece.kind.opener().is_some() {
            open = open.saturating_sub(1);
        }
        open == 0 && piece.ends_line()
    })
}
