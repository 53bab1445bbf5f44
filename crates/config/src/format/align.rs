//! The columns of equals signs and comments.

use std::ops::Range;

use super::line::Line;
use super::piece::Piece;

/// Puts the equals signs of consecutive lines under each other, and then their comments.
pub(super) fn align(pieces: &mut [Piece<'_>], lines: &[Line]) {
    align_cells(pieces, lines, |line| line.assignment.clone());
    align_cells(pieces, lines, |line| line.comment.clone());
}

/// Aligns one cell of those consecutive lines that have it.
fn align_cells(pieces: &mut [Piece<'_>], lines: &[Line], cell: impl Fn(&Line) -> Range<usize>) {
    for run in lines.chunk_by(|one, next| cell(one).is_empty() == cell(next).is_empty()) {
        if run.first().is_none_or(|line| cell(line).is_empty()) {
            continue;
        }
        let before = |line: &Line| {
            let pieces = &pieces[line.lead.start..cell(line).start];
            pieces.iter().map(Piece::columns).sum::<usize>()
        };
        let widths: Vec<usize> = run.iter().map(before).collect();
        let widest = widths.iter().copied().max().unwrap_or(0);
        for (line, width) in run.iter().zip(widths) {
            pieces[cell(line).start].spaces = widest - width + 1;
        }
    }
}
