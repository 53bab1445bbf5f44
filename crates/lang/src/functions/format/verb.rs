//! Reading a format text.

/// A part of a format text.
pub(super) enum Piece<'a> {
    /// Text as it stands.
    Literal(&'a str),
    /// A place for an argument.
    Verb(Verb<'a>),
}

/// How an argument is to be shown: `%[flags][width][.precision][[argument]]letter`
pub(super) struct Verb<'a> {
    /// The verb as it is written.
    pub(super) raw: &'a str,
    /// Where in the format text it begins, in bytes.
    pub(super) offset: usize,
    /// Position of the argument from 1, if it is given.
    pub(super) argument: Option<usize>,
    /// `#`
    pub(super) sharp: bool,
    /// `0`
    pub(super) zero: bool,
    /// `-`
    pub(super) minus: bool,
    /// `+`
    pub(super) plus: bool,
    /// A space.
    pub(super) space: bool,
    /// Width in graphemes at least.
    pub(super) width: Option<usize>,
    /// Digits after the point, significant digits or graphemes at most.
    pub(super) precision: Option<usize>,
    /// What to show.
    pub(super) letter: char,
}

/// Widths beyond this are mistakes.
const GREATEST_WIDTH: usize = 1 << 20;

pub(super) fn pieces(format: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut position = 0;
    while let Some(percent) = format[position..].find('%').map(|found| position + found) {
        pieces.push(Piece::Literal(&format[position..percent]));
        if format[percent + 1..].starts_with('%') {
            pieces.push(Piece::Literal("%"));
            position = percent + 2;
            continue;
        }
        let verb = read_verb(format, percent)?;
        position = percent + verb.raw.len();
        pieces.push(Piece::Verb(verb));
    }
    pieces.push(Piece::Literal(&format[position..]));
    Ok(pieces)
}

fn read_verb(format: &str, offset: usize) -> Result<Verb<'_>, String> {
    let mut verb = Verb {
        raw: "",
        offset,
        argument: None,
        sharp: false,
        zero: false,
        minus: false,
        plus: false,
        space: false,
        width: None,
        precision: None,
        letter: 'v',
    };
    let mut rest = &format[offset + 1..];
    while let Some(flag) = rest.chars().next() {
        match flag {
            '#' => verb.sharp = true,
            '0' => verb.zero = true,
            '-' => verb.minus = true,
            '+' => verb.plus = true,
            ' ' => verb.space = true,
            _ => break,
        }
        rest = &rest[1..];
    }
    verb.width = take_number(&mut rest);
    if let Some(after) = rest.strip_prefix('.') {
        rest = after;
        verb.precision = Some(take_number(&mut rest).unwrap_or(0));
    }
    if let Some(after) = rest.strip_prefix('[') {
        rest = after;
        let unrecognized = |rest: &str| match rest.chars().next() {
            Some(letter) => {
                let at = format.len() - rest.len();
                Err(format!("unrecognized format character {letter:?} at offset {at}"))
            }
            None => Err(unfinished(format)),
        };
        if !rest.starts_with(|letter: char| matches!(letter, '1'..='9')) {
            return unrecognized(rest);
        }
        verb.argument = take_number(&mut rest);
        rest = match rest.strip_prefix(']') {
            Some(after) => after,
            None => return unrecognized(rest),
        };
    }
    if verb.width.max(verb.precision) > Some(GREATEST_WIDTH) {
        return Err(format!("width or precision too large at offset {offset}"));
    }
    let Some(letter) = rest.chars().next() else {
        return Err(unfinished(format));
    };
    let end = format.len() - rest.len();
    if !letter.is_ascii_alphabetic() {
        return Err(format!("unrecognized format character {letter:?} at offset {end}"));
    }
    verb.letter = letter;
    verb.raw = &format[offset..=end];
    Ok(verb)
}

/// The error for a verb that the format ends in.
fn unfinished(format: &str) -> String {
    format!("invalid format string starting at offset {}", format.len())
}

fn take_number(rest: &mut &str) -> Option<usize> {
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    *rest = after;
    if digits.is_empty() {
        return None;
    }
    Some(digits.parse().unwrap_or(usize::MAX))
}
