//! In which block a place of a file lies.

use meridian_lang::{Sources, Span};

use super::scan::scan;
use super::tokens::Kind;

/// What the search is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// The top level of the file.
    Nothing,
    /// A label of a block's header.
    Label,
    /// The body of a block, or an expression at the top level, with so many brackets open.
    Brackets(usize),
}

/// The header of the top-level block around a place, such as `resource "aws_kms_key" "orders"`;
/// none outside of blocks. The text need not be free of errors.
pub fn block_around(sources: &Sources, span: Span) -> Option<String> {
    let text = sources.text(span.file);
    let at = span.start as usize;
    let mut header = String::new();
    let mut start = 0;
    let mut inside = Inside::Nothing;
    for token in scan(text) {
        let word = &text[token.place.clone()];
        inside = match (inside, token.kind) {
            (Inside::Label, Kind::CloseQuote) => {
                header.push('"');
                Inside::Nothing
            }
            (Inside::Label, _) => {
                header.push_str(word);
                Inside::Label
            }
            (Inside::Brackets(depth), kind) if kind.opens() => Inside::Brackets(depth + 1),
            (Inside::Brackets(depth), kind) if kind.opener().is_some() && depth > 1 => {
                Inside::Brackets(depth - 1)
            }
            (Inside::Brackets(_), kind) if kind.opener().is_some() => {
                if !header.is_empty() && (start..token.place.end).contains(&at) {
                    return Some(header);
                }
                header.clear();
                Inside::Nothing
            }
            (Inside::Brackets(depth), _) => Inside::Brackets(depth),
            (Inside::Nothing, Kind::Name) => {
                if header.is_empty() {
                    start = token.place.start;
                    header.push_str(word);
                } else {
                    header.push_str(&format!(" \"{word}\""));
                }
                Inside::Nothing
            }
            (Inside::Nothing, Kind::OpenQuote) if !header.is_empty() => {
                header.push_str(" \"");
                Inside::Label
            }
            (Inside::Nothing, Kind::OPEN_BRACE) => Inside::Brackets(1),
            (Inside::Nothing, kind) => {
                header.clear();
                if kind.opens() { Inside::Brackets(1) } else { Inside::Nothing }
            }
        };
    }
    // A block that is not closed goes on to the end.
    let is_open = inside != Inside::Nothing && start <= at && !header.is_empty();
    is_open.then_some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_around_a_place_is_found() {
        let text = "terraform {\n  a = \"}\"\n}\nx = [1]\nresource \"t\" name {\n  b {\n    c = <<E\n}\n\
                    E\n  }\n}\nmodule \"m\" { d = \"${e}\" }\nvariable \"open\" {\n  f = 1\n";
        let mut sources = Sources::default();
        let file = sources.add("main.tf", text);
        let around = |place: &str| {
            let start = text.find(place).expect(place);
            block_around(&sources, Span::new(file, start, start + place.len()))
        };
        assert_eq!(around("a = ").as_deref(), Some("terraform"));
        assert_eq!(around("terraform").as_deref(), Some("terraform"));
        assert_eq!(around("x = "), None);
        assert_eq!(around("[1]"), None);
        assert_eq!(around("c = ").as_deref(), Some("resource \"t\" \"name\""));
        assert_eq!(around("e}").as_deref(), Some("module \"m\""));
        assert_eq!(around("f = 1").as_deref(), Some("variable \"open\""));
    }
}
