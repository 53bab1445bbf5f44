//! Source files and places in them.

use std::fmt;
use std::sync::Arc;

/// A file of a [`Sources`] collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `file` from byte `start` up to but not including `end`.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { file, start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that holds both; `self` if they lie in different files.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A place as people count: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

#[derive(Clone)]
struct Source {
    name: Arc<str>,
    text: Arc<str>,
    /// Whether messages may show its lines.
    is_quotable: bool,
    /// Byte offset at which each line begins.
    lines: Vec<u32>,
    /// How many characters begin before each [`STRIDE`]th byte, for lines without end.
    characters: Vec<u32>,
}

/// Without the text: secrets may be written in it.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.text.len();
        f.debug_struct("Source").field("name", &self.name).field("bytes", &bytes).finish()
    }
}

const STRIDE: usize = 1024;

impl Source {
    /// How many characters begin before a byte.
    fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let stride = offset / STRIDE;
        let counted = self.characters.get(stride).map_or(0, |count| *count as usize);
        counted + count_characters(&self.text.as_bytes()[stride * STRIDE..offset])
    }
}

/// How many characters begin in a piece of text.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// The texts that spans point into. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Takes in a file under the name that diagnostics will show.
    pub fn add(&mut self, name: &str, text: &str) -> FileId {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(starts.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
            .collect();
        let mut counted = 0;
        let strides = text.as_bytes().chunks(STRIDE).map(|bytes| {
            counted += count_characters(bytes);
            u32::try_from(counted).unwrap_or(u32::MAX)
        });
        let characters = std::iter::once(0).chain(strides).collect();
        self.files.push(Source {
            name: name.into(),
            text: text.into(),
            is_quotable: true,
            lines,
            characters,
        });
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// Takes in a text that holds values, of which any may be a secret: diagnostics name places in
    /// it, but show none of its lines.
    pub fn add_values(&mut self, name: &str, text: &str) -> FileId {
        let file = self.add(name, text);
        if let Some(source) = self.files.get_mut(file.0 as usize) {
            source.is_quotable = false;
        }
        file
    }

    /// Whether diagnostics may show lines of a file.
    pub fn is_quotable(&self, file: FileId) -> bool {
        self.files.get(file.0 as usize).is_some_and(|source| source.is_quotable)
    }

    /// The name of a file as given to [`Sources::add`].
    pub fn name(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |source| &source.name)
    }

    /// The whole text of a file.
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |source| &source.text)
    }

    /// Names and texts of all files, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|source| (&*source.name, &*source.text))
    }

    /// The text that a span covers.
    pub fn excerpt(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// A place as messages write it: `main.tf:1,1-29`.
    pub fn place(&self, span: Span) -> String {
        let from = self.position(span);
        let to = self.position(Span { start: span.end, ..span });
        let name = self.name(span.file);
        if from.line == to.line {
            format!("{name}:{},{}-{}", from.line, from.column, to.column)
        } else {
            format!("{name}:{},{}-{},{}", from.line, from.column, to.line, to.column)
        }
    }

    /// Where a span begins.
    pub fn position(&self, span: Span) -> Position {
        let Some(source) = self.files.get(span.file.0 as usize) else {
            return Position { line: 1, column: 1 };
        };
        let line = source.lines.partition_point(|start| *start <= span.start).max(1);
        let line_start = source.lines.get(line - 1).copied().unwrap_or(0) as usize;
        let before = source.characters_before(line_start);
        Position { line, column: source.characters_before(span.start as usize) - before + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let mut sources = Sources::default();
        let file = sources.add("main.tf", "a = 1\nö = x\n");
        let span = Span::new(file, 11, 12);
        assert_eq!(sources.excerpt(span), "x");
        assert_eq!(sources.position(span), Position { line: 2, column: 5 });
        assert_eq!(sources.position(Span::new(file, 0, 1)), Position { line: 1, column: 1 });
    }

    #[test]
    fn columns_of_long_lines_are_counted_in_characters() {
        let mut sources = Sources::default();
        let text = format!("a\n{}x", "ö".repeat(3 * STRIDE));
        let file = sources.add("main.tf", &text);
        for character in [0, 1, STRIDE / 2 - 1, STRIDE / 2, STRIDE, 3 * STRIDE] {
            let start = 2 + 2 * character;
            let position = sources.position(Span::new(file, start, start));
            assert_eq!(position, Position { line: 2, column: character + 1 });
        }
    }
}
