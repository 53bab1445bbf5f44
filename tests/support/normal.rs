//! Makes alike what differs from run to run.

use std::collections::BTreeMap;
use std::path::Path;

/// The text with names in the place of generated identities, times and folders.
pub fn normal(text: &str, root: &Path) -> String {
    let text = text.replace(&root.display().to_string(), "[root]");
    let mut names = Names::default();
    let mut result = String::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let at_word = !result.ends_with(|c: char| c.is_ascii_alphanumeric());
        let found = if at_word { names.take(rest) } else { None };
        let found = found.or_else(|| result.ends_with(" on ").then(|| day(rest)).flatten());
        match found {
            Some((name, length)) => {
                result.push_str(&name);
                rest = &rest[length..];
            }
            None => {
                result.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    result
}

/// Names that were given, in order of appearance.
#[derive(Default)]
struct Names {
    given: BTreeMap<String, String>,
    keys: usize,
    others: usize,
}

impl Names {
    /// The name for what the text begins with, and the length that it replaces.
    fn take(&mut self, text: &str) -> Option<(String, usize)> {
        if text.starts_with("mrk-") && is_hex(text.get(4..36)?) {
            return Some((self.key(&text[..36]), 36));
        }
        if let Some(length) = uuid(text) {
            return Some((self.other(&text[..length]), length));
        }
        if text.starts_with("secret:") {
            return secret(text);
        }
        moment(text).map(|length| ("[time]".to_owned(), length))
    }

    fn key(&mut self, id: &str) -> String {
        if !self.given.contains_key(id) {
            self.keys += 1;
            self.given.insert(id.to_owned(), format!("mrk-{}", self.keys));
        }
        self.given[id].clone()
    }

    fn other(&mut self, id: &str) -> String {
        if !self.given.contains_key(id) {
            self.others += 1;
            self.given.insert(id.to_owned(), format!("uuid-{}", self.others));
        }
        self.given[id].clone()
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn uuid(text: &str) -> Option<usize> {
    let id = text.get(..36)?;
    let parts: Vec<&str> = id.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    (lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| is_hex(part))).then_some(36)
}

/// `secret:NAME-AbCdEf`: AWS chooses the last six characters.
fn secret(text: &str) -> Option<(String, usize)> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c);
    let length = "secret:".len()
        + text["secret:".len()..].find(|c| !is_of_name(c)).unwrap_or(text.len() - "secret:".len());
    let (name, suffix) = text[..length].rsplit_once('-')?;
    (suffix.len() == 6).then(|| (format!("{name}-??????"), length))
}

/// A date and time as RFC 3339 writes it.
fn moment(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'd' => byte.is_ascii_digit(),
        other => byte == other,
    };
    (bytes.len() >= shape.len() && bytes.iter().zip(shape).all(fits)).then(|| {
        let end = text.find(|c: char| !(c.is_ascii_digit() || "-T:.Z".contains(c)));
        end.unwrap_or(text.len())
    })
}

/// A date, where a sentence says on which day something happens; others are versions of policies.
fn day(text: &str) -> Option<(String, usize)> {
    let (year, rest) = text.split_once('-')?;
    let (month, rest) = rest.split_once('-')?;
    let day = rest.get(..2)?;
    let is_number =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_date = is_number(year, 4) && is_number(month, 2) && is_number(day, 2);
    is_date.then(|| ("[date]".to_owned(), 10))
}

#[test]
fn generated_identities_get_names() {
    let text = "key/mrk-0123456789abcdef0123456789abcdef and \
                mrk-0123456789abcdef0123456789abcdef, 01234567-89ab-cdef-0123-456789abcdef, \
                arn:aws:secretsmanager:eu-west-1:1:secret:a/b-AbC123|x, 2026-01-02T03:04:05Z, \
                goes on 2026-01-02 (and on 2026-01-03), Version 2012-10-17.";
    let expected = "key/mrk-1 and mrk-1, uuid-1, \
                    arn:aws:secretsmanager:eu-west-1:1:secret:a/b-??????|x, [time], goes on [date] \
                    (and on [date]), Version 2012-10-17.";
    assert_eq!(normal(text, Path::new("/nowhere")), expected);
}
