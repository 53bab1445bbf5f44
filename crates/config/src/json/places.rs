//! Where the characters of a string stand once its escapes are resolved.

/// The places in a file of the bytes of an unescaped string.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// Byte offset within the string, and in the file, from which on both advance together.
    steps: Vec<(usize, usize)>,
}

impl Places {
    /// For a string that stands, in its quotes, at `start` of the file.
    pub(super) fn new(quoted: &str, start: usize) -> Places {
        let mut steps = vec![(0, start + 1)];
        let mut resolved = String::new();
        let mut at = 1;
        while let Some(found) = quoted[at..].find('\\') {
            resolved.push_str(&quoted[at..at + found]);
            at += found;
            let Ok(length) = escape(&quoted[at..], &mut resolved) else {
                break;
            };
            at += length;
            steps.push((resolved.len(), start + at));
        }
        Places { steps }
    }

    /// Where a byte of the string stands in the file.
    pub(super) fn place(&self, offset: usize) -> usize {
        let next = self.steps.partition_point(|(from, _)| *from <= offset);
        let (from, place) = self.steps[next.saturating_sub(1)];
        let behind = place + (offset - from);
        // Within an escape of several bytes there is no place of its own.
        self.steps.get(next).map_or(behind, |(_, end)| behind.min(*end))
    }
}

/// Resolves the escape that `text` begins with and gives its length, or where it is wrong.
pub(super) fn escape(text: &str, resolved: &mut String) -> Result<usize, usize> {
    let simple = match text.as_bytes().get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            let (character, length) = code_point(text)?;
            resolved.push(character);
            return Ok(length);
        }
        _ => return Err(1),
    };
    resolved.push(simple);
    Ok(2)
}

/// The character of `\uXXXX`, or of two of them that are a surrogate pair.
fn code_point(text: &str) -> Result<(char, usize), usize> {
    let high = unit(text)?;
    if let Some(character) = char::from_u32(high) {
        return Ok((character, 6));
    }
    if (0xd800..0xdc00).contains(&high)
        && text[6..].starts_with("\\u")
        && let Ok(low @ 0xdc00..0xe000) = unit(&text[6..])
        && let Some(pair) = char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
    {
        return Ok((pair, 12));
    }
    Ok((char::REPLACEMENT_CHARACTER, 6))
}

/// The number in `\uXXXX`, or at which byte it is wrong.
fn unit(text: &str) -> Result<u32, usize> {
    let mut number = 0;
    for at in 2..6 {
        let byte = text.as_bytes().get(at).copied().unwrap_or(b' ');
        number = number * 16 + char::from(byte).to_digit(16).ok_or(at)?;
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn places_behind_escapes_are_those_of_the_file() {
        let quoted = r#""a\n\u00e9b\\c""#;
        let places = Places::new(quoted, 10);
        // a, line feed, é (two bytes), b, backslash, c
        let expected = [(0, 11), (1, 12), (2, 14), (4, 20), (5, 21), (6, 23), (7, 24)];
        for (offset, place) in expected {
            assert_eq!(places.place(offset), place, "{offset}");
        }
    }
}
