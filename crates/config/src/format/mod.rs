//! Files in the canonical form, which is that of `terraform fmt`.
//!
//! Lines stay the lines that they are. Within them only the white space between tokens changes:
//! the indentation, the spaces between neighbours, and the columns at which the equals signs and
//! the comments of consecutive lines stand. Before that, a few old spellings become today's
//! ([`modernize`]). No tree is built: tokens know comments, and trees do not.

mod align;
mod indent;
mod label;
mod line;
mod modernize;
mod piece;
mod space;
mod unwrap;

use meridian_lang::{Diagnostics, FileId, Sources};

use crate::syntax::{Kind, checked_tokens};
use align::align;
use indent::indent;
use line::lines;
use modernize::modernize;
use piece::{Piece, pieces};
use space::space;

/// A configuration or variables file of the native syntax in canonical form, as `terraform fmt`
/// writes it.
///
/// # Errors
/// What is wrong with the syntax. Such a file has no canonical form, and laying it out by guesswork
/// would make the mistake harder to find.
pub fn format(sources: &Sources, file: FileId) -> Result<String, Diagnostics> {
    let tokens = checked_tokens(sources, file)?;
    let text = sources.text(file);
    let mut pieces = modernize(pieces(text, &tokens));
    let lines = lines(&pieces);
    indent(&mut pieces, &lines);
    space(&mut pieces, &lines);
    align(&mut pieces, &lines);
    let end = tokens.iter().rfind(|token| token.kind != Kind::End);
    let behind = text.len() - end.map_or(0, |last| last.place.end);
    let mut formatted = written(&pieces, text.len());
    // White space behind the last token keeps its width.
    pad(&mut formatted, behind);
    Ok(formatted)
}

fn written(pieces: &[Piece<'_>], about: usize) -> String {
    let mut written = String::with_capacity(about);
    for piece in pieces {
        pad(&mut written, piece.spaces);
        written.push_str(&piece.text);
    }
    written
}

fn pad(text: &mut String, spaces: usize) {
    text.extend(std::iter::repeat_n(' ', spaces));
}
