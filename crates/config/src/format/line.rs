//! Lines and their cells.

use std::ops::Range;

use super::piece::Piece;
use crate::syntax::Kind;

/// A line of pieces: what leads it, then maybe the equals sign with what is assigned, then maybe
/// a comment. Each is a range of pieces.
///
/// A line reaches as far as the pieces do: a heredoc belongs to the line that it begins on.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) lead: Range<usize>,
    pub(super) assignment: Range<usize>,
    pub(super) comment: Range<usize>,
}

/// Divides pieces into lines.
pub(super) fn lines(pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut start = 0;
    pieces
        .split_inclusive(Piece::ends_line)
        .map(|line| {
            let first = start;
            start += line.len();
            cells(line, first)
        })
        .collect()
}

/// The cells of a line whose first piece is the one at `first`.
fn cells(line: &[Piece<'_>], first: usize) -> Line {
    let commented = line.len() > 1 && line.last().is_some_and(|last| last.kind == Kind::Comment);
    let comment = line.len() - usize::from(commented);
    let equals = line[..comment].iter().skip(1).position(|piece| piece.kind == Kind::EQUAL);
    // An expression that goes on in the next line is not aligned with its neighbours.
    let assignment = equals
        .map(|at| at + 1)
        .filter(|at| line[*at..comment].iter().map(Piece::nesting).sum::<isize>() == 0)
        .unwrap_or(comment);
    Line {
        lead: first..first + assignment,
        assignment: first + assignment..first + comment,
        comment: first + comment..first + line.len(),
    }
}
