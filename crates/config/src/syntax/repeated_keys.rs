//! Keys that an object sets more than once.
//!
//! The parser refuses them; in Terraform the last one wins. So every further one is replaced by a
//! name of the same length that the object has nowhere else. What a key is really called is taken
//! from the original text afterwards.

use std::collections::HashSet;
use std::ops::Range;

use super::tokens::{Kind, Token};

/// Letters that names are made of here.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// An object that is open at the present place.
#[derive(Default)]
struct Object {
    /// Where its keys are.
    keys: Vec<Range<usize>>,
    place: Place,
}

/// What of an object's item comes next.
#[derive(Clone, Copy, Default)]
enum Place {
    #[default]
    Key,
    /// In the key, which began here.
    InKey(usize),
    Value,
}

/// An opened bracket.
enum Open {
    Body,
    Object(Object),
    Other,
}

/// A text in which no object has the same key twice; `masked` is of the same length as `text`.
pub(super) fn rename_repeated_keys(text: &str, masked: &str, tokens: &[Token]) -> String {
    let mut renamed = masked.to_owned();
    let mut open = vec![Open::Body];
    let mut before = 0;
    let mut after_name = false;
    for token in tokens {
        let kind = token.kind;
        let start = token.place.start;
        if kind.opens() {
            let in_body = matches!(open.last(), Some(Open::Body));
            if let Some(Open::Object(object)) = open.last_mut() {
                object.begin(start);
            }
            open.push(match kind {
                Kind::OPEN_BRACE if in_body && after_name => Open::Body,
                Kind::OPEN_BRACE => Open::Object(Object::default()),
                _ => Open::Other,
            });
        } else if kind.opener().is_some() {
            if let Some(Open::Object(object)) = open.pop() {
                object.rename(text, &mut renamed);
            }
            if open.is_empty() {
                open.push(Open::Body);
            }
        } else if let Some(Open::Object(object)) = open.last_mut() {
            match (kind, object.place) {
                (Kind::EQUAL | Kind::COLON, Place::InKey(start)) => {
                    object.keys.push(start..before);
                    object.place = Place::Value;
                }
                (Kind::COMMA | Kind::Newline, _) => object.place = Place::Key,
                _ => object.begin(start),
            }
        }
        before = token.place.end;
        after_name = matches!(kind, Kind::Name | Kind::CloseQuote);
    }
    renamed
}

impl Object {
    /// Notes where the key begins, if a key is what comes.
    fn begin(&mut self, start: usize) {
        if matches!(self.place, Place::Key) {
            self.place = Place::InKey(start);
        }
    }

    /// Gives names to all but the first of the keys that are the same.
    fn rename(self, text: &str, renamed: &mut String) {
        let mut seen = HashSet::new();
        let mut taken: HashSet<String> =
            self.keys.iter().map(|key| text[key.clone()].to_owned()).collect();
        let mut number = 0;
        for key in self.keys {
            if seen.insert(&text[key.clone()]) {
                continue;
            }
            while let Some(name) = name_of(number, key.len()) {
                number += 1;
                if !is_word(&name) && taken.insert(name.clone()) {
                    renamed.replace_range(key, &name);
                    break;
                }
            }
        }
    }
}

/// The name of a number, of exactly this length; none if there are not so many.
fn name_of(mut number: usize, length: usize) -> Option<String> {
    let mut name = String::with_capacity(length);
    for _ in 0..length {
        name.push(char::from(LETTERS[number % LETTERS.len()]));
        number /= LETTERS.len();
    }
    (number == 0).then_some(name)
}

/// Whether a name would be read as something else.
fn is_word(name: &str) -> bool {
    matches!(name, "for" | "if" | "in" | "null" | "true" | "false" | "else")
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::rename_repeated_keys;

    #[test]
    fn further_keys_get_names_of_their_own() {
        let cases = [
            ("x = {a=1,a=2}", "x = {a=1,b=2}"),
            ("x = {a=1,b=2,a=3,c=4}", "x = {a=1,b=2,d=3,c=4}"),
            ("x = {\"k\"=1,\"k\"=2}", "x = {\"k\"=1,aaa=2}"),
            ("x = {a={a=1},b={a=1,a=2}}", "x = {a={a=1},b={a=1,b=2}}"),
            ("x = {(a)=1\n(a)=2}", "x = {(a)=1\naaa=2}"),
            ("b {\n a = 1\n a = 2\n}", "b {\n a = 1\n a = 2\n}"),
            ("x = {for k in [1]: k => k}", "x = {for k in [1]: k => k}"),
            ("x = \"${{a=1,a=2}.a}\"", "x = \"${{a=1,b=2}.a}\""),
        ];
        for (text, expected) in cases {
            assert_eq!(rename_repeated_keys(text, text, &scan(text)), expected);
        }
    }
}
