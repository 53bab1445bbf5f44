//! Reading addresses as they are written.

use std::sync::Arc;

use super::InstanceKey;

/// Names and keys of an address, such as `module`, `a`, `["eu"]`, `aws_kms_key`, `x`, `[0]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Name(Arc<str>),
    Key(InstanceKey),
}

/// The parts of an address; none if the text is no address.
pub(super) fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let length = rest.find(|c: char| !is_name_part(c)).unwrap_or(rest.len());
        if length == 0 {
            return None;
        }
        parts.push(Part::Name(rest[..length].into()));
        rest = &rest[length..];
        if let Some(inner) = rest.strip_prefix('[') {
            let (key, behind) = key(inner)?;
            parts.push(Part::Key(key));
            rest = behind;
        }
        match rest.strip_prefix('.') {
            Some(next) => rest = next,
            None if rest.is_empty() => return Some(parts),
            None => return None,
        }
    }
}

fn is_name_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '-'
}

/// The key behind an opening bracket, and what follows the closing one.
fn key(text: &str) -> Option<(InstanceKey, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (number, rest) = text.split_once(']')?;
        return Some((InstanceKey::Index(number.parse().ok()?), rest));
    };
    let mut escaped = false;
    for (at, character) in quoted.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let rest = quoted[at + 1..].strip_prefix(']')?;
                return Some((InstanceKey::Text(unescape(&quoted[..at])?.into()), rest));
            }
            _ => {}
        }
    }
    None
}

fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' => plain.push(match rest.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            }),
            '$' | '%' if rest.peek() == Some(&character) => {
                let mut ahead = rest.clone();
                ahead.next();
                if ahead.peek() == Some(&'{') {
                    rest.next();
                }
                plain.push(character);
            }
            other => plain.push(other),
        }
    }
    Some(plain)
}
