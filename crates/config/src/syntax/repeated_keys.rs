//! Keys that an object sets more than once.
//!
//! The parser refuses them; in Terraform the last one wins. So every further one is replaced by a
//! name of the same length that the object has nowhere else. What a key is really called is taken
//! from the original text afterwards.

use std::collections::HashSet;

use super::tokens::{Kind, Token};

/// Letters that names are made of here.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// An object that is open at the present place.
struct Object<'t> {
    keys: HashSet<&'t str>,
    names: HashSet<String>,
    /// Where the present key began, unless the value has begun.
    key: Option<usize>,
}

/// An opened bracket.
enum Open<'t> {
    Body,
    Object(Object<'t>),
    Other,
}

/// A text in which no object has the same key twice; `masked` is of the same length as `text`.
pub(super) fn rename_repeated_keys(text: &str, masked: &str, tokens: &[Token]) -> String {
    let mut renamed = masked.to_owned();
    let mut open = vec![Open::Body];
    for (at, token) in tokens.iter().enumerate() {
        let kind = token.kind;
        if kind.opens() {
            let is_block = kind == Kind::OPEN_BRACE
                && matches!(open.last(), Some(Open::Body))
                && at.checked_sub(1).is_some_and(|before| {
                    matches!(tokens[before].kind, Kind::Name | Kind::CloseQuote)
                });
            if let Some(Open::Object(object)) = open.last_mut() {
                object.begin(token.place.start);
            }
            open.push(if is_block {
                Open::Body
            } else if kind == Kind::OPEN_BRACE {
                Open::Object(Object { keys: HashSet::new(), names: HashSet::new(), key: None })
            } else {
                Open::Other
            });
            if let (Some(Open::Object(object)), true) = (open.last_mut(), kind == Kind::OPEN_BRACE)
            {
                object.key = Some(usize::MAX);
            }
            continue;
        }
        if kind.opener().is_some() {
            if open.len() > 1 {
                open.pop();
            }
            continue;
        }
        let Some(Open::Object(object)) = open.last_mut() else {
            continue;
        };
        match kind {
            Kind::EQUAL | Kind::COLON => {
                let before = at.checked_sub(1).map_or(0, |before| tokens[before].place.end);
                if let Some(start) = object.key.take()
                    && start < before
                    && let Some(name) = object.name_for(&text[start..before])
                {
                    renamed.replace_range(start..before, &name);
                }
            }
            Kind::COMMA | Kind::Newline => object.key = Some(usize::MAX),
            _ => object.begin(token.place.start),
        }
    }
    renamed
}

impl<'t> Object<'t> {
    /// Notes where the key begins, if a key is what comes.
    fn begin(&mut self, start: usize) {
        if self.key == Some(usize::MAX) {
            self.key = Some(start);
        }
    }

    /// Another name for a key, if there is a need and one is left.
    fn name_for(&mut self, key: &'t str) -> Option<String> {
        if self.keys.insert(key) {
            self.names.insert(key.to_owned());
            return None;
        }
        let attempts = LETTERS.len().saturating_mul(self.names.len() + 2);
        for attempt in 0..attempts {
            let mut number = attempt;
            let name: String = (0..key.len())
                .map(|_| {
                    let letter = LETTERS[number % LETTERS.len()];
                    number /= LETTERS.len();
                    char::from(letter)
                })
                .collect();
            if number == 0 && !is_word(&name) && self.names.insert(name.clone()) {
                return Some(name);
            }
        }
        None
    }
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
            ("x = {a=1,b=2,a=3}", "x = {a=1,b=2,c=3}"),
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
