//! The white space that lines begin with.

use super::line::Line;
use super::piece::Piece;
use crate::syntax::Kind;

const WIDTH: usize = 2;

/// Indents each line by the lines around it that open more brackets than they close.
///
/// However many brackets a line opens, what is in them is one level deeper. So each level
/// remembers how many brackets are to be closed until it ends.
pub(super) fn indent(pieces: &mut [Piece<'_>], lines: &[Line]) {
    let mut levels: Vec<usize> = Vec::new();
    for line in lines {
        let first = &pieces[line.lead.start];
        if first.kind == Kind::Newline {
            continue;
        }
        let opened = opened(pieces, line);
        let mut to_close = opened.min(0).unsigned_abs();
        while let Some(level) = levels.last_mut().filter(|_| to_close > 0) {
            let closed = to_close.min(*level);
            to_close -= closed;
            *level -= closed;
            if *level == 0 {
                levels.pop();
            }
        }
        pieces[line.lead.start].spaces = WIDTH * levels.len();
        if opened > 0 {
            levels.push(opened.unsigned_abs());
        }
    }
}

/// How many more brackets a line opens than it closes. What follows the beginning of a heredoc
/// does not count, unless the line is an assignment.
fn opened(pieces: &[Piece<'_>], line: &Line) -> isize {
    let lead = &pieces[line.lead.clone()];
    let heredoc = lead.iter().position(|piece| piece.kind == Kind::OpenHeredoc);
    let lead = &lead[..heredoc.unwrap_or(lead.len())];
    lead.iter().chain(&pieces[line.assignment.clone()]).map(Piece::nesting).sum()
}
